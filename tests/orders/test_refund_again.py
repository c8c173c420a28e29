"""A refund that did not arrive is tried again, once, and the shopper reads how it stands."""

from collections.abc import Callable

import pytest
from django.contrib.auth.models import User
from django.test import Client
from django.urls import reverse

from orders import outbox, refundable, refunds
from orders.comparing import refund_mending
from orders.models import OutboxLetter, PaymentAttempt, Refund
from orders.refundable import Part
from sandbox.testing import StripeSandbox
from tests.orders.test_refunds import at_stripe, bought, give, line, stands, studs

pytestmark = pytest.mark.django_db


@pytest.fixture
def paid(stripe: StripeSandbox) -> PaymentAttempt:
    """Three pairs of studs at 100.00 and the post at 9.00."""
    return bought(stripe, (studs(), 3))


@pytest.fixture
def failed(stripe: StripeSandbox, paid: PaymentAttempt, owner: User) -> Refund:
    """A pair and the post, told in a letter, and sent back by the bank."""
    refund = give(owner, lines=[Part(line(), 1, 10_000)], shipping=900)
    assert outbox.send_letter.call(OutboxLetter.objects.get(kind="refund").pk)
    assert refund.stripe_id
    stripe.act("refund_comes_back", refund.stripe_id)
    refunds.sync(paid.payment_intent)
    refund.refresh_from_db()
    assert refund.state == Refund.State.FAILED
    return refund


def test_it_goes_out_anew_for_the_same(failed: Refund, paid: PaymentAttempt, owner: User) -> None:
    again = refund_mending.try_again(failed, by=owner)

    assert (again.state, again.amount, again.reason) == ("succeeded", 10_900, "The clasp broke.")
    assert again.pk != failed.pk
    assert stands() == ("partially_refunded", 10_900, 900, 10_000, 1)
    assert at_stripe(paid) == [10_900]
    assert refund_mending.try_again(failed, by=owner) == again


def test_not_after_it_was_given_back_otherwise(
    failed: Refund, paid: PaymentAttempt, owner: User
) -> None:
    give(owner, free_amount=10_900)
    with pytest.raises(refundable.NotRefundable):
        refund_mending.try_again(failed, by=owner)
    assert at_stripe(paid) == [10_900]


def test_what_went_back_for_something_else_does_not_hide_it(
    client: Client, stripe: StripeSandbox, paid: PaymentAttempt, owner: User
) -> None:
    """A bank may send money back days later: by then another refund has been made."""
    first, second = (give(owner, lines=[Part(line(), 1, 10_000)]) for _pair in range(2))
    stripe.act("refund_comes_back", first.stripe_id or "")
    refunds.sync(paid.payment_intent)
    assert list(refunds.lost()) == [first]

    give(owner, free_amount=500)
    stripe.act("refund_comes_back", second.stripe_id or "")
    refunds.sync(paid.payment_intent)
    assert set(refunds.lost()) == {first, second}

    again = refund_mending.try_again(second, by=owner)
    assert list(refunds.lost()) == [first]
    mine = list(Refund.objects.all())
    first.refresh_from_db()
    second.refresh_from_db()
    assert (first.is_made_good(mine), second.is_made_good(mine)) == (False, True)
    assert again.amount == 10_000


def test_what_arrived_is_not_tried_again(paid: PaymentAttempt, owner: User) -> None:
    with pytest.raises(refundable.NotRefundable):
        refund_mending.try_again(give(owner, free_amount=500), by=owner)


def test_the_owners_button_pressed_twice_is_one_refund(
    failed: Refund, paid: PaymentAttempt, owner: User, logged_in: Callable[[User], Client]
) -> None:
    olives = logged_in(owner)
    page = reverse("admin:orders_order_change", args=[paid.order_id])
    address = reverse("admin:orders_order_refund_again", args=[paid.order_id, failed.pk])
    assert f'formaction="{address}"' in olives.get(page).content.decode()
    for _press in range(2):
        assert "was given back" in olives.post(address, follow=True).content.decode()
    assert at_stripe(paid) == [10_900]
    assert address not in olives.get(page).content.decode()


def test_the_shopper_reads_that_it_did_not_arrive_until_it_has(
    client: Client, failed: Refund, owner: User
) -> None:
    page = failed.order.get_absolute_url()
    text = client.get(page).content.decode()
    assert "Did not reach you" in text
    assert "We find another way" in text
    refund_mending.try_again(failed, by=owner)
    assert "Did not reach you" not in client.get(page).content.decode()


def test_one_made_at_stripe_is_tried_from_here_with_words_for_the_shopper(
    stripe: StripeSandbox, paid: PaymentAttempt, owner: User
) -> None:
    stripe.act("refund", paid.charge, 500)
    refunds.sync(paid.payment_intent)
    assert list(refund_mending.to_allocate()) == [Refund.objects.get()]
    stripe.act("refund_comes_back", Refund.objects.get().stripe_id or "")
    refunds.sync(paid.payment_intent)
    assert not refund_mending.to_allocate()

    again = refund_mending.try_again(Refund.objects.get(), by=owner)

    assert (again.amount, again.free_amount) == (500, 500)
    assert again.told_reason == "The first time it did not reach you."
