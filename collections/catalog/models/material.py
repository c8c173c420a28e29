"""What pieces are made of, in one list that all designers share."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class Material(models.Model):
    """A metal, a stone or another stuff; ``group`` is what shoppers filter by."""

    class Family(models.TextChoices):
        METAL = "metal", _("metal")
        STONE = "stone", _("stone")
        OTHER = "other", _("other")

    class Metal(models.TextChoices):
        SILVER = "silver", _("silver")
        GOLD = "gold", _("gold")
        PALLADIUM = "palladium", _("palladium")
        PLATINUM = "platinum", _("platinum")

    name = models.CharField(_("name"), max_length=60, unique=True)
    slug = models.SlugField(_("address"), max_length=60, unique=True)
    family = models.CharField(_("family"), max_length=5, choices=Family.choices)
    group = models.SlugField(_("filter"), max_length=30)
    group_name = models.CharField(_("filter's name"), max_length=40)
    # Which of the metals that the law has marked it is, below any plating; empty for others.
    metal = models.CharField(_("precious metal"), max_length=9, choices=Metal.choices, blank=True)
    # Parts per thousand: 925 is sterling silver, 750 is 18 ct gold.
    fineness = models.PositiveSmallIntegerField(_("fineness"), null=True, blank=True)

    class Meta:
        verbose_name = _("material")
        verbose_name_plural = _("materials")
        ordering = ["family", "group_name", "name"]

    def __str__(self) -> str:
        return self.name


class PieceMaterial(models.Model):
    """A material in one piece: its role, what exactly, and where it is from."""

    class Role(models.TextChoices):
        METAL = "metal", _("Metal")
        PLATING = "plating", _("Plating")
        STONE = "stone", _("Stone")
        OTHER = "other", _("Also")

    class Claim(models.TextChoices):
        RECYCLED = "recycled", _("recycled")
        FAIR_MINED = "fair_mined", _("fair-mined")
        NICKEL_FREE = "nickel_free", _("nickel-free")
        UNTREATED = "untreated", _("untreated")
        TRACED = "traced", _("traced to its mine")

    piece = models.ForeignKey("catalog.Piece", models.CASCADE, related_name="piece_materials")
    material = models.ForeignKey(Material, models.PROTECT, related_name="piece_materials")
    role = models.CharField(_("role"), max_length=7, choices=Role.choices, default=Role.METAL)
    detail = models.CharField(_("what exactly"), max_length=120, blank=True)
    # As people write it: 925, 18 ct; of a stone natural, heated, grown.
    purity = models.CharField(_("fineness"), max_length=40, blank=True)
    origin = models.CharField(_("where it is from"), max_length=160, blank=True)
    # Values of Claim. Shoppers see them only with the evidence.
    claims = models.JSONField(_("what you claim"), default=list, blank=True)
    evidence = models.CharField(_("how do you know"), max_length=200, blank=True)
    position = models.PositiveSmallIntegerField(_("place"), default=0)

    class Meta:
        verbose_name = _("material of the piece")
        verbose_name_plural = _("materials of the piece")
        ordering = ["position", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["piece", "material", "role"], name="piece_material_once_per_role"
            )
        ]

    def __str__(self) -> str:
        return self.detail or self.material.name

    @property
    def claimed(self) -> list[str]:
        """What is claimed of it, in words, whether or not anything proves it."""
        known = dict(self.Claim.choices)
        return [str(known[claim]) for claim in self.claims if claim in known]

    @property
    def claims_shown(self) -> list[str]:
        """What shoppers are told: only what comes with its evidence."""
        return self.claimed if self.evidence else []

    @property
    def lacks_evidence(self) -> bool:
        return bool(self.claims) and not self.evidence
