from collections.abc import Iterator
from datetime import timedelta
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.utils.timezone import now
from pytest_django import Settings

from catalog.models import Variant
from orders import attempts, payments, refunds, settlement
from orders.models import Order, PaymentAttempt, ReconcileRun, Refund, StripeEvent
from sandbox import testing
from sandbox.testing import StripeSandbox
from tests.factories import make_piece
from tests.orders.builders import basket_of, begin, only_variant, opened, session_of
from tests.orders.test_holds import counts
from tests.orders.test_sweep import age

pytestmark = pytest.mark.django_db


@pytest.fixture
def stripe(settings: Settings) -> Iterator[StripeSandbox]:
    """A stand-in of this test's own: what others left in theirs would be told here."""
    with testing.start() as sandbox:
        settings.STRIPE_SECRET_KEY = sandbox.secret_key
        settings.STRIPE_API_BASE = sandbox.base_url
        yield sandbox


def reconcile() -> str:
    out = StringIO()
    call_command("reconcile", stdout=out)
    return out.getvalue()


def test_with_nothing_wrong_it_says_so(stripe: StripeSandbox) -> None:
    assert reconcile() == "Stripe and the shop agree.\n"


def test_with_every_webhook_lost_all_ends_as_it_should(stripe: StripeSandbox) -> None:
    paid, left, open_one, unanswered = (make_piece() for _piece in range(4))
    stripe.pay(session_of(opened(paid)))
    stripe.act("expire", session_of(attempt := opened(left)))
    PaymentAttempt.objects.filter(pk=attempt.pk).update(expires_at=now() - timedelta(minutes=9))
    opened(open_one)
    begin(basket_of(unanswered))
    age(PaymentAttempt.objects.filter(state="creating"), created_at=timedelta(minutes=9))

    reconcile()

    assert counts(only_variant(paid)) == (0, 0)
    assert counts(only_variant(left)) == (1, 0)
    assert counts(only_variant(open_one)) == (1, 1)
    assert counts(only_variant(unanswered)) == (1, 1)
    states = Order.objects.order_by("pk").values_list("state", flat=True)
    assert list(states) == ["paid", "expired", "awaiting_payment", "awaiting_payment"]
    assert not PaymentAttempt.objects.filter(state="creating").exists()
    assert reconcile() == "Stripe and the shop agree.\n"


def test_a_payment_by_a_forgotten_attempt_is_found(stripe: StripeSandbox) -> None:
    attempt = begin(basket_of(make_piece()))
    stripe.pay(payments.create_session(attempt).id)
    PaymentAttempt.objects.update(state=PaymentAttempt.State.FAILED)
    Order.objects.update(state=Order.State.FAILED)

    assert "was complete and not settled" in reconcile()
    assert Order.objects.get().state == Order.State.PAID


def test_a_payment_without_an_order_needs_a_person(stripe: StripeSandbox) -> None:
    stripe.pay(session_of(opened(make_piece())))
    PaymentAttempt.objects.update(idempotency_key="lost", session_id=None)

    with pytest.raises(CommandError, match="need a person"):
        reconcile()


def test_another_shops_sessions_are_none_of_our_business(
    stripe: StripeSandbox, settings: Settings
) -> None:
    stripe.pay(session_of(opened(make_piece())))
    PaymentAttempt.objects.update(session_id=None)
    settings.SITE_URL = "https://another.example"

    assert "settled" not in reconcile()
    assert Order.objects.get().state == Order.State.AWAITING_PAYMENT


def test_an_event_that_failed_is_acted_on(stripe: StripeSandbox) -> None:
    attempt = opened(make_piece())
    stripe.pay(session_of(attempt))
    settlement.settle(session_of(attempt))
    for event in stripe.events("checkout.session.completed")[-1:]:
        StripeEvent.objects.create(
            event_id=event["id"],
            type=event["type"],
            payload={"object": session_of(attempt)},
            state=StripeEvent.State.FAILED,
        )

    assert "had not been acted on" in reconcile()
    completed = StripeEvent.objects.get(type="checkout.session.completed")
    assert completed.state == StripeEvent.State.PROCESSED


def test_slow_money_is_settled_already(stripe: StripeSandbox) -> None:
    attempt = begin(basket_of(make_piece()))
    attempt.parameters.pop("excluded_payment_method_types")

    attempts.open_session(attempt)
    stripe.pay(session_of(attempt), card="delayed")
    settlement.settle(session_of(attempt))

    assert "not settled" not in reconcile()
    assert Order.objects.get().state == Order.State.PROCESSING


# --- Refunds -----------------------------------------------------------------------------------


@pytest.fixture
def refund(stripe: StripeSandbox) -> Refund:
    """Written down, not asked for."""
    attempt = opened(make_piece())
    stripe.pay(session_of(attempt))
    settled = settlement.settle(session_of(attempt))
    assert settled
    return refunds.refund_in_full(settled, 1_000, "because")


def test_a_refund_under_way_is_told(refund: Refund) -> None:
    assert "has no answer yet" in reconcile()


def test_a_refund_without_an_answer_is_asked_for_again(refund: Refund) -> None:
    age(Refund.objects, created_at=timedelta(minutes=9))

    assert "1 refunds were asked for again" in reconcile()
    assert Refund.objects.get().state == Refund.State.SUCCEEDED


def test_a_refund_that_came_back_needs_a_person(stripe: StripeSandbox, refund: Refund) -> None:
    sent = refunds.send(refund)
    assert sent.stripe_id
    stripe.act("refund_comes_back", sent.stripe_id)

    with pytest.raises(CommandError, match="need a person"):
        reconcile()
    assert Refund.objects.get().state == Refund.State.FAILED


# --- What only a person can mend ---------------------------------------------------------------


def test_money_not_given_back_needs_a_person(stripe: StripeSandbox) -> None:
    order = opened(make_piece()).order
    Order.objects.filter(pk=order.pk).update(review_reason="Another amount was paid.")

    with pytest.raises(CommandError, match="1 of 1"):
        reconcile()


def test_stock_that_disagrees_with_holds_needs_a_person(stripe: StripeSandbox) -> None:
    make_piece()
    Variant.objects.update(reserved=1)

    with pytest.raises(CommandError, match="1 of 1"):
        reconcile()


def test_in_a_loop_it_goes_on_when_stripe_is_away(
    stripe: StripeSandbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    stripe.faults("/v1/checkout/sessions", "500", times=3)
    rounds: list[float] = []

    def sleep(seconds: float) -> None:
        if seconds != 300:  # the SDK sleeps too, between its own tries
            return
        rounds.append(seconds)
        if len(rounds) == 2:
            raise KeyboardInterrupt

    monkeypatch.setattr("time.sleep", sleep)
    # The test's own connection must stay.
    monkeypatch.setattr("orders.management.commands.reconcile.close_old_connections", lambda: None)
    out, err = StringIO(), StringIO()
    with pytest.raises(KeyboardInterrupt):
        call_command("reconcile", loop=300, stdout=out, stderr=err)

    assert rounds == [300, 300]
    assert err.getvalue().count("did not answer") == 1
    assert out.getvalue() == ""
    assert ReconcileRun.objects.latest("pk").error == ""


def test_without_stripe_it_says_so(stripe: StripeSandbox) -> None:
    stripe.faults("/v1/checkout/sessions", "500", times=3)

    with pytest.raises(CommandError, match="did not answer"):
        reconcile()
