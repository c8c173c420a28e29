"""Narrowing pieces down: what can be chosen, how many each choice would show, in which order.

The counts are true: each option's number is what choosing it shows, with everything chosen
in the other groups. They are counted on sets of piece ids held as bits of one integer, read
from the database in a constant number of queries (``catalog.index``).
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from django import forms
from django.conf import settings
from django.core.paginator import Page, Paginator
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from catalog import index as piece_index
from catalog import search
from catalog.index import Index
from catalog.models import Piece
from shop.money import format_money, from_decimal, to_decimal

PAGE_SIZE = 23
BEST_FIRST = _("best first")
NEWEST, READY_FIRST, RISING, FALLING = "new", "ready", "price", "-price"
SORTS = [
    (NEWEST, _("newest first")),
    (READY_FIRST, _("ready to post first")),
    (RISING, _("price, rising")),
    (FALLING, _("price, falling")),
]


class FacetForm(forms.Form):
    """What the address says besides the groups; a wrong value is left out, never an error page."""

    q = forms.CharField(max_length=80, required=False)
    sort = forms.ChoiceField(choices=SORTS, required=False)
    price_from = forms.DecimalField(
        min_value=0, max_value=999_999, decimal_places=2, required=False
    )
    price_to = forms.DecimalField(min_value=0, max_value=999_999, decimal_places=2, required=False)
    page = forms.IntegerField(min_value=1, max_value=9_999, required=False)

    @classmethod
    def read(cls, params: QueryDict) -> "FacetForm":
        """The form of an address; ``from`` and ``to`` are the prices' names there."""
        data = {name: params.get(name, "").replace("\0", "") for name in ("q", "sort", "page")}
        data["q"] = data["q"][:80]
        data["price_from"], data["price_to"] = params.get("from", ""), params.get("to", "")
        form = cls(data)
        form.is_valid()
        return form

    def value(self, name: str) -> object:
        """A cleaned value, None when it was missing or wrong."""
        return self.cleaned_data.get(name) or None


@dataclass(frozen=True, slots=True)
class Option:
    """One thing that can be chosen; ``count`` is how many pieces choosing it shows."""

    value: str
    label: str
    count: int
    selected: bool

    @property
    def disabled(self) -> bool:
        return not self.count and not self.selected


@dataclass(frozen=True, slots=True)
class Group:
    """A group of options under one name of the address (``kind``, ``metal``, ...)."""

    name: str
    legend: str
    options: list[Option]


@dataclass(frozen=True, slots=True)
class Chip:
    """Something chosen, and the query string without it."""

    label: str
    query: str

    @property
    def params(self) -> QueryDict:
        return QueryDict(self.query)


@dataclass(frozen=True, slots=True)
class Results:
    """A page of pieces and all that the page around it says."""

    pieces: list[Piece]
    page: "Page[int]"
    total: int
    groups: list[Group]
    chips: list[Chip]
    form: FacetForm
    sort: str
    meant: str
    params: QueryDict = field(repr=False)
    index: Index = field(repr=False)

    def query(self, **changes: object) -> str:
        """The query string of this page with some parts changed (None takes one out)."""
        params = self.params.copy()
        for name, value in changes.items():
            params.pop(name, None)
            if value is not None:
                params[name] = str(value)
        return params.urlencode()


def browse(params: QueryDict) -> Results:
    """The pieces, counts and chips for an address' query; wrong parts are left out."""
    form, index = FacetForm.read(params), piece_index.current()
    order, meant = _searched(form, index)
    chosen = _chosen(params, index)
    matched = _narrowed(index, form, chosen, within=order)
    sort = str(form.value("sort") or ("" if order is not None else NEWEST))
    ids = _sorted(index, matched, sort or None, order)
    page = Paginator(ids, PAGE_SIZE).get_page(form.cleaned_data.get("page") or 1)
    return Results(
        pieces=_fetch(index, page.object_list),
        page=page,
        total=len(ids),
        groups=list(_groups(index, form, chosen, within=order)),
        chips=list(_chips(params, index, form, chosen)),
        form=form,
        sort=sort,
        meant=meant,
        params=_clean(params, form, chosen),
        index=index,
    )


def count(params: QueryDict, index: Index) -> int:
    """How many pieces an address' query would show."""
    form = FacetForm.read(params)
    order, _meant = _searched(form, index)
    return _narrowed(index, form, _chosen(params, index), within=order).bit_count()


def _searched(form: FacetForm, index: Index) -> tuple[list[int] | None, str]:
    """The ids that have the words, best first, or None when no words were given."""
    words = str(form.value("q") or "")
    if not search.words_of(words):
        return None, ""
    return search.find_ids(words, index.place)


def _chosen(params: QueryDict, index: Index) -> dict[str, list[str]]:
    """What is chosen in each group, known values only."""
    return {
        name: [value for value in dict.fromkeys(params.getlist(name)) if value in group.bits]
        for name, group in index.groups.items()
    }


def _narrowed(
    index: Index,
    form: FacetForm,
    chosen: dict[str, list[str]],
    *,
    within: list[int] | None,
    without: str = "",
) -> int:
    """The bits of the pieces that fit everything chosen, but for the group ``without``."""
    bits = index.everything if within is None else index.bits_of(within)
    bits &= index.priced(_minor(form, "price_from"), _minor(form, "price_to"))
    for name, values in chosen.items():
        if values and name != without:
            bits &= _any_of(index.groups[name].bits[value] for value in values)
    return bits


def _any_of(parts: Iterable[int]) -> int:
    bits = 0
    for part in parts:
        bits |= part
    return bits


def _minor(form: FacetForm, name: str) -> int | None:
    value = form.cleaned_data.get(name)
    try:
        return None if value is None else from_decimal(value, settings.SHOP_CURRENCY)
    except ValueError:
        return None


def _sorted(index: Index, bits: int, sort: str | None, order: list[int] | None) -> list[int]:
    if sort is None and order is not None:
        return [pk for pk in order if bits >> index.place[pk] & 1]
    rows = [row for row in index.rows if bits >> index.place[row.pk] & 1]
    if sort == READY_FIRST:
        rows.sort(key=lambda row: not row.is_free)
    elif sort in {RISING, FALLING}:
        rows.sort(key=lambda row: row.price, reverse=sort == FALLING)
    return [row.pk for row in rows]


def _fetch(index: Index, ids: Iterable[int]) -> list[Piece]:
    """The pieces with all that their cards show, as old as the counts beside them."""
    wanted = list(ids)
    missing = [pk for pk in wanted if pk not in index.cards]
    if missing:
        index.cards.update(Piece.objects.published().for_cards().in_bulk(missing))
    return [index.cards[pk] for pk in wanted if pk in index.cards]


def _groups(
    index: Index, form: FacetForm, chosen: dict[str, list[str]], *, within: list[int] | None
) -> Iterator[Group]:
    for name, group in index.groups.items():
        others = _narrowed(index, form, chosen, within=within, without=name)
        yield Group(
            name,
            str(group.legend),
            [
                Option(
                    value,
                    str(group.labels[value]),
                    (bits & others).bit_count(),
                    value in chosen[name],
                )
                for value, bits in group.bits.items()
            ],
        )


def _chips(
    params: QueryDict, index: Index, form: FacetForm, chosen: dict[str, list[str]]
) -> Iterator[Chip]:
    clean = _clean(params, form, chosen)
    for name, values in chosen.items():
        for value in values:
            label = str(index.groups[name].labels[value])
            yield Chip(label, _without(clean, name, value))
    for name, wording in (("from", _("from %s")), ("to", _("to %s"))):
        amount = _minor(form, f"price_{name}")
        if amount is not None:
            price = format_money(amount, settings.SHOP_CURRENCY)
            yield Chip(str(wording) % price, _without(clean, name))
    if words := form.value("q"):
        yield Chip(f"“{words}”", _without(clean, "q"))


def _without(params: QueryDict, name: str, value: str | None = None) -> str:
    rest = params.copy()
    kept = [] if value is None else [other for other in rest.getlist(name) if other != value]
    rest.setlist(name, kept)
    return rest.urlencode()


def _clean(params: QueryDict, form: FacetForm, chosen: dict[str, list[str]]) -> QueryDict:
    """The address' query without anything that was left out, and without its page."""
    clean = QueryDict(mutable=True)
    for name, values in chosen.items():
        clean.setlist(name, values)
    for name in ("q", "sort"):
        if value := form.value(name):
            clean[name] = str(value)
    for name in ("from", "to"):
        amount = _minor(form, f"price_{name}")
        if amount is not None:
            clean[name] = f"{to_decimal(amount, settings.SHOP_CURRENCY).normalize():f}"
    return clean
