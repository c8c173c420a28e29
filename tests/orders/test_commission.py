"""The commission of a maker: the owner sets it, and what was ordered before keeps its own."""

from collections.abc import Callable

import pytest
from django.contrib.auth.models import User
from django.test import Client
from django.urls import reverse

from designers.models import Designer
from orders.models import OrderLine
from tests.designers.forms import form_of
from tests.factories import make_collection, make_piece
from tests.orders.builders import basket_of, begin

pytestmark = pytest.mark.django_db


def test_another_one_holds_for_new_orders_alone(
    owner: User, ines: Designer, logged_in: Callable[[User], Client]
) -> None:
    client = logged_in(owner)
    ring, cuff = (
        make_piece(collection=make_collection(designer=ines), price=100_000) for _piece in range(2)
    )
    begin(basket_of(ring))

    page = reverse("admin:designers_designer_change", args=[ines.pk])
    sent = form_of(client, page)
    assert sent["commission_basis_points"] == "18"
    client.post(page, sent | {"commission_basis_points": "12.5"})
    ines.refresh_from_db()
    assert ines.commission_basis_points == 1_250
    begin(basket_of(cuff))

    found = OrderLine.objects.order_by("pk").values_list("commission_basis_points", "commission")
    assert list(found) == [(1_800, 18_000), (1_250, 12_500)]


def test_it_stands_in_the_list_of_makers(
    owner: User, ines: Designer, alice: User, logged_in: Callable[[User], Client]
) -> None:
    text = logged_in(owner).get(reverse("admin:designers_designer_changelist")).content.decode()
    assert "18 %" in text
