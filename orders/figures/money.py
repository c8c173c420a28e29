"""What makers earned, what the house kept of it, what was paid out and what is to come.

All from the ledger, as statements are, so that the two agree to the cent.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.conf import settings
from django.db.models import Case, F, Q, QuerySet, Sum, When

from orders.figures.period import Period
from orders.makers.statements import PAID
from orders.models import LedgerEntry

_MAKER, _HOUSE = LedgerEntry.Account.DESIGNER, LedgerEntry.Account.COMMISSION


@dataclass(frozen=True, slots=True)
class Money:
    """Minor units of ``currency``, in a period; commission and what was given back are net."""

    currency: str
    before: int
    # Of what was sold, before commission, less what went back.
    earned: int
    commission: int
    paid_out: int

    @property
    def to_come(self) -> int:
        """What they are owed at its end; below nothing, they owe it."""
        return self.before + self.earned - self.commission - self.paid_out

    @property
    def owed(self) -> int:
        """What they owe, without its sign."""
        return max(0, -self.to_come)


def read(makers: list[int] | None, period: Period) -> Money:
    """Of these designers (None: all), in one query."""
    begins, ends = period.moments
    rows = LedgerEntry.objects.filter(order__currency=settings.SHOP_CURRENCY, at__lt=ends)
    if makers is not None:
        rows = rows.filter(designer__in=makers)
    paid = Q(kind__in=PAID)
    sums = rows.aggregate(
        before=_credited(_MAKER, Q(at__lt=begins)),
        theirs=_credited(_MAKER, _since(begins) & ~paid),
        commission=_credited(_HOUSE, _since(begins)),
        paid=_credited(_MAKER, _since(begins) & paid),
    )
    return Money(
        currency=settings.SHOP_CURRENCY,
        before=sums["before"],
        earned=sums["theirs"] + sums["commission"],
        commission=sums["commission"],
        paid_out=-sums["paid"],
    )


def owed_to(designer: Any) -> "QuerySet[Any]":
    """A subquery of what a maker is owed now; none where the ledger knows nothing of them."""
    rows = LedgerEntry.objects.filter(order__currency=settings.SHOP_CURRENCY, designer=designer)
    sums = rows.order_by().values("designer").annotate(owed=_credited(_MAKER, Q()))
    return sums.values("owed")


def _since(moment: datetime) -> Q:
    return Q(at__gte=moment)


def _credited(account: str, which: Q) -> Any:
    """The account's credits less its debits."""
    credited = When(credit=account, then=F("amount"))
    return Sum(Case(credited, default=-F("amount")), filter=which & _touches(account), default=0)


def _touches(account: str) -> Q:
    return Q(credit=account) | Q(debit=account)
