"""Parcels in the workshop: what a maker sees of an order, and what they do with it."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.test import Client
from django.urls import reverse
from django.utils.timezone import localdate
from pytest_django import DjangoAssertNumQueries

from designers.models import Designer
from orders import fulfilment
from orders.models import Order, OrderLine, Parcel
from tests.factories import make_collection, make_member, make_order, make_piece

pytestmark = pytest.mark.django_db
LIST = reverse("admin:orders_parcel_changelist")


@pytest.fixture
def alices(alice: User, logged_in: Callable[[User], Client]) -> Client:
    return logged_in(alice)


@pytest.fixture
def order(ines: Designer, henrik: Designer) -> Order:
    """One of Inês's, made for Mara, and one of Henrik's."""
    tide = make_piece(collection=make_collection(designer=ines), title="Tide ring", price=64_000)
    north = make_piece(collection=make_collection(designer=henrik), title="North cuff")
    order = make_order(tide, north)
    OrderLine.objects.filter(title="Tide ring").update(
        is_made=True, engraving="J. & M. 2026", commission=11_520
    )
    return order


@pytest.fixture
def parcel(order: Order, ines: Designer) -> Parcel:
    return order.parcels.get(designer=ines)


def page(parcel: Parcel) -> str:
    return reverse("admin:orders_parcel_change", args=[parcel.pk])


def press(client: Client, parcel: Parcel, **data: Any) -> Any:
    return client.post(page(parcel), data, follow=True)


def test_a_maker_reads_what_to_make_and_for_whom_and_nothing_more(
    alices: Client, parcel: Parcel
) -> None:
    for address in (LIST, page(parcel)):
        text = alices.get(address).content.decode()
        for told in ("Tide ring", "J. &amp; M. 2026", "Mara Quinn", "1 Quay St", "Ireland"):
            assert told in text
        assert parcel.order.number in text
        assert "524.80" in text  # what she earns
        for hidden in ("North cuff", "Henrik", "mara@example.com", "1,740", parcel.order.token):
            assert hidden not in text


def test_the_owner_sees_all_of_them_with_their_makers(
    order: Order, owner: User, logged_in: Callable[[User], Client]
) -> None:
    text = logged_in(owner).get(LIST).content.decode()
    assert "Tide ring" in text
    assert "North cuff" in text
    assert "Henrik Lund" in text


def test_the_most_urgent_stands_first_and_what_left_stands_elsewhere(
    alices: Client, ines: Designer, parcel: Parcel
) -> None:
    sooner = make_order(make_piece(collection=make_collection(designer=ines), title="Rope band"))
    sooner.parcels.update(post_by=localdate())
    text = alices.get(LIST).content.decode()
    assert text.index("Rope band") < text.index("Tide ring")
    assert "today" in text
    press(alices, parcel, _ship="1", by_hand="on")
    assert "Tide ring" not in alices.get(LIST).content.decode().partition("</ul>")[2]
    assert "Tide ring" in alices.get(LIST, {"show": "posted"}).content.decode()


@pytest.mark.parametrize("words", ["Tide", "Quinn"])
def test_it_is_found_by_words(alices: Client, parcel: Parcel, words: str) -> None:
    assert "1 Quay St" in alices.get(LIST, {"q": words}).content.decode()
    assert "1 Quay St" not in alices.get(LIST, {"q": "Nobody"}).content.decode()
    assert alices.get(LIST, {"q": "\0", "page": "x"}).status_code == 200


def test_what_is_not_paid_is_not_to_send(alices: Client, parcel: Parcel) -> None:
    Order.objects.update(state=Order.State.AWAITING_PAYMENT)
    assert "Tide ring" not in alices.get(LIST).content.decode()
    answer = press(alices, parcel, _ship="1", by_hand="on")
    assert answer.status_code == 400
    assert "not one to send now" in answer.content.decode()


def test_the_next_stage_is_one_press(alices: Client, parcel: Parcel) -> None:
    press(alices, parcel, _stage="1", stage="0")
    parcel.refresh_from_db()
    assert (parcel.stage, parcel.state) == (1, Parcel.State.MAKING)
    assert parcel.stage_days == {"1": localdate().isoformat()}


def test_a_stage_is_chosen_and_a_line_is_said(alices: Client, parcel: Parcel) -> None:
    line = "I am pegging the pearl today."
    answer = press(alices, parcel, _keep="1", stage="2", line=line)
    parcel.refresh_from_db()
    assert (parcel.stage, parcel.maker_note) == (2, line)
    assert "Kept: Set." in answer.content.decode()


def test_keeping_what_was_not_changed_changes_nothing(alices: Client, parcel: Parcel) -> None:
    press(alices, parcel, _keep="1", stage="0", line="")
    parcel.refresh_from_db()
    assert parcel.state == Parcel.State.NEW
    assert not parcel.events.exists()


def test_posting_needs_a_number_and_loses_nothing_typed(alices: Client, parcel: Parcel) -> None:
    answer = press(alices, parcel, _ship="1", carrier="CTT Expresso", line="It is yours now.")
    assert answer.status_code == 400
    text = answer.content.decode()
    assert "Give the number of the parcel, or say by hand." in text
    assert 'value="CTT Expresso"' in text
    assert "It is yours now." in text
    parcel.refresh_from_db()
    assert parcel.shipped_at is None


def test_posted_with_carrier_and_number(
    alices: Client, alice: User, parcel: Parcel, mailoutbox: list[Any]
) -> None:
    press(alices, parcel, _ship="1", carrier="CTT Expresso", tracking="EE123456789PT")
    parcel.refresh_from_db()
    assert (parcel.state, parcel.tracking) == (Parcel.State.SHIPPED, "EE123456789PT")
    assert parcel.events.get(kind="shipped").actor == alice
    assert "ctt.pt" in alices.get(page(parcel)).content.decode()


def test_handed_over_by_hand_needs_no_number(alices: Client, parcel: Parcel) -> None:
    press(alices, parcel, _ship="1", by_hand="on")
    parcel.refresh_from_db()
    assert (parcel.state, parcel.carrier) == (Parcel.State.SHIPPED, "")


def test_choosing_posted_among_the_stages_asks_for_the_number_too(
    alices: Client, parcel: Parcel
) -> None:
    assert press(alices, parcel, _keep="1", stage="4").status_code == 400
    press(alices, parcel, _keep="1", stage="4", carrier="DHL", tracking="1234")
    parcel.refresh_from_db()
    assert parcel.state == Parcel.State.SHIPPED


def test_pressed_twice_it_is_posted_once(alices: Client, parcel: Parcel) -> None:
    press(alices, parcel, _ship="1", carrier="DHL", tracking="1")
    again = press(alices, parcel, _ship="1", carrier="DHL", tracking="2")
    assert "posted already" in again.content.decode()
    parcel.refresh_from_db()
    assert parcel.tracking == "1"


def test_late_needs_a_later_day_and_a_reason(alices: Client, parcel: Parcel) -> None:
    said = press(alices, parcel, _late="1", until="2020-01-01", reason="A stone broke.")
    assert "That is not later than the day you promised." in said.content.decode()
    assert "A stone broke." in said.content.decode()
    said = press(alices, parcel, _late="1", until="soon")
    assert said.status_code == 400
    assert "Say why" in said.content.decode()


def test_late_moves_both_days_and_says_why(alices: Client, parcel: Parcel) -> None:
    until, leaves = parcel.arrives_by + timedelta(7), parcel.post_by + timedelta(7)
    press(alices, parcel, _late="1", until=until.isoformat(), reason="A stone broke.")
    parcel.refresh_from_db()
    assert (parcel.arrives_by, parcel.post_by) == (until, leaves)
    assert parcel.maker_note == "A stone broke."


@pytest.mark.parametrize(
    "data",
    [
        {"_stage": "9"},
        {"_stage": "x"},
        {"_stage": "4"},
        {"_keep": "1", "stage": "99"},
        {"_keep": "1", "line": "x" * 500},
        {"_ship": "1", "carrier": "x" * 99, "tracking": "1"},
        {"_late": "1", "until": "9999-12-31", "reason": "x"},
        {},
    ],
)
def test_what_makes_no_sense_changes_nothing(
    alices: Client, parcel: Parcel, data: dict[str, str]
) -> None:
    assert press(alices, parcel, **data).status_code in {200, 400}
    parcel.refresh_from_db()
    assert (parcel.stage, parcel.state) == (0, Parcel.State.NEW)


def test_whoever_works_at_the_bench_moves_it_on(
    parcel: Parcel, logged_in: Callable[[User], Client]
) -> None:
    bench = logged_in(make_member(parcel.designer, "ben", role="bench"))
    press(bench, parcel, _stage="1")
    parcel.refresh_from_db()
    assert parcel.stage == 1


def test_another_makers_parcel_is_not_found(alices: Client, order: Order) -> None:
    theirs = order.parcels.get(designer__slug="henrik-lund")
    names = ["change", "slip", "bench", "history", "delete"]
    for name in names:
        address = reverse(f"admin:orders_parcel_{name}", args=[theirs.pk])
        assert alices.get(address).status_code in {403, 404}
        assert alices.post(address, {"_stage": "1", "post": "yes"}).status_code in {403, 404, 405}
    theirs.refresh_from_db()
    assert theirs.stage == 0


def test_a_parcel_is_neither_added_nor_deleted(alices: Client, parcel: Parcel) -> None:
    assert alices.get(reverse("admin:orders_parcel_add")).status_code == 403
    delete = reverse("admin:orders_parcel_delete", args=[parcel.pk])
    assert alices.post(delete, {"post": "yes"}).status_code == 403
    assert alices.post(LIST, {}).status_code == 405


def test_what_lay_ready_was_made_before(alices: Client, parcel: Parcel) -> None:
    parcel.lines.update(is_made=False)
    text = alices.get(page(parcel)).content.decode()
    assert "ready made" in text
    assert "Mark as posted" in text
    assert "Mark as formed" not in text


class TestPapers:
    def slip(self, alices: Client, parcel: Parcel) -> str:
        address = reverse("admin:orders_parcel_slip", args=[parcel.pk])
        return alices.get(address).content.decode()

    def test_the_slip_names_pieces_and_prices(self, alices: Client, parcel: Parcel) -> None:
        text = self.slip(alices, parcel)
        assert "Tide ring" in text
        assert "640" in text
        assert "North cuff" not in text
        assert "mara@example.com" not in text

    def test_a_present_has_the_note_and_no_price(self, alices: Client, parcel: Parcel) -> None:
        Parcel.objects.update(hide_prices=True, gift_note="For the forty-third year.")
        text = self.slip(alices, parcel)
        assert "For the forty-third year." in text
        assert "640" not in text
        assert "€" not in text

    def test_the_bench_sheet_draws_the_ring_at_its_size(
        self, alices: Client, parcel: Parcel
    ) -> None:
        line = parcel.lines.get()
        assert line.variant
        line.variant.piece.sized = "ring"
        line.variant.piece.save(update_fields=["sized"])
        line.variant.size, line.variant.label = 5400, "54"
        line.variant.save(update_fields=["size", "label"])
        parcel.lines.update(label="54")
        address = reverse("admin:orders_parcel_bench", args=[parcel.pk])
        text = alices.get(address).content.decode()
        assert 'r="8.595"' in text  # 54 mm round is 17.19 mm across
        assert "17.19" in text
        assert "J. &amp; M. 2026" in text
        assert "€" not in text


def test_the_list_asks_the_same_however_many_there_are(
    alices: Client, ines: Designer, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    collection = make_collection(designer=ines)
    counts = []
    for count in (2, 15):
        for _ in range(count):
            make_order(make_piece(collection=collection), make_piece(collection=collection))
        with django_assert_max_num_queries(9) as asked:
            assert alices.get(LIST).status_code == 200
        counts.append(len(asked))
    assert counts[0] == counts[1]


def test_open_states_are_those_that_can_be_sent() -> None:
    assert set(fulfilment.OPEN) == {Parcel.State.NEW, Parcel.State.MAKING}
