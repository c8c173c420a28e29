"""Five hundred people after twenty pieces, of each of which there is one, at four processes."""

import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest

from catalog.models import Variant
from orders.models import Order, PaymentAttempt
from tests.factories import make_collection, make_piece, make_rate
from tests.services.buyer import Buyer
from tests.services.live_shop import WEBHOOK_SECRET, LiveShop

pytestmark = [pytest.mark.journey, pytest.mark.race, pytest.mark.serve(workers=4)]

BUYERS = 500
PIECES = 20
# Beside other work on two cores; alone it takes a quarter of that.
LONGEST = 120


def test_twenty_are_paid_none_twice_and_none_is_lost(live_shop: LiveShop) -> None:
    make_rate(amount=0)
    collection = make_collection()
    variants = [Variant.objects.get(piece=make_piece(collection=collection)) for _ in range(PIECES)]
    buyers = [
        Buyer(live_shop.url, live_shop.stripe, f"buyer-{n}@example.eu", _address(n))
        for n in range(BUYERS)
    ]
    start = Barrier(BUYERS)

    def reach_for_it(place: int) -> str:
        start.wait()
        wanted = [variants[place % PIECES], variants[(place * 7 + 3) % PIECES]]
        ends = (buyers[place].buy(variant.pk) for variant in wanted)
        return next((end for end in ends if end != "told"), "told")

    began = time.monotonic()
    with ThreadPoolExecutor(BUYERS) as pool:
        ends = list(pool.map(reach_for_it, range(BUYERS)))
    took = time.monotonic() - began

    requests = sum(buyer.requests for buyer in buyers)
    print(f"{requests} requests in {took:.1f} s: {requests / took:.0f} a second")
    assert Counter(ends) == {"paid": PIECES, "told": BUYERS - PIECES}
    _check_books(
        live_shop, [buyer.email for buyer, end in zip(buyers, ends, strict=True) if end == "paid"]
    )
    assert took < LONGEST


def _address(number: int) -> str:
    """Everybody is at home somewhere else."""
    return f"127.0.{1 + number // 250}.{1 + number % 250}"


def _check_books(shop: LiveShop, winners: list[str]) -> None:
    for email in winners:
        shop.wait_for_letter(email)
    assert sorted(str(letter["To"]) for letter in shop.mailbox.letters) == sorted(winners)
    paid = Order.objects.filter(state=Order.State.PAID)
    assert sorted(paid.values_list("email", flat=True)) == sorted(winners)
    charged = shop.stripe.events("charge.succeeded")
    assert len(charged) == PaymentAttempt.objects.filter(state="complete").count() == PIECES
    assert set(Variant.objects.values_list("stock", "reserved")) == {(0, 0)}
    log = shop.log.read_text()
    # Neither trouble, nor a secret, nor who bought.
    told = ("database is locked", "deadlock", "Traceback", " 500 ")
    for words in (*told, shop.stripe.secret_key, WEBHOOK_SECRET, "@example.eu", "cs_test_"):
        assert words not in log, log[log.index(words) - 2000 :][:4000]
