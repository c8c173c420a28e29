"""The owner's pages of a dispute: what the bank says, the answer, the evidence on paper."""

import re
from collections.abc import Callable

import pytest
from django.contrib.auth.models import User
from django.test import Client
from django.urls import reverse

from orders import fulfilment, payments
from orders.models import Dispute, Order, PaymentAttempt
from sandbox.testing import StripeSandbox
from tests.orders.test_disputes import dispute, news
from tests.orders.test_refund_page import hidden
from tests.orders.test_refunds import bought, studs

pytestmark = pytest.mark.django_db
type LogIn = Callable[[User], Client]


@pytest.fixture
def paid(stripe: StripeSandbox) -> PaymentAttempt:
    return bought(stripe, (studs(), 3))


@pytest.fixture
def olives(owner: User, logged_in: LogIn) -> Client:
    return logged_in(owner)


def page_of(told: Dispute) -> str:
    return reverse("admin:orders_dispute_change", args=[told.pk])


def test_order_list_and_page_lead_to_it(
    olives: Client, stripe: StripeSandbox, paid: PaymentAttempt
) -> None:
    told = dispute(olives, stripe, paid)
    order = olives.get(reverse("admin:orders_order_change", args=[paid.order_id]))
    listed = olives.get(reverse("admin:orders_dispute_changelist"))
    for text in (order.content.decode(), listed.content.decode()):
        assert page_of(told) in text
        assert "7 days left" in text
    assert "charge.dispute.created" in order.content.decode()


def test_nothing_is_sent_before_it_was_seen(
    olives: Client, stripe: StripeSandbox, paid: PaymentAttempt
) -> None:
    told = dispute(olives, stripe, paid)
    text = olives.post(page_of(told), {"words": "It came <b>"}).content.decode()
    for words in ("Send this to the bank?", "It came &lt;b&gt;", "Jonas Weber", "Once for all"):
        assert words in text, words
    assert payments.get_dispute(told.stripe_id).submissions == 0

    sure = hidden(text) | {"words": "It came <b>"}
    changed = olives.post(page_of(told), sure | {"_change": "1"}).content.decode()
    assert "It came &lt;b&gt;</textarea>" in changed
    answer = olives.post(page_of(told), sure, follow=True).content.decode()

    assert "Sent. The bank reads it" in answer
    assert "What the bank was sent" in answer
    again = olives.post(page_of(told), sure, follow=True).content.decode()
    assert "It was answered already" in again
    assert payments.get_dispute(told.stripe_id).submissions == 1


def test_giving_up_is_asked_about_first(
    olives: Client, stripe: StripeSandbox, paid: PaymentAttempt
) -> None:
    told = dispute(olives, stripe, paid)
    assert 'name="_give_up" value="ask"' in olives.get(page_of(told)).text

    asked = olives.post(page_of(told), {"_give_up": "ask"}).text
    assert "Give it up?" in asked
    assert payments.get_dispute(told.stripe_id).status == "needs_response"
    done = olives.post(page_of(told), {"_give_up": "sure"}, follow=True).text
    again = olives.post(page_of(told), {"_give_up": "sure"}, follow=True).text

    assert "Given up: the bank keeps the money." in done
    assert "It was given up." in done
    assert "It was answered already" in again
    assert payments.get_dispute(told.stripe_id).status == "lost"


def test_what_has_changed_since_is_shown_first(
    olives: Client, stripe: StripeSandbox, paid: PaymentAttempt
) -> None:
    told = dispute(olives, stripe, paid)
    sure = hidden(olives.post(page_of(told), {"words": "x"}).content.decode()) | {"words": "y"}
    assert "Send this to the bank?" in olives.post(page_of(told), sure).content.decode()
    assert payments.get_dispute(told.stripe_id).submissions == 0


def test_the_evidence_on_paper_tells_all(
    olives: Client, stripe: StripeSandbox, paid: PaymentAttempt
) -> None:
    parcel = paid.order.parcels.get()
    fulfilment.say(parcel, "The silver is from Porto.")
    fulfilment.ship(parcel, carrier="An Post", tracking="RR123IE")
    told = dispute(olives, stripe, paid)
    sheet = olives.get(reverse("admin:orders_dispute_evidence", args=[told.pk]))
    text = sheet.content.decode()
    for words in (
        "Pebble studs",
        "RR123IE",
        "Rua das Flores 12",
        "The silver is from Porto.",
        "Somebody else used the card",
        "/terms/",
        paid.order.number,
    ):
        assert words in text, words
    assert not re.search(r'(src|href)="https?://', text)


def test_the_rest_of_an_order_goes_on_when_the_owner_says_so(
    olives: Client, stripe: StripeSandbox, paid: PaymentAttempt
) -> None:
    told = dispute(olives, stripe, paid, "10000")
    stripe.act("dispute_lost", told.stripe_id)
    news(olives, stripe)
    assert "Let the rest go on" in olives.get(page_of(told)).content.decode()

    olives.post(page_of(told), {"_go_on": "1"})

    assert Order.objects.get().state == "partially_refunded"
    assert "Let the rest go on" not in olives.get(page_of(told)).content.decode()


def test_nobody_but_the_owner(
    olives: Client, alice: User, logged_in: LogIn, stripe: StripeSandbox, paid: PaymentAttempt
) -> None:
    told = dispute(olives, stripe, paid)
    paid.order.parcels.get().designer.members.create(user=alice)
    sheet = reverse("admin:orders_dispute_evidence", args=[told.pk])
    for client in (logged_in(alice), Client()):
        for address in (page_of(told), sheet, reverse("admin:orders_dispute_changelist")):
            assert client.get(address).status_code in {302, 403, 404}
        assert client.post(page_of(told), {"words": "x"}).status_code in {302, 403, 404}


def test_the_maker_sees_the_parcel_stopped_and_why(
    olives: Client, alice: User, logged_in: LogIn, stripe: StripeSandbox, paid: PaymentAttempt
) -> None:
    parcel = paid.order.parcels.get()
    parcel.designer.members.create(user=alice)
    told = dispute(olives, stripe, paid)
    hers = logged_in(alice)
    for address in ("changelist", "change"):
        args = [parcel.pk] if address == "change" else []
        text = hers.get(reverse(f"admin:orders_parcel_{address}", args=args)).content.decode()
        assert "a bank looks at this payment" in text
        assert "Mark as posted" not in text
        assert told.stripe_id not in text


def test_the_form_for_refunds_says_why_nothing_can_be_given_back(
    olives: Client, stripe: StripeSandbox, paid: PaymentAttempt
) -> None:
    address = reverse("admin:orders_order_refund", args=[paid.order_id])
    dispute(olives, stripe, paid)
    for answer in (olives.get(address, follow=True), olives.post(address, {}, follow=True)):
        assert "nothing can be given back before it has decided" in answer.content.decode()
