"""Sixty files dropped in a real browser, five of them bad: those are named, the others are here."""

import io
from collections.abc import Callable, Iterator

import pytest
from django.conf import settings
from django.contrib.auth.models import User
from django.test import Client
from django.urls import reverse
from PIL import Image
from playwright.sync_api import Browser, FilePayload, Page, Route, expect
from pytest_django.live_server_helper import LiveServer

from catalog import drops
from catalog.models import Collection, Photo
from designers.models import Designer
from tests.factories import make_collection, make_photo

pytestmark = pytest.mark.journey


def picture(number: int) -> bytes:
    file = io.BytesIO()
    Image.new("RGB", (400, 500), (number * 4, 90, 120)).save(file, "JPEG")
    return file.getvalue()


def payload(name: str, content: bytes) -> FilePayload:
    return {"name": name, "mimeType": "image/jpeg", "buffer": content}


@pytest.fixture
def collection(ines: Designer, transactional_db: None) -> Collection:
    return make_collection(designer=ines)


@pytest.fixture
def page(
    browser: Browser,
    live_server: LiveServer,
    alice: User,
    collection: Collection,
    logged_in: Callable[[User], Client],
) -> Iterator[Page]:
    """The collection's photographs, open before Alice."""
    key = logged_in(alice).cookies[settings.SESSION_COOKIE_NAME].value
    context = browser.new_context(viewport={"width": 1440, "height": 900}, locale="en-GB")
    context.add_cookies(
        [{"name": settings.SESSION_COOKIE_NAME, "value": key, "url": live_server.url}]
    )
    opened = context.new_page()
    opened.goto(f"{live_server.url}{address(collection)}")
    opened.locator("drop-zone:defined").wait_for()
    yield opened
    context.close()
    for photo in Photo.objects.all():
        drops.take_out(photo)


def address(collection: Collection) -> str:
    return reverse("admin:catalog_collection_photographs", args=[collection.pk])


def test_five_bad_ones_among_sixty(page: Page) -> None:
    files = [payload(f"DSC_{number:02}.jpg", picture(number)) for number in range(55)]
    bad = {
        "film.jpg": b"not a picture",
        "cut.jpg": picture(60)[:600],
        "nothing.jpg": b"",
        "page.jpg": b"<script>alert(1)</script>",
        "notes.jpg": b"%PDF-1.7 " + bytes(900),
    }
    for place, (name, content) in enumerate(bad.items()):
        files.insert(10 * place, payload(name, content))
    # The line breaks once: that file is sent again by itself.
    broken: list[str] = []

    def break_once(route: Route) -> None:
        if route.request.method == "POST" and not broken:
            broken.append(route.request.url)
            route.abort()
        else:
            route.continue_()

    page.route("**/photographs/", break_once)
    page.locator("#id_files").set_input_files(files)

    expect(page.locator("#sending-h")).to_have_text("55 of 60 are here", timeout=60_000)
    expect(page.locator(".sending [role=status]")).to_have_text("5 did not come in.")
    rows = page.locator(".up[data-state=bad]")
    assert {row.locator("b").inner_text() for row in rows.all()} == set(bad)
    for row in rows.all():
        expect(row).to_contain_text(" is ")  # what it is instead of a picture
    assert broken
    names = list(Photo.objects.order_by("position").values_list("original_name", flat=True))
    assert names == [f"DSC_{number:02}.jpg" for number in range(55)]


def test_a_move_between_heaps_by_keys_is_there_after_a_reload(
    page: Page, collection: Collection
) -> None:
    for place, name in enumerate(["lamp_1.jpg", "lamp_2.jpg", "rope_1.jpg"], start=1):
        make_photo(collection.designer, collection=collection, original_name=name, position=place)
    page.reload()
    page.locator("photo-tray:defined").wait_for()
    page.locator("sorting-tray:defined").wait_for()
    handle = page.get_by_role("button", name="Lift rope_1.jpg")
    handle.focus()
    for key in ("Space", "ArrowUp", "Space"):
        handle.press(key)
    expect(page.locator("[data-said]")).to_contain_text("Kept.")
    page.reload()
    expect(page.locator("[data-key=heap-1] .snap")).to_have_count(3)
    expect(page.locator("[data-key=heap-2]")).to_have_count(0)
