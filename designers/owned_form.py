"""Forms that keep one designer's things apart from another's, and write only what changed."""

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any, cast

from django import forms
from django.db import models
from django.utils.translation import gettext as _

if TYPE_CHECKING:
    from designers.ownership import OwnedMixin

    _ModelForm = forms.ModelForm[Any]
else:
    _ModelForm = forms.ModelForm


def designer_id_of(thing: models.Model, owner_path: str | None) -> int | None:
    """Whose a thing is; None when it is shared, or not yet anybody's."""
    if owner_path is None:
        return None
    *steps, last = owner_path.split("__")
    holder: Any = thing
    for step in steps:
        holder = getattr(holder, step, None)
    return cast("int | None", getattr(holder, "pk" if last == "pk" else f"{last}_id", None))


class ProseField(forms.CharField):
    """Several lines, ended as the database ends them: browsers send two letters for each end."""

    def to_python(self, value: Any) -> Any:
        text = super().to_python(value)
        return text.replace("\r\n", "\n") if isinstance(text, str) else text


class OwnedForm(_ModelForm):
    """A form that refuses what belongs to another designer than the object itself."""

    keeper: "OwnedMixin"
    # Whether it is one of many below something.
    is_row = False

    def _post_clean(self) -> None:
        """A row that nobody touched is not written, and so need not be proved again."""
        if self.is_row and not self.instance._state.adding and not self.has_changed():
            return
        super()._post_clean()  # type: ignore[misc]
        mine = designer_id_of(self.instance, self.keeper.owner_path)
        for name, value in list(self.cleaned_data.items()):
            for thing in _things(value):
                theirs = self._designer_id_of(thing)
                if mine and theirs and mine != theirs and name in self.fields:
                    self.add_error(name, _("“%s” belongs to another maker.") % thing)

    def save(self, commit: bool = True) -> Any:
        """Writes only what was changed: two people, or a person and an order, undo nothing."""
        if not commit or self.instance._state.adding:
            return super().save(commit)
        if columns := self.changed_columns():
            self.instance.save(update_fields=columns)
        self._save_m2m()  # type: ignore[attr-defined]
        return self.instance

    def changed_columns(self) -> list[str]:
        """The columns to write, with those that the model's save() works out itself."""
        columns = {field.name for field in self.instance._meta.concrete_fields}
        changed = columns.intersection(self.changed_data)
        return [*changed, *self.keeper.kept_along] if changed else []

    def _designer_id_of(self, thing: models.Model) -> int | None:
        site = self.keeper.admin_site
        if not site.is_registered(type(thing)):
            return getattr(thing, "designer_id", None)
        keeper = site.get_model_admin(type(thing))
        return designer_id_of(thing, getattr(keeper, "owner_path", None))


def _things(value: Any) -> Iterable[models.Model]:
    if isinstance(value, models.Model):
        return [value]
    return value if isinstance(value, models.QuerySet) else []
