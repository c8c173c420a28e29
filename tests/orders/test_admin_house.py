"""Orders, Stripe's events and rates in the workshop."""

from collections.abc import Callable
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.test import Client
from django.urls import reverse
from pytest_django import DjangoAssertNumQueries

from designers.models import Designer
from orders.models import Order, OrderEvent, PaymentAttempt, ShippingRate, StripeEvent
from tests.factories import make_order, make_piece, make_rate

pytestmark = pytest.mark.django_db
type LogIn = Callable[[User], Client]
ORDERS = reverse("admin:orders_order_changelist")
EVENTS = reverse("admin:orders_stripeevent_changelist")


@pytest.fixture
def olives(owner: User, logged_in: LogIn) -> Client:
    return logged_in(owner)


@pytest.fixture
def alices(alice: User, logged_in: LogIn) -> Client:
    return logged_in(alice)


@pytest.fixture
def order() -> Order:
    order = make_order(make_piece(title="Tide ring"))
    PaymentAttempt.objects.create(
        order=order,
        number=1,
        state="complete",
        idempotency_key="k1",
        parameters={},
        expected_total=order.total,
        session_id="cs_1",
        payment_intent="pi_1",
        expires_at=order.created_at,
    )
    OrderEvent.objects.create(order=order, kind="paid", text="1,100.00")
    return order


def event(**columns: Any) -> StripeEvent:
    defaults = {"event_id": "evt_1", "type": "product.created", "payload": {"object": "cs_1"}}
    return StripeEvent.objects.create(**defaults | columns)


@pytest.mark.parametrize("words", ["Quinn", "mara@example.com"])
def test_the_owner_finds_an_order(olives: Client, order: Order, words: str) -> None:
    assert order.number in olives.get(ORDERS, {"q": words}).content.decode()
    assert order.number in olives.get(ORDERS, {"q": order.number}).content.decode()
    assert order.number not in olives.get(ORDERS, {"q": "nobody"}).content.decode()


def test_the_owner_reads_the_whole_of_it(olives: Client, order: Order) -> None:
    event(state="failed", error="Timeout: no answer")
    text = olives.get(reverse("admin:orders_order_change", args=[order.pk])).content.decode()
    for told in ("Tide ring", "mara@example.com", "pi_1", "Paid: 1,100.00", "Timeout: no answer"):
        assert told in text


def test_nobody_changes_an_order_by_hand(olives: Client, order: Order) -> None:
    address = reverse("admin:orders_order_change", args=[order.pk])
    assert olives.post(address, {"state": "refunded"}).status_code == 403
    delete = reverse("admin:orders_order_delete", args=[order.pk])
    assert olives.post(delete, {"post": "yes"}).status_code == 403
    assert olives.get(reverse("admin:orders_order_add")).status_code == 403
    order.refresh_from_db()
    assert order.state == Order.State.PAID


def test_a_maker_sees_neither_orders_nor_events(alices: Client, order: Order) -> None:
    kept = event()
    addresses = [
        ORDERS,
        EVENTS,
        reverse("admin:orders_order_change", args=[order.pk]),
        reverse("admin:orders_stripeevent_change", args=[kept.pk]),
    ]
    for address in addresses:
        assert alices.get(address).status_code in {403, 404}
    again = reverse("admin:orders_stripeevent_again", args=[kept.pk])
    assert alices.post(again).status_code in {403, 404}
    kept.refresh_from_db()
    assert kept.tries == 0


def test_an_event_is_run_again_from_its_page(olives: Client) -> None:
    kept = event(state="failed", tries=3, error="Timeout")
    answer = olives.post(
        reverse("admin:orders_stripeevent_again", args=[kept.pk]), follow=True
    ).content.decode()
    kept.refresh_from_db()
    assert (kept.state, kept.tries, kept.error) == (StripeEvent.State.PROCESSED, 4, "")
    assert "1 of 1 succeeded." in answer


def test_events_are_run_again_from_the_list(olives: Client) -> None:
    pks = [event(event_id=f"evt_{n}", state="failed").pk for n in range(3)]
    data = {"action": "run_again", "_selected_action": pks, "index": "0"}
    assert "3 of 3 succeeded." in olives.post(EVENTS, data, follow=True).content.decode()
    assert "delete_selected" not in olives.get(EVENTS).content.decode()


def test_running_again_is_never_a_get(olives: Client) -> None:
    address = reverse("admin:orders_stripeevent_again", args=[event().pk])
    assert olives.get(address).status_code == 405
    missing = reverse("admin:orders_stripeevent_again", args=[999_999])
    assert olives.post(missing).status_code == 404


@pytest.mark.parametrize("address", [ORDERS, EVENTS])
def test_the_lists_ask_the_same_however_many_there_are(
    olives: Client, address: str, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    counts = []
    for count in (2, 20):
        for number in range(count):
            make_order(make_piece())
            event(event_id=f"evt_{count}_{number}")
        with django_assert_max_num_queries(8) as asked:
            assert olives.get(address).status_code == 200
        counts.append(len(asked))
    assert counts[0] == counts[1]


class TestRates:
    LIST = reverse("admin:orders_shippingrate_changelist")
    ADD = reverse("admin:orders_shippingrate_add")

    def fields(self, **more: Any) -> dict[str, Any]:
        return {
            "name": "Insured post",
            "amount": "9.50",
            "free_from": "",
            "days": "3",
            "countries": "pt, es",
            "is_active": "on",
        } | more

    def test_a_maker_adds_their_own_in_decimals(self, alices: Client, ines: Designer) -> None:
        alices.post(self.ADD, self.fields(designer=ines.pk, free_from="500"))
        rate = ShippingRate.objects.get()
        assert (rate.designer, rate.amount, rate.free_from) == (ines, 950, 50_000)
        assert rate.countries == "PT ES"
        assert "9.50" in alices.get(self.LIST).content.decode()

    @pytest.mark.parametrize("whose", ["", "henrik"])
    def test_neither_the_houses_nor_anothers(
        self, alices: Client, henrik: Designer, whose: str
    ) -> None:
        designer = henrik.pk if whose else ""
        alices.post(self.ADD, self.fields(designer=designer))
        assert not ShippingRate.objects.exists()

    def test_the_owner_keeps_the_houses(self, olives: Client) -> None:
        olives.post(self.ADD, self.fields(designer=""))
        assert ShippingRate.objects.get().designer is None

    def test_what_is_not_ones_own_is_not_found(self, alices: Client, henrik: Designer) -> None:
        for rate in (make_rate(), make_rate(designer=henrik)):
            address = reverse("admin:orders_shippingrate_change", args=[rate.pk])
            assert alices.get(address).status_code == 404
            assert alices.post(address, self.fields(amount="0")).status_code == 404
        assert ShippingRate.objects.filter(amount=900).count() == 2

    @pytest.mark.parametrize(
        ("field", "value", "sentence"),
        [
            ("countries", "PT XX", "The shop does not post to: XX."),
            ("days", "0", "Between one day and ninety."),
            ("amount", "nine", "This is not an amount"),
            ("amount", "-1", "That is too little."),
        ],
    )
    def test_what_makes_no_sense_is_said(
        self, alices: Client, ines: Designer, field: str, value: str, sentence: str
    ) -> None:
        answer = alices.post(self.ADD, self.fields(designer=ines.pk, **{field: value}))
        assert sentence in answer.content.decode()
        assert not ShippingRate.objects.exists()
