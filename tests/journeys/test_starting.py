"""The shop starts with all its parts, as it does for real."""

import json
import urllib.request

import pytest

from tests.services.live_shop import LiveShop

pytestmark = pytest.mark.journey


def test_everything_is_ready(live_shop: LiveShop) -> None:
    with urllib.request.urlopen(f"{live_shop.url}/readyz") as answer:
        said = json.load(answer)
    assert said == {
        "ready": True,
        "database": True,
        "cache": True,
        "storage": True,
        "migrations": True,
    }
