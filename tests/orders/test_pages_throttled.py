"""Whose requests are counted together: an address, also behind the shop's own proxy."""

from typing import Any

import pytest
from django.core.cache import cache
from django.test import Client

pytestmark = pytest.mark.django_db
TYPED = {"number": "M-222222", "email": "eve@example.com"}


@pytest.fixture(autouse=True)
def a_fresh_throttle() -> None:
    cache.clear()


def ask(times: int, **headers: str) -> list[int]:
    client = Client(headers={"Sec-Fetch-Site": "same-origin"} | headers)
    return [client.post("/orders/find/", TYPED).status_code for _time in range(times)]


def test_behind_the_proxy_the_last_address_it_wrote_counts(settings: Any) -> None:
    settings.SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
    assert ask(10, **{"X-Forwarded-For": "1.1.1.1, 10.0.0.1"}) == [303] * 10
    assert ask(1, **{"X-Forwarded-For": "made up, 10.0.0.1"}) == [429]
    assert ask(1, **{"X-Forwarded-For": "10.0.0.2"}) == [303]


def test_without_a_proxy_nobody_can_claim_another_address() -> None:
    assert ask(10, **{"X-Forwarded-For": "1.1.1.1"}) == [303] * 10
    assert ask(1, **{"X-Forwarded-For": "2.2.2.2"}) == [429]


def test_a_key_that_runs_out_in_between_counts_as_the_first(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(cache, "add", lambda *_anything: True)
    assert ask(1) == [303]
