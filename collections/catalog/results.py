"""What the browse page says around its pieces: pages, sorting, and a way out of nothing found."""

from collections.abc import Iterator

from django.conf import settings

from catalog import facets, index
from catalog.facets import SORTS, Chip, Results
from catalog.models import Piece
from shop.money import SYMBOLS, to_decimal

_NEIGHBOURS = 1
_MOST_ADVICE = 3


class ResultPage:
    """A page of results with the words and addresses its template needs."""

    def __init__(self, results: Results) -> None:
        self.found = results
        self.pieces: list[Piece] = results.pieces
        self.page, self.total = results.page, results.total
        self.groups, self.chips = results.groups, results.chips
        self.params, self.sort, self.meant = results.params, results.sort, results.meant

    @property
    def words(self) -> str:
        """What was searched for."""
        return str(self.found.form.value("q") or "")

    @property
    def sorts(self) -> list[tuple[str, str]]:
        """The orders to choose from; found by words, the best first comes first."""
        orders = [(value, str(label)) for value, label in SORTS]
        return [("", str(facets.BEST_FIRST)), *orders] if self.words else orders

    @property
    def hidden_fields(self) -> list[tuple[str, str]]:
        """What the sort form must carry along."""
        pairs = self.params.lists()
        return [(name, value) for name, values in pairs if name != "sort" for value in values]

    @property
    def numbered(self) -> Iterator[tuple[int | None, str]]:
        """Page numbers with their query strings; None where some are left out."""
        last, here = self.page.paginator.num_pages, self.page.number
        near = range(max(1, here - _NEIGHBOURS), min(last, here + _NEIGHBOURS) + 1)
        before = 0
        for number in sorted({1, last, *near}):
            if number > before + 1:
                yield None, ""
            yield number, self._query_of(number)
            before = number

    @property
    def previous_query(self) -> str:
        return self._query_of(self.page.number - 1)

    @property
    def next_query(self) -> str:
        return self._query_of(self.page.number + 1)

    @property
    def fewer(self) -> list[tuple[Chip, int]]:
        """Which choice to take away when nothing fits all, and how many there are then."""
        advice = ((chip, facets.count(chip.params)) for chip in self.chips[:_MOST_ADVICE])
        return [(chip, count) for chip, count in advice if count]

    @property
    def symbol(self) -> str:
        return SYMBOLS.get(settings.SHOP_CURRENCY, settings.SHOP_CURRENCY.upper())

    @property
    def cheapest(self) -> str:
        return _whole(min((row.price for row in index.current().rows), default=0))

    @property
    def dearest(self) -> str:
        return _whole(max((row.price for row in index.current().rows), default=0))

    def _query_of(self, number: int) -> str:
        return self.found.query(page=number if number > 1 else None)


def _whole(amount: int) -> str:
    """In major units without a part, as one would type it."""
    return str(int(to_decimal(amount, settings.SHOP_CURRENCY))) if amount else ""
