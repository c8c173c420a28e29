"""What a maker asked the house to look at before it goes into the shop, and what was shown."""

from datetime import timedelta
from typing import Self

from django.conf import settings
from django.core.serializers.json import DjangoJSONEncoder
from django.db import models
from django.db.models import Q
from django.utils.timezone import now
from django.utils.translation import gettext_lazy as _

from catalog.models.collection import Collection
from designers.models import AnyUser, Designer, is_owner

# Whoever claimed a letter and did not say so in this time is taken for dead.
CLAIM = timedelta(minutes=10)
# A letter that could not be posted in so long is given up: the page has said it all along.
TRIED_FOR = timedelta(days=3)


class ReviewQuerySet(models.QuerySet["Review"]):
    def open(self) -> Self:
        """Those that wait for the house's answer."""
        return self.filter(answer=Review.Answer.NONE)

    def told(self) -> Self:
        """Those that the house has answered; the maker is written to about each."""
        return self.filter(answer__in=[Review.Answer.APPROVED, Review.Answer.RETURNED])

    def untold(self) -> Self:
        """Those answered whose letter is still to be posted, and that nobody posts now."""
        free = Q(claimed_at=None) | Q(claimed_at__lt=now() - CLAIM)
        return self.told().filter(free, mailed_at=None, answered_at__gt=now() - TRIED_FOR)

    def for_user(self, user: AnyUser) -> Self:
        """Those of the designers whom this person works for; the owner sees all."""
        if is_owner(user):
            return self
        return self.filter(collection__designer__in=Designer.objects.for_user(user))


class Review(models.Model):
    """A collection as its maker wants it in the shop, and the house's answer to it."""

    class Answer(models.TextChoices):
        NONE = "", _("waits")
        APPROVED = "approved", _("approved")
        RETURNED = "returned", _("returned")
        WITHDRAWN = "withdrawn", _("withdrawn")

    collection = models.ForeignKey(
        Collection, models.CASCADE, related_name="reviews", verbose_name=_("collection")
    )
    asked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, related_name="+", null=True, editable=False
    )
    asked_at = models.DateTimeField(_("asked"), default=now, editable=False)
    # What was asked, and the collection's revision at which it was so.
    snapshot = models.JSONField(encoder=DjangoJSONEncoder, editable=False)
    revision = models.PositiveIntegerField(editable=False)
    # When it is to go live, if not at once.
    publish_at = models.DateTimeField(_("to go live"), null=True, blank=True, editable=False)
    answer = models.CharField(
        _("answer"), max_length=9, choices=Answer.choices, default=Answer.NONE, blank=True
    )
    answered_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, related_name="+", null=True, editable=False
    )
    answered_at = models.DateTimeField(_("answered"), null=True, editable=False)
    reason = models.TextField(_("reason"), max_length=2000, blank=True)
    claimed_at = models.DateTimeField(null=True, editable=False)
    mailed_at = models.DateTimeField(null=True, editable=False)

    objects = ReviewQuerySet.as_manager()

    class Meta:
        verbose_name = _("review")
        verbose_name_plural = _("reviews")
        ordering = ["-asked_at", "-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["collection"], condition=Q(answer=""), name="one_open_review"
            ),
            models.CheckConstraint(
                condition=~Q(answer="returned") | ~Q(reason=""), name="returned_with_a_reason"
            ),
            models.CheckConstraint(
                condition=Q(answer="", answered_at=None)
                | (~Q(answer="") & Q(answered_at__isnull=False)),
                name="answered_at_some_time",
            ),
        ]

    def __str__(self) -> str:
        return str(self.collection)

    @property
    def is_open(self) -> bool:
        return self.answer == Review.Answer.NONE

    @property
    def answered_name(self) -> str:
        """Who answered, as one calls them."""
        who = self.answered_by
        return (who.get_full_name() or who.get_username()) if who else settings.SHOP_NAME


class Publication(models.Model):
    """What went into the shop at one moment: what the next review is compared with."""

    collection = models.ForeignKey(Collection, models.CASCADE, related_name="publications")
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, related_name="+", null=True, editable=False
    )
    published_at = models.DateTimeField(_("in the shop from"))
    made_at = models.DateTimeField(default=now, editable=False)
    snapshot = models.JSONField(encoder=DjangoJSONEncoder, editable=False)

    class Meta:
        verbose_name = _("publication")
        verbose_name_plural = _("publications")
        ordering = ["-made_at", "-pk"]

    def __str__(self) -> str:
        return str(self.collection)
