"""Pieces in the workshop: the grid, the page of each, and stock that a sale never loses."""

from collections.abc import Callable

import pytest
from django.contrib.auth.models import User
from django.test import Client
from django.urls import reverse

from catalog import drafts
from catalog.models import Collection, Piece
from catalog.stock import Reserved, recount
from designers.models import Designer
from tests import factories as make
from tests.designers.forms import form_of

LogIn = Callable[[User], Client]
GRID = "admin:catalog_piece_changelist"


@pytest.fixture
def collection(ines: Designer) -> Collection:
    return make.make_collection(designer=ines)


@pytest.fixture
def ring(collection: Collection) -> Piece:
    return make.make_piece(collection=collection, title="Tidestone ring", stock=3, price=64_000)


@pytest.fixture
def press(alice: User, ring: Piece, logged_in: LogIn) -> Callable[..., Client]:
    """Sends the ring's page back with these fields changed; the answer's page."""
    client = logged_in(alice)
    url = reverse("admin:catalog_piece_change", args=[ring.pk])

    def send(sent: dict[str, object]) -> str:
        answer = client.post(url, form_of(client, url) | sent, follow=True)
        return answer.content.decode()

    return send  # type: ignore[return-value]


def grid_of(*pieces: Piece, **changes: object) -> dict[str, object]:
    sent: dict[str, object] = {
        "form-TOTAL_FORMS": len(pieces),
        "form-INITIAL_FORMS": len(pieces),
        "_save": "1",
    }
    for row, piece in enumerate(pieces):
        ready = piece.variants.get().stock
        sent |= {
            f"form-{row}-id": piece.pk,
            f"form-{row}-title": piece.title,
            f"form-{row}-price": str(piece.price // 100),
            f"form-{row}-lead_days": piece.lead_days,
            f"form-{row}-ready": ready,
            f"initial-form-{row}-ready": ready,
        }
    return sent | {name.replace("__", "-"): value for name, value in changes.items()}


def test_many_are_changed_at_once(
    alice: User, ring: Piece, collection: Collection, logged_in: LogIn
) -> None:
    other = make.make_piece(collection=collection)
    changed = grid_of(ring, other, form__0__price="1,480.50", form__1__title="Slipway ring")
    answer = logged_in(alice).post(reverse(GRID), changed | {"form-0-ready": 5})
    assert answer.status_code == 302
    ring.refresh_from_db()
    other.refresh_from_db()
    assert (ring.price, ring.variants.get().stock) == (148_050, 5)
    assert other.title == "Slipway ring"


def test_a_sale_between_looking_and_keeping_stays_a_sale(
    alice: User, ring: Piece, logged_in: LogIn
) -> None:
    sent = grid_of(ring) | {"form-0-ready": 5}  # saw 3, has made two more
    ring.variants.update(stock=2)  # one is sold meanwhile
    logged_in(alice).post(reverse(GRID), sent)
    assert ring.variants.get().stock == 4


def test_the_grid_never_takes_what_is_in_a_basket(
    alice: User, ring: Piece, logged_in: LogIn
) -> None:
    ring.variants.update(reserved=2)
    answer = logged_in(alice).post(reverse(GRID), grid_of(ring) | {"form-0-ready": 1})
    assert "2 of these are in baskets" in answer.content.decode()
    assert ring.variants.get().stock == 3


def test_a_basket_taken_after_the_check_wins(ring: Piece) -> None:
    size = ring.variants.get()
    ring.variants.update(reserved=3)
    with pytest.raises(Reserved):
        recount(size, was=3, now=2)
    assert ring.variants.get().stock == 3


@pytest.mark.parametrize("price", ["", "0", "-3", "abc", "12.3456", "999999999"])
def test_a_price_that_is_none_is_told_beside_its_field(
    price: str, alice: User, ring: Piece, logged_in: LogIn
) -> None:
    answer = logged_in(alice).post(reverse(GRID), grid_of(ring, form__0__price=price))
    assert answer.status_code == 200
    assert "Not kept yet" in answer.content.decode()
    ring.refresh_from_db()
    assert ring.price == 64_000


def test_measures_are_written_in_millimetres_and_grams(
    press: Callable[..., str], ring: Piece
) -> None:
    press({"length": "12,5", "height": "14", "weight": "11.2", "price": "640.50"})
    ring.refresh_from_db()
    assert (ring.length, ring.height, ring.weight, ring.price) == (1250, 1400, 11_200, 64_050)


def test_a_limited_edition_says_how_many(press: Callable[..., str], ring: Piece) -> None:
    text = press({"making": "limited", "summary": "Not lost."})
    assert "How many will there ever be?" in text
    assert "Not lost." in text


def test_a_size_gets_its_name_from_its_millimetres(press: Callable[..., str], ring: Piece) -> None:
    press(
        {
            "variants-1-size": "54.5",
            "variants-1-stock": "1",
            "variants-1-price_difference": "20",
            "variants-TOTAL_FORMS": 2,
        }
    )
    size = ring.variants.get(label="54.5")
    assert (size.size, size.stock, size.price_difference) == (5450, 1, 2000)


def test_the_same_size_twice_is_told(press: Callable[..., str], ring: Piece) -> None:
    ring.variants.update(label="54")
    text = press({"variants-1-label": "54", "variants-1-stock": "1"})
    assert "Two sizes have the same name" in text
    assert ring.variants.count() == 1


def test_a_size_cannot_cost_nothing(press: Callable[..., str], ring: Piece) -> None:
    text = press({"variants-0-price_difference": "-640"})
    assert "cost nothing" in text


def test_keeping_the_page_does_not_undo_a_hold(
    press: Callable[..., str], ring: Piece, monkeypatch: pytest.MonkeyPatch
) -> None:
    size = ring.variants.get()
    press({"variants-0-label": "52"})
    size.refresh_from_db()
    assert (size.label, size.stock, size.reserved) == ("52", 3, 0)


def test_the_same_material_twice_is_told(press: Callable[..., str], ring: Piece) -> None:
    silver = make.make_material()
    rows = {
        f"piece_materials-{row}-{name}": value
        for row in (0, 1)
        for name, value in {"role": "metal", "material": silver.pk}.items()
    }
    text = press(rows | {"piece_materials-TOTAL_FORMS": 2})
    assert "stands twice" in text
    drafts.drop(ring)
    press({"piece_materials-0-role": "metal", "piece_materials-0-material": silver.pk})
    assert ring.piece_materials.get().material == silver


def test_photographs_keep_their_words_and_order(
    press: Callable[..., str], ring: Piece, ines: Designer
) -> None:
    first = make.make_photo(ines, piece=ring, position=1)
    second = make.make_photo(ines, piece=ring, position=2)
    press({"photos-0-position": 2, "photos-1-position": 1, "photos-0-alt": "From behind."})
    first.refresh_from_db()
    assert first.alt == "From behind."
    assert list(ring.photos.order_by("position")) == [second, first]


def test_a_new_piece_is_a_draft_with_one_size(
    alice: User, collection: Collection, logged_in: LogIn
) -> None:
    sent = {
        "collection": collection.pk,
        "title": "Rope band",
        "kind": "ring",
        "making": "made_to_order",
        "price": "980",
    }
    answer = logged_in(alice).post(reverse("admin:catalog_piece_add"), sent, follow=True)
    piece = Piece.objects.get(title="Rope band")
    assert (piece.status, piece.slug, piece.price) == ("draft", "rope-band", 98_000)
    assert piece.variants.get().can_be_made
    assert "Rope band" in answer.content.decode()


def test_a_changed_piece_is_found_by_its_new_name(
    press: Callable[..., str],
    ring: Piece,
    django_capture_on_commit_callbacks: Callable[..., object],
) -> None:
    with django_capture_on_commit_callbacks(execute=True):  # type: ignore[attr-defined]
        press({"title": "Kelp ring"})
    ring.refresh_from_db()
    assert "kelp" in ring.search_text


@pytest.mark.parametrize("lacks", ["photo", "scale", "alt", "origin", "size", "nonsense"])
def test_the_grid_finds_what_lacks(
    lacks: str, alice: User, ring: Piece, ines: Designer, logged_in: LogIn
) -> None:
    make.make_photo(ines, piece=ring, alt="")
    answer = logged_in(alice).get(reverse(GRID), {"lacks": lacks})
    found = ring.title in answer.content.decode()
    assert found == (lacks in {"scale", "alt", "nonsense"})
