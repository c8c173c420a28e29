"""What of an order is given back: pieces, a part of a price, the post, or another amount."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any
from uuid import uuid4

from django import forms
from django.contrib.auth.models import User
from django.forms import BoundField
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from orders import refundable, refunds
from orders.models import Order, OrderLine, Parcel, Refund
from orders.refundable import Part
from shop.money import format_money
from shop.money_field import MoneyField


@dataclass(frozen=True, slots=True)
class Row:
    """A line of the order with its fields; ``restock`` where there is a stock to go into."""

    line: OrderLine
    quantity: BoundField
    amount: BoundField
    restock: BoundField | None


class RefundForm(forms.Form):
    """Fields for each line of the order; the sum is reckoned here, never in the browser.

    ``everything`` fills in all that can still be given back. The token makes of a form that is
    sent twice one refund. With ``parcel`` its maker fills it in: no other's pieces stand there.
    """

    shipping = MoneyField(label=gettext_lazy("Of the post"), required=False)
    other = MoneyField(
        label=gettext_lazy("Another amount"),
        required=False,
        help_text=gettext_lazy("For neither a piece nor the post: a kindness, say."),
    )
    reason = forms.CharField(
        label=gettext_lazy("Why"),
        max_length=240,
        help_text=gettext_lazy("They read it, in the letter and on the page of their order."),
        widget=forms.Textarea(attrs={"rows": 2}),
        error_messages={"required": gettext_lazy("Say why: it is what they will read.")},
    )
    token = forms.UUIDField(widget=forms.HiddenInput)
    needs_amount = True

    def __init__(
        self,
        order: Order,
        data: Any = None,
        *,
        everything: bool = False,
        parcel: Parcel | None = None,
        filled_in: dict[str, Any] | None = None,
    ) -> None:
        super().__init__(data, auto_id="refund-%s", initial={"token": uuid4()})
        self.order, self.parcel = order, parcel
        lines = order.lines.select_related("parcel__designer").order_by("pk")
        self.lines = list(lines.filter(parcel=parcel) if parcel else lines)
        for line in self.lines:
            line.order = order
            self._add_fields(line, everything=everything)
        paid_for_post = order.shipping_total + order.shipping_tax
        self.post_left = paid_for_post - order.shipping_refunded
        if parcel:
            self.post_left = refundable.post_left(order, parcel)
            # What is for neither a piece nor the post is the house's to give.
            del self.fields["other"]
        self.amount = 0
        self.parts: list[Part] = []
        if everything:
            left = self.most - sum(line.refundable for line in self.lines)
            self.initial["shipping"] = max(min(self.post_left, left), 0)
        self.initial.update(filled_in or {})

    @property
    def most(self) -> int:
        """What all of it together may come to, in minor units."""
        left = refundable.left(self.order)
        theirs = self.post_left + sum(line.refundable for line in self.lines)
        return min(left, theirs) if self.parcel else left

    def _add_fields(self, line: OrderLine, *, everything: bool) -> None:
        # Of what cost nothing there is nothing to give back.
        left = line.refundable_quantity if line.refundable else 0
        self.fields[f"quantity_{line.pk}"] = forms.IntegerField(
            label=_("How many"),
            required=False,
            min_value=0,
            max_value=left,
            initial=left if everything else 0,
            disabled=not left,
            error_messages={"max_value": _("No more than %d can be given back.") % left},
        )
        self.fields[f"amount_{line.pk}"] = MoneyField(
            label=_("Amount"),
            required=False,
            initial=line.refundable if everything else None,
            disabled=not line.refundable,
        )
        if line.variant_id and line.restocked < line.quantity:
            self.fields[f"restock_{line.pk}"] = forms.BooleanField(
                label=_("It is back: put it into stock again"), required=False
            )

    @property
    def rows(self) -> Iterator[Row]:
        for line in self.lines:
            tick = f"restock_{line.pk}"
            yield Row(
                line,
                self[f"quantity_{line.pk}"],
                self[f"amount_{line.pk}"],
                self[tick] if tick in self.fields else None,
            )

    def sent_before(self) -> Refund | None:
        """The refund that this very form has already become: Back was pressed, or twice."""
        try:
            token = self.fields["token"].clean(self.data.get("token"))
        except forms.ValidationError:
            return None
        return refunds.of_token(self.order, token)

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        self.parts = [part for line in self.lines if (part := self._part(line, cleaned))]
        post, other = cleaned.get("shipping") or 0, cleaned.get("other") or 0
        if post > self.post_left:
            self.add_error("shipping", self._at_most(self.post_left))
        self.amount = post + other + sum(part.amount for part in self.parts)
        if self.errors:
            return cleaned
        left = self.most
        if not self.amount and self.needs_amount:
            self.add_error(None, _("Say what is given back: pieces, the post or an amount."))
        elif self.amount > left:
            words = {"sum": self._money(self.amount), "left": self._money(left)}
            self.add_error(None, _("That is %(sum)s together, and %(left)s is left.") % words)
        return cleaned

    def _part(self, line: OrderLine, cleaned: dict[str, Any]) -> Part | None:
        quantity = cleaned.get(f"quantity_{line.pk}") or 0
        typed: int | None = cleaned.get(f"amount_{line.pk}")
        amount = refundable.due(line, quantity) if typed is None and quantity else typed or 0
        restock = bool(cleaned.get(f"restock_{line.pk}"))
        if amount > line.refundable:
            self.add_error(f"amount_{line.pk}", self._at_most(line.refundable))
        if quantity and not amount:
            self.add_error(f"amount_{line.pk}", _("Say how much, or leave it empty."))
        if restock and not 0 < quantity <= line.quantity - line.restocked:
            self.add_error(f"restock_{line.pk}", _("Say above how many came back."))
        return Part(line, quantity, amount, restock) if amount else None

    def _at_most(self, amount: int) -> str:
        return _("At most %s can be given back.") % self._money(amount)

    def _money(self, amount: int) -> str:
        return format_money(amount, self.order.currency)

    def give_back(self, by: User) -> Refund:
        """Do what the form says; raises what ``refunds.request`` raises."""
        said = self.cleaned_data
        return refunds.request(
            self.order,
            lines=self.parts,
            shipping=said["shipping"] or 0,
            free_amount=said.get("other") or 0,
            reason=said["reason"],
            by=by,
            token=said["token"],
            parcel=self.parcel,
        )
