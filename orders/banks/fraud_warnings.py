"""A card's bank says that its holder may not have been the one who paid: the owner is told.

It moves nothing: a dispute may follow, and may not. https://docs.stripe.com/disputes/measuring
"""

from django.db import transaction
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from orders import outbox, payments, settlement
from orders.models import Order, OrderEvent, OutboxLetter, PaymentAttempt
from orders.records import FraudWarning

LETTER = "fraud_warning"
_WHY: dict[str, str | Promise] = {
    "card_never_received": gettext_lazy("the card never reached its holder"),
    "fraudulent_card_application": gettext_lazy("the card was asked for under a false name"),
    "made_with_counterfeit_card": gettext_lazy("the card is a copy"),
    "made_with_lost_card": gettext_lazy("the card is lost"),
    "made_with_stolen_card": gettext_lazy("the card is stolen"),
    "unauthorized_use_of_card": gettext_lazy("its holder did not pay"),
}


def hear(warning_id: str) -> None:
    """Note a warning on its order and write to the owner, once. Raises what payments raises,
    and UnknownOrder when the payment says that it is ours."""
    warning = payments.get_fraud_warning(warning_id)
    attempt = _attempt_of(warning)
    if attempt is None:
        return
    with transaction.atomic():
        order = Order.objects.select_for_update().get(pk=attempt.order_id)
        if OutboxLetter.objects.filter(key=f"{LETTER}:{warning.id}").exists():
            return
        OrderEvent.objects.create(order=order, kind=LETTER, text=why(warning.fraud_type))
        outbox.put(LETTER, order.pk, key=warning.id)


def _attempt_of(warning: FraudWarning) -> PaymentAttempt | None:
    known = PaymentAttempt.objects.exclude(charge="").filter(charge=warning.charge).first()
    if known or not warning.payment_intent:
        return known
    payment = payments.get_payment(warning.payment_intent)
    if payment.metadata.get("env") == payments.environment():
        raise settlement.UnknownOrder(warning.payment_intent)
    return None


def why(fraud_type: str) -> str:
    """What the bank believes, by Stripe's word for it."""
    return str(_WHY.get(fraud_type, "")) or _("it does not say why")
