"""The answer to a bank: what the shop knows of an order, and the owner's own words.

Written on the dispute first, then sent, once: a bank reads one answer.
"""

import logging

from django.contrib.auth.models import User
from django.db import transaction
from django.db.models import F, Q, QuerySet
from django.utils.formats import date_format
from django.utils.timezone import localtime, now
from django.utils.translation import gettext as _

from orders import payments, wording
from orders.banks import disputes
from orders.banks.case import Case, Told
from orders.models import Dispute, OrderEvent, Parcel

logger = logging.getLogger(__name__)
Answer = Dispute.Answer
# https://docs.stripe.com/api/disputes/update: how long each may be.
_LONGEST = {"product_description": 20_000, "refund_policy_disclosure": 20_000} | {
    "uncategorized_text": 20_000
}
_LONG = 5_000
WORDS = 10_000
# What was said to the bank; while it still waits for it, nobody knows whether it has arrived.
_ON_ITS_WAY = [Answer.ASKED, Answer.YIELDED]


class NotToAnswer(Exception):
    """It was answered already, its time is over, or the bank has decided."""


def proposed(dispute: Dispute, words: str) -> dict[str, str]:
    """What would be sent, under the names of Stripe's fields; an empty one is left out."""
    case = Case(dispute.order)
    order, posted = case.order, case.posted
    fields = {
        "customer_name": order.name,
        "customer_email_address": order.email,
        "shipping_address": "\n".join(case.address) if posted else "",
        "shipping_carrier": ", ".join(parcel.carrier for parcel in posted if parcel.carrier),
        "shipping_tracking_number": ", ".join(p.tracking for p in posted if p.tracking),
        "shipping_date": ", ".join(dict.fromkeys(_day_posted(parcel) for parcel in posted)),
        "product_description": "\n".join(_piece(case)),
        "refund_policy_disclosure": case.terms,
        "uncategorized_text": _in_words(case, words),
    }
    return {name: text[: _LONGEST.get(name, _LONG)] for name, text in fields.items() if text}


def _day_posted(parcel: Parcel) -> str:
    return wording.day_of_year(parcel.shipped_at) if parcel.shipped_at else ""


def _piece(case: Case) -> list[str]:
    rows = []
    for told, parcel, price in case.lines:
        made = _("made by hand by %s") % parcel.designer.name
        words = [told.line.title, told.details, str(told.line.snapshot.get("materials") or "")]
        rows.append(", ".join(word for word in [*words, made, price] if word))
    return rows


def _in_words(case: Case, words: str) -> str:
    order = case.order
    parts = [words.strip()]
    sums = ", ".join(f"{word} {sum_}" for word, sum_ in case.sums)
    parts.append(_("Order %(number)s: %(sums)s.") % {"number": order.number, "sums": sums})
    parts.append(_rows(_("What happened"), case.happened))
    parts.append(_rows(_("Letters sent to %s") % order.email, case.letters))
    given = [(at, f"{sum_}, {state}, {what}") for at, sum_, state, what in case.refunds]
    parts.append(_rows(_("Given back"), given))
    return "\n\n".join(part for part in parts if part)


def _rows(heading: str, rows: list[Told]) -> str:
    told = [f"{date_format(localtime(at), 'j F Y, H:i')}  {words}" for at, words in rows]
    return "\n".join([f"{heading}:", *told]) if told else ""


def answer(dispute: Dispute, words: str, *, by: User) -> Dispute:
    """Send what is proposed and the owner's words to the bank; look at ``answer`` for how it went.

    Raises NotToAnswer, with nothing written or sent. Never within a transaction.
    """
    said = {"words": words[:WORDS], "evidence": proposed(dispute, words[:WORDS])}
    return _say(dispute, Answer.ASKED, "dispute_answered", by, **said)


def give_up(dispute: Dispute, *, by: User) -> Dispute:
    """Accept that the bank is right: it is lost at once. As ``answer`` in all else.

    An inquiry cannot be lost: to end one, the money is given back.
    """
    if dispute.is_inquiry:
        raise NotToAnswer(_("The bank only asks. Give the money back: that ends it."))
    return _say(dispute, Answer.YIELDED, "dispute_given_up", by)


def _say(
    dispute: Dispute, answer: Dispute.Answer, kind: str, by: User, **columns: object
) -> Dispute:
    """Write down what is said to the bank, once, then send it."""
    waiting = Dispute.objects.filter(
        Q(due_by=None) | Q(due_by__gt=now()),
        pk=dispute.pk,
        status=dispute.status,
        status__in=Dispute.ANSWERABLE,
        answer__in=[Answer.NONE, Answer.REFUSED],
    )
    with transaction.atomic():
        if not waiting.update(
            answer=answer,
            answer_number=F("answer_number") + 1,
            answer_error="",
            answered_by=by,
            checked_at=now(),
            **columns,
        ):
            raise NotToAnswer(_("It was answered already, or its time is over."))
        OrderEvent.objects.create(order_id=dispute.order_id, kind=kind, actor=by)
    dispute.refresh_from_db()
    return send(dispute)


def send(dispute: Dispute) -> Dispute:
    """Send an answer that is written down; after Unknown it stays so. Never in a transaction."""
    yields = dispute.answer == Answer.YIELDED
    try:
        told = (payments.close_dispute if yields else payments.submit_evidence)(dispute)
    except payments.Unknown as error:
        logger.warning("answer to %s: no word yet: %s", dispute.stripe_id, error)
    except payments.Refused as error:
        logger.exception("answer to %s was refused", dispute.stripe_id)
        asked = Dispute.objects.filter(pk=dispute.pk, answer__in=_ON_ITS_WAY)
        asked.update(answer=Answer.REFUSED, evidence={}, answer_error=str(error)[:400])
        _look_why(dispute)
    else:
        disputes.record(told)
    dispute.refresh_from_db()
    return dispute


def _look_why(dispute: Dispute) -> None:
    """It may have been answered in Stripe's own pages, or decided."""
    try:
        disputes.sync(dispute.stripe_id)
    except (payments.Unknown, payments.Refused):
        logger.warning("dispute %s cannot be looked up now", dispute.stripe_id)


def send_again(dispute: Dispute) -> Dispute:
    """Send an answer of which nobody knows whether it arrived, unless Stripe has it already."""
    disputes.sync(dispute.stripe_id)
    dispute.refresh_from_db()
    lost = dispute.answer in _ON_ITS_WAY and dispute.status in Dispute.ANSWERABLE
    return send(dispute) if lost else dispute


def unanswered() -> "QuerySet[Dispute]":
    """Those whose answer was sent off and never confirmed, while the bank still waits for it."""
    asked = Dispute.objects.filter(answer__in=_ON_ITS_WAY, status__in=Dispute.ANSWERABLE)
    return asked.select_related("order").order_by("pk")
