"""What the owner can do about a disagreement: for each kind its name, what mending does, the deed.

Each deed is safe to do twice; it asks the rows anew and changes nothing that agrees by now.
"""

from collections.abc import Callable
from dataclasses import dataclass

from django.contrib.auth.models import User
from django.db import transaction
from django.utils.functional import Promise
from django.utils.timezone import now
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from orders import holds, ledger, payments, refunds, settlement, webhooks
from orders.models import Disagreement, Order, OrderEvent, PaymentAttempt, StripeEvent

State = Disagreement.State
type Words = str | Promise


class NotMendable(Exception):
    """It could not be mended; the message says why."""


@dataclass(frozen=True, slots=True)
class Kind:
    """How a kind of disagreement is called, what mending it will do, and how it is done.

    Without ``mend`` only a person can: ``steps`` then say what to look at.
    """

    title: Words
    steps: tuple[Words, ...]
    mend: Callable[[Disagreement], None] | None = None


def mend(case: Disagreement, *, by: User) -> bool:
    """Do it, once, under somebody's name; whether this call did. Raises NotMendable.

    Never within a transaction: some ask Stripe.
    """
    deed = kind_of(case).mend
    if deed is None:
        raise NotMendable(_("Only a person can mend this."))
    if case.state != State.OPEN:
        return False
    try:
        deed(case)
    except (payments.Unknown, payments.Refused) as error:
        raise NotMendable(_("Stripe did not answer: %s") % error) from error
    mine = Disagreement.objects.filter(pk=case.pk, state=State.OPEN)
    if not mine.update(state=State.MENDED, mended_at=now(), mended_by=by):
        return False
    if case.order_id:
        text = case.text[:400]
        OrderEvent.objects.create(order_id=case.order_id, kind="mended", text=text, actor=by)
    return True


def kind_of(case: Disagreement) -> Kind:
    """The kind of a disagreement; of one that is not known here, only its words."""
    return KINDS.get(case.kind, OTHER)


def _subject(case: Disagreement) -> int:
    if case.subject is None:
        raise NotMendable(_("What it is about is gone."))
    return case.subject


def _set_reserved(case: Disagreement) -> None:
    try:
        holds.recount(_subject(case))
    except holds.Taken as taken:
        raise NotMendable(
            _("More is held than there is: count the pieces, and correct the stock.")
        ) from taken


def _give_back_over(case: Disagreement) -> None:
    holds.release_lapsed()


def _ask_again(case: Disagreement) -> None:
    """Settle it and sync its refunds; what still differs then is not mended by asking."""
    attempt = PaymentAttempt.objects.get(pk=_subject(case))
    settlement.settle(attempt.session_id or "")
    refunds.sync(attempt.payment_intent)
    _bring_up(attempt.order_id)
    attempt.refresh_from_db()
    paid = sum(c.amount for c in payments.charges_of(attempt.payment_intent) if c.is_paid)
    if case.kind == "paid" and paid != attempt.received:
        raise NotMendable(_("Stripe still says the same: look at the payment in its pages."))


def _bring_up(order_id: int) -> None:
    with transaction.atomic():
        ledger.bring_up(Order.objects.select_for_update().get(pk=order_id))


def _act_again(case: Disagreement) -> None:
    event = StripeEvent.objects.get(pk=_subject(case))
    if not webhooks.act(event):
        event.refresh_from_db()
        raise NotMendable(event.error)


_ASK = (
    gettext_lazy("ask Stripe for this payment again"),
    gettext_lazy("write the refunds made there here, with Stripe’s numbers"),
    gettext_lazy("bring the ledger up to date"),
)
OTHER = Kind(
    gettext_lazy("Something does not agree"),
    (gettext_lazy("look at it, and at the lines"),),
)
KINDS: dict[str, Kind] = {
    "paid": Kind(gettext_lazy("Stripe took another sum"), _ASK, _ask_again),
    "given_back": Kind(gettext_lazy("Stripe gave back another sum"), _ASK, _ask_again),
    "stock": Kind(
        gettext_lazy("More or less is kept back than is held"),
        (
            gettext_lazy("count what baskets and unpaid orders hold of it now"),
            gettext_lazy("keep back just that; the rest can be bought again"),
        ),
        _set_reserved,
    ),
    "holds": Kind(
        gettext_lazy("Pieces are held by nobody"),
        (
            gettext_lazy("give back what baskets hold past their time"),
            gettext_lazy("see also that the sweep runs: it should have done so"),
        ),
        _give_back_over,
    ),
    "event": Kind(
        gettext_lazy("News from Stripe could not be acted on"),
        (gettext_lazy("do what it asks for once more"),),
        _act_again,
    ),
    "orphan": Kind(
        gettext_lazy("Money without an order"),
        (
            gettext_lazy("find the payment in Stripe’s pages by its number"),
            gettext_lazy("give it back there, and write to who paid it"),
        ),
    ),
    "refund_lost": Kind(
        gettext_lazy("Money given back has not arrived"),
        (
            gettext_lazy("open the order: the sum can be given back again"),
            gettext_lazy("or send it another way, and write down how"),
        ),
    ),
    "refund": Kind(gettext_lazy("A refund has no answer yet"), ()),
    "review": Kind(
        gettext_lazy("A payment was not honoured and has not gone back"),
        (gettext_lazy("open the order and give its money back"),),
    ),
    "left_over": Kind(
        gettext_lazy("The ledger does not sum to nothing"),
        (gettext_lazy("look at the lines: a sum was divided wrongly"),),
    ),
}
