"""The edge to Stripe: what each kind of failure becomes."""

from datetime import timedelta

import pytest
from django.core.exceptions import ImproperlyConfigured
from django.utils.timezone import now
from pytest_django import Settings

from orders import payments, refunds, settlement
from orders.models import Order, PaymentAttempt, Refund
from orders.records import Refunded, Session
from sandbox.testing import StripeSandbox
from tests.factories import make_piece
from tests.orders.builders import basket_of, begin, opened, session_of

pytestmark = pytest.mark.django_db


def test_without_a_key_nothing_is_asked(settings: Settings) -> None:
    settings.STRIPE_SECRET_KEY = ""

    with pytest.raises(ImproperlyConfigured, match="STRIPE_SECRET_KEY"):
        payments.client()


def test_real_stripe_is_asked_when_no_other_address_is_set(settings: Settings) -> None:
    settings.STRIPE_SECRET_KEY, settings.STRIPE_API_BASE = "sk_test_1", ""

    requestor = payments.client()._requestor
    assert requestor.base_addresses["api"] == "https://api.stripe.com"
    assert requestor._options.max_network_retries == 2
    assert payments.client() is payments.client()


@pytest.mark.parametrize(
    ("key", "live"), [("sk_live_1", True), ("rk_live_1", True), ("sk_test_1", False)]
)
def test_the_key_says_whether_money_is_real(settings: Settings, key: str, *, live: bool) -> None:
    settings.STRIPE_SECRET_KEY = key
    assert payments.is_live() is live


@pytest.mark.parametrize("mode", ["500", "409", "429", "timeout_before"])
def test_no_answer_is_unknown(stripe: StripeSandbox, mode: str) -> None:
    attempt = opened(make_piece())
    stripe.faults("/v1/checkout/sessions/*", mode, times=3)

    with pytest.raises(payments.Unknown):
        payments.get_session(session_of(attempt))


def test_a_short_disturbance_is_not_noticed(stripe: StripeSandbox) -> None:
    attempt = begin(basket_of(make_piece()))
    stripe.faults("/v1/checkout/sessions", "timeout_after", times=2)

    assert payments.create_session(attempt).status == "open"


def test_the_same_key_brings_the_same_session(stripe: StripeSandbox) -> None:
    attempt = begin(basket_of(make_piece()))

    assert payments.create_session(attempt).id == payments.create_session(attempt).id


def test_the_same_key_with_other_parameters_is_refused(stripe: StripeSandbox) -> None:
    attempt = begin(basket_of(make_piece()))
    payments.create_session(attempt)
    attempt.parameters = attempt.parameters | {"customer_email": "another@example.eu"}

    with pytest.raises(payments.Refused):
        payments.create_session(attempt)


def test_an_open_session_expires_once(stripe: StripeSandbox) -> None:
    session = session_of(opened(make_piece()))
    payments.expire_session(session)

    assert payments.get_session(session).status == "expired"
    with pytest.raises(payments.NotOpen):
        payments.expire_session(session)


def test_a_paid_session_cannot_expire(stripe: StripeSandbox) -> None:
    session = session_of(opened(make_piece()))
    stripe.pay(session)

    with pytest.raises(payments.NotOpen):
        payments.expire_session(session)


def test_what_stripe_does_not_know_is_not_found(stripe: StripeSandbox) -> None:
    with pytest.raises(payments.NotFound):
        payments.expire_session("cs_test_nothing")
    with pytest.raises(payments.NotFound):
        payments.payment_of_charge("ch_nothing")


def test_lists_are_read_to_their_end(stripe: StripeSandbox) -> None:
    pieces = [make_piece() for _number in range(10)]
    session = session_of(opened(*pieces))

    assert len(payments.line_items(session)) == 10
    mine = [s.id for s in payments.list_sessions(now() - timedelta(minutes=1))]
    assert session in mine
    stripe.faults("/v1/checkout/sessions", "500", times=3)
    with pytest.raises(payments.Unknown):
        list(payments.list_sessions(now()))


def test_events_are_listed_however_many_types_are_asked_for(stripe: StripeSandbox) -> None:
    """Stripe takes twenty at once."""
    session = session_of(opened(make_piece()))
    stripe.act("expire", session)
    types = [f"a.kind.of{number}" for number in range(41)] + ["checkout.session.expired"]

    found = payments.list_events(types, now() - timedelta(minutes=1))
    assert [event.object_id for event in found].count(session) == 1


def test_a_refused_refund_is_kept_for_a_person(stripe: StripeSandbox) -> None:
    attempt = opened(make_piece())
    stripe.pay(session_of(attempt))
    settled = settlement.settle(session_of(attempt))
    assert settled
    too_much = refunds.refund_in_full(settled, settled.expected_total + 1, "too much")

    refunds.send(too_much)

    assert too_much.state == Refund.State.FAILED
    assert too_much.error
    assert Order.objects.get().refunded_total == 0


def test_a_key_that_stripe_does_not_know_fails_nothing_for_good(
    stripe: StripeSandbox, settings: Settings
) -> None:
    """As while it is being rolled: what was promised is asked for again with the right one."""
    attempt = opened(make_piece())
    stripe.pay(session_of(attempt))
    settled = settlement.settle(session_of(attempt))
    assert settled
    promised = refunds.refund_in_full(settled, settled.expected_total, "promised")
    right, settings.STRIPE_SECRET_KEY = settings.STRIPE_SECRET_KEY, "sk_rolled"

    assert refunds.send(promised).state == Refund.State.REQUESTED

    settings.STRIPE_SECRET_KEY = right
    assert refunds.send_again(promised).state == Refund.State.SUCCEEDED


def test_a_refund_is_written_down_once(stripe: StripeSandbox) -> None:
    attempt = opened(make_piece())

    first = refunds.refund_in_full(attempt, 100, "because")
    assert refunds.refund_in_full(attempt, 100, "because") == first
    assert str(first).endswith(": 100")


def test_a_payment_without_refunds_has_none(stripe: StripeSandbox) -> None:
    attempt = opened(make_piece())
    stripe.pay(session_of(attempt))
    settled = settlement.settle(session_of(attempt))
    assert settled

    assert refunds.sync(settled.payment_intent) == 0
    assert refunds.sync("") == 0


def test_sparse_answers_are_read() -> None:
    session = Session.read({"id": "cs_1", "payment_intent": "pi_1"})
    assert (session.payment_intent, session.charge, session.paid_by) == ("pi_1", "", "")

    refunded = Refunded.read({"id": "re_1", "payment_intent": {"id": "pi_1"}})
    assert (refunded.payment_intent, refunded.amount) == ("pi_1", 0)


def test_methods_other_than_cards_have_a_name() -> None:
    charge = {"id": "ch_1", "payment_method_details": {"type": "revolut_pay"}}
    intent = {"id": "pi_1", "latest_charge": charge}

    assert Session.read({"id": "cs_1", "payment_intent": intent}).paid_by == "revolut pay"


def test_an_attempt_is_named_by_its_order() -> None:
    attempt = begin(basket_of(make_piece()))

    assert str(attempt) == f"{attempt.order.number} / 1"
    assert PaymentAttempt.objects.get().parameters == attempt.parameters
