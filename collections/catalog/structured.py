"""A piece in the words of schema.org, for search engines: https://schema.org/Product"""

from typing import Any

from django.conf import settings
from django.utils.timezone import localdate

from catalog import pictures
from catalog.models import Piece
from catalog.offers import BuyBox
from shop.money import to_decimal

_AVAILABILITY = {
    "available": "https://schema.org/InStock",
    "made": "https://schema.org/MadeToOrder",
    "held": "https://schema.org/OutOfStock",
    "sold": "https://schema.org/SoldOut",
}


def product(piece: Piece, box: BuyBox) -> dict[str, Any]:
    """The piece, its maker and its offer."""
    address = settings.SITE_URL + piece.get_absolute_url()
    shown = [pictures.largest(photo, "card", "jpg") for photo in getattr(piece, "shown_photos", [])]
    return {
        "@context": "https://schema.org",
        "@type": "Product",
        "name": piece.title,
        "description": piece.summary,
        "material": piece.material_line,
        "image": [_absolute(url) for url in shown],
        "brand": {"@type": "Brand", "name": piece.designer.name},
        "offers": {
            "@type": "Offer",
            "url": address,
            "price": f"{to_decimal(box.price, settings.SHOP_CURRENCY)}",
            "priceCurrency": settings.SHOP_CURRENCY.upper(),
            "availability": _AVAILABILITY[box.availability.state],
        }
        | _handling(box),
    }


def _handling(box: BuyBox) -> dict[str, Any]:
    """The days until it leaves the bench, a maker's holiday counted in."""
    state = box.availability.state
    posted = next((promise.posted for promise in box.promises if promise.state == state), None)
    if posted is None:
        return {}
    days = (posted - localdate()).days
    lead = {"@type": "QuantitativeValue", "value": days, "unitCode": "DAY"}
    return {"deliveryLeadTime": lead}


def _absolute(url: str) -> str:
    return url if url.startswith("http") else settings.SITE_URL + url
