"""What every template may say about the house."""

from typing import Any

from django.conf import settings
from django.http import HttpRequest


def house(request: HttpRequest) -> dict[str, Any]:
    """The shop's name and address, how it writes prices, its terms' date, if it is a demo."""
    return {
        "shop_name": settings.SHOP_NAME,
        "site_url": settings.SITE_URL,
        "shop_email": settings.SHOP_EMAIL,
        "prices_include_tax": settings.SHOP_PRICES_INCLUDE_TAX,
        "is_demo": settings.DEMO,
        "terms_version": settings.SHOP_TERMS_VERSION,
        "return_days": settings.RETURN_DAYS,
        "return_made_to_order": settings.RETURN_MADE_TO_ORDER,
    }
