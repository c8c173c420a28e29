"""Makers, their people and invitations in the workshop."""

from typing import TYPE_CHECKING, Any

from django.contrib import admin, messages
from django.contrib.auth.admin import UserAdmin
from django.contrib.auth.models import User
from django.db import models
from django.http import HttpRequest, HttpResponse
from django.urls import URLPattern, path
from django.utils.formats import date_format
from django.utils.timezone import localtime, now
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from designers import invitations, new_makers, people_pages
from designers.account_forms import NewPersonForm, PersonForm, TheirPasswordForm
from designers.forms import InvitationForm
from designers.keys import admin as keys
from designers.manners import maker_column, yes_or_no
from designers.models import Designer, Invitation, Member, Technique, is_owner
from designers.ownership import (
    NOBODY,
    OWNERS,
    HouseAdmin,
    OwnedAdmin,
    OwnedStacked,
)
from designers.shown import ShownAdmin
from shop.money_field import PercentField


class TechniqueInline(OwnedStacked):
    model = Technique
    extra = 1
    max_num = 12
    fields = ["title", "text", "position"]

    def formfield_for_dbfield(
        self, db_field: models.Field[Any, Any], request: HttpRequest, **kwargs: Any
    ) -> Any:
        field = super().formfield_for_dbfield(db_field, request, **kwargs)
        if field and db_field.name == "text":
            field.widget.attrs["rows"] = 3
        return field


if TYPE_CHECKING:
    _UserAdmin = UserAdmin[User]
else:
    _UserAdmin = UserAdmin


@admin.register(Designer)
class DesignerAdmin(ShownAdmin):
    """The owner sees to all of it; a maker writes their own page."""

    owner_path = "pk"
    may_add = may_delete = NOBODY
    list_display = [
        "name",
        "place",
        "people",
        "share",
        yes_or_no("is_trusted", _("publishes without review")),
        yes_or_no("is_active", _("shown in the shop")),
    ]
    search_fields = ["name", "place"]
    inlines = [TechniqueInline]
    # The house decides these with the maker.
    house_fields = [
        "slug",
        "commission_basis_points",
        "is_trusted",
        "is_active",
        "asks_second_key",
    ]
    fieldsets = [
        (
            _("The maker"),
            {
                "fields": [
                    ("name", "short_name", "pronoun"),
                    ("place", "country"),
                    "trade",
                    ("since", "languages"),
                    ("email", "processing_days"),
                ]
            },
        ),
        (_("In their words"), {"fields": ["headline", "statement", "quote"]}),
        (_("The touchmark"), {"fields": [("mark_letters", "mark_alt"), "mark_path"]}),
        (
            _("The house"),
            {
                "fields": [
                    "slug",
                    "commission_basis_points",
                    ("is_trusted", "is_active"),
                    "asks_second_key",
                ]
            },
        ),
    ]

    def get_fieldsets(self, request: HttpRequest, obj: Any = None) -> Any:
        """A maker writes their page; how the house deals with them is only told."""
        if is_owner(request.user):
            return self.fieldsets
        told = (_("The house"), {"fields": [("slug", "commission_in_words")]})
        mark = (_("The touchmark"), {"fields": [("mark_letters", "mark_alt")]})
        return [*self.fieldsets[:2], mark, told]

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        fields = [*super().get_readonly_fields(request, obj), "commission_in_words"]
        return fields if is_owner(request.user) else [*fields, *self.house_fields]

    def get_queryset(self, request: HttpRequest) -> models.QuerySet[Any]:
        working = models.Count("members", filter=models.Q(members__is_active=True))
        rows: models.QuerySet[Any] = super().get_queryset(request).annotate(working=working)
        return rows.order_by("name", "pk")  # counting drops the model's own order

    @admin.display(description=_("people"), ordering="working")
    def people(self, obj: Any) -> int:
        return int(obj.working)

    @admin.display(description=_("commission"), ordering="commission_basis_points")
    def share(self, obj: Designer) -> str:
        return f"{PercentField().show(obj.commission_basis_points)} %"

    @admin.display(description=_("commission"))
    def commission_in_words(self, obj: Designer) -> str:
        share = PercentField().show(obj.commission_basis_points)
        return gettext("%(share)s per cent of each price") % {"share": share}

    def formfield_for_dbfield(
        self, db_field: models.Field[Any, Any], request: HttpRequest, **kwargs: Any
    ) -> Any:
        if db_field.name == "commission_basis_points":
            holds = _("Holds for orders from now on, never for those already placed.")
            label = db_field.verbose_name
            return PercentField(label=label, maximum=10_000, help_text=holds)
        return super().formfield_for_dbfield(db_field, request, **kwargs)

    def get_inlines(self, request: HttpRequest, obj: Any) -> Any:
        return self.inlines if obj else []

    def render_change_form(
        self, request: HttpRequest, context: dict[str, Any], *args: Any, **kwargs: Any
    ) -> HttpResponse:
        if designer := kwargs.get("obj"):
            context["sees_people"] = self.may(request, OWNERS, designer.pk)
        return super().render_change_form(request, context, *args, **kwargs)

    def get_urls(self) -> list[URLPattern]:
        return [*people_pages.urls(self), *super().get_urls()]


@admin.register(Member)
class MemberAdmin(OwnedAdmin):
    """Who works for whom, to look up; roles change on the page "People" of a maker."""

    may_view = OWNERS
    may_add = may_change = may_delete = NOBODY
    list_display = ["user", maker_column(), "role", yes_or_no("is_active", _("active"))]
    list_select_related = ["user", "designer"]
    list_filter = ["role", "designer"]
    search_fields = ["user__username", "user__email"]
    fields = ["designer", "user", "role", "is_active"]

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


@admin.register(Invitation)
class InvitationAdmin(OwnedAdmin):
    """A letter with a link; the owner invites anybody, a maker's owner their own people."""

    may_view = may_add = may_change = may_delete = OWNERS
    list_display = ["email", maker_column(), "role", "stands", "created_at"]
    list_select_related = ["designer"]
    fields = ["designer", "email", "role"]
    form = InvitationForm

    @admin.display(description=_("how it stands"), ordering="expires_at")
    def stands(self, obj: Invitation) -> str:
        if obj.accepted_at:
            return gettext("accepted on %s") % date_format(localtime(obj.accepted_at), "j F")
        ends = date_format(localtime(obj.expires_at), "j F")
        is_over = obj.expires_at <= now()
        return (gettext("ran out on %s") if is_over else gettext("waits until %s")) % ends

    def get_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        is_new = obj is None and is_owner(request.user)
        return ["designer", "new_maker", "email", "role"] if is_new else self.fields

    def get_form(
        self, request: HttpRequest, obj: Any = None, change: bool = False, **kwargs: Any
    ) -> Any:
        """Only the shop's owner invites new makers."""
        if obj is None and is_owner(request.user):
            kwargs["form"] = new_makers.NewMakerForm
        return super().get_form(request, obj, change=change, **kwargs)

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """A letter that is sent is not changed: take it back and send another."""
        return False

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        if obj.designer_id is None and is_owner(request.user):
            obj.designer = new_makers.begin(form.cleaned_data["new_maker"].strip())
        super().save_model(request, obj, form, change)
        invitations.send_later(obj)
        self.message_user(
            request, _("The letter is on its way to %s.") % obj.email, messages.SUCCESS
        )

    def response_add(
        self, request: HttpRequest, obj: Any, post_url_continue: str | None = None
    ) -> HttpResponse:
        """Said already: nobody is here before they say yes."""
        return self.response_post_save_add(request, obj)


@admin.register(User)
class PeopleAdmin(HouseAdmin, _UserAdmin):
    """Everybody who may log in; only for the shop's owner."""

    form = PersonForm
    add_form = NewPersonForm
    change_password_form = TheirPasswordForm
    add_fieldsets = [(None, {"fields": ["username", "password1", "password2"]})]
    may_view = may_add = may_change = may_delete = NOBODY
    list_display = [
        "username",
        "first_name",
        "last_name",
        "email",
        yes_or_no("is_superuser", _("owns the shop")),
        yes_or_no("is_active", _("active")),
    ]
    list_filter = ["is_superuser", "is_active"]
    filter_horizontal = ()
    fieldsets = [
        (None, {"fields": ["username", ("first_name", "last_name"), "email"]}),
        (_("What they may do"), {"fields": [("is_active", "is_staff", "is_superuser")]}),
    ]

    def get_urls(self) -> list[URLPattern]:
        view = self.admin_site.admin_view(self.keys_view)
        return [path("<int:pk>/keys/", view, name="auth_user_keys"), *super().get_urls()]

    def keys_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """The second keys of somebody, to take off when they are lost."""
        return keys.take_off_page(request, self, pk)
