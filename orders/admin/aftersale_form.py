"""The maker's side of a request: one form, a button for each step the table allows."""

from datetime import date, timedelta
from typing import Any

from django import forms
from django.contrib.auth.models import User
from django.utils.timezone import localdate
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from orders.admin.posting import PostingForm
from orders.afterwards import aftersale, aftersale_steps, aftersale_terms, cancelling
from orders.afterwards.aftersale_steps import Act, Actor
from orders.models import AfterSale
from orders.post.carriers import NAMES
from shop.money_field import MoneyField

CARRIERS = NAMES
_THEY_READ = gettext_lazy("They read it, in the letter and on the page of their order.")


class AnswerForm(PostingForm):
    """Fields that a button does not need stay as they were typed."""

    answer = forms.CharField(
        label=gettext_lazy("A word for them"),
        required=False,
        max_length=1000,
        help_text=_THEY_READ,
        widget=forms.Textarea(attrs={"rows": 3}),
    )
    price = MoneyField(
        label=gettext_lazy("What it costs"),
        required=False,
        help_text=gettext_lazy("Nothing, if it is free. It is not paid through the shop."),
    )
    days = forms.IntegerField(
        label=gettext_lazy("Days on your bench"), required=False, min_value=1, max_value=365
    )
    send_to = forms.CharField(
        label=gettext_lazy("Where they send it"),
        required=False,
        max_length=400,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text=gettext_lazy("Name and address, a line each, as on a parcel."),
    )
    restock = forms.BooleanField(
        label=gettext_lazy("What lay ready can be sold again"), required=False
    )

    def __init__(self, asked: AfterSale, actor: Actor, data: Any = None) -> None:
        initial = {"send_to": last_address(asked), "restock": _is_plain(asked)}
        super().__init__(data, initial=initial, auto_id="answer-%s")
        self.asked, self.actor = asked, actor

    @property
    def acts(self) -> list[str]:
        """The buttons; money is given back on a page of its own."""
        steps = aftersale_steps.open_to(self.asked.kind, self.asked.state, self.actor)
        return [step.act for step in steps if step.act != Act.GIVE_BACK]

    @property
    def act(self) -> str:
        """The button that was pressed; empty for one that is not there."""
        pressed = str(self.data.get("_act", ""))
        return pressed if pressed in set(Act) - {Act.GIVE_BACK} else ""

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        if not self.act:
            self.add_error(None, _("Choose one of the buttons."))
        if self.act == Act.REFUSE:
            self._need(cleaned, "answer", _("Say why: it is what they will read."))
        if self.act in {Act.ACCEPT, Act.QUOTE}:
            self._need(cleaned, "send_to", _("Say where they send it."))
        if self.act == Act.QUOTE:
            self._need(cleaned, "days", _("Say how many days you need."))
        if self.act == Act.SEND_BACK and not cleaned.get("by_hand"):
            self._need(cleaned, "carrier", _("Who carries it? Or say that you hand it over."))
            self._need(cleaned, "tracking", _("Give the number of the parcel, or say by hand."))
        return cleaned

    def _need(self, cleaned: dict[str, Any], name: str, sentence: str) -> None:
        value = cleaned.get(name)
        if (value is None or value == "") and name not in self.errors:
            self.add_error(name, sentence)

    def do(self, by: User) -> str:
        """Take the step; a sentence for who pressed. Raises ``aftersale.NotNow``."""
        said = self.cleaned_data
        if self.act == Act.AGREE:
            cancelling.agree(
                self.asked, self.actor, restock=said["restock"], answer=said["answer"], by=by
            )
        else:
            aftersale.take(self.asked, self.act, self.actor, by=by, **self._columns(said))
        return _("%s. A letter tells them.") % self.asked.state_words.capitalize()

    def _columns(self, said: dict[str, Any]) -> dict[str, Any]:
        words = {"answer": said["answer"].strip()} if said["answer"].strip() else {}
        if self.act == Act.ACCEPT:
            return words | {"send_to": said["send_to"], "until": _in(aftersale_terms.TO_POST)}
        if self.act == Act.QUOTE:
            return words | {
                "send_to": said["send_to"],
                "price": said["price"] or 0,
                "days": said["days"],
                "until": _in(aftersale_terms.TO_ANSWER),
            }
        if self.act == Act.SEND_BACK:
            hand = said["by_hand"]
            carried = {name: "" if hand else said[name] for name in ("carrier", "tracking")}
            return words | carried
        return words


def _in(days: timedelta) -> date:
    return localdate() + days


def _is_plain(asked: AfterSale) -> bool:
    """Whether nothing in the parcel was made or engraved for its shopper alone."""
    return not any(line.is_made or line.engraving for line in asked.parcel.lines.all())


def last_address(asked: AfterSale) -> str:
    """What the maker wrote the last time, so that it is typed once."""
    told = AfterSale.objects.filter(parcel__designer=asked.parcel.designer).exclude(send_to="")
    return asked.send_to or told.values_list("send_to", flat=True).first() or ""
