"""Everything of one's own in one zip: pieces, stories, photographs, parcels and statements.

For the maker's own keeping, and for moving elsewhere: nobody needs to ask the house for it.
It holds no shopper's name and no address; what of those a maker needs stands on the parcel.
"""

import json
import logging
from collections.abc import Iterable, Iterator
from datetime import date
from typing import Any

from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.core.files.storage import Storage
from django.db.models import Min, QuerySet
from django.http import Http404, HttpRequest, HttpResponse, StreamingHttpResponse
from django.utils.text import slugify
from django.utils.timezone import localdate, now
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from catalog import prices
from catalog.admin.in_and_out import table_of
from catalog.models import Collection, Photo, Piece
from catalog.models.photo import originals
from catalog.sheets.writing import csv_lines, written
from designers.models import Designer, is_owner
from designers.ownership import OWNERS, owned, roles_of
from orders.makers import statement_csv, statements
from orders.models import OrderLine, Parcel
from shop.money import exponent, to_decimal
from shop.written_story import as_markdown
from shop.zipping import Part, zipped

logger = logging.getLogger(__name__)
_AT_ONCE = 100
_CHUNK = 256 * 1024


@require_GET
def everything(request: HttpRequest, pk: int) -> HttpResponse | StreamingHttpResponse:
    """The zip of one maker, for those who see their money; nobody else's is found."""
    designer = owned(Designer, request).filter(pk=pk).first()
    if designer is None:
        raise Http404
    if not (is_owner(request.user) or roles_of(request).get(pk) in OWNERS):
        raise PermissionDenied
    answer = StreamingHttpResponse(
        zipped(parts_of(designer, request)), content_type="application/zip"
    )
    name = f"{designer.slug}-{localdate().isoformat()}.zip"
    answer.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    # It is packed: GZipMiddleware leaves alone what says how it is encoded.
    answer.headers["Content-Encoding"] = "identity"
    return answer


def parts_of(designer: Designer, request: HttpRequest) -> Iterator[Part]:
    """Each file of the zip, made when its turn comes."""
    pieces = owned(Piece, request).filter(designer=designer)
    photos = owned(Photo, request).filter(designer=designer)
    yield _part("read me.txt", [_READ_ME().encode()])
    yield _part("maker.json", [_json([_plain(designer, leave=_HOUSE)])])
    table = table_of(pieces)
    yield _part("pieces.csv", [written(table, "csv")])
    yield _part("pieces.xlsx", [written(table, "xlsx")], is_packed=False)
    yield _part("pieces.json", _json_lines(pieces))
    for collection in owned(Collection, request).filter(designer=designer):
        story = as_markdown(collection).encode()
        yield _part(f"collections/{collection.slug}.md", [story])
    yield _part("parcels.csv", csv_lines(_parcels(designer)))
    yield from _statements(designer)
    yield _part("photographs.csv", csv_lines(_photo_rows(photos)))
    yield from _photographs(photos)


def _part(name: str, chunks: Iterable[bytes], *, is_packed: bool = True) -> Part:
    return Part(name, chunks, now(), is_packed)


def _READ_ME() -> str:  # noqa: N802 - a text, made in the reader's language
    return _(
        "Everything of yours in the shop.\n\n"
        "pieces.csv, pieces.xlsx   your pieces; either can be sent in again as a table\n"
        "pieces.json               the same with every size, material and measure\n"
        "collections/              the stories, as Markdown\n"
        "photographs/              the files that you sent, as you sent them\n"
        "photographs.csv           which piece each belongs to, and its words\n"
        "parcels.csv               what was sold and posted, without anybody’s name or address\n"
        "statements/               your money, a month each\n\n"
        "The photographs still tell where and with what they were taken.\n"
    )


# What the house decides or reckons, and nobody asks to keep.
_HOUSE = {"search_text", "token", "renditions", "perceptual_hash", "designer", "fingerprint"}


def _plain(thing: Any, leave: set[str] = _HOUSE) -> dict[str, Any]:
    return {
        field.name: field.value_from_object(thing)
        for field in thing._meta.concrete_fields
        if field.name not in leave
    }


def _json(value: Any) -> bytes:
    return json.dumps(value, default=str, ensure_ascii=False, indent=1).encode()


def _price(piece: Piece) -> str | None:
    if piece.price == prices.UNPRICED:
        return None
    return str(to_decimal(piece.price, settings.SHOP_CURRENCY))


def _json_lines(pieces: QuerySet[Piece]) -> Iterator[bytes]:
    rows = pieces.order_by("pk").prefetch_related("variants", "piece_materials__material")
    before = b"[\n"
    for piece in rows.iterator(chunk_size=_AT_ONCE):
        told = _plain(piece) | {
            "price": _price(piece),
            "currency": settings.SHOP_CURRENCY,
            "sizes": [_plain(size) for size in piece.variants.all()],
            "materials": [
                _plain(row) | {"material": row.material.name} for row in piece.piece_materials.all()
            ],
        }
        yield before + _json(told)
        before = b",\n"
    yield b"\n]\n" if before != b"[\n" else b"[]\n"


def _parcels(designer: Designer) -> Iterator[list[Any]]:
    yield [
        *("order", "paid", "leaves by", "posted", "stands", "carrier", "tracking", "to"),
        *("piece", "size", "number", "engraving", "quantity", "price", "discount", "given back"),
        *("commission", "currency"),
    ]
    lines = OrderLine.objects.filter(parcel__designer=designer, order__paid_at__isnull=False)
    lines = lines.select_related("parcel", "order").order_by("order__paid_at", "pk")
    for line in lines.iterator(chunk_size=_AT_ONCE):
        yield [*_whole_parcel(line.parcel, line), *_line(line)]


def _whole_parcel(parcel: Parcel, line: OrderLine) -> list[Any]:
    days = (line.order.paid_at, parcel.shipped_at)
    paid, posted = (localdate(day).isoformat() if day else "" for day in days)
    return [
        *(line.order.number, paid, parcel.post_by.isoformat(), posted),
        *(parcel.get_state_display(), parcel.carrier, parcel.tracking, line.order.country),
    ]


def _line(line: OrderLine) -> list[Any]:
    currency = line.order.currency
    digits = exponent(currency)
    sums = (line.total, line.discount, line.refunded, line.commission)
    return [
        *(line.title, line.label, line.sku, line.engraving, line.quantity),
        *(f"{to_decimal(amount, currency):.{digits}f}" for amount in sums),
        currency.upper(),
    ]


def _statements(designer: Designer) -> Iterator[Part]:
    """A table for each month since the first sale."""
    sold = Parcel.objects.filter(designer=designer).aggregate(first=Min("order__paid_at"))["first"]
    month = localdate(sold).replace(day=1) if sold else _never()
    while month <= localdate():
        told = statements.of(designer, month, settings.SHOP_CURRENCY)
        text = "\N{ZERO WIDTH NO-BREAK SPACE}" + statement_csv.written(told)
        yield _part(f"statements/{month:%Y-%m}.csv", [text.encode()])
        month = statements.next_month(month)


def _never() -> date:
    return date.max


def _photo_rows(photos: QuerySet[Photo]) -> Iterator[list[Any]]:
    yield ["file", "name", "collection", "piece", "role", "on the telephone", "place", "sha256"]
    rows = photos.select_related("collection", "piece__collection").order_by("pk")
    for photo in rows.iterator(chunk_size=_AT_ONCE):
        yield [
            *(_name_of(photo), photo.original_name, _collection_of(photo)),
            *(photo.piece.slug if photo.piece else "", photo.role, photo.alt),
            *(photo.position, photo.sha256),
        ]


def _photographs(photos: QuerySet[Photo]) -> Iterator[Part]:
    missing: list[str] = []
    rows = photos.select_related("collection", "piece__collection").order_by("pk")
    for photo in rows.iterator(chunk_size=_AT_ONCE):
        chunks = _chunks(originals(), photo, missing)
        # The first is read now: a file that is not there makes no empty part.
        first = next(chunks, None)
        if first is not None:
            whole = _then(first, chunks)
            yield Part(_name_of(photo), whole, photo.created_at, is_packed=False)
    if missing:
        yield _part("photographs/missing.txt", ["\n".join(missing).encode()])


def _chunks(storage: Storage, photo: Photo, missing: list[str]) -> Iterator[bytes]:
    try:
        file = storage.open(photo.original.name or "")
    except (OSError, ValueError):
        logger.warning("The original of photograph %s is not there.", photo.pk)
        missing.append(_name_of(photo))
        return
    with file:
        yield from file.chunks(_CHUNK)


def _then(first: bytes, rest: Iterator[bytes]) -> Iterator[bytes]:
    yield first
    yield from rest


def _collection_of(photo: Photo) -> str:
    collection = photo.piece.collection if photo.piece else photo.collection
    return collection.slug if collection else ""


def _name_of(photo: Photo) -> str:
    """Such as ``photographs/low-water/17-dsc-4118.jpg``: its own everywhere, safe anywhere."""
    stem, _dot, kind = photo.original_name.rpartition(".")
    stored = (photo.original.name or "").rpartition(".")[2]
    ending = slugify(stored or kind)[:5] or "jpg"
    name = slugify(stem or kind)[:60]
    return f"photographs/{_collection_of(photo) or 'loose'}/{photo.pk}-{name or 'photo'}.{ending}"
