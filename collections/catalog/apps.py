from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class CatalogConfig(AppConfig):
    name = "catalog"
    verbose_name = _("Collections")

    def ready(self) -> None:
        """No kept page outlives the moment at which a scheduled collection is live."""
        from catalog import openings
        from shop import public_pages

        public_pages.TURNS.append(openings.following)
