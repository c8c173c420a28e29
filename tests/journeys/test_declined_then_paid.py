"""A declined card, a bank that asks, a closed tab, a second tab: each ends in one paid order."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from catalog.models import Piece
from designers.models import Designer
from orders.models import Order
from tests.factories import make_collection, make_piece, make_rate
from tests.journeys.walks import EMAIL, expect_thanks, go_to_pay, pay, put_in_basket
from tests.services.live_shop import LiveShop

pytestmark = pytest.mark.journey

DECLINED = "4000 0000 0000 0002"
NO_FUNDS = "4000 0000 0000 9995"
BANK_ASKS = "4000 0025 0000 3155"


@pytest.fixture
def ring(ines: Designer, live_shop: LiveShop) -> Piece:
    make_rate(amount=0)
    return make_piece(title="Tidestone ring", collection=make_collection(designer=ines))


def test_declined_then_paid(shopper: Page, live_shop: LiveShop, ring: Piece) -> None:
    put_in_basket(shopper, live_shop.url, ring)
    go_to_pay(shopper)
    for card in (DECLINED, NO_FUNDS):
        pay(shopper, card)
        expect(
            shopper.get_by_text("declined").or_(shopper.get_by_text("funds")).first
        ).to_be_visible()
        assert Order.objects.get().state == Order.State.AWAITING_PAYMENT
    pay(shopper)
    expect_thanks(shopper)
    assert Order.objects.get().attempts.count() == 1


def test_the_bank_asks_and_is_answered(
    new_page: Callable[..., Page], live_shop: LiveShop, ring: Piece
) -> None:
    page = new_page()
    put_in_basket(page, live_shop.url, ring)
    go_to_pay(page)
    pay(page, BANK_ASKS)
    page.get_by_role("button", name="Complete").click()
    expect_thanks(page)


def test_going_back_changes_nothing_and_paying_works_after(
    new_page: Callable[..., Page], live_shop: LiveShop, ring: Piece
) -> None:
    page = new_page()
    put_in_basket(page, live_shop.url, ring)
    go_to_pay(page)
    page.goto(f"{live_shop.url}/cart/")
    expect(page.get_by_role("link", name="Tidestone ring")).to_be_visible()
    go_to_pay(page)
    pay(page)
    expect_thanks(page)
    assert Order.objects.filter(state=Order.State.PAID).count() == 1


def test_paying_in_two_tabs_charges_once(
    new_page: Callable[..., Page], live_shop: LiveShop, ring: Piece
) -> None:
    first = new_page()
    put_in_basket(first, live_shop.url, ring)
    go_to_pay(first)
    second = first.context.new_page()
    second.goto(f"{live_shop.url}/cart/")
    go_to_pay(second)
    pay(second)
    expect_thanks(second)
    pay(first)
    expect(first.get_by_text("Thank you")).to_have_count(0)
    charged = live_shop.stripe.events("charge.succeeded")
    assert len(charged) == 1
    assert Order.objects.filter(state=Order.State.PAID).count() == 1


def test_a_closed_tab_is_settled_by_the_webhook_alone(
    new_page: Callable[..., Page], live_shop: LiveShop, ring: Piece
) -> None:
    page = new_page()
    put_in_basket(page, live_shop.url, ring)
    go_to_pay(page)
    page.close()
    session = Order.objects.get().attempts.get().session_id
    assert session
    live_shop.stripe.pay(session)
    live_shop.wait_for_letter(EMAIL)
    assert Order.objects.get().state == Order.State.PAID
