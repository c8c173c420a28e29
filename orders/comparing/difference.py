"""Something that did not agree, as a comparison tells it."""

from dataclasses import dataclass

from orders.models import Order


@dataclass(frozen=True, slots=True)
class Difference:
    """In a sentence; ``needs_person`` if it still does not agree.

    ``key`` is the same in every comparison that finds the same thing, so that it stays one
    case; without one it is only counted, unless a person is needed. ``kind`` says how it can
    be mended and ``subject``, a primary key, what: see ``orders/comparing/mending.py``.
    """

    text: str
    needs_person: bool = False
    kind: str = ""
    key: str = ""
    order: Order | None = None
    subject: int | None = None
    # Neither mended nor anybody's business yet: it is only waited for.
    is_waiting: bool = False

    @property
    def is_open(self) -> bool:
        return self.needs_person or self.is_waiting

    @property
    def kept_under(self) -> str:
        """The key of its case; empty where none is kept."""
        return self.key or (self.text[:160] if self.needs_person else "")
