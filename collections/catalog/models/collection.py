"""A collection and its story."""

import secrets
from typing import Self

from django.core.validators import MaxValueValidator
from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils.timezone import now
from django.utils.translation import gettext_lazy as _

from catalog.models.inspiration import Ground, Inspiration
from catalog.models.photo import Photo
from designers.models import AnyUser, Designer, is_owner


def preview_token() -> str:
    return secrets.token_urlsafe(24)


class CollectionQuerySet(models.QuerySet["Collection"]):
    def published(self) -> Self:
        """Those in the shop now."""
        return self.filter(published_at__lte=now(), retired_at=None, designer__is_active=True)

    def archived(self) -> Self:
        """Those that were in the shop and are retired: their page stays, out of every list."""
        return self.filter(
            published_at__lte=now(), retired_at__isnull=False, designer__is_active=True
        )

    def unannounced(self) -> Self:
        """Those in the shop whose letters are not all sent, the oldest opening first."""
        return self.published().filter(announced_at=None).order_by("published_at", "pk")

    def for_user(self, user: AnyUser) -> Self:
        """Those of the designers whom this person works for; the owner sees all."""
        if is_owner(user):
            return self
        return self.filter(designer__in=Designer.objects.for_user(user))


class Collection(models.Model):
    """Pieces that began with one thing, and the story of it."""

    class Asked(models.TextChoices):
        NO = "", _("not asked")
        ASKED = "asked", _("in review")
        RETURNED = "returned", _("returned")

    designer = models.ForeignKey(
        Designer, models.PROTECT, related_name="collections", verbose_name=_("maker")
    )
    title = models.CharField(_("title"), max_length=80)
    slug = models.SlugField(_("address"), max_length=80, unique=True)
    year = models.PositiveSmallIntegerField(_("year"), null=True, blank=True)
    inspiration = models.ForeignKey(
        Inspiration,
        models.PROTECT,
        related_name="collections",
        null=True,
        blank=True,
        verbose_name=_("what it was made from"),
    )
    other_inspirations = models.ManyToManyField(
        Inspiration, related_name="also_collections", blank=True, verbose_name=_("also from")
    )
    ground = models.CharField(_("ground"), max_length=8, choices=Ground.choices, blank=True)
    standfirst = models.TextField(_("opening"), max_length=400, blank=True)
    teaser = models.CharField(
        _("in half a sentence"),
        max_length=160,
        blank=True,
        help_text=_(
            "Follows “Nine pieces by Inês Carvalho,” – “who walks out to what the tide has left.”"
        ),
    )
    note = models.CharField(_("beside its pieces"), max_length=240, blank=True)
    tile_text = models.CharField(_("among other pieces"), max_length=160, blank=True)
    source_quote = models.CharField(_("a sentence from the story"), max_length=160, blank=True)
    bench_note = models.CharField(_("what is still on the bench"), max_length=120, blank=True)
    seen = models.ForeignKey(
        Photo,
        models.SET_NULL,
        related_name="+",
        null=True,
        blank=True,
        verbose_name=_("what was seen"),
    )
    became = models.ForeignKey(
        "catalog.Piece",
        models.SET_NULL,
        related_name="+",
        null=True,
        blank=True,
        verbose_name=_("what it became"),
    )
    position = models.PositiveSmallIntegerField(_("place"), default=0)
    # In the past: live. In the future: scheduled. None: a draft.
    published_at = models.DateTimeField(_("in the shop from"), null=True, blank=True, db_index=True)
    retired_at = models.DateTimeField(_("retired"), null=True, blank=True)
    # How its maker's last question to the house stands; catalog.publishing alone changes these.
    asked = models.CharField(
        max_length=8, choices=Asked.choices, default=Asked.NO, blank=True, editable=False
    )
    # Raised whenever what is to be published changes: an answer holds for the one that was read.
    revision = models.PositiveIntegerField(default=1, editable=False)
    # When the last of the letters about its opening was sent; it opens to readers once.
    announced_at = models.DateTimeField(null=True, blank=True, editable=False)
    token = models.CharField(max_length=40, unique=True, default=preview_token, editable=False)
    created_at = models.DateTimeField(default=now, editable=False)
    updated_at = models.DateTimeField(auto_now=True)

    objects = CollectionQuerySet.as_manager()

    class Meta:
        verbose_name = _("collection")
        verbose_name_plural = _("collections")
        ordering = ["position", "-published_at", "pk"]

    def __str__(self) -> str:
        return self.title

    def get_absolute_url(self) -> str:
        return reverse("catalog:collection_detail", args=[self.slug])

    @property
    def state(self) -> str:
        """draft, review, returned, scheduled, live or retired; worded by ``_state.html``."""
        if self.retired_at:
            return "retired"
        if self.published_at is None:
            return {"asked": "review", "returned": "returned"}.get(self.asked, "draft")
        return "live" if self.published_at <= now() else "scheduled"


class StoryBlock(models.Model):
    """One step of a story, woven of text, quotations, photographs and pieces."""

    class Kind(models.TextChoices):
        TEXT = "text", _("text")
        QUOTE = "quote", _("quotation")
        PHOTOGRAPH = "photograph", _("photograph")
        PAIR = "pair", _("pair: seen and became")
        HOTSPOT = "hotspot", _("photograph with pins")
        BESIDE = "beside", _("text beside a piece")
        PIECE_LINE = "piece_line", _("a line that names a piece")

    class Width(models.TextChoices):
        TEXT = "text", _("as wide as the text")
        WIDE = "wide", _("wide")
        FULL = "full", _("from edge to edge")

    collection = models.ForeignKey(Collection, models.CASCADE, related_name="blocks")
    position = models.PositiveSmallIntegerField(_("place"), default=0)
    kind = models.CharField(_("kind"), max_length=10, choices=Kind.choices, default=Kind.TEXT)
    heading = models.CharField(_("heading"), max_length=80, blank=True)
    text = models.TextField(_("text"), blank=True, help_text=_("Markdown."))
    attribution = models.CharField(_("who said it, when"), max_length=120, blank=True)
    photo = models.ForeignKey(
        Photo,
        models.SET_NULL,
        related_name="+",
        null=True,
        blank=True,
        verbose_name=_("photograph"),
    )
    second_photo = models.ForeignKey(
        Photo,
        models.SET_NULL,
        related_name="+",
        null=True,
        blank=True,
        verbose_name=_("second photograph"),
    )
    caption = models.CharField(_("caption"), max_length=200, blank=True)
    second_caption = models.CharField(_("second caption"), max_length=200, blank=True)
    piece = models.ForeignKey(
        "catalog.Piece",
        models.SET_NULL,
        related_name="+",
        null=True,
        blank=True,
        verbose_name=_("piece"),
    )
    width = models.CharField(_("width"), max_length=4, choices=Width.choices, default=Width.TEXT)
    turned = models.BooleanField(_("piece on the right"), default=False)

    class Meta:
        verbose_name = _("part of the story")
        verbose_name_plural = _("the story")
        ordering = ["position", "pk"]

    def __str__(self) -> str:
        return f"{self.get_kind_display()}: {self.heading or self.text[:40]}"


class Pin(models.Model):
    """A place on a photograph where a piece began."""

    block = models.ForeignKey(StoryBlock, models.CASCADE, related_name="pins")
    piece = models.ForeignKey("catalog.Piece", models.CASCADE, related_name="+")
    # In per cent from the left and from the top of the picture.
    x = models.PositiveSmallIntegerField(_("from the left"), validators=[MaxValueValidator(100)])
    y = models.PositiveSmallIntegerField(_("from the top"), validators=[MaxValueValidator(100)])
    position = models.PositiveSmallIntegerField(_("place"), default=0)

    class Meta:
        verbose_name = _("pin")
        verbose_name_plural = _("pins")
        ordering = ["position", "pk"]
        constraints = [
            models.CheckConstraint(condition=Q(x__lte=100, y__lte=100), name="pin_in_picture")
        ]

    def __str__(self) -> str:
        return str(self.piece)
