import json
import time
from pathlib import Path
from typing import Any

import pytest
from django.test import Client, RequestFactory
from pytest_django import Settings

from catalog.models import Piece
from orders import payments, refunds, settlement, webhooks
from orders.comparing.reconciliation import reconcile
from orders.models import Order, PaymentAttempt, Refund, StripeEvent
from sandbox.testing import StripeSandbox
from tests.factories import make_piece
from tests.orders.builders import basket_of, begin, deliver, events_of, opened, post_signed, signed
from tests.orders.builders import session_of as sid
from tests.orders.conftest import SECRET

pytestmark = pytest.mark.django_db
COMPLETED = "checkout.session.completed"


@pytest.fixture
def paid(stripe: StripeSandbox) -> PaymentAttempt:
    """Paid at Stripe; the shop has not heard of it."""
    attempt = opened(make_piece())
    stripe.pay(sid(attempt))
    return attempt


@pytest.fixture
def completed(stripe: StripeSandbox, paid: PaymentAttempt) -> dict[str, Any]:
    (event,) = events_of(stripe, sid(paid), COMPLETED)
    return event


def order_state() -> str:
    return Order.objects.get().state


def test_a_completed_session_pays_the_order(client: Client, completed: dict[str, Any]) -> None:
    answer = deliver(client, completed, SECRET)

    assert answer.status_code == 200
    assert order_state() == Order.State.PAID
    event = StripeEvent.objects.get()
    assert event.state == StripeEvent.State.PROCESSED
    assert event.type == COMPLETED
    assert "jonas" not in json.dumps(event.payload)


def test_delivered_three_times_it_acts_once(client: Client, completed: dict[str, Any]) -> None:
    answers = [deliver(client, completed, SECRET).status_code for _time in range(3)]

    assert answers == [200, 200, 200]
    assert StripeEvent.objects.get().tries == 1
    assert Order.objects.get().events.filter(kind="paid").count() == 1


def test_what_the_body_says_is_not_believed(client: Client, stripe: StripeSandbox) -> None:
    session = sid(opened(make_piece()))
    lie = {"id": session, "payment_status": "paid", "status": "complete", "amount_total": 1}
    event = _event(COMPLETED, session) | {"data": {"object": lie}}

    assert deliver(client, event, SECRET).status_code == 200
    assert order_state() == Order.State.AWAITING_PAYMENT


def _event(type: str, object_id: str, **more: Any) -> dict[str, Any]:
    return {
        "id": f"evt_{object_id[-8:]}_{type}",
        "object": "event",
        "type": type,
        "created": int(time.time()),
        "livemode": False,
        "data": {"object": {"id": object_id}},
    } | more


def test_an_event_of_the_other_mode_is_none_of_our_business(
    client: Client, stripe: StripeSandbox
) -> None:
    event = _event(COMPLETED, "cs_live_nothing", livemode=True)

    assert deliver(client, event, SECRET).status_code == 200


# --- Signatures --------------------------------------------------------------------------------


def test_either_secret_counts_while_one_is_rolled(
    client: Client, completed: dict[str, Any], settings: Settings
) -> None:
    settings.STRIPE_WEBHOOK_SECRET = f"whsec_new, {SECRET}"

    assert deliver(client, completed, SECRET).status_code == 200


def test_another_secret_does_not(client: Client, completed: dict[str, Any]) -> None:
    assert deliver(client, completed, "whsec_guessed").status_code == 400
    assert not StripeEvent.objects.exists()
    assert order_state() == Order.State.AWAITING_PAYMENT


def test_a_tampered_body_is_refused(client: Client, completed: dict[str, Any]) -> None:
    body = json.dumps(completed)
    answer = client.post(
        "/stripe/webhook/",
        body.replace("completed", "expired"),
        content_type="application/json",
        headers=signed(body, SECRET),
    )
    assert answer.status_code == 400
    assert not StripeEvent.objects.exists()


@pytest.mark.parametrize("header", ["", "t=1", "nonsense", "t=abc,v1=00", "v1=00", "t=,v1="])
def test_a_bad_header_is_refused(client: Client, stripe: StripeSandbox, header: str) -> None:
    answer = client.post(
        "/stripe/webhook/",
        "{}",
        content_type="application/json",
        headers={"Stripe-Signature": header} if header else {},
    )
    assert answer.status_code == 400


def test_an_old_signature_is_refused(client: Client, completed: dict[str, Any]) -> None:
    answer = post_signed(client, json.dumps(completed), SECRET, at=time.time() - 600)

    assert answer.status_code == 400


def test_only_the_present_scheme_counts(client: Client, completed: dict[str, Any]) -> None:
    assert post_signed(client, json.dumps(completed), SECRET, scheme="v0").status_code == 400


@pytest.mark.parametrize(
    "body",
    [
        "not json",
        "[]",
        '"text"',
        "{}",
        '{"id": "evt_1", "object": "event"}',
        '{"id": "evt_1", "object": "event", "type": "x", "data": null}',
        '{"id": "evt_1", "object": "v2.core.event", "type": "v2.core.account.updated"}',
    ],
)
def test_what_is_no_event_is_refused(client: Client, stripe: StripeSandbox, body: str) -> None:
    assert post_signed(client, body, SECRET).status_code == 400
    assert not StripeEvent.objects.exists()


def test_bytes_that_are_no_text_are_refused(client: Client, stripe: StripeSandbox) -> None:
    answer = client.post(
        "/stripe/webhook/",
        b"\xff\xfe",
        content_type="application/json",
        headers={"Stripe-Signature": "t=1,v1=00"},
    )
    assert answer.status_code == 400


def test_without_a_secret_nothing_is_believed(
    client: Client, completed: dict[str, Any], settings: Settings
) -> None:
    settings.STRIPE_WEBHOOK_SECRET = " "

    assert deliver(client, completed, " ").status_code == 400


def test_only_posts_are_taken(client: Client) -> None:
    assert client.get("/stripe/webhook/").status_code == 405


def test_the_designers_accounts_have_a_secret_of_their_own(
    rf: RequestFactory, stripe: StripeSandbox, settings: Settings
) -> None:
    settings.STRIPE_CONNECT_WEBHOOK_SECRET = "whsec_connect"
    body = json.dumps(_event("account.updated", "acct_1", account="acct_1"))

    def status(secret: str) -> int:
        request = rf.post("/", body, content_type="application/json", headers=signed(body, secret))
        return webhooks.connect_webhook(request).status_code

    assert status("whsec_connect") == 200
    assert StripeEvent.objects.get().payload["account"] == "acct_1"
    assert status(SECRET) == 400


# --- Answers -----------------------------------------------------------------------------------


def test_a_type_of_no_interest_is_done(client: Client, stripe: StripeSandbox) -> None:
    answer = deliver(client, _event("customer.created", "cus_1"), SECRET)

    assert answer.status_code == 200
    assert StripeEvent.objects.get().state == StripeEvent.State.PROCESSED


def test_our_order_not_found_is_asked_for_again(
    client: Client, completed: dict[str, Any], paid: PaymentAttempt
) -> None:
    PaymentAttempt.objects.update(idempotency_key="not yet", session_id=None)
    assert deliver(client, completed, SECRET).status_code == 500
    event = StripeEvent.objects.get()
    assert event.state == StripeEvent.State.FAILED
    assert "UnknownOrder" in event.error

    PaymentAttempt.objects.update(idempotency_key=paid.idempotency_key)
    assert deliver(client, completed, SECRET).status_code == 200
    assert order_state() == Order.State.PAID
    event.refresh_from_db()
    assert (event.state, event.tries, event.error) == (StripeEvent.State.PROCESSED, 2, "")


def test_another_environment_is_none_of_our_business(
    client: Client, completed: dict[str, Any], settings: Settings
) -> None:
    settings.SITE_URL = "https://another.example"
    PaymentAttempt.objects.update(session_id=None)

    assert deliver(client, completed, SECRET).status_code == 200
    assert order_state() == Order.State.AWAITING_PAYMENT


def test_when_stripe_does_not_answer_the_event_comes_again(
    client: Client, stripe: StripeSandbox, completed: dict[str, Any]
) -> None:
    stripe.faults("/v1/checkout/sessions/*", "500", times=3)

    assert deliver(client, completed, SECRET).status_code == 500
    assert deliver(client, completed, SECRET).status_code == 200
    assert order_state() == Order.State.PAID


def test_a_crash_of_ours_is_a_500_and_then_works(
    client: Client, completed: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    def crash(*_anything: object) -> None:
        raise ZeroDivisionError

    with monkeypatch.context() as broken:
        broken.setattr(settlement, "settle", crash)
        assert deliver(client, completed, SECRET).status_code == 500
    assert deliver(client, completed, SECRET).status_code == 200
    assert order_state() == Order.State.PAID


def test_the_event_may_be_first(client: Client, stripe: StripeSandbox) -> None:
    attempt = begin(basket_of(make_piece()))
    session = payments.create_session(attempt)
    stripe.pay(session.id)
    (event,) = events_of(stripe, session.id, COMPLETED)

    assert deliver(client, event, SECRET).status_code == 200
    assert order_state() == Order.State.PAID


def test_expired_after_completed_changes_nothing(
    client: Client, completed: dict[str, Any], paid: PaymentAttempt
) -> None:
    deliver(client, completed, SECRET)

    late = _event("checkout.session.expired", sid(paid))
    assert deliver(client, late, SECRET).status_code == 200
    assert order_state() == Order.State.PAID


# --- Declines and refunds ----------------------------------------------------------------------


def test_a_decline_is_noted_and_changes_nothing(client: Client, stripe: StripeSandbox) -> None:
    attempt = opened(make_piece())
    stripe.pay(sid(attempt), card="4000 0000 0000 9995")
    event = stripe.events("payment_intent.payment_failed")[-1]

    assert deliver(client, event, SECRET).status_code == 200
    attempt.refresh_from_db()
    assert attempt.error == "declined: insufficient_funds"
    assert attempt.state == PaymentAttempt.State.OPEN
    assert order_state() == Order.State.AWAITING_PAYMENT


@pytest.fixture
def settled(paid: PaymentAttempt) -> PaymentAttempt:
    settled = settlement.settle(sid(paid))
    assert settled
    return settled


def test_a_refund_from_the_dashboard_is_taken_over(
    client: Client, stripe: StripeSandbox, settled: PaymentAttempt
) -> None:
    stripe.act("refund", settled.charge, 5_000)
    for event in stripe.events("charge.refunded", "refund.created")[-2:]:
        assert deliver(client, event, SECRET).status_code == 200

    refund = Refund.objects.get()
    assert (refund.amount, refund.reason) == (5_000, "Stripe Dashboard")
    order = Order.objects.get()
    assert (order.state, order.refunded_total) == (Order.State.PARTIALLY_REFUNDED, 5_000)


def test_a_refund_told_of_before_the_payment_is_not_lost(
    client: Client, stripe: StripeSandbox, paid: PaymentAttempt
) -> None:
    charge = stripe.events("charge.succeeded")[-1]["data"]["object"]["id"]
    stripe.act("refund", charge, 5_000)
    for event in stripe.events("charge.refunded", "refund.created", COMPLETED)[::-1][:3]:
        assert deliver(client, event, SECRET).status_code == 200

    order = Order.objects.get()
    assert (order.state, order.refunded_total) == (Order.State.PARTIALLY_REFUNDED, 5_000)
    assert Refund.objects.count() == 1


@pytest.mark.parametrize("first", ["charge.refunded", "checkout.session.async_payment_succeeded"])
def test_part_of_a_slow_payment_given_back_at_once_leaves_it_paid(
    client: Client, stripe: StripeSandbox, first: str
) -> None:
    attempt = opened(make_piece(making=Piece.Making.MADE_TO_ORDER))
    stripe.pay(sid(attempt), card="delayed")
    settlement.settle(sid(attempt))
    assert order_state() == Order.State.PROCESSING
    stripe.act("delayed_succeeds", sid(attempt))
    stripe.act("refund", stripe.events("charge.succeeded")[-1]["data"]["object"]["id"], 500)

    both = ["charge.refunded", "checkout.session.async_payment_succeeded"]
    for kind in (first, *both):
        assert deliver(client, stripe.events(kind)[-1], SECRET).status_code == 200

    order = Order.objects.get()
    assert (order.state, order.refunded_total) == (Order.State.PARTIALLY_REFUNDED, 500)
    assert order.paid_at


def test_a_refund_that_was_taken_over_too_early_hides_no_payment(stripe: StripeSandbox) -> None:
    attempt = opened(make_piece(making=Piece.Making.MADE_TO_ORDER))
    stripe.pay(sid(attempt), card="delayed")
    settled = settlement.settle(sid(attempt))
    assert settled
    stripe.act("delayed_succeeds", sid(attempt))
    stripe.act("refund", stripe.events("charge.succeeded")[-1]["data"]["object"]["id"], 500)
    refunds.sync(settled.payment_intent)

    list(reconcile())

    order = Order.objects.get()
    assert (order.state, order.refunded_total) == (Order.State.PARTIALLY_REFUNDED, 500)


def test_a_refund_told_of_before_the_session_is_known_is_asked_for_again(
    client: Client, stripe: StripeSandbox
) -> None:
    session = payments.create_session(begin(basket_of(make_piece())))
    stripe.pay(session.id)
    stripe.act("refund", stripe.events("charge.succeeded")[-1]["data"]["object"]["id"], 5_000)
    event = stripe.events("charge.refunded")[-1]

    assert deliver(client, event, SECRET).status_code == 500
    settlement.settle(session.id)
    assert deliver(client, event, SECRET).status_code == 200
    assert order_state() == Order.State.PARTIALLY_REFUNDED


def test_refunds_add_up_and_are_never_counted_twice(
    client: Client, stripe: StripeSandbox, settled: PaymentAttempt
) -> None:
    total = settled.order.total
    stripe.act("refund", settled.charge, 5_000)
    stripe.act("refund", settled.charge, total - 5_000)
    events = stripe.events("charge.refunded", "refund.created")[-4:]
    for event in events + events[::-1]:
        assert deliver(client, event, SECRET).status_code == 200

    order = Order.objects.get()
    assert (order.state, order.refunded_total) == (Order.State.REFUNDED, total)
    assert Refund.objects.count() == 2


def test_a_refund_that_comes_back_counts_no_more(
    client: Client, stripe: StripeSandbox, settled: PaymentAttempt
) -> None:
    stripe.act("refund", settled.charge, 5_000)
    deliver(client, stripe.events("refund.created")[-1], SECRET)
    refund = Refund.objects.get()
    assert refund.stripe_id

    stripe.act("refund_comes_back", refund.stripe_id)
    failed = stripe.events("refund.failed")[-1]
    assert deliver(client, failed, SECRET).status_code == 200

    refund.refresh_from_db()
    assert refund.state == Refund.State.FAILED
    order = Order.objects.get()
    assert (order.state, order.refunded_total) == (Order.State.PAID, 0)


def test_a_refund_of_something_not_ours_is_left_alone(
    client: Client, stripe: StripeSandbox, settled: PaymentAttempt
) -> None:
    stripe.act("refund", settled.charge, 5_000)
    PaymentAttempt.objects.update(payment_intent="pi_other")

    assert deliver(client, stripe.events("charge.refunded")[-1], SECRET).status_code == 200
    assert not Refund.objects.exists()


def test_every_event_we_act_on_is_one_stripe_sends() -> None:
    assert all("." in type for type in webhooks.ACTIONS)
    assert len(webhooks.ACTIONS) <= 20  # Stripe lists no more types at once


def test_whoever_sets_the_shop_up_is_told_which_events_to_send() -> None:
    told = Path("deploy/README.md").read_text().split()
    for type_ in [*webhooks.ACTIONS, *webhooks.ACCOUNT_ACTIONS]:
        assert any(type_ in word for word in told), type_
