"""The shop as an app (its commands and template tags) and the house's admin site."""

from django.apps import AppConfig
from django.contrib.admin.apps import AdminConfig


class ShopConfig(AppConfig):
    name = "shop"
    verbose_name = "Shop"


class WorkshopAdminConfig(AdminConfig):
    default_site = "shop.workshop.WorkshopSite"
