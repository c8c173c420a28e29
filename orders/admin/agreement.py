"""The page "Money and stock agree": the last comparison, what differs, what mends it."""

from datetime import timedelta
from typing import Any

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.urls import URLPattern, path, reverse
from django.utils.timezone import now
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from orders.admin.house import ReadOnlyAdmin
from orders.comparing import agreement, mending
from orders.comparing.told_figures import LastRun
from orders.models import Disagreement, ReconcileRun

SHOWN = 50
LATELY = timedelta(days=7)


class CaseTold:
    """A disagreement, what it is called, and what mending it will do."""

    def __init__(self, case: Disagreement) -> None:
        self.case = case
        self.kind = mending.kind_of(case)

    @property
    def can_be_mended(self) -> bool:
        """Whether a button does it; otherwise only a person can."""
        return self.kind.mend is not None


@admin.register(ReconcileRun)
class ReconcileRunAdmin(ReadOnlyAdmin):
    """One page for all of it, for the owner alone; a run is kept for thirty days."""

    fields = ["started_at", "finished_at", "mended", "needs_person", "error"]

    def get_urls(self) -> list[URLPattern]:
        view, name = self.admin_site.admin_view, "orders_reconcilerun"
        return [
            path("run/", view(require_POST(self.run_view)), name=f"{name}_run"),
            path("<int:pk>/mend/", view(require_POST(self.mend_view)), name=f"{name}_mend"),
            *super().get_urls(),
        ]

    def changelist_view(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """Figures, cases, and what was mended of late."""
        self._only_the_owner(request)
        rows = Disagreement.objects.select_related("order", "mended_by")
        open_ones = rows.filter(state=Disagreement.State.OPEN)
        lately = rows.filter(mended_at__gte=now() - LATELY).order_by("-mended_at")
        cases = [CaseTold(case) for case in open_ones[:SHOWN]]
        context = {
            **self.admin_site.each_context(request),
            "opts": self.opts,
            "title": _("Money and stock") if cases else _("Money and stock agree"),
            "last": LastRun.read(),
            "cases": cases,
            "mended": lately.exclude(state=Disagreement.State.OPEN)[:12],
        }
        return render(request, "admin/orders/reconcilerun/agree.html", context)

    def run_view(self, request: HttpRequest) -> HttpResponse:
        """Compare now, in the background: Stripe may take its time."""
        self._only_the_owner(request)
        agreement.run_now.enqueue()
        said = _("It is being compared. Look again in a moment.")
        self.message_user(request, said, messages.SUCCESS)
        return self._back()

    def mend_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Mend one disagreement, once, under the owner's name."""
        self._only_the_owner(request)
        case = get_object_or_404(Disagreement, pk=pk)
        try:
            done = mending.mend(case, by=request.user)  # type: ignore[arg-type]
        except mending.NotMendable as reason:
            self.message_user(request, _("Not mended: %s") % reason, messages.ERROR)
            return self._back()
        if done:
            self.log_change(request, case, _("Mended: %s") % case.text)
        said = (
            _("Mended. It is in the history under your name.") if done else _("It agrees by now.")
        )
        self.message_user(request, said, messages.SUCCESS)
        return self._back()

    def _only_the_owner(self, request: HttpRequest) -> None:
        if not self.has_view_permission(request):
            raise PermissionDenied

    def _back(self) -> HttpResponseRedirect:
        return HttpResponseRedirect(reverse("admin:orders_reconcilerun_changelist"))
