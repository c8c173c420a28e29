"""A letter from the shop: written once, sent as HTML and as its twin in plain text."""

import textwrap
from dataclasses import dataclass, field
from html import unescape

from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.template.loader import render_to_string
from django.utils.html import strip_tags

_WIDTH = 72  # letters in a line of plain text


class NoLonger(Exception):
    """What the letter would say is no longer true: it is not sent."""


@dataclass(frozen=True, slots=True)
class LetterPiece:
    """A piece named in a letter, with its picture (an absolute address) and its price in words."""

    title: str
    words: list[str]
    price: str = ""
    image: str = ""
    alt: str = ""

    @property
    def text_row(self) -> str:
        return _row(self.title, self.price)


@dataclass(frozen=True, slots=True)
class Letter:
    """What a letter says; ``opening`` may be safe HTML, everything else is plain.

    ``why`` tells at its foot why it came, if not for something bought; ``leave`` is the
    address at which one ends such letters.
    """

    subject: str
    heading: str
    opening: str
    act: str
    url: str
    preview: str = ""
    pieces: list[LetterPiece] = field(default_factory=list)
    quote: str = ""
    quoted: str = ""
    rows: list[tuple[str, str]] = field(default_factory=list)
    after: str = ""
    why: str = ""
    leave: str = ""

    @property
    def opening_text(self) -> str:
        return _wrapped(unescape(strip_tags(self.opening)))

    @property
    def after_text(self) -> str:
        return _wrapped(self.after)

    @property
    def text_rows(self) -> list[str]:
        return [_row(word, value) for word, value in self.rows]

    @property
    def _headers(self) -> dict[str, str]:
        """Mail programs show a button for these: https://www.rfc-editor.org/rfc/rfc8058"""
        if not self.leave:
            return {}
        return {
            "List-Unsubscribe": f"<{self.leave}>",
            "List-Unsubscribe-Post": "List-Unsubscribe=One-Click",
        }

    def send(self, to: str) -> None:
        """Sends it to one address; raises what the mail server raises."""
        context = {"letter": self, "shop_name": settings.SHOP_NAME}
        message = EmailMultiAlternatives(
            subject=" ".join(self.subject.split()),
            body=render_to_string("shop/mail/letter.txt", context),
            to=[to],
            reply_to=[settings.SHOP_EMAIL],
            headers=self._headers,
        )
        message.attach_alternative(render_to_string("shop/mail/letter.html", context), "text/html")
        message.send()


def _wrapped(text: str) -> str:
    return textwrap.fill(text, _WIDTH, break_long_words=False, break_on_hyphens=False)


def _row(left: str, right: str) -> str:
    return f"  {left:<42} {right:>13}".rstrip()
