"""The ledger: what happened to an order's money, brought up to date whenever it changes.

``bring_up`` reckons from the order's rows what ought to be written and adds what is missing,
so that it may be called again at any time and a lost call is made good by the next. Everything
passes through the account ``order``: what is left over there was divided wrongly.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator

from django.db.models import F, Max, Q, QuerySet, Sum

from orders import shares
from orders.models import LedgerEntry, Order, PaymentAttempt, Refund, RefundLine

Account = LedgerEntry.Account
# Kind, debit, credit, whose, how much (minor units; below nothing: the other way round).
type Move = tuple[str, str, str, int | None, int]
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


def received(order: Order) -> Iterator[Move]:
    """What was paid, and whose it is; money that could not be honoured is nobody's."""
    for attempt in order.attempts.filter(received__gt=0).order_by("pk"):
        yield "payment", Account.STRIPE, Account.ORDER, None, attempt.received
        if attempt.fee:
            yield "fee", Account.FEE, Account.STRIPE, None, attempt.fee
        if not _is_honoured(attempt):
            yield "payment", Account.ORDER, Account.SUSPENSE, None, attempt.received
    if any(map(_is_honoured, order.attempts.all())):
        yield from _divided(order)


def _is_honoured(attempt: PaymentAttempt) -> bool:
    complete = attempt.state == PaymentAttempt.State.COMPLETE
    return complete and not any(refund.is_automatic for refund in attempt.refunds.all())


def _divided(order: Order) -> Iterator[Move]:
    for line in order.lines.select_related("parcel"):
        share, maker = shares.Share.of(line), line.parcel.designer_id
        yield from _sale("sale", share, maker, sign=1)
    for parcel in order.parcels.all():
        maker = parcel.designer_id
        yield "sale", Account.ORDER, Account.DESIGNER, maker, shares.of_post(parcel)
        yield "sale", Account.DISCOUNT, Account.ORDER, None, parcel.house_shipping
    yield "sale", Account.ORDER, Account.TAX, None, order.shipping_tax


def _sale(kind: str, share: shares.Share, maker: int, *, sign: int) -> Iterator[Move]:
    yield kind, Account.ORDER, Account.DESIGNER, maker, sign * share.designer
    yield kind, Account.ORDER, Account.COMMISSION, maker, sign * share.commission
    yield kind, Account.ORDER, Account.TAX, None, sign * share.tax
    yield kind, Account.DISCOUNT, Account.ORDER, None, sign * share.discount


def given_back(order: Order) -> Iterator[Move]:
    """What went back, and from whom: for no line and no post it is the house's."""
    free = 0
    given = [refund for refund in order.refunds.prefetch_related("lines") if refund.is_given]
    for refund in given:
        yield "refund", Account.ORDER, Account.STRIPE, None, refund.amount
        if _is_honoured(refund.attempt):
            free += refund.free_amount
        else:
            yield "refund", Account.SUSPENSE, Account.ORDER, None, refund.amount
    yield "refund", Account.GOODWILL, Account.ORDER, None, free
    yield from _lines_back(order, given)
    yield from _post_back(order, sum(refund.shipping_amount for refund in given))


def _lines_back(order: Order, given: list[Refund]) -> Iterator[Move]:
    parts = RefundLine.objects.filter(refund__in=given).values_list("order_line")
    sums = dict(parts.annotate(sum=Sum("amount")).order_by())
    for line in order.lines.select_related("parcel"):
        share = shares.Share.of(line).part(sums.get(line.pk, 0))
        yield from _sale("refund", share, line.parcel.designer_id, sign=-1)


def _post_back(order: Order, amount: int) -> Iterator[Move]:
    parcels = list(order.parcels.order_by("pk"))
    if not amount or not parcels:
        return
    parts, tax = shares.post_given_back(parcels, order.shipping_tax, amount)
    for parcel, part in zip(parcels, parts, strict=True):
        yield "refund", Account.ORDER, Account.DESIGNER, parcel.designer_id, -part
    yield "refund", Account.ORDER, Account.TAX, None, -tax


SOURCES: list[Callable[[Order], Iterator[Move]]] = [received, given_back]
