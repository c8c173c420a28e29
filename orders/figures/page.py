"""The page of figures in the workshop: whose, of which time, and what one may see of it."""

from collections.abc import Callable
from datetime import date
from typing import TYPE_CHECKING, Any

from django import forms
from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import render
from django.utils.timezone import localdate
from django.utils.translation import gettext_lazy

from catalog.models import Inspiration
from designers.models import Designer, is_owner
from designers.ownership import EDITORS, OWNERS, roles_of
from orders.figures import money, reading, table
from orders.figures.offering import offers
from orders.figures.period import MONTH, QUARTER, SPANS, Period

if TYPE_CHECKING:
    from orders.admin.figures import FigureAdmin

# So many rows stand on the page; the table to download has all.
MOST, MOST_ON_BENCH = 20, 4
_FIRST_YEAR = 2000


class ChoiceForm(forms.Form):
    """Whose figures, and of which time; empty is all that one may see, and this month."""

    maker = forms.ModelChoiceField(
        Designer.objects.none(), label=gettext_lazy("Maker"), required=False
    )
    span = forms.ChoiceField(label=gettext_lazy("Over"), choices=SPANS, required=False)
    month = forms.DateField(
        label=gettext_lazy("From"), required=False, input_formats=["%Y-%m", "%Y-%m-%d"]
    )

    def __init__(self, makers: Any, data: QueryDict) -> None:
        super().__init__(data, auto_id="figures-%s")
        self.fields["maker"].queryset = makers  # type: ignore[attr-defined]

    def clean_month(self) -> date:
        said: date | None = self.cleaned_data["month"]
        if said is not None and not _FIRST_YEAR <= said.year <= localdate().year + 1:
            raise forms.ValidationError("")
        return said or localdate()

    @property
    def period(self) -> Period:
        return Period.of(self.cleaned_data["span"] or MONTH, self.cleaned_data["month"])


def page(request: HttpRequest, keeper: "FigureAdmin") -> HttpResponse:
    """Charts, tables and money of a month, a quarter or a year."""
    makers = list(_makers(request))
    form = _form(request, makers)
    chosen, period = form.cleaned_data["maker"], form.period
    told = reading.read(_ids(request, form), period)
    names = {maker.pk: maker.name for maker in makers}
    context = {
        **keeper.admin_site.each_context(request),
        "opts": keeper.opts,
        "form": form,
        "makers": makers if len(makers) > 1 else [],
        "maker": chosen or (makers[0] if len(makers) == 1 else None),
        "spans": SPANS,
        "told": told,
        "money": _money(request, form),
        "offers": offers(told.asked, most=MOST, may_edit=may_edit(request)),
        "by_maker": [] if chosen else _by_maker(told, names),
        "inspirations": _inspirations(told),
        "most": MOST,
        "addresses": _addresses(form, period),
    }
    return render(request, "admin/orders/figure/page.html", context)


def as_table(request: HttpRequest) -> HttpResponse:
    """All of it as CSV, with a mark by which spreadsheets know its letters."""
    form = _form(request, list(_makers(request)))
    told = reading.read(_ids(request, form), form.period)
    answer = HttpResponse(
        "\N{ZERO WIDTH NO-BREAK SPACE}" + table.written(told),
        content_type="text/csv; charset=utf-8",
    )
    name = f"figures-{form.period.span}-{form.period.month}.csv"
    answer.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return answer


def bench(request: HttpRequest) -> HttpResponse:
    """The last four weeks, as they stand beside the work on the first page."""
    form = _form(request, list(_makers(request)), QueryDict())
    told = reading.read(_ids(request, form), Period.lately())
    since = Period.of(QUARTER, localdate())
    context = {
        "told": told,
        "money": _money(request, form, since),
        "since": since,
        "offers": offers(told.asked, most=MOST_ON_BENCH, may_edit=may_edit(request)),
        "most": MOST_ON_BENCH + 1,
    }
    return render(request, "admin/orders/figure/bench.html", context)


def may_edit(request: HttpRequest) -> Callable[[int], bool]:
    """Whether this person changes the pieces of a designer, by primary key."""
    everybodys = is_owner(request.user)
    held = {} if everybodys else roles_of(request)
    return lambda maker: everybodys or held.get(maker) in EDITORS


def _makers(request: HttpRequest) -> Any:
    makers = Designer.objects.order_by("name", "pk")
    return makers if is_owner(request.user) else makers.filter(pk__in=roles_of(request))


def _form(
    request: HttpRequest, makers: list[Designer], data: QueryDict | None = None
) -> ChoiceForm:
    rows = Designer.objects.filter(pk__in=[maker.pk for maker in makers])
    form = ChoiceForm(rows, request.GET if data is None else data)
    if not form.is_valid():
        raise Http404
    return form


def _ids(request: HttpRequest, form: ChoiceForm) -> list[int] | None:
    """Whose things are told of; None is the whole shop."""
    if chosen := form.cleaned_data["maker"]:
        return [chosen.pk]
    return None if is_owner(request.user) else list(roles_of(request))


def _money(
    request: HttpRequest, form: ChoiceForm, period: Period | None = None
) -> money.Money | None:
    """None where one may see none of it: who only works at the bench."""
    ids = _ids(request, form)
    if not is_owner(request.user):
        held = roles_of(request)
        ids = [maker for maker in ids or [] if held.get(maker) in OWNERS]
        if not ids:
            return None
    return money.read(ids, period or form.period)


def _by_maker(told: reading.Figures, names: dict[int, str]) -> list[tuple[int, str, Any]]:
    """Each maker's sums, for who has more than one."""
    if len(names) < 2:
        return []
    found = [(pk, names[pk], sums) for pk, sums in told.makers.items() if pk in names]
    return sorted(found, key=lambda row: (-row[2]["view"], row[1]))


def _inspirations(told: reading.Figures) -> list[tuple[str, int]]:
    """What it all began with, which is nobody's: only the whole shop's figures have it."""
    if not told.inspirations:
        return []
    names = dict(Inspiration.objects.values_list("pk", "name"))
    return [(names[pk], many) for pk, many in told.inspirations.most_common(MOST) if pk in names]


def _addresses(form: ChoiceForm, period: Period) -> dict[str, str]:
    """The query strings of this page, of the time before and of the time after."""
    maker = form.cleaned_data["maker"]
    later = period.after
    return {
        "here": _query(maker, period),
        "earlier": _query(maker, period.before),
        "later": _query(maker, later) if later else "",
    }


def _query(maker: Designer | None, period: Period) -> str:
    query = QueryDict(mutable=True)
    query.update({"maker": str(maker.pk)} if maker else {})
    query.update({"span": period.span, "month": period.month})
    return query.urlencode()
