"""The page of a maker's month, and its table."""

from datetime import date
from typing import TYPE_CHECKING, Any

from django import forms
from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import render
from django.utils.timezone import localdate
from django.utils.translation import gettext_lazy

from designers.models import Designer, is_owner
from designers.ownership import OWNERS, roles_of
from orders.makers import statement_csv, statements

if TYPE_CHECKING:
    from orders.admin.payouts import PayoutAdmin

_FIRST_YEAR = 2000


class ChoiceForm(forms.Form):
    """Whose month, and which; empty is one's own and this one."""

    maker = forms.ModelChoiceField(
        Designer.objects.none(),
        label=gettext_lazy("Maker"),
        required=False,
        empty_label=None,
        error_messages={"invalid_choice": gettext_lazy("There is no such maker here.")},
    )
    month = forms.DateField(
        label=gettext_lazy("Month"),
        required=False,
        input_formats=["%Y-%m"],
        widget=forms.DateInput(format="%Y-%m", attrs={"type": "month"}),
    )

    def __init__(self, makers: Any, data: QueryDict) -> None:
        super().__init__(data, auto_id="statement-%s")
        self.makers = makers
        self.fields["maker"].queryset = makers  # type: ignore[attr-defined]

    def clean_month(self) -> date:
        said: date | None = self.cleaned_data["month"]
        if said is not None and not _FIRST_YEAR <= said.year <= localdate().year + 1:
            raise forms.ValidationError("")
        return said or localdate().replace(day=1)


def page(request: HttpRequest, keeper: "PayoutAdmin") -> HttpResponse:
    """Read by the maker, or by the owner for any."""
    form = _form(request)
    told = _statement(form)
    this_month = localdate().replace(day=1)
    later = statements.next_month(told.month) if told else this_month
    shown = QueryDict(mutable=True)
    shown.update({"maker": str(told.designer.pk), "month": f"{told.month:%Y-%m}"} if told else {})
    context = {
        **keeper.admin_site.each_context(request),
        "opts": keeper.opts,
        "form": form,
        "statement": told,
        "this_address": shown.urlencode(),
        "earlier": statements.next_month(told.month, -1) if told else None,
        "later": later if later <= this_month else None,
        "names_makers": form.makers.count() > 1,
        "is_owner": is_owner(request.user),
    }
    return render(request, "admin/orders/payout/statement.html", context)


def table(request: HttpRequest, keeper: "PayoutAdmin") -> HttpResponse:
    """As CSV, with a mark by which spreadsheets know its letters."""
    told = _statement(_form(request))
    if told is None:
        raise Http404
    answer = HttpResponse(
        "\N{ZERO WIDTH NO-BREAK SPACE}" + statement_csv.written(told),
        content_type="text/csv; charset=utf-8",
    )
    name = f"{told.designer.slug}-{told.month:%Y-%m}.csv"
    answer.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return answer


def _form(request: HttpRequest) -> ChoiceForm:
    """Its makers are those whose money one may see; whoever has none is refused."""
    makers = Designer.objects.order_by("name", "pk")
    if not is_owner(request.user):
        mine = [maker for maker, role in roles_of(request).items() if role in OWNERS]
        if not mine:
            raise PermissionDenied
        makers = makers.filter(pk__in=mine)
    form = ChoiceForm(makers, request.GET)
    if not form.is_valid():
        raise Http404
    return form


def _statement(form: ChoiceForm) -> statements.Statement | None:
    maker = form.cleaned_data["maker"] or form.makers.first()
    if maker is None:
        return None
    return statements.of(maker, form.cleaned_data["month"], settings.SHOP_CURRENCY)
