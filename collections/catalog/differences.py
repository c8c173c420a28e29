"""What changed between two snapshots of a collection, in the words of a reader."""

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from difflib import SequenceMatcher
from typing import Any

from django.conf import settings
from django.db import models
from django.utils.safestring import SafeString
from django.utils.text import Truncator, capfirst
from django.utils.translation import gettext as _

from catalog import prices
from catalog.models import Collection, Photo, Piece, PieceMaterial, StoryBlock
from catalog.word_by_word import compared, words_of
from shop.money import format_money
from shop.money_field import GramsField, MillimetresField

type Snapshot = dict[str, Any]

_KIND = StoryBlock.Kind
_MEASURES = {"length": MillimetresField, "width": MillimetresField, "height": MillimetresField}


@dataclass(frozen=True, slots=True)
class Difference:
    """One thing that changed: where (an anchor of the collection's page), and how.

    ``before`` is empty for what is new, ``after`` for what is gone. ``photo_before`` and
    ``photo_after`` are numbers of photographs to be shown beside it.
    """

    where: str
    label: str
    before: str
    after: str
    remark: str = ""
    photo_before: int | None = None
    photo_after: int | None = None

    @property
    def as_html(self) -> SafeString:
        """Escaped, with <del> around what went and <ins> around what came."""
        return compared(self.before, self.after)


def differences(before: Snapshot | None, after: Snapshot) -> list[Difference]:
    """All that changed, in the order of the page; ``before`` None: all of it is new."""
    if before is None:
        before = _nothing_of(after)
    return [
        *_of_fields(before, after),
        *_of_blocks(before, after),
        *_of_pieces(before, after),
    ]


def _nothing_of(after: Snapshot) -> Snapshot:
    return {"fields": {}, "blocks": [], "pieces": [], "photos": {}, "names": after["names"]}


def _of_fields(before: Snapshot, after: Snapshot) -> Iterator[Difference]:
    for name, value in after["fields"].items():
        was = before["fields"].get(name)
        if was == value or (not was and not value):
            continue
        field = Collection._meta.get_field(name)
        yield Difference(
            f"id_{name}",
            _label(Collection, name),
            _shown(field, was, before),
            _shown(field, value, after),
            photo_before=was if name == "seen" else None,
            photo_after=value if name == "seen" else None,
        )


def _label(model: type[models.Model], name: str) -> str:
    return capfirst(str(getattr(model._meta.get_field(name), "verbose_name", name)))


def _shown(field: Any, value: Any, snapshot: Snapshot) -> str:
    """A field's value as people say it."""
    if value is None or value in ("", []):
        return ""
    if isinstance(value, list):
        return ", ".join(_named(field.related_model, pk, snapshot) for pk in value)
    if field.is_relation:
        return _named(field.related_model, value, snapshot)
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    if field.choices:
        return str(dict(field.flatchoices).get(value, value))
    if field.name == "price":
        return prices.in_words(value)
    if field.name in _MEASURES and isinstance(value, int):
        return f"{MillimetresField().show(value)} mm"
    return f"{GramsField().show(value)} g" if field.name == "weight" else str(value)


def _named(model: type[models.Model], pk: int, snapshot: Snapshot) -> str:
    if model is Photo:
        photo = snapshot["photos"].get(str(pk), {})
        return str(photo.get("alt") or photo.get("name") or pk)
    kind = "piece" if model is Piece else "inspiration"
    return str(snapshot["names"].get(kind, {}).get(str(pk), pk))


def _of_blocks(before: Snapshot, after: Snapshot) -> Iterator[Difference]:
    pairs = _matched(before["blocks"], after["blocks"])
    for place, block in enumerate(after["blocks"], start=1):
        label = f"{capfirst(str(_KIND(block['kind']).label))} {place}"
        was = pairs.get(block["id"])
        if was is None:
            told = _block_line(block, after)
            yield Difference(f"block-{block['id']}", label, "", told, photo_after=block["photo"])
        else:
            yield from _of_block(label, was, block, before, after)
    kept = {was["id"] for was in pairs.values()}
    for place, block in enumerate(before["blocks"], start=1):
        if block["id"] not in kept:
            label = f"{capfirst(str(_KIND(block['kind']).label))} {place}"
            told = _block_line(block, before)
            yield Difference("story", label, told, "", photo_before=block["photo"])
    yield from _order(pairs, before, after)


def _matched(before: list[Snapshot], after: list[Snapshot]) -> dict[int, Snapshot]:
    """For each block that was there before: what it was. By number, else the most alike."""
    by_number = {block["id"]: block for block in before}
    pairs = {
        block["id"]: by_number[block["id"]]
        for block in after
        if block["id"] in by_number and by_number[block["id"]]["kind"] == block["kind"]
    }
    left = [block for block in before if block["id"] not in pairs]
    for block in after:
        if block["id"] not in pairs and (like := _most_alike(block, left)):
            pairs[block["id"]] = like
            left.remove(like)
    return pairs


def _most_alike(block: Snapshot, among: list[Snapshot]) -> Snapshot | None:
    alike = [(_likeness(block, other), other) for other in among if other["kind"] == block["kind"]]
    best, found = max(alike, key=lambda pair: pair[0], default=(0.0, None))
    return found if best > 0.6 else None


def _likeness(one: Snapshot, other: Snapshot) -> float:
    facts = [
        {name: value for name, value in block.items() if name != "id"} for block in (one, other)
    ]
    if facts[0] == facts[1]:
        return 2.0
    old, new = (words_of(f"{block['heading']} {block['text']}") for block in (one, other))
    return SequenceMatcher(None, old, new, autojunk=False).ratio()


def _of_block(
    label: str, was: Snapshot, block: Snapshot, before: Snapshot, after: Snapshot
) -> Iterator[Difference]:
    for name, value in block.items():
        if name in {"id", "kind", "pins"} or was.get(name) == value:
            continue
        field = StoryBlock._meta.get_field(name)
        is_photo = name in {"photo", "second_photo"}
        yield Difference(
            f"block-{block['id']}",
            label if name == "text" else f"{label}, {_label(StoryBlock, name).lower()}",
            _shown(field, was.get(name), before),
            _shown(field, value, after),
            photo_before=was.get(name) if is_photo else None,
            photo_after=value if is_photo else None,
        )
    if was["pins"] != block["pins"]:
        pins = _("%s, pins") % label
        old, new = _pins_line(was, before), _pins_line(block, after)
        yield Difference(f"block-{block['id']}", pins, old, new)


def _block_line(block: Snapshot, snapshot: Snapshot) -> str:
    """A block in a line: its words, or what it shows."""
    words = [block["heading"], block["text"], block["attribution"]]
    shown = [
        _named(Photo, block[side], snapshot) for side in ("photo", "second_photo") if block[side]
    ]
    piece = [_named(Piece, block["piece"], snapshot)] if block["piece"] else []
    captions = [block["caption"], block["second_caption"]]
    parts = [*words, *shown, *captions, *piece, _pins_line(block, snapshot)]
    return " – ".join(part for part in parts if part)


def _pins_line(block: Snapshot, snapshot: Snapshot) -> str:
    return ", ".join(
        _("%(piece)s at %(x)s, %(y)s")
        % {"piece": _named(Piece, pin["piece"], snapshot), "x": pin["x"], "y": pin["y"]}
        for pin in block["pins"]
    )


def _order(pairs: dict[int, Snapshot], before: Snapshot, after: Snapshot) -> Iterator[Difference]:
    now_ = [block for block in after["blocks"] if block["id"] in pairs]
    places = {block["id"]: place for place, block in enumerate(before["blocks"])}
    if [places[pairs[block["id"]]["id"]] for block in now_] == sorted(
        places[pairs[block["id"]]["id"]] for block in now_
    ):
        return
    old = sorted(now_, key=lambda block: places[pairs[block["id"]]["id"]])
    yield Difference(
        "story", _("Order of the story"), _in_order(old, after), _in_order(now_, after)
    )


def _in_order(blocks: list[Snapshot], snapshot: Snapshot) -> str:
    return " | ".join(Truncator(_block_line(block, snapshot)).chars(40) for block in blocks)


def _of_pieces(before: Snapshot, after: Snapshot) -> Iterator[Difference]:
    came = after.get("came", {})  # what was shown in another collection
    known = {piece["id"]: piece for piece in before["pieces"]}
    for piece in after["pieces"]:
        was = known.pop(piece["id"], None)
        if was is None and (there := came.get(str(piece["id"]))):
            titles = (there["title"], after["fields"]["title"])
            was_in, is_in = (_("in %s") % title for title in titles)
            yield Difference(f"piece-{piece['id']}", there["piece"]["title"], was_in, is_in)
            yield from _of_piece(there["piece"], piece, before, after)
        elif was is None:
            yield from _new_piece(piece, after)
        else:
            yield from _of_piece(was, piece, before, after)
    for gone in known.values():
        yield Difference("pieces", gone["title"], _("in the shop"), "")


def _new_piece(piece: Snapshot, after: Snapshot) -> Iterator[Difference]:
    price = prices.in_words(piece["price"])
    facts = [price, piece["material_line"], piece["summary"], piece["text"], _sizes(piece)]
    line = " – ".join(fact for fact in [*facts, _made_of(piece)] if fact)
    label = _("%s, a new piece") % piece["title"]
    yield Difference(f"piece-{piece['id']}", label, "", line)
    yield from _of_photos(piece, {"photos": {}}, after)


def _of_piece(
    was: Snapshot, piece: Snapshot, before: Snapshot, after: Snapshot
) -> Iterator[Difference]:
    where = f"piece-{piece['id']}"
    for name, value in piece.items():
        if name in _TOLD_APART or was.get(name) == value:
            continue
        field = Piece._meta.get_field(name)
        yield Difference(
            where,
            f"{was['title']}, {_label(Piece, name).lower()}",
            _shown(field, was.get(name), before),
            _shown(field, value, after),
            remark=_dearer(was[name], value) if name == "price" else "",
        )
    if was["is_archived"] != piece["is_archived"]:
        stands = [
            _("made no more") if one["is_archived"] else _("in the shop") for one in (was, piece)
        ]
        yield Difference(where, piece["title"], stands[0], stands[1])
    for label, told in ((_("%s, sizes"), _sizes), (_("%s, made of"), _made_of)):
        if told(was) != told(piece):
            yield Difference(where, label % was["title"], told(was), told(piece))
    yield from _of_photos(piece, before, after)


_TOLD_APART = {"id", "materials", "sizes", "position", "is_archived"}


def _dearer(was: int, now_: int) -> str:
    """``2.6 per cent more``."""
    share = (Decimal(abs(now_ - was)) / was).scaleb(2)
    words = _("%s per cent more") if now_ > was else _("%s per cent less")
    return words % f"{share:.1f}".removesuffix(".0")


def _sizes(piece: Snapshot) -> str:
    return ", ".join(_size(size) for size in piece["sizes"] if size["offered"])


def _size(size: Snapshot) -> str:
    words = [size["label"] or _("one size")]
    if more := size["price_difference"]:
        sign = "+" if more > 0 else "−"
        words.append(f"{sign}{format_money(abs(more), settings.SHOP_CURRENCY)}")
    if size["can_be_made"]:
        words.append(_("made to order"))
    return " ".join(words)


def _made_of(piece: Snapshot) -> str:
    return "; ".join(_material(row) for row in piece["materials"])


def _material(row: Snapshot) -> str:
    """All that is said of a material, whatever columns there are."""
    role = str(dict(PieceMaterial.Role.choices).get(row["role"], row["role"]))
    rest = [str(value) for name, value in row.items() if name not in _SAID and value]
    return f"{role}: {', '.join([row['name'], *rest])}"


_SAID = {"name", "role", "material"}


def _of_photos(piece: Snapshot, before: Snapshot, after: Snapshot) -> Iterator[Difference]:
    """Photographs of one piece: new, gone, in another order, in other words."""
    old = [row for row in before["photos"].values() if row["piece_id"] == piece["id"]]
    new = [row for row in after["photos"].values() if row["piece_id"] == piece["id"]]
    was = {row["id"]: row for row in old}
    where, title = f"piece-{piece['id']}", piece["title"]
    for row in new:
        yield from _of_photo(where, title, was.get(row["id"]), row)
    kept = {row["id"] for row in new}
    for row in old:
        if row["id"] not in kept:
            label = _("%s, photograph") % title
            yield Difference(where, label, _said(row), "", photo_before=row["id"])
    places = [row["id"] for row in old if row["id"] in kept]
    now_ = [row["id"] for row in new if row["id"] in was]
    if places != now_:
        label = _("%s, order of photographs") % title
        old_line, new_line = (", ".join(_said(was[pk]) for pk in order) for order in (places, now_))
        yield Difference(where, label, old_line, new_line)


def _of_photo(where: str, title: str, was: Snapshot | None, row: Snapshot) -> Iterator[Difference]:
    pk = row["id"]
    if was is None:
        label = _("%s, photograph") % title
        yield Difference(where, label, "", _said(row), photo_after=pk)
        return
    if was["alt"] != row["alt"]:
        label = _("%s, on the telephone") % title
        yield Difference(where, label, was["alt"], row["alt"], photo_after=pk)
    if was["sha256"] != row["sha256"]:
        label = _("%s, another file for a photograph") % title
        yield Difference(where, label, was["name"], row["name"], photo_after=pk)
    if was["role"] != row["role"]:
        roles = dict(Photo.Role.choices)
        old, new = str(roles[was["role"]]), str(roles[row["role"]])
        label = _("%s, what a photograph is for") % title
        yield Difference(where, label, old, new, photo_after=pk)


def _said(row: Snapshot) -> str:
    return str(row["alt"] or row["name"])
