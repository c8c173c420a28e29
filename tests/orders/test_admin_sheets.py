"""Papers of one parcel or of several: who reads what on them."""

from collections.abc import Callable
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.test import Client
from django.urls import reverse

from designers.models import Designer
from orders.models import Parcel
from tests.factories import make_collection, make_order, make_piece

pytestmark = pytest.mark.django_db
SHEETS = reverse("admin:orders_parcel_sheets")


@pytest.fixture
def alices(alice: User, logged_in: Callable[[User], Client]) -> Client:
    return logged_in(alice)


def a_parcel(designer: Designer, title: str, **columns: Any) -> Parcel:
    order = make_order(
        make_piece(collection=make_collection(designer=designer), title=title), name="Bea Sousa"
    )
    order.parcels.update(**columns)
    return order.parcels.get()


@pytest.mark.parametrize("paper", ["bench", "slip"])
def test_those_that_were_ticked_are_printed_at_once(
    paper: str, alices: Client, ines: Designer
) -> None:
    first, second, other = (a_parcel(ines, title) for title in ("Tide ring", "Cuff", "Brooch"))
    asked: dict[str, Any] = {"parcel": [first.pk, second.pk], "paper": paper}
    answer: Any = alices.get(SHEETS, asked)
    assert answer.status_code == 200
    assert answer.text.count('class="sheet"') == 2
    assert first.order.number in answer.text
    assert second.order.number in answer.text
    assert other.order.number not in answer.text


def test_a_foreign_one_among_them_is_not_found(
    alices: Client, ines: Designer, henrik: Designer
) -> None:
    mine, theirs = a_parcel(ines, "Tide ring"), a_parcel(henrik, "Secret cuff")
    answer: Any = alices.get(SHEETS, {"parcel": [mine.pk, theirs.pk]})
    assert answer.status_code == 404
    assert "Secret" not in answer.text


@pytest.mark.parametrize("asked", [{}, {"parcel": "x"}, {"parcel": "9" * 30}])
def test_without_a_tick_it_says_what_to_do(asked: dict[str, str], alices: Client) -> None:
    answer: Any = alices.get(SHEETS, asked, follow=True)
    assert "Tick the parcels first." in answer.text


def test_a_presents_slip_has_the_note_and_no_price(alices: Client, ines: Designer) -> None:
    parcel = a_parcel(
        ines, "Tide ring", hide_prices=True, gift_note="For the forty-third year.", maker_note="Hi."
    )
    parcel.order.name = "Beatriz Sousa"
    parcel.order.save()
    answer: Any = alices.get(reverse("admin:orders_parcel_slip", args=[parcel.pk]))
    assert "For Beatriz" in answer.text
    assert "For the forty-third year." in answer.text
    for hidden in ("€", "1,100", "mara@example.com", "Paid on", "Price"):
        assert hidden not in answer.text


def test_asking_for_many_asks_the_database_no_more(
    alices: Client, ines: Designer, django_assert_max_num_queries: Any
) -> None:
    parcels = [a_parcel(ines, f"Ring {number}").pk for number in range(6)]
    asked: dict[str, Any] = {"parcel": parcels, "paper": "bench"}
    with django_assert_max_num_queries(8):
        assert alices.get(SHEETS, asked).status_code == 200
