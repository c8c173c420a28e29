"""Earlier versions: how a collection or a piece stood each time it was kept or made live."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.utils.safestring import SafeString
from django.utils.text import capfirst
from django.utils.timezone import now

from catalog import answers, desk, drafts, snapshots
from catalog.answers import Answers
from catalog.models import Collection, Piece, Version
from catalog.word_by_word import compared

type Thing = Collection | Piece

# So many of the last are kept for each thing; of what is older one a week.
LAST = 50
# What is counted or sold is no matter of versions.
_COUNTED = {"stock", "price", "price_difference", "status"}


def taken(thing: Thing, user: Any) -> dict[str, Any]:
    """What shoppers see of it, as plain JSON."""
    return snapshots.taken(thing) if isinstance(thing, Collection) else desk.live(thing, user)


def keep(thing: Thing, user: Any) -> Version | None:
    """Keep how it stands now; None when the last version says the same."""
    snapshot = taken(thing, user)
    last = Version.objects.of(thing).exclude(kind=Version.Kind.ASIDE).first()
    kind = Version.Kind.LIVE if drafts.is_shown(thing) else Version.Kind.KEPT
    if last and last.kind == kind and _plain(last.snapshot) == _plain(snapshot):
        return None
    return Version.objects.create(
        **{drafts.column(thing): thing}, kind=kind, snapshot=snapshot, by=user
    )


def begin(thing: Thing, user: Any) -> None:
    """Before a first change: how it stood until then, so that it can come back too."""
    if not Version.objects.of(thing).exclude(kind=Version.Kind.ASIDE).exists():
        first = keep(thing, user)
        if first:
            Version.objects.filter(pk=first.pk).update(at=thing.updated_at, by=None)


def _plain(snapshot: Any) -> Any:
    """As it comes back from the database."""
    import json

    return json.loads(json.dumps(snapshot, sort_keys=True, default=str))


# --- What changed --------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Change:
    """A field of a piece that says something else."""

    label: str
    before: str
    after: str

    @property
    def as_html(self) -> SafeString:
        return compared(self.before, self.after)


def differences(thing: Thing, before: Version, after: Version) -> list[Any]:
    """What ``after`` changed, each with ``label`` and ``as_html``."""
    if isinstance(thing, Collection):
        return snapshots.differences(before.snapshot, after.snapshot)
    return _changes(answers.changes(after.snapshot, before.snapshot))


def since(thing: Thing, version: Version, user: Any) -> list[Any]:
    """What putting this version back would change of what is there now."""
    if isinstance(thing, Collection):
        live = snapshots.taken(thing)
        with rehearsed(thing, version, user) as shown:
            return snapshots.differences(live, snapshots.taken(shown))  # type: ignore[arg-type]
    return _changes(_changes_to(thing, version, user)[0])


def _changes(changed: Answers, label: str = "") -> list[Change]:
    found = [
        Change(_label(name, label), ", ".join(said["was"]), ", ".join(said["is"]))
        for name, said in changed.get("fields", {}).items()
        if name not in {"position", "DELETE"}
    ]
    for name, rows in changed.get("rows", {}).items():
        for row in rows.values():
            found += _changes(row, name)
    return found


def _label(name: str, rows: str) -> str:
    try:
        words = str(Piece._meta.get_field(name).verbose_name) if not rows else name  # type: ignore[union-attr]
    except LookupError:
        words = name
    return capfirst(words.replace("_", " "))


# --- Putting one back ----------------------------------------------------------------------------


def put_back(thing: Thing, version: Version, user: Any) -> list[str]:
    """Make a version the thing's draft; the names of what is no longer there are returned.

    A draft that waits already is laid aside among the versions.
    """
    changes, missing = _changes_to(thing, version, user)
    with transaction.atomic():
        waiting = drafts.of(thing)
        if waiting and waiting.answers != changes:
            drafts.lay_aside(thing, waiting.answers, waiting.by)
        drafts.keep_answers(thing, changes, user)
    return missing


@contextmanager
def rehearsed(thing: Thing, version: Version, user: Any) -> Iterator[Thing]:
    """Inside, the database shows the thing as it was then; rolled back afterwards."""
    with drafts.rehearsed(thing, user, _changes_to(thing, version, user)[0]) as shown:
        yield shown


class _RolledBack(Exception):
    pass


def _changes_to(thing: Thing, version: Version, user: Any) -> tuple[Answers, list[str]]:
    """What a draft would say that makes the thing what it was; and what is missing for it."""
    if version.kind == Version.Kind.ASIDE:
        return version.answers, []
    live = desk.live(thing, user)
    if isinstance(thing, Piece):
        return answers.changes(_uncounted(version.snapshot, live), live), []
    missing: list[str] = []
    told: Answers = {}
    try:
        with transaction.atomic():
            fresh = Collection.objects.get(pk=thing.pk)
            missing = snapshots.put_back(fresh, version.snapshot)
            told = desk.live(fresh, user)
            raise _RolledBack  # noqa: TRY301
    except _RolledBack:
        return answers.changes(answers.missing_rows_go(told, live), live), missing


def _uncounted(snapshot: Answers, live: Answers) -> Answers:
    """A piece's version without prices and stock; its sizes and photographs are those of now."""
    rows = {}
    for name, some in snapshot["rows"].items():
        there = live["rows"].get(name, {})
        rows[name] = {
            key: {"fields": _words(row["fields"]), "rows": {}}
            for key, row in some.items()
            if key in there or name == "piece_materials"
        }
    return {"fields": _words(snapshot["fields"]), "rows": rows}


def _words(fields: Answers) -> Answers:
    return {name: said for name, said in fields.items() if name not in _COUNTED}


# --- Forgetting ----------------------------------------------------------------------


def prune(at: datetime | None = None) -> int:
    """Forget what is neither among the last of its thing nor the last of its week."""
    old = Version.objects.filter(at__lt=(at or now()) - timedelta(weeks=1))
    gone: list[int] = []
    for column in ("collection", "piece"):
        things = old.filter(**{f"{column}__isnull": False}).order_by()
        for thing in things.values_list(column, flat=True).distinct():
            gone += _too_many(Version.objects.filter(**{column: thing}))
    return Version.objects.filter(pk__in=gone).delete()[0] if gone else 0


def _too_many(rows: Any) -> list[int]:
    older = rows.order_by("-at", "-pk").values_list("pk", "at")[LAST:]
    weeks: set[tuple[int, int]] = set()
    gone = []
    for pk, at in older:
        week = at.isocalendar()[:2]
        if week in weeks:
            gone.append(pk)
        weeks.add(week)
    return gone
