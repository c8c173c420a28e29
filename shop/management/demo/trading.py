"""What was bought in the demo: a few people, their pieces, and what they asked for after.

They pay at the stand-in for Stripe, as a visitor does, so that money, parcels and books agree.
"""

import json
import urllib.request
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any
from uuid import uuid4

from django.conf import settings

from catalog.models import Variant
from catalog.search import fold
from orders import cart, checkout, fulfilment, settlement
from orders.afterwards import aftersale
from orders.banks import disputes
from orders.models import AfterSale, Cart, Discount, Order, Parcel, PaymentAttempt

CODE = "TIDE10"


@dataclass(frozen=True, slots=True)
class Bought:
    """One piece, who pays for it, where it goes, and what became of it since."""

    piece: str
    size: str
    buyer: str
    street: str
    town: tuple[str, str, str]  # code, city, country
    then: Callable[[Order], object]
    engraving: str = ""
    gift: dict[str, Any] = field(default_factory=dict)
    code: str = ""


def write_code() -> None:
    """A code that every visitor may try."""
    Discount.objects.get_or_create(
        code=CODE, defaults={"kind": Discount.Kind.PERCENT, "basis_points": 1_000}
    )


def trade() -> int:
    """Buy all of it, once; how many orders were written."""
    if Order.objects.exists():
        return 0
    write_code()
    orders = [_buy(bought) for bought in _BOUGHT]
    return sum(order is not None for order in orders)


def _buy(bought: Bought) -> Order | None:
    """Nothing where the demo has no such piece (any more)."""
    found = Variant.objects.filter(piece__slug=bought.piece, label=bought.size)
    variant = found.select_related("piece__designer").first()
    if variant is None:
        return None
    basket = Cart.objects.create()
    cart.add(basket, variant, 1, bought.engraving)
    if bought.code:
        cart.use_code(basket, bought.code)
    gifts = {variant.piece.designer_id: checkout.Gift(**bought.gift)} if bought.gift else {}
    order = _pay(basket, bought, gifts)
    bought.then(order)
    return order


def _pay(basket: Cart, bought: Bought, gifts: dict[int, checkout.Gift]) -> Order:
    code, city, country = bought.town
    address = {"line1": bought.street, "postal_code": code, "city": city, "country": country}
    email = f"{fold(bought.buyer.split()[0])}@example.eu"
    attempt = checkout.open_session(
        checkout.start(basket, email=email, country=country, gifts=gifts)
    )
    said = {"session": attempt.session_id, "name": bought.buyer, "email": email}
    _at_stand_in("pay", said | {"address": address})
    settlement.settle(attempt.session_id or "")
    return Order.objects.get(pk=attempt.order_id)


def _at_stand_in(path: str, said: dict[str, Any]) -> None:
    """What a shopper or a bank does on pages of the stand-in."""
    request = urllib.request.Request(  # noqa: S310 - the stand-in's
        f"{settings.STRIPE_API_BASE}/_test/{path}",
        json.dumps(said).encode(),
        {"Content-Type": "application/json"},
    )
    urllib.request.urlopen(request, timeout=30).close()  # noqa: S310


# --- What became of each ---------------------------------------------------------------------


def _lies(order: Order) -> None:
    """Nothing was done to it yet."""


def _is_set(order: Order) -> None:
    parcel = _parcel(order)
    for stage in (Parcel.Stage.FORMED, Parcel.Stage.SET):
        fulfilment.reach(parcel, stage)
    fulfilment.say(parcel, "The thirteenth rib came out of the pitch this morning.")


def _came_and_goes_back(order: Order) -> None:
    words = "It is lovely, and it sits higher on me than I had thought."
    _ask(order, AfterSale.Kind.RETURN, words=words, reason=AfterSale.Reason.DOES_NOT_FIT)


def _came_too_small(order: Order) -> None:
    words = "It goes on in the morning and does not come off in the evening."
    _ask(order, AfterSale.Kind.RESIZE, words=words, new_size="60")


def _ask(order: Order, kind: str, **said: str) -> None:
    parcel = _parcel(order)
    fulfilment.ship(parcel, carrier="DHL Express", tracking="JD014600003281993745")
    line = parcel.lines.get()
    aftersale.ask(parcel, kind, {line.pk: 1}, token=uuid4(), **said)


def _is_disputed(order: Order) -> None:
    attempt = order.attempts.get(state=PaymentAttempt.State.COMPLETE)
    _at_stand_in("act", {"act": "dispute", "id": attempt.charge, "value": "product_not_received"})
    disputes.sync_payment(attempt.payment_intent)


def _parcel(order: Order) -> Parcel:
    return order.parcels.select_related("order", "designer").get()


_BOUGHT = [
    Bought(
        "scallop-brooch",
        "one size",
        "Jonas Weber",
        "Lindenstraße 14",
        ("50674", "Köln", "DE"),
        _is_set,
    ),
    Bought(
        "periwinkle-pendant",
        "45 cm",
        "Beatriz Sousa",
        "Rua da Bica 41",
        ("1200-054", "Lisboa", "PT"),
        _lies,
        gift={
            "wrap": True,
            "hide_prices": True,
            "note": "For the forty-third shell, and the forty-third year. A.",
        },
    ),
    Bought(
        "tidestone-ring",
        "52",
        "Marie Lefèvre",
        "8 quai Saint-Vincent",
        ("69001", "Lyon", "FR"),
        _lies,
        engraving="J. & M. 2026",
    ),
    Bought(
        "nocturne-no-5",
        "45 cm",
        "Mara Quinn",
        "1 Quay Street",
        ("H91 KT2A", "Galway", "IE"),
        _came_and_goes_back,
        code=CODE,
    ),
    Bought(
        "initial-signet",
        "58",
        "Pilar Ruiz",
        "Calle Betis 9",
        ("41010", "Sevilla", "ES"),
        _came_too_small,
        engraving="P",
    ),
    Bought(
        "beech-leaf-earrings",
        "one size",
        "Tomáš Novák",
        "Vinohradská 48",
        ("120 00", "Praha", "CZ"),
        _is_disputed,
    ),
]
