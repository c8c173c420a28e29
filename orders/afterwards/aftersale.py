"""Asking after buying, and every step of it: one conditional UPDATE that names what it leaves.

Locks: order, parcel, request, lines. Letters and refunds are written down in the transaction
and go out after it.
"""

from collections.abc import Iterable, Mapping
from typing import Any
from uuid import UUID

from django.contrib.auth.models import User
from django.db import transaction
from django.db.models import F, QuerySet
from django.utils.timezone import localdate, now
from django.utils.translation import gettext as _

from orders import outbox
from orders.afterwards import aftersale_steps, aftersale_terms
from orders.afterwards.aftersale_steps import Act, Actor, State, Step
from orders.models import AfterSale, AfterSaleLine, Order, OrderEvent, OrderLine, Parcel, Refund

Kind = AfterSale.Kind


class NotNow(Exception):
    """The step is not (or no longer) possible; the message says so to who pressed."""


def ask(
    parcel: Parcel,
    kind: str,
    parts: Mapping[int, int],
    *,
    token: UUID,
    words: str = "",
    reason: str = "",
    new_size: str = "",
    photo: str = "",
) -> AfterSale:
    """Ask the maker for something; ``parts`` are numbers of pieces by line, ``photo`` the name of
    a picture that was stored. Once a token.

    Raises NotNow when a piece is already asked about, given back or past its time.
    """
    with transaction.atomic():
        # Without the key: whoever writes an event of the order need not wait for us.
        locked = Order.objects.select_for_update(no_key=True).get(pk=parcel.order_id)
        if known := of_token(locked, token):
            return known
        _take(parcel, kind, parts)
        asked = AfterSale.objects.create(
            parcel=parcel,
            kind=kind,
            token=token,
            words=words.strip()[:1000],
            reason=reason,
            new_size=new_size.strip()[:40],
            photo=photo,
        )
        add_parts(asked, parts)
        told(asked, "ask", words, tells=[Actor.SHOPPER, Actor.MAKER])
    return asked


def of_token(order: Order, token: UUID) -> AfterSale | None:
    """What this very form has already become; NotNow for the form of another order."""
    known = AfterSale.objects.select_related("parcel").filter(token=token).first()
    if known and known.parcel.order_id != order.pk:
        raise NotNow(_("This form is of another order: load the page again."))
    return known


def _take(parcel: Parcel, kind: str, parts: Mapping[int, int]) -> None:
    """Mark the pieces as asked about, one conditional UPDATE a line, or NotNow."""
    if kind == Kind.CANCELLATION:
        _only_question(parcel)
        return
    lines = parcel.lines.select_related("variant__piece", "order", "parcel").order_by("pk")
    allowed = {line.pk for line in aftersale_terms.askable(kind, list(lines))}
    if not parts or not allowed.issuperset(parts) or min(parts.values()) < 1:
        raise NotNow(_("That cannot be asked for this piece any more."))
    for pk in sorted(parts):
        left = F("quantity") - F("refunded_quantity") - F("asked_quantity")
        free = OrderLine.objects.alias(left=left).filter(pk=pk, left__gte=parts[pk])
        if not free.update(asked_quantity=F("asked_quantity") + parts[pk]):
            raise NotNow(_("Something is being asked about this piece already."))


def _only_question(parcel: Parcel) -> None:
    parcel.refresh_from_db()
    asked = parcel.aftersales.filter(kind=Kind.CANCELLATION, state__in=[State.ASKED, State.DONE])
    if asked.exists() or not aftersale_terms.may_ask_off(parcel):
        raise NotNow(_("This parcel cannot be called off any more."))


def add_parts(asked: AfterSale, parts: Mapping[int, int]) -> None:
    """Note which pieces a request is about."""
    AfterSaleLine.objects.bulk_create(
        AfterSaleLine(aftersale=asked, line_id=pk, quantity=parts[pk]) for pk in sorted(parts)
    )


def take(
    asked: AfterSale, act: str, actor: Actor, *, by: User | None = None, **columns: Any
) -> AfterSale:
    """Take one step of the table; ``columns`` are what is said with it.

    Raises NotNow where the table has no such step, or somebody was quicker. Calling a parcel
    off and giving money back do more: ``cancelling.agree`` and ``refunded``.
    """
    with transaction.atomic():
        return move(asked, act, actor, by=by, **columns)


def move(
    asked: AfterSale, act: str, actor: Actor, *, by: User | None = None, **columns: Any
) -> AfterSale:
    """As ``take``, within a transaction that does more."""
    step = aftersale_steps.step(asked.kind, asked.state, act, actor)
    if step is None:
        raise NotNow(_("This is not possible now: see how far it is."))
    if asked.kind != Kind.CANCELLATION:
        # Its lines are written too: the order first, as refunds do, or the two wait for each other.
        Order.objects.select_for_update(no_key=True).get(pk=asked.parcel.order_id)
    left = asked.state
    rows = AfterSale.objects.filter(pk=asked.pk, state=left)
    if not rows.update(state=step.enters, moved_at=now(), **columns):
        raise NotNow(_("Somebody was quicker: see how far it is now."))
    asked.state = step.enters
    for name, value in columns.items():
        setattr(asked, name, value)
    _keep_count(asked, left)
    told(asked, act, _said(columns), by=by, tells=_tells(step, actor))
    return asked


def _keep_count(asked: AfterSale, left: str) -> None:
    """Free the pieces when it is over; take them again when a parcel comes after all."""
    if asked.kind == Kind.CANCELLATION:
        return
    for part in asked.parts.order_by("line"):
        line = OrderLine.objects.filter(pk=part.line_id)
        if asked.state in AfterSale.OVER:
            line.update(asked_quantity=F("asked_quantity") - part.quantity)
        elif left in AfterSale.OVER:
            _take_again(line, part)


def _take_again(line: "QuerySet[OrderLine]", part: AfterSaleLine) -> None:
    free = line.filter(asked_quantity__lte=F("quantity") - part.quantity)
    if not free.update(asked_quantity=F("asked_quantity") + part.quantity):
        raise NotNow(_("Something is being asked about this piece already."))


def _tells(step: Step, actor: Actor) -> list[Actor]:
    """A maker hears of what the owner answered for them."""
    by_owner = actor == Actor.OWNER and Actor.MAKER in step.by
    return [*step.tells, *([Actor.MAKER] if by_owner else [])]


def _said(columns: Mapping[str, Any]) -> str:
    return str(columns.get("answer") or columns.get("tracking") or "")


def told(
    asked: AfterSale, act: str, text: str = "", *, by: User | None = None, tells: Iterable[str]
) -> None:
    """Write the step into the order's history and its letters into the outbox."""
    event = OrderEvent.objects.create(
        order_id=asked.parcel.order_id,
        parcel_id=asked.parcel_id,
        aftersale=asked,
        kind=f"aftersale_{act}",
        text=text[:400],
        actor=by,
    )
    for whom in tells:
        outbox.put(f"aftersale_{act}_{whom}", asked.pk, key=f"{asked.pk}:{event.pk}")


def overtaken(parcel: Parcel) -> None:
    """Whoever asked to call a parcel off hears that it has left. In the transaction of that."""
    open_ones = parcel.aftersales.filter(kind=Kind.CANCELLATION, state=State.ASKED)
    for asked in open_ones.select_related("parcel"):
        move(asked, Act.OVERTAKE, Actor.SHOP)


def refunded(asked: AfterSale, refund: Refund, *, by: User | None = None) -> bool:
    """A return whose money is on its way is over; whether this call moved it."""
    if refund.state == Refund.State.FAILED:
        return False
    actor = Actor.OWNER if by else Actor.SHOP
    try:
        take(asked, Act.GIVE_BACK, actor, by=by, refund=refund)
    except NotNow:
        return False
    return True


# --- What the sweep does -----------------------------------------------------------------------


def lapse() -> int:
    """End what was agreed and never posted, and prices that nobody answered."""
    late = AfterSale.objects.filter(
        state__in=[State.QUOTED, State.ACCEPTED], until__lt=localdate()
    ).select_related("parcel")
    return _move_each(late[:200], Act.LAPSE)


def overtake_left() -> int:
    """As ``overtaken``, for parcels of which a lost step did not say so."""
    left = [Parcel.State.SHIPPED, Parcel.State.DELIVERED, Parcel.State.CANCELLED]
    asked = AfterSale.objects.filter(
        kind=Kind.CANCELLATION, state=State.ASKED, parcel__state__in=left
    ).select_related("parcel")
    return _move_each(asked[:200], Act.OVERTAKE)


def _move_each(rows: Iterable[AfterSale], act: Act) -> int:
    done = 0
    for asked in rows:
        try:
            take(asked, act, Actor.SHOP)
            done += 1
        except NotNow:
            continue
    return done


def refunds_found() -> int:
    """Returns whose refund was written by someone who died before saying so."""
    done = 0
    waiting = AfterSale.objects.filter(kind=Kind.RETURN, state=State.ARRIVED)
    for asked in waiting.select_related("parcel__order")[:200]:
        key = f"refund:{asked.parcel.order.number}:{asked.refund_token.hex}"
        refund = Refund.objects.filter(idempotency_key=key).first()
        done += refund is not None and refunded(asked, refund)
    return done


def remind() -> int:
    """Tell the owner once of each question that its maker has not answered."""
    old = now() - aftersale_terms.UNANSWERED
    written = 0
    rows = AfterSale.objects.filter(state=State.ASKED, created_at__lt=old)
    for asked in rows.exclude(events__kind="aftersale_unanswered")[:200]:
        with transaction.atomic():
            told(asked, "unanswered", tells=[Actor.OWNER])
        written += 1
    return written


SWEEP = {
    "questions lapsed": lapse,
    "cancellations overtaken": overtake_left,
    "returns paid back": refunds_found,
    "owners reminded": remind,
}
