"""The buttons of the collection's page: each keeps the form first, then does its one act."""

from collections.abc import Callable
from datetime import datetime

from django.core.exceptions import ValidationError
from django.http import QueryDict
from django.utils.timezone import get_current_timezone, is_naive, now
from django.utils.translation import gettext as _

from catalog.models import Collection


def act_of(post: QueryDict) -> str:
    """The name of the button that was pressed; empty for plain keeping."""
    return next((name for name in post if name in ACTS), "")


def do(collection: Collection, name: str, post: QueryDict) -> tuple[str, str]:
    """Do what the button says: a sentence for the person (or "") and where the page goes on.

    Raises ValidationError with a sentence for each thing that stands in the way.
    """
    return ACTS[name](collection, post)


def _publish(collection: Collection, post: QueryDict) -> tuple[str, str]:
    if post.get("when") == "then":
        return _schedule(collection, post)
    collection.publish()
    return _("%s is in the shop.") % collection, ""


def _schedule(collection: Collection, post: QueryDict) -> tuple[str, str]:
    moment = read_moment(post.get("at", ""))
    collection.publish(at=moment)
    return _("%s goes live by itself at the time you gave.") % collection, ""


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


def _unpublish(collection: Collection, post: QueryDict) -> tuple[str, str]:
    collection.unpublish()
    return _("%s is out of the shop; everything stays here.") % collection, ""


ACTS: dict[str, Callable[[Collection, QueryDict], tuple[str, str]]] = {
    "_publish": _publish,
    "_unpublish": _unpublish,
}
