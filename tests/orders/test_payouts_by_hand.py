"""A shop without Connect keeps the same ledger, and the owner says what was paid by bank."""

from collections.abc import Callable
from datetime import timedelta
from functools import partial
from typing import Any
from uuid import uuid4

import pytest
from django.contrib.auth.models import User
from django.test import Client
from django.urls import reverse
from django.utils.timezone import localdate

from orders import ledger, sweeping
from orders.makers import by_hand
from orders.models import Debt, HandPayment, LedgerEntry, Payout
from sandbox.testing import StripeSandbox
from tests.factories import make_collection, make_piece
from tests.orders.payout_builders import (
    account,
    books_agree,
    fresh,
    owed_to_makers,
    paid_order,
    posted,
)
from tests.orders.test_payouts_taken_back import give_back
from tests.orders.test_races import kinds, together

pytestmark = pytest.mark.django_db
__all__ = ["books_agree"]
PAGE = reverse("admin:orders_payout_by_hand")
type LogIn = Callable[[User], Client]


@pytest.fixture
def two(stripe: StripeSandbox) -> list[Payout]:
    """Two orders of one maker's, 91.00 and 173.00, due; the maker has no account at Stripe."""
    collection = make_collection()
    pieces = [make_piece(price=price, collection=collection) for price in (10_000, 20_000)]
    return [posted(paid_order(stripe, piece))[0] for piece in pieces]


def say(payouts: list[Payout], by: User, amount: int, **more: Any) -> list[HandPayment]:
    said: dict[str, Any] = {"day": localdate(), "reference": "SEPA 17", "token": uuid4()} | more
    pks = [payout.pk for payout in payouts]
    return by_hand.pay(payouts[0].parcel.designer, pks, amount=amount, by=by, **said)


def test_without_an_account_nothing_goes_through_stripe(two: list[Payout]) -> None:
    assert sweeping.pay_makers() == 0
    assert [fresh(payout).state for payout in two] == ["pending", "pending"]
    assert list(by_hand.payable()) == two


def test_several_parcels_are_paid_at_once(two: list[Payout], owner: User) -> None:
    rows = say(two, owner, 9_100 + 17_300)

    assert [row.amount for row in rows] == [9_100, 17_300]
    assert [fresh(payout).state for payout in two] == ["sent", "sent"]
    for payout in two:
        assert owed_to_makers(payout.parcel.order) == 0
    assert ledger.balance(LedgerEntry.Account.BANK) == -26_400
    assert not by_hand.payable().exists()


def test_the_same_form_twice_is_one_payment(two: list[Payout], owner: User) -> None:
    token = uuid4()

    first = say(two, owner, 26_400, token=token)
    assert say(two, owner, 26_400, token=token) == first
    assert HandPayment.objects.count() == 2


def test_another_sum_than_was_shown_is_refused(
    stripe: StripeSandbox, two: list[Payout], owner: User
) -> None:
    give_back(two[0].parcel.order, owner, 5_000)

    with pytest.raises(by_hand.AnotherSum) as refused:
        say(two, owner, 26_400)
    assert refused.value.sum == 26_400 - 4_100
    assert not HandPayment.objects.exists()
    assert len(say(two, owner, 22_300)) == 2


def test_what_goes_back_afterwards_is_kept_from_the_next(
    stripe: StripeSandbox, two: list[Payout], owner: User
) -> None:
    say(two[:1], owner, 9_100)
    give_back(two[0].parcel.order, owner, 5_000)
    sweeping.take_back()
    assert Debt.objects.get().left == 4_100

    say(two[1:], owner, 17_300 - 4_100)
    assert fresh(two[1]).set_off == 4_100
    for payout in two:
        assert owed_to_makers(payout.parcel.order) == 0


def test_who_is_paid_through_stripe_is_not_paid_by_hand_too(
    stripe: StripeSandbox, two: list[Payout], owner: User
) -> None:
    account(two[0].parcel.designer, stripe)

    with pytest.raises(by_hand.AnotherSum):
        say(two, owner, 26_400)
    sweeping.pay_makers()
    assert [fresh(payout).transferred for payout in two] == [9_100, 17_300]


def test_a_blocked_one_may_be_paid_by_hand(
    stripe: StripeSandbox, two: list[Payout], owner: User
) -> None:
    account(two[0].parcel.designer, stripe, ready=False)
    sweeping.pay_makers()
    assert fresh(two[0]).state == "blocked"

    say(two, owner, 26_400)
    assert [fresh(payout).state for payout in two] == ["sent", "sent"]


@pytest.mark.django_db(transaction=True)
def test_many_presses_at_once_are_one_payment(two: list[Payout], owner: User) -> None:
    token = uuid4()

    results = together([partial(say, two, owner, 26_400, token=token)] * 5)
    results += together([partial(say, two, owner, 26_400)] * 2)

    assert kinds(results) == {"list": 5, "AnotherSum": 2}
    assert HandPayment.objects.count() == 2


# --- The page ------------------------------------------------------------------------------------


def test_the_page_shows_the_sum_before_it_is_written_down(
    two: list[Payout], owner: User, logged_in: LogIn
) -> None:
    olives = logged_in(owner)
    maker = two[0].parcel.designer
    assert maker.name in olives.get(PAGE).content.decode()

    address = f"{PAGE}?maker={maker.pk}"
    form = olives.get(address).context["form"]
    sent = {
        "chosen": [payout.pk for payout in two],
        "day": localdate().isoformat(),
        "reference": "SEPA 17",
        "token": str(form.initial["token"]),
    }
    sure = olives.post(address, sent)
    assert "Was 264" in sure.content.decode()
    assert not HandPayment.objects.exists()

    done = olives.post(address, sent | {"confirmed": "26400"})
    assert done.status_code == 302
    assert sum(HandPayment.objects.values_list("amount", flat=True)) == 26_400
    olives.post(address, sent | {"confirmed": "26400"})
    assert HandPayment.objects.count() == 2


@pytest.mark.parametrize(
    "wrong", [{"reference": ""}, {"chosen": []}, {"chosen": ["x"]}, {"day": "later"}]
)
def test_what_is_missing_is_asked_for(
    two: list[Payout], owner: User, logged_in: LogIn, wrong: dict[str, Any]
) -> None:
    day = localdate() + timedelta(days=1) if wrong.get("day") else localdate()
    sent = {"chosen": [two[0].pk], "day": day, "reference": "x", "token": str(uuid4())}
    if "day" not in wrong:
        sent |= wrong
    answer = logged_in(owner).post(f"{PAGE}?maker={two[0].parcel.designer_id}", sent)
    assert answer.status_code == 400
    assert not HandPayment.objects.exists()


def test_it_is_the_owners_alone(two: list[Payout], alice: User, logged_in: LogIn) -> None:
    assert logged_in(alice).get(PAGE).status_code == 403
    assert Client().get(PAGE).status_code == 302
