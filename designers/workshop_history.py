"""What happened in our workshop: every entry of one maker's, newest first, by person and thing."""

from typing import Any

from django import forms
from django.apps import apps
from django.contrib import admin
from django.contrib.admin.models import LogEntry
from django.contrib.auth.models import User
from django.contrib.contenttypes.models import ContentType
from django.db import models
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from designers.models import Designer
from designers.ownership import OwnedMixin

ON_A_PAGE = 50


class SiftForm(forms.Form):
    """Whose acts, and upon what; both may be left open."""

    who = forms.ModelChoiceField(
        User.objects.none(), required=False, label=gettext_lazy("Who"), empty_label="everybody"
    )
    what = forms.ModelChoiceField(
        ContentType.objects.none(), required=False, label=gettext_lazy("What"), empty_label="all"
    )
    before = forms.IntegerField(required=False, min_value=1, max_value=2**62)

    def __init__(self, data: Any, *, people: Any, kinds: Any) -> None:
        super().__init__(data)
        who, what = self.fields["who"], self.fields["what"]
        who.queryset, what.queryset = people, kinds  # type: ignore[attr-defined]
        who.empty_label, what.empty_label = _("everybody"), _("everything")  # type: ignore[attr-defined]
        who.label_from_instance = lambda user: user.get_full_name() or user.get_username()  # type: ignore[attr-defined]
        what.label_from_instance = _named  # type: ignore[attr-defined]

    def sifted(self, rows: "models.QuerySet[LogEntry]") -> "models.QuerySet[LogEntry]":
        wishes = self.cleaned_data if self.is_valid() else {}
        if who := wishes.get("who"):
            rows = rows.filter(user=who)
        if what := wishes.get("what"):
            rows = rows.filter(content_type=what)
        if before := wishes.get("before"):
            rows = rows.filter(pk__lt=before)
        return rows


def page(request: HttpRequest, designer: Designer) -> HttpResponse:
    """One maker's history, as far as the person may see its things: money is the owners'."""
    kinds = _kinds(request, designer)
    entries = LogEntry.objects.filter(happening__designer=designer, content_type__in=kinds)
    people = User.objects.filter(
        models.Exists(entries.filter(user=models.OuterRef("pk")))
    ).order_by("first_name", "username")
    form = SiftForm(request.GET, people=people, kinds=kinds)
    rows = form.sifted(entries).select_related("user", "content_type").order_by("-pk")
    shown = list(rows[: ON_A_PAGE + 1])
    context = admin.site.each_context(request) | {
        "title": _("What happened in the workshop of %s") % designer,
        "designer": designer,
        "form": form,
        "entries": shown[:ON_A_PAGE],
        "onward": _onward(request, shown) if len(shown) > ON_A_PAGE else "",
    }
    return TemplateResponse(request, "designers/happened.html", context)


def _kinds(request: HttpRequest, designer: Designer) -> "models.QuerySet[ContentType]":
    """The kinds of things that this person may see at this maker."""
    seen = [model for model in apps.get_models() if _sees(request, model, designer)]
    numbers = [kind.pk for kind in ContentType.objects.get_for_models(*seen).values()]
    return ContentType.objects.filter(pk__in=numbers).order_by("app_label", "model")


def _sees(request: HttpRequest, model: type[models.Model], designer: Designer) -> bool:
    if not admin.site.is_registered(model):
        return False
    keeper = admin.site.get_model_admin(model)
    if not isinstance(keeper, OwnedMixin) or not keeper.owner_path:
        return False
    return keeper.may(request, keeper.may_view, designer.pk)


def _named(kind: ContentType) -> str:
    model = kind.model_class()
    return capfirst(str(model._meta.verbose_name_plural)) if model else kind.model


def _onward(request: HttpRequest, shown: list[LogEntry]) -> str:
    query = request.GET.copy()
    query["before"] = str(shown[ON_A_PAGE - 1].pk)
    return f"?{query.urlencode()}"
