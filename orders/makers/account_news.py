"""What is heard of designers' accounts: an event only says where to look."""

from django.db import transaction
from django.utils.timezone import now

from orders import outbox, payments
from orders.makers import accounts
from orders.models import DesignerAccount
from orders.records import BankPayout


class UnknownAccount(Exception):
    """The account says that it is ours, and no designer of ours has one (yet)."""


def hear(stripe_id: str, _object: str = "") -> None:
    """Something happened to an account: look at it. Raises UnknownAccount, Unknown, Refused."""
    if account := _known(stripe_id):
        accounts.refresh(account)


def hear_cut_off(stripe_id: str, _object: str = "") -> None:
    """A designer has cut the shop off, if Stripe sends no money there any more."""
    account = DesignerAccount.objects.filter(stripe_id=stripe_id).first()
    if account is None:
        return
    accounts.refresh(account)
    if not account.is_ready and not account.is_detached:
        accounts.mark_cut_off(account, now())


def _known(stripe_id: str) -> DesignerAccount | None:
    """The row of an account; nothing if it is none of ours, or one that was replaced."""
    if known := DesignerAccount.objects.filter(stripe_id=stripe_id).first():
        return known
    asked = now()
    try:
        told = payments.get_account(stripe_id)
    except (payments.NotFound, payments.CutOff):
        return None
    if told.metadata.get("env") != payments.environment():
        return None
    key, designer = told.metadata.get("key", ""), told.metadata.get("designer", "")
    if waiting := DesignerAccount.objects.filter(idempotency_key=key, stripe_id=None).first():
        accounts.note(waiting, told, asked)
        return waiting
    if designer.isdecimal() and DesignerAccount.objects.filter(designer_id=int(designer)).exists():
        return None
    raise UnknownAccount(stripe_id)


def hear_bank(stripe_id: str, payout_id: str) -> None:
    """A designer's bank has taken money from Stripe, or has sent it back: then they are told."""
    account = DesignerAccount.objects.filter(stripe_id=stripe_id).first()
    if account is None:
        return
    payout = payments.get_bank_payout(stripe_id, payout_id)
    with transaction.atomic():
        same = DesignerAccount.objects.select_for_update().get(pk=account.pk)
        if payout.status == "failed":
            _send_back(same, payout)
        elif payout.status == "paid" and same.returned.get("sent", "") < _sent(payout):
            DesignerAccount.objects.filter(pk=same.pk).update(returned={"sent": _sent(payout)})
    accounts.refresh(account)


def _send_back(account: DesignerAccount, payout: BankPayout) -> None:
    if account.returned.get("sent", "") > _sent(payout):
        return
    told = {"payout": payout.id, "amount": payout.amount, "currency": payout.currency}
    told |= {"why": payout.failure, "sent": _sent(payout)}
    DesignerAccount.objects.filter(pk=account.pk).update(returned=told)
    outbox.put("money_returned", account.pk, key=payout.id)


def _sent(payout: BankPayout) -> str:
    """Sorts as the time does."""
    return payout.created.isoformat()
