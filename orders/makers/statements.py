"""What happened to a maker's money in a month, parcel by parcel; the ledger in their words.

Everything is reckoned from the ledger's account of the maker, so that it ends at what the
ledger says they are owed, to the cent. Months are those of the shop's time zone.
"""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from django.db.models import Case, F, Prefetch, Q, QuerySet, Sum, When
from django.utils.timezone import get_current_timezone, localdate

from designers.models import Designer
from orders.models import HandPayment, LedgerEntry, Parcel, Payout, Transfer
from orders.prices import shares

# The kinds of entries by which a maker is paid, or paid less.
PAID = {"transfer", "reversal", "by_hand"}
_SET_OFF = {"set_off", "debt"}
_COLUMNS = ["sold", "discount", "commission", "post", "given_back", "set_off", "paid"]


@dataclass(slots=True)
class Sums:
    """Minor units, each with the sign it has for the maker: what is taken off is below nothing."""

    sold: int = 0
    discount: int = 0
    commission: int = 0
    post: int = 0
    given_back: int = 0
    set_off: int = 0
    paid: int = 0

    @property
    def earned(self) -> int:
        """What of it is theirs, before anything was paid."""
        parts = (self.sold, self.discount, self.commission, self.post, self.given_back)
        return sum(parts) + self.set_off

    @property
    def paid_out(self) -> int:
        """What reached them, less what was taken back."""
        return -self.paid

    @property
    def change(self) -> int:
        """By how much it changed what they are owed."""
        return self.earned + self.paid

    def add(self, other: "Sums") -> None:
        for name in _COLUMNS:
            setattr(self, name, getattr(self, name) + getattr(other, name))


@dataclass(frozen=True, slots=True)
class Way:
    """How a part of it reached them (or came back): when, how much, and under which name."""

    day: date
    amount: int
    name: str

    @property
    def size(self) -> int:
        """Without its sign."""
        return abs(self.amount)


@dataclass(slots=True)
class Row(Sums):
    """One parcel in a month."""

    parcel: Parcel = field(default_factory=Parcel)
    ways: list[Way] = field(default_factory=list)

    @property
    def payout(self) -> Payout | None:
        return getattr(self.parcel, "payout", None)

    @property
    def pieces(self) -> list[str]:
        lines = self.parcel.lines.all()
        return [f"{line} × {line.quantity}" if line.quantity > 1 else str(line) for line in lines]


@dataclass(frozen=True, slots=True)
class Statement:
    """A maker's month: what they were owed before, what happened, and what they are owed after."""

    designer: Designer
    month: date
    currency: str
    before: int
    rows: list[Row]
    total: Sums

    @property
    def paid_out(self) -> int:
        return self.total.paid_out

    @property
    def after(self) -> int:
        """What they are owed at the month's end; below nothing, they owe it."""
        return self.before + self.total.change


def of(designer: Designer, month: date, currency: str) -> Statement:
    """The statement of a maker for the month in which that day is."""
    begins, ends = _bounds(month)
    account = _account(designer, currency)
    before = _net(account.filter(at__lt=begins))
    rows = _rows(designer, account.filter(at__gte=begins, at__lt=ends), (begins, ends))
    total = Sums()
    for row in rows:
        total.add(row)
    return Statement(designer, month.replace(day=1), currency, before, rows, total)


def _bounds(month: date) -> tuple[datetime, datetime]:
    here = get_current_timezone()
    first, following = month.replace(day=1), next_month(month)
    return (
        datetime(first.year, first.month, 1, tzinfo=here),
        datetime(following.year, following.month, 1, tzinfo=here),
    )


def next_month(month: date, by: int = 1) -> date:
    """The first day of the month so many later (or, below nothing, earlier)."""
    months = month.year * 12 + month.month - 1 + by
    return date(months // 12, months % 12 + 1, 1)


def _account(designer: Designer, currency: str) -> "QuerySet[LedgerEntry]":
    theirs = Q(debit=LedgerEntry.Account.DESIGNER) | Q(credit=LedgerEntry.Account.DESIGNER)
    return LedgerEntry.objects.filter(theirs, designer=designer, order__currency=currency)


def _signed() -> Any:
    credited = When(credit=LedgerEntry.Account.DESIGNER, then=F("amount"))
    return Sum(Case(credited, default=-F("amount")), default=0)


def _net(entries: "QuerySet[LedgerEntry]") -> int:
    return int(entries.aggregate(net=_signed())["net"])


def _rows(
    designer: Designer, entries: "QuerySet[LedgerEntry]", bounds: tuple[datetime, datetime]
) -> list[Row]:
    moved: dict[int, dict[str, int]] = defaultdict(dict)
    for order, kind, net in entries.order_by().values_list("order", "kind").annotate(net=_signed()):
        moved[order][kind] = net
    parcels = (
        Parcel.objects.filter(designer=designer, order__in=moved)
        .select_related("order", "payout")
        .prefetch_related("lines", *_ways_of_payouts())
        .order_by("order__paid_at", "pk")
    )
    return [_row(parcel, moved[parcel.order_id], bounds) for parcel in parcels]


def _ways_of_payouts() -> list[Any]:
    sent = Transfer.objects.filter(state=Transfer.State.SENT).prefetch_related("reversals")
    return [
        Prefetch("payout__transfers", sent),
        Prefetch("payout__hand_payments", HandPayment.objects.all()),
    ]


def _row(parcel: Parcel, moved: dict[str, int], bounds: tuple[datetime, datetime]) -> Row:
    row = Row(parcel=parcel)
    sale = moved.pop("sale", 0)
    if sale:
        lines = list(parcel.lines.all())
        row.post = shares.of_post(parcel)
        row.commission = -sum(line.commission for line in lines)
        row.discount = -sum(line.discount - line.house_discount for line in lines)
        row.sold = sale - row.post - row.commission - row.discount
    for kind, net in moved.items():
        if kind in PAID:
            row.paid += net
        elif kind in _SET_OFF:
            row.set_off += net
        else:
            row.given_back += net
    row.ways = _ways(row.payout, bounds) if row.payout else []
    return row


def _ways(payout: Payout, bounds: tuple[datetime, datetime]) -> list[Way]:
    """In that month, the first first."""
    ways = [
        (at, way) for at, way in _all_ways(payout) if at is not None and bounds[0] <= at < bounds[1]
    ]
    return [way for _at, way in sorted(ways, key=lambda found: found[0])]


def _all_ways(payout: Payout) -> Iterator[tuple[datetime | None, Way]]:
    for transfer in payout.transfers.all():
        yield transfer.sent_at, _way(transfer.sent_at, transfer.amount, transfer.stripe_id)
        for back in transfer.reversals.all():
            yield back.done_at, _way(back.done_at, -back.amount, back.stripe_id)
    for paid in payout.hand_payments.all():
        yield paid.created_at, Way(paid.paid_on, paid.amount, paid.reference)


def _way(at: datetime | None, amount: int, name: str | None) -> Way:
    return Way(localdate(at), amount, name or "")
