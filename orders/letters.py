"""Which letters the shop writes about orders: for each kind, what it says and to whom.

One entry a kind: a function of the primary key of what the letter is about. It reads that row
as it is now, so that a letter sent late is still true, and is what the admin's preview shows.
"""

from collections.abc import Callable

from shop.letters import Letter


class NoLonger(Exception):
    """What the letter would say is no longer true: it is not sent."""


LETTERS: dict[str, Callable[[int], tuple[Letter, str]]] = {}
