"""A photograph: the private original, and the public renditions made of it in a task."""

import secrets
from pathlib import PurePosixPath
from typing import Any, Self

from django.core.files.storage import Storage, storages
from django.core.validators import MaxValueValidator
from django.db import models
from django.utils.timezone import now
from django.utils.translation import gettext_lazy as _

from designers.models import AnyUser, Designer, is_owner


def originals() -> Storage:
    """The private storage; a function, so that migrations do not fix which one."""
    return storages["originals"]


def original_name(photo: "Photo", filename: str) -> str:
    """A name that tells nothing and cannot be guessed; the person's own name is a column."""
    suffix = PurePosixPath(filename).suffix.lower()[:6]
    return f"originals/{photo.designer_id}/{secrets.token_hex(16)}{suffix}"


class PhotoQuerySet(models.QuerySet["Photo"]):
    def ready(self) -> Self:
        """Those whose renditions are made and that wait for nobody, all that shoppers see."""
        return self.filter(state=Photo.State.READY, waits=False)

    def waiting(self) -> Self:
        """Those whose renditions are still to be made (again)."""
        return self.filter(state=Photo.State.WAITING)

    def for_user(self, user: AnyUser) -> Self:
        """Those of the designers whom this person works for."""
        if is_owner(user):
            return self
        return self.filter(designer__in=Designer.objects.for_user(user))


class Photo(models.Model):
    """One photograph of a piece, of what inspired a collection, or of a designer's bench."""

    class Role(models.TextChoices):
        HERO = "hero", _("the whole piece")
        SCALE = "scale", _("scale")
        DETAIL = "detail", _("detail")
        BACK = "back", _("back")
        PROCESS = "process", _("making")
        WORN = "worn", _("worn")
        INSPIRATION = "inspiration", _("what inspired it")
        BENCH = "bench", _("the bench")

    class Tone(models.TextChoices):
        STONE = "stone", _("stone")
        DARK = "dark", _("dark")
        DUSK = "dusk", _("dusk")

    class State(models.TextChoices):
        WAITING = "waiting", _("being made ready")
        READY = "ready", _("ready")
        REFUSED = "refused", _("could not be read")

    designer = models.ForeignKey(Designer, models.CASCADE, related_name="photos")
    collection = models.ForeignKey(
        "catalog.Collection", models.SET_NULL, related_name="photos", null=True, blank=True
    )
    piece = models.ForeignKey(
        "catalog.Piece", models.SET_NULL, related_name="photos", null=True, blank=True
    )
    position = models.PositiveSmallIntegerField(_("place"), default=0)
    # The name of the heap into which its maker laid it while sorting, before it has a piece.
    heap = models.CharField(max_length=80, blank=True, editable=False)
    role = models.CharField(_("role"), max_length=11, choices=Role.choices, default=Role.HERO)
    alt = models.CharField(
        _("on the telephone"),
        max_length=240,
        blank=True,
        help_text=_("What would you say on the telephone? One sentence."),
    )
    tone = models.CharField(_("tone"), max_length=5, choices=Tone.choices, default=Tone.STONE)
    # The focal point in per cent from the left and from the top.
    focus_x = models.PositiveSmallIntegerField(default=50, validators=[MaxValueValidator(100)])
    focus_y = models.PositiveSmallIntegerField(default=50, validators=[MaxValueValidator(100)])

    original = models.FileField(upload_to=original_name, storage=originals, max_length=160)
    original_name = models.CharField(_("file"), max_length=120, blank=True)
    sha256 = models.CharField(max_length=64, blank=True, db_index=True)
    # A signed 64-bit number: near-equal pictures differ in few bits.
    perceptual_hash = models.BigIntegerField(null=True, editable=False)
    width = models.PositiveIntegerField(default=0, editable=False)
    height = models.PositiveIntegerField(default=0, editable=False)
    captured_at = models.DateTimeField(null=True, editable=False)
    palette = models.JSONField(default=list, editable=False)

    # Laid into a piece that a maker under review has in the shop; seen once that is approved.
    waits = models.BooleanField(default=False, editable=False)
    state = models.CharField(
        max_length=7, choices=State.choices, default=State.WAITING, editable=False
    )
    refusal = models.CharField(max_length=240, blank=True, editable=False)
    # {"revision": 1, "full": {"base": "photos/ab/cdef", "sizes": [[160, 200], [400, 500]]},
    #  "card": {...}}: a rendition's name is base-WIDTH.avif (webp, jpg). "card" is the 4:5
    # crop around the focal point, "full" the whole picture. Columns, not files: no request
    # opens or stats one.
    renditions = models.JSONField(default=dict, editable=False)
    # Raised whenever what is rendered changes, so that a late task cannot overwrite a newer one.
    revision = models.PositiveIntegerField(default=1, editable=False)
    # Somebody makes its renditions since then; if nothing comes of it, another may begin.
    rendering_since = models.DateTimeField(null=True, editable=False)
    tries = models.PositiveSmallIntegerField(default=0, editable=False)
    # Names of public files made before the present ones, which open pages still ask for, and
    # since when.
    outdated = models.JSONField(default=list, editable=False)
    outdated_at = models.DateTimeField(null=True, editable=False, db_index=True)
    created_at = models.DateTimeField(default=now, editable=False)

    objects = PhotoQuerySet.as_manager()

    class Meta:
        verbose_name = _("photograph")
        verbose_name_plural = _("photographs")
        ordering = ["position", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(focus_x__lte=100, focus_y__lte=100),
                name="photo_focus_in_picture",
            )
        ]

    def __str__(self) -> str:
        return self.original_name or f"{self._meta.verbose_name} {self.pk}"

    @property
    def focus(self) -> str:
        """The side that a crop in the browser must keep: high, low, left, right or nothing."""
        if self.focus_y <= 33:
            return "high"
        if self.focus_y >= 67:
            return "low"
        if self.focus_x <= 33:
            return "left"
        return "right" if self.focus_x >= 67 else ""

    def shape(self, name: str) -> dict[str, Any]:
        """The renditions of one shape, ``card`` or ``full``; empty while there are none."""
        shapes: dict[str, dict[str, Any]] = self.renditions
        return shapes.get(name) or shapes.get("full") or {}
