"""The ledger: every cent of an order, from one account to another."""

from django.db import models
from django.db.models import F, Q
from django.utils.timezone import now
from django.utils.translation import gettext_lazy as _

from designers.models import Designer
from orders.models.order import Order

# Kind, debit, credit, whose, how much (minor units; below nothing: the other way round).
type Move = tuple[str, str, str, int | None, int]


class LedgerEntry(models.Model):
    """So many minor units, debited to one account and credited to another.

    One row has both sides, so that what is written always sums to zero; that nothing is left
    over in ``order``, through which everything passes, is what ``orders/ledger.py`` checks.
    Only ever added to: what turns out otherwise is written the other way round.
    """

    class Account(models.TextChoices):
        ORDER = "order", _("passing through")
        STRIPE = "stripe", _("at Stripe")
        BANK = "bank", _("the house's bank")
        DESIGNER = "designer", _("owed to a maker")
        COMMISSION = "commission", _("commission")
        TAX = "tax", _("tax to hand on")
        DISCOUNT = "discount", _("discounts of the house")
        FEE = "fee", _("Stripe's fees")
        GOODWILL = "goodwill", _("given back for no piece")
        SUSPENSE = "suspense", _("not honoured")
        DISPUTE = "dispute", _("taken back by a bank")
        SET_OFF = "set_off", _("between a maker's orders")

    order = models.ForeignKey(Order, models.PROTECT, related_name="ledger")
    # Its place among the order's entries: two who write at once cannot both have it.
    number = models.PositiveIntegerField()
    kind = models.CharField(max_length=20)
    debit = models.CharField(_("debit"), max_length=10, choices=Account.choices)
    credit = models.CharField(_("credit"), max_length=10, choices=Account.choices)
    # Whose money it is, where one of the accounts is a maker's; on commission, from whose sale.
    designer = models.ForeignKey(
        Designer, models.PROTECT, related_name="ledger", null=True, blank=True
    )
    amount = models.PositiveIntegerField(_("amount"))
    at = models.DateTimeField(_("when"), default=now, editable=False, db_index=True)

    class Meta:
        verbose_name = _("entry in the ledger")
        verbose_name_plural = _("entries in the ledger")
        ordering = ["order", "number"]
        constraints = [
            models.UniqueConstraint(fields=["order", "number"], name="ledger_number_once"),
            models.CheckConstraint(condition=Q(amount__gt=0), name="ledger_amount_positive"),
            models.CheckConstraint(condition=~Q(debit=F("credit")), name="ledger_two_accounts"),
            models.CheckConstraint(
                condition=~(Q(debit="designer") | Q(credit="designer")) | Q(designer__isnull=False),
                name="ledger_knows_whose",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.order} {self.kind}: {self.debit} / {self.credit} {self.amount}"
