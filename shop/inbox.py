"""The owner's inbox: what needs a person, from everywhere in the shop, the oldest promise first.

What heals by itself is not here. A source is a function that yields cases with one query (or a
few), however large the shop; one line in ``SOURCES`` adds another.
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from itertools import groupby
from typing import Any

from django.conf import settings
from django.db.models import Exists, Min, OuterRef, Q
from django.http import HttpRequest
from django.urls import reverse
from django.utils.formats import date_format
from django.utils.timezone import localdate, localtime, now
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from catalog import review_told
from catalog.models import Photo
from designers.models import Designer
from orders import outbox, refunds, wording
from orders.banks import disputes
from orders.comparing import agreement, mending
from orders.makers import account_words
from orders.models import AfterSale, Order, OutboxLetter, Payout, Refund, StripeEvent
from shop.money import format_money
from shop.numbers import spell

# How many of a source stand in the inbox; its own list has the rest.
MOST = 20
# A photograph that waits so long will not be made without somebody.
UNMADE = timedelta(hours=1)
DOUBTED = timedelta(days=3)
# Found by the comparison, and told better by a source of their own.
_TOLD_ELSEWHERE = ["refund_lost", "review", "event", "dispute", "payout"]


@dataclass(frozen=True, slots=True)
class Act:
    """A place to go, or with ``is_post`` a button that does it at once."""

    label: str
    url: str
    is_post: bool = False


@dataclass(frozen=True, slots=True)
class Case:
    """Something that needs a person: whose it is, what, since when, and what can be done."""

    who: str
    title: str
    since: datetime
    words: list[str]
    acts: list[Act] = field(default_factory=list)
    facts: list[tuple[str, str]] = field(default_factory=list)
    # The day that was promised to somebody, where one was.
    promised: date | None = None
    # What that day is, where it is no promise.
    day_is: str = ""
    maker: Designer | None = None
    # A template for what a case of its kind shows besides, and what that needs.
    template: str = ""
    more: Any = None

    @property
    def since_words(self) -> str:
        """``since 21:04``, ``since Saturday``, ``since 17 November``."""
        moment = localtime(self.since)
        days = (localdate() - moment.date()).days
        form = "H:i" if days <= 0 else "l" if days < 7 else "j F"
        return _("since %s") % date_format(moment, form)

    @property
    def due(self) -> tuple[bool, date, datetime]:
        """What somebody was promised comes first, then what waits longest."""
        return self.promised is None, self.promised or localdate(self.since), self.since


def cases(request: HttpRequest) -> list[Case]:
    """All of them, the oldest promise first; read once a request."""
    if "inbox_cases" not in request.__dict__:
        found = [case for source in SOURCES for case in source()]
        request.__dict__["inbox_cases"] = sorted(found, key=lambda case: case.due)
    known: list[Case] = request.__dict__["inbox_cases"]
    return known


def heading(count: int) -> str:
    """``Five things need you``."""
    if not count:
        return _("Nothing needs you")
    words = ngettext("%s thing needs you", "%s things need you", count)
    return words % wording.sentence(spell(count))


def reviews() -> Iterator[Case]:
    """Orders whose money could not be honoured and has not gone back."""
    returned = Refund.objects.filter(order=OuterRef("pk"), state__in=refunds.GIVEN)
    orders = Order.objects.filter(~Exists(returned), state=Order.State.REVIEW)
    orders = orders.annotate(promised=Min("parcels__arrives_by")).order_by("created_at", "pk")
    for order in orders[:MOST]:
        yield Case(
            order.number,
            _("%s paid, and not honoured") % format_money(order.total, order.currency),
            order.paid_at or order.created_at,
            [order.review_reason or str(order.get_state_display())],
            [_open(order)],
            promised=order.promised,
        )


def asked_for() -> Iterator[Case]:
    """What makers ask to show, each with what it would change and the two answers."""
    for told in review_told.waiting(MOST):
        maker = told.collection.designer
        yield Case(
            maker.name,
            told.title,
            told.review.asked_at,
            [],
            maker=maker,
            template="admin/inbox/_review.html",
            more=told,
        )


def disputed() -> Iterator[Case]:
    """What a bank asks about or has taken back, by the day until which it can be answered."""
    for dispute in disputes.open_ones()[:MOST]:
        page = reverse("admin:orders_dispute_change", args=[dispute.pk])
        label = _("Answer it") if dispute.can_be_answered else _("Look at it")
        yield Case(
            dispute.order.number,
            _("A bank looks at %s") % format_money(dispute.amount, dispute.currency),
            dispute.opened_at,
            [wording.sentence(str(dispute.get_status_display())) + "."],
            [Act(label, page), _open(dispute.order)],
            promised=localdate(dispute.due_by) if dispute.due_by else None,
            day_is=_("Answer by"),
        )


def returned() -> Iterator[Case]:
    """Pieces that came back to their maker and whose money did not go back yet."""
    arrived = AfterSale.objects.filter(kind=AfterSale.Kind.RETURN, state=AfterSale.State.ARRIVED)
    rows = arrived.select_related("parcel__order", "parcel__designer").order_by("pk")
    for asked in rows[:MOST]:
        order, maker = asked.parcel.order, asked.parcel.designer
        yield Case(
            order.number,
            _("%s has it back, and the money waits") % maker.short_name,
            asked.created_at,
            [_("It was sent back, and has arrived.")],
            [Act(_("Open it"), reverse("admin:orders_aftersale_change", args=[asked.pk]))],
            maker=maker,
        )


def unpaid_makers() -> Iterator[Case]:
    """Shares that could not be sent, or wait for a word of the owner; and makers who earn, and
    whom no money can reach."""
    stuck = Q(state__in=[Payout.State.BLOCKED, Payout.State.FAILED])
    asked = Q(hold__in=[Payout.Hold.DASHBOARD, Payout.Hold.REFUND])
    due = Q(state__in=[Payout.State.PENDING, Payout.State.HELD])
    unready = due & ~Q(parcel__designer__account__is_ready=True)
    wanted = stuck | asked | unready if settings.STRIPE_CONNECT else stuck | asked
    related = ("parcel__order", "parcel__designer__account")
    rows = Payout.objects.filter(wanted).select_related(*related).order_by("pk")
    waiting: dict[Designer, list[Payout]] = {}
    for payout in rows[: 10 * MOST]:
        if payout.state in _DUE and payout.hold not in _ASKED:
            waiting.setdefault(payout.parcel.designer, []).append(payout)
        else:
            yield _unsent(payout)
    for maker, payouts in waiting.items():
        yield from _unready(maker, payouts)


_DUE = {Payout.State.PENDING, Payout.State.HELD}
_ASKED = {Payout.Hold.DASHBOARD, Payout.Hold.REFUND}


def _unsent(payout: Payout) -> Case:
    order, maker = payout.parcel.order, payout.parcel.designer
    page = reverse("admin:orders_payout_change", args=[payout.pk])
    return Case(
        maker.name,
        _("%s cannot be sent") % format_money(payout.to_come, order.currency),
        payout.tried_at or order.paid_at or order.created_at,
        [payout.error or wording.sentence(str(payout.get_hold_display())) + "."],
        [Act(_("See what can be done"), page), _open(order)],
        maker=maker,
    )


def _unready(maker: Designer, payouts: list[Payout]) -> Iterator[Case]:
    """Before it is due: there is time to remind them."""
    sum_, order = sum(payout.to_come for payout in payouts), payouts[0].parcel.order
    told = account_words.told(maker, getattr(maker, "account", None))
    if not (sum_ and told.is_urgent):
        return
    yield Case(
        maker.name,
        _("Earned %s, and cannot be paid yet") % format_money(sum_, order.currency),
        order.paid_at or order.created_at,
        [told.sentence],
        [Act(_("Their account"), reverse("admin:orders_designeraccount_change", args=[maker.pk]))],
        maker=maker,
    )


def lost_refunds() -> Iterator[Case]:
    """Money that did not reach whom it was given back to."""
    for refund in refunds.lost().select_related("order").order_by("created_at")[:MOST]:
        sum_ = format_money(refund.amount, refund.order.currency)
        yield Case(
            refund.order.number,
            _("Refund of %s did not arrive") % sum_,
            refund.created_at,
            [_("It failed, and the sum can be given back again.")],
            [
                Act(
                    _("Give it back again"),
                    reverse("admin:orders_order_refund", args=[refund.order_id]),
                ),
                _open(refund.order),
            ],
            [(_("Asked for"), refund.reason or "–"), (_("Stripe says"), refund.error or "–")],
        )


def failed_events() -> Iterator[Case]:
    """News from Stripe that could not be acted on."""
    failed = StripeEvent.objects.filter(state=StripeEvent.State.FAILED)
    for event in failed.order_by("received_at", "pk")[:MOST]:
        yield Case(
            "Stripe",
            _("%s could not be acted on") % event.type,
            event.received_at,
            [
                ngettext("Tried once.", "Tried %(n)d times.", event.tries) % {"n": event.tries},
                event.error,
            ],
            [
                Act(
                    _("Run it again"),
                    reverse("admin:orders_stripeevent_again", args=[event.pk]),
                    is_post=True,
                ),
                Act(_("Look at it"), reverse("admin:orders_stripeevent_change", args=[event.pk])),
            ],
        )


def unmade_photographs() -> Iterator[Case]:
    """Photographs that could not be made, a case a maker."""
    lost = Q(state=Photo.State.WAITING, created_at__lt=now() - UNMADE)
    photos = Photo.objects.filter(Q(state=Photo.State.REFUSED) | lost).select_related("designer")
    rows = photos.order_by("designer_id", "created_at")[: 10 * MOST]
    for _pk, group in groupby(rows, key=lambda photo: photo.designer_id):
        yield _unmade(list(group))


def _unmade(photos: list[Photo]) -> Case:
    maker, count = photos[0].designer, len(photos)
    title = ngettext(
        "One photograph could not be made", "%(n)s photographs could not be made", count
    )
    return Case(
        maker.name,
        title % {"n": wording.sentence(spell(count))},
        photos[0].created_at,
        [_("The originals are safe. Often it helps to try again; else ask for another file.")],
        [
            Act(
                _("Try again"), reverse("admin:catalog_photo_again", args=[maker.pk]), is_post=True
            ),
            Act(_("Look at them"), reverse("admin:catalog_photo_changelist")),
        ],
        [(str(photo), photo.refusal or _("It waits for more than an hour.")) for photo in photos],
        maker=maker,
    )


def disagreements() -> Iterator[Case]:
    """What the comparison of money and stock found, and cannot mend."""
    page = reverse("admin:orders_reconcilerun_changelist")
    rows = agreement.open_ones().exclude(kind__in=_TOLD_ELSEWHERE).select_related("order")
    for row in rows[:MOST]:
        yield Case(
            row.order.number if row.order else _("Money and stock"),
            str(mending.kind_of(row).title),
            row.found_at,
            [row.text],
            [Act(_("See what mending it will do"), f"{page}#case-{row.pk}")],
        )


def unsent_letters() -> Iterator[Case]:
    """Letters that failed for good, and those that may have come twice of late."""
    doubted = OutboxLetter.objects.filter(is_doubtful=True, sent_at__gte=now() - DOUBTED)
    for letter in (outbox.stuck() | doubted).order_by("created_at", "pk")[:MOST]:
        page = reverse("admin:orders_outboxletter_change", args=[letter.pk])
        again = reverse("admin:orders_outboxletter_again", args=[letter.pk])
        is_sent = letter.state == OutboxLetter.State.SENT
        yield Case(
            _("Post"),
            _("A letter may have come twice") if is_sent else _("A letter could not be sent"),
            letter.created_at,
            [str(letter), letter.error]
            if letter.error
            else [str(letter), _("Whoever sent it died before saying so.")],
            ([] if is_sent else [Act(_("Send it again"), again, is_post=True)])
            + [Act(_("Look at it"), page)],
        )


def _open(order: Order) -> Act:
    return Act(_("Open %s") % order.number, reverse("admin:orders_order_change", args=[order.pk]))


SOURCES: list[Callable[[], Iterable[Case]]] = [
    reviews,
    asked_for,
    disputed,
    returned,
    lost_refunds,
    unpaid_makers,
    failed_events,
    unmade_photographs,
    disagreements,
    unsent_letters,
]
