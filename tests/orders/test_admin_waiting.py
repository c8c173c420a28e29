"""The workshop says how many wait for a piece, and to its own makers alone; never who."""

from collections.abc import Callable

import pytest
from django.contrib.auth.models import User
from django.test import Client
from django.urls import reverse

from designers.models import Designer
from orders.models import Waiting
from tests.factories import make_collection, make_piece
from tests.orders.builders import only_variant
from tests.orders.test_waiting import in_line

pytestmark = pytest.mark.django_db


def test_a_maker_sees_how_many_wait_for_their_own(
    alice: User, bob: User, ines: Designer, henrik: Designer, logged_in: Callable[[User], Client]
) -> None:
    piece = make_piece(collection=make_collection(designer=ines), stock=0)
    in_line(only_variant(piece), "mara", "jonas")
    Waiting.objects.create(variant=only_variant(piece), email="unconfirmed@example.com")
    address = reverse("admin:catalog_piece_change", args=[piece.pk])

    page = logged_in(alice).get(address).text
    assert "2 people wait for it to return." in page
    assert "@example.com" not in page.replace("bench-", "")
    assert logged_in(bob).get(address).status_code == 404
