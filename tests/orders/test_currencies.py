"""The whole way of the money in currencies of none, two and three digits, at three makers."""

from dataclasses import dataclass
from uuid import uuid4

import pytest
from django.contrib.auth.models import User
from django.core.cache import cache
from django.test import Client
from pytest_django import Settings

from catalog.models import Piece
from designers.models import Designer
from orders import ledger, payments, refundable, refunds, settlement
from orders.models import Order, OrderLine, Parcel, PaymentAttempt, Refund
from orders.refundable import Part
from sandbox.testing import StripeSandbox
from tests.factories import make_collection, make_designer, make_piece, make_rate
from tests.orders.builders import opened, session_of

pytestmark = pytest.mark.django_db
NBSP = "\N{NO-BREAK SPACE}"


@dataclass(frozen=True)
class Money:
    """A ring, and studs of which three are bought; what the sum looks like on a page."""

    currency: str
    ring: int
    studs: int
    post: int
    shown: str

    @property
    def total(self) -> int:
        return 2 * self.ring + 3 * self.studs + 3 * self.post


@pytest.fixture(
    params=[
        Money("jpy", 148_000, 3_333, 1_100, f"309,299{NBSP}¥"),
        Money("eur", 148_000, 3_333, 900, f"3,086.99{NBSP}€"),
        Money("kwd", 480_500, 33_330, 2_750, f"1,069.240{NBSP}KWD"),
        # Whole crowns only, written with two digits.
        Money("isk", 14_800_000, 333_300, 90_000, f"308,699{NBSP}ISK"),
    ],
    ids=lambda money: money.currency,
)
def money(request: pytest.FixtureRequest, settings: Settings) -> Money:
    chosen: Money = request.param
    settings.SHOP_CURRENCY = chosen.currency
    return chosen


@pytest.fixture
def bought(money: Money, stripe: StripeSandbox) -> PaymentAttempt:
    """Two rings and three pairs of studs of three makers: through the pages, paid and settled."""
    cache.clear()
    make_rate(amount=money.post)
    shopper = Client(headers={"Sec-Fetch-Site": "same-origin"})
    for piece, quantity in _pieces(money):
        chosen = {"variant": piece.variants.get().pk, "quantity": quantity}
        assert shopper.post("/cart/", chosen).status_code == 303
    assert money.shown in shopper.get("/cart/").text
    typed = {"country": "IE", "email": "jonas@example.eu", "total": str(money.total)}
    assert shopper.post("/checkout/", typed).status_code == 303
    attempt = PaymentAttempt.objects.get()
    stripe.pay(session_of(attempt))
    back = shopper.get("/checkout/return/", {"session_id": session_of(attempt)})
    assert money.shown in shopper.get(back.headers["Location"]).text
    attempt.refresh_from_db()
    return attempt


def _pieces(money: Money) -> list[tuple[Piece, int]]:
    def of(maker: Designer, **columns: object) -> Piece:
        return make_piece(collection=make_collection(designer=maker), **columns)  # type: ignore[arg-type]

    rings = [of(make_designer(commission_basis_points=1_733), price=money.ring) for _ring in "ab"]
    studs = of(make_designer(), price=money.studs, stock=3, making=Piece.Making.STOCKED)
    return [(rings[0], 1), (rings[1], 1), (studs, 3)]


def test_what_is_charged_is_what_was_shown(bought: PaymentAttempt, money: Money) -> None:
    order = Order.objects.get()
    assert (order.state, order.total, order.currency) == ("paid", money.total, money.currency)
    session = payments.get_session(session_of(bought))
    assert (session.amount_total, session.currency) == (money.total, money.currency)
    parcels = Parcel.objects.order_by("pk")
    assert [parcel.items_total for parcel in parcels] == [money.ring, money.ring, 3 * money.studs]


def test_three_parts_of_a_line_sum_exactly_to_its_price(
    bought: PaymentAttempt, money: Money, owner: User
) -> None:
    line = OrderLine.objects.select_related("order").get(quantity=3)
    small = money.total % 100 or 10 if money.currency != "isk" else 100
    _give(owner, Part(line, 0, small))
    parts = []
    for _part in range(3):
        line.refresh_from_db()
        parts.append(refundable.due(line, 1))
        _give(owner, Part(line, 1, parts[-1]))

    assert small + sum(parts) == 3 * money.studs
    assert sum(refund.amount for refund in payments.list_refunds(bought.payment_intent)) == (
        3 * money.studs
    )
    order = Order.objects.get()
    assert (order.state, order.refunded_total) == ("partially_refunded", 3 * money.studs)
    _check_ledger(order)


def test_all_of_it_goes_back(bought: PaymentAttempt, money: Money, owner: User) -> None:
    lines = [Part(line, line.quantity, line.total) for line in OrderLine.objects.order_by("pk")]
    _give(owner, *lines, shipping=3 * money.post)

    order = Order.objects.get()
    assert (order.state, order.refunded_total) == ("refunded", money.total)
    assert ledger.balance("designer") == ledger.balance("commission") == 0
    _check_ledger(order)


def test_what_cannot_be_honoured_goes_back_whole(money: Money, stripe: StripeSandbox) -> None:
    """Also where it is not the number of cents that Stripe's Dashboard shows."""
    make_rate(amount=money.post)
    attempt = opened(make_piece(price=money.ring))
    Order.objects.update(state=Order.State.CANCELLED)
    stripe.pay(session_of(attempt))

    settlement.settle(session_of(attempt))

    refund = Refund.objects.get()
    assert (refund.state, refund.amount) == (Refund.State.SUCCEEDED, money.ring + money.post)


def _give(owner: User, *parts: Part, shipping: int = 0) -> None:
    given = refunds.request(
        Order.objects.get(), lines=parts, shipping=shipping, reason="Late", by=owner, token=uuid4()
    )
    assert given.state == Refund.State.SUCCEEDED, given.error


def _check_ledger(order: Order) -> None:
    """Nothing is left over, and at Stripe lies what was not given back."""
    assert not ledger.unbalanced().exists()
    at_stripe = ledger.balance("stripe") + ledger.balance("fee")
    assert at_stripe == order.total - order.refunded_total
