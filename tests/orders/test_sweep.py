from datetime import timedelta
from io import StringIO
from typing import Any

import pytest
from django.core import mail
from django.core.management import call_command
from django.tasks.base import TaskResultStatus
from django.utils.timezone import now
from django_tasks_db.models import DBTaskResult

from catalog.models import Piece, Variant
from orders import holds, mails, outbox, payments, refunds, settlement, sweeping
from orders.models import Cart, Hold, Order, OutboxLetter, PaymentAttempt, Refund
from sandbox.testing import StripeSandbox
from tests.factories import make_cart, make_order, make_piece
from tests.orders.builders import basket_of, begin, only_variant, opened, session_of
from tests.orders.test_holds import counts, let_lapse

pytestmark = pytest.mark.django_db
State = PaymentAttempt.State
LONG_AGO = timedelta(minutes=12)


def sweep() -> str:
    """What ``manage.py sweep`` prints."""
    out = StringIO()
    call_command("sweep", stdout=out, stderr=out)
    return out.getvalue()


def age(rows: Any, **columns: timedelta) -> None:
    """Make rows older than they are."""
    rows.update(**{name: now() - ago for name, ago in columns.items()})


def test_with_nothing_to_do_it_says_nothing() -> None:
    assert sweep() == ""


def test_lapsed_holds_are_given_back() -> None:
    ring = only_variant(make_piece())
    let_lapse(holds.take(ring, make_cart()))

    assert sweep() == "holds given back: 1\n"
    assert counts(ring) == (1, 0)


# --- Payments ----------------------------------------------------------------------------------


def test_a_call_without_an_answer_is_made_again(stripe: StripeSandbox) -> None:
    attempt = begin(basket_of(make_piece()))
    age(PaymentAttempt.objects, created_at=LONG_AGO)

    assert "sessions asked for again: 1" in sweep()
    attempt.refresh_from_db()
    assert attempt.state == State.OPEN


def test_a_call_that_may_be_under_way_is_left_alone(stripe: StripeSandbox) -> None:
    attempt = begin(basket_of(make_piece()))

    assert sweep() == ""
    attempt.refresh_from_db()
    assert attempt.state == State.CREATING


def test_a_refused_call_leaves_the_others_alone(stripe: StripeSandbox) -> None:
    wrong = begin(basket_of(make_piece()))
    right = begin(basket_of(make_piece()))
    PaymentAttempt.objects.filter(pk=wrong.pk).update(parameters={"mode": "payment"})
    age(PaymentAttempt.objects, created_at=LONG_AGO)

    assert "sessions asked for again: 1" in sweep()
    right.refresh_from_db()
    assert right.state == State.OPEN


def test_a_call_forgotten_for_a_day_is_given_up(stripe: StripeSandbox) -> None:
    piece = make_piece()
    attempt = begin(basket_of(piece))
    age(PaymentAttempt.objects, created_at=timedelta(hours=21))

    sweep()

    attempt.refresh_from_db()
    assert attempt.state == State.FAILED
    assert Hold.objects.get().state == Hold.State.ACTIVE


def test_a_payment_nobody_told_us_of_is_found(stripe: StripeSandbox) -> None:
    attempt = opened(make_piece())
    stripe.pay(session_of(attempt))
    age(PaymentAttempt.objects, created_at=LONG_AGO)

    assert "payments looked up: 1" in sweep()
    assert Order.objects.get().state == Order.State.PAID


def test_an_expiry_nobody_told_us_of_is_found(stripe: StripeSandbox) -> None:
    piece = make_piece()
    attempt = opened(piece)
    stripe.act("expire", session_of(attempt))
    age(PaymentAttempt.objects, expires_at=LONG_AGO)

    assert "payments looked up: 1" in sweep()
    assert Order.objects.get().state == Order.State.EXPIRED
    assert counts(only_variant(piece)) == (1, 0)


def test_a_quiet_session_is_looked_at_every_ten_minutes(stripe: StripeSandbox) -> None:
    opened(make_piece())
    age(PaymentAttempt.objects, created_at=LONG_AGO)

    assert "payments looked up: 1" in sweep()
    assert sweep() == ""


def test_while_stripe_is_away_nothing_is_freed(stripe: StripeSandbox) -> None:
    piece = make_piece()
    opened(piece)
    age(PaymentAttempt.objects, expires_at=LONG_AGO)
    age(Hold.objects, expires_at=LONG_AGO)
    stripe.faults("/v1/checkout/sessions/*", "500", times=3)

    assert "holds put off: 1" in sweep()
    assert counts(only_variant(piece)) == (1, 1)
    held_until = Variant.objects.get().held_until
    assert held_until
    assert held_until > now()


def test_a_refund_without_an_answer_is_asked_for_again(stripe: StripeSandbox) -> None:
    attempt = opened(make_piece())
    stripe.pay(session_of(attempt))
    settled = settlement.settle(session_of(attempt))
    assert settled
    refund = refunds.refund_in_full(settled, 1_000, "because")
    assert sweep() == ""
    age(Refund.objects, created_at=LONG_AGO)

    assert "refunds asked for again: 1" in sweep()
    refund.refresh_from_db()
    assert refund.state == Refund.State.SUCCEEDED
    assert len(payments.list_refunds(settled.payment_intent)) == 1


def test_one_broken_step_does_not_keep_the_rest(monkeypatch: pytest.MonkeyPatch) -> None:
    def crash() -> int:
        raise ZeroDivisionError

    monkeypatch.setitem(sweeping.STEPS, "holds given back", crash)
    Cart.objects.create()
    age(Cart.objects, updated_at=timedelta(days=61))

    assert sweep() == "holds given back: failed, see the log\nbaskets dropped: 1\n"


# --- Letters -----------------------------------------------------------------------------------


@pytest.fixture
def bought() -> OutboxLetter:
    """Paid a while ago; its confirmation was dropped."""
    written = outbox.put("confirmation", make_order(make_piece(), paid_at=now() - LONG_AGO).pk)
    age(OutboxLetter.objects, created_at=LONG_AGO)
    return written


def test_a_dropped_confirmation_is_sent_once(bought: OutboxLetter) -> None:
    assert sweep() == "letters sent: 1\n"
    assert sweep() == ""
    assert outbox.send_letter.call(bought.pk) is False
    assert [letter.to for letter in mail.outbox] == [["mara@example.com"]]


def test_a_letter_just_written_is_left_to_its_task() -> None:
    outbox.put("confirmation", make_order(make_piece()).pk)

    assert sweep() == ""


def test_an_unpaid_order_is_never_confirmed() -> None:
    order = make_order(make_piece(), paid_at=None, state=Order.State.AWAITING_PAYMENT)

    assert outbox.send_letter.call(outbox.put("confirmation", order.pk).pk) is False
    assert not mail.outbox


def test_a_letter_that_could_not_be_sent_is_tried_again(
    bought: OutboxLetter, monkeypatch: pytest.MonkeyPatch
) -> None:
    def crash(order: Order) -> None:
        raise ConnectionError

    with monkeypatch.context() as broken:
        broken.setattr(mails, "order_confirmation", crash)
        assert sweep() == ""
        with pytest.raises(ConnectionError):
            outbox.send_letter.call(bought.pk)
    assert sweep() == "letters sent: 1\n"


def test_a_letter_whose_sender_died_is_sent_after_a_while(bought: OutboxLetter) -> None:
    OutboxLetter.objects.update(state=OutboxLetter.State.SENDING, claimed_at=now())
    assert sweep() == ""

    age(OutboxLetter.objects, claimed_at=outbox.CLAIM + timedelta(seconds=1))
    assert sweep() == "letters sent: 1\n"


def test_a_parcel_that_is_not_posted_is_not_told() -> None:
    parcel = make_order(make_piece()).parcels.get()

    assert outbox.send_letter.call(outbox.put("shipped", parcel.pk).pk) is False


def test_money_that_goes_back_is_told_instead_of_thanked_for(stripe: StripeSandbox) -> None:
    attempt = opened(make_piece())
    Order.objects.update(state=Order.State.CANCELLED)
    stripe.pay(session_of(attempt))
    settlement.settle(session_of(attempt))
    age(OutboxLetter.objects, created_at=LONG_AGO)

    assert "letters sent: 1" in sweep()
    assert OutboxLetter.objects.get().key == f"refund:{Refund.objects.get().pk}"
    assert len(mail.outbox) == 1


# --- Tasks and baskets -------------------------------------------------------------------------


def make_task(workers: int, ago: timedelta) -> "DBTaskResult[Any, Any]":
    return DBTaskResult.objects.create(
        status=TaskResultStatus.RUNNING,
        started_at=now() - ago,
        worker_ids=[str(number) for number in range(workers)],
        args_kwargs={"args": [1], "kwargs": {}},
        task_path="orders.outbox.send_letter",
        backend_name="default",
        run_after=now(),
        exception_class_path="",
        traceback="",
    )


@pytest.mark.parametrize(
    ("workers", "ago", "status"),
    [
        (1, timedelta(minutes=20), TaskResultStatus.READY),
        (3, timedelta(minutes=20), TaskResultStatus.FAILED),
        (1, timedelta(minutes=5), TaskResultStatus.RUNNING),
    ],
)
def test_a_task_whose_worker_was_killed(workers: int, ago: timedelta, status: str) -> None:
    task = make_task(workers, ago)

    sweep()

    task.refresh_from_db()
    assert task.status == status
    assert bool(task.finished_at) == (status == TaskResultStatus.FAILED)


def test_a_basket_nobody_can_find_is_dropped_with_its_lines() -> None:
    cart = basket_of(make_piece(making=Piece.Making.MADE_TO_ORDER))
    kept = basket_of(make_piece())
    age(Cart.objects, updated_at=timedelta(days=61))

    assert "baskets dropped: 1" in sweep()
    assert list(Cart.objects.all()) == [kept]
    assert not Cart.objects.filter(pk=cart.pk).exists()


def test_a_hold_long_given_back_is_forgotten() -> None:
    piece = make_piece()
    begin(basket_of(piece))
    Hold.objects.update(state=Hold.State.RELEASED)
    age(Hold.objects, expires_at=timedelta(days=3))

    assert "holds forgotten: 1" in sweep()
    piece.delete()


def test_it_goes_on_until_interrupted(monkeypatch: pytest.MonkeyPatch) -> None:
    rounds: list[int] = []

    def sleep(seconds: int) -> None:
        rounds.append(seconds)
        if len(rounds) == 3:
            raise KeyboardInterrupt

    monkeypatch.setattr("time.sleep", sleep)
    monkeypatch.setattr("orders.management.commands.sweep.close_old_connections", lambda: None)
    with pytest.raises(KeyboardInterrupt):
        call_command("sweep", "--loop", "60")
    assert rounds == [60, 60, 60]
