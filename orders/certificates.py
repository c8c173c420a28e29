"""A certificate of provenance: who made a bought piece, of what, and where that is from."""

from decimal import Decimal

from django.utils.translation import gettext as _

from catalog.models import Piece, PieceMaterial
from orders import wording
from orders.models import OrderLine
from orders.pages.order_page import LineTold
from shop.numbers import spell

# The fineness marks of static/img/hallmarks.svg.
_DRAWN = {375, 750, 925}


class CertificateTold:
    """What one line's certificate says; ``line`` needs its order, parcel, designer and piece."""

    def __init__(self, line: OrderLine) -> None:
        assert line.variant  # noqa: S101 - only what is still known has a certificate
        self.line = line
        self.piece: Piece = line.variant.piece
        self.maker = line.parcel.designer
        self.photo = LineTold(line).photo
        self._materials = list(self.piece.piece_materials.select_related("material"))

    @property
    def number(self) -> str:
        return f"{self.line.pk:04d}"

    @property
    def facts(self) -> list[tuple[str, str, str]]:
        """Word, fact, and a second voice; only what is known."""
        collection = self.piece.collection
        year = f", {collection.year}" if collection.year else ""
        rows = [
            (_("Maker"), f"{self.maker.name}, {self.maker.place}", ""),
            (_("Collection"), f"{collection.title}{year}", ""),
            *((m.get_role_display(), _material(m), m.origin) for m in self._materials),
            (_("Weight"), self._weight, ""),
            (_("Hallmark"), self.piece.hallmark, ""),
            (_("Engraved"), self.line.engraving, ""),
        ]
        return [row for row in rows if row[1]]

    @property
    def _weight(self) -> str:
        if not self.piece.weight:
            return ""
        grams = (Decimal(self.piece.weight) / 1000).quantize(Decimal("0.1"))
        size = wording.size(self.piece, self.line.label)
        return f"{grams.normalize():f} g" + (f", {size}" if size else "")

    @property
    def words(self) -> str:
        """The maker's sentence, in the first person."""
        made = _("I made this %(kind)s by hand in my workshop in %(place)s.") % {
            "kind": self.piece.get_kind_display(),
            "place": wording.town(self.maker),
        }
        return " ".join(part for part in (made, self._how_many, _mend()) if part)

    @property
    def _how_many(self) -> str:
        if self.piece.making == Piece.Making.ONE_OF_A_KIND:
            return _("It is one of one.")
        if self.piece.making == Piece.Making.LIMITED and self.piece.edition_size:
            return _("It is one of %s.") % spell(self.piece.edition_size)
        return ""

    @property
    def place_and_day(self) -> str:
        day = self.line.parcel.shipped_at or self.line.order.paid_at
        return f"{self.maker.place}, {wording.day_of_year(day)}" if day else self.maker.place

    @property
    def fineness(self) -> int | None:
        """The fineness of its first metal, for the mark beside the maker's."""
        marks = [m.material.fineness for m in self._materials if m.role == PieceMaterial.Role.METAL]
        return next((mark for mark in marks if mark), None)

    @property
    def punch(self) -> str:
        """The drawn mark of its fineness, where one was drawn."""
        return f"f{self.fineness}" if self.fineness in _DRAWN else ""

    @property
    def mark_in_words(self) -> str:
        words = self.maker.mark_alt or self.maker.name
        return _("Maker’s mark: %s") % words


def _material(found: PieceMaterial) -> str:
    return found.detail or found.material.name


def _mend() -> str:
    return _("If it ever breaks, send it to me.")
