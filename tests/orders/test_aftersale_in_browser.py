"""The pages after buying in a real browser: axe finds nothing, for shopper, maker and owner."""

import os
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.core.cache import cache
from django.utils.timezone import localdate, now
from playwright.sync_api import Browser, Page
from pytest_django.live_server_helper import LiveServer

from catalog.models import Piece
from designers.models import Designer
from orders.afterwards import aftersale
from orders.models import AfterSale, AfterSaleLine, Order, OrderEvent, OrderLine, Parcel
from tests.designers.walking import wrong_on
from tests.factories import make_collection, make_order, make_photo, make_piece
from tests.orders.test_pages_in_browser import WIDTHS, is_clean

pytestmark = [pytest.mark.journey, pytest.mark.django_db(transaction=True)]
Kind, State = AfterSale.Kind, AfterSale.State
ADDRESS = "Inês Carvalho\nRua da Bica 4\n4000-001 Porto\nPortugal"


@pytest.fixture(autouse=True)
def shop(settings: Any, live_server: LiveServer) -> str:
    cache.clear()
    settings.SITE_URL = live_server.url
    return str(live_server.url)


@pytest.fixture
def order(ines: Designer, henrik: Designer) -> Order:
    """A ring and a brooch of Inês's that arrived, a cuff of Henrik's that nobody began."""
    low = make_collection(designer=ines)
    pieces = [
        make_piece(collection=low, title="Tidestone ring", sized=Piece.Sized.RING),
        make_piece(collection=low, title="Scallop brooch", price=126_000),
        make_piece(collection=make_collection(designer=henrik), title="North cuff"),
    ]
    for piece in pieces:
        make_photo(piece.designer, piece=piece)
    order = make_order(*pieces, name="Jonas Weber", payment_note="Visa ending 4242")
    OrderLine.objects.filter(title="Tidestone ring").update(label="54")
    order.parcels.filter(designer=ines).update(
        state=Parcel.State.SHIPPED,
        shipped_at=now() - timedelta(days=5),
        arrives_by=localdate() - timedelta(days=2),
    )
    return order


def asked(order: Order, title: str, kind: str, state: str, **columns: Any) -> AfterSale:
    line = order.lines.get(title=title)
    more: dict[str, Any] = {"send_to": ADDRESS, "until": localdate() + timedelta(days=30)}
    more |= {"words": "It turns on the finger when it is cold, and slips off in the sea."}
    made = AfterSale.objects.create(parcel=line.parcel, kind=kind, state=state, **more | columns)
    AfterSaleLine.objects.create(aftersale=made, line=line)
    OrderLine.objects.filter(pk=line.pk).update(asked_quantity=1)
    aftersale.told(made, "ask", tells=[])
    OrderEvent.objects.update(at=now() - timedelta(days=1))
    return made


def check(page: Page, address: str, name: str) -> None:
    page.goto(address)
    is_clean(page)
    if folder := os.environ.get("SHOTS"):  # to be looked at
        width = page.viewport_size["width"] if page.viewport_size else 0
        page.screenshot(path=Path(folder) / f"{name}-{width}.png", full_page=True)


@pytest.mark.parametrize("width", WIDTHS)
def test_axe_finds_nothing_on_the_shoppers_pages(
    page: Page, shop: str, order: Order, width: int
) -> None:
    page.set_viewport_size({"width": width, "height": 900})
    parcel = order.parcels.get(designer__short_name="Inês")
    base = f"{shop}{order.get_absolute_url()}parcels/{parcel.pk}"
    for kind in ("return", "resize", "repair"):
        check(page, f"{base}/{kind}/", f"ask-{kind}")
        page.get_by_role("button", name="Ask Inês").click()
        is_clean(page)
    if folder := os.environ.get("SHOTS"):
        page.screenshot(path=Path(folder) / f"ask-wrong-{width}.png", full_page=True)
    cuff = order.parcels.get(designer__short_name="Henrik")
    off = f"{shop}{order.get_absolute_url()}parcels/{cuff.pk}/calling-off/"
    check(page, off, "call-off")
    Parcel.objects.filter(pk=cuff.pk).update(state=Parcel.State.MAKING, stage=1)
    check(page, off, "call-off-ask")
    quoted = asked(
        order,
        "Tidestone ring",
        Kind.RESIZE,
        State.QUOTED,
        days=10,
        price=0,
        new_size="56",
        answer="The stone stays. The first time is free.",
    )
    back = asked(order, "Scallop brooch", Kind.RETURN, State.ACCEPTED, reason="changed_mind")
    check(page, shop + quoted.get_absolute_url(), "quoted")
    check(page, shop + back.get_absolute_url(), "accepted")
    check(page, shop + order.get_absolute_url(), "order")
    check(page, f"{base}/return/", "nothing-left")
    check(page, f"{shop}/help/returns/", "help")


def test_axe_finds_nothing_in_the_workshop(
    browser: Browser, shop: str, order: Order, owner: User
) -> None:
    asked(order, "Scallop brooch", Kind.RETURN, State.ARRIVED, reason="changed_mind")
    rows = [
        asked(order, "Tidestone ring", Kind.RESIZE, State.ASKED, new_size="56"),
        asked(order, "Scallop brooch", Kind.RETURN, State.ASKED, reason="does_not_fit"),
        asked(order, "Tidestone ring", Kind.REPAIR, State.ARRIVED, days=5, price=1_250),
        asked(order, "North cuff", Kind.CANCELLATION, State.ASKED),
    ]
    pages = [f"/admin/orders/aftersale/{row.pk}/change/" for row in rows]
    pages += ["/admin/orders/aftersale/", "/admin/"]
    pages += [f"/admin/orders/parcel/{rows[0].parcel_id}/change/"]
    found = wrong_on(pages, owner, shop, browser)
    assert not found, "\n".join(found)
