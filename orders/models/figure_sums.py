"""What figures add up to once their month is over, so that a year of a large shop reads fast.

``orders.figures.summing`` writes them; whatever is not summed up yet is read from the figures.
"""

from django.db import models
from django.db.models import Q

from designers.models import Designer
from orders.models.figures import Figure


class DaySum(models.Model):
    """All of one kind that happened to a maker's things on a day; an inspiration is nobody's."""

    day = models.DateField()
    kind = models.CharField(max_length=6, choices=Figure.Kind.choices)
    designer = models.ForeignKey(Designer, models.CASCADE, related_name="+", null=True)
    number = models.PositiveBigIntegerField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["day", "kind", "designer"], name="day_sum_once"),
            models.UniqueConstraint(
                fields=["day", "kind"], condition=Q(designer=None), name="day_sum_of_nobody_once"
            ),
        ]
        indexes = [models.Index(fields=["designer", "day"])]

    def __str__(self) -> str:
        return f"{self.day} {self.kind}: {self.number}"


class MonthSum(models.Model):
    """As often as something happened to one thing in a month, told by its first day."""

    month = models.DateField()
    kind = models.CharField(max_length=6, choices=Figure.Kind.choices)
    subject = models.CharField(max_length=11, choices=Figure.Subject.choices)
    subject_id = models.PositiveBigIntegerField()
    size = models.CharField(max_length=40, blank=True)
    designer = models.ForeignKey(Designer, models.CASCADE, related_name="+", null=True)
    number = models.PositiveBigIntegerField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["month", "kind", "subject", "subject_id", "size"], name="month_sum_once"
            )
        ]
        indexes = [models.Index(fields=["designer", "month"])]

    def __str__(self) -> str:
        return f"{self.month:%Y-%m} {self.kind} {self.subject} {self.subject_id}: {self.number}"
