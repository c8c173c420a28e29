"""From logging in to a collection of eight pieces in the shop: forty clicks at most, counted."""

import re
from collections.abc import Callable
from pathlib import Path

import pytest
from django.contrib.auth.models import User
from PIL import Image, ImageDraw
from playwright.sync_api import Locator, Page, expect

from catalog.models import Collection, Photo, Piece
from tests.factories import PASSWORD, make_inspiration, make_rate
from tests.services.live_shop import LiveShop

pytestmark = pytest.mark.journey
NAMES = ["limpet", "kelp", "shingle", "ebb", "groyne", "spindrift", "samphire", "wrack"]


class Hand:
    """A hand that counts what it presses and chooses; typing and the Tab key are no clicks."""

    def __init__(self, page: Page) -> None:
        self.page, self.clicks = page, 0

    def press(self, what: Locator) -> None:
        self.clicks += 1
        what.click()

    def choose(self, what: Locator, label: str) -> None:
        """Two: one opens the list, one takes from it."""
        self.clicks += 2
        what.select_option(label=label)

    def button(self, name: str | re.Pattern[str]) -> None:
        self.press(self.page.get_by_role("button", name=name).first)

    def link(self, name: str) -> None:
        self.press(self.page.get_by_role("link", name=name, exact=True).first)


@pytest.fixture
def shoot(tmp_path: Path) -> list[Path]:
    """Three photographs of each of eight pieces, named as a camera's card would be sorted."""
    files = []
    for place, name in enumerate(NAMES):
        for number in (1, 2, 3):
            picture = Image.new("RGB", (800, 1000), (30 + 25 * place, 90, 200 - 20 * place))
            drawn = ImageDraw.Draw(picture)
            drawn.ellipse((100, 100 + 30 * place, 500 + 60 * number, 800), fill=(220, 210, 190))
            file = tmp_path / f"{name}_{number}.jpg"
            picture.save(file, "JPEG")
            files.append(file)
    return files


def enter(hand: Hand, shop: str, username: str) -> None:
    hand.page.goto(f"{shop}/admin/")
    hand.page.locator("[name=username]").fill(username)
    hand.page.locator("[name=password]").fill(PASSWORD)
    hand.button("Log in")
    expect(hand.page).to_have_url(f"{shop}/admin/")


def begin(hand: Hand) -> None:
    hand.link("New collection")
    hand.page.get_by_label("Title").fill("Low Water")
    hand.choose(hand.page.get_by_label("What it was made from"), "Sea")
    hand.page.get_by_label("Opening").fill("Twice a month the sea draws back and leaves its work.")
    hand.button("Begin it")


def drop(hand: Hand, files: list[Path]) -> None:
    hand.link("Drop a shoot")
    hand.clicks += 2  # the zone, and "open" in the window of the system
    hand.page.locator("input[type=file]").set_input_files([str(file) for file in files])
    expect(hand.page.get_by_text("24 of 24 are here")).to_be_visible(timeout=90_000)
    hand.link("Begin to sort")
    hand.button(re.compile("^Make 8 drafts"))
    expect(hand.page.get_by_role("heading", level=1)).to_have_text("The shoot is in")


def price_and_show(hand: Hand) -> None:
    hand.link("Pieces")
    rows = hand.page.locator("#result_list tbody tr")
    expect(rows).to_have_count(8)
    for row in rows.all():
        row.get_by_label("Price").fill("140")
        row.get_by_label("Ready").fill("1")
    hand.press(hand.page.locator("#action-toggle"))
    hand.choose(hand.page.locator("select[name=action]"), "set where they stand")
    hand.button("Do it")
    hand.choose(hand.page.get_by_label("Status"), "shown with its collection")
    hand.button("Show what it does")
    hand.button("Do it to these 8")
    expect(hand.page.locator("#result_list")).to_be_visible()


def tell(hand: Hand) -> None:
    hand.link("Collections")
    hand.link("Low Water")
    hand.button("Text")
    hand.page.locator("[name$='-text']").last.fill("She goes before six, with a bucket.")
    hand.choose(hand.page.get_by_label("What was seen"), str(Photo.objects.order_by("pk")[0]))
    hand.button("Publish")


def test_forty_clicks_are_enough(
    new_page: Callable[..., Page], live_shop: LiveShop, alice: User, shoot: list[Path]
) -> None:
    make_inspiration(name="Sea", slug="sea")
    make_rate(amount=0)
    hand = Hand(new_page())

    enter(hand, live_shop.url, alice.username)
    begin(hand)
    drop(hand, shoot)
    price_and_show(hand)
    tell(hand)

    expect(hand.page.get_by_text("live since").first).to_be_visible()
    shown = Piece.objects.published().filter(collection=Collection.objects.get())
    assert shown.count() == 8
    assert Photo.objects.filter(piece__in=shown).count() == 24
    assert hand.clicks <= 40
