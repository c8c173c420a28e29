"""A designer's account at Stripe: begun once, and ready when Stripe says so."""

from typing import Any

import pytest
from django.utils.timezone import now
from pytest_django import Settings

from designers.models import Designer
from orders import payments
from orders.makers import accounts
from orders.models import DesignerAccount
from sandbox.testing import StripeSandbox
from tests.factories import make_member

pytestmark = pytest.mark.django_db


def at_stripe(designer: Designer) -> int:
    """How many accounts Stripe has for this designer of this shop."""
    every: Any = payments.client().v2.core.accounts.list().auto_paging_iter()
    ours = {"env": payments.environment(), "designer": str(designer.pk)}
    return sum(ours.items() <= found.metadata.to_dict().items() for found in every)


def test_it_is_written_down_before_stripe_is_asked(stripe: StripeSandbox, ines: Designer) -> None:
    stripe.faults("/v2/core/accounts", "timeout_before", times=3, method="POST")
    with pytest.raises(payments.Unknown):
        accounts.begin(ines)

    account = DesignerAccount.objects.get()
    assert account.stripe_id is None
    assert account.idempotency_key.startswith(f"designer-account:{ines.pk}:")
    assert account.parameters["identity"] == {"country": "pt"}
    assert account.parameters["contact_email"] == ines.email
    assert at_stripe(ines) == 0


def test_pressed_twice_it_is_one_account(stripe: StripeSandbox, ines: Designer) -> None:
    first, second = accounts.begin(ines), accounts.begin(ines)

    assert first.stripe_id == second.stripe_id
    assert at_stripe(ines) == 1
    assert not first.is_ready
    assert first.wanted == ["identity.individual.given_name"]


def test_two_who_press_at_once_ask_for_the_same_account(
    stripe: StripeSandbox, ines: Designer
) -> None:
    """Both have read the row without an id, as two processes would."""
    accounts._written(ines)
    for row in (DesignerAccount.objects.get(), DesignerAccount.objects.get()):
        accounts.ask(row)

    assert at_stripe(ines) == 1


def test_after_a_lost_answer_it_is_the_same_account(stripe: StripeSandbox, ines: Designer) -> None:
    stripe.faults("/v2/core/accounts", "timeout_after", times=3, method="POST")
    with pytest.raises(payments.Unknown):
        accounts.begin(ines)
    assert DesignerAccount.objects.get().stripe_id is None

    assert accounts.begin(ines).stripe_id
    assert at_stripe(ines) == 1


def test_a_refusal_is_kept_and_the_next_try_is_a_new_one(
    stripe: StripeSandbox, ines: Designer
) -> None:
    Designer.objects.filter(pk=ines.pk).update(name="I" * 80)
    account = accounts._written(ines)
    DesignerAccount.objects.update(parameters=account.parameters | {"dashboard": "none at all"})
    account.refresh_from_db()
    with pytest.raises(payments.Refused):
        accounts.ask(account)
    account.refresh_from_db()
    assert "dashboard" in account.error

    begun = accounts.begin(ines)

    assert begun.pk == account.pk
    assert begun.idempotency_key != account.idempotency_key
    assert (begun.error, bool(begun.stripe_id)) == ("", True)


def test_it_is_ready_when_stripe_says_so_and_not_before(
    stripe: StripeSandbox, ines: Designer
) -> None:
    account = accounts.begin(ines)
    accounts.refresh(account)
    assert not account.is_ready

    assert account.stripe_id
    stripe.act("onboard", account.stripe_id)
    accounts.refresh(account)

    assert (account.is_ready, account.status, account.wanted) == (True, "active", [])


def test_a_reading_that_was_asked_for_earlier_does_not_count(
    stripe: StripeSandbox, ines: Designer
) -> None:
    account = accounts.begin(ines)
    assert account.stripe_id
    asked = now()
    before = payments.get_account(account.stripe_id)
    stripe.act("onboard", account.stripe_id)
    accounts.refresh(account)

    accounts.note(account, before, asked)

    account.refresh_from_db()
    assert account.is_ready


def test_what_is_asked_for_by_a_day_is_kept(stripe: StripeSandbox, ines: Designer) -> None:
    account = accounts.begin(ines)
    assert account.stripe_id
    stripe.act("onboard", account.stripe_id)
    stripe.act("ask_for_more", account.stripe_id)
    accounts.refresh(account)

    assert account.is_ready
    assert account.wanted == ["identity.individual.documents.primary_verification"]
    assert account.wanted_by
    assert 13 <= (account.wanted_by - now()).days <= 14


def test_an_account_that_was_cut_off_is_begun_anew(stripe: StripeSandbox, ines: Designer) -> None:
    account = accounts.begin(ines)
    old = account.stripe_id
    assert old
    stripe.act("onboard", old)
    stripe.act("cut_off", old)
    accounts.refresh(account)
    assert (account.is_detached, account.is_ready) == (True, False)

    anew = accounts.begin(ines)

    assert anew.stripe_id not in {None, old}
    assert not anew.is_detached
    assert DesignerAccount.objects.count() == 1


@pytest.mark.parametrize(
    ("shop", "designer", "reached"),
    [("IE", "PT", True), ("IE", "US", True), ("IE", "JP", False), ("JP", "JP", True)],
)
def test_stripe_sends_money_within_a_region(
    stripe: StripeSandbox,
    settings: Settings,
    ines: Designer,
    shop: str,
    designer: str,
    reached: bool,
) -> None:
    settings.SHOP_COUNTRY = shop
    ines.country = designer
    if reached:
        assert accounts.begin(ines).stripe_id
    else:
        with pytest.raises(accounts.OtherRegion):
            accounts.begin(ines)
        assert not DesignerAccount.objects.exists()


def test_without_an_address_of_its_own_the_owner_is_written_to(ines: Designer) -> None:
    ines.email = ""
    assert accounts.email_of(ines) == ""
    make_member(ines, "editor", role="editor")
    make_member(ines, "alice")
    assert accounts.email_of(ines) == "alice@example.com"
