"""A real SMTP server on a free port that keeps the letters it was handed."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default as modern

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session

from tests.services import ports


@dataclass
class Mailbox:
    """What arrived so far; ``refuse`` makes the server turn letters away with this answer."""

    url: str
    letters: list[EmailMessage] = field(default_factory=list)
    refuse: str = ""

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802
        if self.refuse:
            return self.refuse
        letter = message_from_bytes(envelope.content or b"", policy=modern)  # type: ignore[arg-type]
        self.letters.append(letter)
        return "250 Taken"


@contextmanager
def server() -> Iterator[Mailbox]:
    """Start the server; yields its mailbox, whose ``url`` is for MAIL_URL."""
    port = ports.free()
    mailbox = Mailbox(url=f"smtp://127.0.0.1:{port}")
    controller = Controller(mailbox, hostname="127.0.0.1", port=port)
    controller.start()
    try:
        yield mailbox
    finally:
        controller.stop()
