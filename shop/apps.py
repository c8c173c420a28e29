"""The shop as an app (its commands and template tags) and the house's admin site."""

from django.apps import AppConfig
from django.contrib.admin.apps import AdminConfig
from django.db.models import fields
from django.utils.translation import gettext_lazy as _


class ShopConfig(AppConfig):
    name = "shop"
    verbose_name = "Shop"

    def ready(self) -> None:
        """An empty choice in the house's words, where Django would ask to select an option."""
        fields.BLANK_CHOICE_LABEL = _("none chosen")


class WorkshopAdminConfig(AdminConfig):
    default_site = "shop.workshop.WorkshopSite"
