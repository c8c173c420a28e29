"""Nothing that can be sent makes the stand-in stumble: it answers, and never with a 500."""

import json
from collections.abc import Iterator
from email.message import Message
from typing import Any
from urllib.parse import urlencode

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from sandbox import DEMO_KEY, api, page, panel, routes, sessions
from sandbox.standin import Call, Options, StandIn

NAMES = st.sampled_from(
    [
        "mode", "success_url", "line_items[0][quantity]", "line_items[0][price_data][currency]",
        "line_items[0][price_data][unit_amount]", "line_items[0][price_data][unit_amount_decimal]",
        "line_items[0][price_data][product_data][name]", "line_items", "line_items[0]", "metadata",
        "metadata[a]", "expires_at", "expand[]", "expand[0]", "limit", "created", "created[gte]",
        "amount", "charge", "payment_intent", "destination", "source_transaction", "currency",
        "discounts[0][coupon]", "shipping_options[0][shipping_rate_data][display_name]",
        "percent_off", "starting_after", "types[]", "a[b", "[x]", "",
    ]
)  # fmt: skip
WORDS = st.one_of(
    st.text(max_size=20),
    st.integers().map(str),
    st.sampled_from(
        ["payment", "eur", "jpy", "", "http://x.eu/", "1e9", "NaN", "data.price", "-0"]
    ),
)
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3)
    | st.dictionaries(
        st.sampled_from(["identity", "country", "configuration", "recipient", "capabilities",
                         "use_case", "type", "account", "account_onboarding", "include", "x"]),
        inner,
        max_size=4,
    ),
    max_leaves=12,
)  # fmt: skip
relaxed = settings(
    max_examples=500,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)


@pytest.fixture(scope="module")
def stand() -> Iterator[StandIn]:
    made = StandIn(Options())
    yield made
    made.store.close()


def send(stand: StandIn, operation: str, body: bytes, query: str = "") -> int:
    method, _, path = operation.partition(" ")
    headers: Message[str, str] = Message()
    headers["Authorization"] = f"Bearer {DEMO_KEY}"
    headers["Host"] = "127.0.0.1"
    return api.answer(stand, method, path.replace("*", "x"), query, headers, body).status


@relaxed
@given(
    operation=st.sampled_from(sorted(routes.ROUTES)),
    pairs=st.lists(st.tuples(NAMES, WORDS), max_size=8),
)
def test_parameters(stand: StandIn, operation: str, pairs: list[tuple[str, str]]) -> None:
    text = urlencode(pairs, errors="replace")
    body, query = ("", text) if operation.startswith("GET") else (text, "")

    assert send(stand, operation, body.encode(), query) in (200, 400, 404)


@relaxed
@given(operation=st.sampled_from(sorted(routes.ROUTES)), body=st.binary(max_size=60))
def test_bytes(stand: StandIn, operation: str, body: bytes) -> None:
    assert send(stand, operation, body, body.decode("latin-1")) in (200, 400, 404)


@relaxed
@given(path=st.sampled_from(["accounts", "account_links"]), body=JSON)
def test_json(stand: StandIn, path: str, body: Any) -> None:
    assert send(stand, f"POST /v2/core/{path}", json.dumps(body).encode()) in (200, 400, 404)


@relaxed
@given(
    fields=st.dictionaries(
        st.sampled_from(
            ["act", "fill", "total", "email", "number", "expiry", "cvc", "id", "value"]
        ),
        WORDS | st.sampled_from(["pay", "later", "refund", "fault", "hold", "resend"]),
    ),
    noise=st.binary(max_size=20),
)
def test_forms(stand: StandIn, params: Any, fields: dict[str, str], noise: bytes) -> None:
    body = urlencode(fields, errors="replace").encode() + noise
    wanted = params()
    call = Call("POST", "/v1/checkout/sessions", "127.0.0.1", wanted, params=wanted)
    session = sessions.create(stand, call)

    assert page.answer(stand, "POST", f"/c/pay/{session['id']}", "", body).status in (200, 303)
    assert panel.answer(stand, "POST", "/panel", "", body).status == 303
