"""Earlier versions of a collection or a piece: read what changed, look at one, put it back."""

from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.contrib.admin.utils import unquote
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.http import (
    Http404,
    HttpRequest,
    HttpResponse,
    HttpResponseNotAllowed,
    HttpResponseRedirect,
)
from django.shortcuts import get_object_or_404
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils.translation import gettext as _

from catalog import drafts, previews, versions
from catalog.models import Version
from designers.shown import ShownAdmin

_ON_A_PAGE = 20


@dataclass(frozen=True, slots=True)
class Line:
    """One version in the list, with what it changed."""

    version: Version
    who: str
    url: str
    changes: list[Any]


class VersionedAdmin(ShownAdmin):
    """A ShownAdmin whose things have earlier versions."""

    def get_urls(self) -> list[URLPattern]:
        name = f"{self.opts.app_label}_{self.opts.model_name}"
        pages: dict[str, tuple[str, Any]] = {
            "versions": ("versions/", self.versions_view),
            "version": ("versions/<int:number>/", self.version_view),
            "version_preview": ("versions/<int:number>/preview/", self.version_preview_view),
        }
        own = [
            path(
                f"<slug:object_id>/{route}", self.admin_site.admin_view(view), name=f"{name}_{page}"
            )
            for page, (route, view) in pages.items()
        ]
        return [*own, *super().get_urls()]

    def versions_view(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """The list, newest first, each with what it changed."""
        thing = self._versioned(request, object_id)
        rows = Version.objects.of(thing).select_related("by")
        page = Paginator(rows, _ON_A_PAGE).get_page(request.GET.get("page"))
        # One more than is shown: the last of a page is compared with the first of the next.
        shown = list(rows[page.start_index() - 1 if rows else 0 : page.end_index() + 1])
        context = {
            "page": page,
            "lines": self._lines(thing, shown, page.end_index() - page.start_index() + 1),
        }
        return self._version_page(request, thing, "versions", context)

    def _lines(self, thing: Any, rows: list[Version], count: int) -> list[Line]:
        told = [row for row in rows if row.kind != Version.Kind.ASIDE]
        before = dict(zip((row.pk for row in told), told[1:], strict=False))
        return [
            Line(
                row,
                drafts.person(row.by),
                self._version_url("version", thing, row),
                versions.differences(thing, before[row.pk], row) if row.pk in before else [],
            )
            for row in rows[:count]
        ]

    def version_view(self, request: HttpRequest, object_id: str, number: int) -> HttpResponse:
        """One version, beside what differs from now; a POST puts it back as a draft."""
        thing = self._versioned(request, object_id)
        version = get_object_or_404(Version.objects.of(thing).select_related("by"), pk=number)
        if request.method == "POST":
            return self._put_back(request, thing, version)
        context = {
            "version": version,
            "who": drafts.person(version.by),
            "changes": versions.since(thing, version, request.user),
            "may_put_back": self.has_change_permission(request, thing),
            "preview_url": self._version_url("version_preview", thing, version),
        }
        return self._version_page(request, thing, "version", context)

    def _put_back(self, request: HttpRequest, thing: Any, version: Version) -> HttpResponse:
        if not self.has_change_permission(request, thing):
            raise PermissionDenied
        missing = versions.put_back(thing, version, request.user)
        self.message_user(
            request, _("It is back as a draft: look at it, then put it in."), messages.SUCCESS
        )
        if missing:
            said = _("What is no longer there was left out: %s.") % ", ".join(missing)
            self.message_user(request, said, messages.WARNING)
        name = f"admin:{self.opts.app_label}_{self.opts.model_name}_change"
        return HttpResponseRedirect(reverse(name, args=[thing.pk]))

    def version_preview_view(
        self, request: HttpRequest, object_id: str, number: int
    ) -> HttpResponse:
        """The page in the shop as it was then."""
        if request.method not in {"GET", "HEAD"}:
            return HttpResponseNotAllowed(["GET"])
        thing = self._versioned(request, object_id)
        version = get_object_or_404(Version.objects.of(thing), pk=number)
        with versions.rehearsed(thing, version, request.user) as shown:
            return previews.rehearsal(request, shown)

    def _versioned(self, request: HttpRequest, object_id: str) -> Any:
        thing = self.get_object(request, unquote(object_id))
        if thing is None:
            raise Http404
        if not self.has_view_permission(request, thing):
            raise PermissionDenied
        return thing

    def _version_url(self, page: str, thing: Any, version: Version) -> str:
        name = f"admin:{self.opts.app_label}_{self.opts.model_name}_{page}"
        return reverse(name, args=[thing.pk, version.pk])

    def _version_page(
        self, request: HttpRequest, thing: Any, name: str, context: dict[str, Any]
    ) -> HttpResponse:
        whole = {
            **self.admin_site.each_context(request),
            "title": thing,
            "original": thing,
            "opts": self.opts,
            "versions_url": self._url("versions", thing),
            **context,
        }
        return TemplateResponse(request, f"admin/catalog/versions/{name}.html", whole)

    def _url(self, name: str, thing: Any) -> str:
        """One of the pages of this thing."""
        return reverse(
            f"admin:{self.opts.app_label}_{self.opts.model_name}_{name}", args=[thing.pk]
        )
