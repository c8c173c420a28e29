"""The last comparison in words: sums side by side, and whether they agree."""

from dataclasses import dataclass
from datetime import datetime
from typing import Self

from django.conf import settings
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from orders import wording
from orders.models import ReconcileRun
from shop.money import format_money
from shop.numbers import spell

type Words = str | Promise

# By name: what it is called there and here. Pieces are counted, everything else is money.
NAMES: dict[str, tuple[Words, Words]] = {
    "paid": (gettext_lazy("Paid at Stripe"), gettext_lazy("Orders here")),
    "given_back": (gettext_lazy("Given back at Stripe"), gettext_lazy("Refunds here")),
    "sent": (gettext_lazy("Sent to makers"), gettext_lazy("Transfers here")),
    "held": (gettext_lazy("Pieces kept back"), gettext_lazy("Pieces in holds")),
    "over": (gettext_lazy("May be held past its time"), gettext_lazy("Is held past its time")),
}
COUNTED = {"held", "over"}


@dataclass(frozen=True, slots=True)
class FigureTold:
    """Two sums that should be the same."""

    name: str
    there_sum: int
    here_sum: int

    @property
    def there_called(self) -> Words:
        return NAMES.get(self.name, (self.name, self.name))[0]

    @property
    def here_called(self) -> Words:
        return NAMES.get(self.name, (self.name, self.name))[1]

    @property
    def there(self) -> str:
        return self._told(self.there_sum)

    @property
    def here(self) -> str:
        return self._told(self.here_sum)

    @property
    def agrees(self) -> bool:
        return self.there_sum == self.here_sum

    @property
    def apart(self) -> str:
        """``460 € apart``."""
        return _("%s apart") % self._told(abs(self.there_sum - self.here_sum))

    def _told(self, sum_: int) -> str:
        if self.name in COUNTED:
            return str(sum_)
        return format_money(sum_, settings.SHOP_CURRENCY)


@dataclass(frozen=True, slots=True)
class LastRun:
    """What the owner is told of the comparisons; causes one query when read."""

    finished: ReconcileRun | None
    running_since: datetime | None
    # Why the newest one broke off; empty when it did not.
    error: str

    @classmethod
    def read(cls) -> Self:
        newest = list(ReconcileRun.objects.order_by("-pk")[:10])
        running = [run for run in newest if run.is_running]
        over = [run for run in newest if not run.is_running]
        whole = [run for run in over if not run.error]
        return cls(
            finished=whole[0] if whole else None,
            running_since=running[0].started_at if running else None,
            error=over[0].error if over else "",
        )

    @property
    def figures(self) -> list[FigureTold]:
        rows = self.finished.figures if self.finished else []
        return [FigureTold(row["name"], row["there"], row["here"]) for row in rows]

    @property
    def needs_person(self) -> str:
        """``One thing does not agree``, or nothing."""
        count = self.finished.needs_person if self.finished else 0
        words = ngettext("%s thing does not agree", "%s things do not agree", count)
        return words % wording.sentence(spell(count)) if count else ""
