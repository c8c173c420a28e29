"""The makers as the house deals with them: share, who publishes, second keys, money to come."""

from typing import Any

from allauth.mfa.models import Authenticator
from django.conf import settings
from django.db.models import Count, Exists, OuterRef, QuerySet, Subquery
from django.db.models.functions import Coalesce
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from designers.keys.rules import KEYS
from designers.models import Designer, Member
from orders.figures import money
from shop.money import format_money
from shop.money_field import PercentField
from shop.numbers import spell


class MakerTold:
    """A row of the table; made of a row of ``read``."""

    def __init__(self, maker: Any) -> None:
        self.maker: Designer = maker
        self.people: int = maker.working
        self.keyless: int = maker.keyless
        self.to_come = format_money(maker.to_come, settings.SHOP_CURRENCY, in_full=True)

    @property
    def share(self) -> str:
        return f"{PercentField().show(self.maker.commission_basis_points)} %"

    @property
    def publishes(self) -> str:
        if not self.maker.is_trusted:
            return _("after review")
        alone = {Designer.Pronoun.SHE: _("by herself"), Designer.Pronoun.HE: _("by himself")}
        return alone.get(Designer.Pronoun(self.maker.pronoun), _("by themselves"))

    @property
    def keys(self) -> str:
        """``everybody``, ``none yet``, ``one without``."""
        if not self.keyless:
            return _("everybody") if self.people else "–"
        if self.keyless == self.people:
            return _("none yet")
        lack = ngettext("%s without", "%s without", self.keyless)
        return lack % spell(self.keyless)


def read(most: int) -> list[MakerTold]:
    """The makers in the order of their names; one query."""
    keys = Authenticator.objects.filter(user=OuterRef("user"), type__in=KEYS)
    members = Member.objects.filter(designer=OuterRef("pk"), is_active=True)
    rows = Designer.objects.annotate(
        working=_how_many(members),
        keyless=_how_many(members.filter(~Exists(keys))),
        to_come=Coalesce(Subquery(money.owed_to(OuterRef("pk"))), 0),
    )
    return [MakerTold(maker) for maker in rows.order_by("name", "pk")[:most]]


def _how_many(members: "QuerySet[Member]") -> Coalesce:
    counted = members.order_by().values("designer").annotate(n=Count("pk")).values("n")
    return Coalesce(Subquery(counted), 0)
