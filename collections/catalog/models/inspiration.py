"""What a collection began with: a tree, nature > sea > tide, period > Art Deco."""

from django.db import models
from django.urls import reverse
from django.utils.translation import gettext_lazy as _


class Ground(models.TextChoices):
    """The dark sheet that a page about this inspiration lies on (css/base/tokens.css)."""

    SEA = "sea", _("sea")
    ART_DECO = "art-deco", _("Art Deco")
    NOCTURNE = "nocturne", _("nocturne")
    FOREST = "forest", _("forest")
    DESERT = "desert", _("desert")
    LETTERS = "letters", _("letters")


class Inspiration(models.Model):
    """A thing, a period or a piece of music that collections begin with."""

    name = models.CharField(_("name"), max_length=60)
    slug = models.SlugField(_("address"), max_length=60, unique=True)
    parent = models.ForeignKey(
        "self",
        models.PROTECT,
        related_name="children",
        null=True,
        blank=True,
        verbose_name=_("part of"),
    )
    # The slugs from the root to this one, "nature/sea/tide/": descendants share the prefix.
    path = models.CharField(max_length=240, editable=False, db_index=True)
    ground = models.CharField(_("ground"), max_length=8, choices=Ground.choices, blank=True)
    note = models.CharField(_("note"), max_length=240, blank=True)

    class Meta:
        verbose_name = _("inspiration")
        verbose_name_plural = _("inspirations")
        ordering = ["path"]

    def __str__(self) -> str:
        return self.name

    def save(self, *args: object, **kwargs: object) -> None:
        self.path = f"{self.parent.path if self.parent else ''}{self.slug}/"
        super().save(*args, **kwargs)  # type: ignore[arg-type]

    def get_absolute_url(self) -> str:
        return reverse("catalog:inspiration_detail", args=[self.slug])
