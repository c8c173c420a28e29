"""The letters in the owner's workshop: which wait, which failed, and what each kind says."""

from dataclasses import dataclass
from operator import itemgetter
from typing import Any

from django.conf import settings
from django.contrib import admin, messages
from django.contrib.admin import ActionLocation
from django.core.exceptions import ObjectDoesNotExist, PermissionDenied
from django.db import models
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import URLPattern, path, reverse
from django.utils.csp import CSP
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.clickjacking import xframe_options_sameorigin
from django.views.decorators.csp import csp_override
from django.views.decorators.http import require_POST

from orders import letter_names, letters, outbox
from orders.admin.house import ReadOnlyAdmin
from orders.models import OutboxLetter
from shop.letters import Letter, NoLonger

# Of so many of a kind, the newest that is still true is shown.
_TRIED = 10


@dataclass(frozen=True, slots=True)
class Sample:
    """What a kind of letter says, of the newest thing it could be about; or why nothing."""

    kind: str
    letter: Letter | None
    why_not: str = ""

    @classmethod
    def of(cls, kind: str) -> "Sample":
        """Built from a real row, as the letter is; none is made up."""
        written = OutboxLetter.objects.filter(kind=kind).order_by("-pk")
        why_not = _("No such letter was written yet: there is nothing to show it of.")
        for subject in written.values_list("subject", flat=True)[:_TRIED]:
            try:
                return cls(kind, letters.LETTERS[kind](subject)[0])
            except NoLonger as reason:
                why_not = str(reason)
            except ObjectDoesNotExist:
                why_not = _("What the last ones were about is gone.")
        return cls(kind, None, why_not)

    @property
    def text(self) -> str:
        return self.letter.as_text() if self.letter else ""


class KindFilter(admin.SimpleListFilter):
    """The kinds that were written, by their names."""

    title = gettext_lazy("letter")
    parameter_name = "kind"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        kinds = OutboxLetter.objects.order_by("kind").values_list("kind", flat=True).distinct()
        return sorted(((kind, letter_names.called(kind)) for kind in kinds), key=itemgetter(1))

    def queryset(
        self, request: HttpRequest, queryset: models.QuerySet[OutboxLetter]
    ) -> models.QuerySet[OutboxLetter]:
        return queryset.filter(kind=self.value()) if self.value() else queryset


@admin.register(OutboxLetter)
class OutboxLetterAdmin(ReadOnlyAdmin):
    """No addresses: to whom a letter goes is read from its order when it is sent."""

    list_display = ["called", "state", "tries", "doubt", "error", "created_at", "sent_at"]
    list_filter = ["state", KindFilter]
    search_fields = ["key"]
    list_per_page = 50
    actions = ["send_again"]  # type: ignore[assignment]
    fields = ["called", "key", "state", "tries", "error", "created_at", "sent_at"]

    @admin.display(description=gettext_lazy("letter"), ordering="kind")
    def called(self, obj: OutboxLetter) -> str:
        return letter_names.called(obj.kind)

    @admin.display(description=gettext_lazy("may have come twice"), ordering="is_doubtful")
    def doubt(self, obj: OutboxLetter) -> str:
        return _("yes") if obj.is_doubtful else ""

    def get_actions(
        self, request: HttpRequest, action_location: ActionLocation = ActionLocation.CHANGE_LIST
    ) -> Any:
        """Ours alone: a letter that was written is not deleted."""
        acts = super().get_actions(request, action_location)
        return {name: act for name, act in acts.items() if name in self.actions}

    @admin.action(description=gettext_lazy("send again"))
    def send_again(self, request: HttpRequest, rows: models.QuerySet[OutboxLetter]) -> None:
        """Also what was sent: whoever presses it wants it to come once more."""
        done = [outbox.send_again(pk) for pk in rows.values_list("pk", flat=True)[:100]]
        said = _("%(done)s of %(all)s go out again.") % {"done": sum(done), "all": len(done)}
        self.message_user(request, said, messages.SUCCESS if all(done) else messages.WARNING)

    def get_urls(self) -> list[URLPattern]:
        view, name = self.admin_site.admin_view, "orders_outboxletter"
        return [
            path("kinds/", view(self.kinds_view), name=f"{name}_kinds"),
            path("kinds/<str:kind>/", view(self.html_view), name=f"{name}_html"),
            path("<int:pk>/again/", view(require_POST(self.again_view)), name=f"{name}_again"),
            *super().get_urls(),
        ]

    def render_change_form(
        self, request: HttpRequest, context: dict[str, Any], *args: Any, **kwargs: Any
    ) -> HttpResponse:
        written = kwargs.get("obj")
        context["called"] = letter_names.called(written.kind) if written else ""
        return super().render_change_form(request, context, *args, **kwargs)

    def again_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Send one letter again and go back to its page."""
        written = self.get_object(request, str(pk))
        if written is None:
            raise Http404
        self.send_again(request, OutboxLetter.objects.filter(pk=pk))
        self.log_change(request, written, _("sent again"))
        return HttpResponseRedirect(reverse("admin:orders_outboxletter_change", args=[pk]))

    def kinds_view(self, request: HttpRequest) -> HttpResponse:
        """Every kind of letter by name, and one of them as it looks and as plain text."""
        self._only_the_owner(request)
        chosen = request.GET.get("kind") or next(iter(letters.LETTERS))
        if chosen not in letters.LETTERS:
            raise Http404
        context = {
            **self.admin_site.each_context(request),
            "opts": self.opts,
            "title": _("Every letter"),
            "kinds": [
                (kind, letter_names.called(kind), kind == chosen) for kind in letters.LETTERS
            ],
            "called": letter_names.called(chosen),
            "sample": Sample.of(chosen),
        }
        return render(request, "admin/orders/outboxletter/kinds.html", context)

    def html_view(self, request: HttpRequest, kind: str) -> HttpResponse:
        """What a mail program would show, for the frame on the page of the kinds."""
        self._only_the_owner(request)
        sample = Sample.of(kind) if kind in letters.LETTERS else None
        if sample is None or sample.letter is None:
            raise Http404
        return _as_mail(request, sample.letter.as_html())

    def _only_the_owner(self, request: HttpRequest) -> None:
        if not self.has_view_permission(request):
            raise PermissionDenied


@csp_override(
    {
        "default-src": [CSP.NONE],
        "style-src": [CSP.UNSAFE_INLINE],  # mail programs know nothing else
        "img-src": settings.SECURE_CSP["img-src"],
        "frame-ancestors": [CSP.SELF],
        "form-action": [CSP.NONE],
        "base-uri": [CSP.NONE],
    }
)
@xframe_options_sameorigin
def _as_mail(request: HttpRequest, html: str) -> HttpResponse:
    return HttpResponse(html)
