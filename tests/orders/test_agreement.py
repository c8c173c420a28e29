"""Comparisons are kept: one at a time, and what differs is one case until it agrees."""

import time
from collections.abc import Iterator
from datetime import timedelta

import pytest
from django.contrib.auth.models import User
from django.core.management import CommandError, call_command
from django.utils.timezone import now
from pytest_django import Settings

from catalog.models import Variant
from orders import attempts, ledger, payments, settlement
from orders.comparing import agreement
from orders.comparing.books import Books
from orders.models import Disagreement, LedgerEntry, Order, PaymentAttempt, ReconcileRun, Refund
from sandbox import testing
from sandbox.testing import StripeSandbox
from tests.factories import make_order, make_piece
from tests.orders.builders import basket_of, begin, opened, session_of
from tests.orders.test_sweep import age

pytestmark = pytest.mark.django_db
State = Disagreement.State


@pytest.fixture
def stripe(settings: Settings) -> Iterator[StripeSandbox]:
    """A stand-in of this test's own: what others left in theirs would be told here."""
    with testing.start() as sandbox:
        settings.STRIPE_SECRET_KEY = sandbox.secret_key
        settings.STRIPE_API_BASE = sandbox.base_url
        yield sandbox


@pytest.fixture
def paid(stripe: StripeSandbox) -> PaymentAttempt:
    """A ring for 640.00 and 9.00 for the post, paid and settled."""
    attempt = opened(make_piece(price=64_000))
    stripe.pay(session_of(attempt))
    settled = settlement.settle(session_of(attempt))
    assert settled
    return settled


def figures(run: ReconcileRun) -> dict[str, tuple[int, int]]:
    return {row["name"]: (row["there"], row["here"]) for row in run.figures}


def give_back_at_stripe(stripe: StripeSandbox, attempt: PaymentAttempt, amount: int) -> None:
    stripe.act("refund", attempt.charge, amount)


def test_what_agrees_is_kept_as_sums(paid: PaymentAttempt) -> None:
    run, _found = agreement.run()

    assert (run.is_running, run.error, run.needs_person) == (False, "", 0)
    assert run.finished_at
    assert figures(run) == {
        "paid": (64_900, 64_900),
        "given_back": (0, 0),
        "sent": (0, 0),
        "held": (0, 0),
        "over": (0, 0),
    }
    assert not Disagreement.objects.filter(state=State.OPEN).exists()


def test_a_refund_made_at_stripe_is_taken_over_and_told(
    stripe: StripeSandbox, paid: PaymentAttempt
) -> None:
    agreement.run()
    give_back_at_stripe(stripe, paid, 4_000)
    # Stripe's news of it never came, and the event is not found either.
    stripe.faults("/v1/events", "500", times=3)
    with pytest.raises(payments.Unknown):
        agreement.run()
    assert ReconcileRun.objects.latest("pk").error.startswith("Unknown")

    run, _found = agreement.run()
    assert Refund.objects.get().amount == 4_000
    assert figures(run)["given_back"] == (4_000, 4_000)
    assert ledger.unbalanced().count() == 0
    assert run.needs_person == 0


def test_stripe_beside_the_refunds_where_events_say_nothing(
    stripe: StripeSandbox, paid: PaymentAttempt, monkeypatch: pytest.MonkeyPatch
) -> None:
    give_back_at_stripe(stripe, paid, 4_000)
    monkeypatch.setattr("orders.webhooks.ACTIONS", {"checkout.session.completed": lambda _id: None})

    agreement.run()

    (case,) = Disagreement.objects.filter(kind="given_back")
    assert (
        "40\N{NO-BREAK SPACE}€ was given back at Stripe, and only 0\N{NO-BREAK SPACE}€" in case.text
    )
    assert (case.state, case.order, case.mended_by) == (State.MENDED, paid.order, None)
    assert Order.objects.get().refunded_total == 4_000
    assert [one.text for one in agreement.run()[1]] == []


def test_another_sum_at_stripe_needs_a_person(paid: PaymentAttempt) -> None:
    PaymentAttempt.objects.update(received=64_000)

    with pytest.raises(CommandError, match="need a person"):
        call_command("reconcile")
    assert figures(ReconcileRun.objects.get())["paid"] == (64_900, 64_000)
    assert "Stripe took 649" in Disagreement.objects.get(kind="paid").text


def test_slow_money_that_nobody_told_of_is_settled(stripe: StripeSandbox) -> None:
    attempt = begin(basket_of(make_piece(price=64_000)))
    attempt.parameters.pop("excluded_payment_method_types")
    attempts.open_session(attempt)
    stripe.pay(session_of(attempt), card="delayed")
    settlement.settle(session_of(attempt))
    stripe.act("delayed_succeeds", session_of(attempt))
    asked = Books(now() - timedelta(days=2))

    (told,) = asked.differences()
    assert "Stripe took 649" in told.text
    assert not told.needs_person
    assert Order.objects.get().state == Order.State.PAID


def test_a_payment_older_than_the_window_is_asked_for_by_itself(paid: PaymentAttempt) -> None:
    run, _found = agreement.run(now() + timedelta(seconds=2))
    assert figures(run)["paid"] == (0, 0)

    Order.objects.update(paid_at=now() + timedelta(seconds=9))
    run, _found = agreement.run(now() + timedelta(seconds=2))
    assert figures(run)["paid"] == (64_900, 64_900)


def test_a_ledger_that_is_behind_is_brought_up(paid: PaymentAttempt) -> None:
    # The fee is told a moment later, which would bring the ledger up by itself.
    time.sleep(0.4)
    agreement.run()
    LedgerEntry.objects.filter(kind="sale").delete()

    agreement.run()

    assert not ledger.is_behind(paid.order)
    told = Disagreement.objects.get(kind="ledger")
    assert "the ledger lacked" in told.text
    assert told.state == State.MENDED


def test_a_ledger_that_divides_wrongly_needs_a_person(paid: PaymentAttempt) -> None:
    Order.objects.update(items_total=70_000, total=70_900)
    paid.order.lines.update(unit_price=70_000, total=70_000)
    paid.order.parcels.update(shipping=900)

    agreement.run()

    assert Disagreement.objects.get(kind="left_over").needs_person


def test_the_same_thing_is_one_case_until_it_agrees(stripe: StripeSandbox) -> None:
    make_piece()
    Variant.objects.update(reserved=1)
    agreement.run()
    case = Disagreement.objects.get()
    agreement.run()
    assert Disagreement.objects.get().found_at == case.found_at

    Variant.objects.update(reserved=0)
    agreement.run()
    assert Disagreement.objects.get().state == State.GONE

    Variant.objects.update(reserved=1)
    agreement.run()
    again = Disagreement.objects.get()
    assert (again.pk, again.state, again.mended_at) == (case.pk, State.OPEN, None)
    assert again.found_at > case.found_at


def test_a_comparison_that_broke_off_closes_no_case(stripe: StripeSandbox) -> None:
    make_piece()
    Variant.objects.update(reserved=1)
    agreement.run()

    stripe.faults("/v1/charges", "500", times=3)
    with pytest.raises(payments.Unknown):
        agreement.run()
    assert Disagreement.objects.get().state == State.OPEN


def test_only_one_compares_at_a_time(stripe: StripeSandbox) -> None:
    ReconcileRun.objects.create()
    with pytest.raises(agreement.UnderWay):
        agreement.run()
    with pytest.raises(CommandError, match="under way"):
        call_command("reconcile")
    assert agreement.run_now.call() is False

    age(ReconcileRun.objects, started_at=agreement.STALE + timedelta(seconds=1))
    assert agreement.run_now.call() is True
    assert ReconcileRun.objects.order_by("pk")[0].error == "lost"


def test_old_comparisons_are_forgotten_and_their_cases_kept(stripe: StripeSandbox) -> None:
    make_piece()
    Variant.objects.update(reserved=1)
    first, _found = agreement.run()
    age(ReconcileRun.objects, started_at=agreement.KEPT + timedelta(days=1))

    agreement.run()
    assert not ReconcileRun.objects.filter(pk=first.pk).exists()
    assert Disagreement.objects.get().state == State.OPEN


def test_what_mended_itself_is_forgotten_after_a_month(stripe: StripeSandbox, owner: User) -> None:
    for key, by in (("a", None), ("b", owner)):
        Disagreement.objects.create(
            key=key, text="It differed.", state=State.MENDED, mended_by=by, mended_at=now()
        )
    age(Disagreement.objects, mended_at=agreement.KEPT + timedelta(days=1))

    agreement.run()
    assert Disagreement.objects.get().mended_by == owner


def test_a_settled_order_without_a_payment_is_none_of_its_business(stripe: StripeSandbox) -> None:
    make_order(make_piece())

    assert agreement.run()[1] == []
