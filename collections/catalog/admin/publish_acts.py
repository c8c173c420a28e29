"""The publishing band's buttons: each keeps the form first, then moves the collection on."""

from collections.abc import Callable
from datetime import datetime

from django.core.exceptions import ValidationError
from django.http import QueryDict
from django.utils.timezone import get_current_timezone, is_naive, now
from django.utils.translation import gettext as _

from catalog import beside, musts, publishing
from catalog.models import Collection
from designers.models import AnyUser

ANCHOR = "publishing"


def act_of(post: QueryDict) -> str:
    """The name of the band's button that was pressed; empty for none of them."""
    return next((name for name in post if name in ACTS), "")


def do(collection: Collection, name: str, post: QueryDict, by: AnyUser) -> str:
    """Do what the button says: a sentence for the person.

    Raises ValidationError with a sentence for each gap, and publishing.Overtaken.
    """
    return ACTS[name](collection, post, by)


def gap_of(collection: Collection, by: AnyUser) -> str:
    """The anchor of the first thing that must be there first; the band's own where none is."""
    with beside.rehearsed(collection, by) as shown:
        return next((where for where, _gap in musts.lacks(shown)), ANCHOR)


def _publish(collection: Collection, post: QueryDict, by: AnyUser) -> str:
    at = _moment(post)
    publishing.publish(collection, by=by, at=at)
    if at:
        return _("%s goes live by itself at the time you gave.") % collection
    return _("%s is in the shop.") % collection


def _review(collection: Collection, post: QueryDict, by: AnyUser) -> str:
    publishing.ask(collection, by=by, at=_moment(post))
    return _("%s is with the house now: you are written to once it is read.") % collection


def _withdraw(collection: Collection, post: QueryDict, by: AnyUser) -> str:
    publishing.withdraw(collection, by=by)
    return _("You have it back; the house does not read it any more.")


def _unpublish(collection: Collection, post: QueryDict, by: AnyUser) -> str:
    publishing.take_out(collection, by=by)
    return _("%s is out of the shop; everything stays here.") % collection


def _retire(collection: Collection, post: QueryDict, by: AnyUser) -> str:
    publishing.retire(collection, by=by)
    return _("%s is retired: its pages stay as an archive, and nothing of it is sold.") % collection


def _bring_back(collection: Collection, post: QueryDict, by: AnyUser) -> str:
    publishing.bring_back(collection)
    return _("%s is in the shop again.") % collection


def _moment(post: QueryDict) -> datetime | None:
    return read_moment(post.get("at", "")) if post.get("when") == "then" else None


def read_moment(text: str) -> datetime:
    """A day and time to come, in the shop's time zone. Raises ValidationError."""
    try:
        moment = datetime.fromisoformat(text)
    except ValueError as error:
        raise ValidationError(_("Say the day and the time at which it goes live.")) from error
    if is_naive(moment):
        moment = moment.replace(tzinfo=get_current_timezone())
    if moment <= now():
        raise ValidationError(_("That time has passed: choose one to come, or go live at once."))
    return moment


ACTS: dict[str, Callable[[Collection, QueryDict, AnyUser], str]] = {
    "_publish": _publish,
    "_review": _review,
    "_withdraw": _withdraw,
    "_unpublish": _unpublish,
    "_retire": _retire,
    "_bring_back": _bring_back,
}
