from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class OrdersConfig(AppConfig):
    name = "orders"
    verbose_name = _("Orders")

    def ready(self) -> None:
        """Each module of letters puts its own into the one list of them."""
        from orders import aftersale_letters  # noqa: F401
