"""The owner answers while the maker acts, in real threads, on whichever database runs."""

from functools import partial

import pytest
from django.contrib.auth.models import User
from django.db import transaction

from catalog import publishing
from catalog.models import Collection, Publication, Review, StoryBlock
from designers.models import Designer
from tests import factories as make
from tests.orders.test_races import kinds, together

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.race]
UNREAD = "Something nobody has read."


@pytest.fixture
def review(ines: Designer, alice: User) -> Review:
    Designer.objects.filter(pk=ines.pk).update(is_trusted=False)
    collection = make.make_collection(designer=ines, published=False)
    make.make_shown_piece(collection=collection)
    collection.seen = make.make_photo(ines)
    collection.save()
    return publishing.ask(Collection.objects.get(pk=collection.pk), by=alice)


def approve(review: Review, owner: User) -> None:
    publishing.approve(Review.objects.get(pk=review.pk), by=owner, revision=review.revision)


def withdraw(review: Review, alice: User) -> None:
    publishing.withdraw(Collection.objects.get(pk=review.collection_id), by=alice)


def write(review: Review, alice: User) -> None:
    """As the collection's page does: under the collection's row, and only what may go in."""
    collection = Collection.objects.get(pk=review.collection_id)
    with transaction.atomic():
        publishing.begin_change(collection)
        if publishing.waits_for_review(collection, alice):
            raise publishing.Overtaken("kept beside it")
        StoryBlock.objects.filter(collection=collection).update(text=UNREAD)
        publishing.changed(collection, by=alice)


def test_of_many_answers_one_counts(review: Review, owner: User) -> None:
    send_back = partial(publishing.send_back, review, by=owner, reason="Which metal?")
    results = together([partial(approve, review, owner)] * 3 + [send_back] * 3)
    assert kinds(results) == {"NoneType": 1, "Overtaken": 5}
    review.refresh_from_db()
    state = Collection.objects.get().state
    assert (review.answer, state) in {("approved", "live"), ("returned", "returned")}
    assert Publication.objects.count() == (review.answer == "approved")


def test_approved_or_taken_back_never_both(review: Review, owner: User, alice: User) -> None:
    results = together([partial(approve, review, owner), partial(withdraw, review, alice)] * 3)
    assert kinds(results) == {"NoneType": 1, "Overtaken": 5}
    review.refresh_from_db()
    state = Collection.objects.get().state
    assert (review.answer, state) in {("approved", "live"), ("withdrawn", "draft")}


def test_what_nobody_read_never_goes_in(review: Review, owner: User, alice: User) -> None:
    together([partial(approve, review, owner), partial(write, review, alice)] * 4)
    collection = Collection.objects.get()
    written = collection.blocks.filter(text=UNREAD).exists()
    if collection.state == "live":
        assert not written
        assert UNREAD not in str(collection.publications.get().snapshot)
    else:
        review.refresh_from_db()
        assert collection.state == "review"
        assert written
        assert UNREAD in str(review.snapshot)


def test_of_many_who_ask_one_does(review: Review, alice: User) -> None:
    withdraw(review, alice)
    collection = Collection.objects.get()
    results = together([partial(publishing.ask, collection, by=alice)] * 4)
    assert kinds(results) == {"Review": 1, "Overtaken": 3}
    assert Review.objects.open().count() == 1
