"""Everything that is said and done about one parcel: one form, one act for each button."""

from typing import Any

from django import forms
from django.contrib.auth.models import User
from django.utils.timezone import localdate
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from orders import fulfilment
from orders.admin.posting import PostingForm
from orders.models import Parcel
from orders.post import carriers

KEEP, STAGE, SHIP, LATE = "_keep", "_stage", "_ship", "_late"


class ParcelForm(PostingForm):
    """Fields that a button does not need stay as they were typed."""

    stage = forms.TypedChoiceField(
        label=gettext_lazy("How far it is"),
        choices=Parcel.Stage.choices,
        coerce=int,
        empty_value=None,
        required=False,
    )
    line = forms.CharField(
        required=False,
        max_length=240,
        help_text=gettext_lazy("It stands on the page of the order, in your words."),
        widget=forms.Textarea(attrs={"rows": 2}),
    )
    until = forms.DateField(
        label=gettext_lazy("New day with them"),
        required=False,
        input_formats=["%Y-%m-%d"],
        widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"}),
    )
    reason = forms.CharField(label=gettext_lazy("Why"), required=False, max_length=240)

    def __init__(self, parcel: Parcel, data: Any = None) -> None:
        began = {"stage": int(parcel.stage_now), "line": parcel.maker_note}
        super().__init__(data, initial=began, auto_id=f"parcel-{parcel.pk}-%s")
        self.parcel = parcel
        name = parcel.order.name.split()[0] if parcel.order.name else _("them")
        self.fields["line"].label = _("A line for %s, if you like") % name

    @property
    def act(self) -> str:
        """The button that was pressed."""
        return next((name for name in (SHIP, LATE, STAGE) if name in self.data), KEEP)

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        if self._is_posted(cleaned) and not cleaned.get("by_hand"):
            self._need(cleaned, "carrier", _("Who carries it? Or say that you hand it over."))
            self._need(cleaned, "tracking", _("Give the number of the parcel, or say by hand."))
        if self.act == LATE:
            self._need(cleaned, "until", _("Say the day by which it is with them."))
            self._need(cleaned, "reason", _("Say why: it is what they will read."))
            self._check_day(cleaned)
        return cleaned

    def _need(self, cleaned: dict[str, Any], name: str, sentence: str) -> None:
        if not cleaned.get(name) and name not in self.errors:
            self.add_error(name, sentence)

    def _check_day(self, cleaned: dict[str, Any]) -> None:
        until = cleaned.get("until")
        if until and until <= self.parcel.arrives_by:
            self.add_error("until", _("That is not later than the day you promised."))
        elif until and (until - localdate()).days > 365:
            self.add_error("until", _("That is more than a year from now."))

    def _is_posted(self, cleaned: dict[str, Any]) -> bool:
        posted = cleaned.get("stage") == Parcel.Stage.POSTED
        return self.act == SHIP or (self.act == KEEP and posted and self._may_move())

    def _may_move(self) -> bool:
        return self.parcel.state in fulfilment.OPEN

    def do(self, by: User) -> str:
        """Do what the button says; a sentence for the maker.

        Raises ``fulfilment.NotSendable`` when it may not be, ValidationError as ship() does.
        """
        said = self.cleaned_data
        if self.act == LATE:
            fulfilment.postpone(self.parcel, said["until"], said["reason"], by=by)
            return _("The new day stands on their order’s page, with your reason.")
        if self._is_posted(said):
            self._ship(by)
            return _("Posted. A letter is on its way to them.")
        stage = self._new_stage()
        if stage is not None:
            fulfilment.reach(self.parcel, stage, by=by)
        self._say(by)
        return _("Kept.") if stage is None else _("Kept: %s.") % self.parcel.get_stage_display()

    def _ship(self, by: User) -> None:
        said = self.cleaned_data
        hand = said["by_hand"]
        fulfilment.ship(
            self.parcel,
            carrier="" if hand else said["carrier"],
            tracking="" if hand else said["tracking"],
            by_hand=hand,
            by=by,
        )
        self._say(by)

    def _new_stage(self) -> int | None:
        """The stage to reach, if it is another than now."""
        pressed = str(self.data.get(STAGE, ""))
        chosen: int | None = self.cleaned_data.get("stage")
        stage = int(pressed) if pressed.isdecimal() and len(pressed) == 1 else chosen
        moved = stage in _MADE and stage != self.initial["stage"] and self._may_move()
        return stage if moved else None

    def _say(self, by: User) -> None:
        line = self.cleaned_data["line"]
        if "line" in self.data and line != self.parcel.maker_note:
            fulfilment.say(self.parcel, line, by=by)


_MADE = range(Parcel.Stage.POSTED)
CARRIERS = carriers.NAMES
