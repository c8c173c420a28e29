"""A hundred people after one ring at once, through the real server with four workers."""

import re
import urllib.error
import urllib.parse
import urllib.request
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from http.cookiejar import CookieJar
from threading import Barrier

import pytest

from catalog.models import Variant
from designers.models import Designer
from orders.models import Order
from tests.factories import make_collection, make_piece, make_rate
from tests.services.live_shop import LiveShop

pytestmark = [pytest.mark.journey, pytest.mark.race, pytest.mark.serve(workers=4)]

BUYERS = 100
TOLD = ("in a basket until", "sold", "quicker", "gone")


class Buyer:
    """A person with a basket of their own, who follows no redirects to see each answer."""

    def __init__(self, shop: str) -> None:
        self.shop = shop
        cookies = urllib.request.HTTPCookieProcessor(CookieJar())
        self.browser = urllib.request.build_opener(cookies, _NoRedirect())

    def post(self, path: str, **fields: str) -> tuple[int, str, str]:
        """Status, where to, and the page's text."""
        request = urllib.request.Request(
            f"{self.shop}{path}",
            urllib.parse.urlencode(fields).encode(),
            {"Origin": self.shop, "Sec-Fetch-Site": "same-origin"},
        )
        try:
            with self.browser.open(request, timeout=120) as answer:
                return answer.status, "", answer.read().decode()
        except urllib.error.HTTPError as error:
            return error.code, error.headers.get("Location", ""), error.read().decode()


class _NoRedirect(urllib.request.HTTPRedirectHandler):
    def redirect_request(self, *args: object) -> None:
        return None


def test_one_is_paid_and_the_others_are_told_so_in_words(
    live_shop: LiveShop, ines: Designer
) -> None:
    make_rate(amount=0)
    ring = make_piece(title="Tidestone ring", collection=make_collection(designer=ines))
    variant = Variant.objects.get(piece=ring)
    barrier = Barrier(BUYERS)

    def reach_for_it(_: int) -> str:
        buyer = Buyer(live_shop.url)
        barrier.wait()
        status, where, text = buyer.post("/cart/", variant=str(variant.pk))
        if status not in {302, 303}:
            return _told(status, text)
        status, where, text = buyer.post(
            "/checkout/", email="jonas@example.eu", country="DE", gifts="1"
        )
        if status != 303 or not where.startswith(live_shop.stripe.base_url):
            return _told(status, text)
        session = re.search(r"cs_\w+", where)
        assert session
        live_shop.stripe.pay(session[0])
        return "paid"

    with ThreadPoolExecutor(BUYERS) as pool:
        ends = Counter(pool.map(reach_for_it, range(BUYERS)))

    assert ends == {"paid": 1, "told": BUYERS - 1}
    live_shop.wait_for_letter("jonas@example.eu")
    assert Order.objects.filter(state=Order.State.PAID).count() == 1
    variant.refresh_from_db()
    assert (variant.stock, variant.reserved) == (0, 0)
    assert len(live_shop.stripe.events("charge.succeeded")) == 1
    log = live_shop.log.read_text()
    assert "database is locked" not in log
    assert "Traceback" not in log


def _told(status: int, text: str) -> str:
    assert status < 500, text
    return "told" if any(words in text for words in TOLD) else f"{status} without a word of it"
