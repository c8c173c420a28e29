"""What the page of somebody who waits says: one heading, a few sentences, one button."""

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from catalog import availability
from catalog.models import Photo
from orders.models import Waiting
from orders.scarce import waiting
from orders.scarce.waiting_letters import called, rarely
from orders.wording import sentence
from shop.numbers import spell

State = Waiting.State


class WaitingTold:
    """How it stands, in words. ``leaving`` is the page that asks whether to end it."""

    def __init__(self, row: Waiting, *, leaving: bool = False) -> None:
        self.row = row
        self.piece = row.variant.piece
        self.name = called(row)
        stands = State.MISSED if row.state == State.OFFERED and not row.is_kept else row.state
        self.state = "leaving" if leaving and not self._is_done(stands) else stands

    @staticmethod
    def _is_done(state: str) -> bool:
        return state in {State.CLAIMED, State.MISSED, State.LEFT}

    @property
    def heading(self) -> str:
        words = {
            "leaving": _("Wait no more?"),
            State.ASKED: _("Shall we tell you?"),
            State.WAITING: _("We will tell you"),
            State.OFFERED: _("It is back, and kept for you"),
            State.CLAIMED: _("You have it"),
            State.MISSED: _("The half hour is over"),
            State.LEFT: _("You wait no more"),
        }
        return words[self.state]

    @property
    def says(self) -> str:
        tell = {
            "leaving": self._leaving,
            State.ASKED: self._asked,
            State.WAITING: self._waiting,
            State.OFFERED: self._offered,
            State.CLAIMED: self._claimed,
            State.MISSED: self._missed,
            State.LEFT: self._left,
        }
        return tell[self.state]() % {"piece": self.name}

    def _leaving(self) -> str:
        return _("One press, and the place in line is the next one’s.")

    def _asked(self) -> str:
        return _("One letter when the %(piece)s can be had again, and nothing else.")

    def _waiting(self) -> str:
        before = waiting.place(self.row)
        stand = _("You are the first in line.")
        if before:
            people = ngettext("%(people)s waits before you.", "%(people)s wait before you.", before)
            stand = sentence(people % {"people": spell(before)})
        promise = _(
            "When the %(piece)s can be had again, we write, and keep it for you for half an hour."
        )
        return f"{stand} {promise}"

    def _offered(self) -> str:
        words = _(
            "Nobody else can take the %(piece)s until {}. In your basket it is held for another "
            "thirty minutes."
        )
        return words.format(availability.clock(self.row.hold.expires_at) if self.row.hold else "")

    def _claimed(self) -> str:
        return _("You put the %(piece)s into your basket, where it is held for you.")

    def _missed(self) -> str:
        return _(
            "The %(piece)s is no longer kept for you. It went to the next in line, or back into "
            "the shop: its page knows. Tomorrow you can ask us again."
        )

    def _left(self) -> str:
        return _("We do not write to you about the %(piece)s. In a week your address is deleted.")

    @property
    def besides(self) -> str:
        """How likely it is, in small print; nothing when it no longer matters."""
        if self.state not in {State.ASKED, State.WAITING}:
            return ""
        forgotten = _("After half a year without it we forget your address.")
        return f"{rarely(self.piece)} {forgotten}"

    @property
    def button(self) -> str:
        words = {
            "leaving": _("Wait no more"),
            State.ASKED: _("Yes, tell me"),
            State.OFFERED: _("Put it in my basket"),
        }
        return words.get(self.state, "")

    @property
    def action(self) -> str:
        """Where the button leads."""
        name = "orders:waiting_leave" if self.state == "leaving" else "orders:waiting"
        return reverse(name, args=[self.row.token])

    @property
    def leave(self) -> str:
        """Where one ends it; nothing when there is nothing to end."""
        if self.state not in {State.WAITING, State.OFFERED}:
            return ""
        return reverse("orders:waiting_leave", args=[self.row.token])

    @property
    def engraving_letters(self) -> int:
        return self.piece.engraving_letters if self.state == State.OFFERED else 0

    @property
    def photo(self) -> Photo | None:
        return self.piece.hero
