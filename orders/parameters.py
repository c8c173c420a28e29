"""What Stripe is asked for: the parameters of an order's Checkout Session, written once.

Names and limits: https://docs.stripe.com/api/checkout/sessions/create, version 2026-10-28.endive.
"""

from typing import Any

from django.conf import settings
from django.urls import reverse
from django.utils.translation import get_language, ngettext

from catalog import pictures
from orders import payments
from orders.models import Order, OrderLine, PaymentAttempt

# They settle after days: a piece that somebody else waits for is not kept so long.
DELAYED = [
    "acss_debit",
    "au_becs_debit",
    "bacs_debit",
    "boleto",
    "customer_balance",
    "konbini",
    "multibanco",
    "nz_bank_account",
    "oxxo",
    "payto",
    "sepa_debit",
    "us_bank_account",
]
# The languages of Stripe's page that this shop may speak; the others find their own.
_LOCALES = {"en-gb": "en-GB", "fr-ca": "fr-CA", "pt-br": "pt-BR", "es-419": "es-419"}
_PLAIN_LOCALES = frozenset(
    ["bg", "cs", "da", "de", "el", "en", "es", "et", "fi", "fr", "hr", "hu", "it", "ja", "ko"]
    + ["lt", "lv", "mt", "nb", "nl", "pl", "pt", "ro", "ru", "sk", "sl", "sv", "tr", "zh"]
)


def parameters_for(order: Order, attempt: PaymentAttempt) -> dict[str, Any]:
    """The parameters of the attempt's session; only ids of ours in its metadata."""
    lines = list(order.lines.all())
    ids = {
        "env": payments.environment(),
        "order": str(order.pk),
        "number": order.number,
        "attempt": str(attempt.number),
        "key": attempt.idempotency_key,
    }
    return {
        "mode": "payment",
        "ui_mode": "hosted_page",
        "line_items": [_line_item(order, line) for line in lines],
        "shipping_options": [_shipping(order)],
        "shipping_address_collection": {"allowed_countries": [order.country]},
        "phone_number_collection": {"enabled": True},
        "customer_email": order.email,
        "client_reference_id": f"order_{order.pk}",
        "metadata": ids,
        # Refunds, charges and disputes do not carry the session's own.
        "payment_intent_data": {"metadata": ids},
        "adaptive_pricing": {"enabled": False},
        "branding_settings": {"display_name": settings.SHOP_NAME},
        # The braces stay: Stripe puts the session's id there.
        "success_url": _address("checkout_return") + "?session_id={CHECKOUT_SESSION_ID}",
        "cancel_url": _address("checkout_back"),
        "expires_at": int(attempt.expires_at.timestamp()),
        "locale": _locale(),
    } | ({} if all(line.is_made for line in lines) else {"excluded_payment_method_types": DELAYED})


def _address(page: str) -> str:
    return f"{settings.SITE_URL}{reverse(f'orders:{page}')}"


def _locale() -> str:
    language = get_language() or ""
    return _LOCALES.get(language) or (language if language in _PLAIN_LOCALES else "auto")


def _line_item(order: Order, line: OrderLine) -> dict[str, Any]:
    product: dict[str, Any] = {"name": f"{line.title} {line.label}".strip()}
    # Stripe refuses empty texts.
    details = [line.snapshot["maker"], line.snapshot["materials"], line.engraving]
    if described := ", ".join(filter(None, details)):
        product["description"] = described
    if picture := _picture(line):
        product["images"] = [picture]
    return {
        "quantity": line.quantity,
        "price_data": {
            "currency": order.currency,
            "unit_amount": line.unit_price,
            "product_data": product,
        },
    }


def _picture(line: OrderLine) -> str:
    """The full address of the line's picture, or nothing."""
    image = line.snapshot.get("image")
    if not image:
        return ""
    path = f"{pictures.base_url()}{image['base']}-{image['sizes'][-1][0]}.jpg"
    return path if path.startswith("http") else settings.SITE_URL + path


def _shipping(order: Order) -> dict[str, Any]:
    parcels = order.parcels.count()
    name = ngettext("Insured post, one parcel", "Insured post, %(count)d parcels", parcels)
    return {
        "shipping_rate_data": {
            "type": "fixed_amount",
            "display_name": name % {"count": parcels},
            "fixed_amount": {"amount": order.shipping_total, "currency": order.currency},
        }
    }
