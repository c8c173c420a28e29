"""Away from the bench: a maker says from when and until when, and sees first what is promised."""

from datetime import date
from typing import Any

from django import forms
from django.contrib import messages
from django.db import transaction
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.timezone import localdate
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from designers import holiday
from designers.models import Designer, is_owner
from designers.ownership import EDITORS, OwnedAdmin, roles_of
from orders import fulfilment, wording
from orders.models import Parcel
from shop import public_pages
from shop.numbers import spell

_LONGEST = 366
_SHOWN = 20


def _day(label: Any) -> forms.DateField:
    return forms.DateField(
        label=label,
        input_formats=["%Y-%m-%d"],
        widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"}),
        error_messages={"required": _("Give the day.")},
    )


class HolidayForm(forms.Form):
    """The days in the shop's time, and a sentence for shoppers."""

    first = _day(gettext_lazy("From"))
    back = _day(gettext_lazy("Back on"))
    note = forms.CharField(
        label=gettext_lazy("A sentence for shoppers, if you like"), required=False, max_length=160
    )

    def __init__(self, designer: Designer, data: Any = None) -> None:
        away = holiday.of(designer)
        began = {"first": away.first, "back": away.back, "note": away.note} if away else {}
        super().__init__(data, initial=began, auto_id=f"away-{designer.pk}-%s")

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        first, back = cleaned.get("first"), cleaned.get("back")
        if first and back:
            self._check(first, back)
        return cleaned

    def _check(self, first: date, back: date) -> None:
        if back <= first:
            self.add_error("back", _("That is not later than the first day away."))
        elif back <= localdate():
            self.add_error("back", _("That is over already."))
        elif (back - first).days > _LONGEST or (first - localdate()).days > _LONGEST:
            self.add_error("back", _("That is more than a year."))


class AwayTold:
    """One maker's holiday as the parcels' page shows it."""

    def __init__(self, designer: Designer, data: Any = None) -> None:
        self.designer = designer
        self.away = holiday.of(designer)
        self.form = HolidayForm(designer, data)

    @property
    def state(self) -> str:
        if self.away is None:
            return _("not set")
        if self.away.is_now:
            return _("away until %s") % wording.day(self.away.back)
        return _("from %s") % wording.day(self.away.first)


def told(request: HttpRequest) -> list[AwayTold]:
    """Of the makers for whom this person may set it; the shop's owner does so on their page."""
    mine = [pk for pk, role in roles_of(request).items() if role in EDITORS]
    return [AwayTold(designer) for designer in Designer.objects.filter(pk__in=mine)] if mine else []


def page(request: HttpRequest, keeper: OwnedAdmin, pk: int) -> HttpResponse:
    """Set it, change it or be back early; what is promised within it is shown first."""
    designer = _designer(request, keeper, pk)
    if "_back" in request.POST:
        return _come_back(request, keeper, designer)
    shown = AwayTold(designer, request.POST or None)
    if request.method != "POST":
        return _answer(request, keeper, shown)
    if not shown.form.is_valid():
        return _answer(request, keeper, shown, status=400)
    said = shown.form.cleaned_data
    within = promised_within(designer, said["first"], said["back"])
    if within and "_sure" not in request.POST:
        return _answer(request, keeper, shown, within)
    with transaction.atomic():
        holiday.begin(designer, **said)
        keeper.log_change(request, designer, _("Away: %(first)s to %(back)s.") % said)
        transaction.on_commit(public_pages.forget)
    return _done(request, keeper, designer, _("Set. The shop says so, and promises no day in it."))


def _designer(request: HttpRequest, keeper: OwnedAdmin, pk: int) -> Designer:
    if not keeper.may(request, EDITORS, pk):
        raise Http404
    designer = Designer.objects.filter(pk=pk).first()
    if designer is None:
        raise Http404
    return designer


def promised_within(designer: Designer, first: date, back: date) -> QuerySet[Parcel]:
    """The parcels that must leave while the maker is away, by their day."""
    rows = Parcel.objects.filter(
        designer=designer, state__in=fulfilment.OPEN, order__state__in=fulfilment.WAITED_FOR
    )
    rows = rows.filter(post_by__gte=first, post_by__lt=back)
    return rows.select_related("order").prefetch_related("lines").order_by("post_by", "pk")


def _come_back(request: HttpRequest, keeper: OwnedAdmin, designer: Designer) -> HttpResponse:
    with transaction.atomic():
        holiday.end(designer)
        keeper.log_change(request, designer, _("Back at the bench."))
        transaction.on_commit(public_pages.forget)
    said = _("Welcome back. Days are promised from today on again.")
    return _done(request, keeper, designer, said)


def _done(request: HttpRequest, keeper: OwnedAdmin, designer: Designer, said: str) -> HttpResponse:
    keeper.message_user(request, said, messages.SUCCESS)
    if is_owner(request.user):
        return HttpResponseRedirect(reverse("admin:designers_designer_change", args=[designer.pk]))
    return HttpResponseRedirect(f"{reverse('admin:orders_parcel_changelist')}#away")


def _answer(
    request: HttpRequest,
    keeper: Any,
    shown: AwayTold,
    within: QuerySet[Parcel] | None = None,
    *,
    status: int = 200,
) -> HttpResponse:
    parcels = list(within[:_SHOWN]) if within is not None else []
    count = within.count() if within is not None else 0
    context = {
        "title": _("Away from the bench"),
        "told": shown,
        "within": [(p, wording.weekday(p.post_by), _title(p)) for p in parcels],
        "within_words": _within(count),
        "more": count - len(parcels),
        "back_to": _back_to(request, shown.designer),
    }
    answer: HttpResponse = keeper.answer(request, "admin/orders/parcel/away.html", context, status)
    return answer


def _title(parcel: Parcel) -> str:
    return " · ".join(map(wording.called, parcel.lines.all()))


def _within(count: int) -> str:
    """``Three parcels are promised within it.``"""
    words = ngettext(
        "%s parcel is promised within it.", "%s parcels are promised within it.", count
    )
    return words % wording.sentence(spell(count)) if count else ""


def _back_to(request: HttpRequest, designer: Designer) -> str:
    if is_owner(request.user):
        return reverse("admin:designers_designer_change", args=[designer.pk])
    return reverse("admin:orders_parcel_changelist")
