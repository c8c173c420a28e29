"""Who makes the jewelry: a designer, and the people who work for one."""

import secrets
from datetime import datetime, timedelta
from typing import Self

from django.conf import settings
from django.contrib.auth.base_user import AbstractBaseUser
from django.contrib.auth.models import AnonymousUser, User
from django.core.validators import MaxValueValidator, RegexValidator
from django.db import models
from django.urls import reverse
from django.utils.timezone import now
from django.utils.translation import gettext_lazy as _

type AnyUser = User | AbstractBaseUser | AnonymousUser


def is_owner(user: AnyUser) -> bool:
    """Whether this is the shop's owner, who sees and may do everything."""
    return bool(user.is_active and getattr(user, "is_superuser", False))


class DesignerQuerySet(models.QuerySet["Designer"]):
    def published(self) -> Self:
        """Those whom shoppers may see."""
        return self.filter(is_active=True)

    def for_user(self, user: AnyUser) -> Self:
        """Those whom this person works for; the owner sees all."""
        if is_owner(user):
            return self
        return self.filter(members__user_id=user.pk or 0, members__is_active=True)


class Designer(models.Model):
    """An independent jeweller; shoppers read "maker"."""

    class Pronoun(models.TextChoices):
        SHE = "she", _("she")
        HE = "he", _("he")
        THEY = "they", _("they")

    name = models.CharField(_("name"), max_length=80)
    short_name = models.CharField(
        _("first name"), max_length=40, help_text=_("As in “made by Inês for you in 3 weeks”.")
    )
    slug = models.SlugField(_("address"), max_length=80, unique=True)
    place = models.CharField(
        _("place"), max_length=80, help_text=_("Where the bench stands: Porto.")
    )
    country = models.CharField(
        _("country"),
        max_length=2,
        validators=[RegexValidator(r"^[A-Z]{2}\Z", _("Two capital letters, as in PT."))],
    )
    pronoun = models.CharField(
        _("pronoun"), max_length=4, choices=Pronoun.choices, default=Pronoun.THEY
    )
    trade = models.CharField(
        _("trade"),
        max_length=160,
        blank=True,
        help_text=_("One line: goldsmith, and what by hand."),
    )
    headline = models.CharField(_("opening sentence"), max_length=240, blank=True)
    statement = models.TextField(_("in their words"), blank=True, help_text=_("Markdown."))
    quote = models.CharField(_("quotation"), max_length=240, blank=True)
    languages = models.CharField(_("languages"), max_length=120, blank=True)
    since = models.PositiveSmallIntegerField(_("at the bench since"), null=True, blank=True)
    # The touchmark: the data of SVG paths in a box of 100 by 100, or letters in a shape.
    mark_path = models.TextField(_("touchmark, drawn"), blank=True)
    mark_letters = models.CharField(_("touchmark, letters"), max_length=3, blank=True)
    mark_alt = models.CharField(_("touchmark in words"), max_length=160, blank=True)
    email = models.EmailField(_("e-mail"), blank=True)
    processing_days = models.PositiveSmallIntegerField(
        _("days to post what is ready"), default=2, validators=[MaxValueValidator(60)]
    )
    # Away from the bench: from the first day on, until the day of being back, in local days.
    away_from = models.DateField(_("away from"), null=True, blank=True)
    back_on = models.DateField(_("back on"), null=True, blank=True)
    away_note = models.CharField(_("a sentence for shoppers"), max_length=160, blank=True)
    commission_basis_points = models.PositiveSmallIntegerField(
        _("commission"),
        default=1800,
        validators=[MaxValueValidator(10_000)],
        help_text=_("In hundredths of a per cent: 1800 is 18 %."),
    )
    is_trusted = models.BooleanField(_("may publish without review"), default=True)
    is_active = models.BooleanField(_("shown in the shop"), default=True)
    asks_second_key = models.BooleanField(
        _("everybody here needs a second key"),
        default=False,
        help_text=_("Whoever has none sets one up before anything else; see “Your second key”."),
    )
    created_at = models.DateTimeField(_("joined"), default=now, editable=False)

    objects = DesignerQuerySet.as_manager()

    class Meta:
        verbose_name = _("maker")
        verbose_name_plural = _("makers")
        ordering = ["name", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(commission_basis_points__lte=10_000),
                name="designer_commission_at_most_all",
            ),
            models.CheckConstraint(
                condition=models.Q(away_from=None, back_on=None)
                | models.Q(back_on__gt=models.F("away_from")),
                name="designer_back_after_leaving",
            ),
        ]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        return reverse("catalog:designer_detail", args=[self.slug])


class Technique(models.Model):
    """Something a designer does by hand, told in a sentence or two."""

    designer = models.ForeignKey(Designer, models.CASCADE, related_name="techniques")
    title = models.CharField(_("technique"), max_length=60)
    text = models.TextField(_("what it is"), max_length=400)
    position = models.PositiveSmallIntegerField(_("place"), default=0)

    class Meta:
        verbose_name = _("technique")
        verbose_name_plural = _("techniques")
        ordering = ["position", "pk"]

    def __str__(self) -> str:
        return self.title


class Member(models.Model):
    """Somebody who logs in and works for a designer."""

    class Role(models.TextChoices):
        OWNER = "owner", _("owner")
        EDITOR = "editor", _("editor")
        BENCH = "bench", _("bench")

    designer = models.ForeignKey(Designer, models.CASCADE, related_name="members")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="memberships")
    role = models.CharField(_("role"), max_length=6, choices=Role.choices, default=Role.OWNER)
    is_active = models.BooleanField(_("active"), default=True)
    created_at = models.DateTimeField(default=now, editable=False)

    class Meta:
        verbose_name = _("member")
        verbose_name_plural = _("members")
        constraints = [
            models.UniqueConstraint(fields=["designer", "user"], name="member_once_per_designer")
        ]

    def __str__(self) -> str:
        return f"{self.user} ({self.designer})"


def invitation_token() -> str:
    return secrets.token_urlsafe(32)


def a_week_from_now() -> datetime:
    return now() + timedelta(days=7)


class Invitation(models.Model):
    """A link by which one person becomes a member of a designer, once, within a week."""

    designer = models.ForeignKey(Designer, models.CASCADE, related_name="invitations")
    email = models.EmailField(_("e-mail"))
    role = models.CharField(
        _("role"), max_length=6, choices=Member.Role.choices, default=Member.Role.OWNER
    )
    token = models.CharField(max_length=64, unique=True, default=invitation_token, editable=False)
    created_at = models.DateTimeField(_("sent"), default=now, editable=False)
    expires_at = models.DateTimeField(_("valid until"), default=a_week_from_now, editable=False)
    accepted_at = models.DateTimeField(_("accepted"), null=True, editable=False)
    mailed_at = models.DateTimeField(_("mailed"), null=True, editable=False)

    class Meta:
        verbose_name = _("invitation")
        verbose_name_plural = _("invitations")
        ordering = ["-created_at", "-pk"]

    def __str__(self) -> str:
        return f"{self.email} ({self.designer})"


class HouseRules(models.Model):
    """What the shop's owner asks of everybody; one row at most."""

    id = models.PositiveSmallIntegerField(primary_key=True, default=1, editable=False)
    asks_second_key = models.BooleanField(
        _("everybody in the workshop needs a second key"),
        default=False,
        help_text=_("Also you. Whoever has none sets one up before anything else."),
    )

    class Meta:
        verbose_name = _("rules of the house")
        verbose_name_plural = _("rules of the house")
        constraints = [
            models.CheckConstraint(condition=models.Q(pk=1), name="house_rules_are_one_row")
        ]

    def __str__(self) -> str:
        return str(_("Rules of the house"))


class KeyLetter(models.Model):
    """A letter that tells somebody what happened to their second key; kept until it is sent."""

    class Kind(models.TextChoices):
        ADDED = "added", _("a second key was added")
        REMOVED = "removed", _("a second key was taken off")
        TAKEN_OFF = "taken_off", _("the house took your second keys off")
        CODES = "codes", _("new paper codes were made")

    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+")
    kind = models.CharField(max_length=9, choices=Kind.choices)
    key_name = models.CharField(max_length=60, blank=True)
    happened_at = models.DateTimeField(default=now)
    mailed_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["pk"]

    def __str__(self) -> str:
        return f"{self.user}: {self.get_kind_display()}"


class Happening(models.Model):
    """Whose workshop an entry of the history belongs to, also when its thing is gone."""

    entry = models.OneToOneField(
        "admin.LogEntry", models.CASCADE, primary_key=True, related_name="happening"
    )
    designer = models.ForeignKey(Designer, models.CASCADE, related_name="happenings")

    def __str__(self) -> str:
        return str(self.entry)
