"""What Stripe is asked for: the parameters of an order's Checkout Session, written once.

Names and limits: https://docs.stripe.com/api/checkout/sessions/create, version 2026-10-28.endive.
"""

import secrets
from typing import Any

from django.conf import settings
from django.urls import reverse
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _

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
# https://docs.stripe.com/tax/tax-codes: any tangible good, and the post.
_GOODS, _POST = "txcd_99999999", "txcd_92010001"
_PLAIN_LOCALES = frozenset(
    ["bg", "cs", "da", "de", "el", "en", "es", "et", "fi", "fr", "hr", "hu", "it", "ja", "ko"]
    + ["lt", "lv", "mt", "nb", "nl", "pl", "pt", "ro", "ru", "sk", "sl", "sv", "tr", "zh"]
)


def coupon_for(order: Order, attempt: PaymentAttempt) -> dict[str, Any]:
    """The parameters of the attempt's coupon, made before its session; nothing without a code.

    Its id is ours, and no other's at the account: so the session can be written down with it.
    """
    if not order.discount_total:
        return {}
    return {
        "id": f"{order.number}-{attempt.number}-{secrets.token_hex(4)}",
        "name": order.code,
        "amount_off": order.discount_total,
        "currency": order.currency,
        "duration": "once",
        "max_redemptions": 1,
        "metadata": {"env": payments.environment(), "order": str(order.pk)},
    }


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
    items = [_line_item(order, line) for line in lines]
    return {
        "mode": "payment",
        "ui_mode": "hosted_page",
        "line_items": [*items, _tax(order)] if order.tax_added else items,
        "shipping_options": [_shipping(order)],
        "shipping_address_collection": {"allowed_countries": [order.country]},
        "phone_number_collection": {"enabled": True},
        "customer_email": order.email,
        "client_reference_id": f"order_{order.pk}",
        "metadata": ids,
        # Refunds, charges and disputes do not carry the session's own.
        "payment_intent_data": {"metadata": ids, "transfer_group": order.transfer_group},
        "adaptive_pricing": {"enabled": False},
        "branding_settings": {"display_name": settings.SHOP_NAME},
        # The braces stay: Stripe puts the session's id there.
        "success_url": _address("checkout_return") + "?session_id={CHECKOUT_SESSION_ID}",
        "cancel_url": _address("checkout_back"),
        "expires_at": int(attempt.expires_at.timestamp()),
        "locale": _locale(),
    } | _besides(attempt, lines)


def _besides(attempt: PaymentAttempt, lines: list[OrderLine]) -> dict[str, Any]:
    """What only some sessions have."""
    more: dict[str, Any] = {}
    if not all(line.is_made for line in lines):
        more["excluded_payment_method_types"] = DELAYED
    if attempt.coupon:
        more["discounts"] = [{"coupon": attempt.coupon["id"]}]
    if settings.SHOP_STRIPE_TAX:
        more["automatic_tax"] = {"enabled": True}
    return more


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
    item = _item(order, line.quantity, line.unit_price, product)
    if settings.SHOP_STRIPE_TAX:
        product["tax_code"] = _GOODS
        item["price_data"]["tax_behavior"] = _behaviour()
    return item | {"metadata": {"line": str(line.pk)}}


def _item(order: Order, quantity: int, amount: int, product: dict[str, Any]) -> dict[str, Any]:
    price = {"currency": order.currency, "unit_amount": amount, "product_data": product}
    return {"quantity": quantity, "price_data": price}


def _tax(order: Order) -> dict[str, Any]:
    """The tax on top of the prices, a line of its own: its amount stays exactly ours."""
    return _item(order, 1, order.tax_added, {"name": _("Tax")})


def _behaviour() -> str:
    return "inclusive" if settings.SHOP_PRICES_INCLUDE_TAX else "exclusive"


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
    rate: dict[str, Any] = {
        "type": "fixed_amount",
        "display_name": name % {"count": parcels},
        "fixed_amount": {"amount": order.shipping_total, "currency": order.currency},
    }
    if settings.SHOP_STRIPE_TAX:
        rate |= {"tax_behavior": _behaviour(), "tax_code": _POST}
    return {"shipping_rate_data": rate}
