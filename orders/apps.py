from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class OrdersConfig(AppConfig):
    name = "orders"
    verbose_name = _("Orders")

    def ready(self) -> None:
        """What the ledger and the letters are told by modules that know more than they do."""
        from orders import handed_on, payout_letters  # noqa: F401
