"""A letter when a collection opens: first a question to the address, then one letter each.

Every letter is claimed in the database before it is posted, so that none goes twice. No
address is ever logged: a reader is known by number.
"""

import logging
import smtplib
from collections.abc import Callable, Iterable
from datetime import timedelta
from functools import partial

from django.conf import settings
from django.db import transaction
from django.tasks import task
from django.urls import reverse
from django.utils.html import escape
from django.utils.timezone import now
from django.utils.translation import gettext as _

from catalog.models import Collection, LetterReader, LetterSent
from shop.letters import Letter

logger = logging.getLogger(__name__)
# Letters in one sweep, so that it is over within its minute.
BATCH = 200
# So many failures in a row are the mail server's, not the addresses'.
ENOUGH = 3
# What could not be posted in so long is no news any more.
NEWS = timedelta(days=3)


class NotPosted(Exception):
    """The mail server did not take a letter; its own error may name the address, this does not."""


def ask(email: str) -> None:
    """Ask an address by letter whether it wants ours; at most once an hour, whoever types it."""
    reader, is_new = LetterReader.objects.get_or_create(email=email.lower())
    if is_new or reader.ask_again():
        transaction.on_commit(partial(send_question.enqueue, reader.pk))


@task()
def send_question(pk: int) -> bool:
    """Post one reader's question unless that is done; whether this call did. Raises NotPosted."""
    rows = LetterReader.objects.filter(pk=pk)
    if not rows.unasked().update(mailed_at=now()):
        return False
    try:
        _post(_question(reader := rows.get()), reader)
    except NotPosted:
        rows.update(mailed_at=None)
        raise
    return True


def send_unsent() -> int:
    """Post the questions that a lost worker dropped; tells how many."""
    waiting = LetterReader.objects.unasked().order_by("?").values_list("pk", flat=True)
    return _each(list(waiting[:BATCH]), send_question.call)


def announce() -> int:
    """Write to the readers about collections that opened, ``BATCH`` letters at most; how many."""
    posted = 0
    for collection in Collection.objects.unannounced().select_related("designer"):
        posted += _announce(collection, room=BATCH - posted)
    return posted


def _announce(collection: Collection, *, room: int) -> int:
    untold = LetterReader.objects.reading().exclude(letters__collection=collection)
    # In any order: an address that always fails must not keep those behind it waiting.
    posted = _each(list(untold.order_by("?")[:room]), partial(_tell, collection))
    is_old = collection.published_at and collection.published_at < now() - NEWS
    if is_old or not untold.exists():
        Collection.objects.filter(pk=collection.pk).update(announced_at=now())
    return posted


def _tell(collection: Collection, reader: LetterReader) -> bool:
    claim, is_new = LetterSent.objects.get_or_create(reader=reader, collection=collection)
    if not is_new:
        return False
    try:
        _post(_news(collection, reader), reader)
    except NotPosted:
        claim.delete()
        raise
    return True


def _each[T](rows: Iterable[T], post: Callable[[T], bool]) -> int:
    """Post for each, until several in a row fail; the next sweep goes on."""
    posted = failed = 0
    for row in rows:
        try:
            posted += post(row)
            failed = 0
        except NotPosted as error:
            logger.warning("letters: %s", error)
            failed += 1
        if failed == ENOUGH:
            break
    return posted


def _post(letter: Letter, reader: LetterReader) -> None:
    """A refused address counts as written to; any other failure raises NotPosted."""
    try:
        letter.send(reader.email)
    except smtplib.SMTPRecipientsRefused:
        logger.warning("letters: %s is refused", reader)
    except Exception as error:
        # Whatever a mail provider raises: its words are left out, they may name the address.
        raise NotPosted(f"{reader}: {type(error).__name__}") from None


def forget() -> int:
    """Delete the addresses that never answered, and those that left; tells how many."""
    return LetterReader.objects.forgettable().delete()[1].get("catalog.LetterReader", 0)


def _question(reader: LetterReader) -> Letter:
    return Letter(
        subject=_("Shall we write to you when a collection opens?"),
        heading=_("Shall we write to you?"),
        opening=_(
            "Somebody, you we hope, typed this address to get a letter when a collection opens. "
            "Six a year, written by the maker, and nothing in between. We write only if you say so."
        ),
        act=_("Yes, write to me"),
        url=settings.SITE_URL + reader.get_absolute_url(),
        after=_("Was it not you? Then leave this be, and you hear no more from us."),
        why=_("You get this because your address was typed in our shop."),
    )


def _news(collection: Collection, reader: LetterReader) -> Letter:
    maker = collection.designer
    words = {"title": collection.title, "name": maker.name}
    return Letter(
        subject=_("%(title)s, a new collection by %(name)s") % words,
        heading=collection.title,
        opening=escape(collection.standfirst),
        act=_("Read the story"),
        url=settings.SITE_URL + collection.get_absolute_url(),
        preview=collection.standfirst,
        quote=collection.source_quote,
        quoted=_("From the story"),
        after=", ".join(filter(None, [maker.name, maker.place])),
        why=_("You get this because you asked for a letter when a collection opens."),
        leave=settings.SITE_URL + reverse("catalog:letter_leave", args=[reader.token]),
    )
