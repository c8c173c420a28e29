"""What nobody answered, posted or wrote down comes to an end by itself."""

from datetime import timedelta
from uuid import uuid4

import pytest
from django.contrib.auth.models import User
from django.utils.timezone import localdate, now

from orders import refunds, sweeping
from orders.models import (
    AfterSale,
    AfterSaleLine,
    Order,
    OrderLine,
    OutboxLetter,
    Parcel,
    PaymentAttempt,
    Refund,
)
from sandbox.testing import StripeSandbox
from tests.factories import make_order, make_piece
from tests.orders.test_refunds import bought, studs

pytestmark = pytest.mark.django_db
Kind, State = AfterSale.Kind, AfterSale.State


@pytest.fixture
def parcel() -> Parcel:
    return make_order(make_piece()).parcels.get()


def asked(parcel: Parcel, state: str, kind: str = Kind.RETURN, days: int = -1) -> AfterSale:
    until = localdate() + timedelta(days=days)
    made = AfterSale.objects.create(parcel=parcel, kind=kind, state=state, until=until)
    if kind != Kind.CANCELLATION:
        AfterSaleLine.objects.create(aftersale=made, line=parcel.lines.get())
        OrderLine.objects.update(asked_quantity=1)
    return made


def after_sweep(row: AfterSale) -> str:
    done = sweeping.sweep()
    assert -1 not in done.values()
    row.refresh_from_db()
    return row.state


@pytest.mark.parametrize(
    ("kind", "state"),
    [(Kind.RETURN, State.ACCEPTED), (Kind.REPAIR, State.ACCEPTED), (Kind.RESIZE, State.QUOTED)],
)
def test_what_was_never_posted_or_answered_lapses(parcel: Parcel, kind: str, state: str) -> None:
    row = asked(parcel, state, kind)
    assert after_sweep(row) == State.LAPSED
    assert OrderLine.objects.get().asked_quantity == 0
    assert OutboxLetter.objects.filter(kind__startswith="aftersale_lapse").count() == 2
    sweeping.sweep()
    assert OutboxLetter.objects.count() == 2


def test_the_last_day_still_counts(parcel: Parcel) -> None:
    assert after_sweep(asked(parcel, State.ACCEPTED, days=0)) == State.ACCEPTED


@pytest.mark.parametrize("state", [State.ASKED, State.POSTED, State.ARRIVED])
def test_what_is_on_its_way_or_here_never_lapses(parcel: Parcel, state: str) -> None:
    assert after_sweep(asked(parcel, state, days=-400)) == state


def test_a_question_about_a_parcel_that_left_is_over(parcel: Parcel) -> None:
    row = asked(parcel, State.ASKED, Kind.CANCELLATION)
    assert after_sweep(row) == State.ASKED
    Parcel.objects.update(state=Parcel.State.SHIPPED, shipped_at=now())
    assert after_sweep(row) == State.LAPSED


def test_the_owner_hears_once_of_what_a_maker_left_lying(parcel: Parcel) -> None:
    row = asked(parcel, State.ASKED)
    sweeping.sweep()
    assert not OutboxLetter.objects.exists()
    AfterSale.objects.update(created_at=now() - timedelta(days=4))
    sweeping.sweep()
    sweeping.sweep()
    assert OutboxLetter.objects.get().kind == "aftersale_unanswered_owner"
    assert after_sweep(row) == State.ASKED


def test_a_refund_whose_writer_died_ends_the_return(stripe: StripeSandbox, owner: User) -> None:
    paid: PaymentAttempt = bought(stripe, (studs(), 1))
    row = asked(Parcel.objects.get(), State.ARRIVED)
    order = Order.objects.get(pk=paid.order_id)
    refunds.request(order, free_amount=100, reason="x", by=owner, token=uuid4())
    assert after_sweep(row) == State.ARRIVED
    refunds.request(order, free_amount=100, reason="x", by=owner, token=row.refund_token)
    assert after_sweep(row) == State.REFUNDED
    assert row.refund == Refund.objects.last()


def test_a_refund_that_stripe_refused_ends_nothing(stripe: StripeSandbox, owner: User) -> None:
    paid = bought(stripe, (studs(), 1))
    row = asked(Parcel.objects.get(), State.ARRIVED)
    order = Order.objects.get(pk=paid.order_id)
    refunds.request(order, free_amount=100, reason="x", by=owner, token=row.refund_token)
    Refund.objects.update(state=Refund.State.FAILED)
    assert after_sweep(row) == State.ARRIVED
