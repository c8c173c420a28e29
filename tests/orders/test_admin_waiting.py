"""The workshop says how many wait for a piece, and to its own makers alone; never who."""

from collections.abc import Callable

import pytest
from django.contrib.auth.models import User
from django.test import Client
from django.urls import reverse

from designers.models import Designer
from orders import holds
from orders.models import Hold, Waiting
from orders.scarce import waiting
from tests.factories import make_collection, make_piece
from tests.orders.builders import only_variant
from tests.orders.test_holds import counts, let_lapse
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


def test_the_owner_alone_sees_who_and_deletes_an_address(
    alice: User, owner: User, logged_in: Callable[[User], Client]
) -> None:
    ring = only_variant(make_piece())
    (row,) = in_line(ring, "mara")
    waiting.serve(ring.pk)
    page = reverse("admin:orders_waiting_changelist")
    one = reverse("admin:orders_waiting_change", args=[row.pk])
    assert logged_in(alice).get(page).status_code in {403, 404}
    assert logged_in(alice).get(one).status_code in {403, 404}

    olives = logged_in(owner)
    assert "mara@example.com" in olives.get(page).text
    assert olives.get(one).status_code == 200
    olives.post(reverse("admin:orders_waiting_delete", args=[row.pk]), {"post": "yes"})
    assert not Waiting.objects.exists()
    # What was kept for them lapses by the clock, like any hold.
    let_lapse(Hold.objects.get())
    holds.release_lapsed()
    assert counts(ring) == (1, 0)
