"""The ledger of one order, as the owner reads it."""

from collections import Counter
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.contrib import admin
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from orders import ledger
from orders.models import LedgerEntry, Order
from shop.money import format_money

# A kind that is not named here is shown as it is written.
KINDS = {
    "payment": gettext_lazy("payment"),
    "fee": gettext_lazy("Stripe’s fee"),
    "sale": gettext_lazy("sale"),
    "refund": gettext_lazy("given back"),
    "transfer": gettext_lazy("sent to a maker"),
    "reversal": gettext_lazy("taken back from a maker"),
}


@dataclass(frozen=True, slots=True)
class LineTold:
    """An entry in words."""

    number: int
    at: datetime
    what: str
    debit: str
    credit: str
    whose: str
    amount: str


class LedgerTold:
    """An order's entries and accounts, which together come to nothing."""

    def __init__(self, order: Order) -> None:
        self.order = order
        self.entries = list(order.ledger.select_related("designer"))
        self.accounts: Counter[str] = Counter()
        for entry in self.entries:
            self.accounts[entry.debit] += entry.amount
            self.accounts[entry.credit] -= entry.amount

    @property
    def lines(self) -> list[LineTold]:
        return [
            LineTold(
                entry.number,
                entry.at,
                capfirst(str(KINDS.get(entry.kind, entry.kind))),
                entry.get_debit_display(),
                entry.get_credit_display(),
                entry.designer.short_name if entry.designer else "",
                self._money(entry.amount),
            )
            for entry in self.entries
        ]

    @property
    def balances(self) -> list[tuple[str, str]]:
        """Each account that something is on, in the order in which they are declared."""
        return [
            (str(label), self._money(self.accounts[value]))
            for value, label in LedgerEntry.Account.choices
            if self.accounts[value]
        ]

    @property
    def sum(self) -> str:
        return self._money(sum(self.accounts.values()))

    @property
    def left_over(self) -> int:
        """What passes through and was divided wrongly, minor units."""
        return self.accounts[LedgerEntry.Account.ORDER]

    @property
    def left_over_words(self) -> str:
        return self._money(abs(self.left_over))

    @property
    def is_behind(self) -> bool:
        return ledger.is_behind(self.order)

    def _money(self, amount: int) -> str:
        return format_money(amount, self.order.currency).replace("-", "\N{MINUS SIGN}")


def page(request: HttpRequest, keeper: "admin.ModelAdmin[Any]", order: Order) -> HttpResponse:
    """The table; nothing on it can be changed."""
    context = {
        **keeper.admin_site.each_context(request),
        "opts": keeper.opts,
        "title": _("Ledger of %s") % order.number,
        "original": order,
        "order": order,
        "told": LedgerTold(order),
    }
    return render(request, "admin/orders/order/ledger.html", context)
