"""A code is typed in the basket without JavaScript, refused once, used, and paid with."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from orders.models import Discount, Order
from tests.factories import make_collection, make_discount, make_piece, make_rate
from tests.journeys.walks import expect_thanks, go_to_pay, pay, put_in_basket
from tests.services.live_shop import LiveShop

pytestmark = pytest.mark.journey


def use(page: Page, code: str) -> None:
    field = page.get_by_label("Code", exact=True)
    if not field.is_visible():
        page.get_by_text("Have you been given a code?").click()
    field.fill(code)
    page.get_by_role("button", name="Use it").click()


def test_a_code(new_page: Callable[..., Page], live_shop: LiveShop) -> None:
    make_rate(amount=0)
    piece = make_piece(title="Tidestone ring", collection=make_collection(), price=64_000)
    make_discount(basis_points=2_500, once_per_customer=True)
    shopper = new_page(viewport={"width": 390, "height": 844}, java_script_enabled=False)

    put_in_basket(shopper, live_shop.url, piece)
    use(shopper, "autumn")
    expect(shopper.get_by_text("There is no code AUTUMN in this shop.").first).to_be_visible()
    use(shopper, "spring")
    expect(shopper.get_by_text("\N{MINUS SIGN}160")).to_be_visible()
    go_to_pay(shopper)
    pay(shopper)
    expect_thanks(shopper)

    expect(shopper.get_by_text("Code SPRING")).to_be_visible()
    order = Order.objects.get()
    assert (order.state, order.total, order.code) == (Order.State.PAID, 48_000, "SPRING")
    assert Discount.objects.get().uses == 1
