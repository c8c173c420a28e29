import json
from typing import Any

import pytest
import stripe

from sandbox import testing

SECRET = "whsec_of_these_tests"
CONFIGURATION: Any = {
    "recipient": {"capabilities": {"stripe_balance": {"stripe_transfers": {"requested": True}}}}
}


@pytest.fixture
def account(client: stripe.StripeClient) -> stripe.v2.core.Account:
    return client.v2.core.accounts.create(
        {
            "display_name": "Inês Carvalho",
            "identity": {"country": "pt"},
            "configuration": CONFIGURATION,
            "include": ["configuration.recipient", "requirements"],
        }
    )


def status(client: stripe.StripeClient, id: str) -> str:
    found = client.v2.core.accounts.retrieve(id, {"include": ["configuration.recipient"]})
    assert found.configuration
    assert found.configuration.recipient
    assert found.configuration.recipient.capabilities
    balance = found.configuration.recipient.capabilities.stripe_balance
    assert balance
    assert balance.stripe_transfers
    return str(balance.stripe_transfers.status)


def link(client: stripe.StripeClient, id: str) -> str:
    return client.v2.core.account_links.create(
        {
            "account": id,
            "use_case": {
                "type": "account_onboarding",
                "account_onboarding": {
                    "refresh_url": "http://127.0.0.1:8000/again/",
                    "return_url": "http://127.0.0.1:8000/back/",
                    "collection_options": {"fields": "eventually_due"},
                },
            },
        }
    ).url


def test_parts_are_null_unless_included(
    client: stripe.StripeClient, account: stripe.v2.core.Account
) -> None:
    assert account.configuration
    assert account.requirements
    assert client.v2.core.accounts.retrieve(account.id).configuration is None
    assert status(client, account.id) == "restricted"


def test_onboarding_ends_in_a_capability(
    client: stripe.StripeClient, account: stripe.v2.core.Account, browse: Any
) -> None:
    url = link(client, account.id)
    assert "Finish, as Inês Carvalho" in browse(url).html
    assert status(client, account.id) == "restricted"

    done = browse(url, act="finish")

    assert (done.status, done.location) == (303, "http://127.0.0.1:8000/back/")
    assert status(client, account.id) == "active"


def test_a_link_is_good_once(
    client: stripe.StripeClient, account: stripe.v2.core.Account, browse: Any
) -> None:
    url = link(client, account.id)
    browse(url, act="finish")

    assert browse(url).location == "http://127.0.0.1:8000/again/"


def test_an_old_parameter_is_unknown(client: stripe.StripeClient) -> None:
    given: Any = {
        "account": "acct_1",
        "use_case": {
            "type": "account_onboarding",
            "account_onboarding": {"refresh_url": "http://x.eu/", "configurations": ["recipient"]},
        },
    }

    with pytest.raises(stripe.InvalidRequestError) as refused:
        client.v2.core.account_links.create(given)

    assert refused.value.code == "parameter_unknown"


def test_an_unknown_account_is_a_404(client: stripe.StripeClient) -> None:
    with pytest.raises(stripe.InvalidRequestError) as refused:
        client.v2.core.accounts.retrieve("acct_nobody")

    assert refused.value.http_status == 404


def test_a_ready_account_is_told_to_the_connect_endpoints(
    ear: Any, connect: Any, wait_until: Any
) -> None:
    options = {
        "connect_webhook_url": ear.url,
        "connect_webhook_secret": SECRET,
        "thin_webhook_url": ear.url,
        "thin_webhook_secret": SECRET,
    }
    with testing.start(**options) as sandbox:
        client = connect(sandbox)
        account = client.v2.core.accounts.create(
            {"identity": {"country": "pt"}, "configuration": CONFIGURATION}
        )

        sandbox.act("onboard", account.id)
        heard = {json.loads(body)["type"]: (body, signature) for body, signature in ear.wait(3)}

    event = client.construct_event(*heard["account.updated"], SECRET)
    assert (event.account, event.data.object.capabilities.transfers) == (account.id, "active")
    changed = "v2.core.account[configuration.recipient].capability_status_updated"
    notice = client.parse_event_notification(*heard[changed], SECRET)
    assert notice.related_object.id == account.id


def test_something_more_is_asked_for_by_a_day(
    client: stripe.StripeClient, account: stripe.v2.core.Account, sandbox: testing.StripeSandbox
) -> None:
    sandbox.act("onboard", account.id)
    sandbox.act("ask_for_more", account.id)

    found = client.v2.core.accounts.retrieve(account.id, {"include": ["requirements"]})
    assert status(client, account.id) == "active"
    assert found.requirements
    assert found.requirements.entries
    assert found.requirements.entries[0].awaiting_action_from == "user"
    assert found.requirements.summary
    assert found.requirements.summary.minimum_deadline
    assert str(found.requirements.summary.minimum_deadline.time).endswith(".000Z")


def test_an_account_that_was_cut_off_is_out_of_reach(
    client: stripe.StripeClient, account: stripe.v2.core.Account, sandbox: testing.StripeSandbox
) -> None:
    sandbox.act("onboard", account.id)
    sandbox.act("cut_off", account.id)

    with pytest.raises(stripe.PermissionError):
        client.v2.core.accounts.retrieve(account.id)
    with pytest.raises(stripe.PermissionError):
        link(client, account.id)
    (event,) = sandbox.events("account.application.deauthorized")
    assert (event["account"], event["data"]["object"]["object"]) == (account.id, "application")


def test_a_link_that_ran_out_leads_to_a_fresh_one(
    client: stripe.StripeClient,
    account: stripe.v2.core.Account,
    sandbox: testing.StripeSandbox,
    browse: Any,
) -> None:
    url = link(client, account.id)
    sandbox.act("links_run_out", account.id)

    assert browse(url, act="finish").location == "http://127.0.0.1:8000/again/"
    assert status(client, account.id) == "restricted"


def test_later_leads_back(
    client: stripe.StripeClient, account: stripe.v2.core.Account, browse: Any
) -> None:
    assert 'href="http://127.0.0.1:8000/back/">Later' in browse(link(client, account.id)).html
