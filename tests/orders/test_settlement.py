from datetime import timedelta
from typing import Any

import pytest
from django.core import mail
from django.utils.timezone import now
from django_tasks_db.models import DBTaskResult
from pytest_django import DjangoCaptureOnCommitCallbacks, Settings

from catalog.models import Piece, Variant
from orders import cart as carts
from orders import checkout, payments, refunds, settlement, sweeping
from orders.models import (
    Cart,
    CartLine,
    Hold,
    Order,
    OrderEvent,
    OrderLine,
    OutboxLetter,
    PaymentAttempt,
    Refund,
)
from orders.records import Session
from sandbox.testing import StripeSandbox
from tests.factories import make_cart, make_piece, make_rate
from tests.orders.builders import basket_of, begin, only_variant, opened, session_of

pytestmark = pytest.mark.django_db
State = PaymentAttempt.State


def settle(attempt: PaymentAttempt) -> PaymentAttempt:
    settled = settlement.settle(session_of(attempt))
    assert settled
    return settled


def counts(piece: Piece) -> tuple[int, int]:
    variant = only_variant(piece)
    return variant.stock, variant.reserved


# --- Paid --------------------------------------------------------------------------------------


def test_a_paid_session_makes_a_paid_order(stripe: StripeSandbox) -> None:
    piece = make_piece()
    attempt = opened(piece)
    stripe.pay(session_of(attempt), name="Jonas Weber", address={"city": "Galway"})

    settled = settle(attempt)

    order = settled.order
    assert settled.state == State.COMPLETE
    assert settled.payment_intent.startswith("pi_")
    assert settled.charge.startswith("ch_")
    assert order.state == Order.State.PAID
    assert order.is_paid
    assert (order.name, order.address["city"]) == ("Jonas Weber", "Galway")
    assert order.phone
    assert order.payment_note == "Visa ending 4242"
    assert counts(piece) == (0, 0)
    assert Hold.objects.get().state == Hold.State.SOLD
    assert not CartLine.objects.exists()


def test_a_present_goes_to_another_than_who_pays() -> None:
    house = {"line1": "Quay 3", "city": "Galway", "country": "IE"}
    told: dict[str, Any] = {
        "id": "cs_1",
        "customer_details": {"name": "Jonas Weber", "address": {"city": "Berlin"}},
        "collected_information": {"shipping_details": {"name": "Ada Byrne", "address": house}},
    }

    session = Session.read(told)

    assert (session.name, session.address["name"]) == ("Jonas Weber", "Ada Byrne")
    assert session.address["city"] == "Galway"
    order = Order(name=session.name, address=session.address)
    assert order.recipient == "Ada Byrne"
    assert Order(name="Jonas Weber").recipient == "Jonas Weber"


def test_settling_again_changes_nothing(
    stripe: StripeSandbox,
    django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks,
) -> None:
    piece = make_piece(stock=3, making=Piece.Making.STOCKED)
    attempt = opened(piece)
    stripe.pay(session_of(attempt))

    with django_capture_on_commit_callbacks(execute=True):
        for _time in range(4):
            settle(attempt)

    assert counts(piece) == (2, 0)
    assert Order.objects.get().events.filter(kind="paid").count() == 1
    assert DBTaskResult.objects.filter(task_path="orders.outbox.send_letter").count() == 1
    assert OutboxLetter.objects.get().key == f"confirmation:{attempt.order_id}"


def test_an_open_session_settles_nothing(stripe: StripeSandbox) -> None:
    piece = make_piece()
    settled = settle(opened(piece))

    assert settled.state == State.OPEN
    assert settled.checked_at
    assert counts(piece) == (1, 1)


def test_declined_then_paid_is_one_order(stripe: StripeSandbox) -> None:
    attempt = opened(make_piece())
    stripe.pay(session_of(attempt), card="4000 0000 0000 0002")
    assert settle(attempt).state == State.OPEN

    stripe.pay(session_of(attempt))

    assert settle(attempt).order.state == Order.State.PAID


def test_the_bank_asks_and_the_shopper_fails_then_confirms(stripe: StripeSandbox) -> None:
    attempt = opened(make_piece())
    for answer, state in (("fail", State.OPEN), ("complete", State.COMPLETE)):
        stripe.pay(session_of(attempt), card="4000 0025 0000 3155", bank=answer)
        assert settle(attempt).state == state

    assert Order.objects.get().state == Order.State.PAID
    assert [event.kind for event in OrderEvent.objects.all()].count("paid") == 1


def test_news_before_the_session_was_noted_finds_its_attempt(stripe: StripeSandbox) -> None:
    attempt = begin(basket_of(make_piece()))
    session = payments.create_session(attempt)  # the process died before it wrote this down
    stripe.pay(session.id)

    settled = settlement.settle(session.id)

    assert settled is not None
    assert settled == attempt
    assert settled.session_id == session.id
    assert settled.order.state == Order.State.PAID
    checkout.open_session(attempt)  # and whoever still thinks it is being created
    assert settle(settled).state == State.COMPLETE


def test_what_was_added_since_stays_in_the_basket(stripe: StripeSandbox) -> None:
    made = make_piece(making=Piece.Making.MADE_TO_ORDER)
    attempt = opened(made)
    line = CartLine.objects.get()
    CartLine.objects.filter(pk=line.pk).update(quantity=3)
    stripe.pay(session_of(attempt))

    settle(attempt)

    line.refresh_from_db()
    assert line.quantity == 2


# --- Not paid ----------------------------------------------------------------------------------


def test_a_session_that_ran_out_gives_the_pieces_back(stripe: StripeSandbox) -> None:
    piece = make_piece()
    attempt = opened(piece)
    stripe.act("expire", session_of(attempt))
    PaymentAttempt.objects.update(expires_at=now() - timedelta(minutes=1))

    settled = settle(attempt)

    assert settled.state == State.EXPIRED
    assert settled.order.state == Order.State.EXPIRED
    assert counts(piece) == (1, 0)
    assert only_variant(piece).held_until is None
    assert settle(attempt).state == State.EXPIRED


def test_one_ended_before_its_time_gives_the_basket_its_holds_back(stripe: StripeSandbox) -> None:
    piece = make_piece()
    attempt = opened(piece)
    stripe.act("expire", session_of(attempt))

    assert settle(attempt).state == State.SUPERSEDED
    assert CartLine.objects.get().is_held
    assert counts(piece) == (1, 1)
    assert OrderLine.objects.get().hold is None


def test_our_clock_past_the_end_frees_nothing_while_stripe_may_be_paid(
    stripe: StripeSandbox,
) -> None:
    piece = make_piece()
    attempt = opened(piece)
    PaymentAttempt.objects.update(expires_at=now() - timedelta(hours=1))

    assert settle(attempt).state == State.OPEN
    assert counts(piece) == (1, 1)


def test_paid_after_we_gave_up_is_honoured_while_a_piece_is_free(stripe: StripeSandbox) -> None:
    piece = make_piece()
    attempt = opened(piece)
    give_up(attempt)
    assert counts(piece) == (1, 0)
    stripe.pay(session_of(attempt))

    settled = settle(attempt)

    assert settled.order.state == Order.State.PAID
    assert counts(piece) == (0, 0)
    assert Refund.objects.count() == 0


def give_up(attempt: PaymentAttempt) -> None:
    """What must never happen: our books say expired, and Stripe's page can be paid."""
    PaymentAttempt.objects.filter(pk=attempt.pk).update(state=State.EXPIRED)
    Order.objects.filter(pk=attempt.order_id).update(state=Order.State.EXPIRED)
    Hold.objects.update(state=Hold.State.RELEASED)
    Variant.objects.update(reserved=0, held_until=None)


# --- Money that cannot be honoured -------------------------------------------------------------


def refunded(attempt: PaymentAttempt) -> Refund:
    refund = Refund.objects.get(attempt=attempt)
    assert refund.amount == payments.get_session(session_of(attempt)).amount_total
    assert refund.state in (Refund.State.SUCCEEDED, Refund.State.PENDING)
    (at_stripe,) = payments.list_refunds(attempt.payment_intent)
    assert (at_stripe.id, at_stripe.amount) == (refund.stripe_id, refund.amount)
    return refund


def test_paid_after_somebody_else_has_it_goes_back_in_full(stripe: StripeSandbox) -> None:
    piece = make_piece(title="Harbour Lamp")
    attempt = opened(piece)
    give_up(attempt)
    carts.add(make_cart(), only_variant(piece))
    stripe.pay(session_of(attempt))

    settled = settle(attempt)
    settle(attempt)

    refunded(settled)
    order = settled.order
    assert order.state == Order.State.REVIEW
    assert "Harbour Lamp" in order.review_reason
    assert counts(piece) == (1, 1)
    order.refresh_from_db()
    assert order.refunded_total == order.total


def test_a_complete_edition_is_not_made_once_more(stripe: StripeSandbox) -> None:
    piece = make_piece(stock=0, making=Piece.Making.LIMITED, edition_size=1)
    Variant.objects.update(can_be_made=True)
    late = opened(piece)
    give_up(late)
    opened(piece)
    stripe.pay(session_of(late))

    settled = settle(late)

    refunded(settled)
    assert "edition" in settled.order.review_reason


def test_a_piece_deleted_before_a_late_payment_is_gone(stripe: StripeSandbox) -> None:
    attempt = opened(make_piece())
    give_up(attempt)
    OrderLine.objects.update(variant=None, hold=None)
    stripe.pay(session_of(attempt))

    refunded(settle(attempt))


@pytest.mark.parametrize(
    "wrong",
    [
        {"total": 500, "items_total": 500, "shipping_total": 0},
        {"shipping_total": 1, "items_total": 110_899},
        {"currency": "usd"},
    ],
)
def test_another_sum_than_ordered_goes_back_in_full(
    stripe: StripeSandbox, wrong: dict[str, object]
) -> None:
    piece = make_piece(price=110_000)
    attempt = opened(piece)
    Order.objects.update(**wrong)
    PaymentAttempt.objects.update(expected_total=Order.objects.get().total)
    stripe.pay(session_of(attempt))

    settled = settle(attempt)

    assert Refund.objects.get().amount == 110_900
    assert settled.order.state == Order.State.REVIEW
    assert counts(piece) == (1, 0)


def test_other_lines_than_ordered_go_back_in_full(stripe: StripeSandbox) -> None:
    attempt = opened(make_piece(price=60_000), make_piece(price=40_000))
    first, second = OrderLine.objects.order_by("unit_price")
    OrderLine.objects.filter(pk=first.pk).update(unit_price=50_000, total=50_000)
    OrderLine.objects.filter(pk=second.pk).update(unit_price=50_000, total=50_000)
    stripe.pay(session_of(attempt))

    assert settle(attempt).order.state == Order.State.REVIEW
    assert Refund.objects.get().amount == attempt.expected_total


def test_a_cancelled_order_is_never_paid(stripe: StripeSandbox) -> None:
    piece = make_piece()
    attempt = opened(piece)
    Order.objects.update(state=Order.State.CANCELLED)
    stripe.pay(session_of(attempt))

    settled = settle(attempt)

    refunded(settled)
    assert settled.order.state == Order.State.REVIEW
    assert counts(piece) == (1, 0)


def test_a_second_payment_goes_back_and_the_first_stands(stripe: StripeSandbox) -> None:
    piece = make_piece()
    first = opened(piece)
    stripe.pay(session_of(first))
    order = settle(first).order
    second = PaymentAttempt.objects.create(
        order=order,
        number=2,
        idempotency_key="another",
        parameters=first.parameters
        | {"metadata": first.parameters["metadata"] | {"key": "another"}},
        expected_total=order.total,
        expires_at=first.expires_at,
    )
    checkout.open_session(second)
    stripe.pay(session_of(second))

    settled = settle(second)

    assert settled.state == State.FAILED
    refunded(settled)
    order.refresh_from_db()
    assert order.state == Order.State.PAID
    assert order.refunded_total == 0
    assert "twice" in order.review_reason
    assert counts(piece) == (0, 0)


def test_a_refund_without_an_answer_is_asked_for_again(stripe: StripeSandbox) -> None:
    attempt = opened(make_piece())
    Order.objects.update(state=Order.State.CANCELLED)
    stripe.pay(session_of(attempt))
    stripe.faults("/v1/refunds", "timeout_after", times=3)

    settled = settle(attempt)

    assert Refund.objects.get().state == Refund.State.REQUESTED
    refunds.send(Refund.objects.get())
    refunded(settled)


def test_a_free_order_that_cannot_be_honoured_has_nothing_to_give_back(
    stripe: StripeSandbox,
) -> None:
    make_rate(amount=0)
    piece = make_piece(price=1)
    Variant.objects.update(price_difference=-1)
    attempt = opened(piece)
    Order.objects.update(state=Order.State.CANCELLED)
    stripe.pay(session_of(attempt))

    assert settle(attempt).order.state == Order.State.REVIEW
    assert not Refund.objects.exists()


# --- Slow payments -----------------------------------------------------------------------------


@pytest.fixture
def slow(stripe: StripeSandbox) -> PaymentAttempt:
    """Paid by a method that takes days."""
    made = make_piece(making=Piece.Making.MADE_TO_ORDER)
    ready = make_piece(title="Ready")
    cart = basket_of(made, ready)
    attempt = begin(cart)
    asked = dict(attempt.parameters)
    asked.pop("excluded_payment_method_types")
    attempt.parameters = asked
    attempt.save()
    checkout.open_session(attempt)
    stripe.pay(session_of(attempt), card="delayed")
    return attempt


def test_what_is_not_paid_yet_is_kept(
    slow: PaymentAttempt,
    django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks,
) -> None:
    with django_capture_on_commit_callbacks(execute=True):
        settled = settle(slow)

    assert settled.state == State.PROCESSING
    assert settled.order.state == Order.State.PROCESSING
    assert not settled.order.is_paid
    assert counts(Piece.objects.get(title="Ready")) == (1, 1)
    assert not CartLine.objects.exists()
    assert not list(settlement.payable(Cart.objects.get()))
    assert DBTaskResult.objects.get().task_path == "orders.outbox.send_letter"
    OutboxLetter.objects.update(created_at=now() - timedelta(minutes=3))
    assert sweeping.send_letters() == 1
    assert sweeping.send_letters() == 0
    assert "your payment is on its way" in mail.outbox[0].subject


def test_the_money_arrives_days_later(stripe: StripeSandbox, slow: PaymentAttempt) -> None:
    settle(slow)
    stripe.act("delayed_succeeds", session_of(slow))

    assert settle(slow).order.state == Order.State.PAID
    assert counts(Piece.objects.get(title="Ready")) == (0, 0)


def test_the_money_does_not_come(stripe: StripeSandbox, slow: PaymentAttempt) -> None:
    settle(slow)
    stripe.act("delayed_fails", session_of(slow))

    settled = settle(slow)

    assert settled.state == State.FAILED
    assert settled.order.state == Order.State.FAILED
    assert counts(Piece.objects.get(title="Ready")) == (1, 0)


# --- Not ours ----------------------------------------------------------------------------------


def test_another_shops_session_is_left_alone(stripe: StripeSandbox, settings: Settings) -> None:
    attempt = opened(make_piece())
    PaymentAttempt.objects.update(session_id=None)
    settings.SITE_URL = "https://another.example"

    assert settlement.settle(session_of(attempt)) is None


def test_a_session_of_ours_without_an_order_is_told(stripe: StripeSandbox) -> None:
    attempt = opened(make_piece())
    session = session_of(attempt)
    PaymentAttempt.objects.update(idempotency_key="lost", session_id=None)

    with pytest.raises(settlement.UnknownOrder):
        settlement.settle(session)


def test_the_other_modes_session_is_left_alone(
    stripe: StripeSandbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    attempt = opened(make_piece())
    monkeypatch.setattr(payments, "is_live", lambda: True)

    assert settlement.settle(session_of(attempt)) is None


def test_an_unknown_session_is_not_found(stripe: StripeSandbox) -> None:
    with pytest.raises(payments.NotFound):
        settlement.settle("cs_test_nothing")
