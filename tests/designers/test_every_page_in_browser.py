"""Every page of the workshop on a telephone: axe and the policy find nothing, and all of it fits.

The registry is walked, so that a new page is looked at without anybody thinking of it.
"""

import re
from collections.abc import Callable
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.test import Client
from django.urls import reverse
from playwright.sync_api import Browser
from pytest_django import Settings

from catalog.models import Collection
from designers.models import Designer, Invitation
from tests.designers import bench_of_everything as bench
from tests.designers.bench_of_two_thousand import addresses_of
from tests.designers.walking import wrong_on

pytestmark = pytest.mark.journey
STRIPES = re.compile(r"/(begin|again|back)/$")
LogIn = Callable[[User], Client]


@pytest.fixture
def filled(ines: Designer, transactional_db: None, settings: Settings) -> Collection:
    settings.STRIPE_CONNECT = True
    return bench.fill(ines)


def addresses(user: User, client: Client) -> list[str]:
    """Those that show a page of the workshop: no file, no answer to a script, nothing of Stripe."""
    places = [url for url in addresses_of(user).values() if not STRIPES.search(url)]
    answers = {url: client.get(url) for url in places}
    return [url for url, answer in answers.items() if is_page(answer)]


def is_page(answer: Any) -> bool:
    return answer.status_code == 200 and b"css/workshop" in answer.content


def test_each_page_of_a_maker_is_clean(
    filled: Collection, alice: User, logged_in: LogIn, live_server: Any, browser: Browser
) -> None:
    pages = addresses(alice, logged_in(alice))
    assert len(pages) > 30
    change = reverse("admin:catalog_collection_change", args=[filled.pk])
    pages += [f"{change}?block={block.pk}" for block in filled.blocks.all()]
    found = wrong_on(pages, alice, live_server.url, browser)
    assert not found, "\n".join(found)


def test_each_page_of_the_house_is_clean(
    filled: Collection,
    alice: User,
    owner: User,
    logged_in: LogIn,
    live_server: Any,
    browser: Browser,
) -> None:
    seen = addresses(alice, logged_in(alice))
    pages = [url for url in addresses(owner, logged_in(owner)) if url not in seen]
    assert len(pages) > 30
    found = wrong_on(pages, owner, live_server.url, browser)
    assert not found, "\n".join(found)


def test_the_door_is_clean(ines: Designer, live_server: Any, browser: Browser) -> None:
    invitation = Invitation.objects.create(designer=ines, email="ruta@example.lt")
    doors = [reverse("admin:login"), reverse("designers:join", args=[invitation.token])]
    found = wrong_on(doors, None, live_server.url, browser)
    assert not found, "\n".join(found)
