"""Comparisons of Stripe's books, the ledger and the stock: one at a time, and kept.

Every five minutes ``manage.py reconcile --loop`` makes one, and the owner may ask for one.
"""

import logging
from datetime import datetime, timedelta

from django.db import IntegrityError, transaction
from django.db.models import QuerySet
from django.tasks import task
from django.utils.timezone import now

from orders.comparing.books import Figure
from orders.comparing.difference import Difference
from orders.comparing.reconciliation import reconcile
from orders.models import Disagreement, ReconcileRun

logger = logging.getLogger(__name__)
State = Disagreement.State
# No comparison takes so long; whoever made it was killed.
STALE = timedelta(minutes=15)
KEPT = timedelta(days=30)


class UnderWay(Exception):
    """Somebody else is comparing now."""


def run(since: datetime | None = None) -> tuple[ReconcileRun, list[Difference]]:
    """Compare once, mend what is safe, and keep what differs; the run and what it found.

    Raises UnderWay, payments.Unknown and payments.Refused; never within a transaction.
    """
    begun = _begin()
    try:
        told = list(reconcile(since))
    except Exception as error:
        _end(begun, error=f"{type(error).__name__}: {error}"[:400])
        raise
    found = [one for one in told if isinstance(one, Difference)]
    figures = [one for one in told if isinstance(one, Figure)]
    _keep(begun, found)
    _end(
        begun,
        figures=[{"name": f.name, "there": f.there, "here": f.here} for f in figures],
        mended=sum(not one.is_open for one in found),
        needs_person=sum(one.needs_person for one in found),
    )
    begun.refresh_from_db()
    return begun, found


def _begin() -> ReconcileRun:
    lost = ReconcileRun.objects.filter(is_running=True, started_at__lt=now() - STALE)
    lost.update(is_running=False, finished_at=now(), error="lost")
    _forget()
    try:
        with transaction.atomic():
            return ReconcileRun.objects.create()
    except IntegrityError as error:
        raise UnderWay from error


def _forget() -> None:
    """Of old runs and of what mended itself; what a person did stays."""
    ReconcileRun.objects.filter(started_at__lt=now() - KEPT).delete()
    over = Disagreement.objects.filter(mended_by=None, mended_at__lt=now() - KEPT)
    over.exclude(state=State.OPEN).delete()


def _end(begun: ReconcileRun, **columns: object) -> None:
    mine = ReconcileRun.objects.filter(pk=begun.pk, is_running=True)
    mine.update(is_running=False, finished_at=now(), **columns)


@transaction.atomic
def _keep(begun: ReconcileRun, found: list[Difference]) -> None:
    """What still differs is open; what was open and differs no more has gone."""
    for one in found:
        if one.kept_under:
            _keep_one(begun, one)
    left = Disagreement.objects.filter(state=State.OPEN).exclude(run=begun)
    left.update(state=State.GONE, mended_at=now())


def _keep_one(begun: ReconcileRun, one: Difference) -> None:
    state = State.OPEN if one.is_open else State.MENDED
    columns = {
        "kind": one.kind,
        "text": one.text[:400],
        "order": one.order,
        "subject": one.subject,
        "needs_person": one.needs_person,
        "state": state,
        "run": begun,
        "mended_at": None if one.is_open else now(),
        "mended_by": None,
    }
    row, is_new = Disagreement.objects.get_or_create(key=one.kept_under, defaults=columns)
    if not is_new:
        columns["found_at"] = row.found_at if row.state == State.OPEN else now()
        Disagreement.objects.filter(pk=row.pk).update(**columns)


def open_ones() -> "QuerySet[Disagreement]":
    """What does not agree now and needs a person, the oldest first."""
    return Disagreement.objects.filter(state=State.OPEN, needs_person=True)


@task()
def run_now() -> bool:
    """The owner asked for one; whether it could be made."""
    try:
        run()
    except UnderWay:
        return False
    return True
