"""The letters in the owner's workshop: what waits, what failed, and what each kind says."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.contrib.auth.models import User
from django.core import mail
from django.test import Client
from django.urls import reverse
from django.utils.timezone import now

from orders import letters, outbox
from orders.models import Order, OutboxLetter
from tests.factories import make_order, make_piece

pytestmark = pytest.mark.django_db
type LogIn = Callable[[User], Client]
LIST = reverse("admin:orders_outboxletter_changelist")
KINDS = reverse("admin:orders_outboxletter_kinds")
State = OutboxLetter.State


@pytest.fixture
def olives(owner: User, logged_in: LogIn) -> Client:
    return logged_in(owner)


@pytest.fixture
def written() -> OutboxLetter:
    return outbox.put("confirmation", make_order(make_piece(title="Tide ring")).pk)


def test_it_lists_what_failed_and_names_nobody(olives: Client, written: OutboxLetter) -> None:
    OutboxLetter.objects.update(tries=3, error="SMTPException: 451")

    text = olives.get(LIST).text
    assert "SMTPException: 451" in text
    assert "Order confirmed" in text
    assert "mara@example.com" not in text


def test_what_failed_for_good_goes_out_again(olives: Client, written: OutboxLetter) -> None:
    OutboxLetter.objects.update(tries=outbox.TRIES, error="SMTPException: 451")
    assert not outbox.due().exists()

    answer = olives.post(LIST, {"action": "send_again", "_selected_action": [written.pk]})

    assert answer.status_code == 302
    assert outbox.send_letter.call(written.pk)
    assert len(mail.outbox) == 1


def test_what_was_sent_may_be_sent_once_more(olives: Client, written: OutboxLetter) -> None:
    outbox.send_letter.call(written.pk)

    olives.post(reverse("admin:orders_outboxletter_again", args=[written.pk]))

    assert outbox.send_letter.call(written.pk)
    assert not outbox.send_letter.call(written.pk)
    assert len(mail.outbox) == 2


def test_what_is_being_sent_now_is_left_alone(written: OutboxLetter) -> None:
    OutboxLetter.objects.update(state=State.SENDING, claimed_at=now())
    assert not outbox.send_again(written.pk)

    OutboxLetter.objects.update(claimed_at=now() - outbox.CLAIM - timedelta(seconds=1))
    assert outbox.send_again(written.pk)


@pytest.mark.parametrize("kind", letters.LETTERS)
def test_every_kind_has_a_place_and_says_why_it_is_empty(olives: Client, kind: str) -> None:
    text = olives.get(KINDS, {"kind": kind}).text
    assert "No such letter was written yet" in text
    assert f"?kind={kind}" in text
    assert olives.get(reverse("admin:orders_outboxletter_html", args=[kind])).status_code == 404


def test_a_kind_is_shown_as_it_looks_and_as_text(olives: Client, written: OutboxLetter) -> None:
    page = reverse("admin:orders_outboxletter_html", args=["confirmation"])

    text = olives.get(KINDS, {"kind": "confirmation"}).text
    assert f'<iframe class="letter-frame" sandbox src="{page}"' in text
    assert "Thank you, Mara" in text
    html = olives.get(page)
    assert "Tide ring" in html.text
    policy = html.headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "script-src" not in policy
    assert html.headers["X-Frame-Options"] == "SAMEORIGIN"
    assert not mail.outbox


def test_the_newest_that_is_still_true_is_shown(olives: Client, written: OutboxLetter) -> None:
    over = make_order(make_piece(), state=Order.State.REFUNDED)
    outbox.put("confirmation", over.pk)
    assert "Tide ring" in olives.get(KINDS).text

    Order.objects.update(state=Order.State.REFUNDED)
    assert "The order does not stand: refunded." in olives.get(KINDS).text


def test_an_unknown_kind_is_not_found(olives: Client) -> None:
    assert olives.get(KINDS, {"kind": "valentine"}).status_code == 404
    page = reverse("admin:orders_outboxletter_html", args=["valentine"])
    assert olives.get(page).status_code == 404


def test_a_maker_reads_none_of_them(alice: User, logged_in: LogIn, written: OutboxLetter) -> None:
    client = logged_in(alice)
    again = reverse("admin:orders_outboxletter_again", args=[written.pk])
    page = reverse("admin:orders_outboxletter_html", args=["confirmation"])
    assert {client.get(path).status_code for path in (LIST, KINDS, page)} == {403}
    assert client.post(again).status_code in {403, 404}
    assert client.get(again).status_code == 405
