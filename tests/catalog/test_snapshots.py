"""A collection is taken down as plain JSON, compared word by word, and put back."""

from typing import Any

import pytest

from catalog import snapshots
from catalog.models import Collection, Pin, StoryBlock
from tests.factories import make_collection, make_inspiration, make_photo, make_piece, make_variant

pytestmark = pytest.mark.django_db


@pytest.fixture
def low_water() -> Collection:
    collection = make_collection(title="Low Water", inspiration=make_inspiration(name="Tide"))
    ring = make_piece(collection=collection, title="Harbour Lamp")
    photo = make_photo(collection.designer, piece=ring, alt="Two rings on sand.")
    collection.seen = photo
    collection.became = ring
    collection.save()
    block = StoryBlock.objects.create(
        collection=collection, kind="hotspot", photo=photo, position=2
    )
    Pin.objects.create(block=block, piece=ring, x=40, y=30, position=1)
    return collection


def changes(before: Any, collection: Collection) -> dict[str, str]:
    found = snapshots.differences(before, snapshots.taken(collection))
    return {difference.label: str(difference.as_html).strip() for difference in found}


def test_nothing_changed_is_no_difference(low_water: Collection) -> None:
    assert changes(snapshots.taken(low_water), low_water) == {}


def test_stock_is_no_difference(low_water: Collection) -> None:
    before = snapshots.taken(low_water)
    low_water.pieces.get().variants.update(stock=7)
    assert changes(before, low_water) == {}


def test_a_word_in_a_text(low_water: Collection) -> None:
    before = snapshots.taken(low_water)
    low_water.blocks.filter(kind="text").update(text="At seven the harbour is <empty>.")
    told = changes(before, low_water)
    assert told == {
        "Text 1": "At <del>six</del> <ins>seven</ins> the harbour is "
        "<del>empty.</del> <ins>&lt;empty&gt;.</ins>"
    }


def test_a_price_says_by_how_much(low_water: Collection) -> None:
    before = snapshots.taken(low_water)
    low_water.pieces.update(price=112_860)
    (price,) = snapshots.differences(before, snapshots.taken(low_water))
    assert (price.label, price.before, price.after) == (
        "Harbour Lamp, price",
        "1,100\N{NO-BREAK SPACE}€",
        "1,128.60\N{NO-BREAK SPACE}€",
    )
    assert price.remark == "2.6 per cent more"


def test_blocks_that_came_went_and_moved(low_water: Collection) -> None:
    before = snapshots.taken(low_water)
    text, hotspot = low_water.blocks.order_by("position")
    StoryBlock.objects.filter(pk=text.pk).update(position=5)
    StoryBlock.objects.create(collection=low_water, kind="quote", text="Handled.", position=3)
    assert set(changes(before, low_water)) == {"Quotation 2", "Order of the story"}
    hotspot.delete()
    assert "<del>" in changes(before, low_water)["Photograph with pins 2"]


def test_sizes_photographs_and_new_pieces(low_water: Collection) -> None:
    before = snapshots.taken(low_water)
    ring = low_water.pieces.get()
    make_variant(ring, label="54", can_be_made=True)
    ring.photos.update(alt="One ring on sand.")
    make_piece(collection=low_water, title="Rope band")
    told = changes(before, low_water)
    assert told["Harbour Lamp, on the telephone"].startswith("<del>Two rings</del> <ins>One ring")
    assert "54" in told["Harbour Lamp, sizes"]
    assert "Rope band, a new piece" in told


def test_a_first_version_is_all_new(low_water: Collection) -> None:
    told = changes(None, low_water)
    assert told["Title"] == "<ins>Low Water</ins>"
    assert "Harbour Lamp, a new piece" in told


def test_put_back_as_it_was(low_water: Collection) -> None:
    before = snapshots.taken(low_water)
    low_water.title = "High Water"
    low_water.save()
    low_water.blocks.filter(kind="text").delete()
    Pin.objects.update(x=90)
    StoryBlock.objects.create(collection=low_water, kind="quote", text="New.", position=3)
    assert snapshots.put_back(low_water, before) == []
    low_water.refresh_from_db()
    assert low_water.title == "Low Water"
    after = snapshots.taken(low_water)
    assert [block["kind"] for block in after["blocks"]] == ["text", "hotspot"]
    assert changes(before, low_water) == {}


def test_what_is_gone_is_left_empty_and_named(low_water: Collection) -> None:
    before = snapshots.taken(low_water)
    low_water.pieces.get().photos.all().delete()
    ring = low_water.pieces.get()
    ring.variants.all().delete()
    ring.delete()
    assert snapshots.put_back(low_water, before) == ["Two rings on sand.", "Harbour Lamp"]
    low_water.refresh_from_db()
    assert low_water.seen is None
    assert not Pin.objects.exists()
