"""Whatever is sent to the pages of who buys, none answers with a 500."""

from typing import Any

import pytest
from django.core.cache import cache
from django.test import Client
from django.utils.http import urlencode
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from catalog.models import Piece
from orders.models import CartLine
from sandbox.testing import StripeSandbox
from tests.factories import make_piece, make_rate

pytestmark = pytest.mark.django_db
A_LOT = settings(
    settings.get_profile("odd"),
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)

ODD = st.sampled_from(
    [
        "",
        "0",
        "1",
        "-1",
        "²",
        "1e9",
        "9" * 19,
        "9" * 200,
        "\x00",
        "\ud800",
        "a\nb",
        "{x}",
        "%s",
        "ñ",
    ]
)
WORDS = ODD | st.text(max_size=80) | st.integers().map(str)
KNOWN = ["variant", "piece", "size", "quantity", "engraving", "act", "country", "email", "total"]
NAMES = st.sampled_from([*KNOWN, "from", "gifts", "session_id", "ids", "sizes", "number", "next"])
TYPED = st.dictionaries(NAMES, WORDS, max_size=7)


@pytest.fixture(autouse=True)
def no_throttle(monkeypatch: pytest.MonkeyPatch) -> None:
    cache.clear()
    monkeypatch.setattr("shop.throttle._count", lambda *_anything: 0)


@pytest.fixture
def piece() -> Piece:
    make_rate(amount=0)
    return make_piece(making=Piece.Making.MADE_TO_ORDER, engraving_letters=12)


@pytest.fixture
def shopper(piece: Piece) -> Client:
    client = Client(headers={"Sec-Fetch-Site": "same-origin"}, raise_request_exception=False)
    client.post("/cart/", {"variant": piece.variants.get().pk})
    return client


def encoded(typed: dict[str, str]) -> str:
    """As a browser would send it, lone surrogates and all."""
    pairs = {name: value.encode("utf-8", "surrogatepass") for name, value in typed.items()}
    return urlencode(pairs)


def post(client: Client, path: str, typed: dict[str, str]) -> Any:
    return client.post(path, encoded(typed), content_type="application/x-www-form-urlencoded")


@A_LOT
@given(typed=TYPED)
def test_adding(shopper: Client, piece: Piece, typed: dict[str, str]) -> None:
    assert post(shopper, "/cart/", typed).status_code in {303, 400, 409}
    CartLine.objects.all().delete()  # a full basket is slow to show


@A_LOT
@given(typed=TYPED, known=st.booleans())
def test_paying(shopper: Client, typed: dict[str, str], known: bool, stripe: StripeSandbox) -> None:
    if known:  # the rest of it fits, so that the odd thing gets as far as it can
        typed = {"country": "IE", "email": "jonas@example.eu"} | typed
    assert post(shopper, "/checkout/", typed).status_code in {303, 400, 409}


@A_LOT
@given(typed=TYPED)
def test_acting_on_a_line(shopper: Client, typed: dict[str, str]) -> None:
    assert post(shopper, "/cart/lines/1/", typed).status_code in {303, 400, 404, 409}


@A_LOT
@given(ids=st.text(alphabet="0123456789,.-²x ", max_size=40) | WORDS, typed=TYPED)
def test_asking_for_availability(ids: str, typed: dict[str, str]) -> None:
    answer = Client(raise_request_exception=False).get(
        f"/pieces/availability/?{encoded(typed | {'ids': ids})}"
    )
    assert answer.status_code in {200, 400}


@A_LOT
@given(session=st.text(alphabet="cs_test{}CHECKOU ÀÉ0123", max_size=60) | WORDS, typed=TYPED)
def test_coming_back(shopper: Client, session: str, typed: dict[str, str]) -> None:
    answer = shopper.get(f"/checkout/return/?{encoded(typed | {'session_id': session})}")
    assert answer.status_code == 404


@A_LOT
@given(typed=TYPED)
def test_finding_an_order(shopper: Client, typed: dict[str, str]) -> None:
    assert post(shopper, "/orders/find/", typed).status_code in {303, 400}


@A_LOT
@given(token=st.text(max_size=60).map(lambda text: text.replace("/", "").strip(".?#\\")))
def test_opening_an_order(shopper: Client, token: str) -> None:
    path = urlencode({"": token.encode("utf-8", "surrogatepass")})[1:]
    assert shopper.get(f"/orders/{path}/").status_code in {200, 404}
