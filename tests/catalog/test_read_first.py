"""What the house reads first is one rule: the same change is treated alike on every page.

Each way of writing is tried on a piece that stands so or so; what shoppers would see of it then
says whether the change counted at once or is read first (refused, or kept beside).
"""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.test import Client
from django.urls import reverse
from django.utils.timezone import now

from catalog import standing
from catalog.models import Collection, Piece
from designers.models import Designer
from tests import factories as make
from tests.catalog import tables
from tests.catalog.test_admin_grid import GRID, rows
from tests.catalog.test_admin_together import do
from tests.designers.forms import form_of

pytestmark = pytest.mark.django_db
LogIn = Callable[[User], Client]
# What each field gets, as the piece's page and a table say it.
TYPED = {"title": "Kelp ring", "price": "700", "lead_days": "9", "stock": "4", "sizes": "61 mm"}
READ_FIRST = {"title", "price", "sizes"}


def on_its_page(client: Client, piece: Piece) -> set[str]:
    """All of it together: each field goes its own way."""
    address = reverse("admin:catalog_piece_change", args=[piece.pk])
    typed = {**TYPED, "variants-0-stock": TYPED["stock"], "run": TYPED["sizes"], "_save": "1"}
    assert client.post(address, form_of(client, address) | typed).status_code == 302
    return set(TYPED)


def in_the_grid(client: Client, piece: Piece) -> set[str]:
    """A row in which something is refused is not kept: what may be and what may not, apart."""
    for some in ({"title", "price"}, {"lead_days"}, {"stock"}):
        typed = {f"form-0-{'ready' if n == 'stock' else n}": TYPED[n] for n in some}
        client.post(reverse(GRID), rows(client) | typed)
    return {"title", "price", "lead_days", "stock"}


def by_acts_on_many(client: Client, piece: Piece) -> set[str]:
    do(client, "price", [piece], by="amount", change="60", rounding="100")
    do(client, "lead", [piece], lead_days=TYPED["lead_days"])
    do(client, "sizes", [piece], run=TYPED["sizes"])
    return {"price", "lead_days", "sizes"}


def by_a_table(client: Client, piece: Piece) -> set[str]:
    free = {"lead_days": "days to make one", "stock": "ready"}
    for some in (free, {"title": "title", "price": "price", "sizes": "sizes"}):
        cells = {column: TYPED[name] for name, column in some.items()}
        answer = tables.look(client, [{"address": piece.slug, **cells}], piece.designer)
        tables.take_over(client, answer)
    return set(TYPED)


def stands(piece: Piece) -> dict[str, Any]:
    """What shoppers see of it."""
    fresh = Piece.objects.get(pk=piece.pk)
    sizes = list(fresh.variants.order_by("pk"))
    columns = {name: getattr(fresh, name) for name in ("title", "price", "lead_days")}
    return columns | {"stock": sizes[0].stock, "sizes": len(sizes)}


@pytest.fixture
def ring(ines: Designer) -> Piece:
    Designer.objects.update(is_trusted=False)
    collection = make.make_collection(designer=ines)
    ring = make.make_shown_piece(collection=collection, making="stocked", price=64_000)
    ring.variants.update(label="52", size=5_200)
    return ring


@pytest.mark.parametrize("status", ["live", "retired", "waiting"])
@pytest.mark.parametrize("way", [on_its_page, in_the_grid, by_acts_on_many, by_a_table])
def test_the_same_change_is_treated_alike(
    way: Callable[[Client, Piece], set[str]],
    status: str,
    ring: Piece,
    alice: User,
    logged_in: LogIn,
) -> None:
    Piece.objects.update(status=status)
    before = stands(ring)
    tried = way(logged_in(alice), ring)
    after = stands(ring)
    counted = {name for name in before if before[name] != after[name]}
    assert counted == (tried if status == "waiting" else tried - READ_FIRST)


OUT = {"published_at": None}
TO_COME = {"published_at": now() + timedelta(days=3)}
GONE = {"retired_at": now()}
RULE: list[tuple[dict[str, Any], str, str, str, bool]] = [
    # The collection, the piece's status, the field and what it gets: whether it is read first.
    (OUT, "live", "title", "", False),
    (TO_COME, "live", "title", "", True),
    (GONE, "live", "title", "", True),
    (GONE, "live", "lead_days", "", False),
    ({}, "draft", "title", "", False),
    ({}, "draft", "status", "live", True),
    ({}, "live", "status", "retired", False),  # taking away needs no leave
    ({}, "live", "status", "draft", True),
    ({}, "retired", "status", "live", True),
    ({}, "live", "sku", "", False),
    (OUT, "draft", "status", "live", False),
]


@pytest.mark.parametrize(("columns", "status", "field", "value", "is_read"), RULE)
def test_the_rule(
    columns: dict[str, Any],
    status: str,
    field: str,
    value: str,
    is_read: bool,
    ring: Piece,
    alice: User,
    owner: User,
) -> None:
    Collection.objects.update(**columns)
    Piece.objects.update(status=status)
    piece = Piece.objects.get()
    assert standing.is_read_first(piece, alice, field, value) is is_read
    assert not standing.is_read_first(piece, owner, field, value)


def test_a_shown_piece_is_retired_at_once_on_every_way(
    ring: Piece, alice: User, logged_in: LogIn
) -> None:
    client = logged_in(alice)
    address = reverse("admin:catalog_piece_change", args=[ring.pk])
    ways: list[Callable[[], Any]] = [
        lambda: client.post(address, form_of(client, address) | {"status": "retired"}),
        lambda: client.post(address, form_of(client, address) | {"_retire": "1"}),
        lambda: do(client, "status", [ring], status="retired"),
    ]
    for way in ways:
        Piece.objects.update(status="live", archived_at=None)
        way()
        ring.refresh_from_db()
        assert ring.status == "retired"
        assert ring.archived_at


def test_what_lacks_a_must_is_not_shown_on_any_way(
    ring: Piece, owner: User, logged_in: LogIn
) -> None:
    draft = make.make_piece(collection=ring.collection, status="draft")
    client = logged_in(owner)
    address = reverse("admin:catalog_piece_change", args=[draft.pk])
    sent = form_of(client, address) | {"status": "live", "title": "Typed ring", "_save": "1"}
    answer = client.post(address, sent, follow=True)
    assert "It must have first: a photograph" in answer.text
    assert "Typed ring" in answer.text  # nothing typed is lost
    do(client, "status", [draft], status="live")
    draft.refresh_from_db()
    assert draft.status == "draft"
    Collection.objects.update(published_at=None)  # asked for as its collection is published
    do(client, "status", [draft], status="live")
    draft.refresh_from_db()
    assert draft.status == "live"
