"""What every template may say about the house."""

from typing import Any

from django.conf import settings
from django.http import HttpRequest


def house(request: HttpRequest) -> dict[str, Any]:
    """The shop's name, its address on the web, how it writes prices, and whether it is the demo."""
    return {
        "shop_name": settings.SHOP_NAME,
        "site_url": settings.SITE_URL,
        "shop_email": settings.SHOP_EMAIL,
        "prices_include_tax": settings.SHOP_PRICES_INCLUDE_TAX,
        "is_demo": settings.DEMO,
    }
