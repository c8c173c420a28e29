"""Calling off against posting, in real threads, on whichever database runs: exactly one wins."""

from collections.abc import Callable
from functools import partial
from typing import Any
from uuid import uuid4

import pytest
from django.contrib.auth.models import User

from catalog.models import Variant
from orders import fulfilment, refunds
from orders.afterwards import aftersale, cancelling
from orders.afterwards.aftersale_steps import Actor
from orders.models import AfterSale, Order, OrderEvent, OutboxLetter, Parcel, PaymentAttempt, Refund
from sandbox.testing import StripeSandbox
from tests.orders.test_races import kinds, together
from tests.orders.test_refunds import at_stripe, bought, studs

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.race]


@pytest.fixture
def paid(stripe: StripeSandbox) -> PaymentAttempt:
    """Three pairs of studs at 100.00 and the post at 9.00."""
    return bought(stripe, (studs(), 3))


def parcel() -> Parcel:
    return Parcel.objects.select_related("order", "designer").get()


def call_off(**wishes: Any) -> Callable[[], Any]:
    order, pk = Order.objects.get(), parcel().pk
    return partial(cancelling.call_off, order, [pk], **{"token": uuid4()} | wishes)


def ship() -> Callable[[], None]:
    return partial(fulfilment.ship, parcel(), carrier="An Post", tracking="RR 1")


def is_whole(paid: PaymentAttempt, *, called_off: bool) -> None:
    """Either it left and is paid, or it stays and all of it went back: never both."""
    stands, order = parcel(), Order.objects.get()
    if called_off:
        assert (stands.state, order.state) == ("cancelled", "refunded")
        assert (stands.shipped_at, Variant.objects.get().stock) == (None, 3)
        assert at_stripe(paid) == [30_900]
        assert OrderEvent.objects.filter(kind="shipped").count() == 0
    else:
        assert (stands.state, order.state) == ("shipped", "paid")
        assert Variant.objects.get().stock == 0
        assert at_stripe(paid) == []
        assert not Refund.objects.exists()


@pytest.mark.parametrize("_time", range(4))
def test_calling_off_and_posting_at_once(paid: PaymentAttempt, _time: int) -> None:
    acts: list[Callable[[], Any]] = [call_off(), ship(), call_off(), ship(), ship(), call_off()]

    results = kinds(together(acts))

    won = {name: results[name] for name in ("list", "NoneType") if results[name]}
    assert sum(won.values()) == 1, results
    assert results["NotNow"] + results["NotSendable"] == 5, results
    is_whole(paid, called_off="list" in won)


@pytest.mark.parametrize("_time", range(4))
def test_calling_off_and_beginning_at_once(paid: PaymentAttempt, _time: int) -> None:
    reach = partial(fulfilment.reach, parcel(), Parcel.Stage.FORMED)

    results = together([call_off(), reach, call_off(), reach])

    called_off = parcel().state == Parcel.State.CANCELLED
    assert kinds(results)["list"] == int(called_off)
    assert at_stripe(paid) == ([30_900] if called_off else [])
    if not called_off:
        assert parcel().state == Parcel.State.MAKING


def test_one_form_sent_eight_times_at_once_is_one_refund(paid: PaymentAttempt) -> None:
    token = uuid4()

    results = together([call_off(token=token) for _press in range(8)])

    assert kinds(results) == {"list": 8}
    assert AfterSale.objects.count() == 1
    assert OutboxLetter.objects.filter(kind__startswith="aftersale_").count() == 2
    is_whole(paid, called_off=True)


def test_saying_yes_and_posting_at_once(paid: PaymentAttempt) -> None:
    fulfilment.reach(parcel(), Parcel.Stage.FORMED)
    asked = aftersale.ask(parcel(), "cancellation", {}, token=uuid4())

    def answer(act: Callable[..., Any], *args: Any, **more: Any) -> Callable[[], Any]:
        row = AfterSale.objects.select_related("parcel__order", "parcel__designer").get()
        return partial(act, row, *args, **more)

    acts = [answer(cancelling.agree, Actor.MAKER, restock=True) for _press in range(2)]
    acts += [answer(aftersale.take, "refuse", Actor.OWNER), ship(), ship()]
    acts += [answer(aftersale.take, "withdraw", Actor.SHOPPER)]
    results = together(acts)

    asked.refresh_from_db()
    assert set(kinds(results)) <= {"AfterSale", "NoneType", "NotNow", "NotSendable"}, results
    assert (asked.state == "done") == (parcel().state == "cancelled")
    is_whole(paid, called_off=asked.state == "done")
    assert OrderEvent.objects.filter(aftersale=asked).count() == 2


def test_of_many_who_ask_about_the_last_pieces_only_as_many_are_heard(paid: PaymentAttempt) -> None:
    fulfilment.ship(parcel(), carrier="", by_hand=True)
    line = parcel().lines.get().pk
    asks = [
        partial(aftersale.ask, parcel(), kind, {line: 1}, token=uuid4())
        for kind in ("repair", "return") * 4
    ]

    results = kinds(together(asks))

    assert results == {"AfterSale": 3, "NotNow": 5}
    assert parcel().lines.get().asked_quantity == 3


def test_two_owners_give_the_money_of_a_return_back_once(paid: PaymentAttempt, owner: User) -> None:
    fulfilment.ship(parcel(), carrier="", by_hand=True)
    asked = aftersale.ask(parcel(), "return", {parcel().lines.get().pk: 1}, token=uuid4())
    aftersale.take(asked, "accept", Actor.MAKER)
    aftersale.take(asked, "arrive", Actor.MAKER)
    give = partial(
        refunds.request,
        Order.objects.get(),
        free_amount=10_000,
        reason="x",
        by=owner,
        token=asked.refund_token,
    )

    def press() -> bool:
        row = AfterSale.objects.select_related("parcel").get()
        return aftersale.refunded(row, give(), by=owner)

    results = together([press, press, aftersale.refunds_found, press])

    assert sum(map(int, results)) == 1, results
    assert at_stripe(paid) == [10_000]
    asked.refresh_from_db()
    assert (asked.state, asked.refund) == ("refunded", Refund.objects.get())
