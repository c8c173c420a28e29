"""A piece, and the variants (sizes, lengths) in which it is bought."""

from datetime import datetime
from typing import Self

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Exists, F, OuterRef, Prefetch, Q
from django.urls import reverse
from django.utils.timezone import now
from django.utils.translation import gettext_lazy as _

from catalog.models.collection import Collection
from catalog.models.material import Material, PieceMaterial
from catalog.models.photo import Photo
from designers.models import AnyUser, Designer, is_owner


class PieceQuerySet(models.QuerySet["Piece"]):
    def published(self) -> Self:
        """Those in the shop now: live pieces of published collections."""
        return self.filter(
            status=Piece.Status.LIVE,
            designer__is_active=True,
            collection__published_at__lte=now(),
            collection__retired_at=None,
        )

    def archived(self) -> Self:
        """Those that were in the shop and are made no more: each keeps a page, out of all lists.

        A retired piece of a collection that is or was there; any shown piece of a retired one.
        """
        its_own = Q(status=Piece.Status.RETIRED, archived_at__isnull=False)
        with_all = Q(status=Piece.Status.LIVE, collection__retired_at__isnull=False)
        return self.filter(
            its_own | with_all, designer__is_active=True, collection__published_at__lte=now()
        )

    def for_user(self, user: AnyUser) -> Self:
        """Those of the designers whom this person works for; the owner sees all."""
        if is_owner(user):
            return self
        return self.filter(designer__in=Designer.objects.for_user(user))

    def with_availability(self, at: datetime | None = None) -> Self:
        """Annotates ``has_free``, ``has_held`` and ``can_be_made`` (bools) and ``held_until``."""
        variants = Variant.objects.filter(piece=OuterRef("pk"), offered=True)
        held = variants.filter(stock__gt=0).exclude(Variant.free_at(at or now()))
        return self.annotate(
            has_free=Exists(variants.filter(Variant.free_at(at or now()))),
            can_be_made=Exists(variants.filter(Variant.makeable())),
            held_until=models.Subquery(
                held.order_by(F("held_until").asc(nulls_last=True)).values("held_until")[:1]
            ),
            has_held=Exists(held),
        )

    def for_cards(self) -> Self:
        """With all that a card shows, in a constant number of queries."""
        shown = Photo.objects.ready().order_by("position", "pk")
        return (
            self.select_related("designer", "collection")
            .prefetch_related(Prefetch("photos", shown, to_attr="shown_photos"))
            .with_availability()
        )


class Piece(models.Model):
    """One thing to wear, as a designer tells of it."""

    class Kind(models.TextChoices):
        RING = "ring", _("ring")
        NECKLACE = "necklace", _("necklace")
        PENDANT = "pendant", _("pendant")
        EARRINGS = "earrings", _("earrings")
        BRACELET = "bracelet", _("bracelet")
        CUFF = "cuff", _("cuff")
        BROOCH = "brooch", _("brooch")

    class Making(models.TextChoices):
        ONE_OF_A_KIND = "one_of_a_kind", _("one of a kind")
        LIMITED = "limited", _("limited edition")
        STOCKED = "stocked", _("kept ready")
        MADE_TO_ORDER = "made_to_order", _("made to order")

    class Sized(models.TextChoices):
        NONE = "none", _("one size")
        RING = "ring", _("ring size")
        LENGTH = "length", _("length")

    class Colour(models.TextChoices):
        WHITE = "white", _("white")
        GREY = "grey", _("grey")
        GOLD = "gold", _("gold")
        ROSE = "rose", _("rose")
        RED = "red", _("red")
        VIOLET = "violet", _("violet")
        BLUE = "blue", _("blue")
        TURQUOISE = "turquoise", _("turquoise")
        GREEN = "green", _("green")
        BROWN = "brown", _("brown")

    class TaxCategory(models.TextChoices):
        JEWELRY = "jewelry", _("jewelry")
        BULLION = "bullion", _("bullion and coins")
        SET = "set", _("gift set")

    class Status(models.TextChoices):
        DRAFT = "draft", _("draft")
        WAITING = "waiting", _("to be shown once reviewed")
        LIVE = "live", _("shown with its collection")
        RETIRED = "retired", _("retired")

    collection = models.ForeignKey(
        Collection, models.PROTECT, related_name="pieces", verbose_name=_("collection")
    )
    # Always the collection's designer: kept here so that "only your own" is one comparison.
    designer = models.ForeignKey(
        Designer, models.PROTECT, related_name="pieces", editable=False, verbose_name=_("maker")
    )
    title = models.CharField(_("title"), max_length=80)
    slug = models.SlugField(_("address"), max_length=80, unique=True)
    kind = models.CharField(_("kind"), max_length=8, choices=Kind.choices)
    making = models.CharField(
        _("how many there are"), max_length=13, choices=Making.choices, default=Making.ONE_OF_A_KIND
    )
    edition_size = models.PositiveSmallIntegerField(_("size of the edition"), null=True, blank=True)
    # Minor units of the shop's currency, with or without tax as the shop writes its prices.
    price = models.PositiveIntegerField(
        _("price"), validators=[MinValueValidator(1), MaxValueValidator(99_999_999)]
    )
    tax_category = models.CharField(
        _("taxed as"), max_length=8, choices=TaxCategory.choices, default=TaxCategory.JEWELRY
    )
    summary = models.CharField(_("opening sentence"), max_length=240, blank=True)
    text = models.TextField(_("about this one"), blank=True, help_text=_("Markdown."))
    material_line = models.CharField(
        _("made of, in a line"),
        max_length=80,
        blank=True,
        help_text=_("Sterling silver, natural turquoise"),
    )
    materials = models.ManyToManyField(Material, through=PieceMaterial, related_name="pieces")
    measures = models.CharField(_("measures"), max_length=160, blank=True)
    # Sizes of the piece in 0.01 mm, weight in mg.
    length = models.PositiveIntegerField(_("length"), null=True, blank=True)
    width = models.PositiveIntegerField(_("width"), null=True, blank=True)
    height = models.PositiveIntegerField(_("height"), null=True, blank=True)
    weight = models.PositiveIntegerField(_("weight"), null=True, blank=True)
    # Of the weight, without stones and other stuff; empty: all of it counts as metal. mg.
    metal_weight = models.PositiveIntegerField(_("of that, metal"), null=True, blank=True)
    marked_by = models.CharField(_("marked by"), max_length=60, blank=True)
    hallmark = models.CharField(_("hallmark"), max_length=120, blank=True)
    care = models.CharField(_("care"), max_length=200, blank=True)
    care_note = models.CharField(_("care, also"), max_length=200, blank=True)
    has_certificate = models.BooleanField(_("comes with a certificate"), default=False)
    colour = models.CharField(_("colour"), max_length=9, choices=Colour.choices, blank=True)
    lead_days = models.PositiveSmallIntegerField(
        _("days to make one"), default=21, validators=[MaxValueValidator(365)]
    )
    engraving_letters = models.PositiveSmallIntegerField(
        _("letters that can be engraved"), default=0, validators=[MaxValueValidator(60)]
    )
    sized = models.CharField(_("sizes"), max_length=6, choices=Sized.choices, default=Sized.NONE)
    position = models.PositiveSmallIntegerField(_("place"), default=0)
    status = models.CharField(
        _("status"), max_length=7, choices=Status.choices, default=Status.DRAFT
    )
    # When it was retired out of the shop, where its page stays as an archive.
    archived_at = models.DateTimeField(null=True, blank=True, editable=False)
    # Plain words that search looks through; search.reindex() writes them.
    search_text = models.TextField(editable=False, blank=True)
    created_at = models.DateTimeField(default=now, editable=False, db_index=True)
    updated_at = models.DateTimeField(auto_now=True)

    objects = PieceQuerySet.as_manager()

    class Meta:
        verbose_name = _("piece")
        verbose_name_plural = _("pieces")
        ordering = ["position", "pk"]
        constraints = [
            models.CheckConstraint(condition=Q(price__gt=0), name="piece_price_positive"),
            models.CheckConstraint(
                condition=~Q(making="limited") | Q(edition_size__gt=0),
                name="piece_limited_has_size",
            ),
        ]
        indexes = [models.Index(fields=["status", "kind"]), models.Index(fields=["price"])]

    def __str__(self) -> str:
        return self.title

    def save(self, *args: object, **kwargs: object) -> None:
        self.designer_id = self.collection.designer_id
        super().save(*args, **kwargs)  # type: ignore[arg-type]

    def get_absolute_url(self) -> str:
        return reverse("catalog:piece_detail", args=[self.slug])

    @property
    def hero(self) -> Photo | None:
        """Its first photograph that is ready; no query after ``for_cards``."""
        shown = getattr(self, "shown_photos", None)
        if shown is None:
            return self.photos.ready().first()
        return shown[0] if shown else None


class Variant(models.Model):
    """What is bought: a piece in one size or length, with its own stock.

    ``stock`` counts what is made and not sold, ``reserved`` how many of those are in
    baskets or being paid for. Only ``orders`` changes either, by conditional updates.
    """

    piece = models.ForeignKey(Piece, models.CASCADE, related_name="variants")
    label = models.CharField(_("size"), max_length=40, blank=True)
    # 0.01 mm: a ring's inner circumference, a chain's length.
    size = models.PositiveIntegerField(_("size"), null=True, blank=True)
    sku = models.CharField(_("number"), max_length=40, blank=True)
    price_difference = models.IntegerField(_("difference in price"), default=0)
    stock = models.PositiveIntegerField(_("ready"), default=0)
    reserved = models.PositiveIntegerField(default=0, editable=False)
    # The earliest moment at which one of the reserved may become free again.
    held_until = models.DateTimeField(null=True, blank=True, editable=False)
    can_be_made = models.BooleanField(_("can be made"), default=False)
    offered = models.BooleanField(_("offered"), default=True)
    position = models.PositiveSmallIntegerField(_("place"), default=0)

    class Meta:
        verbose_name = _("size")
        verbose_name_plural = _("sizes")
        ordering = ["position", "pk"]
        constraints = [
            models.CheckConstraint(condition=Q(stock__gte=0), name="variant_stock_not_negative"),
            models.CheckConstraint(
                condition=Q(reserved__gte=0, reserved__lte=F("stock")),
                name="variant_reserved_within_stock",
            ),
            models.UniqueConstraint(fields=["piece", "label"], name="variant_label_once_per_piece"),
        ]

    def __str__(self) -> str:
        return f"{self.piece} {self.label}".strip()

    @staticmethod
    def free_at(moment: datetime) -> Q:
        """Those of which one is free, or whose hold has lapsed by this moment (aware, UTC)."""
        return Q(stock__gt=F("reserved")) | Q(stock__gt=0, held_until__lte=moment)

    @staticmethod
    def makeable() -> Q:
        """Those that can be made to order: never what is one of a kind."""
        return Q(can_be_made=True) & ~Q(piece__making=Piece.Making.ONE_OF_A_KIND)

    def is_makeable_of(self, piece: Piece) -> bool:
        """As ``makeable``; ``piece`` is this variant's, so that nothing is queried."""
        return self.can_be_made and piece.making != Piece.Making.ONE_OF_A_KIND

    @property
    def price(self) -> int:
        """Minor units."""
        return self.piece.price + self.price_difference

    @property
    def is_free(self) -> bool:
        """Whether one is ready and in nobody's basket now."""
        lapsed = self.held_until is not None and self.held_until <= now()
        return self.stock > self.reserved or (self.stock > 0 and lapsed)
