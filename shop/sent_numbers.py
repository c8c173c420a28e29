"""Numbers as browsers send them: whatever cannot be one, or no database counts to, is none."""

from collections.abc import Iterable

from django.db.models import BigIntegerField

# More than any key or place of ours has.
_DIGITS = 11


def read(words: Iterable[str]) -> list[int]:
    """Those of the words that are numbers of at most eleven digits, in their order."""
    return [
        int(word) for word in words if word.isascii() and word.isdecimal() and len(word) <= _DIGITS
    ]


def is_too_large(word: str) -> bool:
    """Whether it is a number to which no database counts, which would be an error of its own."""
    return word.isdecimal() and int(word) > BigIntegerField.MAX_BIGINT
