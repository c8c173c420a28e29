"""Letters to be sent once: written in the transaction that makes them true, sent after it.

A letter is a row; a task sends it at once, the sweep what a lost worker dropped. Who dies between
sending and saying so is followed after ``CLAIM``: the letter may come twice, never not at all,
and is marked as doubtful.
"""

import logging
from datetime import timedelta

from django.db import transaction
from django.db.models import F, Q, QuerySet
from django.tasks import task
from django.utils.timezone import now

from orders.models import OutboxLetter

logger = logging.getLogger(__name__)
State = OutboxLetter.State
# A claim that was not fulfilled in this time is taken for lost: its worker died.
CLAIM = timedelta(minutes=10)
# After so many failures a person has to look.
TRIES = 12


def put(kind: str, subject: int, *, key: str = "") -> OutboxLetter:
    """Write down that a letter is to be sent, once a key; it goes out after the commit.

    ``subject`` is the primary key of what it is about. The key is the kind and the subject
    unless the same thing may be written about twice. Belongs into the transaction that makes
    it true.
    """
    written, is_new = OutboxLetter.objects.get_or_create(
        key=f"{kind}:{key or subject}", defaults={"kind": kind, "subject": subject}
    )
    if is_new:
        transaction.on_commit(lambda: send_letter.enqueue(written.pk), robust=True)
    return written


@task()
def send_letter(pk: int) -> bool:
    """Send a letter that is due; whether this call did it. Raises what the sending raises."""
    from orders import letters

    claimed = (
        due()
        .filter(pk=pk)
        .update(
            is_doubtful=Q(state=State.SENDING) | Q(is_doubtful=True),
            state=State.SENDING,
            claimed_at=now(),
            tries=F("tries") + 1,
        )
    )
    if not claimed:
        return False
    written = OutboxLetter.objects.get(pk=pk)
    try:
        told, to = letters.LETTERS[written.kind](written.subject)
        told.send(to)
    except letters.NoLonger as reason:
        _mark(pk, state=State.DROPPED, error=str(reason)[:400])
        return False
    except Exception as error:
        _mark(pk, state=State.QUEUED, error=f"{type(error).__name__}: {error}"[:400])
        raise
    _mark(pk, state=State.SENT, sent_at=now(), error="")
    return True


def due() -> "QuerySet[OutboxLetter]":
    """The letters that are to be sent and that nobody is sending now."""
    lost = Q(state=State.SENDING, claimed_at__lt=now() - CLAIM)
    return OutboxLetter.objects.filter(Q(state=State.QUEUED, tries__lt=TRIES) | lost)


def _mark(pk: int, **columns: object) -> None:
    OutboxLetter.objects.filter(pk=pk, state=State.SENDING).update(**columns)


def send_dropped(older_than: timedelta) -> int:
    """Send what should have gone out by now; how many letters did."""
    sent = 0
    old = due().filter(created_at__lt=now() - older_than).order_by("pk")
    for pk in list(old.values_list("pk", flat=True)[:50]):
        try:
            sent += send_letter.call(pk)
        except Exception:
            logger.exception("letter %s could not be sent", pk)
    return sent
