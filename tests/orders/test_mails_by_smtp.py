"""A confirmation goes through a real SMTP server, and one it refuses is sent again later."""

from smtplib import SMTPException

import pytest
from pytest_django.fixtures import Settings

from orders import outbox
from shop.mail import mailers_from_url
from tests.factories import make_order, make_piece
from tests.services.smtp import Mailbox

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def by_smtp(settings: Settings, smtp_server: Mailbox) -> None:
    settings.MAILERS = mailers_from_url(smtp_server.url)


def test_it_arrives_in_words_and_in_pictures(smtp_server: Mailbox) -> None:
    order = make_order(make_piece(title="Harbour Lamp ring"), email="mara@example.com")
    outbox.send_letter.call(outbox.put("confirmation", order.pk).pk)
    [letter] = smtp_server.letters
    assert letter["To"] == "mara@example.com"
    parts = {part.get_content_type(): part.get_content() for part in letter.iter_parts()}
    assert "Harbour Lamp ring" in parts["text/plain"]
    assert "Harbour Lamp ring" in parts["text/html"]


def test_one_that_was_refused_is_sent_when_it_is_tried_again(smtp_server: Mailbox) -> None:
    written = outbox.put("confirmation", make_order(make_piece()).pk)
    smtp_server.refuse = "451 Try again later"
    with pytest.raises(SMTPException):
        outbox.send_letter.call(written.pk)
    written.refresh_from_db()
    assert written.sent_at is None

    smtp_server.refuse = ""
    assert outbox.send_letter.call(written.pk)
    assert not outbox.send_letter.call(written.pk)
    assert len(smtp_server.letters) == 1
