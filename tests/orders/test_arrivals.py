"""A parcel is there: the shopper says so once, or it was posted so long ago that it must be."""

from datetime import timedelta

import pytest
from django.test import Client
from django.utils.timezone import localdate, now
from pytest_django import Settings

from orders import sweeping
from orders.afterwards import aftersale_terms, arrivals
from orders.models import OrderEvent, Parcel
from tests.factories import make_order, make_piece

pytestmark = pytest.mark.django_db


@pytest.fixture
def parcel() -> Parcel:
    """Posted three days ago, promised for the day after tomorrow."""
    parcel = make_order(make_piece()).parcels.get()
    return left(parcel, days_ago=3, promised=2)


def left(parcel: Parcel, *, days_ago: int, promised: int) -> Parcel:
    Parcel.objects.filter(pk=parcel.pk).update(
        state=Parcel.State.SHIPPED,
        shipped_at=now() - timedelta(days=days_ago),
        arrives_by=localdate() + timedelta(days=promised),
    )
    return Parcel.objects.select_related("order").get(pk=parcel.pk)


def press(parcel: Parcel, token: str = "") -> int:
    address = f"/orders/{token or parcel.order.token}/parcels/{parcel.pk}/arrived/"
    return Client(headers={"Sec-Fetch-Site": "same-origin"}).post(address).status_code


def test_the_shopper_says_so_and_their_days_begin(parcel: Parcel) -> None:
    page = parcel.order.get_absolute_url()
    assert "Say that it is here" in Client().get(page).text

    assert press(parcel) == press(parcel) == 303

    assert OrderEvent.objects.filter(kind="delivered", parcel=parcel).count() == 1
    parcel.refresh_from_db()
    assert parcel.state == Parcel.State.DELIVERED
    assert aftersale_terms.arrived_on(parcel) == localdate()
    after = Client().get(page).text
    assert "Say that it is here" not in after
    assert "One piece is with you." in after


def test_what_has_not_left_has_not_come_and_others_say_nothing(parcel: Parcel) -> None:
    stranger = make_order(make_piece())
    Parcel.objects.filter(order=stranger).update(state=Parcel.State.MAKING)
    mine = stranger.parcels.get()

    assert press(mine) == 303
    assert press(parcel, stranger.token) == 404
    assert (
        Client(headers={"Sec-Fetch-Site": "cross-site"})
        .post(f"/orders/{parcel.order.token}/parcels/{parcel.pk}/arrived/")
        .status_code
        == 403
    )

    states = Parcel.objects.order_by("pk").values_list("state", flat=True)
    assert list(states) == [Parcel.State.SHIPPED, Parcel.State.MAKING]


def test_long_posted_it_is_taken_as_arrived_and_the_promised_day_still_counts(
    parcel: Parcel, settings: Settings
) -> None:
    settings.SHOP_ARRIVED_DAYS = 10
    left(parcel, days_ago=11, promised=0)
    assert arrivals.take_as_arrived() == 0
    left(parcel, days_ago=9, promised=-2)
    assert arrivals.take_as_arrived() == 0

    promised = left(parcel, days_ago=11, promised=-1).arrives_by
    assert "parcels taken as arrived" in sweeping.STEPS
    assert (arrivals.take_as_arrived(), arrivals.take_as_arrived()) == (1, 0)

    parcel.refresh_from_db()
    assert parcel.state == Parcel.State.DELIVERED
    assert aftersale_terms.arrived_on(parcel) == promised
    assert "Posted on" in Client().get(parcel.order.get_absolute_url()).text
