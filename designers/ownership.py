"""Only your own: who sees and changes what in the workshop, written once.

Every admin class of the shop is one of these; a test walks the registry and fails for one
that is not:

    @admin.register(Parcel)
    class ParcelAdmin(OwnedAdmin):
        owner_path = "designer"     # the lookup from the model to its designer
        may_view = EVERYBODY        # roles; the shop's owner may always do everything
        may_change = EVERYBODY
        may_add = may_delete = NOBODY

    class LineInline(OwnedTabular):
        model = OrderLine
        owner_path = "parcel__designer"

``owner_path`` is ``"pk"`` for Designer itself and ``None`` for a list that all share
(materials). ``HouseAdmin`` is for what only the shop's owner sees. From this follow the
rows of lists and forms, list filters, choices of foreign keys and many-to-many fields,
autocompletes, actions, history and deletion. A foreign thing is a 404, a foreign choice
"not a choice". What an object refers to must belong to the object's own designer, also
when the shop's owner edits it. No row of Django's permissions is needed or asked.

``roles_of(request)`` tells a person's designers; ``owned(model, request)`` the rows of a
model that one may see, for pages that are not of a ModelAdmin.
"""

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any, cast

from django import forms
from django.contrib import admin, messages
from django.contrib.admin.filters import FieldListFilter, RelatedFieldListFilter
from django.contrib.admin.helpers import ACTION_CHECKBOX_NAME
from django.contrib.admin.widgets import RelatedFieldWidgetWrapper
from django.core.exceptions import PermissionDenied
from django.db import models
from django.http import Http404, HttpRequest, HttpResponseRedirect
from django.utils.translation import gettext as _

from designers import going_along, history
from designers.keys import rules
from designers.manners import MannerlyAdmin
from designers.models import Designer, Member, is_owner
from designers.owned_form import OwnedForm, ProseField, designer_id_of
from designers.rows_at_hand import ChoiceAtHand, RowsAtHand
from shop.many_field import ManyField

if TYPE_CHECKING:
    from django.contrib.admin.options import BaseModelAdmin

    _AnyAdmin = BaseModelAdmin[Any]
    _Stacked = admin.StackedInline[Any, Any]
    _Tabular = admin.TabularInline[Any, Any]
else:
    _AnyAdmin = object
    _Stacked, _Tabular = admin.StackedInline, admin.TabularInline

__all__ = [
    "EDITORS",
    "EVERYBODY",
    "NOBODY",
    "OWNERS",
    "HouseAdmin",
    "OwnedAdmin",
    "OwnedForm",
    "OwnedMixin",
    "OwnedStacked",
    "OwnedTabular",
    "designer_id_of",
    "owned",
    "roles_of",
]

NOBODY: frozenset[str] = frozenset()
OWNERS = frozenset({Member.Role.OWNER.value})
EDITORS = OWNERS | {Member.Role.EDITOR.value}
EVERYBODY = EDITORS | {Member.Role.BENCH.value}


def roles_of(request: HttpRequest) -> dict[int, str]:
    """The designers whom this person works for, and as what. One query a request."""
    return rules.standing(request).roles


def owned(
    model: type[models.Model], request: HttpRequest, site: admin.AdminSite | None = None
) -> models.QuerySet[Any]:
    """The rows of a model that this person may see; none of a model nobody vouches for."""
    site = site or admin.site
    if site.is_registered(model):
        keeper = site.get_model_admin(model)
        if isinstance(keeper, OwnedMixin):
            return keeper.restrict(model._default_manager.all(), request)
    rows = model._default_manager.all()
    if is_owner(request.user):
        return rows
    for_user = getattr(rows, "for_user", None)
    return cast("models.QuerySet[Any]", for_user(request.user)) if for_user else rows.none()


class OwnedFilter(RelatedFieldListFilter):
    """A list filter that names only what one may see; "maker", as people read everywhere."""

    def __init__(self, field: Any, *args: Any, **kwargs: Any) -> None:
        super().__init__(field, *args, **kwargs)
        if field.name == "designer":
            self.title = _("maker")

    def field_choices(
        self, field: Any, request: HttpRequest, model_admin: Any
    ) -> list[tuple[str, Any]]:
        rows = owned(field.remote_field.model, request, model_admin.admin_site)
        ordering = self.field_admin_ordering(field, request, model_admin)
        if ordering:
            rows = rows.order_by(*ordering)
        return [(str(row.pk), str(row)) for row in rows]


class OwnedMixin(_AnyAdmin):
    """Rows, choices and permissions by role; for ModelAdmins and inlines alike."""

    owner_path: str | None = "designer"
    may_view: frozenset[str] = EVERYBODY
    may_add: frozenset[str] = EDITORS
    may_change: frozenset[str] = EDITORS
    may_delete: frozenset[str] = EDITORS
    form: type[Any] = OwnedForm
    # Columns that are written with every change: what the model's save() works out itself.
    kept_along: tuple[str, ...] = ()

    def restrict(self, rows: models.QuerySet[Any], request: HttpRequest) -> models.QuerySet[Any]:
        """Those rows that this person may see."""
        if is_owner(request.user):
            return rows
        mine = [designer for designer, role in roles_of(request).items() if role in self.may_view]
        if self.owner_path is None:
            return rows if mine else rows.none()
        return rows.filter(**{f"{self.owner_path}__in": mine})

    def get_queryset(self, request: HttpRequest) -> models.QuerySet[Any]:
        return self.restrict(super().get_queryset(request), request)

    def may(self, request: HttpRequest, roles: frozenset[str], designer: int | None) -> bool:
        """Whether one has one of the roles at a designer (None: at any)."""
        if is_owner(request.user):
            return True
        held = roles_of(request)
        if designer is None:
            return bool(roles.intersection(held.values()))
        return held.get(designer) in roles

    def designer_of(self, obj: models.Model | None) -> int | None:
        """Whose the object is that Django asks a permission for."""
        return designer_id_of(obj, self.owner_path) if obj is not None else None

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return self.may(request, self.may_view, self.designer_of(obj))

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return self.may(request, self.may_add, self.designer_of(obj))

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return self.may(request, self.may_change, self.designer_of(obj))

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return self.may(request, self.may_delete, self.designer_of(obj))

    def has_module_permission(self, request: HttpRequest) -> bool:
        return self.has_view_permission(request)

    def get_field_queryset(
        self, db: str | None, db_field: Any, request: HttpRequest
    ) -> models.QuerySet[Any]:
        """The choices of a relation: one's own, and only those of the edited thing's designer."""
        model = db_field.remote_field.model
        rows = owned(model, request, self.admin_site)
        designer = getattr(request, "workshop_designer", None)
        path = self._path_of(model)
        if designer and path and model is not Designer:
            rows = rows.filter(**{path: designer})
        ordering = super().get_field_queryset(db, db_field, request)
        return rows.order_by(*ordering.query.order_by) if ordering is not None else rows

    def _path_of(self, model: type[models.Model]) -> str | None:
        if not self.admin_site.is_registered(model):
            return "designer" if hasattr(model, "designer") else None
        return getattr(self.admin_site.get_model_admin(model), "owner_path", None)

    def formfield_for_foreignkey(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        """One's only designer is not asked for."""
        field = super().formfield_for_foreignkey(db_field, request, **kwargs)
        if field and db_field.remote_field.model is Designer and not is_owner(request.user):
            mine = roles_of(request)
            if len(mine) == 1:
                field.initial = next(iter(mine))
                field.widget = forms.HiddenInput()
        return field

    def formfield_for_dbfield(
        self, db_field: models.Field[Any, Any], request: HttpRequest, **kwargs: Any
    ) -> Any:
        """Without Django's pop-up windows: what is chosen has a page of its own."""
        if type(db_field) is models.TextField and not db_field.choices:
            kwargs["form_class"] = ProseField
        if isinstance(db_field, models.ManyToManyField):
            kwargs.setdefault("form_class", ManyField)
        field = super().formfield_for_dbfield(db_field, request, **kwargs)
        if field and isinstance(field.widget, RelatedFieldWidgetWrapper):
            field.widget = field.widget.widget
        return field


class OwnedAdmin(OwnedMixin, MannerlyAdmin):
    """What every ModelAdmin of the shop is."""

    def get_form(
        self, request: HttpRequest, obj: Any = None, change: bool = False, **kwargs: Any
    ) -> Any:
        request.workshop_designer = self.designer_of(obj)  # type: ignore[attr-defined]
        form = super().get_form(request, obj, change=change, **kwargs)
        form.keeper = self  # type: ignore[attr-defined]
        return form

    def get_changelist_form(self, request: HttpRequest, **kwargs: Any) -> Any:
        form = super().get_changelist_form(request, **{"form": OwnedForm, **kwargs})
        form.keeper = self  # type: ignore[attr-defined]
        return form

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        """A thing never changes hands."""
        fields = super().get_readonly_fields(request, obj)
        return [*fields, "designer"] if obj and self.owner_path == "designer" else fields

    def designer_of_any(self, thing: models.Model) -> int | None:
        """Whose a thing is, also when another admin class keeps it."""
        known = self.admin_site.is_registered(type(thing))
        keeper: Any = self.admin_site.get_model_admin(type(thing)) if known else self
        return designer_id_of(thing, keeper.owner_path)

    def construct_change_message(  # type: ignore[override]
        self, request: HttpRequest, form: Any, formsets: Any, add: bool = False
    ) -> str:
        words = "" if add else history.sentences(form, formsets)
        request.workshop_form = words  # type: ignore[attr-defined]
        return words

    def log_addition(self, request: HttpRequest, obj: Any, message: Any) -> Any:
        entry = super().log_addition(request, obj, message)
        history.note(self, request, [(obj, entry)])
        return entry

    def log_change(self, request: HttpRequest, obj: Any, message: Any) -> Any:
        """A form kept as it was is no change; one that is kept may be followed by an act."""
        is_form = message == getattr(request, "workshop_form", None)
        if not message:
            return None
        entry = super().log_change(request, obj, message)
        history.note(self, request, [(obj, entry)], is_told=not is_form)
        return entry

    def get_deleted_objects(self, objs: Any, request: HttpRequest) -> Any:
        told = going_along.told(objs, request, self.admin_site)
        return told.along, told.numbers, told.lacking, told.forbidding

    def delete_view(
        self, request: HttpRequest, object_id: str, extra_context: dict[str, Any] | None = None
    ) -> Any:
        """What came to stand on it between the question and the answer is told, too."""
        try:
            return super().delete_view(request, object_id, extra_context)
        except (models.ProtectedError, models.RestrictedError):
            return HttpResponseRedirect(request.get_full_path())

    def log_deletions(self, request: HttpRequest, queryset: Any) -> Any:
        entries = super().log_deletions(request, queryset)
        history.note(self, request, zip(queryset, entries, strict=True))
        return entries

    def message_user(
        self, request: HttpRequest, message: Any, level: Any = messages.INFO, *args: Any, **kw: Any
    ) -> None:
        history.remember(self, request, message, level)
        super().message_user(request, message, level, *args, **kw)

    def response_action(self, request: HttpRequest, queryset: Any, *args: Any, **kw: Any) -> Any:
        if request.POST.get("select_across") == "1":
            ticked = list(queryset.values_list("pk", flat=True)[:1000])
        else:
            ticked = request.POST.getlist(ACTION_CHECKBOX_NAME)
        request.workshop_ticked = ticked or None  # type: ignore[attr-defined]
        return super().response_action(request, queryset, *args, **kw)

    def get_list_filter(self, request: HttpRequest) -> Any:
        return [self._owned_filter(name) for name in super().get_list_filter(request)]

    def _owned_filter(self, spec: Any) -> Any:
        name, kind = spec if isinstance(spec, tuple) else (spec, FieldListFilter)
        if not isinstance(name, str) or "__" in name:
            return spec
        if not self.model._meta.get_field(name).is_relation or issubclass(kind, OwnedFilter):
            return spec
        return (name, OwnedFilter)

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        if not self.may(request, self.may_change | self.may_add, self.designer_of(obj)):
            raise PermissionDenied
        if not change or not isinstance(form, OwnedForm):
            super().save_model(request, obj, form, change)
        elif columns := form.changed_columns():
            obj.save(update_fields=columns)

    def _get_obj_does_not_exist_redirect(
        self, request: HttpRequest, opts: Any, object_id: str
    ) -> HttpResponseRedirect:
        """What is not there, or not one's own, is not found: no redirect that tells them apart."""
        raise Http404


class HouseAdmin(OwnedAdmin):
    """What only the shop's owner sees and changes."""

    owner_path = None
    may_view = may_add = may_change = may_delete = NOBODY


class OwnedInline(OwnedMixin):
    """Rows below a parent; whoever may change the parent may change them."""

    def formfield_for_foreignkey(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        """Choices read once a request, however many rows show or send them."""
        kwargs.setdefault("form_class", ChoiceAtHand)
        field = super().formfield_for_foreignkey(db_field, request, **kwargs)
        if not isinstance(field, forms.ModelChoiceField) or field.queryset is None:
            return field
        known = request.__dict__.setdefault("workshop_choices", {})
        key = (field.queryset.model, getattr(request, "workshop_designer", None), db_field.blank)
        if key not in known:
            # An iterator: a list would count the rows first.
            known[key] = list(iter(cast("Iterable[Any]", field.choices)))
        field.choices = known[key]
        return field

    def designer_of(self, obj: models.Model | None) -> int | None:
        """Django asks an inline about its parent."""
        keeper = self.admin_site.get_model_admin(self.parent_model)  # type: ignore[attr-defined]
        return designer_id_of(obj, getattr(keeper, "owner_path", None)) if obj else None

    def get_formset(self, request: HttpRequest, obj: Any = None, **kwargs: Any) -> Any:
        request.workshop_designer = self.designer_of(obj)  # type: ignore[attr-defined]
        formset = super().get_formset(request, obj, **kwargs)  # type: ignore[misc]
        formset.form.keeper = self
        return type(formset.__name__, (RowsAtHand, formset), {})


class OwnedStacked(OwnedInline, _Stacked):
    """Fields below each other."""


class OwnedTabular(OwnedInline, _Tabular):
    """A row each."""
