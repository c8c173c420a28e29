"""Cases of the inbox that a few columns of one row tell: all of them are read with one query."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.db.models import Exists, OuterRef, QuerySet, Subquery
from django.urls import reverse
from django.utils.timezone import localdate, now
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from designers.models import Designer
from orders import letter_names, outbox, refunds, wording
from orders.banks import disputes
from orders.comparing import agreement, mending
from orders.models import (
    AfterSale,
    Disagreement,
    Dispute,
    Order,
    OutboxLetter,
    Parcel,
    Refund,
    StripeEvent,
)
from shop.case import Act, Case, opening
from shop.money import format_money
from shop.read_together import Columns, Row, Wanted, day, moment, read_together

DOUBTED = timedelta(days=3)
# Found by the comparison, and told better by a source of their own.
_TOLD_ELSEWHERE = ["refund_lost", "review", "event", "dispute", "payout"]


@dataclass(frozen=True, slots=True)
class Source:
    """Which rows need a person, what is read of them, and the case that each makes."""

    name: str
    rows: "Callable[[], QuerySet[Any]]"
    columns: Columns
    told: Callable[[Row], Case]


def read(most: int) -> Iterator[Case]:
    """All of them, so many of a source at most; one query."""
    found = read_together(Wanted(s.name, s.rows(), s.columns, most) for s in SOURCES)
    for source in SOURCES:
        yield from map(source.told, found.get(source.name, []))


def _reviews() -> "QuerySet[Order]":
    """Orders whose money could not be honoured and has not gone back."""
    returned = Refund.objects.filter(order=OuterRef("pk"), state__in=refunds.GIVEN)
    orders = Order.objects.filter(~Exists(returned), state=Order.State.REVIEW)
    return orders.order_by("created_at", "pk")


def _review(row: Row) -> Case:
    return Case(
        row["number"],
        _("%s paid, and not honoured") % format_money(row["total"], row["currency"]),
        moment(row["paid_at"] or row["created_at"]),
        [row["reason"] or str(Order.State.REVIEW.label)],
        [opening(row["number"], row["pk"])],
        promised=day(row["promised"]),
    )


def _disputed(row: Row) -> Case:
    """By the day until which it can be answered."""
    due_by = moment(row["due_by"]) if row["due_by"] else None
    dispute = Dispute(status=row["status"], answer=row["answer"], due_by=due_by)
    page = reverse("admin:orders_dispute_change", args=[row["pk"]])
    label = _("Answer it") if dispute.can_be_answered else _("Look at it")
    return Case(
        row["number"],
        _("A bank looks at %s") % format_money(row["amount"], row["currency"]),
        moment(row["opened_at"]),
        [wording.sentence(str(dispute.get_status_display())) + "."],
        [Act(label, page), opening(row["number"], row["order"])],
        promised=localdate(due_by) if due_by else None,
        day_is=_("Answer by"),
    )


def _returned() -> "QuerySet[AfterSale]":
    """Pieces that came back to their maker and whose money did not go back yet."""
    arrived = AfterSale.objects.filter(kind=AfterSale.Kind.RETURN, state=AfterSale.State.ARRIVED)
    return arrived.order_by("pk")


def _come_back(row: Row) -> Case:
    maker = Designer(**{name: row[name] for name in _MARK})
    return Case(
        row["number"],
        _("%s has it back, and the money waits") % maker.short_name,
        moment(row["created_at"]),
        [_("It was sent back, and has arrived.")],
        [Act(_("Open it"), reverse("admin:orders_aftersale_change", args=[row["pk"]]))],
        maker=maker,
    )


# What a maker's touchmark is drawn from.
_MARK = ("name", "short_name", "mark_path", "mark_letters")


def _lost(row: Row) -> Case:
    """Money that did not reach whom it was given back to."""
    again = reverse("admin:orders_order_refund", args=[row["order"]])
    return Case(
        row["number"],
        _("Refund of %s did not arrive") % format_money(row["amount"], row["currency"]),
        moment(row["created_at"]),
        [_("It failed, and the sum can be given back again.")],
        [Act(_("Give it back again"), again), opening(row["number"], row["order"])],
        [(_("Asked for"), row["reason"] or "–"), (_("Stripe says"), row["error"] or "–")],
    )


def _failed_events() -> "QuerySet[StripeEvent]":
    failed = StripeEvent.objects.filter(state=StripeEvent.State.FAILED)
    return failed.order_by("received_at", "pk")


def _failed(row: Row) -> Case:
    """News from Stripe that could not be acted on."""
    tried = ngettext("Tried once.", "Tried %(n)d times.", row["tries"]) % {"n": row["tries"]}
    again = reverse("admin:orders_stripeevent_again", args=[row["pk"]])
    page = reverse("admin:orders_stripeevent_change", args=[row["pk"]])
    return Case(
        "Stripe",
        _("%s could not be acted on") % row["type"],
        moment(row["received_at"]),
        [tried, row["error"]],
        [Act(_("Run it again"), again, is_post=True), Act(_("Look at it"), page)],
    )


def _differing() -> "QuerySet[Disagreement]":
    return agreement.open_ones().exclude(kind__in=_TOLD_ELSEWHERE)


def _differs(row: Row) -> Case:
    """What the comparison of money and stock found, and cannot mend."""
    page = reverse("admin:orders_reconcilerun_changelist")
    return Case(
        row["number"] or _("Money and stock"),
        str(mending.kind_of(Disagreement(kind=row["kind"])).title),
        moment(row["found_at"]),
        [row["text"]],
        [Act(_("See what mending it will do"), f"{page}#case-{row['pk']}")],
    )


def _unsent_letters() -> "QuerySet[OutboxLetter]":
    """Those that failed for good, and those that may have come twice of late."""
    doubted = OutboxLetter.objects.filter(is_doubtful=True, sent_at__gte=now() - DOUBTED)
    return (outbox.stuck() | doubted).order_by("created_at", "pk")


def _unsent(row: Row) -> Case:
    page = reverse("admin:orders_outboxletter_change", args=[row["pk"]])
    again = reverse("admin:orders_outboxletter_again", args=[row["pk"]])
    is_sent = row["state"] == OutboxLetter.State.SENT
    why = row["error"] or _("Whoever sent it died before saying so.")
    acts = [] if is_sent else [Act(_("Send it again"), again, is_post=True)]
    return Case(
        _("Post"),
        _("A letter may have come twice") if is_sent else _("A letter could not be sent"),
        moment(row["created_at"]),
        [letter_names.called(row["kind"]) + ".", why],
        [*acts, Act(_("Look at it"), page)],
    )


_ORDER: Columns = {"number": "order__number", "order": "order_id"}
_PROMISED = Parcel.objects.filter(order=OuterRef("pk")).order_by("arrives_by")
SOURCES = [
    Source(
        "review",
        _reviews,
        {
            **{name: name for name in ("number", "total", "currency", "paid_at", "created_at")},
            "reason": "review_reason",
            "promised": Subquery(_PROMISED.values("arrives_by")[:1]),
        },
        _review,
    ),
    Source(
        "dispute",
        disputes.open_ones,
        {
            **{n: n for n in ("amount", "currency", "status", "answer", "due_by", "opened_at")},
            **_ORDER,
        },
        _disputed,
    ),
    Source(
        "returned",
        _returned,
        {
            "number": "parcel__order__number",
            "created_at": "created_at",
            **{name: f"parcel__designer__{name}" for name in _MARK},
        },
        _come_back,
    ),
    Source(
        "lost",
        lambda: refunds.lost().order_by("created_at", "pk"),
        {
            **{name: name for name in ("amount", "reason", "error", "created_at")},
            "currency": "order__currency",
            **_ORDER,
        },
        _lost,
    ),
    Source(
        "event",
        _failed_events,
        {name: name for name in ("type", "tries", "error", "received_at")},
        _failed,
    ),
    Source(
        "differs",
        _differing,
        {"number": "order__number", "kind": "kind", "text": "text", "found_at": "found_at"},
        _differs,
    ),
    Source(
        "letter",
        _unsent_letters,
        {name: name for name in ("kind", "state", "error", "created_at")},
        _unsent,
    ),
]
