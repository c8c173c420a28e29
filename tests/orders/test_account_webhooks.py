"""What Stripe says happened in a designer's account: verified, kept, and looked at anew."""

import json
import time
from typing import Any

import pytest
from django.test import Client
from django.utils.timezone import now
from pytest_django import Settings

from designers.models import Designer
from orders import payments, sweeping
from orders.makers import accounts
from orders.models import DesignerAccount, OutboxLetter, StripeEvent
from sandbox.testing import StripeSandbox
from tests.orders.builders import signed

pytestmark = pytest.mark.django_db
SECRET = "whsec_of_the_accounts"
REQUIREMENTS = "v2.core.account[requirements].updated"
CAPABILITY = "v2.core.account[configuration.recipient].capability_status_updated"


@pytest.fixture(autouse=True)
def connect(settings: Settings) -> None:
    settings.STRIPE_CONNECT = True
    settings.STRIPE_CONNECT_WEBHOOK_SECRET = SECRET


@pytest.fixture
def account(stripe: StripeSandbox, ines: Designer) -> DesignerAccount:
    """Begun; what happened to it since, the shop has not heard of."""
    return accounts.begin(ines)


def id_of(account: DesignerAccount) -> str:
    assert account.stripe_id
    return account.stripe_id


def heard(client: Client, event: dict[str, Any], secret: str = SECRET) -> int:
    body = json.dumps(event)
    answer = client.post(
        "/stripe/connect-webhook/",
        body,
        content_type="application/json",
        headers=signed(body, secret),
    )
    return answer.status_code


def events_of(stripe: StripeSandbox, account: str, *types: str) -> list[dict[str, Any]]:
    """The stand-in's events about one account, the oldest first."""
    return [
        event
        for event in stripe.events(*types)
        if account in {event.get("account"), event.get("related_object", {}).get("id")}
    ]


def snapshot(type: str, account: str, **more: Any) -> dict[str, Any]:
    return {
        "id": f"evt_{account[-8:]}_{type}",
        "object": "event",
        "type": type,
        "created": int(time.time()),
        "livemode": False,
        "account": account,
        "data": {"object": {"id": account}},
    } | more


@pytest.mark.parametrize("type", ["account.updated", REQUIREMENTS, CAPABILITY])
def test_the_news_are_read_at_stripe(
    client: Client, stripe: StripeSandbox, account: DesignerAccount, type: str
) -> None:
    stripe.act("onboard", id_of(account))
    (event,) = events_of(stripe, id_of(account), type)

    assert heard(client, event) == 200

    account.refresh_from_db()
    assert account.is_ready
    kept = StripeEvent.objects.get()
    assert (kept.type, kept.state) == (type, StripeEvent.State.PROCESSED)
    assert kept.payload["account"] == account.stripe_id


def test_what_the_body_says_is_not_believed(client: Client, account: DesignerAccount) -> None:
    lie = {"id": id_of(account), "capabilities": {"transfers": "active"}, "payouts_enabled": True}
    event = snapshot("account.updated", id_of(account), data={"object": lie})

    assert heard(client, event) == 200
    account.refresh_from_db()
    assert not account.is_ready


def test_lost_and_regained_in_any_order(
    client: Client, stripe: StripeSandbox, account: DesignerAccount
) -> None:
    for act in ("onboard", "restrict", "onboard"):
        stripe.act(act, id_of(account))
    for event in events_of(stripe, id_of(account))[::-1]:
        assert heard(client, event) == 200
        account.refresh_from_db()
        assert account.is_ready

    stripe.act("restrict", id_of(account))
    assert heard(client, events_of(stripe, id_of(account), CAPABILITY)[-1]) == 200

    account.refresh_from_db()
    assert (account.is_ready, account.status) == (False, "restricted")
    assert OutboxLetter.objects.get().kind == "account_stopped"


@pytest.mark.parametrize("type", ["account.updated", REQUIREMENTS])
def test_another_secret_is_refused(
    client: Client, stripe: StripeSandbox, account: DesignerAccount, type: str
) -> None:
    stripe.act("onboard", id_of(account))
    (event,) = events_of(stripe, id_of(account), type)

    assert heard(client, event, "whsec_guessed") == 400
    assert not StripeEvent.objects.exists()


def test_each_destination_may_have_its_own_secret(
    client: Client, stripe: StripeSandbox, account: DesignerAccount, settings: Settings
) -> None:
    settings.STRIPE_CONNECT_WEBHOOK_SECRET = f"{SECRET}, whsec_thin"
    stripe.act("onboard", id_of(account))

    assert heard(client, events_of(stripe, id_of(account), REQUIREMENTS)[0], "whsec_thin") == 200
    assert heard(client, events_of(stripe, id_of(account), "account.updated")[0]) == 200


def test_a_thin_event_of_no_interest_is_done(client: Client, stripe: StripeSandbox) -> None:
    event = {
        "id": "evt_ping",
        "object": "v2.core.event",
        "type": "v2.core.event_destination.ping",
        "created": "2026-11-26T07:00:00.000Z",
        "livemode": False,
        "related_object": {"id": "ed_1", "type": "v2.core.event_destination", "url": "/v2/x"},
    }
    assert heard(client, event) == 200
    assert StripeEvent.objects.get().state == StripeEvent.State.PROCESSED


def test_an_account_of_nobody_is_left_alone(client: Client, stripe: StripeSandbox) -> None:
    assert heard(client, snapshot("account.updated", "acct_of_nobody")) == 200


def test_an_account_of_another_shop_is_left_alone(
    client: Client, account: DesignerAccount, settings: Settings
) -> None:
    DesignerAccount.objects.all().delete()
    settings.SITE_URL = "https://another.example"

    assert heard(client, snapshot("account.updated", id_of(account))) == 200


def test_one_that_says_it_is_ours_is_asked_for_again(
    client: Client, account: DesignerAccount
) -> None:
    DesignerAccount.objects.all().delete()

    assert heard(client, snapshot("account.updated", id_of(account))) == 500
    assert "UnknownAccount" in StripeEvent.objects.get().error


def test_it_may_be_the_first_to_bring_the_accounts_id(
    client: Client, stripe: StripeSandbox, account: DesignerAccount
) -> None:
    stripe.act("onboard", id_of(account))
    DesignerAccount.objects.update(stripe_id=None, checked_at=None)

    assert heard(client, events_of(stripe, id_of(account), "account.updated")[0]) == 200
    found = DesignerAccount.objects.get()
    assert (found.stripe_id, found.is_ready) == (account.stripe_id, True)


def test_an_account_that_was_replaced_is_left_alone(
    client: Client, stripe: StripeSandbox, account: DesignerAccount, ines: Designer
) -> None:
    old = id_of(account)
    DesignerAccount.objects.update(is_detached=True)
    anew = accounts.begin(ines)

    assert heard(client, snapshot("account.updated", old)) == 200
    anew.refresh_from_db()
    assert anew.stripe_id != old


def test_when_it_is_cut_off_nothing_is_sent_there(
    client: Client, stripe: StripeSandbox, account: DesignerAccount
) -> None:
    stripe.act("onboard", id_of(account))
    accounts.refresh(account)
    stripe.act("cut_off", id_of(account))

    (event,) = events_of(stripe, id_of(account), "account.application.deauthorized")
    assert event["data"]["object"]["object"] == "application"
    assert heard(client, event) == 200

    account.refresh_from_db()
    assert (account.is_ready, account.is_detached) == (False, True)


def test_an_old_message_that_it_was_cut_off_changes_nothing(
    client: Client, stripe: StripeSandbox, account: DesignerAccount
) -> None:
    stripe.act("onboard", id_of(account))

    event = snapshot("account.application.deauthorized", id_of(account))
    assert heard(client, event) == 200

    account.refresh_from_db()
    assert (account.is_ready, account.is_detached) == (True, False)


def test_a_message_of_the_other_mode_is_left_alone(
    client: Client, stripe: StripeSandbox, account: DesignerAccount
) -> None:
    stripe.act("onboard", id_of(account))
    event = snapshot("account.updated", id_of(account), livemode=True)

    assert heard(client, event) == 200
    account.refresh_from_db()
    assert not account.is_ready


def test_a_shops_own_event_in_a_makers_account_moves_no_order(
    client: Client, stripe: StripeSandbox, account: DesignerAccount
) -> None:
    """A maker may sell elsewhere with the same account: that is none of the shop's business."""
    event = snapshot("charge.refunded", id_of(account), data={"object": {"id": "ch_theirs"}})

    assert heard(client, event) == 200


def test_without_an_answer_it_comes_again(
    client: Client, stripe: StripeSandbox, account: DesignerAccount
) -> None:
    stripe.act("onboard", id_of(account))
    event = events_of(stripe, id_of(account), "account.updated")[0]
    stripe.faults("/v2/core/accounts/*", "500", times=3)

    assert heard(client, event) == 500
    assert heard(client, event) == 200
    account.refresh_from_db()
    assert account.is_ready


def test_the_sweep_finds_what_no_message_said(
    stripe: StripeSandbox, account: DesignerAccount
) -> None:
    stripe.act("onboard", id_of(account))
    DesignerAccount.objects.update(checked_at=now() - accounts.UNREADY_LOOK * 2)

    assert sweeping.read_accounts() == 1
    account.refresh_from_db()
    assert account.is_ready
    assert sweeping.read_accounts() == 0


def test_the_sweep_finds_an_account_that_only_seemed_cut_off(
    stripe: StripeSandbox, account: DesignerAccount, settings: Settings
) -> None:
    stripe.act("onboard", id_of(account))
    DesignerAccount.objects.update(is_detached=True, checked_at=now() - accounts.UNREADY_LOOK * 2)
    assert sweeping.read_accounts() == 0

    DesignerAccount.objects.update(checked_at=now() - accounts.READY_LOOK * 2)
    assert sweeping.read_accounts() == 1
    account.refresh_from_db()
    assert (account.is_ready, account.is_detached) == (True, False)


def test_the_sweep_asks_again_for_an_account_without_an_answer(
    stripe: StripeSandbox, ines: Designer
) -> None:
    stripe.faults("/v2/core/accounts", "timeout_after", times=3, method="POST")
    with pytest.raises(payments.Unknown):
        accounts.begin(ines)
    assert sweeping.read_accounts() == 0

    DesignerAccount.objects.update(created_at=now() - accounts.UNDER_WAY * 2)
    assert sweeping.read_accounts() == 1
    assert DesignerAccount.objects.get().stripe_id
