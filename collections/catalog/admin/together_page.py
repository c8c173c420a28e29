"""The page of an act on many pieces: asked by GET, which changes nothing; done by POST."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import Q
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect, QueryDict
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from catalog import publishing, standing
from catalog.admin import together
from catalog.admin.together import Act, Change
from catalog.models import Collection, Piece
from catalog.search import reindex
from designers.ownership import owned
from shop import public_pages, sent_numbers

_MOST = 200


class _ChangedSince(Exception):
    """Somebody changed a piece between showing and doing; its primary key."""


def page(keeper: Any, request: HttpRequest) -> HttpResponse:
    """Shows what the act would do to each ticked piece; POST does it to all of them, or to none."""
    if request.method != "POST":
        return _page(keeper, request)
    ticked = Piece.objects.filter(pk__in=_asked(request.POST))
    homes = owned(Collection, request).filter(
        Q(pieces__in=ticked) | Q(pk__in=_asked(request.POST, "collection"))
    )
    with publishing.changing(homes.values_list("pk", flat=True), by=request.user):
        return _page(keeper, request)


def _page(keeper: Any, request: HttpRequest) -> HttpResponse:
    sent = request.POST if request.method == "POST" else request.GET
    act = together.ACTS.get(sent.get("act", ""))
    pieces = _pieces(keeper, request, sent)
    if act is None or not pieces:
        raise Http404
    form = act.form(sent if _is_filled_in(act, sent) else None, pieces=pieces)
    rows = together.changes(act, form)
    _hold_to_review(act, rows, request.user)
    if request.method == "POST" and form.is_bound and form.is_valid():
        _compare(rows, sent)
        if not any(row.trouble for row in rows) and _done(keeper, request, act, rows):
            return _answer(request, act, rows)
    return TemplateResponse(
        request, "admin/catalog/piece/together.html", _context(keeper, request, act, form, rows)
    )


def _pieces(keeper: Any, request: HttpRequest, sent: QueryDict) -> list[Piece]:
    """Those ticked, in the list's order; a foreign one is not found, as one that is not there."""
    asked = _asked(sent)
    if not keeper.has_change_permission(request):
        raise PermissionDenied
    found = list(
        keeper.get_queryset(request).select_related("collection__designer").filter(pk__in=asked)
    )
    if len(found) != len(asked):
        raise Http404
    if not all(keeper.has_change_permission(request, piece) for piece in found):
        raise PermissionDenied
    return found


def _asked(sent: QueryDict, name: str = "piece") -> set[int]:
    return set(sent_numbers.read(sent.getlist(name)[:_MOST]))


def _is_filled_in(act: Act, sent: QueryDict) -> bool:
    return all(name in sent for name in act.form.base_fields)


def _hold_to_review(act: Act, rows: list[Change], user: Any) -> None:
    """What a maker under review has in the shop is changed on its own page alone."""
    for row in rows:
        status = row.new if act is together.ACTS["status"] else ""
        into = row.new if act is together.ACTS["collection"] else None
        refused = standing.refusal(row.piece, user, act.fields, status=status or "", into=into)
        row.trouble = row.trouble or refused


def _compare(rows: list[Change], sent: QueryDict) -> None:
    """What was shown as standing must still stand, or the person decided about another thing."""
    for row in rows:
        if not row.trouble and sent.get(f"seen-{row.piece.pk}") != row.seen:
            row.trouble = _("Somebody changed it since it was shown: look again.")


def _done(keeper: Any, request: HttpRequest, act: Act, rows: list[Change]) -> bool:
    """Whether all of it was done. Each write names what was seen; one that fails undoes all."""
    changed = [row for row in rows if not row.is_nothing]
    try:
        with transaction.atomic():
            for row in changed:
                _write(act, row)
                said = f"{act.heading}: {row.was} → {row.becomes}"
                keeper.log_change(request, row.piece, said)
    except _ChangedSince as since:
        for row in rows:
            if row.piece.pk == since.args[0]:
                row.trouble = _("Somebody changed it just now: look again.")
        return False
    told = [row.made if isinstance(row.made, Piece) else row.piece for row in changed]
    transaction.on_commit(lambda: reindex(told))
    transaction.on_commit(public_pages.forget)
    return True


def _write(act: Act, row: Change) -> None:
    row.made = act.write(row.piece, act.now(row.piece), row.new)
    if not row.made:
        raise _ChangedSince(row.piece.pk)


def _answer(request: HttpRequest, act: Act, rows: list[Change]) -> HttpResponse:
    """Back to the list; a single copy's own page, ready for its name."""
    copies = [row.made for row in rows if isinstance(row.made, Piece)]
    if len(copies) == 1:
        return HttpResponseRedirect(copied_url(copies[0]))
    count = sum(not row.is_nothing for row in rows)
    done = ngettext("Done: %s piece.", "Done: %s pieces.", count) % count
    messages.success(request, done)
    return HttpResponseRedirect(reverse("admin:catalog_piece_changelist"))


def copied_url(copy: Piece) -> str:
    """The page of a new copy, with its title selected."""
    return reverse("admin:catalog_piece_change", args=[copy.pk]) + "?copied=1"


def _context(
    keeper: Any, request: HttpRequest, act: Act, form: Any, rows: list[Change]
) -> dict[str, Any]:
    is_shown = form.is_bound and form.is_valid()
    sent = request.POST if request.method == "POST" else request.GET
    return {
        **keeper.admin_site.each_context(request),
        "opts": Piece._meta,
        "title": act.heading,
        "act": act,
        "act_name": sent["act"],
        "form": form,
        "rows": rows,
        "is_shown": is_shown,
        "troubles": sum(bool(row.trouble) for row in rows),
        "count": sum(not row.is_nothing for row in rows),
        "said": [(name, form.data.get(name, "")) for name in form.fields] if is_shown else [],
    }
