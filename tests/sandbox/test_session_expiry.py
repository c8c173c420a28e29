"""Sessions run out by the clock: the stand-in in this process, its clock turned by hand."""

import time
from collections.abc import Iterator
from typing import Any

import pytest

from sandbox import clock, events, payments, sessions
from sandbox.buyers import Buyer
from sandbox.cards import CARDS
from sandbox.standin import Call, Options, StandIn
from sandbox.store import Json


@pytest.fixture
def stand() -> Iterator[StandIn]:
    made = StandIn(Options())
    yield made
    made.store.close()


@pytest.fixture
def session(stand: StandIn, params: Any) -> Json:
    """An open session that has half an hour and a bit."""
    given = params(expires_at=int(time.time()) + 1860)
    call = Call("POST", "/v1/checkout/sessions", "127.0.0.1", given, params=given)
    with stand.store.transaction():
        return sessions.create(stand, call)


def turn(monkeypatch: pytest.MonkeyPatch, seconds: int) -> None:
    then = time.time() + seconds
    monkeypatch.setattr(time, "time", lambda: then)


def told(stand: StandIn) -> list[str]:
    call = Call("GET", "/v1/events", "127.0.0.1", {})
    return [event["type"] for event in events.list_events(stand, call)["data"]]


def test_the_clock_ends_it_once(
    stand: StandIn, session: Json, monkeypatch: pytest.MonkeyPatch
) -> None:
    clock.run_due(stand)
    assert sessions.load(stand, session["id"])["status"] == "open"

    turn(monkeypatch, 1861)
    clock.run_due(stand)
    clock.run_due(stand)

    assert sessions.load(stand, session["id"])["status"] == "expired"
    assert told(stand) == ["checkout.session.expired"]


def test_nobody_pays_between_its_end_and_the_clock(
    stand: StandIn, session: Json, monkeypatch: pytest.MonkeyPatch
) -> None:
    turn(monkeypatch, 1861)

    outcome = payments.pay(
        stand, session["id"], CARDS["4242424242424242"], Buyer("jonas@example.eu")
    )

    assert outcome.status == "closed"
    assert told(stand) == ["checkout.session.expired"]


def test_a_paid_one_does_not_end(
    stand: StandIn, session: Json, monkeypatch: pytest.MonkeyPatch
) -> None:
    payments.pay(stand, session["id"], CARDS["4242424242424242"], Buyer("jonas@example.eu"))

    turn(monkeypatch, 1861)
    clock.run_due(stand)

    assert sessions.load(stand, session["id"])["status"] == "complete"
    assert "checkout.session.expired" not in told(stand)
