"""What a piece or a collection still lacks, and what a lack costs; a must stops publishing.

What lacks stands in the order in which it is quickest mended, a must before the rest.
"""

from dataclasses import dataclass
from typing import Any

from django.db.models import Case, Exists, OuterRef, QuerySet, Subquery, Value, When
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from catalog import hallmarks, musts
from catalog.admin import choices
from catalog.models import Collection, Photo, Piece, PieceMaterial


@dataclass(frozen=True, slots=True)
class Strike:
    """One punch of readiness: struck when done, open when not; the word stands beside it.

    ``url`` leads to where it is mended, by the act ``mend``.
    """

    word: str
    done: bool
    cost: str = ""
    must: bool = False
    url: str = ""
    mend: str = ""


def with_readiness(pieces: QuerySet[Piece]) -> QuerySet[Piece]:
    """Annotates what ``of_piece`` asks, so that a list of pieces needs no query each."""
    photos = Photo.objects.filter(piece=OuterRef("pk"))
    materials = PieceMaterial.objects.filter(piece=OuterRef("pk"))
    return musts.with_musts(pieces).annotate(
        has_scale=Exists(photos.filter(role=Photo.Role.SCALE)),
        lacks_alt=Exists(photos.filter(alt="")),
        has_material=Exists(materials),
        lacks_origin=Exists(materials.filter(origin="")),
        lacks_evidence=Exists(materials.filter(evidence="").exclude(claims=[])),
        marked_from=_marked_from(materials),
    )


def _marked_from(materials: QuerySet[PieceMaterial]) -> Subquery:
    """From how many mg the strictest of a piece's metals must be marked; None without any."""
    limits = Case(
        *(When(material__metal=metal, then=Value(mg)) for metal, mg in hallmarks.LIMITS.items())
    )
    precious = materials.filter(role=PieceMaterial.Role.METAL).exclude(material__metal="")
    return Subquery(precious.order_by(limits).values_list(limits)[:1])


def of_piece(piece: Piece) -> list[Strike]:
    """The nine strikes of a piece of ``with_readiness``; what lacks first, quickest first."""
    strikes = [*_quick(piece), *_told(piece), *_photographed(piece), _marked(piece)]
    return sorted(strikes, key=lambda strike: (strike.done, not strike.must))


def _quick(piece: Any) -> list[Strike]:
    return [
        Strike(
            _("price"),
            musts.PRICE not in musts.missing(piece),
            _("Without one it cannot be bought."),
            must=True,
            url="#id_price",
            mend=_("set"),
        ),
        Strike(
            _("size to choose"),
            musts.SIZE not in musts.missing(piece),
            _("Without one, made or ready, it cannot be bought."),
            must=True,
            url="#sizes",
            mend=_("make"),
        ),
        Strike(
            _("alt text"),
            piece.has_photo and not piece.lacks_alt,
            _("Some shoppers hear the picture instead of seeing it."),
            url="#photographs",
            mend=_("write"),
        ),
    ]


def _told(piece: Any) -> list[Strike]:
    return [
        Strike(
            _("materials with origin"),
            piece.has_material and not piece.lacks_origin,
            _("What is it made of, and where is each from? “Not known” is an answer too."),
            url="#materials",
            mend=_("name"),
        ),
        Strike(
            _("evidence for each claim"),
            not piece.lacks_evidence,
            _("What nobody can check is not shown: say how you know."),
            url="#materials",
            mend=_("say"),
        ),
        Strike(
            _("words"),
            bool(piece.summary or piece.text),
            _("The story is half of why."),
            url="#id_summary",
            mend=_("write"),
        ),
    ]


def _photographed(piece: Any) -> list[Strike]:
    return [
        Strike(
            _("scale photograph"),
            piece.has_scale,
            _("Shoppers most often leave because they cannot see the size."),
            url="#photographs",
            mend=_("add"),
        ),
        Strike(
            _("photograph"),
            musts.PHOTO not in musts.missing(piece),
            _("Nobody buys what nobody has seen."),
            must=True,
            url="#photographs",
            mend=_("add"),
        ),
    ]


def _marked(piece: Any) -> Strike:
    weight = piece.metal_weight or piece.weight
    weighs = bool(piece.marked_from and weight and weight >= piece.marked_from)
    return Strike(
        _("hallmark for the United Kingdom"),
        not weighs or bool(piece.hallmark),
        _("Unmarked, it may not be sold there by the name of its metal."),
        url="#hallmark",
        mend=_("say"),
    )


def with_places(strikes: list[Strike], mute: list[tuple[int, str]]) -> list[Strike]:
    """The strikes of a piece's own page: ``mute`` are its photographs without alt text.

    Each is its place among the piece's photographs and the address of its page.
    """
    return [
        _mute(strike, mute) if mute and strike.mend and strike.word == _("alt text") else strike
        for strike in strikes
    ]


def _mute(strike: Strike, mute: list[tuple[int, str]]) -> Strike:
    count = len(mute)
    word = ngettext("one photograph without alt text", "%s photographs without alt text", count)
    places = ", ".join(str(place) for place, _url in mute)
    which = ngettext("It is number %s.", "They are numbers %s.", count) % places
    return Strike(
        word % count if count > 1 else word,
        done=False,
        cost=f"{which} {strike.cost}",
        url=mute[0][1],
        mend=strike.mend,
    )


def of_collection(collection: Collection) -> list[Strike]:
    """A collection's strikes; the musts are the gaps that ``publish`` names."""
    first = [
        Strike(gap, done=False, must=True, url=f"#{where}")
        for where, gap in musts.lacks(collection)
    ]
    pieces = [
        piece
        for piece in choices.pieces_of(collection)
        if piece.collection_id == collection.pk and piece.status != Piece.Status.RETIRED
    ]
    unscaled = any(not piece.has_scale for piece in pieces)
    mute = any(not photo.alt for photo in choices.photos_of(collection))
    strikes = [
        Strike(
            _("What it was made from"),
            bool(collection.inspiration_id),
            _("Shoppers find it by that."),
        ),
        Strike(
            _("A scale photograph for each piece") if pieces else _("Pieces"),
            bool(pieces) and not unscaled,
            _("Shoppers most often leave because they cannot see the size."),
        ),
        Strike(
            _("Each photograph in words"),
            not mute,
            _("Some shoppers hear the picture instead of seeing it."),
        ),
        Strike(
            _("What it became"),
            bool(collection.became_id),
            _("The home page shows what was seen beside what it became."),
        ),
    ]
    return first + sorted(strikes, key=lambda strike: strike.done)
