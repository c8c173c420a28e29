"""The ledger: what happened to an order's money, brought up to date whenever it changes.

``bring_up`` reckons from the order's rows what ought to be written and adds what is missing,
so that it may be called again at any time and a lost call is made good by the next. Everything
passes through the account ``order``: what is left over there was divided wrongly.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator

from django.db.models import F, Max, Q, QuerySet, Sum

from orders import paid_in
from orders.banks import dispute_ledger
from orders.makers import handed_on
from orders.models import LedgerEntry, Order
from orders.models.ledger import Move

Account = LedgerEntry.Account
type _Way = tuple[str, str, str, int | None]


def bring_up(order: Order) -> int:
    """Write what is missing in an order's ledger; how many entries that were.

    Belongs into the transaction that changes the order's money, under the order's lock.
    """
    written = _written(order)
    wanted = _wanted(order)
    last = order.ledger.aggregate(last=Max("number"))["last"] or 0
    entries = [
        _entry(order, way, wanted[way] - written[way])
        for way in sorted(wanted.keys() | written.keys(), key=str)
        if wanted[way] != written[way]
    ]
    for number, entry in enumerate(entries, last + 1):
        entry.number = number
    LedgerEntry.objects.bulk_create(entries)
    return len(entries)


def is_behind(order: Order) -> bool:
    """Whether the order's rows say something else than its ledger."""
    written, wanted = _written(order), _wanted(order)
    return any(wanted[way] != written[way] for way in wanted.keys() | written.keys())


def balance(account: str, entries: "QuerySet[LedgerEntry] | None" = None) -> int:
    """An account's debits less its credits, minor units, of some entries or of all.

    What is owed (to makers, for tax) and earned (commission) is therefore below nothing.
    """
    entries = LedgerEntry.objects.all() if entries is None else entries
    sums = entries.aggregate(
        debits=Sum("amount", filter=Q(debit=account), default=0),
        credits=Sum("amount", filter=Q(credit=account), default=0),
    )
    return int(sums["debits"] - sums["credits"])


def unbalanced() -> "QuerySet[Order]":
    """The orders of which something is left over in ``order``: their ``left_over``."""
    debits = Sum("ledger__amount", filter=Q(ledger__debit=Account.ORDER), default=0)
    credits = Sum("ledger__amount", filter=Q(ledger__credit=Account.ORDER), default=0)
    sums = Order.objects.alias(debits=debits, credits=credits)
    return sums.annotate(left_over=F("debits") - F("credits")).exclude(left_over=0)


def _written(order: Order) -> Counter[_Way]:
    return _summed(order.ledger.values_list("kind", "debit", "credit", "designer", "amount"))


def _wanted(order: Order) -> Counter[_Way]:
    return _summed(move for source in SOURCES for move in source(order))


def _summed(moves: Iterable[Move]) -> Counter[_Way]:
    """By way; what goes back the same way is taken off."""
    sums: Counter[_Way] = Counter()
    for kind, debit, credit, designer, amount in moves:
        if debit < credit:
            sums[kind, debit, credit, designer] += amount
        else:
            sums[kind, credit, debit, designer] -= amount
    return sums


def _entry(order: Order, way: _Way, amount: int) -> LedgerEntry:
    kind, debit, credit, designer = way
    if amount < 0:
        debit, credit = credit, debit
    return LedgerEntry(
        order=order,
        kind=kind,
        debit=debit,
        credit=credit,
        designer_id=designer,
        amount=abs(amount),
    )


SOURCES: list[Callable[[Order], Iterator[Move]]] = [
    paid_in.received,
    paid_in.given_back,
    dispute_ledger.in_dispute,
    handed_on.handed_on,
]
