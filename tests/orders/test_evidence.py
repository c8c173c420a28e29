"""The answer to a bank: written down, then sent, once."""

from datetime import timedelta

import pytest
from django.contrib.auth.models import User
from django.test import Client
from django.utils.timezone import now

from orders import fulfilment, payments, sweeping
from orders.banks import evidence
from orders.models import Dispute, Order, PaymentAttempt
from sandbox.testing import StripeSandbox
from tests.orders.test_disputes import dispute, news
from tests.orders.test_refunds import bought, studs

pytestmark = pytest.mark.django_db
Answer = Dispute.Answer


@pytest.fixture
def posted(stripe: StripeSandbox) -> PaymentAttempt:
    """Three pairs of studs, posted with An Post."""
    paid = bought(stripe, (studs(), 3))
    fulfilment.ship(paid.order.parcels.get(), carrier="An Post", tracking="RR123IE")
    return paid


def submissions(told: Dispute) -> int:
    return payments.get_dispute(told.stripe_id).submissions


def test_what_the_shop_knows_is_in_stripes_fields(
    client: Client, stripe: StripeSandbox, posted: PaymentAttempt
) -> None:
    told = dispute(client, stripe, posted)

    fields = evidence.proposed(told, "They wrote that it came.")

    assert fields["shipping_carrier"] == "An Post"
    assert fields["shipping_tracking_number"] == "RR123IE"
    assert fields["customer_name"] == "Jonas Weber"
    assert "Pebble studs" in fields["product_description"]
    assert fields["shipping_address"].startswith("Jonas Weber\nRua das Flores 12")
    words = fields["uncategorized_text"]
    assert words.startswith("They wrote that it came.")
    for part in (told.order.number, "Posted by", "An Post RR123IE"):
        assert part in words, part


def test_it_is_sent_and_the_bank_decides(
    client: Client, stripe: StripeSandbox, posted: PaymentAttempt, owner: User
) -> None:
    told = dispute(client, stripe, posted)

    sent = evidence.answer(told, "It came.", by=owner)

    assert (sent.answer, sent.status) == (Answer.SENT, Dispute.Status.UNDER_REVIEW)
    assert (sent.answered_by, sent.words) == (owner, "It came.")
    assert submissions(told) == 1
    with pytest.raises(evidence.NotToAnswer):
        evidence.answer(told, "And more.", by=owner)
    assert Order.objects.get().state == "disputed"


def test_an_inquiry_is_answered_and_the_dispute_after_it_again(
    client: Client, stripe: StripeSandbox, posted: PaymentAttempt, owner: User
) -> None:
    told = dispute(client, stripe, posted, "inquiry")
    assert evidence.answer(told, "It came.", by=owner).status == "warning_under_review"

    stripe.act("inquiry_escalates", told.stripe_id)
    news(client, stripe, of=told.stripe_id)
    told.refresh_from_db()
    assert told.can_be_answered
    assert evidence.answer(told, "It came, look.", by=owner).status == "under_review"


@pytest.mark.parametrize("mode", ["", "timeout_before", "timeout_after"])
def test_given_up_it_is_lost_once(
    client: Client, stripe: StripeSandbox, posted: PaymentAttempt, owner: User, mode: str
) -> None:
    told = dispute(client, stripe, posted)
    if mode:
        stripe.faults("/v1/disputes/*", mode, times=3, method="POST")

    given_up = evidence.give_up(told, by=owner)

    if mode:
        assert (given_up.answer, given_up.is_open) == (Answer.YIELDED, True)
        Dispute.objects.update(checked_at=now() - timedelta(minutes=5))
        sweeping.look_up_disputes()
    told.refresh_from_db()
    assert (told.answer, told.status) == (Answer.YIELDED, Dispute.Status.LOST)
    assert submissions(told) == 0
    assert Order.objects.get().state == "dispute_lost"
    with pytest.raises(evidence.NotToAnswer):
        evidence.answer(told, "After all.", by=owner)


def test_an_inquiry_is_not_given_up(
    client: Client, stripe: StripeSandbox, posted: PaymentAttempt, owner: User
) -> None:
    told = dispute(client, stripe, posted, "inquiry")
    with pytest.raises(evidence.NotToAnswer):
        evidence.give_up(told, by=owner)
    assert evidence.answer(told, "It came.", by=owner).answer == Answer.SENT


@pytest.mark.parametrize("mode", ["timeout_before", "timeout_after", "500"])
def test_without_an_answer_it_is_sent_again_and_counts_once(
    client: Client, stripe: StripeSandbox, posted: PaymentAttempt, owner: User, mode: str
) -> None:
    told = dispute(client, stripe, posted)
    stripe.faults("/v1/disputes/*", mode, times=3, method="POST")

    assert evidence.answer(told, "It came.", by=owner).answer == Answer.ASKED
    Dispute.objects.update(checked_at=now() - timedelta(minutes=5))
    assert sweeping.look_up_disputes() >= 1

    told.refresh_from_db()
    assert told.answer == Answer.SENT
    assert submissions(told) == 1


def test_a_refusal_is_kept_and_may_be_tried_anew(
    client: Client, stripe: StripeSandbox, posted: PaymentAttempt, owner: User
) -> None:
    told = dispute(client, stripe, posted)
    Dispute.objects.update(answer=Answer.ASKED, evidence={"not_a_field": "x"})
    told.refresh_from_db()

    refused = evidence.send(told)
    assert refused.answer == Answer.REFUSED
    assert "not_a_field" in refused.answer_error
    assert evidence.answer(refused, "It came.", by=owner).answer == Answer.SENT


def test_after_its_day_it_is_not_answered(
    client: Client, stripe: StripeSandbox, posted: PaymentAttempt, owner: User
) -> None:
    told = dispute(client, stripe, posted)
    Dispute.objects.update(due_by=now() - timedelta(seconds=1))
    with pytest.raises(evidence.NotToAnswer):
        evidence.answer(told, "Late.", by=owner)
    assert submissions(told) == 0


def test_what_was_answered_at_stripe_counts_here(
    client: Client, stripe: StripeSandbox, posted: PaymentAttempt, owner: User
) -> None:
    told = dispute(client, stripe, posted)
    payments.client().v1.disputes.update(told.stripe_id, {"evidence": {"customer_name": "J"}})

    # Nobody has told the shop: Stripe refuses, and then it looks.
    refused = evidence.answer(told, "Twice.", by=owner)

    assert (refused.answer, refused.evidence) == (Answer.SENT, {})
    assert submissions(told) == 1
    with pytest.raises(evidence.NotToAnswer):
        evidence.answer(told, "Twice.", by=owner)
