"""What was asked after buying, told to the shopper, to the maker and to the owner."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from django.urls import reverse
from django.utils.translation import gettext as _

from orders import wording
from orders.afterwards import aftersale_steps, aftersale_terms
from orders.afterwards.aftersale_letters import quoted_rows
from orders.afterwards.aftersale_steps import Act, Actor
from orders.models import AfterSale, OrderEvent, OrderLine, Parcel

Kind, State = AfterSale.Kind, AfterSale.State


@dataclass(frozen=True, slots=True)
class Offer:
    """Something that can be asked about a parcel now: a link and a sentence."""

    words: str
    url: str


@dataclass(frozen=True, slots=True)
class Happened:
    """A step as it is read in the history."""

    at: datetime
    words: str
    text: str


class AskedTold:
    """A request in words; its parcel, parts and events are read with it."""

    def __init__(self, asked: AfterSale) -> None:
        self.asked = asked
        self.parcel = asked.parcel
        self.maker = asked.parcel.designer.short_name

    @property
    def title(self) -> str:
        return titles()[self.asked.kind]

    @property
    def pieces(self) -> list[str]:
        """Each piece with its size and number; empty for a whole parcel."""
        told = []
        for part in self.asked.parts.all():
            piece = part.line.variant.piece if part.line.variant else None
            more = wording.details(piece, part.line.label, part.line.engraving, part.quantity)
            told.append(", ".join(filter(None, [part.line.title, more])))
        return told

    @property
    def stands(self) -> str:
        """How far it is, in a sentence for who bought it."""
        asked = self.asked
        words = _cancellation_words() if asked.kind == Kind.CANCELLATION else _words()
        day = wording.weekday(asked.until) if asked.until else ""
        return words[asked.state] % {"maker": self.maker, "day": day}

    @property
    def wanted(self) -> str:
        """What who works on it does next: the words of the button that leads to it."""
        asked = self.asked
        if asked.state == State.ASKED:
            return _("Answer")
        if asked.state == State.ARRIVED and asked.kind == Kind.RETURN:
            return _("Give the money back")
        return _("Post it") if asked.state == State.DONE else _("Go on with it")

    @property
    def rows(self) -> list[tuple[str, str]]:
        """What was agreed, for both sides."""
        asked = self.asked
        rows = [(_("Why"), str(asked.get_reason_display()))] if asked.reason else []
        if asked.new_size:
            rows.append((_("Wished size"), asked.new_size))
        if asked.days is not None:
            rows += quoted_rows(asked)
        if asked.tracking:
            rows.append((_("Number"), f"{asked.carrier} {asked.tracking}".strip()))
        return rows

    @property
    def address(self) -> list[str]:
        """Where to post it, row by row, while that matters."""
        wanted = self.asked.state in {State.ACCEPTED, State.POSTED}
        return [row for row in self.asked.send_to.splitlines() if row.strip()] if wanted else []

    @property
    def history(self) -> list[Happened]:
        names = {"maker": self.maker}
        words = step_words()
        return [
            Happened(event.at, words[act] % names, event.text)
            for event in self.asked.events.all()
            if (act := _act_of(event)) in words
        ]

    @property
    def acts(self) -> list[str]:
        """The buttons of who bought it."""
        asked = self.asked
        return [
            step.act for step in aftersale_steps.open_to(asked.kind, asked.state, Actor.SHOPPER)
        ]


class AfterTold:
    """What was asked about a parcel, and what can be; its lines know their parcel and order."""

    def __init__(self, parcel: Parcel, lines: list[OrderLine]) -> None:
        self.parcel, self.lines = parcel, lines
        self.asked = [AskedTold(asked) for asked in parcel.aftersales.all()]

    @property
    def offers(self) -> list[Offer]:
        return list(self._offers())

    def _offers(self) -> Iterator[Offer]:
        parcel = self.parcel
        args = [parcel.order.token, parcel.pk]
        waiting = any(told.asked.kind == Kind.CANCELLATION for told in self._open)
        if aftersale_terms.may_call_off(parcel):
            yield Offer(_("Call this parcel off"), reverse("orders:call_off", args=args))
        elif aftersale_terms.may_ask_off(parcel) and not waiting:
            yield Offer(_("Ask to call it off"), reverse("orders:call_off", args=args))
        for kind, words in _offered().items():
            if aftersale_terms.askable(kind, self.lines):
                yield Offer(words, reverse(f"orders:ask_{kind}", args=args))

    @property
    def _open(self) -> list[AskedTold]:
        return [told for told in self.asked if not told.asked.is_over]


def _act_of(event: OrderEvent) -> str:
    return event.kind.removeprefix("aftersale_")


def _offered() -> dict[str, str]:
    return {
        Kind.RETURN: _("Send something back"),
        Kind.RESIZE: _("Another size"),
        Kind.REPAIR: _("Have it mended"),
    }


def titles() -> dict[str, str]:
    """What a request is called where it stands as a heading."""
    return {
        Kind.CANCELLATION: _("Calling it off"),
        Kind.RETURN: _("Sending it back"),
        Kind.RESIZE: _("Another size"),
        Kind.REPAIR: _("Mending"),
    }


def _cancellation_words() -> dict[str, str]:
    return {
        State.ASKED: _("%(maker)s has begun it, and says whether it can still be called off."),
        State.DONE: _("It was called off. What you paid for it goes back the way it came."),
        State.REFUSED: _("It could not be called off any more."),
        State.WITHDRAWN: _("You took your question back: it will come."),
        State.LAPSED: _("It was posted before the question was answered."),
    }


def _words() -> dict[str, str]:
    return {
        State.ASKED: _("%(maker)s reads it and writes to you, within three days as a rule."),
        State.QUOTED: _("%(maker)s has an answer for you. Say yes or no by %(day)s."),
        State.ACCEPTED: _("Post it by %(day)s, and say so here when it is posted."),
        State.POSTED: _("It is on its way to %(maker)s."),
        State.ARRIVED: _("%(maker)s has it. You get a letter when it goes on."),
        State.DONE: _("It is done, and goes into the post next."),
        State.SENT_BACK: _("It is on its way back to you."),
        State.REFUNDED: _("The money goes back the way it came."),
        State.REFUSED: _("The answer was no."),
        State.WITHDRAWN: _("You took it back."),
        State.LAPSED: _("The day passed and nothing came. Is it on its way? It still counts."),
    }


def step_words() -> dict[str, str]:
    """What happened, by act; %(maker)s is whose parcel it is about."""
    return {
        "ask": _("Asked"),
        "call_off": _("Called off"),
        Act.AGREE: _("%(maker)s said yes: called off"),
        Act.ACCEPT: _("%(maker)s said yes"),
        Act.QUOTE: _("%(maker)s named a price"),
        Act.APPROVE: _("Agreed"),
        Act.REFUSE: _("The answer was no"),
        Act.WITHDRAW: _("Taken back"),
        Act.POST: _("Posted to %(maker)s"),
        Act.ARRIVE: _("Arrived at %(maker)s’s bench"),
        Act.GIVE_BACK: _("Money given back"),
        Act.FINISH: _("Done"),
        Act.SEND_BACK: _("Posted by %(maker)s"),
        Act.OVERTAKE: _("It had been posted already"),
        Act.LAPSE: _("The day passed"),
    }
