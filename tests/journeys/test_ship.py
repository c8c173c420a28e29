"""A designer makes a parcel and posts it; the shopper follows and gets a letter."""

import re
from collections.abc import Callable

import pytest
from django.contrib.auth.models import User
from playwright.sync_api import Page, expect

from designers.models import Designer
from orders.models import Order, Parcel
from tests.factories import make_collection, make_order, make_piece
from tests.journeys.walks import log_in
from tests.services.live_shop import LiveShop

pytestmark = pytest.mark.journey


@pytest.fixture
def order(ines: Designer, henrik: Designer, live_shop: LiveShop) -> Order:
    """One order of two designers, with a present for one."""
    mine = make_piece(title="Tidestone ring", collection=make_collection(designer=ines))
    other = make_piece(title="Nocturne No. 5", collection=make_collection(designer=henrik))
    order = make_order(mine, other)
    order.lines.update(is_made=True)
    order.parcels.filter(designer=ines).update(
        hide_prices=True, gift_note="For the forty-third year."
    )
    return order


@pytest.mark.parametrize("javascript", [True, False], ids=["javascript", "without-javascript"])
def test_ship(
    new_page: Callable[..., Page],
    live_shop: LiveShop,
    alice: User,
    order: Order,
    *,
    javascript: bool,
) -> None:
    designer = new_page(java_script_enabled=javascript, viewport={"width": 390, "height": 844})
    shopper = new_page()
    log_in(designer, live_shop.url, alice.username)
    expect(designer.get_by_text("Tidestone ring").first).to_be_visible()
    expect(designer.get_by_text("Nocturne No. 5")).to_have_count(0)

    parcel = Parcel.objects.get(designer__slug="ines-carvalho")
    designer.goto(f"{live_shop.url}/admin/orders/parcel/{parcel.pk}/slip/")
    expect(designer.get_by_text("For the forty-third year.")).to_be_visible()
    expect(designer.get_by_text("€")).to_have_count(0)

    designer.goto(f"{live_shop.url}/admin/orders/parcel/{parcel.pk}/change/")
    for stage in ("formed", "set", "hallmarked"):
        designer.get_by_role("button", name=f"Mark as {stage}").click()
    shopper.goto(f"{live_shop.url}/orders/{order.token}/")
    expect(shopper.locator("[aria-current=step]").first).to_contain_text("Hallmarked")

    designer.get_by_label("Posted with").fill("CTT")
    designer.get_by_role("button", name="Mark as posted").click()
    expect(designer.get_by_text(re.compile("number", re.IGNORECASE)).first).to_be_visible()
    assert Parcel.objects.get(pk=parcel.pk).state != Parcel.State.SHIPPED
    assert designer.get_by_label("Posted with").input_value() == "CTT"

    designer.get_by_label("Number on the slip").fill("RR 123 456 785 PT")
    designer.get_by_role("button", name="Mark as posted").click()
    expect(designer.get_by_text("RR 123 456 785 PT").first).to_be_visible()
    assert Parcel.objects.get(pk=parcel.pk).state == Parcel.State.SHIPPED

    letter = live_shop.wait_for_letter(order.email)
    assert "RR 123 456 785 PT" in letter.as_string()
    shopper.reload()
    expect(shopper.get_by_text("RR 123 456 785 PT")).to_be_visible()
    assert Parcel.objects.get(designer__slug="henrik-lund").state == Parcel.State.NEW
