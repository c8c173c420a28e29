"""What a bank asks or takes back, with the stand-in answering for Stripe and the bank."""

from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.contrib.auth.models import User
from django.core import mail
from django.test import Client
from django.utils.timezone import localdate, now

from catalog.models import Piece, Variant
from orders import fulfilment, ledger, outbox, payments, refundable, refunds, settlement
from orders.banks import disputes
from orders.comparing import reconciliation
from orders.models import Dispute, LedgerEntry, Order, OutboxLetter, PaymentAttempt
from sandbox.testing import StripeSandbox
from tests.factories import make_piece
from tests.orders.builders import deliver, opened, session_of
from tests.orders.conftest import SECRET
from tests.orders.test_refunds import bought, studs

pytestmark = pytest.mark.django_db
Status = Dispute.Status


@pytest.fixture
def paid(stripe: StripeSandbox) -> PaymentAttempt:
    """Three pairs of studs at 100.00 and the post at 9.00."""
    return bought(stripe, (studs(), 3))


def news(client: Client, stripe: StripeSandbox, *kinds: str, of: str = "") -> None:
    """Deliver the events about a dispute (the last, if none is named), by default all of them."""
    every = [e for e in stripe.events() if e["type"].startswith("charge.dispute.")]
    of = of or every[-1]["data"]["object"]["id"]
    told = [event for event in every if event["data"]["object"]["id"] == of]
    for event in told if not kinds else [e for k in kinds for e in told if e["type"].endswith(k)]:
        assert deliver(client, event, SECRET).status_code == 200


def dispute(
    client: Client, stripe: StripeSandbox, paid: PaymentAttempt, value: str = ""
) -> Dispute:
    """A dispute about the payment that the shop has heard of."""
    stripe.act("dispute", paid.charge, value)
    news(client, stripe)
    return Dispute.objects.select_related("order", "attempt").get(attempt=paid)


def state() -> str:
    return Order.objects.get().state


def balances() -> dict[str, int]:
    entries = Order.objects.get().ledger.all()
    sums = {str(account): ledger.balance(account, entries) for account in LedgerEntry.Account}
    return {account: sum_ for account, sum_ in sums.items() if sum_}


def letters(*kinds: str) -> list[str]:
    """What was written since it was paid."""
    rows = OutboxLetter.objects.exclude(kind="confirmation").order_by("pk")
    kept = rows.values_list("kind", flat=True)
    return [kind for kind in kept if not kinds or kind in kinds]


def give(by: User, **wishes: Any) -> Any:
    defaults: dict[str, Any] = {"reason": "x", "by": by, "token": uuid4()}
    return refunds.request(Order.objects.get(), **defaults | wishes)


# --- Created -----------------------------------------------------------------------------------


def test_order_and_money_stop(client: Client, stripe: StripeSandbox, paid: PaymentAttempt) -> None:
    before = balances()

    told = dispute(client, stripe, paid)

    assert (told.status, told.amount, told.withdrawn, told.fee) == (
        Status.NEEDS_RESPONSE,
        30_900,
        30_900,
        2_000,
    )
    assert (told.order, told.order.state) == (paid.order, Order.State.DISPUTED)
    assert told.days_left == 7
    assert list(disputes.open_ones()) == [told]
    assert balances() == before | {
        "stripe": before["stripe"] - 32_900,
        "dispute": 30_900,
        "fee": before.get("fee", 0) + 2_000,
    }


def test_the_owner_is_told_once_with_the_day(
    client: Client, stripe: StripeSandbox, paid: PaymentAttempt
) -> None:
    told = dispute(client, stripe, paid)
    news(client, stripe)

    row = OutboxLetter.objects.get(kind="dispute_opened")
    outbox.send_letter.call(row.pk)
    (letter,) = mail.outbox
    assert letter.to == ["post@example.com"]
    assert f"Order {told.order.number}" in letter.subject
    for words in ("309", "somebody else used the card", "7 days left", f"/{told.pk}/"):
        assert words in str(letter.body), words


def test_a_parcel_is_not_posted_and_its_maker_reads_why(
    client: Client, stripe: StripeSandbox, paid: PaymentAttempt
) -> None:
    dispute(client, stripe, paid)
    parcel = paid.order.parcels.get()

    with pytest.raises(fulfilment.NotSendable, match="a bank looks at this payment"):
        fulfilment.ship(parcel, carrier="An Post", tracking="RR1")
    with pytest.raises(fulfilment.NotSendable):
        fulfilment.reach(parcel, 1)
    assert not OutboxLetter.objects.filter(kind__startswith="order_").exists()


def test_nothing_is_given_back_meanwhile(
    client: Client, stripe: StripeSandbox, paid: PaymentAttempt, owner: User
) -> None:
    dispute(client, stripe, paid)

    with pytest.raises(refundable.NotRefundable, match="before it has decided"):
        give(owner, free_amount=100)
    assert refundable.left(Order.objects.get()) == 0


def test_a_refund_that_stripe_refuses_brings_the_news(
    stripe: StripeSandbox,
    paid: PaymentAttempt,
    owner: User,
    settings: Any,
) -> None:
    settings.TASKS = {"default": {"BACKEND": "django.tasks.backends.immediate.ImmediateBackend"}}
    stripe.act("dispute", paid.charge)

    refund = give(owner, free_amount=500)

    assert refund.state == "failed"
    assert state() == "disputed"
    assert Order.objects.get().refunded_total == 0


def test_the_page_of_the_order_accuses_nobody(
    client: Client, stripe: StripeSandbox, paid: PaymentAttempt
) -> None:
    told = dispute(client, stripe, paid)
    text = client.get(told.order.get_absolute_url()).content.decode()
    assert "We are talking to your bank" in text
    for word in ("fraud", "dispute", "somebody else used"):
        assert word not in text.lower(), word


# --- Won and lost ------------------------------------------------------------------------------


def test_won_everything_goes_on_as_many_days_later(
    client: Client, stripe: StripeSandbox, paid: PaymentAttempt, owner: User
) -> None:
    before, parcel = balances(), paid.order.parcels.get()
    told = dispute(client, stripe, paid)
    Dispute.objects.update(stopped_at=now() - timedelta(days=4))

    stripe.act("dispute_won", told.stripe_id)
    news(client, stripe, "funds_reinstated", "closed")
    news(client, stripe)

    assert state() == "paid"
    assert balances() == before | {
        "stripe": before["stripe"] - 2_000,
        "fee": before.get("fee", 0) + 2_000,
    }
    late = paid.order.parcels.get()
    assert late.post_by - parcel.post_by == late.arrives_by - parcel.arrives_by == timedelta(4)
    assert letters() == ["dispute_opened", "dispute_closed", "order_goes_on"]
    fulfilment.ship(late, carrier="An Post", tracking="RR1")
    assert give(owner, free_amount=100).state == "succeeded"


def test_the_shopper_reads_the_new_day(
    client: Client, stripe: StripeSandbox, paid: PaymentAttempt
) -> None:
    told = dispute(client, stripe, paid)
    stripe.act("dispute_won", told.stripe_id)
    news(client, stripe)
    outbox.send_letter.call(OutboxLetter.objects.get(kind="order_goes_on").pk)
    assert mail.outbox[0].to == [paid.order.email]
    assert "is settled" in str(mail.outbox[0].body)


def test_lost_the_house_bears_it_and_the_pieces_stay_sold(
    client: Client, stripe: StripeSandbox, paid: PaymentAttempt, owner: User
) -> None:
    before = balances()
    told = dispute(client, stripe, paid)
    stripe.act("dispute_lost", told.stripe_id)
    news(client, stripe)

    assert state() == "dispute_lost"
    assert Variant.objects.get().stock == 0
    assert balances()["designer"] == before["designer"]
    assert balances()["dispute"] == 30_900
    assert letters() == ["dispute_opened", "dispute_closed"]
    with pytest.raises(refundable.NotRefundable, match="nothing left to give back"):
        give(owner, free_amount=100)
    with pytest.raises(fulfilment.NotSendable, match="Do not post it"):
        fulfilment.ship(paid.order.parcels.get(), carrier="An Post", tracking="RR1")
    assert not disputes.open_ones()


def test_lost_the_makers_bear_their_part_where_the_shop_says_so(
    client: Client, stripe: StripeSandbox, paid: PaymentAttempt, settings: Any
) -> None:
    settings.SHOP_DISPUTE_LOSS = "designer"
    told = dispute(client, stripe, paid)
    stripe.act("dispute_lost", told.stripe_id)
    news(client, stripe)
    settings.SHOP_DISPUTE_LOSS = "house"
    disputes.sync(told.stripe_id)

    assert "designer" not in balances()
    # What is left in it is the house's: its commission.
    assert balances()["dispute"] == -balances()["commission"] == 5_400
    assert not ledger.unbalanced()


# --- Parts and inquiries -----------------------------------------------------------------------


def test_a_part_that_is_lost_leaves_the_rest_to_a_person(
    client: Client, stripe: StripeSandbox, paid: PaymentAttempt, owner: User
) -> None:
    told = dispute(client, stripe, paid, "10000 product_not_received")
    assert (told.is_partial, told.withdrawn, told.reason) == (
        True,
        10_000,
        "product_not_received",
    )
    stripe.act("dispute_lost", told.stripe_id)
    news(client, stripe)
    assert state() == "dispute_lost"
    told.refresh_from_db()

    assert disputes.let_go_on(told, by=owner)
    assert not disputes.let_go_on(told, by=owner)

    order = Order.objects.get()
    assert order.state == "partially_refunded"
    assert refundable.left(order) == 20_900
    with pytest.raises(refundable.TooMuch):
        give(owner, free_amount=20_901)
    fulfilment.ship(order.parcels.get(), carrier="An Post", tracking="RR1")


def test_a_part_is_borne_by_makers_in_the_same_part(
    client: Client, stripe: StripeSandbox, paid: PaymentAttempt, settings: Any
) -> None:
    settings.SHOP_DISPUTE_LOSS = "designer"
    whole = -balances()["designer"]
    told = dispute(client, stripe, paid, "10300")
    stripe.act("dispute_lost", told.stripe_id)
    news(client, stripe)
    assert -balances()["designer"] == whole - round(whole / 3)


def test_an_inquiry_takes_nothing_and_stops_nothing(
    client: Client, stripe: StripeSandbox, paid: PaymentAttempt, owner: User
) -> None:
    before = balances()
    told = dispute(client, stripe, paid, "inquiry")

    assert told.is_inquiry
    assert (state(), balances()) == ("paid", before)
    assert give(owner, free_amount=100).state == "succeeded"
    outbox.send_letter.call(OutboxLetter.objects.get(kind="dispute_opened").pk)
    assert "No money was taken yet" in " ".join(str(mail.outbox[0].body).split())
    assert [one.days_left for one in disputes.open_ones()] == [7]

    stripe.act("inquiry_closes", told.stripe_id)
    news(client, stripe)
    assert not disputes.open_ones()
    assert letters("dispute_opened", "dispute_closed") == ["dispute_opened", "dispute_closed"]


def test_an_inquiry_becomes_a_dispute_and_is_told_anew(
    client: Client, stripe: StripeSandbox, paid: PaymentAttempt
) -> None:
    told = dispute(client, stripe, paid, "inquiry")
    stripe.act("inquiry_escalates", told.stripe_id)
    news(client, stripe)
    assert state() == "disputed"
    assert letters() == ["dispute_opened", "dispute_opened"]


# --- With refunds ------------------------------------------------------------------------------


def test_a_dispute_after_a_refund_goes_back_to_what_the_refunds_say(
    client: Client, stripe: StripeSandbox, paid: PaymentAttempt, owner: User
) -> None:
    give(owner, shipping=900)
    before = balances()
    told = dispute(client, stripe, paid)
    assert (told.amount, state()) == (30_000, "disputed")
    assert Order.objects.get().refunded_total == 900

    stripe.act("dispute_won", told.stripe_id)
    news(client, stripe)
    assert state() == "partially_refunded"
    assert {k: v for k, v in balances().items() if k not in {"stripe", "fee"}} == {
        k: v for k, v in before.items() if k not in {"stripe", "fee"}
    }


def test_a_refund_on_its_way_when_the_bank_took_the_money_fails_and_is_free_again(
    client: Client, stripe: StripeSandbox, paid: PaymentAttempt, owner: User
) -> None:
    stripe.faults("/v1/refunds", "timeout_before", times=3, method="POST")
    refund = give(owner, free_amount=500)
    told = dispute(client, stripe, paid)

    assert refunds.send_again(refund).state == "failed"
    assert state() == "disputed"
    stripe.act("dispute_won", told.stripe_id)
    news(client, stripe)
    assert (state(), Order.objects.get().refunded_total) == ("paid", 0)


# --- The order of things -----------------------------------------------------------------------


def test_news_in_any_order_and_number_ends_the_same(
    client: Client, stripe: StripeSandbox, paid: PaymentAttempt
) -> None:
    stripe.act("dispute", paid.charge)
    of = stripe.events("charge.dispute.created")[-1]["data"]["object"]["id"]
    stripe.act("dispute_won", of)
    news(client, stripe, "closed", "funds_reinstated", "created", "funds_withdrawn", of=of)
    news(client, stripe, of=of)

    assert (state(), Dispute.objects.get().status) == ("paid", Status.WON)
    # It was never stopped here: nobody is told that it goes on.
    assert letters() == ["dispute_closed"]
    assert "dispute" not in balances()


def test_older_news_changes_nothing(
    client: Client, stripe: StripeSandbox, paid: PaymentAttempt
) -> None:
    stripe.act("dispute", paid.charge)
    (old,) = payments.disputes_of(paid.payment_intent)
    stripe.act("dispute_lost", old.id)
    disputes.sync(old.id)

    disputes.record(old)
    assert state() == "dispute_lost"

    Dispute.objects.update(checked_at=now() - timedelta(hours=1))
    disputes.record(old)
    assert state() == "disputed"


def test_disputed_before_the_shop_heard_that_it_was_paid(
    client: Client, stripe: StripeSandbox
) -> None:
    attempt = opened(studs())
    stripe.pay(session_of(attempt))
    session = payments.get_session(session_of(attempt))

    stripe.act("dispute", session.charge)
    news(client, stripe)

    assert state() == "disputed"
    assert PaymentAttempt.objects.get().state == "complete"


def test_a_dispute_of_another_shop_is_left_alone(
    client: Client, stripe: StripeSandbox, paid: PaymentAttempt, settings: Any
) -> None:
    stripe.act("dispute", paid.charge)
    settings.SITE_URL = "http://another.example"
    PaymentAttempt.objects.update(payment_intent="")
    news(client, stripe)
    assert not Dispute.objects.exists()


def test_an_order_that_is_not_there_yet_is_asked_for_again(
    client: Client, stripe: StripeSandbox, paid: PaymentAttempt
) -> None:
    stripe.act("dispute", paid.charge)
    PaymentAttempt.objects.update(payment_intent="", idempotency_key="unknown")
    event = stripe.events("charge.dispute.created")[-1]
    assert deliver(client, event, SECRET).status_code == 500


def test_lost_events_are_made_good(stripe: StripeSandbox, paid: PaymentAttempt) -> None:
    stripe.act("dispute", paid.charge)

    said = [difference.text for difference in reconciliation._disputes()]

    assert any("is to be answered" in text for text in said)
    assert any("waits for an answer" in text for text in said)
    assert state() == "disputed"
    told = Dispute.objects.get()
    stripe.act("dispute_lost", told.stripe_id)
    Dispute.objects.update(checked_at=now() - timedelta(hours=2))
    assert [one.pk for one in disputes.due()] == [told.pk]
    disputes.sync(told.stripe_id)
    assert state() == "dispute_lost"


def test_the_second_payment_of_an_order_is_no_reason_to_stop_it(
    client: Client, stripe: StripeSandbox, paid: PaymentAttempt
) -> None:
    """Paid twice, given back once: the bank takes back what was given back already."""
    second = PaymentAttempt.objects.create(
        order=paid.order,
        number=2,
        state="failed",
        idempotency_key="second",
        parameters={},
        expected_total=30_900,
        payment_intent=paid.payment_intent,
        expires_at=now(),
    )
    PaymentAttempt.objects.filter(pk=paid.pk).update(payment_intent="pi_first")
    stripe.act("dispute", paid.charge)
    news(client, stripe)
    assert Dispute.objects.get().attempt == second
    assert state() == "paid"


def test_what_is_settled_again_stays_disputed(
    client: Client, stripe: StripeSandbox, paid: PaymentAttempt
) -> None:
    dispute(client, stripe, paid)
    settlement.settle(session_of(paid))
    assert state() == "disputed"
    assert localdate() < Dispute.objects.get().due_by.date()  # type: ignore[union-attr]


def test_a_slow_payment_that_arrived_unheard_is_settled_first(stripe: StripeSandbox) -> None:
    attempt = opened(make_piece(making=Piece.Making.MADE_TO_ORDER))
    session = session_of(attempt)
    stripe.pay(session, card="delayed")
    settlement.settle(session)
    stripe.act("delayed_succeeds", session)

    intent = payments.get_session(session).payment_intent
    stripe.act("dispute", payments.charges_of(intent)[0].id)
    disputes.sync_payment(intent)
    assert state() == "disputed"
    assert attempt.order.attempts.get().state == "complete"
