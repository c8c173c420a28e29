"""How a collection gets into the shop and out of it: the one place where its state changes.

A maker whom the house trusts publishes; any other asks, and the house answers. What is in the
shop of such a maker, or scheduled to be, or in its archive, is changed beside it and asked for
again: see docs/publishing.md. Every step is one conditional UPDATE of the collection's row,
before anything else is written, so that of two people who act at once one is told to look again.
Whatever else writes what shoppers see of it does so inside ``changing``.
"""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from datetime import datetime

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import models, transaction
from django.db.models import F
from django.utils.timezone import now
from django.utils.translation import gettext as _

from catalog import beside, elsewhere, musts, review_letters, snapshots
from catalog.drafts import Overtaken
from catalog.models import Collection, Photo, Piece, Publication, Review
from catalog.search import reindex
from designers.models import AnyUser, Designer, is_owner
from shop import public_pages

__all__ = ["Changed", "Overtaken"]

Asked = Collection.Asked
Answer = Review.Answer
Status = Piece.Status


class Changed(Overtaken):
    """What was to be approved was changed since it was read; the review has the new words."""


def may_publish(collection: Collection, user: AnyUser) -> bool:
    """Whether this person needs nobody's leave: the owner, and the people of a trusted maker."""
    return is_owner(user) or collection.designer.is_trusted


def waits_for_review(collection: Collection, user: AnyUser) -> bool:
    """Whether a change by this person must be kept beside what is in the shop, and asked for.

    So for whatever was reviewed and is shown now, will be by itself, or stands in the archive.
    """
    return collection.published_at is not None and not may_publish(collection, user)


def begin_change(collection: Collection) -> None:
    """To be called in a change's transaction before its first write; reads the state anew.

    No approval can come between: it waits for this transaction and then reads what it wrote, or
    was first, and then ``waits_for_review`` says so.
    """
    _take(collection.pk)
    collection.refresh_from_db(fields=["revision", "published_at", "retired_at", "asked"])


@contextmanager
def changing(collections: Iterable[int | None], *, by: AnyUser) -> Iterator[None]:
    """A transaction that writes to these (by primary key): no approval comes between.

    Whether it may be written is asked inside, where it cannot change any more. With none of
    them it is no transaction at all.
    """
    keys = sorted({pk for pk in collections if pk})
    if not keys:
        yield
        return
    with transaction.atomic():
        for pk in keys:
            _take(pk)
        yield
        for review in Review.objects.open().filter(collection__in=keys).order_by("collection"):
            _renew(review, by)


def changed(collection: Collection, *, by: AnyUser) -> None:
    """To be called once a change is written: the house reads what is asked for now."""
    for review in Review.objects.open().filter(collection=collection):
        _renew(review, by)


def _take(pk: int) -> None:
    """Take its row until the transaction ends."""
    Collection.objects.filter(pk=pk).update(revision=F("revision") + 1)


def ask(collection: Collection, *, by: AnyUser, at: datetime | None = None) -> Review:
    """Ask the house to look at it; once approved it is shown at once, or from a moment on.

    Raises ValidationError with every gap named, and Overtaken where it is asked already.
    """
    with transaction.atomic():
        _move(collection, _may_be_asked(), asked=Asked.ASKED)
        _keep_what_is_shown(collection)
        snapshot = _as_it_would_be(collection, by)
        return Review.objects.create(
            collection=collection,
            asked_by_id=by.pk,
            snapshot=snapshot,
            revision=collection.revision,
            publish_at=None if collection.published_at else at,
        )


def _keep_what_is_shown(collection: Collection) -> None:
    """What is in the shop, where that is not what went in last: reviews compare with it.

    It is older than publications, or the house has changed a piece since.
    """
    day = collection.published_at
    if day is None:
        return
    last = collection.publications.order_by("-made_at", "-pk").first()
    shown = snapshots.taken(collection, with_waiting=False)
    if last is None or not snapshots.are_alike(last.snapshot, shown):
        made_at = now() if last else min(day, now())
        Publication.objects.create(
            collection=collection, published_at=day, made_at=made_at, snapshot=shown
        )


def withdraw(collection: Collection, *, by: AnyUser) -> None:
    """Take the question back. Raises Overtaken when it was answered, or never asked."""
    with transaction.atomic():
        _move(collection, _is_asked(), asked=Asked.NO)
        _close_review(collection, by)


def approve(review: Review, *, by: AnyUser, revision: int, trust: bool = False) -> Collection:
    """Show what was asked for, and only if it still is what was read at this revision.

    With ``trust`` its maker needs no review from now on. Raises Changed or Overtaken, and
    ValidationError with every gap where its maker has taken something out since they asked.
    """
    try:
        with transaction.atomic():
            return _approve(review, by, revision, trust=trust)
    except Changed:
        with transaction.atomic():
            changed(review.collection, by=by)
        raise


def _approve(review: Review, by: AnyUser, revision: int, *, trust: bool) -> Collection:
    collection = Collection.objects.select_related("designer").get(pk=review.collection_id)
    _move(collection, _is_asked(), asked=Asked.NO)
    waits = Review.objects.open().filter(pk=review.pk)
    read = waits.filter(revision=revision).first()
    if read is None:
        raise Changed(_other()) if waits.exists() else Overtaken(_gone())
    _answer(read, Answer.APPROVED, by)
    day = read.publish_at or collection.published_at  # what is scheduled keeps its day
    _show(collection, at=day, by=by, only=read.snapshot)
    if gaps := musts.gaps(collection):
        raise ValidationError(gaps)
    if trust:
        Designer.objects.filter(pk=collection.designer_id).update(is_trusted=True)
    return collection


def send_back(review: Review, *, by: AnyUser, reason: str) -> None:
    """Return it with a reason, which its maker gets by mail and reads on its page.

    Raises ValidationError without a reason, and Overtaken when it is no longer asked.
    """
    if not reason.strip():
        raise ValidationError(_("Say why it goes back, and what would make it right."))
    with transaction.atomic():
        _move(review.collection, _is_asked(), asked=Asked.RETURNED)
        _answer(review, Answer.RETURNED, by, reason=reason.strip())


def publish(collection: Collection, *, by: AnyUser, at: datetime | None = None) -> None:
    """Show it as it stands with all that is kept beside it: now, or from a moment (aware) on.

    Raises ValidationError with every gap named, PermissionDenied where it has to be asked for.
    """
    if not may_publish(collection, by):
        raise PermissionDenied
    with transaction.atomic():
        _move(collection, Collection.objects.all(), asked=Asked.NO)
        _as_it_would_be(collection, by)
        _close_review(collection, by)
        _show(collection, at=at, by=by)


def take_out(collection: Collection, *, by: AnyUser) -> None:
    """Take it out of the shop, or off its day: a draft again. Raises Overtaken if it is one."""
    with transaction.atomic():
        _move(
            collection,
            Collection.objects.filter(published_at__isnull=False, retired_at=None),
            asked=Asked.NO,
            published_at=None,
        )
        _close_review(collection, by)
        beside.put_in(collection, by)
        collection.pieces.filter(status=Status.WAITING).update(status=Status.LIVE)
        collection.pieces.update(archived_at=None)
        transaction.on_commit(public_pages.forget)


def retire(collection: Collection, *, by: AnyUser) -> None:
    """Make no more of it: out of every list, its page and its pieces' stay as an archive.

    Raises Overtaken when it is not in the shop.
    """
    live = Collection.objects.filter(published_at__lte=now(), retired_at=None)
    with transaction.atomic():
        _move(collection, live, asked=Asked.NO, retired_at=now())
        _close_review(collection, by)
        transaction.on_commit(public_pages.forget)


def bring_back(collection: Collection) -> None:
    """Show what is retired again, as it was. Raises Overtaken when it is not retired."""
    with transaction.atomic():
        _move(collection, Collection.objects.filter(retired_at__isnull=False), retired_at=None)
        transaction.on_commit(public_pages.forget)


def _may_be_asked() -> "models.QuerySet[Collection]":
    return Collection.objects.filter(retired_at=None).exclude(asked=Asked.ASKED)


def _is_asked() -> "models.QuerySet[Collection]":
    return Collection.objects.filter(asked=Asked.ASKED)


def _move(collection: Collection, rows: "models.QuerySet[Collection]", **columns: object) -> None:
    """The conditional UPDATE; the collection in hand is read anew. Raises Overtaken."""
    if not _try_to_move(collection, rows, **columns):
        raise Overtaken(_gone())


def _try_to_move(
    collection: Collection, rows: "models.QuerySet[Collection]", **columns: object
) -> bool:
    moved = rows.filter(pk=collection.pk).update(
        revision=F("revision") + 1, updated_at=now(), **columns
    )
    collection.refresh_from_db(fields=["revision", "published_at", "retired_at", "asked"])
    return bool(moved)


def _gone() -> str:
    return _("Somebody was quicker: it does not stand any more as you read it.")


def _other() -> str:
    return _("It was changed since you read it. This is how it stands now.")


def _as_it_would_be(collection: Collection, by: AnyUser) -> snapshots.Snapshot:
    """What shoppers would see. Raises ValidationError with every gap named."""
    with beside.rehearsed(collection, by) as shown:
        if gaps := beside.gaps(collection) + musts.gaps(shown):
            raise ValidationError(gaps)
        return _told(shown)


def _told(shown: Collection) -> snapshots.Snapshot:
    """What is asked for, and where those of its pieces were shown that come from elsewhere."""
    snapshot = snapshots.taken(shown)
    return snapshot | {"came": elsewhere.came(shown, snapshot)}


def _answer(review: Review, answer: str, by: AnyUser, *, reason: str = "") -> None:
    """Raises Overtaken for a review that is answered already, or was withdrawn."""
    row = Review.objects.open().filter(pk=review.pk)
    if not row.update(answer=answer, answered_by=by.pk, answered_at=now(), reason=reason):
        raise Overtaken(_gone())
    transaction.on_commit(lambda: review_letters.send.enqueue(review.pk), robust=True)


def _close_review(collection: Collection, by: AnyUser) -> None:
    rows = Review.objects.open().filter(collection=collection)
    rows.update(answer=Answer.WITHDRAWN, answered_by=by.pk, answered_at=now())


@transaction.atomic
def _renew(review: Review, by: AnyUser) -> None:
    """The open review has what is asked for now, at the revision at which it is so.

    Where that is what it has already, nothing of it changes: whoever reads it may go on.
    """
    collection = Collection.objects.get(pk=review.collection_id)
    begin_change(collection)
    with beside.rehearsed(collection, by) as shown:
        snapshot = _told(shown)
    if snapshots.are_alike(snapshot, review.snapshot):
        return
    rows = Review.objects.open().filter(pk=review.pk)
    rows.update(snapshot=snapshot, revision=collection.revision)


def _show(
    collection: Collection,
    *,
    at: datetime | None,
    by: AnyUser,
    only: snapshots.Snapshot | None = None,
) -> None:
    """Put in what is kept beside it, and write down what is shown from now on.

    Raises Changed unless it is just what ``only`` says.
    """
    was_live = set(collection.pieces.filter(status=Status.LIVE).values_list("pk", flat=True))
    beside.put_in(collection, by)
    snapshot = snapshots.taken(collection)
    if only is not None and not snapshots.are_alike(snapshot, only):
        raise Changed(_other())
    collection.pieces.filter(status=Status.WAITING).update(status=Status.LIVE)
    Photo.objects.filter(piece__collection=collection, waits=True).update(waits=False)
    if collection.published_at:
        gone = collection.pieces.filter(pk__in=was_live, status=Status.RETIRED)
        gone.update(archived_at=now())
    day = _set_day(collection, at)
    Publication.objects.create(
        collection=collection, by_id=by.pk, published_at=day, snapshot=snapshot
    )
    transaction.on_commit(lambda: _tell_shop(collection))


def _set_day(collection: Collection, at: datetime | None) -> datetime:
    """What is live stays live since its day; all else is shown now, or from a moment to come."""
    moment = now()
    day = collection.published_at
    if day is None or day > moment:
        day = max(at or moment, moment)
    collection.published_at, collection.retired_at = day, None
    collection.save(update_fields=["published_at", "retired_at"])
    return day


def _tell_shop(collection: Collection) -> None:
    reindex(collection.pieces.all())
    public_pages.forget()
