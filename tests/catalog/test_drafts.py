"""What is typed waits beside what the shop shows, whole or not, until somebody puts it in."""

from collections.abc import Callable
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.http import QueryDict
from django.test import Client
from django.urls import reverse

from catalog import drafts
from catalog.models import Collection, Draft, Piece, Version
from designers.models import Designer
from tests import factories as make
from tests.designers.forms import form_of

LogIn = Callable[[User], Client]


@pytest.fixture
def live(ines: Designer) -> Collection:
    """In the shop, with a block of text and a piece."""
    collection = make.make_collection(designer=ines, title="Low Water")
    collection.seen = make.make_photo(ines, collection=collection)
    collection.save()
    make.make_shown_piece(collection=collection, title="Tidestone ring", price=64_000, stock=3)
    return collection


@pytest.fixture
def client(alice: User, logged_in: LogIn) -> Client:
    return logged_in(alice)


def page_of(thing: Collection | Piece, page: str = "change") -> str:
    return reverse(f"admin:catalog_{thing._meta.model_name}_{page}", args=[thing.pk])


def press(client: Client, thing: Collection | Piece, **sent: Any) -> Any:
    """Send the page back with these fields, and the button pressed."""
    url = page_of(thing)
    names = {name.replace("__", "-"): value for name, value in sent.items()}
    return client.post(url, seen_of(client, url) | names, follow=True)


def seen_of(client: Client, url: str) -> dict[str, Any]:
    return form_of(client, url) | {"_seen": client.get(url).context["seen"]}


def test_the_shop_shows_the_old_words_until_they_are_put_in(
    client: Client, live: Collection
) -> None:
    text = press(client, live, title="High Water", _continue="1").content.decode()
    live.refresh_from_db()
    assert live.title == "Low Water"
    assert "Draft kept at" in text
    assert "The shop still shows" in text
    assert 'value="High Water"' in text
    press(client, live, _publish="1")
    live.refresh_from_db()
    assert live.title == "High Water"
    assert not Draft.objects.exists()


def test_a_block_added_to_what_is_live_waits_with_its_words(
    client: Client, live: Collection
) -> None:
    press(client, live, _add="quote")
    assert live.blocks.count() == 1
    press(client, live, blocks__1__text="I look.", blocks__1__attribution="Inês", _continue="1")
    press(client, live, _up="new-0")
    assert live.blocks.count() == 1
    press(client, live, _publish="1")
    told = list(live.blocks.order_by("position").values_list("kind", "text"))
    assert told == [("quote", "I look."), ("text", "At six the harbour is empty.")]


def test_a_removed_block_stays_in_the_shop_and_can_be_fetched_back(
    client: Client, live: Collection
) -> None:
    block = live.blocks.get()
    text = press(client, live, _remove=block.pk).content.decode()
    assert "Bring back" in text
    assert live.blocks.count() == 1
    press(client, live, _restore=block.pk)
    assert not Draft.objects.exists()
    press(client, live, _remove=block.pk)
    press(client, live, _add="text")
    press(client, live, blocks__1__text="Anew.", _publish="1")
    assert list(live.blocks.values_list("text", flat=True)) == ["Anew."]


def test_what_does_not_validate_is_kept_and_says_why(client: Client, live: Collection) -> None:
    sent = seen_of(client, page_of(live)) | {"title": "", "year": "soon", "teaser": "x" * 500}
    answer = client.post(page_of(live, "draft"), sent)
    assert answer.status_code == 200
    assert "Draft kept at" in answer.json()["said"]
    text = client.get(page_of(live)).content.decode()
    assert 'value="soon"' in text
    assert "x" * 500 in text
    assert "This field is required." in text
    text = press(client, live, _publish="1").content.decode()
    live.refresh_from_db()
    assert live.title == "Low Water"
    assert 'value="soon"' in text


def test_autosave_of_a_draft_writes_beside_it_too(client: Client, ines: Designer) -> None:
    draft = make.make_collection(designer=ines, published=False, title="Ebb")
    sent = seen_of(client, page_of(draft)) | {"title": "Flo"}
    client.post(page_of(draft, "draft"), sent)
    draft.refresh_from_db()
    assert draft.title == "Ebb"
    assert 'value="Flo"' in client.get(page_of(draft)).content.decode()
    press(client, draft, _continue="1")
    draft.refresh_from_db()
    assert draft.title == "Flo"


def test_typing_back_what_it_was_leaves_no_draft(client: Client, live: Collection) -> None:
    press(client, live, title="High Water", _continue="1")
    press(client, live, title="Low Water", _continue="1")
    assert not Draft.objects.exists()


def test_an_old_draft_never_puts_back_a_price_or_a_stock(
    client: Client, live: Collection, alice: User
) -> None:
    ring = live.pieces.get()
    press(client, ring, summary="Of the tide.", variants__0__stock="5", _continue="1")
    Piece.objects.filter(pk=ring.pk).update(price=70_000)
    ring.variants.update(stock=2)  # one of three was sold meanwhile
    text = client.get(page_of(ring)).content.decode()
    assert 'value="700"' in text
    drafts.put_in(ring, alice)
    ring.refresh_from_db()
    assert (ring.summary, ring.price, ring.variants.get().stock) == ("Of the tide.", 70_000, 4)


def test_a_piece_in_the_shop_is_changed_by_putting_it_in(client: Client, live: Collection) -> None:
    ring = live.pieces.get()
    press(client, ring, summary="Of the tide.", _continue="1")
    ring.refresh_from_db()
    assert ring.summary == ""
    press(client, ring, _put_in="1")
    ring.refresh_from_db()
    assert ring.summary == "Of the tide."


def test_who_waits_for_a_review_puts_nothing_in(client: Client, live: Collection) -> None:
    Designer.objects.update(is_trusted=False)
    ring = live.pieces.get()
    for thing, button in ((live, "_publish"), (ring, "_put_in"), (live, "x"), (ring, "x")):
        press(client, thing, title="Unread", **{button: "1"})
        thing.refresh_from_db()
        assert thing.title != "Unread"
    assert Draft.objects.count() == 2


def test_the_second_of_two_is_told_and_loses_nothing(
    client: Client, live: Collection, ines: Designer, logged_in: LogIn
) -> None:
    carla = logged_in(make.make_member(ines, "carla"))
    hers = seen_of(carla, page_of(live)) | {"title": "Neap"}
    press(client, live, title="High Water", _continue="1")
    answer = carla.post(page_of(live, "draft"), hers)
    assert answer.status_code == 409
    assert "alice kept a draft" in answer.json()["said"]
    page = carla.post(page_of(live), hers | {"_continue": "1"})
    assert "Alice kept a draft" in page.content.decode()
    assert 'value="Neap"' in page.content.decode()
    assert Draft.objects.get().answers["fields"]["title"]["is"] == ["High Water"]
    carla.post(page_of(live), hers | {"_seen": page.context["seen"], "_continue": "1"})
    assert Draft.objects.get().answers["fields"]["title"]["is"] == ["Neap"]
    aside = Version.objects.get(kind="aside")
    assert aside.answers["fields"]["title"]["is"] == ["High Water"]


def test_what_went_live_meanwhile_is_told(
    client: Client, live: Collection, ines: Designer, logged_in: LogIn
) -> None:
    hers = seen_of(client, page_of(live)) | {"title": "Neap"}
    carla = logged_in(make.make_member(ines, "carla"))
    press(carla, live, standfirst="Anew.", _publish="1")
    answer = client.post(page_of(live, "draft"), hers)
    assert answer.status_code == 409
    assert "carla changed it" in answer.json()["said"]


def test_a_dropped_draft_stays_among_the_versions(client: Client, live: Collection) -> None:
    press(client, live, title="High Water", _continue="1")
    assert "leave the page" in client.get(page_of(live, "drop")).content.decode()
    client.post(page_of(live, "drop"))
    assert not Draft.objects.exists()
    assert Version.objects.get().kind == "aside"


@pytest.mark.parametrize(
    "sent",
    [
        {},
        {"blocks-TOTAL_FORMS": "x"},
        {"blocks-TOTAL_FORMS": "-1", "blocks-INITIAL_FORMS": "9"},
        {"blocks-TOTAL_FORMS": "2", "blocks-INITIAL_FORMS": "0", "blocks-0-kind": "carousel"},
        {"blocks-TOTAL_FORMS": "1", "blocks-INITIAL_FORMS": "1", "blocks-0-id": "x"},
        {"blocks-TOTAL_FORMS": "999999", "blocks-INITIAL_FORMS": "0"},
        {"seen": "x", "inspiration": "999", "other_inspirations": ["x", "7"]},
        {"_seen": "x.y", "title": "\x00"},
    ],
)
def test_no_form_breaks_it(sent: dict[str, Any], client: Client, live: Collection) -> None:
    for page in ("draft", "preview", "change"):
        for act in ({}, {"_add": "pair"}, {"_up": "new-0"}, {"_remove": "x"}, {"_pin-x.x": "1"}):
            assert client.post(page_of(live, page), sent | act).status_code in {200, 302, 409}
    assert client.get(page_of(live)).status_code == 200


def test_the_editor_asks_little_however_long_the_story(
    client: Client, live: Collection, django_assert_max_num_queries: Any
) -> None:
    photo = make.make_photo(live.designer, collection=live)
    piece = live.pieces.get()
    for place in range(14):
        kind = ["text", "pair", "beside", "photograph", "hotspot", "quote", "piece_line"][place % 7]
        block = live.blocks.create(kind=kind, position=place, photo=photo, piece=piece)
        if kind == "hotspot":
            block.pins.create(piece=piece, x=1, y=2)
    press(client, live, title="", _add="hotspot")
    press(client, piece, title="", _continue="1")
    for thing in (live, piece):
        with django_assert_max_num_queries(12):
            answer = client.get(page_of(thing))
        assert len(answer.content) < 150_000


def test_keeping_says_nothing_of_a_thing_that_is_gone(alice: User, live: Collection) -> None:
    data = QueryDict("title=Ebb")
    ring = live.pieces.get()
    drafts.keep(ring, data, alice)
    ring.variants.all().delete()
    ring.delete()
    assert not Draft.objects.exists()
