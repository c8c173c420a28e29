"""The publishing band of a collection's page: where it stands, and what happens next."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils.formats import date_format
from django.utils.timezone import localtime, now
from django.utils.translation import gettext as _

from catalog import beside, publishing
from catalog.admin import publish_acts
from catalog.admin.readiness import Strike
from catalog.models import Collection, Review
from designers.ownership import OwnedAdmin

if TYPE_CHECKING:
    from datetime import datetime

Answer = Review.Answer


@dataclass(frozen=True, slots=True)
class Step:
    """A punch on the way into the shop: struck, copper (is_now), or open; a word below."""

    word: str
    when: str
    is_done: bool = False
    is_now: bool = False


@dataclass(frozen=True, slots=True)
class Band:
    """All that the band says of a collection; ``review`` is the one that counts now, if any."""

    collection: Collection
    review: Review | None
    may_publish: bool
    has_beside: bool

    @property
    def is_asked(self) -> bool:
        return self.collection.asked == Collection.Asked.ASKED

    @property
    def is_returned(self) -> bool:
        return self.collection.asked == Collection.Asked.RETURNED

    @property
    def is_live(self) -> bool:
        return self.collection.state == "live"

    @property
    def is_scheduled(self) -> bool:
        return self.collection.state == "scheduled"

    @property
    def is_retired(self) -> bool:
        return self.collection.state == "retired"

    @property
    def may_choose_day(self) -> bool:
        """What is live is changed at once; anything else may wait for a day."""
        return not self.is_live and not self.is_retired

    @property
    def asks_again(self) -> bool:
        return self.is_returned

    @property
    def steps(self) -> list[Step]:
        first = self._draft()
        ways = [first, self._in_review(), self._scheduled(), self._live()]
        return ways if self.review or not self.may_publish else [first, *ways[2:]]

    def _draft(self) -> Step:
        is_out = self.collection.published_at is not None or bool(self.collection.asked)
        day = _("since %s") % _day(self.collection.created_at)
        return Step(_("Draft"), day, is_done=is_out, is_now=not is_out)

    def _in_review(self) -> Step:
        word, review = _("In review"), self.review
        if review is None:
            return Step(word, _("not yet"))
        if self.is_asked:
            return Step(word, _("since %s") % _day(review.asked_at), is_now=True)
        if self.is_returned:
            return Step(word, _("returned %s") % _day(review.answered_at), is_now=True)
        return Step(word, _("approved %s") % _day(review.answered_at), is_done=True)

    def _scheduled(self) -> Step:
        word, day = _("Scheduled"), self.collection.published_at
        if self.is_scheduled and day:
            return Step(
                word, date_format(localtime(day), "j M, H:i"), is_now=not self.collection.asked
            )
        if self.is_asked and self.review and self.review.publish_at:
            return Step(
                word, _("for %s") % date_format(localtime(self.review.publish_at), "j M, H:i")
            )
        return Step(word, _("done") if day else _("not yet"), is_done=bool(day))

    def _live(self) -> Step:
        word, day = _("Live"), self.collection.published_at
        if self.is_retired:
            return Step(word, _("retired %s") % _day(self.collection.retired_at), is_done=True)
        if not self.is_live:
            return Step(word, _("not yet"))
        if self.is_asked or self.is_returned:
            return Step(word, _("the version of %s is") % _day(day), is_done=True)
        return Step(word, date_format(localtime(day), "j M Y") if day else "", is_now=True)

    @property
    def returned_words(self) -> str:
        """``returned on Saturday``, after a week ``returned on 3 October``."""
        moment = self.review.answered_at if self.review else None
        return _("returned on %s") % _weekday(moment) if moment else _("returned")

    @property
    def said_when(self) -> str:
        """The name and the time below the quotation: ``Nuala Byrne, Saturday 18:20``."""
        if self.review is None or self.review.answered_at is None:
            return ""
        moment = localtime(self.review.answered_at)
        when = f"{_weekday(moment)} {date_format(moment, 'H:i')}"
        return f"{self.review.answered_name}, {when}"

    @property
    def time_place(self) -> str:
        return str(settings.TIME_ZONE).rpartition("/")[2].replace("_", " ")


def context(
    request: HttpRequest, collection: Collection, strikes: Sequence[Strike]
) -> dict[str, Any]:
    """What the band's template needs: the band, and what must be there first."""
    band = Band(
        collection,
        _last(collection),
        publishing.may_publish(collection, request.user),
        beside.exists(collection),
    )
    gaps = [strike for strike in strikes if strike.must and not strike.done]
    return {"band": band, "gaps": gaps}


def _last(collection: Collection) -> Review | None:
    answered: QuerySet[Review] = collection.reviews.exclude(answer=Answer.WITHDRAWN)
    return answered.select_related("answered_by").defer("snapshot").first()


def respond(keeper: OwnedAdmin, request: HttpRequest, collection: Collection) -> HttpResponse:
    """The pressed button's act, once the form is kept; what is missing leads to its place."""
    name = publish_acts.act_of(request.POST)
    try:
        said = publish_acts.do(collection, name, request.POST, request.user)
    except ValidationError as lacks:
        for sentence in lacks.messages:
            keeper.message_user(request, sentence, messages.ERROR)
        return _on(request, publish_acts.gap_of(collection, request.user))
    except publishing.Overtaken as overtaken:
        keeper.message_user(request, str(overtaken), messages.WARNING)
        return _on(request, publish_acts.ANCHOR)
    except PermissionDenied:
        sentence = _("The house reads it first: send it to review.")
        keeper.message_user(request, sentence, messages.WARNING)
        return _on(request, publish_acts.ANCHOR)
    keeper.log_change(request, collection, said)
    keeper.message_user(request, said, messages.SUCCESS)
    return _on(request, publish_acts.ANCHOR)


def _on(request: HttpRequest, anchor: str) -> HttpResponse:
    return HttpResponseRedirect(f"{request.path}#{anchor}")


def _day(moment: "datetime | None") -> str:
    return date_format(localtime(moment), "j M") if moment else ""


def _weekday(moment: "datetime") -> str:
    here = localtime(moment)
    days = (localtime(now()).date() - here.date()).days
    return date_format(here, "l" if days < 7 else "j F")
