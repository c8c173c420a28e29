"""What an order's page says: where it stands as a whole, and how far each parcel is."""

from dataclasses import dataclass
from datetime import date, datetime

from django.utils.functional import cached_property
from django.utils.translation import gettext as _

from catalog.models import Photo
from orders import outbox, wording
from orders.afterwards import aftersale_terms
from orders.afterwards.aftersale_page import AfterTold
from orders.models import Order, OrderLine, Parcel, Refund
from orders.pages import order_words
from orders.post import addresses, carriers
from orders.refunds import GIVEN
from shop.money import format_money

# States in which what was paid for is made and sent.
THANKED = {Order.State.PAID, Order.State.PARTIALLY_REFUNDED}
_GONE = {Parcel.State.CANCELLED}
_SENT = {Parcel.State.SHIPPED, Parcel.State.DELIVERED}


@dataclass(frozen=True, slots=True)
class Stage:
    """One of the five steps of a piece: its name, when it was or will be, and how it stands."""

    name: str
    when: str
    is_done: bool
    is_now: bool


class LineTold:
    """A line as it was bought, with its picture and the words under its title."""

    def __init__(self, line: OrderLine) -> None:
        self.line = line

    @property
    def photo(self) -> Photo | None:
        """The picture as it was then, enough of a Photo to be shown."""
        image = self.line.snapshot.get("image") or {}
        if not image.get("base"):
            return None
        shape = {"base": image["base"], "sizes": image["sizes"]}
        tone = image.get("tone") or Photo.Tone.STONE
        return Photo(renditions={"card": shape}, alt=image.get("alt", ""), tone=tone)

    @property
    def details(self) -> str:
        """Size, engraving and number in one breath; empty when there is nothing to say."""
        line = self.line
        piece = line.variant.piece if line.variant else None
        return wording.details(piece, line.label, line.engraving, line.quantity)

    @property
    def has_certificate(self) -> bool:
        variant = self.line.variant
        return bool(variant and variant.piece.has_certificate)

    @property
    def is_certified(self) -> bool:
        """Whether its certificate is true by now: nobody signs for what is not made yet."""
        state = self.line.parcel.state
        is_there = state in _SENT if self.line.is_made else state not in _GONE
        return is_there and self.has_certificate


class ParcelTold:
    """A parcel with its stages and its promise in words."""

    def __init__(self, parcel: Parcel, lines: list[OrderLine]) -> None:
        self.parcel = parcel
        self.lines = [LineTold(line) for line in lines]
        for line in lines:
            line.parcel = parcel
        self.after = AfterTold(parcel, lines)

    @property
    def is_made(self) -> bool:
        return any(told.line.is_made for told in self.lines)

    @property
    def town(self) -> str:
        return wording.town(self.parcel.designer)

    @property
    def wishes(self) -> str:
        """What the maker was asked for, if it is a present."""
        words = [_("wrapped")] if self.parcel.wrap else []
        if self.parcel.hide_prices:
            words.append(_("without the price"))
        if self.parcel.gift_note:
            words.append(_("with your note"))
        return wording.sentence(wording.joined(words)) + "." if words else ""

    @property
    def promise(self) -> tuple[str, str]:
        """The words before the day, and the day."""
        parcel = self.parcel
        if parcel.state == Parcel.State.CANCELLED:
            return _("This parcel will not come"), ""
        if parcel.state == Parcel.State.DELIVERED:
            return self._where_it_is
        return _("With you by"), wording.weekday(parcel.arrives_by)

    @property
    def note_day(self) -> str:
        """When the maker wrote the line on the page; empty when nobody knows."""
        said = [e.at for e in self.parcel.events.all() if e.kind in {"maker_note", "postponed"}]
        return wording.day(said[-1]) if said else ""

    @property
    def follow(self) -> str:
        """Where its carrier tells how far it is; empty before it has left, or for a strange one."""
        on_its_way = self.parcel.state == Parcel.State.SHIPPED
        return carriers.link(self.parcel.carrier, self.parcel.tracking) if on_its_way else ""

    @property
    def stages(self) -> list[Stage]:
        if self.parcel.state == Parcel.State.CANCELLED:
            return []
        sent = self.parcel.state in _SENT
        now = len(Parcel.Stage) if sent else self._stage_now
        return [
            Stage(str(stage.label), self._when(stage, now), stage < now, stage == now)
            for stage in Parcel.Stage
        ]

    @property
    def _stage_now(self) -> int:
        # What lay ready was drawn, formed and set before anybody ordered it.
        return self.parcel.stage if self.is_made else int(Parcel.Stage.POSTED)

    def _when(self, stage: int, now: int) -> str:
        reached = self.parcel.stage_days.get(str(int(stage)), "")
        day = wording.day(date.fromisoformat(reached)) if reached else ""
        if stage == Parcel.Stage.POSTED:
            return self._posted
        if not self.is_made:
            return _("before you came")
        if stage == now:
            return _("now, since %s") % day if day else _("now")
        return day if stage < now else _("to come")

    @property
    def _posted(self) -> str:
        if self.parcel.shipped_at:
            return wording.day(self.parcel.shipped_at)
        return _("due %s") % wording.day(self.parcel.post_by)

    @property
    def _where_it_is(self) -> tuple[str, str]:
        """Arrived, if somebody has said so; else it was posted so long ago that it should be."""
        said = [event for event in self.parcel.events.all() if event.kind == "delivered"]
        if said or not self.parcel.shipped_at:
            return _("Arrived"), wording.weekday(said[-1].at) if said else ""
        return _("Posted on"), wording.day(self.parcel.shipped_at)


class OrderTold:
    """An order as its page tells it; ``order`` needs parcels, designers, lines and events."""

    def __init__(self, order: Order) -> None:
        self.order = order
        lines: dict[int, list[OrderLine]] = {}
        for line in order.lines.all():
            lines.setdefault(line.parcel_id, []).append(line)
        self.parcels = [ParcelTold(p, lines.get(p.pk, [])) for p in order.parcels.all()]

    @property
    def heading(self) -> str:
        first = self.order.name.split()[0] if self.order.name.split() else ""
        words = str(order_words.headings()[self.order.state])
        if first and self.order.state in THANKED:
            return _("%(words)s, %(name)s") % {"words": words, "name": first}
        return words

    @property
    def title(self) -> str:
        """What the browser's tab says: how it stands, without a name."""
        words = {"words": order_words.headings()[self.order.state], "number": self.order.number}
        return _("%(words)s: order %(number)s") % words

    @property
    def standfirst(self) -> str:
        if self.order.state in THANKED:
            return self._where_pieces_are
        sum_ = format_money(self.order.total, self.order.currency)
        return order_words.standfirsts()[self.order.state] % {"sum": sum_}

    @property
    def may_be_called_off(self) -> bool:
        """Whether all of it, several parcels, may be called off at once."""
        untouched = [aftersale_terms.may_call_off(told.parcel) for told in self.parcels]
        return len(untouched) > 1 and all(untouched)

    @property
    def is_confirming(self) -> bool:
        """Whether the page asks again by itself."""
        return self.order.state == Order.State.AWAITING_PAYMENT

    @property
    def is_coming(self) -> bool:
        """Whether parcels are made and sent, so that their days and stages mean something."""
        return self.order.state in THANKED | {Order.State.PROCESSING}

    @property
    def last_day(self) -> str:
        """The day by which the last open parcel is there; empty when none is under way."""
        if self.order.state not in THANKED:
            return ""
        done = _GONE | {Parcel.State.DELIVERED}
        days = [p.parcel.arrives_by for p in self.parcels if p.parcel.state not in done]
        return wording.weekday(max(days)) if days else ""

    @property
    def eyebrow(self) -> str:
        number = _("Order %s") % self.order.number
        if not self.order.paid_at:
            return number
        paid = _("paid on %s") % wording.day(self.order.paid_at)
        return f"{number} · {paid}"

    @cached_property
    def _where_pieces_are(self) -> str:
        counts = {"with": 0, "way": 0, "bench": 0, "ready": 0, "not": 0}
        for told in self.parcels:
            for line in told.lines:
                counts[_place(told.parcel, line.line)] += line.line.quantity
        there = [(place, count) for place, count in counts.items() if count]
        clauses = [order_words.clause(*one, named=one == there[0]) for one in there]
        said = wording.sentence(wording.joined(clauses)) + "."
        if counts["way"] + counts["bench"] + counts["ready"]:
            more = _("We will write when it moves on, and this page always knows where it is.")
            return f"{said} {more}"
        more = _("Something does not fit? Write to us.")
        return f"{said} {more}"

    @property
    def address(self) -> list[str]:
        """Name and address, row by row; empty until Stripe has told them."""
        told = addresses.of(self.order)
        if not told.street:
            return []
        last = ", ".join(part for part in (told.town, told.state, told.country) if part)
        return [row for row in (told.name, told.street, told.more, last) if row]

    @property
    def events(self) -> list[tuple[datetime, str]]:
        """What happened, as far as it means something to who ordered."""
        makers = {told.parcel.pk: told.parcel.designer.short_name for told in self.parcels}
        words = order_words.event_words()
        told = [
            (event.at, words.get(event.kind, "") % {"maker": makers.get(event.parcel_id or 0, "")})
            for event in self.order.events.all()
        ]
        return [(at, said) for at, said in told if said]

    @property
    def sums(self) -> list[tuple[str, str]]:
        """What was paid, word by word."""
        order = self.order
        rows = [(line.title, self._money(line.total)) for line in order.lines.all()]
        rows += wording.taken_off(order)
        post = self._money(order.shipping_total) if order.shipping_total else _("included")
        rows.append((_("Post"), post))
        if order.tax_added:
            rows.append((_("Tax"), self._money(order.tax_added)))
        return rows

    @property
    def given_back(self) -> list[tuple[str, str, str]]:
        """For each refund the words, its amount, and for what and why."""
        rows = [self._given_back(r) for r in self.order.refunds.all() if r.state in GIVEN]
        rows += [self._came_back(r) for r in self.order.refunds.all() if self._is_lost(r)]
        told = sum(r.amount for r in self.order.refunds.all() if r.state in GIVEN)
        if not told and self.order.refunded_total:
            return [(_("Given back"), self._money(self.order.refunded_total), "")]
        return rows

    def _is_lost(self, refund: Refund) -> bool:
        """Whether they were told of it, and it came back with nothing in its place since."""
        return (
            refund.state == Refund.State.FAILED
            and not refund.is_made_good(self.order.refunds.all())
            and outbox.is_sent("refund", refund.pk)
        )

    def _came_back(self, refund: Refund) -> tuple[str, str, str]:
        why = _("Your bank sent it back to us. We find another way, and write to you.")
        return _("Did not reach you"), self._money(refund.amount), why

    def _given_back(self, refund: Refund) -> tuple[str, str, str]:
        done = refund.state == Refund.State.SUCCEEDED
        word = _("Given back on %s") if done else _("On its way back since %s")
        what = ", ".join(for_what for for_what, _amount in wording.refunded(refund))
        why = ". ".join(words.rstrip(".") for words in (what, refund.told_reason) if words)
        return word % wording.day(refund.created_at), self._money(refund.amount), why and f"{why}."

    @property
    def total(self) -> tuple[str, str, str]:
        order = self.order
        word = _("Paid") if order.is_paid else _("Together")
        return word, self._money(order.total), order.payment_note

    def _money(self, amount: int) -> str:
        return format_money(amount, self.order.currency)


def _place(parcel: Parcel, line: OrderLine) -> str:
    if parcel.state == Parcel.State.CANCELLED:
        return "not"
    if parcel.state == Parcel.State.DELIVERED:
        return "with"
    if parcel.state == Parcel.State.SHIPPED:
        return "way"
    return "bench" if line.is_made else "ready"
