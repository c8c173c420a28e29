"""The grid of pieces: what was typed is kept or told, whatever others do to the rows meanwhile."""

from collections.abc import Callable
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from catalog.admin.grid_page import GridPage
from catalog.models import Collection, Piece
from designers.models import Designer
from tests import factories as make

LogIn = Callable[[User], Client]
GRID = "admin:catalog_piece_changelist"


@pytest.fixture
def collection(ines: Designer) -> Collection:
    return make.make_collection(designer=ines)


@pytest.fixture
def ring(collection: Collection) -> Piece:
    return make.make_piece(
        collection=collection,
        title="Tidestone ring",
        making=Piece.Making.STOCKED,
        stock=3,
        price=64_000,
    )


@pytest.fixture
def other(collection: Collection) -> Piece:
    return make.make_piece(collection=collection, title="Slipway ring", price=58_000)


@pytest.fixture
def desk(alice: User, logged_in: LogIn) -> Client:
    return logged_in(alice)


def rows(client: Client) -> dict[str, Any]:
    """The grid as its page would send it back."""
    formset = client.get(reverse(GRID)).context["cl"].formset
    sent: dict[str, Any] = {"_save": "1"}
    for form in (formset.management_form, *formset.forms):
        for field in form:
            shown = field.value()
            prepare = getattr(field.field, "prepare_value", lambda value: value)
            sent[field.html_name] = "" if shown is None else prepare(shown)
            if field.field.show_hidden_initial:
                sent[field.html_initial_name] = sent[field.html_name]
    return sent


def test_an_error_stands_at_its_row_and_nothing_typed_is_lost(
    desk: Client, ring: Piece, other: Piece
) -> None:
    sent = rows(desk) | {"form-0-price": "none", "form-1-title": "Kelp ring"}
    text = desk.post(reverse(GRID), sent).content.decode()
    assert "This is not an amount" in text
    assert 'value="none"' in text
    assert 'value="Kelp ring"' in text


def test_one_row_that_is_wrong_keeps_all_others_back(
    desk: Client, ring: Piece, other: Piece
) -> None:
    desk.post(reverse(GRID), rows(desk) | {"form-0-price": "0", "form-1-price": "700"})
    other.refresh_from_db()
    assert other.price == 58_000


def test_what_somebody_else_changed_is_told_and_kept_at_the_second_press(
    desk: Client, ring: Piece
) -> None:
    sent = rows(desk) | {"form-0-price": "700"}
    Piece.objects.update(price=66_000)
    answer = desk.post(reverse(GRID), sent)
    text = answer.content.decode()
    assert "Somebody has made it “660” since you looked" in text
    assert 'value="700"' in text
    ring.refresh_from_db()
    assert ring.price == 66_000
    again = sent | {"initial-form-0-price": "660"}
    assert 'name="initial-form-0-price" value="660"' in text
    assert desk.post(reverse(GRID), again).status_code == 302
    ring.refresh_from_db()
    assert ring.price == 70_000


def test_a_field_nobody_touched_is_left_as_somebody_else_made_it(desk: Client, ring: Piece) -> None:
    sent = rows(desk) | {"form-0-price": "700"}
    Piece.objects.update(title="Renamed meanwhile")
    desk.post(reverse(GRID), sent)
    ring.refresh_from_db()
    assert (ring.title, ring.price) == ("Renamed meanwhile", 70_000)


@pytest.fixture
def just_then(monkeypatch: pytest.MonkeyPatch) -> Callable[[Callable[[], object]], None]:
    """``just_then(act)``: somebody does that once the rows are checked, before they are kept."""
    save = GridPage._save_formset  # type: ignore[attr-defined]

    def arrange(act: Callable[[], object]) -> None:
        acts = [act]

        def saved(*args: Any) -> None:
            if acts:
                acts.pop()()
            save(*args)

        monkeypatch.setattr(GridPage, "_save_formset", saved)

    return arrange


def test_a_change_between_checking_and_keeping_undoes_all_and_is_told(
    desk: Client, ring: Piece, other: Piece, just_then: Callable[..., None]
) -> None:
    sent = rows(desk) | {"form-0-price": "700", "form-1-price": "600"}
    just_then(lambda: Piece.objects.filter(pk=other.pk).update(price=61_000))
    text = desk.post(reverse(GRID), sent).content.decode()
    assert "Somebody has made it “610” since you looked" in text
    assert 'value="600"' in text
    ring.refresh_from_db()
    assert ring.price == 64_000


def test_a_basket_between_checking_and_keeping_is_told_at_its_row(
    desk: Client, ring: Piece, just_then: Callable[..., None]
) -> None:
    sent = rows(desk) | {"form-0-ready": "1", "form-0-title": "Kelp ring"}
    just_then(lambda: ring.variants.update(reserved=2))
    text = desk.post(reverse(GRID), sent).content.decode()
    assert "2 of these are in baskets" in text
    ring.refresh_from_db()
    assert (ring.title, ring.variants.get().stock) == ("Tidestone ring", 3)


def test_a_piece_that_is_gone_meanwhile_takes_nothing_else_along(
    desk: Client, ring: Piece, other: Piece
) -> None:
    sent = rows(desk) | {"form-0-price": "700", "form-1-price": "none"}
    ring.variants.all().delete()
    ring.delete()
    text = desk.post(reverse(GRID), sent).content.decode()
    assert "is not here any more" in text
    assert 'value="none"' in text
    assert desk.post(reverse(GRID), sent | {"form-1-price": "600"}).status_code == 302
    other.refresh_from_db()
    assert other.price == 60_000


@pytest.mark.parametrize("count", ["", "-1", "many", "99999999", "3"])
def test_a_form_that_is_none_is_no_error(count: str, desk: Client, ring: Piece) -> None:
    sent = rows(desk) | {"form-TOTAL_FORMS": count}
    assert desk.post(reverse(GRID), sent).status_code < 500


@pytest.mark.parametrize(("sold", "left"), [(1, 4), (2, 3)])
def test_stock_changes_by_the_difference_to_what_was_seen(
    sold: int, left: int, desk: Client, ring: Piece
) -> None:
    sent = rows(desk) | {"form-0-ready": "5"}  # saw three, has made two more
    ring.variants.update(stock=3 - sold)
    assert desk.post(reverse(GRID), sent).status_code == 302
    assert ring.variants.get().stock == left


def test_a_run_in_a_row_makes_its_sizes(desk: Client, ring: Piece) -> None:
    ring.variants.update(label="52", size=5200)
    sent = rows(desk)
    assert sent["form-0-sizes"] == "52"
    answer = desk.post(reverse(GRID), sent | {"form-0-sizes": "50-54"}, follow=True)
    assert "has new sizes: 50, 51, 53, 54" in answer.content.decode()
    assert list(ring.variants.values_list("label", flat=True)) == ["50", "51", "52", "53", "54"]
    assert ring.variants.get(label="52").stock == 3


@pytest.mark.parametrize(
    ("words", "told"),
    [("fifty", "Not understood yet"), ("58-50", "smaller size"), ("50-54", "One of a kind")],
)
def test_a_run_that_cannot_be_is_told_in_its_row(
    words: str, told: str, desk: Client, ring: Piece
) -> None:
    if told == "One of a kind":
        Piece.objects.update(making=Piece.Making.ONE_OF_A_KIND)
    text = desk.post(reverse(GRID), rows(desk) | {"form-0-sizes": words}).content.decode()
    assert told in text
    assert f'value="{words}"' in text


def test_before_an_act_what_was_typed_is_kept(desk: Client, ring: Piece) -> None:
    sent = rows(desk) | {"form-0-title": "Kelp ring", "index": "0", "action": "together_price"}
    del sent["_save"]
    answer = desk.post(reverse(GRID), sent | {"_selected_action": ring.pk})
    assert "/together/?act=price" in answer["Location"]
    ring.refresh_from_db()
    assert ring.title == "Kelp ring"


def test_an_act_waits_for_what_cannot_be_kept(desk: Client, ring: Piece) -> None:
    sent = rows(desk) | {"form-0-price": "0", "index": "0", "action": "together_price"}
    del sent["_save"]
    text = desk.post(reverse(GRID), sent | {"_selected_action": ring.pk}).content.decode()
    assert "Not kept yet" in text
    assert f'value="{ring.pk}" checked' in text


def test_fifty_rows_are_a_light_page_of_few_questions(
    desk: Client, collection: Collection, ines: Designer
) -> None:
    for number in range(52):
        piece = make.make_piece(
            collection=collection,
            title=f"Harbour Lamp ring {number}",
            material_line="18 ct white gold, Ceylon sapphire",
        )
        make.make_photo(ines, piece=piece, alt="")
    desk.get(reverse(GRID))
    with CaptureQueriesContext(connection) as asked:
        answer = desk.get(reverse(GRID))
    assert len(asked) <= 12
    assert len(answer.content) < 150_000


def test_the_page_of_a_piece_asks_no_more_for_many_sizes(
    desk: Client, ring: Piece, ines: Designer
) -> None:
    url = reverse("admin:catalog_piece_change", args=[ring.pk])
    for size in range(50, 62):
        make.make_variant(ring, label=str(size), size=size * 100)
        make.make_photo(ines, piece=ring, alt="")
    for _number in range(4):
        ring.piece_materials.create(material=make.make_material(), claims=["recycled"])
    desk.get(url)
    with CaptureQueriesContext(connection) as asked:
        answer = desk.get(url)
    assert len(asked) <= 12
    assert len(answer.content) < 150_000
