"""Two people reach for one ring: one has it, the other is told so in words and charged nothing."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.utils.timezone import now
from playwright.sync_api import Page, expect

from catalog.models import Piece, Variant
from designers.models import Designer
from orders.models import Hold, Order
from tests.factories import make_collection, make_piece, make_rate
from tests.journeys.walks import expect_thanks, go_to_pay, pay, put_in_basket
from tests.services.live_shop import LiveShop

pytestmark = pytest.mark.journey


@pytest.fixture
def ring(ines: Designer, live_shop: LiveShop) -> Piece:
    make_rate(amount=0)
    return make_piece(title="Tidestone ring", collection=make_collection(designer=ines))


def test_two_buyers_one_ring(
    new_page: Callable[..., Page], live_shop: LiveShop, ring: Piece
) -> None:
    ann, ben = new_page(), new_page()
    # The page asks once whether the ring is free; on a slow machine Ann would be quicker than that.
    with ben.expect_response("**/pieces/availability/**"):
        ben.goto(f"{live_shop.url}{ring.get_absolute_url()}")
    put_in_basket(ann, live_shop.url, ring)

    ben.get_by_role("button", name="Put in the basket").first.click()
    expect(ben.get_by_text("in a basket until").first).to_be_visible()
    ben.goto(f"{live_shop.url}{ring.get_absolute_url()}")
    expect(ben.get_by_text("in a basket until").first).to_be_visible()
    expect(ben.get_by_role("button", name="Put in the basket")).to_have_count(0)

    go_to_pay(ann)
    pay(ann)
    expect_thanks(ann)
    ben.reload()
    expect(ben.get_by_text("sold").first).to_be_visible()
    assert len(live_shop.stripe.events("charge.succeeded")) == 1


def test_a_lapsed_hold_goes_to_whoever_is_quicker(
    new_page: Callable[..., Page], live_shop: LiveShop, ring: Piece
) -> None:
    ann, ben = new_page(), new_page()
    put_in_basket(ann, live_shop.url, ring)
    past = now() - timedelta(seconds=5)
    Hold.objects.update(expires_at=past)
    Variant.objects.update(held_until=past)

    put_in_basket(ben, live_shop.url, ring)
    ann.goto(f"{live_shop.url}/cart/")
    expect(ann.get_by_text("gone").first).to_be_visible()
    expect(ann.get_by_role("button", name="Pay")).to_have_count(0)
    go_to_pay(ben)
    pay(ben)
    expect_thanks(ben)
    assert Order.objects.filter(state=Order.State.PAID).count() == 1
