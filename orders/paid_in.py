"""What was paid for an order and what went back, as the ledger has it: whose it is, from whom."""

from collections import Counter
from collections.abc import Iterable, Iterator

from django.db.models import Sum

from orders.models import LedgerEntry, Order, OrderLine, Parcel, Refund, RefundLine
from orders.models.ledger import Move
from orders.prices import shares

Account = LedgerEntry.Account


def received(order: Order) -> Iterator[Move]:
    """What was paid, and whose it is; money that could not be honoured is nobody's."""
    for attempt in order.attempts.filter(received__gt=0).order_by("pk"):
        yield "payment", Account.STRIPE, Account.ORDER, None, attempt.received
        if attempt.fee:
            yield "fee", Account.FEE, Account.STRIPE, None, attempt.fee
        if not attempt.is_honoured:
            yield "payment", Account.ORDER, Account.SUSPENSE, None, attempt.received
    if any(attempt.is_honoured for attempt in order.attempts.all()):
        yield from _divided(order)


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


def given_back(order: Order, states: Iterable[str] = Refund.GIVEN) -> Iterator[Move]:
    """What went back by refunds in these states, and from whom: for no line and no post it is
    the house's."""
    free = 0
    given = list(order.refunds.filter(state__in=states).prefetch_related("lines"))
    for refund in given:
        yield "refund", Account.ORDER, Account.STRIPE, None, refund.amount
        if refund.attempt.is_honoured:
            free += refund.free_amount
        else:
            yield "refund", Account.SUSPENSE, Account.ORDER, None, refund.amount
    yield "refund", Account.GOODWILL, Account.ORDER, None, free
    yield from _lines_back(order, given)
    yield from _house_post_back(order)
    yield from _post_back(order, given)


def _lines_back(order: Order, given: list[Refund]) -> Iterator[Move]:
    parts = RefundLine.objects.filter(refund__in=given).values_list("order_line")
    sums = dict(parts.annotate(sum=Sum("amount")).order_by())
    for line in order.lines.select_related("parcel"):
        share = _share_back(line, sums.get(line.pk, 0))
        yield from _sale("refund", share, line.parcel.designer_id, sign=-1)


def _share_back(line: OrderLine, given: int) -> shares.Share:
    """For a piece that cost the shopper nothing nobody gives anything back: where its parcel was
    called off, the house keeps all that it would have given."""
    whole = shares.Share.of(line)
    if not whole.paid and line.parcel.state == Parcel.State.CANCELLED:
        return whole
    return whole.part(given)


def _house_post_back(order: Order) -> Iterator[Move]:
    """What the house would have given for a parcel that was called off, it keeps."""
    for parcel in order.parcels.filter(state=Parcel.State.CANCELLED, house_shipping__gt=0):
        maker, kept = parcel.designer_id, parcel.house_shipping
        yield "refund", Account.ORDER, Account.DESIGNER, maker, -kept
        yield "refund", Account.DISCOUNT, Account.ORDER, None, -kept


def _post_back(order: Order, given: list[Refund]) -> Iterator[Move]:
    amount = sum(refund.shipping_amount for refund in given)
    parcels = list(order.parcels.order_by("pk"))
    if not amount or not parcels:
        return
    own: Counter[int] = Counter()
    for refund in given:
        if refund.parcel_id:
            own[refund.parcel_id] += refund.shipping_amount
    parts, tax = shares.post_given_back(parcels, order.shipping_tax, amount, own)
    for parcel, part in zip(parcels, parts, strict=True):
        yield "refund", Account.ORDER, Account.DESIGNER, parcel.designer_id, -part
    yield "refund", Account.ORDER, Account.TAX, None, -tax


def to_makers(moves: Iterable[Move]) -> Counter[int]:
    """What such moves bring each maker (by primary key), in minor units; what went back takes."""
    theirs: Counter[int] = Counter()
    for _kind, _debit, credit, maker, amount in moves:
        if credit == Account.DESIGNER and maker is not None:
            theirs[maker] += amount
    return theirs
