"""A dispute in words for the owner: what moved, how long is left, what was sent."""

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from orders import wording
from orders.banks.dispute_letters import reason
from orders.models import Dispute
from shop.money import format_money

Answer = Dispute.Answer


class DisputeTold:
    """A dispute in words."""

    def __init__(self, dispute: Dispute) -> None:
        self.dispute = dispute

    @property
    def sum(self) -> str:
        return self._money(self.dispute.amount)

    @property
    def title(self) -> str:
        if self.dispute.is_inquiry:
            return _("A bank asks about %s") % self.sum
        return _("A bank has taken %s back") % self.sum

    @property
    def reason(self) -> str:
        return wording.sentence(reason(self.dispute))

    @property
    def left(self) -> str:
        """``7 days left``, ``today`` …; empty where no answer is waited for."""
        days = self.dispute.days_left
        if days is None or not self.dispute.can_be_answered:
            return ""
        return ngettext("%d day left", "%d days left", days) % days if days else _("due today")

    @property
    def moved(self) -> list[tuple[str, str]]:
        """What has moved at Stripe, word by word."""
        dispute = self.dispute
        rows = [
            (_("Taken back"), dispute.withdrawn),
            (_("Come back"), dispute.reinstated),
            (_("Stripe’s fee"), dispute.fee),
        ]
        return [(word, self._money(amount)) for word, amount in rows if amount]

    @property
    def sent(self) -> list[tuple[str, str]]:
        """What was sent to the bank, or is on its way there."""
        gone = self.dispute.answer in {Answer.SENT, Answer.ASKED}
        return told_fields(self.dispute.evidence) if gone else []

    @property
    def may_let_go_on(self) -> bool:
        lost = self.dispute.status == Dispute.Status.LOST and self.dispute.let_go_on_at is None
        return lost and self.dispute.is_partial

    def _money(self, amount: int) -> str:
        return format_money(amount, self.dispute.currency)


def told_fields(fields: dict[str, str]) -> list[tuple[str, str]]:
    """Stripe's fields under the house's names, in the order in which a person reads them."""
    names = {
        "uncategorized_text": _("In words"),
        "product_description": _("What was bought"),
        "customer_name": _("Who bought it"),
        "customer_email_address": _("E-mail"),
        "shipping_address": _("Sent to"),
        "shipping_carrier": _("Posted with"),
        "shipping_tracking_number": _("Number"),
        "shipping_date": _("Posted on"),
        "refund_policy_disclosure": _("Terms"),
    }
    return [(names[name], fields[name]) for name in names if name in fields]
