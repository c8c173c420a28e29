"""Where a piece and its photographs stand while their maker is under review.

What is new in a collection that is shown waits for its next approved review; what is shown is
changed on its own page alone, where the change is kept beside it. See docs/publishing.md.
"""

from collections.abc import Iterable

from django.db import models
from django.db.models import Q
from django.utils.timezone import now
from django.utils.translation import gettext as _

from catalog import musts, sizes
from catalog.models import Collection, Photo, Piece
from catalog.publishing import begin_change, changing, waits_for_review
from designers.models import AnyUser

Status = Piece.Status
# What the bench alone knows counts at once, on whichever page it is written: how many are ready,
# their numbers, how long one takes. Whatever else of a shown piece changes is read first.
AT_ONCE = frozenset({"stock", "sku", "lead_days"})


def status_for(piece: Piece, wanted: str, *, by: AnyUser) -> str:
    """The status that a piece gets when this person wants another: what is new waits.

    ``piece`` is as the database has it. A draft of a maker under review whose collection is in
    the shop is shown with the collection's next approved review.
    """
    if wanted not in {Status.LIVE, Status.WAITING}:
        return wanted
    waits = waits_for_review(piece.collection, by) and piece.status != Status.LIVE
    return Status.WAITING if waits else Status.LIVE


def is_read_first(piece: Piece, user: AnyUser, field: str, value: str = "") -> bool:
    """Whether the house reads this change of one of its fields before shoppers do.

    The one rule for the piece's own page (which then keeps it beside), the grid, the acts on
    many and the tables (which then refuse it). ``piece`` is as the database has it; a run of
    sizes is ``sizes``. Taking away needs no leave: a shown piece is retired at once.
    """
    if field in AT_ONCE or not waits_for_review(piece.collection, user):
        return False
    if field == "status" and value == Status.RETIRED:
        return piece.status == Status.RETIRED
    if field == "status" and value == Status.LIVE:
        return True
    return piece.status in {Status.LIVE, Status.RETIRED}


def refusal(
    piece: Piece,
    user: AnyUser,
    fields: Iterable[str],
    *,
    status: str = "",
    into: Collection | None = None,
) -> str:
    """Why this person may not change these fields of a piece among many; empty where they may.

    What a maker under review has in the shop is changed on its own page, where the change is
    kept beside it. ``status`` and ``into`` are what it is to get, if that is meant.
    """
    if any(is_read_first(piece, user, field, status) for field in fields):
        return _("The house reads it first: change it on its own page.")
    if into and waits_for_review(into, user) and piece.status not in {Status.DRAFT, Status.WAITING}:
        return _("What is there is read by the house: make it a draft before it moves.")
    return ""


def offer_sizes(piece: Piece, pairs: Iterable[tuple[int, str]], *, by: AnyUser) -> None:
    """Offer sizes (0.01 mm, with their names) that were asked for in vain: all, or none.

    Raises sizes.Unmakeable, also for what the house reads first.
    """
    with changing([piece.collection_id], by=by):
        piece.collection.refresh_from_db(fields=["published_at"])
        if refused := refusal(piece, by, ["sizes"]):
            raise sizes.Unmakeable(refused)
        for size, label in pairs:
            sizes.offer(piece, size=size, label=label)


def show_refusal(piece: Piece) -> str:
    """Why it may not be shown in the shop now; empty where it may, or nobody sees it yet.

    What its collection lacks is asked for when that is published. ``piece`` has its musts, as
    ``musts.with_musts``.
    """
    lacking = musts.words(piece) if piece.collection.published_at else []
    return _("It must have first: %s.") % ", ".join(lacking) if lacking else ""


def photo_refusal(photo: Photo, user: AnyUser) -> str:
    """Why this person may not change a photograph on its own page; empty where they may."""
    told_in = _told_in(photo)
    if photo.piece and not photo.waits:
        told_in |= Q(pieces__in=_shown_pieces().filter(pk=photo.piece.pk))
    for collection in Collection.objects.filter(told_in).select_related("designer").distinct():
        if waits_for_review(collection, user):
            return _(
                "It is in the shop: write its words on its piece’s page, or lay another beside"
                " it, and the house reads that first."
            )
    return ""


def homes_of(photo: Photo) -> list[int]:
    """The collections of whose pages it is a part (primary keys)."""
    of_it = _told_in(photo) | Q(pieces=photo.piece_id or 0)
    return list(Collection.objects.filter(of_it).values_list("pk", flat=True).distinct())


def _told_in(photo: Photo) -> Q:
    return Q(blocks__photo=photo) | Q(blocks__second_photo=photo) | Q(seen=photo)


def must_wait(piece: Piece | None) -> bool:
    """Whether a photograph laid into this piece waits for the collection's next review."""
    if piece is None or piece.status not in {Status.LIVE, Status.RETIRED}:
        return False
    collection = piece.collection
    return collection.published_at is not None and not collection.designer.is_trusted


def _shown_pieces() -> "models.QuerySet[Piece]":
    return Piece.objects.filter(status__in=[Status.LIVE, Status.RETIRED])


def settle_status(piece: Piece, *, was: str, by: AnyUser) -> None:
    """Give a piece about to be written the status it may have, and an archive page once retired.

    ``was`` is its status in the database. Its collection's row is taken already.
    """
    wanted, piece.status = piece.status, was
    home = Piece.objects.filter(pk=piece.pk).values_list("collection", flat=True).first()
    if home != piece.collection_id and was == Status.LIVE:
        piece.status = Status.DRAFT  # whatever it was elsewhere, here it is new
    piece.status = status_for(piece, wanted, by=by)
    if Status.RETIRED in {wanted, was} and wanted != was:
        _archive(piece.pk, is_retired=wanted == Status.RETIRED)


def write_status(piece: Piece, was: str, status: str) -> bool:
    """Give it another status if it still has the one that was seen; whether it did."""
    if Status.RETIRED in {was, status}:
        _archive(piece.pk, is_retired=status == Status.RETIRED)
    return bool(
        Piece.objects.filter(pk=piece.pk, status=was).update(status=status, updated_at=now())
    )


def retire_piece(piece: Piece) -> bool:
    """Make no more of it: sold no longer, its page stays as an archive. Whether it was shown.

    Belongs into a transaction.
    """
    begin_change(piece.collection)
    return write_status(piece, Status.LIVE, Status.RETIRED)


def _archive(pk: int, *, is_retired: bool) -> None:
    """What is shown gets its archive page as it is retired; what is brought back has none."""
    if is_retired:
        shown = Piece.objects.published().filter(pk=pk).values("pk")
        Piece.objects.filter(pk__in=list(shown.values_list("pk", flat=True))).update(
            archived_at=now()
        )
    else:
        Piece.objects.filter(pk=pk).update(archived_at=None)
