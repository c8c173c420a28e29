"""The workshop: Django's own admin site under the house's name and theme."""

from dataclasses import dataclass
from typing import Any

from django.apps import apps
from django.conf import settings
from django.contrib import admin
from django.core.exceptions import ImproperlyConfigured
from django.db.models import Model
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, URLResolver, path, reverse
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _

# What stands in the head of each page, in the order of a working day.
NAV = [
    "orders.Parcel",
    "orders.AfterSale",
    "catalog.Collection",
    "catalog.Piece",
    "catalog.Photo",
    "orders.Order",
    "orders.ReconcileRun",
    "orders.Payout",
    "orders.Figure",
    "designers.Designer",
]

OURS = {"shop", "designers", "catalog", "orders", "tests"}


@dataclass(frozen=True, slots=True)
class Place:
    """A link in the head of the workshop."""

    label: str
    url: str
    is_current: bool
    count: int = 0


class WorkshopSite(admin.AdminSite):
    """The admin site that designers and the owner work in."""

    site_title = _("Workshop")
    site_header = _("Workshop")
    index_title = _("Bench")
    enable_nav_sidebar = False

    def register(
        self,
        model_or_iterable: Any,
        admin_class: type[admin.ModelAdmin[Any]] | None = None,
        **options: Any,
    ) -> None:
        """Takes only classes that keep to "only your own".

        What other packages register (tasks, login attempts) has no page here; a class of the
        shop's own without ownership is a mistake and stops the start.
        """
        from designers.ownership import OwnedMixin

        kind = admin_class or admin.ModelAdmin
        if issubclass(kind, OwnedMixin):
            super().register(model_or_iterable, admin_class, **options)
        elif kind.__module__.split(".")[0] in OURS:
            raise ImproperlyConfigured(f"{kind.__name__} is no OwnedAdmin: designers/ownership.py")

    def has_permission(self, request: HttpRequest) -> bool:
        """Whoever is active staff; what each may see is ``designers.ownership``'s business."""
        return bool(request.user.is_active and request.user.is_staff)

    def get_urls(self) -> list[URLPattern | URLResolver]:
        """Django's, with its "view on site" replaced by one that keeps to what one may see."""
        shortcut = path(
            "r/<int:content_type_id>/<path:object_id>/",
            self.admin_view(self.view_on_site),
            name="view_on_site",
        )
        from designers.keys import urls as keys
        from shop import bench
        from shop.everything import everything

        whole = path("everything/<int:pk>/", self.admin_view(everything), name="everything")
        work = path("work/", self.admin_view(bench.work_page), name="work")
        return [shortcut, whole, work, *keys.inside(self), *super().get_urls()]

    def admin_view(self, view: Any, cacheable: bool = False) -> Any:
        """Django's; behind it the second key of whoever needs one, and the history."""
        from designers import history
        from designers.keys import rules

        kept = rules.after_the_second_key(history.kept(view))
        return super().admin_view(kept, cacheable)

    def password_change(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> TemplateResponse:
        """Django's, in the house's words."""
        from designers.account_forms import OwnPasswordForm

        self.password_change_form = OwnPasswordForm
        titled = {"title": _("Change the password")}
        return super().password_change(request, titled | (extra_context or {}))

    def login(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """Django's page; its view asks for the second key of whoever has one."""
        from designers.keys import entering

        return entering.page(request, self, extra_context)

    def view_on_site(
        self, request: HttpRequest, content_type_id: int, object_id: str
    ) -> HttpResponse:
        """Leads to a thing's page in the shop; a foreign thing is a 404."""
        from django.contrib.contenttypes.models import ContentType

        kind = ContentType.objects.filter(pk=content_type_id).first()
        model = kind.model_class() if kind else None
        if model is None or not self.is_registered(model):
            raise Http404
        thing = self.get_model_admin(model).get_object(request, object_id)
        if thing is None or not hasattr(thing, "get_absolute_url"):
            raise Http404
        return redirect(thing.get_absolute_url())

    def index(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> TemplateResponse:
        """The bench: what wants doing, by when, and who waits."""
        from shop import bench

        return super().index(request, bench.context(request) | (extra_context or {}))

    def each_context(self, request: HttpRequest) -> dict[str, Any]:
        context = super().each_context(request) | {"site_url": "/"}
        if not context["has_permission"]:
            return context
        from designers.models import is_owner

        visible = {
            model["model"]: model["admin_url"]
            for app in context["available_apps"]
            for model in app["models"]
            if model["admin_url"]
        }
        return context | {
            "workshop_nav": self._nav(request, visible),
            # What stands first in the breadcrumbs: the owner has an inbox for a bench.
            "first_place": _("Inbox") if is_owner(request.user) else _("Bench"),
            "time_place": settings.TIME_ZONE.rpartition("/")[2].replace("_", " "),
            "workshop_more": self._more(request, visible),
        }

    def _nav(self, request: HttpRequest, visible: dict[type[Model], str]) -> list[Place]:
        from shop import bench

        places = [self._first_place(request)]
        for model in map(apps.get_model, NAV):
            if model in visible:
                count = bench.waiting(request, model)
                places.append(_place(request, model, visible[model], count))
                if own := bench.only_designer(request, model):
                    page = reverse("admin:designers_designer_change", args=[own])
                    places[-1] = Place(str(_("My page")), page, request.path == page)
        return places

    def _first_place(self, request: HttpRequest) -> Place:
        """The bench; the owner's is an inbox, counted where it was read anyway."""
        from designers.models import is_owner
        from shop import inbox

        index = reverse("admin:index")
        is_here = request.path == index
        if not is_owner(request.user):
            return Place(str(_("Bench")), index, is_here)
        return Place(str(_("Inbox")), index, is_here, len(inbox.cases(request)) if is_here else 0)

    def _more(self, request: HttpRequest, visible: dict[type[Model], str]) -> list[Place]:
        named = set(map(apps.get_model, NAV)) | _on_the_people_page(request)
        return [
            *_people(request),
            *(_place(request, m, url) for m, url in visible.items() if m not in named),
        ]


def _people(request: HttpRequest) -> list[Place]:
    """The page of the people of each maker that one owns."""
    from designers.ownership import OWNERS, roles_of

    owned = [pk for pk, role in roles_of(request).items() if role in OWNERS]
    pages = [reverse("admin:designers_designer_people", args=[pk]) for pk in owned]
    return [Place(str(_("People")), page, request.path == page) for page in pages]


def _on_the_people_page(request: HttpRequest) -> set[type[Model]]:
    """What a maker's owner finds there, and so needs no list of."""
    from designers.models import Invitation, Member, is_owner

    return set() if is_owner(request.user) else {Member, Invitation}


def _place(request: HttpRequest, model: type[Model], url: str, count: int = 0) -> Place:
    label = capfirst(str(model._meta.verbose_name_plural))
    return Place(label, url, request.path.startswith(url), count)
