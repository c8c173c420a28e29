"""What a lost worker, event or answer left undone: found in the database, and done.

Each step is safe to repeat and to run beside another; one that fails does not keep the rest.
"""

import logging
from collections.abc import Callable
from datetime import timedelta

from django.conf import settings
from django.db.models import Q, QuerySet
from django.tasks.base import TaskResultStatus
from django.utils.timezone import now
from django_tasks_db.models import DBTaskResult

from catalog import letters, photos, public_files, review_letters, versions
from catalog.sheets import kept
from designers import invitations
from designers.keys import letters as key_letters
from orders import attempts, holds, outbox, payments, payouts, refunds, settlement
from orders.afterwards import aftersale, arrivals
from orders.banks import disputes, evidence
from orders.figures import summing
from orders.makers import accounts, takebacks
from orders.models import (
    Cart,
    Hold,
    OrderLine,
    PaymentAttempt,
    Refund,
    Reversal,
    Transfer,
)
from orders.prices import fees
from orders.scarce import waiting

logger = logging.getLogger(__name__)
State = PaymentAttempt.State
# A call of somebody else may still be under way for so long.
UNDER_WAY = timedelta(minutes=2)
# Webhooks bring most news at once; what is open longer than this is asked for.
QUIET = timedelta(minutes=10)
# Stripe forgets idempotency keys after a day.
KEYS_LIVE = timedelta(hours=20)
FORGOTTEN = timedelta(days=2)
CARTS_LIVE = timedelta(days=60)
# No task of ours takes so long; its worker was killed.
WORKING = timedelta(minutes=15)
TRIES = 3


def sweep() -> dict[str, int]:
    """Do all of it once; how much was done, by step, and -1 where a step failed."""
    return {name: _try(name, step) for name, step in STEPS.items()}


def _try(name: str, step: Callable[[], int]) -> int:
    try:
        return step()
    except Exception:
        logger.exception("sweep: %s failed", name)
        return -1


def _each[T](rows: "list[T]", step: Callable[[T], object]) -> int:
    """Do something for each; an unanswered or refused call leaves only its own row undone."""
    done = 0
    for row in rows:
        try:
            step(row)
            done += 1
        except (payments.Unknown, payments.Refused, settlement.UnknownOrder) as error:
            logger.warning("sweep: %s: %s", row, error)
    return done


def finish_creating() -> int:
    """Ask again for sessions whose outcome is unknown; the stored key brings the same one."""
    old = PaymentAttempt.objects.filter(
        state=State.CREATING, created_at__lt=now() - UNDER_WAY
    ).select_related("order")
    for forgotten in old.filter(created_at__lt=now() - KEYS_LIVE):
        settlement.mark_refused(forgotten, "no answer for a day")
    return _each(list(old.filter(created_at__gte=now() - KEYS_LIVE)), attempts.open_session)


def settle_due() -> int:
    """Ask how sessions ended that should be over, and how those stand that are long quiet."""
    return _each(list(due()), lambda attempt: settlement.settle(attempt.session_id or ""))


def due() -> "QuerySet[PaymentAttempt]":
    """The attempts whose session should be over, or was not looked at for long."""
    moment = now()
    over = Q(expires_at__lt=moment - UNDER_WAY)
    quiet = Q(created_at__lt=moment - QUIET) & (
        Q(checked_at=None) | Q(checked_at__lt=moment - QUIET)
    )
    open_ones = Q(state=State.OPEN) & (over | quiet)
    waiting = Q(state=State.PROCESSING) & quiet
    return PaymentAttempt.objects.filter(open_ones | waiting).order_by("pk")[:200]


def send_refunds() -> int:
    """Ask again for refunds whose answer was lost."""
    asked = Refund.objects.filter(
        state=Refund.State.REQUESTED, created_at__lt=now() - UNDER_WAY
    ).select_related("attempt")
    return _each(list(asked[:200]), refunds.send_again)


def pay_makers() -> int:
    """Ask again for transfers whose answer was lost, and send what has fallen due."""
    payouts.open_missing()
    payouts.set_due()
    payouts.look_again()
    asked = Transfer.objects.filter(
        state=Transfer.State.ASKED, created_at__lt=now() - UNDER_WAY
    ).select_related("payout__parcel__order")
    again = _each(list(asked[:200]), payouts.ask_again)
    return again + _each(list(payouts.due()[:200]), payouts.send)


def take_back() -> int:
    """Take back from makers what was given back, and ask again where the answer was lost."""
    asked = Reversal.objects.filter(
        state=Reversal.State.ASKED, created_at__lt=now() - UNDER_WAY
    ).select_related("transfer__payout__parcel__order")
    again = _each(list(asked[:200]), takebacks.ask_again)
    return again + _each(list(takebacks.wanted()[:200]), takebacks.take_back)


def look_up_disputes() -> int:
    """Send answers to banks that were lost on their way, and ask how open disputes stand."""
    lost = evidence.unanswered().filter(checked_at__lt=now() - UNDER_WAY)
    sent = _each(list(lost[:50]), evidence.send_again)
    return sent + _each(list(disputes.due()[:50]), lambda one: disputes.sync(one.stripe_id))


def send_letters() -> int:
    """Send the letters that a lost worker dropped; each is claimed first, so none goes twice."""
    return outbox.send_dropped(UNDER_WAY)


def ask_fees() -> int:
    """Ask for what Stripe kept of payments, where no event has said it."""
    return _each(list(fees.due()), fees.ask)


def read_accounts() -> int:
    """Ask again for designers' accounts without an answer, and look at those long quiet."""
    if not settings.STRIPE_CONNECT:
        return 0
    asked = _each(list(accounts.unanswered()), accounts.ask)
    return asked + _each(list(accounts.unread()), accounts.refresh)


def free_tasks() -> int:
    """Queue tasks again whose worker died; give up one that was begun three times."""
    running = DBTaskResult.objects.filter(
        status=TaskResultStatus.RUNNING, started_at__lt=now() - WORKING
    )
    freed = 0
    for task in running:
        again = len(task.worker_ids) < TRIES
        status = TaskResultStatus.READY if again else TaskResultStatus.FAILED
        freed += running.filter(pk=task.pk).update(
            status=status, finished_at=None if again else now()
        )
    return freed


def drop_holds() -> int:
    """Forget holds long given back: they would keep a maker from deleting a piece unsold."""
    old = Hold.objects.filter(state=Hold.State.RELEASED, expires_at__lt=now() - FORGOTTEN)
    OrderLine.objects.filter(hold__in=old).update(hold=None)
    return old.delete()[1].get("orders.Hold", 0)


def drop_carts() -> int:
    """Forget baskets that nobody can find again: their cookie is over."""
    old = Cart.objects.filter(updated_at__lt=now() - CARTS_LIVE)
    old = old.exclude(holds__state__in=holds.KEPT)
    return old.delete()[1].get("orders.Cart", 0)


STEPS: dict[str, Callable[[], int]] = {
    "holds given back": holds.release_lapsed,
    "pieces offered to who waits": waiting.serve_all,
    "sessions asked for again": finish_creating,
    "payments looked up": settle_due,
    "holds put off": holds.push_on,
    "refunds asked for again": send_refunds,
    "disputes looked up": look_up_disputes,
    "reversals asked for again": take_back,
    "makers paid": pay_makers,
    "letters sent": send_letters,
    "fees asked for": ask_fees,
    "accounts looked at": read_accounts,
    "tasks queued again": free_tasks,
    "holds forgotten": drop_holds,
    "baskets dropped": drop_carts,
    "who waited forgotten": waiting.forget,
    "photographs made ready": photos.sweep,
    "old files of photographs removed": public_files.sweep,
    "tables nobody took over removed": kept.sweep,
    "invitations sent": invitations.send_unsent,
    "earlier versions forgotten": versions.prune,
    "reviews told": review_letters.send_unsent,
    "letters about second keys": key_letters.send_unsent,
    "readers asked": letters.send_unsent,
    "collections announced": letters.announce,
    "readers forgotten": letters.forget,
    "months of figures added up": summing.sum_up,
    **aftersale.SWEEP,
    **arrivals.SWEEP,
}
