"""What makers ask to show: the house reads it, and approves or sends it back with a reason."""

from typing import Any

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import ValidationError
from django.db import models
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.urls import URLPattern, path, reverse
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST, require_safe

from catalog import beside, previews, publishing, review_told
from catalog.admin.looks import state
from catalog.models import Collection, Review
from designers.ownership import HouseAdmin


class AnswerForm(forms.Form):
    """The answer: for a return its reason, for a yes what was read and whom it trusts."""

    reason = forms.CharField(
        required=False,
        max_length=2000,
        label=gettext_lazy("Reason, if it goes back"),
        widget=forms.Textarea(attrs={"rows": 3}),
    )
    trust = forms.BooleanField(required=False)
    revision = forms.IntegerField(widget=forms.HiddenInput, required=False)


@admin.register(Review)
class ReviewAdmin(HouseAdmin):
    """Read by the owner; a maker sees the answer on the collection's own page."""

    list_display = ["collection", "maker", "asked_at", "stands", "answered_at"]
    list_select_related = ["collection__designer"]
    list_filter = ["answer"]
    search_fields = ["collection__title", "collection__designer__name"]
    ordering = ["-asked_at", "-pk"]
    list_per_page = 50

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Makers ask on their collection's page."""
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """What was said stays said."""
        return False

    @admin.display(description=gettext_lazy("maker"))
    def maker(self, obj: Review) -> str:
        return str(obj.collection.designer)

    @admin.display(description=gettext_lazy("answer"), ordering="answer")
    def stands(self, obj: Review) -> SafeString:
        return state({"": "review", "approved": "live"}.get(obj.answer, obj.answer))

    def get_queryset(self, request: HttpRequest) -> models.QuerySet[Any]:
        rows: models.QuerySet[Any] = super().get_queryset(request).defer("snapshot")
        return rows

    def get_urls(self) -> list[URLPattern]:
        answer = require_POST(self.admin_site.admin_view(self.answer_view))
        preview = self.admin_site.admin_view(require_safe(self.preview_view))
        own = [
            path("<int:pk>/answer/", answer, name="catalog_review_answer"),
            path("<int:pk>/preview/", preview, name="catalog_review_preview"),
        ]
        return [*own, *super().get_urls()]

    def preview_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """The collection's page as it would be: with all that is kept beside it."""
        review = get_object_or_404(self.get_queryset(request), pk=pk)
        with beside.rehearsed(review.collection, request.user) as shown:
            return previews.rehearsal(request, shown)

    def change_view(
        self,
        request: HttpRequest,
        object_id: str,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> HttpResponse:
        """One review by itself; nothing is written here, only answered."""
        review = self.get_object(request, object_id)
        if review is None or not self.has_view_permission(request, review):
            return self._get_obj_does_not_exist_redirect(request, self.opts, object_id)
        return self._page(request, review, AnswerForm(initial={"revision": review.revision}))

    def answer_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Approve, or send back; what was typed is there again where it could not be done."""
        review = get_object_or_404(self.get_queryset(request), pk=pk)
        form = AnswerForm(request.POST)
        if not form.is_valid():
            return self._page(request, review, form, status=400)
        try:
            said = self._answer(request, review, form.cleaned_data)
        except publishing.Overtaken as overtaken:
            return self._overtaken(request, review, form, overtaken)
        except ValidationError as refusal:
            form.add_error("reason" if "_return" in request.POST else None, refusal)
            return self._page(request, review, form, status=400)
        keeper = self.admin_site.get_model_admin(Collection)
        keeper.log_change(request, review.collection, said)
        self.message_user(request, said, messages.SUCCESS)
        return HttpResponseRedirect(reverse("admin:index"))

    def _answer(self, request: HttpRequest, review: Review, told: dict[str, Any]) -> str:
        words = {"title": review.collection, "name": review.collection.designer.short_name}
        if "_approve" in request.POST:
            publishing.approve(
                review, by=request.user, revision=told["revision"] or 0, trust=told["trust"]
            )
            return _("%(title)s is approved; %(name)s gets a letter.") % words
        publishing.send_back(review, by=request.user, reason=told["reason"])
        return _("%(title)s went back with your reason; %(name)s gets a letter.") % words

    def _overtaken(
        self, request: HttpRequest, review: Review, form: AnswerForm, why: publishing.Overtaken
    ) -> HttpResponse:
        """The page as it stands now, with what was typed; its answer holds for the new words."""
        self.message_user(request, why.said, messages.WARNING)
        fresh = get_object_or_404(Review, pk=review.pk)
        typed = form.cleaned_data | {"revision": fresh.revision}
        return self._page(request, fresh, AnswerForm(initial=typed), status=409)

    def _page(
        self, request: HttpRequest, review: Review, form: AnswerForm, status: int = 200
    ) -> HttpResponse:
        (told,) = review_told.told(Review.objects.filter(pk=review.pk))
        context = {
            **self.admin_site.each_context(request),
            "title": told.title,
            "opts": self.opts,
            "told": told,
            "form": form,
        }
        return render(request, "admin/catalog/review/page.html", context, status=status)
