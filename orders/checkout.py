"""From a basket to an order that can be paid: one transaction, then one call to Stripe.

``start`` writes the order and its payment attempt, ``open_session`` brings the page to pay at.
"""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import transaction
from django.utils.timezone import now
from django.utils.translation import gettext as _

from orders import attempts, basket, holds, parameters, payments, placing, settlement
from orders.attempts import open_session
from orders.basket import Basket, Line
from orders.models import Cart, CartLine, GiftWish, PaymentAttempt
from orders.prices import discounts
from orders.scarce import editions

__all__ = [
    "AboveMaximum",
    "BelowMinimum",
    "CodeRefused",
    "Empty",
    "Gift",
    "Gone",
    "NotPosted",
    "PriceChanged",
    "open_session",
    "start",
]
# Stripe takes sessions of 30 minutes or more by its own clock: ours and the journey there
# may take five.
SESSION = timedelta(minutes=35)
# A session with less time left than this is not worth going back to.
_WORTHWHILE = timedelta(minutes=5)
# What Stripe charges at least: https://docs.stripe.com/currencies#minimum-and-maximum-charge-amounts
_MINIMUM = {
    "usd": 50, "aed": 200, "aud": 50, "bgn": 100, "brl": 50, "cad": 50, "chf": 50, "czk": 1500,
    "dkk": 250, "eur": 50, "gbp": 30, "hkd": 400, "huf": 17500, "inr": 50, "jpy": 50, "mxn": 1000,
    "myr": 200, "nok": 300, "nzd": 50, "pln": 200, "ron": 200, "sek": 300, "sgd": 50, "thb": 1000,
}  # fmt: skip
# What it charges at most in nearly all of them, and what our columns hold: eight digits.
_MAXIMUM = 99_999_999


@dataclass(frozen=True, slots=True)
class Gift:
    """What is wished for one designer's parcel."""

    wrap: bool = False
    hide_prices: bool = False
    note: str = ""


class Empty(Exception):
    """There is nothing in the basket to pay for."""


class Gone(Exception):
    """Some pieces can no longer be had: see ``lines``; the message names them."""

    def __init__(self, lines: list[Line]) -> None:
        names = ", ".join(str(line.piece) for line in lines)
        super().__init__(_("Somebody was quicker: %(pieces)s.") % {"pieces": names})
        self.lines = lines


class PriceChanged(Exception):
    """Prices are no longer those the shopper saw: see ``lines`` (``old_price``, ``unit_price``).

    They count as seen now: the next start goes through.
    """

    def __init__(self, lines: list[Line]) -> None:
        super().__init__(_("A price has changed since you put the piece in the basket."))
        self.lines = lines


class NotPosted(Exception):
    """A designer does not post to the country; the message names both."""


class CodeRefused(Exception):
    """The basket's code does not hold, for the reason in the message; the basket has none now."""


class BelowMinimum(Exception):
    """The total is more than nothing, but less than Stripe charges; ``minimum`` says how much."""

    def __init__(self, minimum: int) -> None:
        super().__init__(_("The total is less than can be charged."))
        self.minimum = minimum


class AboveMaximum(Exception):
    """The pieces and their post come to more than Stripe charges at once, before any code."""

    def __init__(self) -> None:
        super().__init__(_("That is more than can be charged at once: buy some of it first."))


def start(
    cart: Cart, *, email: str, country: str, gifts: Mapping[int, Gift] | None = None
) -> PaymentAttempt:
    """Order what is in the basket; ``open_session`` the attempt next. No call within a transaction.

    ``gifts`` are by designer's primary key; one left out stays as the basket has it. Started
    twice with the same basket it returns the same attempt; a changed basket ends the old one.

    Raises Empty, Gone, PriceChanged, CodeRefused, NotPosted, BelowMinimum, AboveMaximum,
    attempts.Paid, payments.Unknown, and holds.Rests and holds.TooMany for what lapsed and may
    not be held now.
    """
    _remember(cart, email, country, gifts or {})
    fingerprint = _fingerprint(basket.contents(cart, country=country), email)
    for attempt in settlement.payable(cart):
        if _goes_on(attempt, fingerprint):
            return attempt
        attempts.end(attempt)
    try:
        return _begin(cart, email=email, country=country)
    except discounts.NotHeld as reason:
        Cart.objects.filter(pk=cart.pk, code=cart.code).update(code="")
        cart.code = ""
        raise CodeRefused(str(reason)) from reason


def _begin(cart: Cart, *, email: str, country: str) -> PaymentAttempt:
    with transaction.atomic():
        # One basket is ordered by one request after another.
        Cart.objects.filter(pk=cart.pk).update(updated_at=now())
        told = basket.contents(cart, country=country)
        for attempt in settlement.payable(cart):  # a second click was quicker
            if _goes_on(attempt, _fingerprint(told, email)):
                return attempt
            raise payments.Unknown("another tab has just begun to pay for this basket")
        if changed := [line for line in told.lines if line.old_price is not None]:
            _show_prices(changed)
        else:
            _check(told)
            return _order(told, email=email)
    raise PriceChanged(changed)


def _remember(cart: Cart, email: str, country: str, gifts: Mapping[int, Gift]) -> None:
    cart.email, cart.country = email, country
    cart.save(update_fields=["email", "country", "updated_at"])
    for designer_id, gift in gifts.items():
        GiftWish.objects.update_or_create(
            cart=cart,
            designer_id=designer_id,
            defaults={"wrap": gift.wrap, "hide_prices": gift.hide_prices, "note": gift.note},
        )


def _fingerprint(told: Basket, email: str) -> str:
    """The same for the same order: a second click must not become a second order."""
    lines = [
        [line.variant.pk, line.is_made, line.line.engraving, line.quantity, line.unit_price]
        for line in told.lines
    ]
    wishes = [
        [parcel.designer.pk, parcel.shipping]
        + ([wish.wrap, wish.hide_prices, wish.note] if (wish := parcel.wish) else [])
        # A holiday told since is another promise: the order is written anew.
        + ([parcel.post_by.isoformat()] if parcel.away else [])
        for parcel in told.parcels
    ]
    prices = [told.code, told.discount_total, told.tax, told.tax_added, told.total]
    whole = json.dumps([email, told.country, told.currency, lines, wishes, prices])
    return hashlib.sha256(whole.encode()).hexdigest()


def _goes_on(attempt: PaymentAttempt, fingerprint: str) -> bool:
    """Whether it is for exactly this, and there is time left to pay by it."""
    if attempt.order.fingerprint != fingerprint or attempt.expires_at < now() + _WORTHWHILE:
        return False
    # One whose outcome is unknown is asked for again, unless Stripe would find it too short.
    is_open = attempt.state == PaymentAttempt.State.OPEN
    return is_open or attempt.created_at > now() - _WORTHWHILE


def _show_prices(changed: list[Line]) -> None:
    for line in changed:
        CartLine.objects.filter(pk=line.line.pk).update(shown_price=line.unit_price)


def _check(told: Basket) -> None:
    """That all of it can be had, posted and charged; raises why not."""
    if told.is_empty:
        raise Empty
    if gone := [line for line in told.lines if line.trouble in {"gone", "unpublished"}]:
        raise Gone(gone)
    over = editions.exceeded(line.line for line in told.lines)
    if gone := [line for line in told.lines if line.is_made and line.piece in over]:
        raise Gone(gone)
    for parcel in told.parcels:
        if parcel.rate is None:
            raise NotPosted(parcel.not_posted)
    if told.code_trouble:
        raise discounts.NotHeld(told.code_trouble)
    _check_sum(told)


def _check_sum(told: Basket) -> None:
    minimum = _MINIMUM.get(told.currency, 1)
    if 0 < told.total < minimum:
        raise BelowMinimum(minimum)
    if max(told.total, told.items_total + told.shipping) > _MAXIMUM:
        raise AboveMaximum


def _order(told: Basket, *, email: str) -> PaymentAttempt:
    until = now() + SESSION
    _keep_for_payment(told, until)
    order = placing.write_order(told, email=email, fingerprint=_fingerprint(told, email))
    if told.discount:
        discounts.claim(told.discount, order)
    attempt = PaymentAttempt(
        order=order,
        number=1,
        expected_total=order.total,
        expires_at=until,
        # The number beside the key: a database begun anew counts from one again, and Stripe
        # remembers keys for a day.
        idempotency_key=f"checkout:{order.pk}:{order.number}:1",
    )
    attempt.coupon = parameters.coupon_for(order, attempt)
    attempt.parameters = parameters.parameters_for(order, attempt)
    attempt.save()
    return attempt


def _keep_for_payment(told: Basket, until: datetime) -> None:
    """Turn the basket's holds into the payment's; what lapsed is taken again, if it is free.

    Variants are locked by primary key. Raises Gone for what somebody else has by now.
    """
    ready = [line for line in told.lines if not line.is_made]
    gone = [
        line
        for line in sorted(ready, key=lambda line: line.variant.pk)
        if not _keep(line.line, until)
    ]
    if gone:
        raise Gone(gone)


def _keep(line: CartLine, until: datetime) -> bool:
    if line.hold and holds.to_paying(line.hold, until):
        return True
    try:
        line.hold = holds.take(line.variant, line.cart, line.quantity)
    except holds.Rests:
        raise
    except holds.Taken:
        return False
    line.save(update_fields=["hold"])
    return holds.to_paying(line.hold, until)
