import json
from collections.abc import Callable, Iterator
from typing import Any

import pytest
import stripe

from sandbox import testing
from sandbox.testing import StripeSandbox

SECRET = "whsec_of_these_tests"
type Sessions = Callable[..., stripe.checkout.Session]


@pytest.fixture(autouse=True)
def quiet(sandbox: StripeSandbox, ear: Any, wait_until: Any) -> Iterator[None]:
    """No delivery of one test reaches the next."""
    yield
    sandbox.act("release")
    for switch in ("drop_next", "duplicate_next", "delay_next"):
        sandbox.act(switch, value=0)
    busy = ("waiting", "sending")
    wait_until(lambda: not [one for one in sandbox.deliveries() if one["state"] in busy])


@pytest.fixture
def expire(new_session: Sessions, sandbox: StripeSandbox) -> Callable[[], str]:
    """Expires a new session, which sends one event; returns the session's id."""

    def make() -> str:
        session = new_session()
        sandbox.act("expire", session.id)
        return session.id

    return make


def about(heard: tuple[bytes, str]) -> str:
    return str(json.loads(heard[0])["data"]["object"]["id"])


def test_the_sdk_accepts_the_signature(
    client: stripe.StripeClient, ear: Any, expire: Callable[[], str]
) -> None:
    session = expire()
    body, signature = ear.wait(1)[0]

    event = client.construct_event(body, signature, SECRET)

    assert event.type == "checkout.session.expired"
    assert event.api_version == stripe.api_version == "2026-10-28.endive"
    assert event.data.object.id == session
    assert event.livemode is False


def test_the_sdk_refuses_a_tampered_body_and_another_secret(
    client: stripe.StripeClient, ear: Any, expire: Callable[[], str]
) -> None:
    expire()
    body, signature = ear.wait(1)[0]

    with pytest.raises(stripe.SignatureVerificationError):
        client.construct_event(body.replace(b"64000", b"64001"), signature, SECRET)
    with pytest.raises(stripe.SignatureVerificationError):
        client.construct_event(body, signature, "whsec_another")


def test_what_came_through_the_api_names_its_request(
    client: stripe.StripeClient, new_session: Sessions, ear: Any
) -> None:
    session = client.v1.checkout.sessions.expire(new_session().id)
    body, _ = ear.wait(1)[0]

    assert session.last_response
    assert json.loads(body)["request"]["id"] == session.last_response.request_id


@pytest.mark.parametrize("answer", [500, 400, 301])
def test_tried_again_until_it_is_taken(
    ear: Any, sandbox: StripeSandbox, expire: Callable[[], str], wait_until: Any, answer: int
) -> None:
    ear.answers[:] = [answer, answer]

    session = expire()
    heard = ear.wait(3)

    assert {about(one) for one in heard} == {session}
    wait_until(lambda: sandbox.deliveries()[-1]["state"] == "delivered")
    assert sandbox.deliveries()[-1]["tries"] == 3


def test_given_up_after_the_last_try(ear: Any, wait_until: Any, connect: Any, params: Any) -> None:
    with testing.start(ear.url, SECRET, retry_first=0.01, retry_limit=3) as sandbox:
        ear.answers[:] = [500] * 3
        session = connect(sandbox).v1.checkout.sessions.create(params())
        sandbox.act("expire", session.id)

        wait_until(lambda: sandbox.deliveries()[-1]["state"] == "failed")

        assert sandbox.deliveries()[-1]["tries"] == 3
        ear.heard.clear()
        sandbox.act("resend", sandbox.events()[-1]["id"])
        assert about(ear.wait(1)[0]) == session.id


def test_a_dead_endpoint_holds_nothing_up(connect: Any, params: Any, wait_until: Any) -> None:
    with testing.start("http://127.0.0.1:9/nobody/", SECRET, retry_limit=2) as sandbox:
        session = connect(sandbox).v1.checkout.sessions.create(params())

        assert sandbox.pay(session.id)["status"] == "paid"
        wait_until(lambda: sandbox.deliveries()[0]["state"] == "failed")
        assert "refused" in sandbox.deliveries()[0]["answer"]


def test_held_then_released_in_reverse(
    ear: Any, sandbox: StripeSandbox, expire: Callable[[], str]
) -> None:
    sandbox.act("hold")
    sessions = [expire(), expire()]
    assert not ear.heard

    assert sandbox.act("release", value="reversed").startswith("2 held")

    assert {about(one) for one in ear.wait(2)} == set(sessions)


def test_dropped(ear: Any, sandbox: StripeSandbox, expire: Callable[[], str]) -> None:
    sandbox.act("drop_next", value=1)
    expire()
    second = expire()

    assert about(ear.wait(1)[0]) == second
    assert sandbox.deliveries()[-2]["state"] == "dropped"


def test_sent_twice(ear: Any, sandbox: StripeSandbox, expire: Callable[[], str]) -> None:
    sandbox.act("duplicate_next", value=1)
    session = expire()

    heard = ear.wait(2)

    assert [about(one) for one in heard] == [session] * 2
    assert len({json.loads(body)["id"] for body, _ in heard}) == 1


def test_delayed(ear: Any, sandbox: StripeSandbox, expire: Callable[[], str]) -> None:
    sandbox.act("delay_next", value=3)
    late = expire()
    prompt = expire()

    assert [about(one) for one in ear.wait(2)] == [prompt, late]


def test_the_panel_shows_what_the_shop_answered(
    ear: Any, sandbox: StripeSandbox, expire: Callable[[], str], browse: Any, wait_until: Any
) -> None:
    ear.answers[:] = [503]
    expire()
    wait_until(lambda: sandbox.deliveries()[-1]["state"] == "delivered")

    html = browse(f"{sandbox.base_url}/panel/{sandbox.events()[-1]['id']}").html

    assert "delivered" in html
    assert "2 tries" in html


@pytest.mark.parametrize(
    "asked", [{"types": [f"a.b{n}" for n in range(21)]}, {"type": "a.b", "types": ["a.b"]}]
)
def test_events_of_too_many_types_are_refused(client: stripe.StripeClient, asked: Any) -> None:
    with pytest.raises(stripe.InvalidRequestError):
        client.v1.events.list(asked)


def test_events_can_be_listed_and_read(
    client: stripe.StripeClient, expire: Callable[[], str]
) -> None:
    session = expire()

    found = client.v1.events.list({"types": ["checkout.session.expired"], "limit": 1})
    event = client.v1.events.retrieve(found.data[0].id)

    assert event.data.object.id == session
    assert not client.v1.events.list({"type": "payout.paid"}).data
