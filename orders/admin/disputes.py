"""Disputes for the owner: what a bank says, the answer to it, and the evidence on paper."""

import hashlib
import json
from typing import Any

from django import forms
from django.contrib import admin, messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import URLPattern, path
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from orders.admin.dispute_told import DisputeTold, told_fields
from orders.admin.house import ReadOnlyAdmin
from orders.banks import disputes, evidence
from orders.banks.case import Case
from orders.banks.dispute_letters import reason
from orders.models import Dispute

Answer = Dispute.Answer


class AnswerForm(forms.Form):
    """The owner's own words; all else that is sent the shop knows."""

    words = forms.CharField(
        label=gettext_lazy("In your own words"),
        required=False,
        max_length=evidence.WORDS,
        help_text=gettext_lazy(
            "What happened, plainly and by the day; what they wrote to you. A stranger reads it."
        ),
        widget=forms.Textarea(attrs={"rows": 8}),
    )


@admin.register(Dispute)
class DisputeAdmin(ReadOnlyAdmin):
    list_display = ["order", "status", "sum", "why", "due_by", "left"]
    list_filter = ["status"]
    list_select_related = ["order"]
    search_fields = ["order__number", "stripe_id"]
    list_per_page = 50

    @admin.display(description=gettext_lazy("amount"), ordering="amount")
    def sum(self, obj: Dispute) -> str:
        return DisputeTold(obj).sum

    @admin.display(description=gettext_lazy("why"), ordering="reason")
    def why(self, obj: Dispute) -> str:
        return reason(obj)

    @admin.display(description=gettext_lazy("left to answer"))
    def left(self, obj: Dispute) -> str:
        return DisputeTold(obj).left

    def get_urls(self) -> list[URLPattern]:
        view = self.admin_site.admin_view(self.evidence_view)
        name = "orders_dispute_evidence"
        return [path("<int:pk>/evidence/", view, name=name), *super().get_urls()]

    def change_view(
        self,
        request: HttpRequest,
        object_id: str,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> HttpResponse:
        """What the bank says; a POST shows what would be sent, and sends what was shown."""
        dispute = self._dispute(request, object_id)
        if request.method != "POST":
            return self._page(request, dispute, AnswerForm(initial={"words": dispute.words}))
        if "_go_on" in request.POST:
            return self._let_go_on(request, dispute)
        if "_give_up" in request.POST:
            return self._give_up(request, dispute)
        form = AnswerForm(request.POST)
        if not form.is_valid() or "_change" in request.POST:
            return self._page(request, dispute, form, status=200 if form.is_valid() else 400)
        words = form.cleaned_data["words"]
        fields = evidence.proposed(dispute, words)
        if request.POST.get("shown") != _mark(fields):
            return self._page(request, dispute, form, shown=fields)
        return self._send(request, dispute, words)

    def _send(self, request: HttpRequest, dispute: Dispute, words: str) -> HttpResponse:
        try:
            sent = evidence.answer(dispute, words, by=request.user)  # type: ignore[arg-type]
        except evidence.NotToAnswer as reason_:
            self.message_user(request, str(reason_), messages.WARNING)
            return HttpResponseRedirect(request.path)
        said, level = {
            Answer.SENT: (_("Sent. The bank reads it, and decides in some weeks."), "success"),
            Answer.REFUSED: (_("Stripe would not take it: %s") % sent.answer_error, "error"),
        }.get(
            Answer(sent.answer),
            (_("Stripe has not answered yet. The shop goes on sending it."), "warning"),
        )
        self.message_user(request, said, level)
        self.log_change(request, dispute, said)
        return HttpResponseRedirect(request.path)

    def _give_up(self, request: HttpRequest, dispute: Dispute) -> HttpResponse:
        """The first press asks whether it is meant; nothing brings it back."""
        if request.POST["_give_up"] != "sure" and dispute.can_be_answered:
            context = {"title": _("Give it up?"), "told": DisputeTold(dispute), "giving_up": True}
            return self._answer(request, "admin/orders/dispute/page.html", dispute, context)
        try:
            after = evidence.give_up(dispute, by=request.user)  # type: ignore[arg-type]
        except evidence.NotToAnswer as reason_:
            self.message_user(request, str(reason_), messages.WARNING)
            return HttpResponseRedirect(request.path)
        said, level = _("Stripe has not answered yet. The shop goes on saying so."), "warning"
        if after.answer == Answer.REFUSED:
            said, level = _("Stripe would not take it: %s") % after.answer_error, "error"
        elif not after.is_open:
            said, level = _("Given up: the bank keeps the money."), "success"
        self.message_user(request, said, level)
        self.log_change(request, dispute, said)
        return HttpResponseRedirect(request.path)

    def _let_go_on(self, request: HttpRequest, dispute: Dispute) -> HttpResponse:
        if disputes.let_go_on(dispute, by=request.user):  # type: ignore[arg-type]
            said = _("What is left of the order goes on.")
            self.message_user(request, said, messages.SUCCESS)
            self.log_change(request, dispute, said)
        return HttpResponseRedirect(request.path)

    def evidence_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """All that is known of the order on A4, to be printed or kept."""
        dispute = self._dispute(request, str(pk))
        context = {"case": Case(dispute.order), "told": DisputeTold(dispute)}
        return self._answer(request, "workshop/evidence.html", dispute, context)

    def _page(
        self,
        request: HttpRequest,
        dispute: Dispute,
        form: AnswerForm,
        *,
        shown: dict[str, str] | None = None,
        status: int = 200,
    ) -> HttpResponse:
        told = DisputeTold(dispute)
        context: dict[str, Any] = {"title": told.title, "told": told, "form": form}
        if shown is not None:
            context |= {"shown": told_fields(shown), "mark": _mark(shown)}
        return self._answer(request, "admin/orders/dispute/page.html", dispute, context, status)

    def _answer(
        self,
        request: HttpRequest,
        template: str,
        dispute: Dispute,
        context: dict[str, Any],
        status: int = 200,
    ) -> HttpResponse:
        common = {
            **self.admin_site.each_context(request),
            "opts": self.opts,
            "original": dispute,
            "dispute": dispute,
            "order": dispute.order,
        }
        return render(request, template, common | context, status=status)

    def _dispute(self, request: HttpRequest, pk: str) -> Dispute:
        dispute: Dispute | None = self.get_object(request, pk)
        if dispute is None:
            raise Http404
        return dispute


def _mark(fields: dict[str, str]) -> str:
    """Of what was shown: another text since is shown first."""
    return hashlib.sha256(json.dumps(fields, sort_keys=True).encode()).hexdigest()
