"""How every page of the workshop behaves: no scripts of Django's, words of the house."""

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from django import forms
from django.contrib import admin, messages
from django.db import models
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from shop.sent_numbers import is_too_large

if TYPE_CHECKING:
    _ModelAdmin = admin.ModelAdmin[Any]
else:
    _ModelAdmin = admin.ModelAdmin


def yes_or_no(column: str, description: Any) -> Callable[[Any], str]:
    """A column of a list that answers in a word; Django's would show a coloured icon."""

    @admin.display(description=description, ordering=column)
    def answer(obj: Any) -> str:
        return _("yes") if getattr(obj, column) else _("no")

    answer.__name__ = column
    return answer


def maker_column(nobody: Any = "–") -> Callable[[Any], str]:
    """A column with the name of a row's maker, or the word for nobody's."""

    @admin.display(description=gettext_lazy("maker"), ordering="designer__name")
    def maker(obj: Any) -> str:
        return str(obj.designer or nobody)

    return maker


class MannerlyAdmin(_ModelAdmin):
    """A ModelAdmin that keeps and answers as the house does."""

    show_full_result_count = False
    empty_value_display = "–"
    actions = None

    def _get_edited_object_pks(self, request: HttpRequest, prefix: str) -> list[str]:
        """Of a list in which many are changed; what no database can count to names none."""
        posted = super()._get_edited_object_pks(request, prefix)
        return [pk for pk in posted if not is_too_large(pk)]

    @property
    def media(self) -> forms.Media:
        """None of Django's scripts: the workshop works without, and brings its own few."""
        return forms.Media()

    def response_add(
        self, request: HttpRequest, obj: Any, post_url_continue: str | None = None
    ) -> HttpResponse:
        """In the house's words, and on to the new thing's own page."""
        self.message_user(request, _("%s is here now.") % obj, messages.SUCCESS)
        if "_continue" in request.POST and self.has_change_permission(request, obj):
            return HttpResponseRedirect(self._page_of(obj))
        return self.response_post_save_add(request, obj)

    def response_change(self, request: HttpRequest, obj: Any) -> HttpResponse:
        self.message_user(request, _("Kept."), messages.SUCCESS)
        if "_continue" in request.POST:
            return HttpResponseRedirect(request.path)
        return self.response_post_save_change(request, obj)

    def _page_of(self, obj: models.Model) -> str:
        name = f"admin:{obj._meta.app_label}_{obj._meta.model_name}_change"
        return reverse(name, args=[obj.pk])
