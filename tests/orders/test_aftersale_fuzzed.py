"""Whatever is sent to the pages after buying, none answers with a 500."""

from collections.abc import Callable

import pytest
from django.contrib.auth.models import User
from django.core.cache import cache
from django.test import Client
from django.urls import reverse
from django.utils.timezone import localdate, now
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from catalog.models import Piece
from designers.models import Designer
from orders.models import AfterSale, AfterSaleLine, Order, OrderLine, Parcel
from tests.factories import make_collection, make_order, make_piece
from tests.orders.test_pages_fuzzed import ODD, WORDS, post

pytestmark = pytest.mark.django_db
A_LOT = settings(
    max_examples=200,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
    database=None,
)
KNOWN = ["token", "words", "reason", "new_size", "act", "tracking", "line_1", "request", "_act"]
ACTS = st.sampled_from(
    ["approve", "withdraw", "post", "quote", "accept", "refuse", "agree", "arrive"]
)
NAMES = st.sampled_from(KNOWN)
UUID = "7d4448409dc0411aaf9bcbe2fd2f9f5c"
TYPED = st.dictionaries(NAMES, WORDS | ACTS | st.just(UUID), max_size=7)
MORE = ["answer", "price", "days", "send_to", "restock", "carrier", "by_hand"]
ANSWERED = st.dictionaries(st.sampled_from([*KNOWN, *MORE]), WORDS | ACTS, max_size=9)


@pytest.fixture(autouse=True)
def no_throttle(monkeypatch: pytest.MonkeyPatch) -> None:
    cache.clear()
    monkeypatch.setattr("shop.throttle._count", lambda *_anything: 0)


@pytest.fixture
def order(ines: Designer) -> Order:
    """A ring that arrived."""
    piece = make_piece(collection=make_collection(designer=ines), sized=Piece.Sized.RING)
    order = make_order(piece)
    Parcel.objects.update(state="shipped", shipped_at=now(), arrives_by=localdate())
    OrderLine.objects.update(quantity=3, total=330_000)
    return order


@pytest.fixture
def shopper() -> Client:
    return Client(headers={"Sec-Fetch-Site": "same-origin"}, raise_request_exception=False)


@A_LOT
@given(kind=st.sampled_from(["return", "resize", "repair", "calling-off"]), typed=TYPED)
def test_asking(shopper: Client, order: Order, kind: str, typed: dict[str, str]) -> None:
    line, parcel = OrderLine.objects.get(), Parcel.objects.get()
    if "line_1" in typed:
        typed = typed | {f"line_{line.pk}": typed["line_1"]}
    answer = post(shopper, f"/orders/{order.token}/parcels/{parcel.pk}/{kind}/", typed)
    assert answer.status_code in {303, 400, 409}
    line.refresh_from_db()
    assert line.asked_quantity <= 3
    AfterSale.objects.all().delete()
    OrderLine.objects.update(asked_quantity=0)


@A_LOT
@given(state=st.sampled_from(AfterSale.State.values), typed=TYPED)
def test_acting(shopper: Client, order: Order, state: str, typed: dict[str, str]) -> None:
    asked = stand(state)
    assert post(shopper, asked.get_absolute_url(), typed).status_code in {303, 400, 409}
    assert shopper.get(asked.get_absolute_url()).status_code == 200
    AfterSale.objects.all().delete()


@A_LOT
@given(state=st.sampled_from(AfterSale.State.values), typed=ANSWERED)
def test_answering(
    order: Order,
    state: str,
    typed: dict[str, str],
    alice: User,
    logged_in: Callable[[User], Client],
) -> None:
    alices = logged_in(alice)
    alices.raise_request_exception = False
    asked = stand(state)
    address = reverse("admin:orders_aftersale_change", args=[asked.pk])
    assert post(alices, address, typed).status_code in {302, 400, 409}
    assert alices.get(address).status_code == 200
    AfterSale.objects.all().delete()


@A_LOT
@given(pk=ODD, page=ODD)
def test_looking_for(
    order: Order, pk: str, page: str, owner: User, logged_in: Callable[[User], Client]
) -> None:
    olives = logged_in(owner)
    olives.raise_request_exception = False
    refund = reverse("admin:orders_order_refund", args=[order.pk])
    query = {"request": pk.encode("utf-8", "surrogatepass")}
    assert olives.get(refund, query).status_code == 200
    listed = reverse("admin:orders_aftersale_changelist")
    query = {"page": page.encode("utf-8", "surrogatepass"), "show": b"all"}
    assert olives.get(listed, query).status_code == 200


def stand(state: str) -> AfterSale:
    """A return or, where that has no such state, a mend."""
    returns = {"asked", "accepted", "posted", "arrived", "refunded"}
    kind = "return" if state in returns else "repair"
    asked = AfterSale.objects.create(parcel=Parcel.objects.get(), kind=kind, state=state)
    AfterSaleLine.objects.create(aftersale=asked, line=OrderLine.objects.get())
    over = state in AfterSale.OVER
    OrderLine.objects.update(asked_quantity=0 if over else 1)
    return asked
