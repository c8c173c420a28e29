"""Into the shop and out of it: who may, what is asked for, and what the house answers."""

from datetime import timedelta

import pytest
from django.contrib.auth.models import User
from django.core import mail
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import IntegrityError, transaction
from django.utils.timezone import now

from catalog import musts, publishing, review_letters, standing
from catalog.models import Collection, Piece, Review, StoryBlock
from designers.models import Designer
from shop.letters import Letter
from tests import factories as make


@pytest.fixture
def under_review(ines: Designer) -> Designer:
    ines.is_trusted = False
    ines.save()
    return ines


@pytest.fixture
def low_water(under_review: Designer) -> Collection:
    """A draft of a maker under review, with nothing missing."""
    collection = make.make_collection(designer=under_review, published=False, title="Low Water")
    make.make_shown_piece(collection=collection, title="Harbour Lamp")
    collection.seen = make.make_photo(under_review)
    collection.save()
    return collection


def state_of(collection: Collection) -> str:
    return Collection.objects.get(pk=collection.pk).state


def approved(collection: Collection, alice: User, owner: User) -> Collection:
    review = publishing.ask(collection, by=alice)
    return publishing.approve(review, by=owner, revision=review.revision)


def test_a_maker_under_review_cannot_publish(low_water: Collection, alice: User) -> None:
    with pytest.raises(PermissionDenied):
        publishing.publish(low_water, by=alice)
    assert state_of(low_water) == "draft"


def test_a_trusted_maker_publishes_and_what_was_shown_is_kept(
    low_water: Collection, alice: User
) -> None:
    low_water.designer.is_trusted = True
    publishing.publish(low_water, by=alice)
    assert state_of(low_water) == "live"
    shown = low_water.publications.get()
    assert shown.snapshot["fields"]["title"] == "Low Water"
    assert shown.by == alice


def test_asked_approved_live(low_water: Collection, alice: User, owner: User) -> None:
    review = publishing.ask(low_water, by=alice)
    assert state_of(low_water) == "review"
    assert not Collection.objects.published().exists()
    publishing.approve(review, by=owner, revision=review.revision)
    assert state_of(low_water) == "live"
    review.refresh_from_db()
    assert (review.answer, review.answered_by) == ("approved", owner)


def test_asked_for_a_day_to_come_it_is_scheduled(
    low_water: Collection, alice: User, owner: User
) -> None:
    then = now() + timedelta(days=3)
    review = publishing.ask(low_water, by=alice, at=then)
    publishing.approve(review, by=owner, revision=review.revision)
    low_water.refresh_from_db()
    assert (low_water.state, low_water.published_at) == ("scheduled", then)


def test_approved_after_its_day_it_is_live_at_once(
    low_water: Collection, alice: User, owner: User
) -> None:
    review = publishing.ask(low_water, by=alice, at=now() + timedelta(days=3))
    Review.objects.update(publish_at=now() - timedelta(hours=1))
    review.refresh_from_db()
    publishing.approve(review, by=owner, revision=review.revision)
    low_water.refresh_from_db()
    assert low_water.state == "live"
    assert low_water.published_at
    assert low_water.published_at > now() - timedelta(minutes=1)


def test_each_gap_is_named_and_nothing_is_asked(low_water: Collection, alice: User) -> None:
    Collection.objects.update(standfirst="", seen=None)
    low_water.refresh_from_db()
    with pytest.raises(ValidationError) as refused:
        publishing.ask(low_water, by=alice)
    assert refused.value.messages == musts.gaps(low_water)
    assert len(musts.gaps(low_water)) == 2
    assert state_of(low_water) == "draft"
    assert not Review.objects.exists()


def test_one_open_review_at_a_time(low_water: Collection, alice: User) -> None:
    review = publishing.ask(low_water, by=alice)
    with pytest.raises(publishing.Overtaken):
        publishing.ask(low_water, by=alice)
    with pytest.raises(IntegrityError), transaction.atomic():
        Review.objects.create(collection=low_water, snapshot=review.snapshot, revision=1)


def test_sent_back_with_a_reason_and_asked_again(
    low_water: Collection, alice: User, owner: User
) -> None:
    review = publishing.ask(low_water, by=alice)
    with pytest.raises(ValidationError):
        publishing.send_back(review, by=owner, reason="  ")
    publishing.send_back(review, by=owner, reason="Which metal?")
    assert state_of(low_water) == "returned"
    low_water.refresh_from_db()
    again = publishing.ask(low_water, by=alice)
    publishing.approve(again, by=owner, revision=again.revision)
    assert state_of(low_water) == "live"
    assert [one.answer for one in low_water.reviews.all()] == ["approved", "returned"]


def test_an_answer_twice_or_after_taking_back_is_overtaken(
    low_water: Collection, alice: User, owner: User
) -> None:
    review = publishing.ask(low_water, by=alice)
    publishing.withdraw(low_water, by=alice)
    assert state_of(low_water) == "draft"
    for answer in (
        lambda: publishing.approve(review, by=owner, revision=review.revision),
        lambda: publishing.send_back(review, by=owner, reason="No."),
        lambda: publishing.withdraw(low_water, by=alice),
    ):
        with pytest.raises(publishing.Overtaken):
            answer()
    again = publishing.ask(low_water, by=alice)
    with pytest.raises(publishing.Overtaken):  # the old review's page is still open somewhere
        publishing.send_back(review, by=owner, reason="No.")
    assert Review.objects.get(pk=again.pk).is_open


def test_what_changed_after_it_was_read_is_not_approved(
    low_water: Collection, alice: User, owner: User
) -> None:
    review = publishing.ask(low_water, by=alice)
    read = review.revision
    publishing.begin_change(low_water)
    StoryBlock.objects.update(text="Something nobody has read.")
    publishing.changed(low_water, by=alice)
    with pytest.raises(publishing.Changed):
        publishing.approve(review, by=owner, revision=read)
    assert state_of(low_water) == "review"
    review.refresh_from_db()
    assert review.snapshot["blocks"][0]["text"] == "Something nobody has read."
    publishing.approve(review, by=owner, revision=review.revision)
    assert state_of(low_water) == "live"


def test_a_change_that_nobody_told_of_is_found_too(
    low_water: Collection, alice: User, owner: User
) -> None:
    review = publishing.ask(low_water, by=alice)
    low_water.pieces.update(text="Something nobody has read.")
    with pytest.raises(publishing.Changed):
        publishing.approve(review, by=owner, revision=review.revision)
    assert state_of(low_water) == "review"
    with pytest.raises(publishing.Changed):  # the page that was read is still the old one
        publishing.approve(review, by=owner, revision=review.revision)
    review.refresh_from_db()
    publishing.approve(review, by=owner, revision=review.revision)
    assert state_of(low_water) == "live"


def test_trust_given_with_the_answer(low_water: Collection, alice: User, owner: User) -> None:
    review = publishing.ask(low_water, by=alice)
    publishing.approve(review, by=owner, revision=review.revision, trust=True)
    low_water.designer.refresh_from_db()
    assert low_water.designer.is_trusted


def test_a_new_piece_waits_and_is_shown_with_the_next_review(
    low_water: Collection, alice: User, owner: User
) -> None:
    collection = approved(low_water, alice, owner)
    piece = make.make_shown_piece(collection=collection, title="Rope band", status="draft")
    piece.status = standing.status_for(piece, Piece.Status.LIVE, by=alice)
    piece.save()
    assert piece.status == Piece.Status.WAITING
    assert piece not in Piece.objects.published()
    approved(collection, alice, owner)
    piece.refresh_from_db()
    assert piece in Piece.objects.published()
    assert standing.status_for(piece, Piece.Status.LIVE, by=owner) == Piece.Status.LIVE


def test_retired_and_brought_back(low_water: Collection, alice: User, owner: User) -> None:
    collection = approved(low_water, alice, owner)
    publishing.retire(collection, by=alice)
    assert state_of(collection) == "retired"
    with pytest.raises(publishing.Overtaken):
        publishing.retire(collection, by=alice)
    publishing.bring_back(collection)
    assert state_of(collection) == "live"


def test_taken_out_it_has_to_be_asked_for_again(
    low_water: Collection, alice: User, owner: User
) -> None:
    collection = approved(low_water, alice, owner)
    publishing.take_out(collection, by=alice)
    assert state_of(collection) == "draft"
    with pytest.raises(publishing.Overtaken):
        publishing.take_out(collection, by=alice)
    assert approved(collection, alice, owner).state == "live"


def test_the_reason_goes_by_mail_once(low_water: Collection, alice: User, owner: User) -> None:
    owner.first_name = "Nuala"
    owner.save()
    review = publishing.ask(low_water, by=alice)
    publishing.send_back(review, by=owner, reason="Silver or white gold?")
    assert [review_letters.send.call(review.pk) for _time in range(2)] == [True, False]
    (letter,) = mail.outbox
    assert letter.to == [alice.email]
    assert letter.subject == "Low Water came back with a reason"
    assert "Silver or white gold?" in letter.body
    assert "Nuala" in letter.body
    assert f"/admin/catalog/collection/{low_water.pk}/change/#publishing" in letter.body


def test_the_letter_of_an_approval(low_water: Collection, alice: User, owner: User) -> None:
    approved(low_water, alice, owner)
    assert review_letters.send_unsent() == 1
    assert review_letters.send_unsent() == 0
    assert mail.outbox[0].subject == "Low Water is approved"
    assert low_water.get_absolute_url() in mail.outbox[0].body


def test_a_letter_whose_worker_died_is_sent_by_the_sweep(
    low_water: Collection, alice: User, owner: User
) -> None:
    approved(low_water, alice, owner)
    Review.objects.update(claimed_at=now() - timedelta(minutes=1))
    assert review_letters.send_unsent() == 0  # somebody is just sending it
    Review.objects.update(claimed_at=now() - timedelta(minutes=11))
    assert review_letters.send_unsent() == 1


def test_a_letter_that_fails_is_tried_again(
    low_water: Collection, alice: User, owner: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    approved(low_water, alice, owner)

    def away(_letter: Letter, to: str) -> None:
        raise ConnectionRefusedError(to)

    with monkeypatch.context() as broken:
        broken.setattr(Letter, "send", away)
        assert review_letters.send_unsent() == 0
    assert review_letters.send_unsent() == 1
