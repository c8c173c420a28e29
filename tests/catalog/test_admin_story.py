"""The collection's page: each button keeps the form first, then does its one act."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.contrib.admin.models import LogEntry
from django.contrib.auth.models import User
from django.test import Client
from django.urls import reverse
from django.utils.timezone import localtime, now

from catalog import musts
from catalog.models import Collection, Pin, StoryBlock
from designers.models import Designer
from tests import factories as make
from tests.designers.forms import form_of

LogIn = Callable[[User], Client]


@pytest.fixture
def draft(ines: Designer) -> Collection:
    """A draft with three blocks of text, ready to be published."""
    collection = make.make_collection(designer=ines, published=False, title="Low Water")
    for place in (2, 3):
        StoryBlock.objects.create(collection=collection, position=place, text=f"Text {place}")
    collection.blocks.filter(position=0).update(position=1, text="Text 1")
    make.make_photo(ines, piece=make.make_piece(collection=collection))
    collection.seen = make.make_photo(ines, collection=collection)
    collection.save()
    return collection


@pytest.fixture
def page(alice: User, draft: Collection, logged_in: LogIn) -> Callable[..., str]:
    """``page(_up=…)`` presses that button of the page; tells where it goes on."""
    client = logged_in(alice)
    url = reverse("admin:catalog_collection_change", args=[draft.pk])

    def press(**sent: object) -> str:
        names = {name.replace("__dot__", "."): value for name, value in sent.items()}
        answer = client.post(url, form_of(client, url) | names)
        if answer.status_code == 302:
            return str(answer["Location"])
        return answer.content.decode()

    return press


def texts(collection: Collection) -> list[str]:
    return list(collection.blocks.order_by("position", "pk").values_list("text", flat=True))


def test_up_and_down_move_a_block_and_keep_what_was_typed(
    page: Callable[..., str], draft: Collection
) -> None:
    last = draft.blocks.get(text="Text 3")
    went_on = page(_up=last.pk, title="High Water")
    assert went_on.endswith(f"#block-{last.pk}")
    assert texts(draft) == ["Text 1", "Text 3", "Text 2"]
    page(_down=last.pk)
    assert texts(draft) == ["Text 1", "Text 2", "Text 3"]
    draft.refresh_from_db()
    assert draft.title == "High Water"


def test_the_first_goes_no_higher(page: Callable[..., str], draft: Collection) -> None:
    page(_up=draft.blocks.get(text="Text 1").pk)
    assert texts(draft) == ["Text 1", "Text 2", "Text 3"]


def test_blocks_carried_by_hand_are_laid_in_their_order(
    page: Callable[..., str], draft: Collection
) -> None:
    page(**{"blocks-0-position": 3, "blocks-1-position": 1, "blocks-2-position": 2})
    assert texts(draft) == ["Text 2", "Text 3", "Text 1"]


@pytest.mark.parametrize("kind", StoryBlock.Kind.values)
def test_each_kind_of_block_is_added_below_and_opened(
    kind: str, page: Callable[..., str], draft: Collection
) -> None:
    went_on = page(_add=kind)
    block = draft.blocks.order_by("position").last()
    assert block is not None
    assert block.kind == kind
    assert f"block={block.pk}" in went_on


def test_an_unknown_kind_adds_nothing(page: Callable[..., str], draft: Collection) -> None:
    page(_add="carousel")
    assert draft.blocks.count() == 3


def test_removing_leaves_the_others_in_their_places(
    page: Callable[..., str], draft: Collection
) -> None:
    page(_remove=draft.blocks.get(text="Text 2").pk)
    assert texts(draft) == ["Text 1", "Text 3"]
    assert [block.position for block in draft.blocks.order_by("position")] == [1, 2]


def test_a_press_on_the_photograph_pins_the_next_piece(
    page: Callable[..., str], draft: Collection
) -> None:
    photo = make.make_photo(draft.designer)  # 1200 × 1500, shown 300 × 375
    block = StoryBlock.objects.create(collection=draft, kind="hotspot", position=4, photo=photo)
    page(**{f"_pin-{block.pk}__dot__x": 150, f"_pin-{block.pk}__dot__y": 75})
    pin = Pin.objects.get(block=block)
    assert (pin.x, pin.y, pin.piece) == (50, 20, draft.pieces.get())


def test_pins_are_put_right_and_taken_out(page: Callable[..., str], draft: Collection) -> None:
    block = StoryBlock.objects.create(collection=draft, kind="hotspot", position=4)
    pin = Pin.objects.create(block=block, piece=draft.pieces.get(), x=10, y=10)
    page(**{"blocks-3-pins-0-x": 40})
    pin.refresh_from_db()
    assert pin.x == 40
    assert "blocks-3-pins-0-x" in page(**{"blocks-3-pins-0-x": 140})
    page(**{"blocks-3-pins-0-DELETE": "on"})
    assert not block.pins.exists()


def test_publishing_at_once(page: Callable[..., str], draft: Collection) -> None:
    page(_publish="1", when="now", title="High Water")
    draft.refresh_from_db()
    assert draft.state == "live"
    assert draft.title == "High Water"


def test_publishing_at_a_time_to_come(page: Callable[..., str], draft: Collection) -> None:
    then = localtime(now() + timedelta(days=3)).replace(second=0, microsecond=0)
    page(_publish="1", when="then", at=then.strftime("%Y-%m-%dT%H:%M"))
    draft.refresh_from_db()
    assert draft.state == "scheduled"
    assert draft.published_at == then


@pytest.mark.parametrize("at", ["", "tomorrow", "2020-01-01T08:00", "2026-13-45T99:99"])
def test_a_time_that_cannot_be_keeps_the_draft_and_says_so(
    at: str, page: Callable[..., str], draft: Collection, alice: User, logged_in: LogIn
) -> None:
    page(_publish="1", when="then", at=at, title="High Water")
    draft.refresh_from_db()
    assert draft.state == "draft"
    assert draft.title == "High Water"


def test_every_gap_is_named_and_nothing_typed_is_lost(
    draft: Collection, alice: User, logged_in: LogIn
) -> None:
    client = logged_in(alice)
    url = reverse("admin:catalog_collection_change", args=[draft.pk])
    sent = form_of(client, url) | {"standfirst": "", "seen": "", "title": "High Water"}
    text = client.post(url, sent | {"_publish": "1"}, follow=True).content.decode()
    draft.refresh_from_db()
    assert draft.state == "draft"
    assert draft.title == "High Water"
    gaps = musts.gaps(draft)
    assert len(gaps) == 2
    for gap in gaps:
        assert gap in text


def test_taking_it_out_of_the_shop(page: Callable[..., str], draft: Collection) -> None:
    Collection.objects.filter(pk=draft.pk).update(published_at=now())
    page(_unpublish="1")
    draft.refresh_from_db()
    assert draft.state == "draft"


def test_an_error_shows_the_form_again_as_it_was_typed(page: Callable[..., str]) -> None:
    text = page(title="", standfirst="What nobody must lose.", _publish="1")
    assert "What nobody must lose." in text
    assert "Kept, but not whole yet" in text


def test_the_address_is_made_from_the_title_and_kept_once_published(
    alice: User, ines: Designer, logged_in: LogIn
) -> None:
    make.make_collection(slug="low-water")
    client = logged_in(alice)
    sent = {"designer": ines.pk, "title": "Low Water", "standfirst": "x"}
    client.post(reverse("admin:catalog_collection_add"), sent)
    collection = Collection.objects.get(title="Low Water", designer=ines)
    assert collection.slug == "low-water-2"
    collection.published_at = now()
    collection.save()
    url = reverse("admin:catalog_collection_change", args=[collection.pk])
    client.post(url, form_of(client, url) | {"slug": "other", "title": "Ebb"})
    collection.refresh_from_db()
    assert (collection.title, collection.slug) == ("Ebb", "low-water-2")


def test_changes_that_shoppers_see_drop_the_kept_pages(
    page: Callable[..., str],
    django_capture_on_commit_callbacks: Callable[..., object],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    forgotten: list[bool] = []
    monkeypatch.setattr("shop.public_pages.forget", lambda: forgotten.append(True))
    with django_capture_on_commit_callbacks(execute=True):  # type: ignore[attr-defined]
        page(title="High Water")
    assert forgotten


def test_text_that_nobody_touched_is_not_changed(
    page: Callable[..., str], draft: Collection
) -> None:
    block = draft.blocks.get(text="Text 1")
    StoryBlock.objects.filter(pk=block.pk).update(text="One.\n\nTwo.")
    page(**{"blocks-0-text": "One.\r\n\r\nTwo."})
    block.refresh_from_db()
    assert block.text == "One.\n\nTwo."
    last = LogEntry.objects.first()
    assert last is None or "Text" not in last.get_change_message()
