"""What the page of somebody who waits says: one heading, a few sentences, one button."""

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from catalog import availability
from catalog.models import Photo
from orders import waiting
from orders.models import Waiting
from orders.waiting_letters import called, rarely
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
        words = {
            "leaving": _("One press, and the place in line is the next one’s."),
            State.ASKED: self._asked,
            State.WAITING: self._waiting,
            State.OFFERED: self._offered,
            State.CLAIMED: _("You put the %(piece)s into your basket, where it is held for you."),
            State.MISSED: _(
                "The %(piece)s was kept for you and is no longer. It went to the next in line, or "
                "back into the shop: its page knows. Tomorrow you can ask us again."
            ),
            State.LEFT: _(
                "We do not write to you about the %(piece)s. In a week your address is deleted."
            ),
        }
        return words[self.state] % {"piece": self.name}

    @property
    def _asked(self) -> str:
        once = _("One letter when the %(piece)s can be had again, and nothing else.")
        return once + " " + rarely(self.piece)

    @property
    def _waiting(self) -> str:
        before = waiting.place(self.row)
        if before:
            people = ngettext("One waits before you.", "%(people)s wait before you.", before)
            stand = sentence(people % {"people": spell(before)})
        else:
            stand = _("You are the first in line.")
        promise = _(
            "When the %(piece)s can be had again, we write, and it is kept for you for half an "
            "hour. After half a year without it we forget your address."
        )
        return f"{stand} {promise} {rarely(self.piece)}"

    @property
    def _offered(self) -> str:
        assert self.row.hold  # noqa: S101 - it is kept
        until = availability.clock(self.row.hold.expires_at)
        return _(
            "The %(piece)s is yours to have until {}. Nobody else can take it until then. In your "
            "basket it is held for another thirty minutes."
        ).format(until)

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
