"""The letter to a maker when the house has answered: approved, or sent back with a reason.

A letter is claimed in the database before it is posted and marked once it is; who dies between
is followed by the sweep. Nothing is asked of the mail server inside a transaction.
"""

import logging

from django.conf import settings
from django.db.models import QuerySet
from django.tasks import task
from django.urls import reverse
from django.utils.formats import date_format
from django.utils.timezone import localtime, now
from django.utils.translation import gettext as _

from catalog.models import Review
from shop.letters import Letter

logger = logging.getLogger(__name__)
BATCH = 50


@task()
def send(pk: int) -> bool:
    """Post the letter about one answered review; whether this call did. Raises what mail raises."""
    row = Review.objects.filter(pk=pk)
    if not row.untold().update(claimed_at=now()):
        return False
    review = row.select_related("collection__designer", "asked_by", "answered_by").get()
    try:
        if to := address_of(review):
            letter_of(review).send(to)
    except Exception:
        # Whatever a mail server raises: the next sweep tries again.
        row.update(claimed_at=None)
        raise
    row.update(mailed_at=now())
    return True


def send_unsent() -> int:
    """Post the letters that a lost worker dropped; tells how many."""
    sent = 0
    for pk in list(_waiting()[:BATCH]):
        try:
            sent += send.call(pk)
        except Exception:
            logger.exception("the letter about review %s could not be sent", pk)
    return sent


def _waiting() -> "QuerySet[Review, int]":
    return Review.objects.untold().order_by("pk").values_list("pk", flat=True)


def address_of(review: Review) -> str:
    """Whoever asked; if they have left or have no address, their maker's."""
    asked_by = review.asked_by
    own = asked_by.email if asked_by and asked_by.is_active else ""
    return own or review.collection.designer.email


def letter_of(review: Review) -> Letter:
    """What the house says, and where it is gone on with."""
    return _returned(review) if review.answer == Review.Answer.RETURNED else _approved(review)


def _returned(review: Review) -> Letter:
    words = _words(review)
    return Letter(
        subject=_("%(title)s came back with a reason") % words,
        heading=_("Not yet, %(name)s") % words,
        opening=_("%(who)s read %(title)s and sent it back with a reason:") % words,
        preview=_first_words(review.reason),
        quote=review.reason,
        quoted=f"{words['who']}, {words['moment']}",
        after=_what_stands(review)
        + " "
        + _("Not agreed? Write back to this letter: a person reads it."),
        act=_("Go to %(title)s") % words,
        url=words["page"],
        why=_("You get this because you are a maker of the house."),
    )


def _approved(review: Review) -> Letter:
    words = _words(review)
    collection = review.collection
    is_later = collection.state == "scheduled"
    return Letter(
        subject=_("%(title)s is approved") % words,
        heading=_("Yes, %(name)s") % words,
        opening=(
            _("%(who)s read %(title)s and approved it. It goes live by itself on %(day)s.")
            if is_later
            else _("%(who)s read %(title)s and approved it. It is in the shop.")
        )
        % words,
        act=_("Go to %(title)s") % words if is_later else _("See it in the shop"),
        url=words["page"] if is_later else settings.SITE_URL + collection.get_absolute_url(),
        why=_("You get this because you are a maker of the house."),
    )


def _words(review: Review) -> dict[str, str]:
    collection = review.collection
    page = reverse("admin:catalog_collection_change", args=[collection.pk])
    day = collection.published_at
    return {
        "title": collection.title,
        "name": collection.designer.short_name,
        "who": review.answered_name,
        "moment": date_format(localtime(review.answered_at or now()), "l H:i"),
        "day": date_format(localtime(day), "j F, H:i") if day else "",
        "page": f"{settings.SITE_URL}{page}#publishing",
    }


def _what_stands(review: Review) -> str:
    day = review.collection.published_at
    if day is None:
        return _("Your draft is as you left it, nothing is lost.")
    return _(
        "The shop still shows the version of %s. Your draft is as you left it, nothing is lost."
    ) % date_format(localtime(day), "j F")


def _first_words(text: str) -> str:
    return " ".join(text.split())[:120]
