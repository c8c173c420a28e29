"""Pieces in and out: the page of a maker's tables, the look at what one changes, and the act."""

from typing import Any

from django.contrib import messages
from django.contrib.admin.models import ADDITION, CHANGE, LogEntry
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.db import models, transaction
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import URLPattern, path, reverse
from django.utils.timezone import localdate
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_GET
from tablib import Dataset

from catalog.admin.table_form import TableForm, read_table
from catalog.models import Collection, Material, Piece
from catalog.search import reindex
from catalog.sheets import kept, reading, resource, taking_over, writing
from catalog.sheets.columns import BY_NAME, COLUMNS
from designers.models import Designer, is_owner
from designers.ownership import EDITORS, OwnedAdmin, owned, roles_of
from shop import public_pages

_A_PAGE = 40
_SENT = "workshop-table"


class InAndOutMixin(OwnedAdmin):
    """Gives the admin class of pieces its tables: whoever reads may write them out, whoever
    edits may send them in."""

    def get_urls(self) -> list[URLPattern]:
        wrap = self.admin_site.admin_view
        name = "catalog_piece"
        return [
            path("table/", wrap(self.table_view), name=f"{name}_table"),
            path("table/<str:token>/look/", wrap(self.look_view), name=f"{name}_look"),
            path("pieces.<str:kind>", wrap(require_GET(self.out_view)), name=f"{name}_out"),
            *super().get_urls(),
        ]

    # --- Out ------------------------------------------------------------------------------------

    def out_view(self, request: HttpRequest, kind: str) -> HttpResponse:
        """One's own pieces; ``?empty`` is a table to begin with, ``?maker=`` one of several."""
        if kind not in writing.TYPES:
            raise Http404
        if not self.has_view_permission(request):
            raise PermissionDenied
        dataset = _beginning() if "empty" in request.GET else self._out(request)
        answer = HttpResponse(writing.written(dataset, kind), content_type=writing.TYPES[kind])
        answer.headers["Content-Disposition"] = (
            f'attachment; filename="pieces-{localdate().isoformat()}.{kind}"'
        )
        return answer

    def _out(self, request: HttpRequest) -> Dataset:
        rows = owned(Piece, request)
        maker = request.GET.get("maker", "")
        if maker:
            rows = rows.filter(designer=int(maker) if maker.isdecimal() and len(maker) < 10 else 0)
        return table_of(rows)

    # --- In -------------------------------------------------------------------------------------

    def table_view(self, request: HttpRequest) -> HttpResponse:
        """The page of tables; a POST keeps the file that was sent and goes on to the look."""
        if not self.has_view_permission(request):
            raise PermissionDenied
        makers = self._makers(request)
        if request.method != "POST":
            return self._table_page(request, self._form(request) if makers else None)
        if not makers:
            raise PermissionDenied
        form = self._form(request, request.POST, request.FILES)
        if not form.is_valid():
            return self._table_page(request, form, status=400)
        return self._keep(request, form)

    def _makers(self, request: HttpRequest) -> models.QuerySet[Designer]:
        """Those whose pieces this person may change."""
        makers = Designer.objects.order_by("name", "pk")
        if is_owner(request.user):
            return makers
        mine = [maker for maker, role in roles_of(request).items() if role in EDITORS]
        return makers.filter(pk__in=mine)

    def _form(self, request: HttpRequest, *args: Any, **kwargs: Any) -> TableForm:
        makers = self._makers(request)
        collections = owned(Collection, request).filter(designer__in=makers, retired_at=None)
        return TableForm(
            makers, collections.select_related("designer").order_by("title", "pk"), *args, **kwargs
        )

    def _keep(self, request: HttpRequest, form: TableForm) -> HttpResponse:
        said = form.cleaned_data
        token = kept.keep(said["table"], person=request.user.pk or 0)
        request.session[_SENT] = {
            "token": token,
            "name": str(getattr(form.files["table"], "name", ""))[:120],
            "maker": said["maker"].pk,
            "collection": said["collection"].pk if said["collection"] else "",
            "kind": said["kind"],
        }
        return HttpResponseRedirect(reverse("admin:catalog_piece_look", args=[token]))

    def look_view(self, request: HttpRequest, token: str) -> HttpResponse:
        """What the file would change; a POST takes exactly that over."""
        sent, table = self._sent(request, token)
        if table is None:
            if not sent:
                raise Http404
            self.message_user(request, _GONE, messages.WARNING)
            return HttpResponseRedirect(reverse("admin:catalog_piece_table"))
        whose = self._whose(request, sent)
        if request.method == "POST":
            return self._take_over(request, sent, table, whose)
        return self._look(request, sent, table, whose)

    def _sent(
        self, request: HttpRequest, token: str
    ) -> tuple[dict[str, Any], reading.Table | None]:
        """What this person sent last, and its table if that is what the address names."""
        if not self._makers(request):
            raise PermissionDenied
        sent: dict[str, Any] = request.session.get(_SENT, {})
        if sent.get("token") != token:
            return sent, None
        content = kept.find(token, person=request.user.pk or 0)
        return sent, read_table(content) if content is not None else None

    def _whose(self, request: HttpRequest, sent: dict[str, Any]) -> resource.Whose:
        """Asked for anew each time: somebody may have left a bench since they sent it."""
        maker = self._makers(request).filter(pk=sent["maker"]).first()
        if maker is None:
            raise PermissionDenied
        collections = owned(Collection, request).filter(designer=maker)
        return resource.Whose(
            keeper=self,
            pieces=owned(Piece, request).filter(designer=maker),
            collections=collections,
            materials=owned(Material, request),
            by=request.user,
            collection=collections.filter(pk=sent["collection"] or 0).first(),
            kind=sent["kind"],
        )

    def _take_over(
        self,
        request: HttpRequest,
        sent: dict[str, Any],
        table: reading.Table,
        whose: resource.Whose,
    ) -> HttpResponse:
        try:
            told = self._all_or_none(request, table, whose)
        except resource.NotAsSeen:
            return self._look(request, sent, table, whose, status=409)
        kept.forget(person=request.user.pk or 0)
        del request.session[_SENT]
        changed = sum(row.stands != "same" for row in told)
        said = ngettext("%s piece was taken over.", "%s pieces were taken over.", changed)
        self.message_user(request, said % changed, messages.SUCCESS)
        return HttpResponseRedirect(reverse("admin:catalog_piece_changelist"))

    def _all_or_none(
        self, request: HttpRequest, table: reading.Table, whose: resource.Whose
    ) -> list[resource.Told]:
        told = resource.PieceResource(whose).plan(table)
        if resource.digest(told) != request.POST.get("seen") or any(row.errors for row in told):
            raise resource.NotAsSeen
        touched = [row.piece for row in told if row.stands != "same" and row.piece]
        with transaction.atomic():
            taking_over.write(told, by=request.user)
            for flag, stands in ((ADDITION, "new"), (CHANGE, "changed")):
                pieces = [row.piece for row in told if row.stands == stands and row.piece]
                if pieces:
                    said = _("Taken over from a table.")
                    LogEntry.objects.log_actions(request.user.pk or 0, pieces, flag, said)
            transaction.on_commit(lambda: reindex(touched))
            transaction.on_commit(public_pages.forget)
        return told

    def _look(
        self,
        request: HttpRequest,
        sent: dict[str, Any],
        table: reading.Table,
        whose: resource.Whose,
        status: int = 200,
    ) -> HttpResponse:
        told = resource.PieceResource(whose).plan(table)
        wrong = [row for row in told if row.errors]
        shown = wrong or [row for row in told if row.stands != "same" or row.notes]
        counts = {name: sum(row.stands == name for row in told) for name in _STANDS}
        page = Paginator(shown, _A_PAGE).get_page(request.GET.get("page"))
        context = {
            "title": _("What %s would change") % sent["name"],
            "sent": sent,
            "notes": table.notes,
            "page": page,
            "wrong": len(wrong),
            "counts": counts,
            "changes": counts["new"] + counts["changed"],
            "rows": len(told),
            "seen": resource.digest(told),
            "otherwise": status == 409,
        }
        return self._answered(request, "admin/catalog/piece/look.html", context, status)

    def _table_page(
        self, request: HttpRequest, form: TableForm | None, status: int = 200
    ) -> HttpResponse:
        everything = self._makers(request)
        context = {
            "title": _("Pieces as a table"),
            "form": form,
            "columns": COLUMNS,
            "makers": everything,
            "several": is_owner(request.user) or len(roles_of(request)) > 1,
            "most_rows": f"{reading.MAX_ROWS:,}",
            "most_mb": reading.MAX_BYTES // 1024**2,
        }
        return self._answered(request, "admin/catalog/piece/table.html", context, status)

    def _answered(
        self, request: HttpRequest, template: str, context: dict[str, Any], status: int
    ) -> HttpResponse:
        whole = {**self.admin_site.each_context(request), "opts": self.opts, **context}
        return render(request, template, whole, status=status)


_GONE = gettext_lazy("That file is not here any more: another was sent after it. Send it again.")
_STANDS = ("new", "changed", "same", "wrong")


def table_of(pieces: models.QuerySet[Piece]) -> Dataset:
    """These pieces as a table, in the order of their collections."""
    rows = pieces.select_related("collection").order_by("collection", "position", "pk")
    return resource.PieceResource().export(
        rows.prefetch_related("variants", "piece_materials__material")
    )


def _beginning() -> Dataset:
    """A table with the headings and one piece, to write over."""
    example = {
        "collection": _("Low Water"),
        "title": _("Tidestone ring"),
        "kind": Piece.Kind.RING.label,
        "how many there are": Piece.Making.STOCKED.label,
        "price": "640.00",
        "sizes": "52; 54; 56",
        "ready": "52: 1; 54: 2; 56: 0",
        "days to make one": "21",
        "made of": _("Sterling silver"),
        "colour": Piece.Colour.GREY.label,
    }
    headers = [name for name in BY_NAME if name not in {"address", "status", "ready when exported"}]
    dataset = Dataset(headers=headers)
    dataset.append([str(example.get(name, "")) for name in headers])
    return dataset
