"""Many press "Begin" for one maker at once: one row, one account at Stripe."""

from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connections

from designers.models import Designer
from orders import payments
from orders.makers import accounts
from orders.models import DesignerAccount, OutboxLetter
from sandbox.testing import StripeSandbox
from tests.orders.test_accounts import at_stripe

pytestmark = pytest.mark.django_db(transaction=True)


def test_a_dozen_presses_are_one_account(stripe: StripeSandbox, ines: Designer) -> None:
    def press(_number: int) -> str | None:
        try:
            return accounts.begin(Designer.objects.get(pk=ines.pk)).stripe_id
        except payments.Unknown:  # the first call is under way still
            return None
        finally:
            connections.close_all()

    with ThreadPoolExecutor(6) as hands:
        ids = set(hands.map(press, range(12)))

    assert ids - {None} == {DesignerAccount.objects.get().stripe_id}
    assert at_stripe(ines) == 1


def test_it_turns_once_however_many_look(stripe: StripeSandbox, ines: Designer) -> None:
    account = accounts.begin(ines)
    assert account.stripe_id
    stripe.act("onboard", account.stripe_id)
    accounts.refresh(account)
    stripe.act("restrict", account.stripe_id)

    def look(_number: int) -> None:
        try:
            accounts.refresh(DesignerAccount.objects.get())
        finally:
            connections.close_all()

    with ThreadPoolExecutor(6) as eyes:
        list(eyes.map(look, range(12)))

    assert not DesignerAccount.objects.get().is_ready
    assert OutboxLetter.objects.filter(kind="account_stopped").count() == 1
