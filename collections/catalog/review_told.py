"""A review as the house reads it: what would change in the shop, and what an answer brings."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.conf import settings
from django.db.models import OuterRef, Subquery
from django.db.models.functions import Coalesce
from django.urls import reverse
from django.utils.formats import date_format
from django.utils.safestring import SafeString
from django.utils.timezone import localtime, now
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from catalog import snapshots
from catalog.admin.looks import thumb
from catalog.models import Collection, Photo, Publication, Review
from catalog.snapshots import Difference, Snapshot
from catalog.word_by_word import words_of
from shop.money import format_money

# So many changes are told at once; what a review has beyond them is read in its preview.
MOST = 60


@dataclass(frozen=True, slots=True)
class Change:
    """One row of the comparison, with the photographs it speaks of."""

    difference: Difference
    pictures: list[SafeString]


@dataclass(frozen=True, slots=True)
class Told:
    """All needed to decide about one review."""

    review: Review
    changes: list[Change]
    # Nothing is known that it could be compared with.
    is_first: bool
    # When what it is compared with went into the shop.
    shown_at: datetime | None = None
    left_out: int = 0

    @property
    def collection(self) -> Collection:
        return self.review.collection

    @property
    def title(self) -> str:
        """``Low Water, a second time``."""
        if self.collection.published_at is None:
            return _("%s asks to go live") % self.collection
        return _("%s, changed") % self.collection

    @property
    def heading(self) -> str:
        if self.is_first:
            was_shown = self.collection.published_at is not None
            return (
                _("What was in the shop before is not known")
                if was_shown
                else _("It was never in the shop")
            )
        day = self.shown_at or self.collection.published_at
        if day is None:
            return _("What changed since it was in the shop")
        return _("What changed since %s") % date_format(localtime(day), "j F Y")

    @property
    def facts(self) -> list[tuple[str, str]]:
        """What is in it, in short: for one that has nothing to be compared with."""
        snapshot = self.review.snapshot
        return [
            (_("Pieces"), ", ".join(_pieces(snapshot))),
            (_("Story"), _story(snapshot)),
            (_("Photographs"), str(len(snapshot["photos"]))),
        ]

    @property
    def consequence(self) -> str:
        """What approving does, said before the button."""
        collection, at = self.collection, self.review.publish_at
        if collection.state == "live":
            return _("Approved, the changes are in the shop at once.")
        if collection.state == "scheduled" and collection.published_at:
            at = at or collection.published_at
        if at is None:
            return _("Approved, it goes live at once.")
        day = date_format(localtime(at), "j F, H:i")
        return _("Approved, it goes live by itself on %(day)s, %(place)s time.") % {
            "day": day,
            "place": settings.TIME_ZONE.rpartition("/")[2].replace("_", " "),
        }

    @property
    def button(self) -> str:
        """``Approve, goes live at once``."""
        if self.collection.state == "live":
            return _("Approve, goes in at once")
        if self.review.publish_at or self.collection.state == "scheduled":
            return _("Approve, goes live by itself")
        return _("Approve, goes live at once")

    @property
    def trust(self) -> str:
        name = self.collection.designer.short_name
        return _("%s may publish without review from now on") % name

    @property
    def help(self) -> str:
        name = self.collection.designer.short_name
        return _("%s reads this in a letter and on its page. Say what would make it right.") % name

    @property
    def preview_url(self) -> str:
        """As it stands with all that is kept beside it; only while it waits for an answer."""
        return reverse("admin:catalog_review_preview", args=[self.review.pk])

    @property
    def live_url(self) -> str:
        return self.collection.get_absolute_url() if self.collection.state == "live" else ""

    @property
    def answer_url(self) -> str:
        return reverse("admin:catalog_review_answer", args=[self.review.pk])


def waiting(most: int) -> list[Told]:
    """The reviews that wait, the oldest first: two queries."""
    return told(Review.objects.open().order_by("asked_at", "pk")[:most])


def told(reviews: Any) -> list[Told]:
    """These reviews (a queryset) with what they would change, or changed."""
    shown = Publication.objects.filter(collection=OuterRef("collection"))
    until = Coalesce(OuterRef("answered_at"), now())
    last = shown.filter(made_at__lt=until).order_by("-made_at", "-pk")
    rows = reviews.select_related("collection__designer", "asked_by", "answered_by").annotate(
        was=Subquery(last.values("snapshot")[:1]), was_at=Subquery(last.values("made_at")[:1])
    )
    compared = [(review, _compared(review)) for review in rows]
    photos = _photos(change for _review, changes in compared for change in changes)
    return [_told(review, changes, photos) for review, changes in compared]


def _compared(review: Any) -> list[Difference]:
    was: Snapshot | None = review.was
    return snapshots.differences(was, review.snapshot) if was is not None else []


def _told(review: Any, changes: list[Difference], photos: dict[int, Photo]) -> Told:
    rows = [Change(change, list(_pictures(change, photos))) for change in changes[:MOST]]
    return Told(review, rows, review.was is None, review.was_at, max(0, len(changes) - MOST))


def _photos(changes: Iterable[Difference]) -> dict[int, Photo]:
    wanted = {pk for change in changes for pk in (change.photo_before, change.photo_after) if pk}
    return Photo.objects.in_bulk(wanted) if wanted else {}


def _pictures(change: Difference, photos: dict[int, Photo]) -> Iterator[SafeString]:
    for pk in dict.fromkeys([change.photo_before, change.photo_after]):
        if photo := photos.get(pk or 0):
            yield thumb(photo, photo.alt)


def _pieces(snapshot: Snapshot) -> list[str]:
    return [
        f"{piece['title']} {format_money(piece['price'], settings.SHOP_CURRENCY)}"
        for piece in snapshot["pieces"]
    ]


def _story(snapshot: Snapshot) -> str:
    blocks = snapshot["blocks"]
    count = sum(len(words_of(block["text"])) for block in blocks)
    one = ngettext("one block", "%(n)s blocks", len(blocks)) % {"n": len(blocks)}
    return _("%(blocks)s, %(count)s words") % {"blocks": one, "count": count}
