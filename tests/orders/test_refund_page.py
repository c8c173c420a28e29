"""The page on which the owner gives money back."""

import re
from collections.abc import Callable
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.test import Client
from django.urls import reverse

from catalog.models import Variant
from orders import refunds
from orders.models import Order, PaymentAttempt, Refund
from orders.refundable import Part
from sandbox.testing import StripeSandbox
from tests.orders.test_refunds import at_stripe, bought, give, line, stands, studs

pytestmark = pytest.mark.django_db
type LogIn = Callable[[User], Client]
NBSP = "\N{NO-BREAK SPACE}"


@pytest.fixture
def paid(stripe: StripeSandbox) -> PaymentAttempt:
    """Three pairs of studs at 100.00 and the post at 9.00."""
    return bought(stripe, (studs(), 3))


@pytest.fixture
def olives(owner: User, logged_in: LogIn) -> Client:
    return logged_in(owner)


def address() -> str:
    return reverse("admin:orders_order_refund", args=[Order.objects.get().pk])


def fields(client: Client, **typed: Any) -> dict[str, Any]:
    """What a person sends who has filled the form in; ``one_amount`` is of the only line."""
    token = re.search(r'name="token" value="([^"]+)"', client.get(address()).content.decode())
    assert token
    mine = {name.replace("one", ""): value for name, value in typed.items() if "one_" in name}
    rest = {name: value for name, value in typed.items() if "one_" not in name}
    said = {f"{name[1:]}_{line().pk}": value for name, value in mine.items()}
    return {"token": token[1], "reason": "The clasp broke."} | rest | said


def hidden(text: str) -> dict[str, str]:
    """What the page that asks "sure?" sends when one says yes."""
    found = dict(re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)"', text))
    found.pop("csrfmiddlewaretoken", None)
    return found


def test_the_order_leads_to_it(olives: Client, paid: PaymentAttempt) -> None:
    page = reverse("admin:orders_order_change", args=[paid.order_id])
    assert f'href="{address()}"' in olives.get(page).content.decode()
    Order.objects.update(state="refunded", refunded_total=30_900)
    assert f'href="{address()}"' not in olives.get(page).content.decode()


def test_nothing_moves_before_the_sum_was_seen(olives: Client, paid: PaymentAttempt) -> None:
    data = fields(olives, one_quantity=1, one_restock="on", shipping="9", other="2.50")
    text = olives.post(address(), data).content.decode()

    for words in (f"Give 111.50{NBSP}€ back", f"100{NBSP}€", f"197.50{NBSP}€ of the order stays"):
        assert words in text, words
    for words in ("The clasp broke.", "Visa ending 4242", "can be bought again", "Not posted yet"):
        assert words in text, words
    assert not Refund.objects.exists()

    answer = olives.post(address(), hidden(text), follow=True)

    assert f"111.50{NBSP}€ was given back." in answer.content.decode()
    assert stands() == ("partially_refunded", 11_150, 900, 10_000, 1)
    assert Variant.objects.get().stock == 1
    assert at_stripe(paid) == [11_150]


def test_everything_is_filled_in_and_given_back(olives: Client, paid: PaymentAttempt) -> None:
    filled = olives.get(address(), {"all": ""}).content.decode()
    assert 'value="300"' in filled
    data = fields(olives, one_quantity=3, one_amount="300", shipping="9")
    text = olives.post(address(), data).content.decode()
    assert "the order is over" in text
    olives.post(address(), hidden(text))
    assert stands()[0] == "refunded"


def test_sent_twice_it_is_given_once(olives: Client, paid: PaymentAttempt) -> None:
    sure = hidden(olives.post(address(), fields(olives, other="5")).content.decode())
    for _press in range(2):
        answer = olives.post(address(), sure, follow=True).content.decode()
        assert f"5{NBSP}€ was given back." in answer
    changed = olives.post(address(), sure | {"other": "7", "confirmed": "700"}, follow=True)

    assert f"5{NBSP}€ was given back." in changed.content.decode()
    assert at_stripe(paid) == [500]


def test_another_sum_than_was_seen_is_shown_first(olives: Client, paid: PaymentAttempt) -> None:
    sure = hidden(olives.post(address(), fields(olives, other="5")).content.decode())
    text = olives.post(address(), sure | {"other": "6"}).content.decode()
    assert f"Give 6{NBSP}€ back" in text
    assert not Refund.objects.exists()


def test_changing_something_keeps_what_was_typed(olives: Client, paid: PaymentAttempt) -> None:
    data = fields(olives, one_quantity=2, one_amount="12,5", one_restock="on", other="1.00")
    sure = hidden(olives.post(address(), data).content.decode())
    text = olives.post(address(), sure | {"_change": "1"}).content.decode()
    for kept in ('value="2"', 'value="12,5"', 'value="1.00"', "The clasp broke.", "checked"):
        assert kept in text, kept
    assert not Refund.objects.exists()


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        ({"one_quantity": "4"}, "No more than 3 can be given back."),
        ({"one_amount": "300.01"}, f"At most 300{NBSP}€ can be given back."),
        ({"one_amount": "ten"}, "This is not an amount"),
        ({"one_amount": "-1"}, "That is too little."),
        ({"one_quantity": "1", "one_amount": "0"}, "Say how much, or leave it empty."),
        ({"one_restock": "on", "one_amount": "5"}, "Say above how many came back."),
        ({"shipping": "9.01"}, f"At most 9{NBSP}€ can be given back."),
        ({"other": "309.01"}, f"That is 309.01{NBSP}€ together, and 309{NBSP}€ is left."),
        ({}, "Say what is given back"),
        ({"other": "5", "reason": " "}, "Say why: it is what they will read."),
        ({"other": "5.0001"}, "no such small part"),
    ],
)
def test_what_cannot_be_is_said_and_nothing_typed_is_lost(
    olives: Client, paid: PaymentAttempt, typed: dict[str, str], sentence: str
) -> None:
    answer = olives.post(address(), fields(olives, **typed) | {"confirmed": "500"})
    text = answer.content.decode()
    assert answer.status_code == 400
    assert sentence in text
    for value in typed.values():
        assert value in {" ", "on"} or f'value="{value}"' in text
    assert not Refund.objects.exists()


def test_what_somebody_else_gave_back_meanwhile_is_said(
    olives: Client, stripe: StripeSandbox, paid: PaymentAttempt
) -> None:
    sure = hidden(olives.post(address(), fields(olives, other="200")).content.decode())
    first = hidden(olives.post(address(), fields(olives, other="200")).content.decode())
    olives.post(address(), first)
    answer = olives.post(address(), sure)
    assert answer.status_code == 400
    assert f"109{NBSP}€ is left" in answer.content.decode()
    assert at_stripe(paid) == [20_000]


def test_a_refusal_and_silence_are_told_apart(
    olives: Client, stripe: StripeSandbox, paid: PaymentAttempt
) -> None:
    stripe.faults("/v1/refunds", "500", times=3, method="POST")
    sure = hidden(olives.post(address(), fields(olives, other="5")).content.decode())
    assert "has not answered yet" in olives.post(address(), sure, follow=True).content.decode()
    stripe.act("dispute", paid.charge)
    sure = hidden(olives.post(address(), fields(olives, other="6")).content.decode())
    text = olives.post(address(), sure, follow=True).content.decode()
    assert "could not be given back" in text
    assert f"6{NBSP}€ did not reach them" in text


def test_a_refund_from_the_dashboard_waits_to_be_allocated(
    olives: Client, stripe: StripeSandbox, paid: PaymentAttempt
) -> None:
    stripe.act("refund", paid.charge, 500)
    refunds.sync(paid.payment_intent)
    page = reverse("admin:orders_order_change", args=[paid.order_id])
    assert "to be allocated" in olives.get(page).content.decode()


def test_nobody_but_the_owner(
    alice: User, logged_in: LogIn, olives: Client, paid: PaymentAttempt
) -> None:
    data = fields(olives, other="5") | {"confirmed": "500"}
    maker = paid.order.parcels.get().designer
    maker.members.create(user=alice)
    for client in (logged_in(alice), Client()):
        for answer in (client.get(address()), client.post(address(), data)):
            assert answer.status_code in {302, 403, 404}
            assert "token" not in answer.content.decode()
    assert not Refund.objects.exists()
    assert olives.post(reverse("admin:orders_order_refund", args=[999_999])).status_code == 404


def test_the_maker_reads_that_a_piece_was_given_back(
    alice: User, logged_in: LogIn, owner: User, paid: PaymentAttempt
) -> None:
    parcel = paid.order.parcels.get()
    parcel.designer.members.create(user=alice)
    page = reverse("admin:orders_parcel_change", args=[parcel.pk])
    words = "ask the owner before you post it"
    assert words not in logged_in(alice).get(page).content.decode()
    give(owner, lines=[Part(line(), 1, 10_000)])
    assert words in logged_in(alice).get(page).content.decode()
