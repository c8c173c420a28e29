"""Designers' accounts at Stripe: asked for once, looked at anew whenever something is heard.

The row is written before Stripe is asked, with the parameters and the key that are sent. What
Stripe says of an account is never taken from an event: it is read, and of two readings the one
that was asked for later counts.
"""

import logging
from datetime import datetime, timedelta
from secrets import token_hex
from typing import Any

from django.conf import settings
from django.db import transaction
from django.db.models import Q, QuerySet
from django.urls import reverse
from django.utils.timezone import now

from designers.models import Designer, Member
from orders import outbox, payments, payouts
from orders.models import DesignerAccount
from orders.post import regions
from orders.records import Account

logger = logging.getLogger(__name__)
# A call of somebody else may still be under way for so long.
UNDER_WAY = timedelta(minutes=2)
# Events bring most news at once; without any it is looked at after so long.
UNREADY_LOOK = timedelta(hours=1)
READY_LOOK = timedelta(days=1)


class OtherRegion(Exception):
    """Stripe sends no money from the shop's country to the designer's."""


def begin(designer: Designer) -> DesignerAccount:
    """The designer's account at Stripe, asked for if there is none.

    Pressed twice it is one account. Raises OtherRegion, payments.Unknown (the same account is
    asked for again, by whoever comes next) and payments.Refused.
    """
    if not regions.is_reached(designer.country, shop=settings.SHOP_COUNTRY):
        raise OtherRegion(designer.country)
    account = _written(designer)
    if account.stripe_id is None:
        ask(account)
    return account


def _written(designer: Designer) -> DesignerAccount:
    """The row, begun anew where Stripe has refused it or the designer has cut it off."""
    account, is_new = DesignerAccount.objects.get_or_create(
        designer=designer, defaults=_beginning(designer)
    )
    if not is_new and is_over(account):
        # Whoever names the old key first begins anew; the other finds that done.
        same = DesignerAccount.objects.filter(
            pk=account.pk, idempotency_key=account.idempotency_key
        )
        same.update(**_beginning(designer), **_UNTOLD)
        account.refresh_from_db()
    return account


_UNTOLD: dict[str, Any] = {
    "stripe_id": None,
    "is_ready": False,
    "is_detached": False,
    "status": "",
    "wanted": [],
    "wanted_by": None,
    "returned": {},
    "error": "",
    "checked_at": None,
}


def is_over(account: DesignerAccount) -> bool:
    """Whether nothing more will come of this account: a new one has to be asked for."""
    return account.is_detached or (account.stripe_id is None and bool(account.error))


def _beginning(designer: Designer) -> dict[str, Any]:
    # The last part tells apart the shops that share a Stripe account, and a database begun anew.
    key = f"designer-account:{designer.pk}:{token_hex(8)}"
    return {"idempotency_key": key, "parameters": _parameters(designer, key), "created_at": now()}


def _parameters(designer: Designer, key: str) -> dict[str, Any]:
    """https://docs.stripe.com/api/v2/core/accounts/create, version 2026-10-28.endive."""
    wish = {"stripe_balance": {"stripe_transfers": {"requested": True}}}
    contact = {"contact_email": email} if (email := email_of(designer)) else {}
    return contact | {
        "display_name": designer.name,
        "dashboard": "express",
        "identity": {"country": designer.country.lower()},
        "configuration": {"recipient": {"capabilities": wish}},
        "defaults": {
            "responsibilities": {"fees_collector": "application", "losses_collector": "application"}
        },
        "metadata": {"env": payments.environment(), "designer": str(designer.pk), "key": key},
    }


def email_of(designer: Designer) -> str:
    """Where letters about a designer's money go: their own address, else their owner's."""
    if designer.email:
        return designer.email
    people = sorted(designer.members.all(), key=lambda member: member.pk)
    owners = (each for each in people if each.is_active and each.role == Member.Role.OWNER)
    return next((each.user.email for each in owners if each.user.email), "")


def ask(account: DesignerAccount) -> None:
    """Ask Stripe for an account whose row is written; safe to repeat. Raises Unknown, Refused."""
    asked = now()
    try:
        told = payments.create_account(account)
    except payments.Refused as refusal:
        logger.exception("account %s was refused", account.idempotency_key)
        waiting = DesignerAccount.objects.filter(
            pk=account.pk, idempotency_key=account.idempotency_key, stripe_id=None
        )
        waiting.update(error=str(refusal)[:400])
        raise
    note(account, told, asked)


def page_at_stripe(account: DesignerAccount) -> str:
    """A fresh address at which the designer answers what Stripe asks. Raises Unknown, Refused;
    NotFound and CutOff once that is written down."""
    try:
        return payments.onboarding_page(
            account.stripe_id or "",
            return_url=_address("back", account.designer_id),
            refresh_url=_address("again", account.designer_id),
        )
    except (payments.NotFound, payments.CutOff):
        refresh(account)
        raise


def _address(page: str, designer: int) -> str:
    path = reverse(f"admin:orders_designeraccount_{page}", args=[designer])
    return f"{settings.SITE_URL}{path}"


def refresh(account: DesignerAccount) -> None:
    """Make the row say what Stripe says now. Raises payments.Unknown, payments.Refused."""
    if account.stripe_id is None:
        return
    asked = now()
    try:
        told = payments.get_account(account.stripe_id)
    except (payments.NotFound, payments.CutOff) as gone:
        logger.warning("account %s is cut off: %s", account.stripe_id, gone)
        mark_cut_off(account, asked)
    else:
        note(account, told, asked)


def note(account: DesignerAccount, told: Account, asked: datetime) -> None:
    """Write down what was read of an account; ``asked`` is when, before the call."""
    _set(
        account,
        asked,
        stripe_id=told.id,
        is_ready=told.is_ready,
        is_detached=told.is_closed,
        status=told.status,
        wanted=told.wanted,
        wanted_by=told.wanted_by,
        error="",
    )


def mark_cut_off(account: DesignerAccount, asked: datetime) -> None:
    """The shop may send nothing there any more, and cannot look either."""
    _set(account, asked, is_ready=False, is_detached=True, status="")


def _set(account: DesignerAccount, asked: datetime, *, is_ready: bool, **columns: Any) -> None:
    """Write down what was read, unless somebody who asked later has written already."""
    # A row that was begun anew is another account: its key tells.
    same = DesignerAccount.objects.filter(
        pk=account.pk, idempotency_key=account.idempotency_key
    ).filter(Q(checked_at=None) | Q(checked_at__lte=asked))
    columns |= {"is_ready": is_ready, "checked_at": asked}
    with transaction.atomic():
        if same.filter(is_ready=not is_ready).update(**columns):
            _changed(account)
        elif same.update(**columns):
            account.refresh_from_db()


def _changed(account: DesignerAccount) -> None:
    """Money can be sent to the account from now on, or no longer; once for each change.

    Runs in the transaction that says so: what waits for it changes in the same moment.
    """
    account.refresh_from_db()
    if account.is_ready:
        payouts.release(account.designer)
        return
    payouts.block(account.designer)
    if account.checked_at:
        key = f"{account.pk}:{account.checked_at.timestamp():.6f}"
        outbox.put("account_stopped", account.pk, key=key)


def unanswered() -> "QuerySet[DesignerAccount]":
    """The accounts that were asked for, without an answer."""
    old = now() - UNDER_WAY
    return DesignerAccount.objects.filter(stripe_id=None, error="", created_at__lt=old)


def unread() -> "QuerySet[DesignerAccount]":
    """The accounts to look at although nothing was heard of them; those that were cut off
    too: it may have been the shop that asked with another key for a while."""
    unready = Q(is_ready=False, is_detached=False, checked_at__lt=now() - UNREADY_LOOK)
    there = DesignerAccount.objects.filter(stripe_id__isnull=False)
    due = there.filter(unready | Q(checked_at__lt=now() - READY_LOOK) | Q(checked_at=None))
    return due.order_by("checked_at", "pk")[:100]
