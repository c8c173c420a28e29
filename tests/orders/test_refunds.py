"""Money given back by the owner, with the stand-in answering for Stripe."""

from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.contrib.auth.models import User
from django.core import mail
from django.db import IntegrityError, transaction
from django.test import Client
from django.utils.timezone import now
from pytest_django import DjangoCaptureOnCommitCallbacks

from catalog.models import Piece, Variant
from orders import cart as carts
from orders import checkout, payments, refundable, refunds, settlement, sweeping
from orders.models import Order, OrderLine, OutboxLetter, PaymentAttempt, Refund, RefundLine
from orders.refundable import Part
from orders.scarce import editions
from sandbox.testing import StripeSandbox
from tests.factories import make_cart, make_piece, make_rate
from tests.orders.builders import begin, deliver, only_variant, post_letters, session_of
from tests.orders.conftest import SECRET

pytestmark = pytest.mark.django_db
State = Refund.State


def bought(stripe: StripeSandbox, *wanted: tuple[Piece, int]) -> PaymentAttempt:
    """Paid for: these pieces, so many of each, and 9.00 for the post."""
    make_rate()
    cart = make_cart()
    for piece, quantity in wanted:
        carts.add(cart, only_variant(piece), quantity)
    attempt = checkout.open_session(begin(cart))
    stripe.pay(session_of(attempt))
    settled = settlement.settle(session_of(attempt))
    assert settled
    assert settled.order.state == Order.State.PAID
    return settled


def studs(price: int = 10_000, stock: int = 3) -> Piece:
    return make_piece(price=price, stock=stock, making=Piece.Making.STOCKED, title="Pebble studs")


@pytest.fixture
def paid(stripe: StripeSandbox) -> PaymentAttempt:
    """Three pairs of studs at 100.00 and the post at 9.00."""
    return bought(stripe, (studs(), 3))


def give(by: User, **wishes: Any) -> Refund:
    """Give money back of the only order."""
    defaults: dict[str, Any] = {"reason": "The clasp broke.", "by": by, "token": uuid4()}
    return refunds.request(Order.objects.get(), **defaults | wishes)


def line() -> OrderLine:
    return OrderLine.objects.select_related("order").get()


def stands() -> tuple[str, int, int, int, int]:
    """State, given back of the order, of the post, of its line, and of how many."""
    order, sold = Order.objects.get(), line()
    return (
        order.state,
        order.refunded_total,
        order.shipping_refunded,
        sold.refunded,
        sold.refunded_quantity,
    )


def at_stripe(paid: PaymentAttempt) -> list[int]:
    found = payments.list_refunds(paid.payment_intent)
    return sorted(refund.amount for refund in found if refund.status != "failed")


def age() -> None:
    Refund.objects.update(created_at=now() - timedelta(minutes=5))


def letters_about(refund: Refund) -> list[str]:
    """The states of the letters that tell of it."""
    mine = OutboxLetter.objects.filter(kind="refund", subject=refund.pk)
    return list(mine.values_list("state", flat=True))


def news(client: Client, stripe: StripeSandbox, *types: str) -> None:
    """Deliver the last event of each of these types."""
    for type_ in types:
        assert deliver(client, stripe.events(type_)[-1], SECRET).status_code == 200


# --- What is given back ------------------------------------------------------------------------


def test_a_piece_of_a_line_goes_back(paid: PaymentAttempt, owner: User) -> None:
    refund = give(owner, lines=[Part(line(), 1, 10_000)])

    assert (refund.state, refund.amount, refund.actor) == (State.SUCCEEDED, 10_000, owner)
    assert stands() == ("partially_refunded", 10_000, 0, 10_000, 1)
    assert at_stripe(paid) == [10_000]
    assert refund.parameters["amount"] == 10_000
    requested = Order.objects.get().events.get(kind="refund_requested")
    assert requested.actor == owner
    assert "The clasp broke." in requested.text


def test_a_part_of_a_price_keeps_the_piece(paid: PaymentAttempt, owner: User) -> None:
    give(owner, lines=[Part(line(), 0, 1_250)])

    assert stands() == ("partially_refunded", 1_250, 0, 1_250, 0)


def test_the_post_and_a_free_amount(paid: PaymentAttempt, owner: User) -> None:
    refund = give(owner, shipping=900, free_amount=500)

    assert refund.free_amount == 500
    assert stands() == ("partially_refunded", 1_400, 900, 0, 0)
    assert at_stripe(paid) == [1_400]


def test_everything_is_refunded(paid: PaymentAttempt, owner: User) -> None:
    give(owner, lines=[Part(line(), 3, 30_000)], shipping=900)

    assert stands() == ("refunded", 30_900, 900, 30_000, 3)
    with pytest.raises(refundable.NotRefundable):
        give(owner, free_amount=1)


@pytest.mark.parametrize(
    "wishes",
    [
        {"free_amount": 30_901},
        {"shipping": 901},
        {"parts": [(1, 30_001)]},
        {"parts": [(4, 10_000)]},
        {"parts": [(3, 30_000)], "shipping": 900, "free_amount": 1},
        {},
    ],
)
def test_more_than_was_paid_is_refused(
    paid: PaymentAttempt, owner: User, wishes: dict[str, Any]
) -> None:
    parts = [Part(line(), *part) for part in wishes.pop("parts", [])]

    with pytest.raises(refundable.TooMuch):
        give(owner, lines=parts, **wishes)

    assert not Refund.objects.exists()
    assert stands() == ("paid", 0, 0, 0, 0)
    assert at_stripe(paid) == []


def test_a_line_of_another_order_is_refused(
    stripe: StripeSandbox, paid: PaymentAttempt, owner: User
) -> None:
    other = bought(stripe, (studs(), 1)).order
    with pytest.raises(refundable.TooMuch):
        refunds.request(
            paid.order, lines=[Part(other.lines.get(), 1, 100)], reason="x", by=owner, token=uuid4()
        )
    assert not Refund.objects.exists()


def test_the_database_itself_refuses_too_much(paid: PaymentAttempt) -> None:
    for rows, columns in (
        (Order.objects, {"refunded_total": 30_901}),
        (Order.objects, {"shipping_refunded": 901}),
        (OrderLine.objects, {"refunded": 30_001}),
        (OrderLine.objects, {"refunded_quantity": 4}),
        (OrderLine.objects, {"restocked": 4}),
    ):
        with pytest.raises(IntegrityError), transaction.atomic():
            rows.update(**columns)


@pytest.mark.parametrize("state", ["awaiting_payment", "review", "disputed", "expired"])
def test_only_what_is_paid_is_given_back(paid: PaymentAttempt, owner: User, state: str) -> None:
    Order.objects.update(state=state)
    with pytest.raises(refundable.NotRefundable):
        give(owner, free_amount=100)
    assert at_stripe(paid) == []


@pytest.mark.parametrize("left", [9_999, 10_000, 10_001, 1, 2, 3])
def test_three_refunds_sum_exactly_to_the_price(
    paid: PaymentAttempt, owner: User, left: int
) -> None:
    give(owner, lines=[Part(line(), 0, 30_000 - left)])
    for _piece in range(3):
        if amount := refundable.due(line(), 1):
            give(owner, lines=[Part(line(), 1, amount)])
        else:
            OrderLine.objects.update(refunded_quantity=line().refunded_quantity + 1)

    assert line().refunded == 30_000
    assert sum(RefundLine.objects.values_list("amount", flat=True)) == 30_000
    assert sum(at_stripe(paid)) == 30_000


def test_a_share_keeps_to_the_currencys_smallest_step() -> None:
    order = Order(currency="kwd", total=10_010)
    sold = OrderLine(order=order, quantity=3, total=10_010)
    assert refundable.due(sold, 1) == 3_340
    assert refundable.due(sold, 3) == 10_010


# --- Twice, unanswered, refused ----------------------------------------------------------------


def test_the_same_form_twice_is_one_refund(paid: PaymentAttempt, owner: User) -> None:
    token = uuid4()
    first = give(owner, free_amount=500, token=token)
    second = give(owner, free_amount=500, token=token)

    assert first == second
    assert at_stripe(paid) == [500]
    assert stands()[1] == 500


@pytest.mark.parametrize("mode", ["timeout_before", "timeout_after", "500"])
def test_without_an_answer_it_counts_and_is_asked_for_again(
    stripe: StripeSandbox, paid: PaymentAttempt, owner: User, mode: str
) -> None:
    stripe.faults("/v1/refunds", mode, times=3, method="POST")

    refund = give(owner, lines=[Part(line(), 3, 30_000)])

    assert refund.state == State.REQUESTED
    assert stands() == ("partially_refunded", 30_000, 0, 30_000, 3)
    with pytest.raises(refundable.TooMuch):
        give(owner, lines=[Part(line(), 1, 1)])
    age()
    assert sweeping.send_refunds() == 1
    refund.refresh_from_db()
    assert refund.state == State.SUCCEEDED
    assert at_stripe(paid) == [30_000]


def test_what_stripe_has_already_is_not_asked_for_anew(
    stripe: StripeSandbox, paid: PaymentAttempt, owner: User
) -> None:
    stripe.faults("/v1/refunds", "timeout_after", times=3, method="POST")
    refund = give(owner, free_amount=500)
    # As after a day, when Stripe has forgotten the key.
    Refund.objects.update(parameters=refund.parameters | {"amount": 501})

    assert refunds.send_again(Refund.objects.get()).state == State.SUCCEEDED
    assert at_stripe(paid) == [500]


def test_a_refusal_frees_what_was_asked_for(
    stripe: StripeSandbox, paid: PaymentAttempt, owner: User
) -> None:
    stripe.act("dispute", paid.charge)

    refund = give(owner, lines=[Part(line(), 1, 10_000)], shipping=900)

    assert refund.state == State.FAILED
    assert "charged back" in refund.error
    assert stands() == ("paid", 0, 0, 0, 0)


def test_a_pending_refund_arrives(client: Client, stripe: StripeSandbox, owner: User) -> None:
    """Of a payment by bank, whose refund takes days too."""
    make_rate()
    cart = make_cart()
    carts.add(cart, only_variant(studs()), 3)
    attempt = begin(cart)
    attempt.parameters.pop("excluded_payment_method_types")
    attempt = checkout.open_session(attempt)
    stripe.pay(session_of(attempt), card="delayed")
    stripe.act("delayed_succeeds", session_of(attempt))
    settlement.settle(session_of(attempt))

    refund = give(owner, lines=[Part(line(), 1, 10_000)])
    assert refund.state == State.PENDING
    assert stands() == ("partially_refunded", 10_000, 0, 10_000, 1)
    page = client.get(refund.order.get_absolute_url()).content.decode()
    assert "On its way back since" in page
    assert letters_about(refund) == ["queued"]

    assert refund.stripe_id
    stripe.act("refund_arrives", refund.stripe_id)
    news(client, stripe, "refund.updated")
    refund.refresh_from_db()
    assert refund.state == State.SUCCEEDED
    assert stands() == ("partially_refunded", 10_000, 0, 10_000, 1)
    assert letters_about(refund) == ["queued"]


def test_a_refund_that_comes_back_can_be_made_again(
    client: Client, stripe: StripeSandbox, paid: PaymentAttempt, owner: User
) -> None:
    refund = give(owner, lines=[Part(line(), 3, 30_000)], shipping=900)
    assert stands()[0] == "refunded"
    assert refund.stripe_id
    stripe.act("refund_comes_back", refund.stripe_id)
    news(client, stripe, "refund.updated", "refund.failed")

    refund.refresh_from_db()
    assert refund.state == State.FAILED
    assert stands() == ("paid", 0, 0, 0, 0)
    assert refunds.lost().get() == refund
    again = give(owner, lines=[Part(line(), 3, 30_000)], shipping=900)
    assert not refunds.lost()
    assert again.state == State.SUCCEEDED
    assert stands() == ("refunded", 30_900, 900, 30_000, 3)


def test_old_news_does_not_bring_a_failed_refund_to_life(
    stripe: StripeSandbox, paid: PaymentAttempt, owner: User
) -> None:
    refund = give(owner, free_amount=500)
    (old,) = payments.list_refunds(paid.payment_intent)
    assert refund.stripe_id
    stripe.act("refund_comes_back", refund.stripe_id)
    refunds.sync(paid.payment_intent)

    refunds._record(old, paid)

    refund.refresh_from_db()
    assert refund.state == State.FAILED


# --- From the Dashboard ------------------------------------------------------------------------


def test_part_from_the_dashboard_leaves_the_rest(
    client: Client, stripe: StripeSandbox, paid: PaymentAttempt, owner: User
) -> None:
    stripe.act("refund", paid.charge, 30_000)
    news(client, stripe, "charge.refunded", "refund.created")

    refund = Refund.objects.get()
    assert refund.is_from_dashboard
    assert refund.free_amount == 30_000
    assert stands() == ("partially_refunded", 30_000, 0, 0, 0)
    with pytest.raises(refundable.TooMuch):
        give(owner, lines=[Part(line(), 1, 10_000)])
    give(owner, shipping=900)
    assert stands()[0] == "refunded"


def test_all_from_the_dashboard(
    client: Client, stripe: StripeSandbox, paid: PaymentAttempt
) -> None:
    stripe.act("refund", paid.charge)
    news(client, stripe, "refund.created", "charge.refunded", "refund.created")

    assert stands() == ("refunded", 30_900, 0, 0, 0)
    assert Refund.objects.count() == 1


def test_the_dashboard_was_quicker(
    stripe: StripeSandbox, paid: PaymentAttempt, owner: User
) -> None:
    """We know nothing of it yet: Stripe refuses ours, and the amount is free again."""
    stripe.act("refund", paid.charge, 30_000)

    refund = give(owner, lines=[Part(line(), 1, 10_000)])

    assert refund.state == State.FAILED
    refunds.sync(paid.payment_intent)
    assert stands() == ("partially_refunded", 30_000, 0, 0, 0)


# --- Stock -------------------------------------------------------------------------------------


def test_stock_stays_unless_it_is_ticked(paid: PaymentAttempt, owner: User) -> None:
    give(owner, lines=[Part(line(), 1, 10_000)])
    assert Variant.objects.get().stock == 0

    give(owner, lines=[Part(line(), 2, 20_000, restock=True)])
    assert Variant.objects.get().stock == 2
    assert line().restocked == 2


def test_never_more_is_put_back_than_was_sold(paid: PaymentAttempt, owner: User) -> None:
    OrderLine.objects.update(restocked=2)
    with pytest.raises(refundable.TooMuch):
        give(owner, lines=[Part(line(), 2, 20_000, restock=True)])
    assert Variant.objects.get().stock == 0
    assert stands() == ("paid", 0, 0, 0, 0)


def test_what_came_back_of_an_edition_is_not_counted_twice(
    stripe: StripeSandbox, owner: User
) -> None:
    piece = make_piece(stock=2, making=Piece.Making.LIMITED, edition_size=5)
    bought(stripe, (piece, 1))
    assert editions.left(piece) == 3

    give(owner, lines=[Part(line(), 1, line().total, restock=True)])

    assert only_variant(piece).stock == 2
    assert editions.left(piece) == 3


# --- The letter --------------------------------------------------------------------------------


def test_a_letter_is_written_once_a_refund(
    client: Client,
    stripe: StripeSandbox,
    paid: PaymentAttempt,
    owner: User,
    django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks,
) -> None:
    first = give(owner, free_amount=500)
    second = give(owner, lines=[Part(line(), 1, 10_000)], reason="It was scratched.")
    with django_capture_on_commit_callbacks(execute=True):
        news(client, stripe, "refund.created", "charge.refunded")
    assert (letters_about(first), letters_about(second)) == (["queued"], ["queued"])
    OutboxLetter.objects.filter(kind="confirmation").delete()
    assert (post_letters(), post_letters()) == (2, 0)

    told, last = (str(message.body) for message in mail.outbox)
    assert "5\N{NO-BREAK SPACE}€ goes back" in told
    assert "It was scratched." in last
    assert "Pebble studs" in last


def test_nothing_is_told_before_stripe_has_said_yes(
    stripe: StripeSandbox, paid: PaymentAttempt, owner: User
) -> None:
    stripe.faults("/v1/refunds", "timeout_before", times=3, method="POST")
    refund = give(owner, free_amount=500)
    assert letters_about(refund) == []


def test_the_shopper_reads_it_on_their_page(
    client: Client, paid: PaymentAttempt, owner: User
) -> None:
    give(owner, lines=[Part(line(), 2, 20_000)], shipping=900)
    text = client.get(paid.order.get_absolute_url()).content.decode()
    for words in (
        "Given back on",
        "209\N{NO-BREAK SPACE}€",
        "Pebble studs × 2",
        "Given back: two of them.",
        "The clasp broke.",
    ):
        assert words in text, words


def test_the_shopper_reads_nothing_of_the_dashboard(
    client: Client, stripe: StripeSandbox, paid: PaymentAttempt
) -> None:
    stripe.act("refund", paid.charge, 500)
    refunds.sync(paid.payment_intent)
    text = client.get(paid.order.get_absolute_url()).content.decode()
    assert "Given back on" in text
    assert "Dashboard" not in text
