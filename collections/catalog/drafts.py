"""Drafts: what is typed waits beside what the shop shows, until somebody puts it in.

A collection or piece has at most one draft. It holds the changes alone (``answers``), so that
what nobody touched follows the live thing: a stock, a price, another's correction.

- ``keep`` writes the draft, whatever was typed, and changes nothing else.
- ``put_in`` makes it live through the workshop's own forms, whole or not at all.
- ``rehearsed`` shows the database as if it were live, and rolls that back.

Two people: whoever keeps or puts in says what they had ``seen``; one conditional UPDATE
settles who was first, the other gets ``Overtaken``. A draft that another writes over is laid
aside among the versions first, so that nothing is lost.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.core.exceptions import ValidationError
from django.db import IntegrityError, models, transaction
from django.db.models import F
from django.http import HttpRequest, QueryDict
from django.utils.timezone import now
from django.utils.translation import gettext as _

from catalog import answers
from catalog.answers import Answers
from catalog.desk import Desk, typed
from catalog.models import Collection, Draft, Piece, Version
from designers.models import AnyUser

type Thing = Collection | Piece


class Overtaken(ValidationError):
    """Somebody else was first: nothing was written. ``said`` tells who and what."""

    def __init__(self, said: str) -> None:
        super().__init__(said)
        self.said = said


class Incomplete(ValidationError):
    """What was typed does not make a whole yet; a sentence for each gap."""


def of(thing: Thing) -> Draft | None:
    """The draft beside this thing, with who kept it; one query."""
    return Draft.objects.of(thing).select_related("by").first()


def answers_of(draft: Draft | None) -> Answers:
    """The changes that a draft holds; none without one."""
    return draft.answers if draft else {}


def at_hand(thing: Thing) -> Draft | None:
    """As ``of``, without a query where the thing was read with its draft."""
    if "draft" in thing._state.fields_cache:
        return getattr(thing, "draft", None)
    return of(thing)


def is_shown(thing: Thing) -> bool:
    """Whether shoppers see it, or will by themselves: then words wait until they are put in."""
    if isinstance(thing, Piece):
        return thing.status in {Piece.Status.LIVE, Piece.Status.RETIRED} and is_shown(
            thing.collection
        )
    return thing.published_at is not None


def seen(thing: Thing, draft: Draft | None) -> str:
    """What a person has before them; sent back with what they type."""
    return f"{_moment(thing)}.{draft.version if draft else 0}"


def _moment(thing: Thing) -> int:
    return int(thing.updated_at.timestamp() * 1_000_000)


# --- Keeping ------------------------------------------------------------------------------------


def keep(thing: Thing, data: QueryDict, user: AnyUser, *, over: bool = False) -> Draft | None:
    """Keep what a form's ``data`` says beside the thing; None when it says nothing new.

    ``data["_seen"]`` is what the person had before them. Raises Overtaken when it has moved
    on meanwhile, unless they know and write ``over`` it.
    """
    return keep_answers(
        thing, typed(thing, data, user), user, seen=None if over else data.get("_seen")
    )


@transaction.atomic
def keep_answers(
    thing: Thing, changes: Answers, user: AnyUser, *, seen: str | None = None
) -> Draft | None:
    """Keep these changes as the thing's draft. Raises Overtaken as ``keep`` does."""
    _hold(thing)
    before = of(thing)
    is_late = _refuse_late(thing, before, user, seen)
    if not changes:
        if before:
            _write(before)
        return None
    if before and (is_late or before.by_id != user.pk) and before.answers != changes:
        lay_aside(thing, before.answers, before.by)
    columns = {
        "answers": changes,
        "lacks": Desk(thing, user, changes=changes).lacks(),
        "by": user,
        "kept_at": now(),
    }
    if before:
        _write(before, columns)
        return of(thing)
    try:
        with transaction.atomic():
            return Draft.objects.create(**{column(thing): thing}, **columns)
    except IntegrityError as error:
        raise Overtaken(_first(of(thing))) from error


def column(thing: Thing) -> str:
    """In which column of a draft or a version this thing stands."""
    return "collection" if isinstance(thing, Collection) else "piece"


def _hold(thing: Thing) -> None:
    """Take the thing's row for this transaction, as ``put_in`` does: nobody comes between."""
    _rows(thing).update(updated_at=F("updated_at"))
    thing.updated_at = _rows(thing).values_list("updated_at", flat=True).first() or thing.updated_at


def _refuse_late(thing: Thing, draft: Draft | None, user: AnyUser, had: str | None) -> bool:
    """Raises Overtaken; only tells when it was the same person, in another tab or a moment ago."""
    if not had or had == seen(thing, draft):
        return False
    if draft and draft.by_id == user.pk and had.partition(".")[0] == str(_moment(thing)):
        return True
    if had.partition(".")[0] != str(_moment(thing)):
        raise Overtaken(_changed_live(thing))
    raise Overtaken(_first(draft))


def _rows(thing: Thing) -> models.QuerySet[Any]:
    rows: models.QuerySet[Any] = type(thing)._default_manager.filter(pk=thing.pk)
    return rows


def _write(draft: Draft, columns: dict[str, Any] | None = None) -> None:
    """One conditional UPDATE, or DELETE: only who saw this version may write the next."""
    mine = Draft.objects.filter(pk=draft.pk, version=draft.version)
    if columns is None:
        moved = mine.delete()[0]
    else:
        moved = mine.update(**columns, version=F("version") + 1)
    if not moved:
        raise Overtaken(_first(Draft.objects.select_related("by").filter(pk=draft.pk).first()))


def _first(draft: Draft | None) -> str:
    if draft is None:
        return _(
            "Somebody put the draft into the shop, or dropped it, after you had opened this page."
        )
    who = {"who": person(draft.by), "time": draft.kept_at}
    return _("%(who)s kept a draft at %(time)s, after you had opened this page.") % (
        who | {"time": clock(draft.kept_at)}
    )


def _changed_live(thing: Thing) -> str:
    last = Version.objects.of(thing).select_related("by").first()
    if last is None:
        return _("It was changed at %s, after you had opened this page.") % clock(thing.updated_at)
    return _("%(who)s changed it at %(time)s, after you had opened this page.") % {
        "who": person(last.by),
        "time": clock(thing.updated_at),
    }


def person(user: Any) -> str:
    """How the workshop names somebody."""
    return str(user.get_full_name() or user.get_username()) if user else _("Somebody")


def clock(moment: Any) -> str:
    """The time of day; with the day before it when that is not today."""
    from django.utils.formats import date_format
    from django.utils.timezone import localdate, localtime

    here = localtime(moment)
    return date_format(here, "H:i" if here.date() == localdate() else "j F, H:i")


def drop(thing: Thing) -> None:
    """Forget the draft; the thing itself is untouched."""
    Draft.objects.of(thing).delete()


@transaction.atomic
def lay_by(thing: Thing) -> None:
    """Take the draft away from beside the thing; it stays among the versions."""
    draft = of(thing)
    if draft:
        _write(draft)
        lay_aside(thing, draft.answers, draft.by)


def lay_aside(thing: Thing, changes: Answers, user: Any) -> Version:
    """Keep changes among the versions instead of as the draft."""
    return Version.objects.create(
        **{column(thing): thing}, kind=Version.Kind.ASIDE, answers=changes, by=user
    )


def gaps(thing: Thing) -> list[str]:
    """A sentence for each thing that does not validate, as it was when the draft was kept."""
    draft = of(thing)
    return answers.sentences(draft.lacks) if draft else []


# --- Making it live ----------------------------------------------------------------------


@transaction.atomic
def put_in(thing: Thing, user: AnyUser, *, request: HttpRequest | None = None) -> "Desk | None":
    """Make the draft live through the workshop's forms; None when there is none.

    Raises Incomplete with each gap, Overtaken when somebody else just did; then nothing is
    written. What refuses in passing (a stock in a basket) is told to ``request``'s messages.
    """
    from catalog import versions  # which looks at drafts

    _hold(thing)
    draft = of(thing)
    if draft is None:
        return None
    forms = Desk(thing, user, changes=draft.answers, request=request)
    if not forms.is_valid():
        raise Incomplete(answers.sentences(forms.lacks()))
    _write(draft)
    versions.begin(thing, user)
    _rows(thing).update(updated_at=now())
    forms.save()
    versions.keep(forms.thing, user)
    return forms


@transaction.atomic
def put_in_part(
    thing: Thing, user: AnyUser, wanted: answers.Wanted, *, request: HttpRequest | None = None
) -> bool:
    """Make the ``wanted`` changes of the draft live, the rest stays kept; whether there were any.

    What does not validate stays in the draft, whose page says why.
    """
    _hold(thing)
    draft = of(thing)
    part, rest = answers.split(answers_of(draft), wanted)
    if draft is None or not part:
        return False
    forms = Desk(thing, user, changes=part, request=request)
    if not forms.is_valid():
        return False
    _write(draft, {"answers": rest} if rest else None)
    forms.save()
    return True


class _RolledBack(Exception):
    pass


@contextmanager
def rehearsed(thing: Thing, user: AnyUser, changes: Answers | None = None) -> Iterator[Thing]:
    """Inside, the database shows the draft (or these changes) as if it were live.

    A field that does not validate shows what is live. Everything is rolled back afterwards:
    rows, and what was to happen after the commit. Without changes nothing is asked or written.
    """
    if changes is None:
        changes = answers_of(of(thing))
    if not changes:
        yield thing
        return
    try:
        with transaction.atomic():
            _rehearse(thing, user, changes)
            yield type(thing)._default_manager.get(pk=thing.pk)
            raise _RolledBack  # noqa: TRY301
    except _RolledBack:
        return


def _rehearse(thing: Thing, user: AnyUser, changes: Answers) -> None:
    forms = Desk(thing, user, changes=changes)
    if not forms.is_valid():
        sound = answers.without(changes, forms.lacks())
        forms = Desk(type(thing)._default_manager.get(pk=thing.pk), user, changes=sound)
        if not forms.is_valid():
            return
    forms.write()
