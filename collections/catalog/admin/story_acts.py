"""The story's buttons: each changes what the form says, as if a person had typed it.

So the same press serves a draft, which is written at once, and words beside what is live.
"""

from collections.abc import Callable

from django.core.exceptions import ValidationError
from django.http import QueryDict
from django.utils.translation import gettext as _

from catalog.admin.blocks import MOST, PINNED_WIDTH, pinned_height
from catalog.models import Collection, Photo, StoryBlock

_WHOLE = 100  # per cent


def act_of(post: QueryDict) -> str:
    """The name of the story's button that was pressed; empty for none."""
    for name in post:
        if name in ACTS:
            return name
        if name.startswith("_pin-") and name.endswith(".x"):
            return name.removesuffix(".x")
    return ""


def done(collection: Collection, name: str, post: QueryDict) -> tuple[QueryDict, str]:
    """The form's data after the act, and the key of the block on which the page goes on.

    Raises ValidationError with a sentence when it cannot be done.
    """
    data = post.copy()
    if name.startswith("_pin-"):
        key = name.removeprefix("_pin-")
        _pin(collection, data, key)
        return data, key
    return data, ACTS[name](data, post.get(name, ""))


def _total(data: QueryDict) -> int:
    sent = data.get("blocks-TOTAL_FORMS", "")
    return min(MOST, int(sent)) if sent.isdecimal() else 0


def _rows(data: QueryDict) -> list[tuple[str, int]]:
    """The key and the row of each block, in the order of the story."""
    new = 0
    found = []
    for row in range(_total(data)):
        key = data.get(f"blocks-{row}-id", "")
        if not key:
            key = f"new-{new}"
            new += 1
        found.append((key, row))
    return sorted(found, key=lambda pair: _place(data, pair[1]))


def _place(data: QueryDict, row: int) -> int:
    sent = data.get(f"blocks-{row}-position", "")
    return int(sent) if sent.isdecimal() else MOST


def _row(data: QueryDict, key: str) -> int | None:
    return dict(_rows(data)).get(key)


def _up(data: QueryDict, key: str) -> str:
    return _move(data, key, -1)


def _down(data: QueryDict, key: str) -> str:
    return _move(data, key, 1)


def _move(data: QueryDict, key: str, step: int) -> str:
    rows = [pair for pair in _rows(data) if not data.get(f"blocks-{pair[1]}-DELETE")]
    here = next((place for place, pair in enumerate(rows) if pair[0] == key), None)
    if here is None or not 0 <= here + step < len(rows):
        return ""
    rows.insert(here + step, rows.pop(here))
    for place, (_key, row) in enumerate(rows, start=1):
        data[f"blocks-{row}-position"] = str(place)
    return key


def _add(data: QueryDict, kind: str) -> str:
    if kind not in StoryBlock.Kind.values:
        raise ValidationError(_("There is no such kind of block."))
    row = _total(data)
    if row >= MOST:
        raise ValidationError(_("The story is as long as it can be."))
    last = max((_place(data, one) for _key, one in _rows(data)), default=0)
    data["blocks-TOTAL_FORMS"] = str(row + 1)
    data[f"blocks-{row}-kind"] = kind
    data[f"blocks-{row}-width"] = StoryBlock.Width.TEXT
    data[f"blocks-{row}-position"] = str(min(last, MOST) + 1)
    return next(key for key, one in _rows(data) if one == row)


def _remove(data: QueryDict, key: str) -> str:
    row = _row(data, key)
    if row is not None:
        data[f"blocks-{row}-DELETE"] = "on"
    return ""


def _restore(data: QueryDict, key: str) -> str:
    row = _row(data, key)
    if row is not None:
        data.pop(f"blocks-{row}-DELETE", None)
    return key


def _pin(collection: Collection, data: QueryDict, key: str) -> None:
    """A press on the photograph: a new pin there, for the first piece that has none yet."""
    row = _row(data, key)
    chosen = data.get(f"blocks-{row}-photo", "")
    photos = Photo.objects.filter(designer=collection.designer_id)
    photo = photos.filter(pk=chosen if chosen.isdecimal() else 0).first()
    if photo is None or not photo.width:
        raise ValidationError(_("Choose a photograph first."))
    pins = f"blocks-{row}-pins"
    sent = data.get(f"{pins}-TOTAL_FORMS", "")
    number = min(int(sent), MOST) if sent.isdecimal() else 0
    pinned = {data.get(f"{pins}-{one}-piece", "") for one in range(number)}
    pieces = collection.pieces.order_by("position", "pk").values_list("pk", flat=True)
    piece = next((pk for pk in pieces if str(pk) not in pinned), None)
    if piece is None:
        raise ValidationError(_("Each piece of the collection has its pin already."))
    data[f"{pins}-TOTAL_FORMS"] = str(number + 1)
    data[f"{pins}-{number}-piece"] = str(piece)
    data[f"{pins}-{number}-x"] = _per_cent(data.get(f"_pin-{key}.x", ""), PINNED_WIDTH)
    data[f"{pins}-{number}-y"] = _per_cent(data.get(f"_pin-{key}.y", ""), pinned_height(photo))


def _per_cent(pixels: str, whole: int) -> str:
    number = int(pixels) if pixels.isdecimal() else 0
    return str(min(_WHOLE, round(number * _WHOLE / whole)))


ACTS: dict[str, Callable[[QueryDict, str], str]] = {
    "_up": _up,
    "_down": _down,
    "_add": _add,
    "_remove": _remove,
    "_restore": _restore,
}
