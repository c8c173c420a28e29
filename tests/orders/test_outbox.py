"""A letter that was written down is sent once, by whoever comes first."""

from datetime import timedelta

import pytest
from django.core import mail
from django.db import transaction
from django.utils.timezone import now
from pytest_django import DjangoCaptureOnCommitCallbacks, Settings

from orders import letters, outbox
from orders.models import OutboxLetter
from shop.letters import Letter

pytestmark = pytest.mark.django_db
State = OutboxLetter.State


def _greeting(subject: int) -> tuple[Letter, str]:
    if subject == 13:
        raise letters.NoLonger("It is over.")
    told = Letter(
        subject=f"About {subject}",
        heading="Hello",
        opening="Hello.",
        act="See it",
        url="https://shop.example/",
    )
    return told, "mara@example.com"


@pytest.fixture(autouse=True)
def _kinds(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(letters.LETTERS, "greeting", _greeting)


def test_it_goes_out_after_the_commit_once(
    django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks, settings: Settings
) -> None:
    settings.TASKS = {"default": {"BACKEND": "django.tasks.backends.immediate.ImmediateBackend"}}
    with django_capture_on_commit_callbacks(execute=True), transaction.atomic():
        written = outbox.put("greeting", 7)
        assert outbox.put("greeting", 7) == written
        assert mail.outbox == []

    assert not outbox.send_letter.call(written.pk)
    assert [sent.subject for sent in mail.outbox] == ["About 7"]
    written.refresh_from_db()
    assert (written.state, written.tries, written.is_doubtful) == (State.SENT, 1, False)


def test_a_lost_task_is_made_good_by_the_sweep() -> None:
    written = outbox.put("greeting", 7)
    assert outbox.send_dropped(timedelta(minutes=2)) == 0

    OutboxLetter.objects.update(created_at=now() - timedelta(minutes=3))
    assert outbox.send_dropped(timedelta(minutes=2)) == 1
    written.refresh_from_db()
    assert written.state == State.SENT


def test_after_a_death_while_sending_it_goes_again_and_is_doubtful() -> None:
    written = outbox.put("greeting", 7)
    OutboxLetter.objects.update(state=State.SENDING, claimed_at=now())
    assert not outbox.send_letter.call(written.pk)

    OutboxLetter.objects.update(claimed_at=now() - outbox.CLAIM - timedelta(seconds=1))
    assert outbox.send_letter.call(written.pk)
    written.refresh_from_db()
    assert (written.state, written.is_doubtful) == (State.SENT, True)


def test_a_failure_is_kept_and_tried_again(monkeypatch: pytest.MonkeyPatch) -> None:
    written = outbox.put("greeting", 7)

    monkeypatch.setattr(Letter, "send", _no_answer)
    with pytest.raises(OSError, match="no answer"):
        outbox.send_letter.call(written.pk)
    monkeypatch.undo()
    written.refresh_from_db()
    assert (written.state, written.error) == (State.QUEUED, "OSError: no answer")

    assert outbox.due().filter(pk=written.pk).exists()


def _no_answer(*_: object) -> None:
    raise OSError("no answer")


def test_what_is_no_longer_true_is_not_sent() -> None:
    written = outbox.put("greeting", 13)

    assert not outbox.send_letter.call(written.pk)
    written.refresh_from_db()
    assert (written.state, written.error) == (State.DROPPED, "It is over.")
    assert mail.outbox == []
