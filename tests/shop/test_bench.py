"""The bench says of each parcel how far it is and what its one next act is."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils.formats import date_format
from django.utils.timezone import localdate

from designers.models import Designer
from orders.models import AfterSale, AfterSaleLine, OrderLine, Parcel
from shop.bench import Task
from tests.factories import make_collection, make_order, make_photo, make_piece

pytestmark = pytest.mark.django_db


def task(*, is_made: bool, stage: int) -> Task:
    order = make_order(make_piece())
    OrderLine.objects.update(is_made=is_made)
    parcel = order.parcels.get()
    parcel.stage = stage
    return Task(parcel, list(parcel.lines.all()), "/", "")


@pytest.mark.parametrize(
    ("is_made", "stage", "said", "punched", "act"),
    [
        (False, Parcel.Stage.DRAWN, "hallmarked", 4, "Mark as posted"),
        (False, Parcel.Stage.SET, "set", 3, "Mark as posted"),
        (True, Parcel.Stage.DRAWN, "drawn", 1, "Mark as formed"),
        (True, Parcel.Stage.HALLMARKED, "hallmarked", 4, "Mark as posted"),
    ],
)
def test_how_far_it_is_and_what_is_next(
    *, is_made: bool, stage: int, said: str, punched: int, act: str
) -> None:
    told = task(is_made=is_made, stage=stage)
    assert (told.stage, sum(told.punches), told.act) == (said, punched, act)


def test_a_full_bench_asks_twelve_times_at_most(
    alice: User, ines: Designer, logged_in: Callable[[User], Client], settings: Any
) -> None:
    settings.STRIPE_CONNECT = True
    client = logged_in(alice)
    for _order in range(3):
        parcel = make_order(make_piece(collection=make_collection(designer=ines))).parcels.get()
        asked = AfterSale.objects.create(parcel=parcel, kind="return")
        AfterSaleLine.objects.create(aftersale=asked, line=parcel.lines.get(), quantity=1)
    client.get(reverse("admin:index"))
    with CaptureQueriesContext(connection) as queries:
        text = client.get(reverse("admin:index")).content.decode()
    assert "Three parcels" in text
    assert "Three requests wait" in text
    assert "has no scale photograph" in text
    assert len(queries) <= 12


def test_a_piece_without_a_size_comes_before_one_without_a_scale(
    alice: User, ines: Designer, logged_in: Callable[[User], Client]
) -> None:
    told = make_collection(designer=ines)
    make_piece(collection=told, title="Sized")
    bare = make_piece(collection=told, title="Sizeless")
    make_photo(ines, piece=bare, role="scale")
    bare.variants.all().delete()
    text = logged_in(alice).get(reverse("admin:index")).content.decode()
    assert text.index("Sizeless cannot be bought") < text.index("Sized has no scale photograph")
    assert "Sizeless has no scale" not in text


def test_a_date_far_off_says_its_weekday_and_a_near_one_its_date() -> None:
    near = task(is_made=False, stage=0)
    near.parcel.post_by = localdate() + timedelta(days=2)
    assert near.day_also == date_format(near.parcel.post_by, "D j M")
    near.parcel.post_by = localdate() + timedelta(days=20)
    assert near.day_also == date_format(near.parcel.post_by, "l")


def test_work_by_itself_is_only_ones_own(
    alice: User, ines: Designer, henrik: Designer, logged_in: Callable[[User], Client]
) -> None:
    make_order(make_piece(collection=make_collection(designer=ines), title="Mine"))
    make_order(make_piece(collection=make_collection(designer=henrik), title="Theirs"))

    text = logged_in(alice).get(reverse("admin:work")).text
    assert "Mine" in text
    assert "Theirs" not in text
