"""Being away is set at the foot of the parcels, after what is promised within it was shown."""

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.test import Client
from django.urls import reverse
from django.utils.timezone import localdate, now

from designers.models import Designer, Member
from orders.models import Parcel
from tests.factories import make_collection, make_member, make_order, make_piece

pytestmark = pytest.mark.django_db
LIST = reverse("admin:orders_parcel_changelist")
type LogIn = Callable[[User], Client]


@pytest.fixture
def alices(alice: User, logged_in: LogIn) -> Client:
    return logged_in(alice)


def page(designer: Designer) -> str:
    return reverse("admin:orders_parcel_holiday", args=[designer.pk])


def days(first: int, back: int, **more: str) -> dict[str, str]:
    """So many days from today."""
    today = localdate()
    asked = {"first": today + timedelta(first), "back": today + timedelta(back)}
    return {name: day.isoformat() for name, day in asked.items()} | {"note": "By the sea."} | more


def a_parcel(designer: Designer, title: str, post_by: date) -> Parcel:
    order = make_order(make_piece(collection=make_collection(designer=designer), title=title))
    order.parcels.update(post_by=post_by, arrives_by=post_by + timedelta(3))
    return order.parcels.get()


def away(designer: Designer) -> tuple[Any, Any, str]:
    designer.refresh_from_db()
    return designer.away_from, designer.back_on, designer.away_note


def test_it_is_set_at_once_where_nothing_is_promised(alices: Client, ines: Designer) -> None:
    assert "not set" in alices.get(LIST).content.decode()
    answer: Any = alices.post(page(ines), days(3, 10), follow=True)
    today = localdate()
    assert away(ines) == (today + timedelta(3), today + timedelta(10), "By the sea.")
    assert "The shop says so" in answer.text
    assert "Call it off" in answer.text


def test_what_is_promised_within_it_is_shown_first_and_keeps_its_day(
    alices: Client, ines: Designer, henrik: Designer
) -> None:
    today = localdate()
    inside = a_parcel(ines, "Tide ring", today + timedelta(5))
    a_parcel(ines, "Rope band", today + timedelta(2))
    a_parcel(ines, "Late cuff", today + timedelta(10))  # the day she is back
    a_parcel(henrik, "North cuff", today + timedelta(5))
    left = a_parcel(ines, "Gone brooch", today + timedelta(5))
    Parcel.objects.filter(pk=left.pk).update(state="shipped", shipped_at=now())

    answer: Any = alices.post(page(ines), days(3, 10))
    assert "One parcel is promised within it." in answer.text
    assert "Tide ring" in answer.text
    for other in ("Rope band", "Late cuff", "North cuff", "Gone brooch"):
        assert other not in answer.text
    assert away(ines)[0] is None

    assert alices.post(page(ines), days(3, 10, _sure="1")).status_code == 302
    assert away(ines)[0] == today + timedelta(3)
    inside.refresh_from_db()
    assert inside.post_by == today + timedelta(5)


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        (days(3, 3), "not later than the first day away"),
        (days(-9, 0), "over already"),
        (days(1, 400), "more than a year"),
        (days(1, 4) | {"first": "soon"}, "date"),
        ({"_set": "1"}, "Give the day."),
        (days(1, 4, note="x" * 161), "160"),
    ],
)
def test_what_makes_no_sense_is_told_and_kept_as_typed(
    typed: dict[str, str], said: str, alices: Client, ines: Designer
) -> None:
    answer: Any = alices.post(page(ines), typed)
    assert answer.status_code == 400
    assert said in answer.text
    assert away(ines) == (None, None, "")
    assert not typed.get("note") or typed["note"] in answer.text


def test_one_comes_back_early(alices: Client, ines: Designer) -> None:
    alices.post(page(ines), days(-2, 5))
    assert "I am back" in alices.get(LIST).content.decode()
    answer: Any = alices.post(page(ines), {"_back": "1"}, follow=True)
    assert "Welcome back" in answer.text
    assert away(ines)[1] == localdate()
    alices.post(page(ines), {"_back": "1"})  # pressed twice
    assert away(ines)[1] == localdate()


def test_it_is_told_in_the_makers_history(alices: Client, ines: Designer) -> None:
    alices.post(page(ines), days(3, 10))
    history = reverse("admin:designers_designer_history", args=[ines.pk])
    assert "Away:" in alices.get(history).content.decode()


def test_it_is_nobody_elses_to_set(
    alices: Client, ines: Designer, henrik: Designer, logged_in: LogIn
) -> None:
    bench = logged_in(make_member(ines, role=Member.Role.BENCH))
    for client, designer in ((alices, henrik), (bench, ines)):
        for answer in (client.get(page(designer)), client.post(page(designer), days(3, 10))):
            assert answer.status_code == 404
        assert away(designer)[0] is None
    assert "Away from the bench" not in bench.get(LIST).content.decode()
    assert alices.get(page(Designer(pk=999_999))).status_code == 404


def test_the_shops_owner_sets_it_on_the_makers_page(
    owner: User, ines: Designer, logged_in: LogIn
) -> None:
    client = logged_in(owner)
    change = reverse("admin:designers_designer_change", args=[ines.pk])
    assert page(ines) in client.get(change).content.decode()
    answer = client.post(page(ines), days(3, 10))
    assert answer.headers["Location"] == change
    assert away(ines)[0] == localdate() + timedelta(3)


def test_an_editor_may(ines: Designer, logged_in: LogIn) -> None:
    client = logged_in(make_member(ines, role=Member.Role.EDITOR))
    assert client.post(page(ines), days(3, 10)).status_code == 302
