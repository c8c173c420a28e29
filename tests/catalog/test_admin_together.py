"""One act on many pieces: shown before it is done, done to all or to none."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from django.contrib.admin.models import LogEntry
from django.contrib.auth.models import User
from django.test import Client
from django.urls import reverse

from catalog.admin import together
from catalog.models import Collection, Piece
from catalog.prices import UNPRICED
from designers.models import Designer, Member
from tests import factories as make

LogIn = Callable[[User], Client]


@pytest.fixture
def collection(ines: Designer) -> Collection:
    return make.make_collection(designer=ines)


@pytest.fixture
def rings(collection: Collection) -> list[Piece]:
    return [
        make.make_piece(collection=collection, price=price, making=Piece.Making.STOCKED)
        for price in (64_000, 98_050)
    ]


@pytest.fixture
def desk(alice: User, logged_in: LogIn) -> Client:
    return logged_in(alice)


def asked(act: str, pieces: list[Piece], **said: Any) -> dict[str, Any]:
    return {"act": act, "piece": [piece.pk for piece in pieces], **said}


def show(client: Client, act: str, pieces: list[Piece], **said: Any) -> Any:
    url = reverse("admin:catalog_piece_together")
    return client.get(url, asked(act, pieces, **said))


def do(client: Client, act: str, pieces: list[Piece], **said: Any) -> Any:
    """What the page shows, sent back: with what was seen of each piece."""
    shown = show(client, act, pieces, **said).context["rows"]
    seen = {f"seen-{row.piece.pk}": row.seen for row in shown}
    return client.post(
        reverse("admin:catalog_piece_together"), asked(act, pieces, **said) | seen, follow=True
    )


PRICES = [
    ("percent", "8", 100, (69_100, 105_900)),
    ("percent", "-10", 500, (57_500, 88_000)),
    ("percent", "+7.5", 1, (68_800, 105_404)),
    ("amount", "25", 1, (66_500, 100_550)),
    ("amount", "−40.50", 1_000, (60_000, 94_000)),
]


@pytest.mark.parametrize(("by", "change", "rounding", "prices"), PRICES)
def test_prices_are_shown_rounded_before_they_are_changed(
    by: str,
    change: str,
    rounding: int,
    prices: tuple[int, int],
    desk: Client,
    rings: list[Piece],
) -> None:
    said = {"by": by, "change": change, "rounding": rounding}
    shown = show(desk, "price", rings, **said).context["rows"]
    assert tuple(row.new for row in shown) == prices
    assert [piece.price for piece in Piece.objects.order_by("pk")] == [64_000, 98_050]
    do(desk, "price", rings, **said)
    assert tuple(piece.price for piece in Piece.objects.order_by("pk")) == prices
    assert LogEntry.objects.filter(change_message__contains="Change the price").count() == 2


@pytest.mark.parametrize("change", ["", "much", "-100", "99999999999", "1e5", "8%%%x"])
def test_a_change_that_is_none_changes_nothing(
    change: str, desk: Client, rings: list[Piece]
) -> None:
    said = {"by": "percent", "change": change, "rounding": 100}
    assert do(desk, "price", rings, **said).status_code == 200
    assert [piece.price for piece in Piece.objects.order_by("pk")] == [64_000, 98_050]


def test_one_that_cannot_be_keeps_all_others_back(desk: Client, rings: list[Piece]) -> None:
    Piece.objects.filter(pk=rings[1].pk).update(price=UNPRICED)
    answer = do(desk, "price", rings, by="percent", change="8", rounding=100)
    assert "It has no price yet" in answer.content.decode()
    rings[0].refresh_from_db()
    assert rings[0].price == 64_000


def test_what_was_changed_since_it_was_shown_is_shown_again(
    desk: Client, rings: list[Piece]
) -> None:
    said = {"by": "percent", "change": "8", "rounding": 100}
    seen = {f"seen-{piece.pk}": piece.price for piece in rings}
    Piece.objects.filter(pk=rings[1].pk).update(price=1_00)
    answer = desk.post(
        reverse("admin:catalog_piece_together"), asked("price", rings, **said) | seen
    )
    assert "Somebody changed it since it was shown" in answer.content.decode()
    assert {piece.price for piece in Piece.objects.all()} == {64_000, 1_00}


def test_what_is_changed_just_then_undoes_all_of_it(
    desk: Client, rings: list[Piece], monkeypatch: pytest.MonkeyPatch
) -> None:
    act = together.ACTS["lead"]
    fails = replace(
        act, write=lambda piece, seen, new: piece != rings[1] and act.write(piece, seen, new)
    )
    monkeypatch.setitem(together.ACTS, "lead", fails)
    answer = do(desk, "lead", rings, lead_days="9")
    assert "Somebody changed it just now" in answer.content.decode()
    assert not Piece.objects.filter(lead_days=9).exists()


def test_a_write_names_what_was_seen(rings: list[Piece]) -> None:
    write = together.ACTS["price"].write
    assert not write(rings[0], 1, 70_000)
    assert write(rings[0], 64_000, 70_000)


def test_lead_time_status_and_collection_are_set(
    desk: Client, rings: list[Piece], ines: Designer
) -> None:
    elsewhere = make.make_collection(designer=ines)
    do(desk, "lead", rings, lead_days="10")
    do(desk, "status", rings, status="retired")
    do(desk, "collection", rings, collection=elsewhere.pk)
    told = Piece.objects.values_list("lead_days", "status", "collection")
    assert set(told) == {(10, "retired", elsewhere.pk)}


def test_a_run_is_made_of_each(desk: Client, rings: list[Piece]) -> None:
    rings[0].variants.update(label="51", size=5100)
    do(desk, "sizes", rings, run="50-52")
    for piece in rings:
        labels = set(piece.variants.exclude(label="").values_list("label", flat=True))
        assert labels == {"50", "51", "52"}


def test_copies_are_named_before_they_are_made(desk: Client, rings: list[Piece]) -> None:
    text = show(desk, "copy", rings).content.decode()
    assert f"{rings[0].title} (copy)" in text
    assert Piece.objects.count() == 2
    do(desk, "copy", rings)
    assert Piece.objects.filter(title__endswith="(copy)", status="draft").count() == 2


def test_a_single_copy_leads_to_its_page(desk: Client, rings: list[Piece]) -> None:
    answer = do(desk, "copy", rings[:1])
    copy = Piece.objects.get(title__endswith="(copy)")
    assert answer.redirect_chain[0][0] == (
        reverse("admin:catalog_piece_change", args=[copy.pk]) + "?copied=1"
    )
    assert 'data-field="id_title"' in answer.content.decode()


def test_what_lacks_a_must_is_not_shown(desk: Client, rings: list[Piece]) -> None:
    Piece.objects.update(status="draft")
    answer = do(desk, "status", rings, status="live")
    assert "It must have first: a photograph" in answer.content.decode()
    assert not Piece.objects.filter(status="live").exists()


def test_a_foreign_piece_is_not_found(desk: Client, rings: list[Piece], henrik: Designer) -> None:
    foreign = make.make_piece(collection=make.make_collection(designer=henrik), title="Secret ring")
    for act in together.ACTS:
        for pieces in ([foreign], [*rings, foreign]):
            assert show(desk, act, pieces).status_code == 404
            url = reverse("admin:catalog_piece_together")
            assert desk.post(url, asked(act, pieces, lead_days=1)).status_code == 404


def test_a_foreign_collection_is_not_a_choice(
    desk: Client, rings: list[Piece], henrik: Designer
) -> None:
    foreign = make.make_collection(designer=henrik, title="Secret Fjord")
    answer = do(desk, "collection", rings, collection=foreign.pk)
    assert "Secret" not in answer.content.decode()
    assert not foreign.pieces.exists()


@pytest.mark.parametrize("sent", [{}, {"act": "price"}, {"act": "none", "piece": "1"}])
def test_an_act_on_nothing_is_not_found(sent: dict[str, str], desk: Client) -> None:
    assert desk.get(reverse("admin:catalog_piece_together"), sent).status_code == 404


def test_who_only_reads_has_no_acts(rings: list[Piece], ines: Designer, logged_in: LogIn) -> None:
    client = logged_in(make.make_member(ines, role=Member.Role.BENCH))
    assert show(client, "lead", rings).status_code == 403
    grid = client.get(reverse("admin:catalog_piece_changelist")).content.decode()
    assert "With the ticked ones" not in grid
