"""What the house reads of a change is compared with what shoppers see now."""

from typing import Any

import pytest
from django.contrib.auth.models import User

from catalog import publishing, review_told
from catalog.models import Collection, Piece, Review
from designers.models import Designer
from tests import factories as make

pytestmark = pytest.mark.django_db


@pytest.fixture
def low_water(ines: Designer, owner: User) -> Collection:
    """Published with a ring at 1,100, then its maker is under review."""
    collection = make.make_collection(designer=ines, published=False, title="Low Water")
    make.make_shown_piece(collection=collection, title="Harbour Lamp")
    collection.seen = make.make_photo(ines)
    collection.save()
    publishing.publish(collection, by=owner)
    Designer.objects.update(is_trusted=False)
    return Collection.objects.get(pk=collection.pk)


def lines(review: Review) -> dict[str, tuple[str, str]]:
    (told,) = review_told.told(Review.objects.filter(pk=review.pk))
    found = [change.difference for change in told.changes]
    return {one.label: (_plain(one.before), _plain(one.after)) for one in found}


def _plain(words: object) -> str:
    return str(words).replace("\N{NO-BREAK SPACE}", " ")


def change(piece: Piece, **columns: Any) -> None:
    for name, value in columns.items():
        setattr(piece, name, value)
    piece.save()


def test_a_price_the_house_has_changed_since_is_the_old_one(
    low_water: Collection, alice: User
) -> None:
    piece = low_water.pieces.get()
    change(piece, price=120_000)  # by the owner, in the grid
    new = make.make_shown_piece(collection=low_water, status="waiting", title="New ring")
    review = publishing.ask(low_water, by=alice)
    assert "Harbour Lamp, price" not in lines(review)
    assert "New ring, a new piece" in lines(review)
    new.delete()


def test_a_piece_that_waits_here_tells_what_it_cost_elsewhere(
    low_water: Collection, alice: User, owner: User
) -> None:
    high = make.make_collection(designer=low_water.designer, published=False, title="High Water")
    make.make_shown_piece(collection=high)
    high.seen = low_water.seen
    high.save()
    publishing.publish(high, by=owner)
    piece = low_water.pieces.get()
    change(piece, collection=high, status="waiting", price=99_900)
    told = lines(publishing.ask(Collection.objects.get(pk=high.pk), by=alice))
    assert told["Harbour Lamp"] == ("in Low Water", "in High Water")
    assert told["Harbour Lamp, price"] == ("1,100 €", "999 €")


def test_once_answered_it_still_tells_what_it_was_asked_for(
    low_water: Collection, alice: User, owner: User
) -> None:
    make.make_shown_piece(collection=low_water, status="waiting", title="New ring")
    review = publishing.ask(low_water, by=alice)
    before = lines(review)
    publishing.approve(review, by=owner, revision=review.revision)
    assert lines(review) == before
    assert before
