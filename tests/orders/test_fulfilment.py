"""A parcel reaches its stages, is posted once, and the shopper is told once."""

from datetime import timedelta

import pytest
from django.core.exceptions import ValidationError
from django.utils.timezone import localdate
from pytest_django import DjangoCaptureOnCommitCallbacks

from orders import fulfilment
from orders.models import Order, OrderEvent, Parcel
from tests.factories import make_order, make_piece

pytestmark = pytest.mark.django_db


@pytest.fixture
def parcel() -> Parcel:
    return make_order(make_piece()).parcels.get()


def test_a_stage_is_reached_with_its_day(parcel: Parcel) -> None:
    fulfilment.reach(parcel, Parcel.Stage.SET)
    parcel.refresh_from_db()
    assert (parcel.state, parcel.stage) == ("making", Parcel.Stage.SET)
    assert parcel.stage_days == {"2": localdate().isoformat()}


def test_going_back_forgets_the_days_of_later_stages(parcel: Parcel) -> None:
    fulfilment.reach(parcel, Parcel.Stage.FORMED)
    fulfilment.reach(parcel, Parcel.Stage.HALLMARKED)
    fulfilment.reach(parcel, Parcel.Stage.FORMED)
    parcel.refresh_from_db()
    assert set(parcel.stage_days) == {"1"}


def test_posting_mails_the_shopper_after_commit(
    parcel: Parcel, django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks
) -> None:
    with django_capture_on_commit_callbacks() as callbacks:
        fulfilment.ship(parcel, carrier="CTT", tracking="RR 123 PT")
    parcel.refresh_from_db()
    assert (parcel.state, parcel.tracking) == ("shipped", "RR 123 PT")
    assert parcel.shipped_at
    assert len(callbacks) == 1


def test_it_cannot_be_posted_twice(parcel: Parcel) -> None:
    other_window = Parcel.objects.get(pk=parcel.pk)
    fulfilment.ship(parcel, carrier="CTT", tracking="1")
    with pytest.raises(fulfilment.NotSendable, match="posted already"):
        fulfilment.ship(other_window, carrier="CTT", tracking="2")
    parcel.refresh_from_db()
    assert parcel.tracking == "1"
    assert OrderEvent.objects.filter(kind="shipped").count() == 1


@pytest.mark.parametrize(("carrier", "tracking"), [("", ""), ("CTT", " "), ("", "123")])
def test_posting_needs_a_number_unless_it_goes_by_hand(
    parcel: Parcel, carrier: str, tracking: str
) -> None:
    with pytest.raises(ValidationError, match="number"):
        fulfilment.ship(parcel, carrier=carrier, tracking=tracking)
    fulfilment.ship(parcel, carrier=carrier, tracking=tracking, by_hand=True)
    assert parcel.state == "shipped"


@pytest.mark.parametrize("state", ["refunded", "review", "disputed", "awaiting_payment"])
def test_an_order_in_trouble_is_not_sent(parcel: Parcel, state: str) -> None:
    Order.objects.update(state=state)
    with pytest.raises(fulfilment.NotSendable, match=r"ask the owner|Keep it"):
        fulfilment.ship(parcel, carrier="CTT", tracking="1")


def test_a_later_day_moves_both_dates_and_says_why(parcel: Parcel) -> None:
    posted, arrives = parcel.post_by, parcel.arrives_by
    fulfilment.postpone(parcel, arrives + timedelta(days=4), "The gold cracked.")
    parcel.refresh_from_db()
    assert parcel.post_by == posted + timedelta(days=4)
    assert parcel.maker_note == "The gold cracked."


@pytest.mark.parametrize(("days", "reason"), [(0, "Flu."), (-1, "Flu."), (3, " ")])
def test_a_day_that_is_not_later_or_has_no_reason_is_refused(
    parcel: Parcel, days: int, reason: str
) -> None:
    with pytest.raises(ValidationError):
        fulfilment.postpone(parcel, parcel.arrives_by + timedelta(days=days), reason)


def test_a_line_in_the_makers_words(parcel: Parcel) -> None:
    fulfilment.say(parcel, "The thirteenth rib came out of the pitch this morning.")
    parcel.refresh_from_db()
    assert parcel.maker_note.startswith("The thirteenth rib")


def test_posting_is_not_a_stage_of_making(parcel: Parcel) -> None:
    with pytest.raises(ValueError, match="ship"):
        fulfilment.reach(parcel, Parcel.Stage.POSTED)
