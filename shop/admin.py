"""The first page in the workshop: what stands on it, chosen by the shop's owner."""

from typing import Any

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import URLPattern, path, reverse
from django.utils.translation import gettext as _
from django.views.decorators.clickjacking import xframe_options_sameorigin

from catalog.models import Front
from designers.ownership import HouseAdmin
from shop import front
from shop.front_form import FrontForm


@admin.register(Front)
class FrontAdmin(HouseAdmin):
    """One page instead of a list: stories in order, pieces, words, and how it will look."""

    fields = ["opening", "heading"]

    def get_urls(self) -> list[URLPattern]:
        preview = xframe_options_sameorigin(self.admin_site.admin_view(self.preview_view))
        return [path("preview/", preview, name="catalog_front_preview"), *super().get_urls()]

    def changelist_view(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """A POST without "keep" only shows the form as it would be then."""
        self._only_the_owner(request)
        form = FrontForm(request.POST if request.method == "POST" else None)
        if "_keep" in request.POST and form.words.is_valid():
            self.log_change(request, form.keep(), _("Kept."))
            self.message_user(request, _("Kept. The shop shows it now."), messages.SUCCESS)
            return HttpResponseRedirect(request.path)
        context = self.admin_site.each_context(request) | {
            "title": _("The first page"),
            "opts": self.opts,
            "form": form,
            "status": 400 if "_keep" in request.POST else 200,
        }
        return render(request, "admin/catalog/front/page.html", context, status=context["status"])

    def preview_view(self, request: HttpRequest) -> HttpResponse:
        """The first page as it is in the form, or as it is kept."""
        self._only_the_owner(request)
        choice = FrontForm(request.POST).choice if request.method == "POST" else None
        return render(request, "shop/home.html", front.page(choice))

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: Any = None
    ) -> HttpResponse:
        self._only_the_owner(request)
        return HttpResponseRedirect(reverse("admin:catalog_front_changelist"))

    def add_view(
        self, request: HttpRequest, form_url: str = "", extra_context: Any = None
    ) -> HttpResponse:
        return self.change_view(request, "1")

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def _only_the_owner(self, request: HttpRequest) -> None:
        if not self.has_change_permission(request):
            raise PermissionDenied
