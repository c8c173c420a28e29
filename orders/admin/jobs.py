"""A parcel as its maker reads it: what to make, for whom, by when. Nothing else of the order."""

from dataclasses import dataclass
from datetime import date

from django.utils.functional import cached_property
from django.utils.translation import gettext as _

from catalog import ring_sizes
from catalog.models import Piece
from orders import fulfilment, wording
from orders.admin.parcel_form import ParcelForm
from orders.models import Order, Parcel
from orders.pages.order_page import LineTold
from orders.post import addresses, carriers
from orders.prices import shares
from shop.money import format_money


@dataclass(frozen=True, slots=True)
class Punch:
    """One of the five stages: struck, now or open, with a word on when."""

    value: int
    label: str
    when: str
    is_done: bool
    is_now: bool


class JobLine(LineTold):
    """A line as its maker needs it."""

    @property
    def piece(self) -> Piece | None:
        return self.line.variant.piece if self.line.variant else None

    @property
    def size(self) -> str:
        """``54, 17.19 mm across, US 6 ¾, UK N`` of a ring; else the label."""
        words = wording.size(self.piece, self.line.label)
        if not (words and self.ring):
            return words and self.line.label
        across = _("%s mm across") % self.across
        return f"{self.line.label}, {across}, US {self.ring.us}, UK {self.ring.uk}"

    @cached_property
    def ring(self) -> ring_sizes.RingSize | None:
        variant = self.line.variant
        if variant and variant.size and variant.piece.sized == Piece.Sized.RING:
            return ring_sizes.in_all_scales(variant.size)
        return None

    @property
    def across(self) -> str:
        """The inner diameter in millimetres, as one writes it."""
        return f"{self.ring.inside / 100:.2f}" if self.ring else ""

    @property
    def radius(self) -> str:
        """In millimetres, for a drawing."""
        return f"{self.ring.inside / 200:.3f}" if self.ring else ""

    @property
    def made_of(self) -> str:
        return str(self.line.snapshot.get("materials") or "")


class Job:
    """A parcel in words; its lines and its order are read with it."""

    def __init__(self, parcel: Parcel, form: ParcelForm | None = None) -> None:
        self.parcel = parcel
        self.order = parcel.order
        self.form = form or ParcelForm(parcel)
        self.lines = [JobLine(line) for line in parcel.lines.all()]

    @property
    def title(self) -> str:
        return wording.joined([wording.called(told.line) for told in self.lines]) or str(
            self.parcel
        )

    @property
    def day(self) -> str:
        if self.is_stopped:
            return _("keep it")
        if not self.is_open:
            return str(self.parcel.get_state_display())
        return wording.leaving(self.parcel.post_by)

    @property
    def is_now(self) -> bool:
        return self.is_open and self.parcel.is_urgent

    @property
    def is_open(self) -> bool:
        return (
            self.parcel.state in fulfilment.OPEN and self.order.state in fulfilment.SENDABLE_ORDERS
        )

    @property
    def is_stopped(self) -> bool:
        """Whether it waits for a bank."""
        waits = self.order.state == Order.State.DISPUTED
        return waits and self.parcel.state in fulfilment.OPEN

    @property
    def why_closed(self) -> str:
        """Why nothing is to be done, where it is neither posted nor to be sent."""
        if self.is_open or self.parcel.shipped_at:
            return ""
        return fulfilment.why_not(self.parcel)

    @property
    def is_made(self) -> bool:
        return any(told.line.is_made for told in self.lines)

    @property
    def leaves(self) -> str:
        return wording.weekday(self.parcel.post_by)

    @property
    def arrives(self) -> str:
        return wording.weekday(self.parcel.arrives_by)

    @property
    def first_name(self) -> str:
        return self.order.name.split()[0] if self.order.name else _("them")

    @property
    def with_whom(self) -> str:
        """The first name on the parcel: of a present, not who bought it."""
        name = self.order.recipient.split()
        return name[0] if name else _("them")

    @property
    def address(self) -> list[str]:
        """Name and address as it is written on a parcel."""
        return addresses.of(self.order).rows

    @property
    def is_present(self) -> bool:
        return bool(self.parcel.wrap or self.parcel.hide_prices or self.parcel.gift_note)

    @property
    def wishes(self) -> str:
        words = [_("to be wrapped")] if self.parcel.wrap else []
        if self.parcel.hide_prices:
            words.append(_("no prices in the box, none on the slip"))
        return wording.sentence(wording.joined(words)) + "." if words else ""

    @property
    def earned(self) -> int:
        """What of the pieces is the maker's, in minor units."""
        whole = [(told.line, shares.Share.of(told.line)) for told in self.lines]
        return sum(share.designer - share.part(line.refunded).designer for line, share in whole)

    @property
    def sums(self) -> list[tuple[str, str]]:
        """What a slip with prices says below the pieces: what was paid for them, and the post."""
        order, lines = self.order, [told.line for told in self.lines]
        rows = []
        if discount := sum(line.discount for line in lines):
            word = _("Code %s") % order.code if order.code else _("Taken off")
            rows.append((word, wording.off(discount, order.currency)))
        if tax := sum(line.tax_added for line in lines):
            rows.append((_("Tax"), self._money(tax)))
        day = order.paid_at and wording.dated(order.paid_at)
        rows.append(
            (
                _("Paid on %s") % day if day else _("Together"),
                self._money(sum(line.paid for line in lines)),
            )
        )
        post = self.parcel.shipping
        return [*rows, (_("Post"), self._money(post) if post else _("included"))]

    @property
    def has_tax_in_prices(self) -> bool:
        return not any(told.line.tax_added for told in self.lines)

    def _money(self, amount: int) -> str:
        return format_money(amount, self.order.currency)

    @property
    def care(self) -> str:
        """How to wear what is in it, each piece's words once."""
        pieces = [told.piece for told in self.lines if told.piece]
        words = [f"{word.rstrip('.')}." for p in pieces for word in (p.care, p.care_note) if word]
        return " ".join(dict.fromkeys(words))

    @property
    def punches(self) -> list[Punch]:
        posted, now = self.parcel.shipped_at is not None, self.parcel.stage_now
        return [
            Punch(
                stage.value,
                str(stage.label),
                self._when(stage),
                stage < now or posted,
                stage == now,
            )
            for stage in Parcel.Stage
        ]

    def _when(self, stage: Parcel.Stage) -> str:
        if day := self.parcel.stage_days.get(str(stage.value)):
            return wording.day(date.fromisoformat(day))
        if stage == Parcel.Stage.POSTED:
            return _("due %s") % wording.day(self.parcel.post_by) if self.is_open else ""
        return "" if self.is_made else _("ready made")

    @property
    def next_stage(self) -> Punch | None:
        """The next act of making; none when the next is to post it."""
        if not self.is_made or self.parcel.stage >= Parcel.Stage.HALLMARKED:
            return None
        return self.punches[self.parcel.stage + 1]

    @property
    def follow(self) -> str:
        """Where the posted parcel is looked up."""
        return carriers.link(self.parcel.carrier, self.parcel.tracking)
