"""Live availability for public pages: everybody's words, and "held for you"."""

import pytest
from django.test import Client

from catalog.models import Piece
from tests.factories import make_piece, make_variant

pytestmark = pytest.mark.django_db


def browser() -> Client:
    return Client(headers={"Sec-Fetch-Site": "same-origin"})


def ask(client: Client, *pieces: Piece, more: str = "") -> dict[str, dict[str, object]]:
    ids = ",".join(str(piece.pk) for piece in pieces)
    answer = client.get(f"/pieces/availability/?ids={ids}{more}")
    assert answer.status_code == 200
    assert answer.headers["Cache-Control"] == "private, no-store"
    found: dict[str, dict[str, object]] = answer.json()
    return found


def test_each_piece_has_its_state_and_words() -> None:
    free, sold = make_piece(), make_piece(stock=0)
    made = make_piece(making=Piece.Making.MADE_TO_ORDER, lead_days=21)
    told = ask(Client(), free, sold, made)
    assert [told[str(piece.pk)]["state"] for piece in (free, sold, made)] == [
        "available",
        "sold",
        "made",
    ]
    assert told[str(made.pk)]["word"] == "made by Inês for you in 3 weeks"
    assert told[str(sold.pk)]["in_lists"] == "sold – ask for a sister piece"


def test_what_one_holds_oneself_is_yours() -> None:
    client, piece = browser(), make_piece()
    client.post("/cart/", {"variant": piece.variants.get().pk})
    mine = ask(client, piece)[str(piece.pk)]
    theirs = ask(Client(), piece)[str(piece.pk)]
    assert (mine["yours"], theirs["yours"]) == (True, False)
    assert str(mine["word"]).startswith("held for you until")
    assert str(theirs["word"]).startswith("in a basket until")


def test_sizes_are_told_when_they_are_asked_for() -> None:
    client, piece = browser(), make_piece()
    small = piece.variants.get()
    large = make_variant(piece, label="56")
    client.post("/cart/", {"variant": small.pk})
    told = ask(client, piece, more="&sizes")[str(piece.pk)]["sizes"]
    assert isinstance(told, dict)
    assert [told[str(v.pk)]["yours"] for v in (small, large)] == [True, False]
    assert told[str(large.pk)]["state"] == "available"


def test_drafts_and_unknown_ids_are_left_out() -> None:
    draft = make_piece(status=Piece.Status.DRAFT)
    assert Client().get(f"/pieces/availability/?ids={draft.pk},987654321").json() == {}


@pytest.mark.parametrize(
    "query",
    ["", "ids=", "ids=a", "ids=1,", "ids=-1", "ids=1%00", "ids=²", "ids=" + "9" * 19]
    + ["ids=" + ",".join("1" * 61)],
)
def test_rubbish_is_a_bad_request(query: str) -> None:
    assert Client().get(f"/pieces/availability/?{query}").status_code == 400


def test_sixty_ids_take_as_many_queries_as_one(django_assert_max_num_queries: object) -> None:
    client = browser()
    pieces = [make_piece() for _number in range(8)]
    client.post("/cart/", {"variant": pieces[0].variants.get().pk})
    with django_assert_max_num_queries(4):  # type: ignore[operator]
        ask(client, *pieces, more="&sizes")
