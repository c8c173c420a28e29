"""A form whose address is made from the title, and kept once shoppers may know it."""

from typing import Any

from django.utils.translation import gettext_lazy as _

from catalog.slugs import free_slug
from designers.ownership import OwnedForm


class SluggedForm(OwnedForm):
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if "slug" in self.fields:
            self.fields["slug"].required = False
            self.fields["slug"].help_text = _("Left empty, it is made from the title.")

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        kept = "slug" not in self.fields and self.instance.slug
        if not kept and not cleaned.get("slug") and "slug" not in self.errors:
            cleaned["slug"] = free_slug(self.instance, cleaned.get("title", ""))
            self.instance.slug = cleaned["slug"]
        return cleaned
