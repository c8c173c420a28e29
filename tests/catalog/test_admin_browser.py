"""The workshop in a real browser: axe finds nothing, the CSP nothing, a phone shows all of it."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.contrib.auth.models import User
from django.test import Client
from django.urls import reverse
from django.utils.timezone import now
from playwright.sync_api import Browser, Page
from pytest_django import Settings

from catalog.models import Collection, Photo, StoryBlock
from designers.models import Designer, Invitation, Technique
from orders.models import DesignerAccount, Disagreement, Order, OutboxLetter, ReconcileRun
from tests import factories as make

pytestmark = pytest.mark.journey
LogIn = Callable[[User], Client]


@pytest.fixture
def filled(ines: Designer, transactional_db: None, settings: Settings) -> Collection:
    """A bench with something of everything, also what went wrong."""
    settings.STRIPE_CONNECT = True
    DesignerAccount.objects.create(
        designer=ines,
        idempotency_key="designer-account",
        parameters={},
        stripe_id="acct_1",
        status="restricted",
        wanted=["identity.individual.given_name", "identity.individual.address"],
        returned={"payout": "po_1", "amount": 1000, "currency": "eur", "why": "declined"},
    )
    collection = make.make_collection(designer=ines, published=False, title="Low Water")
    piece = make.make_piece(collection=collection, title="Tidestone ring", material_line="Silver")
    make.make_variant(piece, label="54")
    make.make_piece(collection=collection, title="Rope band")
    photo = make.make_photo(ines, piece=piece)
    make.make_photo(ines, state=Photo.State.REFUSED, refusal="The file stops in its middle.")
    for place, kind in enumerate(StoryBlock.Kind.values, start=2):
        StoryBlock.objects.create(
            collection=collection,
            kind=kind,
            position=place,
            text="She goes before six.",
            photo=photo,
        )
    block = collection.blocks.get(kind="hotspot")
    block.pins.create(piece=piece, x=40, y=30)
    piece.piece_materials.create(material=make.make_material())
    Technique.objects.create(designer=ines, title="Granulation", text="Grains of silver.")
    Invitation.objects.create(designer=ines, email="ruta@example.lt")
    make.make_inspiration()
    make.make_order(piece)
    make.make_order(piece, state=Order.State.REVIEW, review_reason="Sold meanwhile.")
    what_differs(Order.objects.latest("pk"))
    return collection


def what_differs(order: Order) -> None:
    """A comparison that found something, a ledger and a letter."""
    figures = [{"name": "paid", "there": 64_000, "here": 18_000}]
    ReconcileRun.objects.create(is_running=False, finished_at=now(), figures=figures)
    for kind in ("paid", "left_over"):
        Disagreement.objects.create(
            key=kind, kind=kind, text="It differs.", order=order, needs_person=True
        )
    Disagreement.objects.create(key="x", text="It differed.", state="gone", mended_at=now())
    order.ledger.create(number=1, kind="payment", debit="stripe", credit="order", amount=64_000)
    OutboxLetter.objects.create(
        kind="link", subject=order.pk, key="link:1", tries=12, error="SMTPException: 451"
    )


def pages_of(collection: Collection) -> list[str]:
    piece = collection.pieces.get(title="Tidestone ring")
    block = collection.blocks.get(kind="hotspot")
    change = reverse("admin:catalog_collection_change", args=[collection.pk])
    return [
        reverse("admin:index"),
        reverse("admin:catalog_collection_changelist"),
        reverse("admin:catalog_collection_add"),
        f"{change}?block={block.pk}",
        reverse("admin:catalog_collection_history", args=[collection.pk]),
        reverse("admin:catalog_collection_delete", args=[collection.pk]),
        reverse("admin:catalog_piece_changelist"),
        reverse("admin:catalog_piece_add"),
        reverse("admin:catalog_piece_change", args=[piece.pk]),
        reverse("admin:designers_designer_change", args=[collection.designer_id]),
        reverse("admin:designers_member_changelist"),
        reverse("admin:designers_invitation_changelist"),
        reverse("admin:designers_invitation_add"),
        reverse("admin:catalog_material_changelist"),
        reverse("admin:orders_designeraccount_change", args=[collection.designer_id]),
        reverse("admin:password_change"),
    ]


def houses_pages(collection: Collection) -> list[str]:
    return [
        reverse("admin:index"),
        reverse("admin:orders_designeraccount_changelist"),
        reverse("admin:orders_designeraccount_change", args=[collection.designer_id]),
        reverse("admin:designers_designer_changelist"),
        reverse("admin:designers_designer_add"),
        reverse("admin:auth_user_changelist"),
        reverse("admin:auth_user_add"),
        reverse("admin:catalog_material_add"),
        reverse("admin:catalog_material_add") + "?_popup=1",
        reverse("admin:catalog_inspiration_add"),
        reverse("admin:catalog_piece_changelist"),
        reverse("admin:orders_reconcilerun_changelist"),
        reverse("admin:orders_order_ledger", args=[Order.objects.latest("pk").pk]),
        reverse("admin:orders_outboxletter_changelist"),
        reverse("admin:orders_outboxletter_kinds") + "?kind=link",
    ]


@pytest.mark.parametrize("width", [390, 1440])
@pytest.mark.parametrize(("who", "pages"), [("alice", pages_of), ("olive", houses_pages)])
def test_each_page_is_clean(
    who: str,
    pages: Callable[[Collection], list[str]],
    width: int,
    filled: Collection,
    alice: User,
    owner: User,
    logged_in: LogIn,
    live_server: Any,
    browser: Browser,
) -> None:
    cookie = logged_in({"alice": alice, "olive": owner}[who]).cookies["sessionid"].value
    found: list[str] = []
    base = live_server.url
    # axe writes styles of its own, which the policy would rightly refuse: a window for each, so
    # that stylesheets and scripts are fetched twice, and not twice a page.
    with (
        page_of(browser, base, cookie, width) as strict,
        page_of(browser, base, cookie, width, bypass_csp=True) as lax,
    ):
        for address in pages(filled):
            found += [f"{address}: {word}" for word in words_on_console(strict, base + address)]
            found += [f"{address}: {lack}" for lack in lacks(lax, base + address)]
    assert not found, "\n".join(found)


def lacks(page: Page, url: str) -> list[str]:
    """What axe finds, with everything unfolded."""
    page.goto(url)
    page.evaluate("document.querySelectorAll('details').forEach(one => { one.open = true })")
    page.evaluate("document.querySelectorAll('iframe').forEach(one => one.remove())")
    violations = Axe().run(page).response["violations"]
    return [
        f"{lack['id']} {[node['html'][:160] for node in lack['nodes'][:2]]}" for lack in violations
    ]


@contextmanager
def page_of(browser: Browser, base: str, cookie: str, width: int, **options: Any) -> Iterator[Page]:
    context = browser.new_context(viewport={"width": width, "height": 900}, **options)
    context.add_cookies([{"name": "sessionid", "value": cookie, "url": base}])
    yield context.new_page()
    context.close()


def words_on_console(page: Page, url: str) -> list[str]:
    """What the browser complained about, and whether the page is wider than its window."""
    said: list[str] = []
    page.on("console", lambda message: said.append(message.text))
    page.on("pageerror", lambda error: said.append(str(error)))
    answer = page.goto(url)
    assert answer is not None
    assert answer.status == 200, url
    page.evaluate("document.querySelectorAll('details').forEach(one => { one.open = true })")
    beyond = "document.documentElement.scrollWidth - document.documentElement.clientWidth"
    if page.evaluate(beyond) > 0:
        said.append("wider than the window")
    # The photographs of these tests have no files behind them.
    return [word for word in said if "404" not in word]


def test_the_door_is_clean(live_server: Any, browser: Browser, ines: Designer) -> None:
    invitation = Invitation.objects.create(designer=ines, email="ruta@example.lt")
    context = browser.new_context(viewport={"width": 390, "height": 844}, bypass_csp=True)
    page = context.new_page()
    for address in (reverse("admin:login"), reverse("designers:join", args=[invitation.token])):
        page.goto(live_server.url + address)
        violations = Axe().run(page).response["violations"]
        assert not [(lack["id"], lack["nodes"][0]["html"][:160]) for lack in violations]
    context.close()
