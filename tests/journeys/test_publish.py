"""A designer drops eight photographs, writes a story, previews, publishes; a shopper sees it."""

import io
import re
from collections.abc import Callable
from pathlib import Path

import pytest
from django.contrib.auth.models import User
from PIL import Image, ImageDraw
from playwright.sync_api import Page, expect

from catalog.models import Collection, Photo, Piece, Variant
from tests.factories import make_inspiration, make_rate
from tests.journeys.walks import log_in
from tests.services.live_shop import LiveShop

pytestmark = pytest.mark.journey

STANDFIRST = "Twice a month the sea draws back two hundred metres and leaves its workings out."
STORY = "She goes before six. There is a *flask*, and a bucket with a lid."


@pytest.fixture
def shoot(tmp_path: Path) -> list[Path]:
    """Eight photographs as a camera names them, of two pieces and of the sea."""
    names = [f"tidestone_{n}.jpg" for n in (1, 2, 3)] + [f"strand_{n}.jpg" for n in (1, 2, 3)]
    files = []
    for number, name in enumerate([*names, "sea_1.jpg", "sea_2.jpg"]):
        picture = Image.new("RGB", (1000, 1250), (40 + 20 * number, 90, 110))
        ImageDraw.Draw(picture).ellipse((200, 200 + 40 * number, 700, 800), fill=(220, 210, 190))
        file = tmp_path / name
        content = io.BytesIO()
        picture.save(content, "JPEG")
        file.write_bytes(content.getvalue())
        files.append(file)
    return files


def begin_collection(page: Page, shop: str) -> Collection:
    page.goto(f"{shop}/admin/catalog/collection/add/")
    page.get_by_label("Title").fill("Low Water")
    page.get_by_label("What it was made from").select_option(label="Sea")
    page.get_by_label("Opening").fill(STANDFIRST)
    page.get_by_role("button", name="Begin it").click()
    expect(page.get_by_role("button", name="Keep the draft")).to_be_visible()
    return Collection.objects.get()


def drop(page: Page, shop: str, collection: Collection, files: list[Path]) -> None:
    page.goto(f"{shop}/admin/catalog/collection/{collection.pk}/photographs/")
    page.locator("input[type=file]").set_input_files([str(file) for file in files])
    expect(page.get_by_text("8 of 8 are here")).to_be_visible(timeout=60_000)
    page.get_by_role("link", name="Begin to sort").click()
    assert list(
        Photo.objects.order_by("position", "pk").values_list("original_name", flat=True)
    ) == [file.name for file in files]


def make_pieces_of_heaps(page: Page) -> None:
    """Two heaps become drafts; the sea stays with the story."""
    for name in ("tidestone", "strand"):
        page.get_by_role(
            "button", name=re.compile(f"Make it a draft.*{name}", re.IGNORECASE)
        ).click()
        made = page.get_by_role("link", name=name.capitalize(), exact=True)
        expect(made.first).to_be_visible()


def finish_piece(page: Page, shop: str, piece: Piece) -> None:
    page.goto(f"{shop}/admin/catalog/piece/{piece.pk}/change/")
    page.get_by_label("Kind").select_option("ring")
    page.locator("[name=price]").fill("640")
    page.get_by_label("Opening sentence").fill("One of eleven turquoises, in blackened silver.")
    page.get_by_label("Status").select_option("live")
    page.locator("[name=variants-0-stock]").fill("1")
    page.get_by_role("button", name="Keep the draft", exact=True).last.click()
    expect(page.locator(".errorlist, .field__error")).to_have_count(0)


def test_publish(
    new_page: Callable[..., Page], live_shop: LiveShop, alice: User, shoot: list[Path]
) -> None:
    make_inspiration(name="Sea", slug="sea")
    make_rate(amount=0)
    designer, shopper = new_page(), new_page()
    log_in(designer, live_shop.url, alice.username)
    collection = begin_collection(designer, live_shop.url)
    change = f"{live_shop.url}/admin/catalog/collection/{collection.pk}/change/"

    designer.get_by_role("button", name="Publish").click()
    expect(designer.get_by_text("photograph of what was seen").first).to_be_visible()
    assert Collection.objects.get().published_at is None

    drop(designer, live_shop.url, collection, shoot)
    make_pieces_of_heaps(designer)
    for piece in Piece.objects.order_by("pk"):
        finish_piece(designer, live_shop.url, piece)

    designer.goto(change)
    designer.get_by_role("button", name="Text", exact=True).click()
    designer.locator("[name$='-text']").last.fill(STORY)
    seen = Photo.objects.get(original_name="sea_1.jpg")
    designer.get_by_label("What was seen").select_option(str(seen.pk))
    designer.get_by_role("button", name="Keep the draft").click()

    shopper.goto(f"{live_shop.url}/collections/low-water/")
    expect(shopper.get_by_text(STANDFIRST)).to_have_count(0)
    frame = designer.frame_locator("iframe[name=preview]")
    expect(frame.get_by_text(STANDFIRST)).to_be_visible()
    expect(frame.get_by_text("She goes before six.")).to_be_attached()

    designer.get_by_role("button", name="Publish").click()
    expect(designer.get_by_text("live since").first).to_be_visible()

    shopper.goto(f"{live_shop.url}/collections/low-water/")
    expect(shopper.get_by_role("heading", level=1)).to_have_text("Low Water")
    expect(shopper.get_by_text("She goes before six.")).to_be_visible()
    expect(shopper.locator("main img").first).to_be_attached()
    piece = Piece.objects.order_by("pk")[0]
    shopper.goto(f"{live_shop.url}{piece.get_absolute_url()}")
    expect(shopper.get_by_role("button", name="Put in the basket").first).to_be_visible()
    shopper.goto(f"{live_shop.url}/pieces/?q={piece.title.split()[0]}")
    expect(shopper.get_by_role("link", name=piece.title).first).to_be_visible()
    assert Variant.objects.get(piece=piece).stock == 1

    designer.get_by_role("button", name="Take it out of the shop").click()
    expect(designer.get_by_role("button", name="Publish")).to_be_visible()
    answer = shopper.goto(f"{live_shop.url}/collections/low-water/")
    assert answer
    assert answer.status == 404
