from collections.abc import Callable
from typing import Any

import stripe

from sandbox.testing import StripeSandbox

type Sessions = Callable[..., stripe.checkout.Session]


def press(browse: Any, sandbox: StripeSandbox, **form: str) -> str:
    """Presses a button and returns the panel that follows."""
    answer = browse(f"{sandbox.base_url}/panel", **form)
    assert answer.status == 303
    return str(browse(sandbox.base_url + answer.location).html)


def test_it_shows_sessions_accounts_and_events(
    client: stripe.StripeClient, new_session: Sessions, sandbox: StripeSandbox, browse: Any
) -> None:
    sandbox.pay(new_session(customer_email="jonas@example.eu").id)
    account = client.v2.core.accounts.create({"display_name": "Inês Carvalho"})

    html = browse(f"{sandbox.base_url}/panel").html

    assert "jonas@example.eu" in html
    assert "complete, paid" in html
    assert "Inês Carvalho" in html
    assert account.id in html
    assert "checkout.session.completed" in html


def test_a_button_acts_and_says_so(
    client: stripe.StripeClient, new_session: Sessions, sandbox: StripeSandbox, browse: Any
) -> None:
    session = new_session()

    assert "The session has expired." in press(browse, sandbox, act="expire", id=session.id)
    assert client.v1.checkout.sessions.retrieve(session.id).status == "expired"
    assert "expired already" in press(browse, sandbox, act="expire", id=session.id)


def test_a_refund_from_the_dashboard(
    client: stripe.StripeClient, new_session: Sessions, sandbox: StripeSandbox, browse: Any
) -> None:
    session = new_session()
    sandbox.pay(session.id)
    payment = str(client.v1.checkout.sessions.retrieve(session.id).payment_intent)
    charge = str(client.v1.payment_intents.retrieve(payment).latest_charge)

    assert "500 refunded" in press(browse, sandbox, act="refund", id=charge, value="500")
    assert "greater than unrefunded" in press(
        browse, sandbox, act="refund", id=charge, value="64000"
    )
    assert "An amount in minor units" in press(
        browse, sandbox, act="refund", id=charge, value="five"
    )
    assert "63500 refunded" in press(browse, sandbox, act="refund", id=charge, value="")


def test_what_cannot_be_done_is_said(sandbox: StripeSandbox, browse: Any) -> None:
    for form in (
        {"act": "explode"},
        {"act": "refund", "id": "ch_nothing"},
        {"act": "dispute_won", "id": "du_nothing"},
        {"act": "drop_next", "value": "-1"},
        {"act": "fault", "value": "explode"},
        {"act": "onboard", "id": "acct_nobody"},
        {"act": "resend", "id": "evt_nothing"},
    ):
        assert 'role="alert"' in press(browse, sandbox, **form)


def test_every_object_can_be_read(
    new_session: Sessions, sandbox: StripeSandbox, browse: Any
) -> None:
    session = new_session(metadata={"note": "<b>"})

    page = browse(f"{sandbox.base_url}/panel/{session.id}")

    assert "&lt;b&gt;" in page.html
    assert browse(f"{sandbox.base_url}/panel/cs_test_nothing").status == 404
