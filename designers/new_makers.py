"""Inviting somebody as a new maker: their page is begun with the letter, unseen by shoppers."""

from typing import Any

from django import forms
from django.conf import settings
from django.utils.text import slugify
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from designers.forms import InvitationForm
from designers.models import Designer


class NewMakerForm(InvitationForm):
    """Whom to, and as what; the shop's owner may name a maker whom the shop does not have yet."""

    new_maker = forms.CharField(
        label=gettext_lazy("or a new maker, called"),
        required=False,
        max_length=80,
        help_text=gettext_lazy(
            "Their page is begun, and shoppers see it once you tick “shown in the shop” on it."
        ),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if "new_maker" in self.fields and "designer" in self.fields:
            self.fields["designer"].required = False
            self.fields["designer"].label = _("for a maker who is here")

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        if "new_maker" not in self.fields or "designer" in self.errors:
            return cleaned
        maker, name = cleaned.get("designer"), (cleaned.get("new_maker") or "").strip()
        if maker and name:
            self.add_error("new_maker", _("One of the two: a maker who is here, or a new one."))
        elif not (maker or name):
            self.add_error("designer", _("Whose bench is it? Choose a maker, or name a new one."))
        return cleaned

    def _get_validation_exclusions(self) -> set[str]:
        """The invitation is complete once its maker is begun."""
        left_out: set[str] = super()._get_validation_exclusions()  # type: ignore[misc]
        return left_out | {"designer"} if self.cleaned_data.get("new_maker") else left_out


def begin(name: str) -> Designer:
    """A maker of that name, whom shoppers do not see yet."""
    return Designer.objects.create(
        name=name,
        short_name=name.split()[0][:40],
        slug=_free_slug(name),
        country=settings.SHOP_COUNTRY,
        is_active=False,
    )


def _free_slug(name: str) -> str:
    stem = slugify(name)[:70].strip("-") or "maker"
    taken = set(Designer.objects.filter(slug__startswith=stem).values_list("slug", flat=True))
    numbered = (f"{stem}-{number}" for number in range(2, len(taken) + 3))
    return stem if stem not in taken else next(slug for slug in numbered if slug not in taken)
