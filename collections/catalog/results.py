"""What the browse page says around its pieces: pages, sorting, and a way out of nothing found."""

from collections.abc import Iterator

from django.conf import settings
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from catalog import facets
from catalog.facets import SORTS, Chip, Group, Results
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
    def summary(self) -> str:
        """What is chosen, in words: "in yellow gold or silver, by Inês Carvalho"."""
        said = [_said(group) for group in self.groups]
        return ", ".join(filter(None, said))

    @property
    def title(self) -> str:
        """What the browser's tab says: what was asked for, and which page of it this is."""
        called = gettext("“%s”") % self.words if self.words else ""
        said = ", ".join(filter(None, [called, self.summary]))
        if not said:
            said = gettext("All pieces")
        elif not self.pieces:
            said = gettext("Nothing found: %s") % said
        else:
            said = gettext("Pieces: %s") % said
        number = self.page.number
        if number == 1:
            return said
        return gettext("%(what)s, page %(number)s") % {"what": said, "number": number}

    @property
    def facets(self) -> list["Facet"]:
        """The filters as they are laid out."""
        return [Facet(group) for group in self.groups if group.options]

    @property
    def everything(self) -> int:
        """How many pieces are in the shop."""
        return len(self.found.index.rows)

    @property
    def maker_count(self) -> int:
        return len(self.found.index.groups["maker"].bits)

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
        advice = (
            (chip, facets.count(chip.params, self.found.index))
            for chip in self.chips[:_MOST_ADVICE]
        )
        return [(chip, count) for chip, count in advice if count]

    @property
    def symbol(self) -> str:
        currency = str(settings.SHOP_CURRENCY)
        return SYMBOLS.get(currency, currency.upper())

    @property
    def cheapest(self) -> str:
        return _whole(min((row.price for row in self.found.index.rows), default=0))

    @property
    def dearest(self) -> str:
        return _whole(max((row.price for row in self.found.index.rows), default=0))

    def _query_of(self, number: int) -> str:
        return self.found.query(page=number if number > 1 else None)


class Facet:
    """A filter's options: the first few, and the rest behind one word."""

    def __init__(self, group: Group) -> None:
        self.name, self.legend = group.name, group.legend
        options = list(group.options)
        if group.name in _BY_COUNT:
            options.sort(key=lambda option: -option.count)
        most = _MOST_SHOWN if group.name in _BY_COUNT else len(options)
        self.options, self.rest = options[:most], options[most:]
        if len(self.rest) == 1:
            self.options, self.rest = options, []

    @property
    def is_open(self) -> bool:
        return any(option.selected for option in self.rest)


_BY_COUNT = {"inspiration", "metal", "stone", "maker"}
_MOST_SHOWN = 7


def _said(group: Group) -> str:
    labels = [option.label for option in group.options if option.selected]
    if group.name in _IN_SMALL_LETTERS:
        labels = [label[:1].lower() + label[1:] for label in labels]
    if not labels:
        return ""
    choices = labels[0]
    for label in labels[1:]:
        choices = gettext("%(one)s or %(other)s") % {"one": choices, "other": label}
    return str(_WORDINGS.get(group.name, "%s")) % choices


_IN_SMALL_LETTERS = {"kind", "ready", "metal", "stone", "colour"}
_WORDINGS = {
    "inspiration": _("from %s"),
    "metal": _("in %s"),
    "stone": _("with %s"),
    "size": _("in size %s"),
    "maker": _("by %s"),
}


def _whole(amount: int) -> str:
    """In major units without a part, as one would type it."""
    return str(int(to_decimal(amount, settings.SHOP_CURRENCY))) if amount else ""
