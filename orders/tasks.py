"""What is done at once after a commit, and by the sweep where that was lost."""

from django.tasks import task

from orders.models import Order


@task()
def take_back(order_id: int) -> int:
    """Take back from the makers what was given back to the shopper; how many were asked."""
    from orders.makers import takebacks

    return takebacks.take_back(Order.objects.get(pk=order_id))


@task()
def sync_disputes(payment_intent: str) -> None:
    """Look up what a bank has taken back of a payment of which Stripe gives nothing back."""
    from orders.banks import disputes

    disputes.sync_payment(payment_intent)


@task()
def call_the_line(variant_id: int) -> int:
    """Offer what has come free of a variant to who waits for it; how many were offered one."""
    from orders.scarce import waiting

    return waiting.serve(variant_id)
