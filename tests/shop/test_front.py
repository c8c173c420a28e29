"""The owner chooses what stands on the first page; the shop shows it once it is kept."""

from collections.abc import Callable
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from catalog.models import Collection, Front, FrontPiece, Piece
from tests.catalog.pages import furnish
from tests.factories import make_collection, make_photo, make_piece

pytestmark = pytest.mark.django_db
PAGE, PREVIEW = reverse("admin:catalog_front_changelist"), reverse("admin:catalog_front_preview")
LEAD = 'id="lead"><a href="%s">'


@pytest.fixture
def olives(owner: User, logged_in: Callable[[User], Client]) -> Client:
    return logged_in(owner)


@pytest.fixture
def noon() -> Collection:
    """A second story beside Low Water, with two pieces that can be had."""
    shop = furnish(pieces=2, title="Low Water")
    told = make_collection(title="Noon", position=1, seen=make_photo(shop.designer))
    for title in ("Noon hoops", "Noon cuff", "Noon ring"):
        make_piece(collection=told, title=title)
    return told


def home() -> str:
    return Client().get("/").content.decode()


def typed(*stories: Collection, pieces: tuple[Piece, ...] = (), **more: str) -> dict[str, Any]:
    """The form with these in their order."""
    places = {f"story-{story.pk}": place for place, story in enumerate(stories, 1)}
    places |= {f"piece-{piece.pk}": place for place, piece in enumerate(pieces, 1)}
    return {**places, "piece": [piece.pk for piece in pieces], "opening": "", "heading": ""} | more


def test_another_story_stands_in_front_and_stays_there(olives: Client, noon: Collection) -> None:
    water = Collection.objects.get(title="Low Water")
    answer: Any = olives.post(PAGE, typed(noon, water, _keep="1"), follow=True)
    assert "The shop shows it now." in answer.text
    assert LEAD % noon.get_absolute_url() in home()
    # A newer one does not take its place, nor does one without an order.
    make_collection(title="Newest", seen=make_photo(noon.designer))
    assert LEAD % noon.get_absolute_url() in home()


def test_pieces_are_laid_before_the_newest(olives: Client, noon: Collection) -> None:
    ring, cuff = (Piece.objects.get(title=f"Noon {name}") for name in ("ring", "cuff"))
    olives.post(PAGE, typed(noon, pieces=(ring, cuff), heading="For December", _keep="1"))
    text = home()
    new = text[text.index('id="new"') : text.index('id="making"')]
    assert "For December" in new
    # They are of the story in front, and stand here all the same.
    assert new.index("Noon ring") < new.index("Noon cuff")
    ring.variants.update(stock=0)
    text = home()
    assert "Noon ring" not in text[text.index('id="new"') : text.index('id="making"')]
    assert "cannot be had now" in olives.get(PAGE).content.decode()


def test_the_opening_is_in_the_owners_words(olives: Client, noon: Collection) -> None:
    assert "Every piece here began" in home()
    olives.post(PAGE, typed(noon, opening="Look *first*. <b>Then</b> buy.", _keep="1"))
    assert "<p>Look <em>first</em>. &lt;b&gt;Then&lt;/b&gt; buy.</p>" in home()
    assert "Every piece here began" not in home()


def test_nothing_is_kept_before_it_is_said(olives: Client, noon: Collection) -> None:
    before = home()
    cuff = Piece.objects.get(title="Noon cuff")
    for act in ({"_add": cuff.pk}, {"_down_story": noon.pk}, {"_look": "1", "q": "Noon"}):
        said = typed(noon, opening="Typed so far.") | act
        assert "Typed so far." in olives.post(PAGE, said).content.decode()
    assert not Front.objects.filter(lead__isnull=False).exists()
    assert home() == before


def test_a_preview_shows_what_is_typed(olives: Client, noon: Collection) -> None:
    water = Collection.objects.get(title="Low Water")
    cuff = Piece.objects.get(title="Noon cuff")
    answer = olives.post(PREVIEW, typed(noon, water, pieces=(cuff,), opening="Look first."))
    text = answer.content.decode()
    assert LEAD % noon.get_absolute_url() in text
    assert "Look first." in text
    assert "Noon cuff" in text[text.index('id="new"') : text.index('id="making"')]
    assert answer.headers["X-Frame-Options"] == "SAMEORIGIN"
    assert LEAD % water.get_absolute_url() in olives.get(PREVIEW).content.decode()


def test_each_button_works_without_script(olives: Client, noon: Collection) -> None:
    water = Collection.objects.get(title="Low Water")
    hoops, cuff = (Piece.objects.get(title=f"Noon {name}") for name in ("hoops", "cuff"))

    def order(**act: Any) -> list[str]:
        form = olives.post(PAGE, typed(water, noon, pieces=(hoops, cuff)) | act).context["form"]
        return [story.title for story in form.stories] + [piece.title for piece in form.pieces]

    assert order() == ["Low Water", "Noon", "Noon hoops", "Noon cuff"]
    assert order(_up_story=noon.pk)[:2] == ["Noon", "Low Water"]
    assert order(_up_story=water.pk)[:2] == ["Low Water", "Noon"]
    assert order(_down_piece=hoops.pk)[2:] == ["Noon cuff", "Noon hoops"]
    assert order(_take=hoops.pk)[2:] == ["Noon cuff"]
    assert order(**{f"story-{noon.pk}": "0"})[:2] == ["Noon", "Low Water"]


@pytest.mark.parametrize(
    "act",
    [
        {"_add": "9" * 30},
        {"_add": "²"},
        {"piece": ["x", "7000"]},
        {"q": "\0" * 90, "_look": "1"},
        {"_up_story": "-1"},
    ],
)
def test_nonsense_is_left_out(act: dict[str, Any], olives: Client, noon: Collection) -> None:
    assert olives.post(PAGE, typed(noon) | act).status_code == 200


def test_too_many_words_are_told_and_kept_as_typed(olives: Client, noon: Collection) -> None:
    answer = olives.post(PAGE, typed(noon, opening="x" * 401, _keep="1"))
    assert answer.status_code == 400
    assert "x" * 401 in answer.content.decode()
    assert not Front.objects.exclude(opening="").exists()


def test_it_is_the_owners_alone(alice: User, logged_in: Callable[[User], Client]) -> None:
    client = logged_in(alice)
    for address in (PAGE, PREVIEW, reverse("admin:catalog_front_add")):
        assert client.get(address).status_code == 403
        assert client.post(address, {"_keep": "1"}).status_code == 403
    assert not FrontPiece.objects.exists()


def test_what_is_gone_since_is_left_out(olives: Client, noon: Collection) -> None:
    olives.post(PAGE, typed(noon, _keep="1"))
    Collection.objects.filter(pk=noon.pk).update(retired_at="2026-01-01T00:00Z", published_at=None)
    assert "Noon</a>" not in home()
    noon.pieces.all().delete()
    noon.delete()
    assert Front.objects.get().lead is None


def test_the_page_asks_the_same_for_many(olives: Client, noon: Collection) -> None:
    for _number in range(6):
        told = make_collection(seen=make_photo(noon.designer))
        make_piece(collection=told)
    olives.get(PAGE)
    with CaptureQueriesContext(connection) as asked:
        assert olives.get(PAGE).status_code == 200
    assert len(asked) <= 12
