"""What the workshop says when a rate is saved: which overlap, and where a parcel cannot go."""

from collections.abc import Callable
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.test import Client
from django.urls import reverse

from designers.models import Designer
from orders.models import ShippingRate
from orders.post import rate_remarks
from tests.factories import make_rate

pytestmark = pytest.mark.django_db
ADD = reverse("admin:orders_shippingrate_add")


def test_one_rate_for_everywhere_needs_no_remark() -> None:
    assert rate_remarks.remarks(make_rate()) == []


def test_two_alike_are_told() -> None:
    make_rate(name="Letter post", countries="EU")
    rate = make_rate(countries="EU GB")

    told = rate_remarks.remarks(rate)[0]
    assert told.startswith("Letter post is for the EU too")


def test_a_zone_and_one_of_its_countries_do_not_overlap() -> None:
    make_rate()
    make_rate(countries="EU")

    assert rate_remarks.remarks(make_rate(countries="MT")) == []


def test_tiers_do_not_overlap_but_the_last_ends() -> None:
    make_rate(up_to=50_000)
    rate = make_rate(up_to=200_000)

    assert rate_remarks.remarks(rate) == [
        "Nothing worth more than 2,000\xa0€ is posted to every country: there the last tier ends."
    ]
    make_rate()
    assert rate_remarks.remarks(rate) == []


def test_where_no_rate_leads_is_told_with_the_houses_counted(ines: Designer) -> None:
    own = make_rate(designer=ines, countries="EU")
    assert rate_remarks.remarks(own) == [
        "No rate is for Andorra, Australia, Canada, Hong Kong and 16 more: nothing is posted there."
    ]
    make_rate()
    assert rate_remarks.remarks(own) == []


def test_anothers_rates_are_nobodys_business(ines: Designer, henrik: Designer) -> None:
    make_rate(designer=henrik)

    assert rate_remarks.remarks(make_rate(designer=ines)) == []


def test_one_out_of_use_is_not_looked_at() -> None:
    assert rate_remarks.remarks(make_rate(countries="IE", is_active=False)) == []


def test_a_maker_is_told_on_saving(
    alice: User, ines: Designer, logged_in: Callable[[User], Client]
) -> None:
    fields: dict[str, Any] = {
        "designer": ines.pk,
        "name": "Correio",
        "countries": "eu, ch",
        "amount": "9.50",
        "free_from": "",
        "up_to": "500",
        "days": "3",
        "is_active": "on",
    }
    page = logged_in(alice).post(ADD, fields, follow=True).text

    rate = ShippingRate.objects.get()
    assert (rate.countries, rate.up_to) == ("EU CH", 50_000)
    assert "Nothing worth more than 500\xa0€ is posted to the EU and Switzerland" in page
    assert "No rate is for Andorra" in page


def test_insuring_nothing_is_refused(
    alice: User, ines: Designer, logged_in: Callable[[User], Client]
) -> None:
    fields = {"designer": ines.pk, "name": "x", "amount": "1", "days": "3", "up_to": "0"}
    page = logged_in(alice).post(ADD, fields).text

    assert "whatever it is worth" in page
    assert not ShippingRate.objects.exists()
