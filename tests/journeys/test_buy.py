"""A shopper finds a ring, holds it, pays with 4242 and has an order page and a letter."""

import re

import pytest
from playwright.sync_api import Page, expect

from catalog import search
from catalog.models import Piece, Variant
from designers.models import Designer
from orders.models import Order
from tests.factories import make_collection, make_piece, make_rate
from tests.journeys.walks import EMAIL, expect_thanks, go_to_pay, pay, put_in_basket
from tests.services.live_shop import LiveShop

pytestmark = pytest.mark.journey


@pytest.fixture
def ring(ines: Designer, live_shop: LiveShop) -> Piece:
    make_rate(amount=0)
    piece = make_piece(
        title="Tidestone ring", collection=make_collection(designer=ines), price=64_000
    )
    search.reindex([piece])
    return piece


def test_buy(shopper: Page, live_shop: LiveShop, ring: Piece) -> None:
    shopper.goto(f"{live_shop.url}/pieces/?q=tidestone")
    shopper.get_by_role("link", name="Tidestone ring").first.click()
    expect(shopper.get_by_role("heading", level=1)).to_have_text("Tidestone ring")
    put_in_basket(shopper, live_shop.url, ring)
    expect(shopper.get_by_text(re.compile("held for you for"))).to_be_visible()
    go_to_pay(shopper)
    pay(shopper)
    expect_thanks(shopper)
    expect(shopper.get_by_text("Lindenstraße 14")).to_be_visible()

    order = Order.objects.get()
    assert (order.state, order.total, order.email) == (Order.State.PAID, 64_000, EMAIL)
    variant = Variant.objects.get(piece=ring)
    assert (variant.stock, variant.reserved) == (0, 0)
    letter = live_shop.wait_for_letter(EMAIL)
    assert order.number in str(letter["Subject"]) or order.token in letter.as_string()

    shopper.goto(f"{live_shop.url}/cart/")
    expect(shopper.get_by_role("heading", level=1)).to_have_text("Your basket is empty")
    shopper.goto(f"{live_shop.url}{ring.get_absolute_url()}")
    expect(shopper.get_by_text("sold").first).to_be_visible()


def test_a_stranger_learns_nothing_from_the_return_address(
    new_page: "pytest.FixtureRequest", live_shop: LiveShop, ring: Piece
) -> None:
    buyer, stranger = new_page(), new_page()  # type: ignore[operator]
    put_in_basket(buyer, live_shop.url, ring)
    go_to_pay(buyer)
    pay(buyer)
    expect_thanks(buyer)
    session = Order.objects.get().attempts.get().session_id
    stranger.goto(f"{live_shop.url}/checkout/return/?session_id={session}")
    assert Order.objects.get().token not in stranger.url
    expect(stranger.get_by_text("Lindenstraße")).to_have_count(0)
    expect(stranger.get_by_text(EMAIL)).to_have_count(0)


def test_release_gives_the_ring_back_to_everybody(
    shopper: Page, live_shop: LiveShop, ring: Piece
) -> None:
    put_in_basket(shopper, live_shop.url, ring)
    assert Variant.objects.get(piece=ring).reserved == 1
    shopper.get_by_role("button", name=re.compile("release")).click()
    expect(shopper.get_by_role("heading", level=1)).to_have_text("Your basket is empty")
    assert Variant.objects.get(piece=ring).reserved == 0
