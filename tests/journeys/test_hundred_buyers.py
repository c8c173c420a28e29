"""A hundred people after one ring at once, through the real server with four workers."""

from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest

from catalog.models import Variant
from designers.models import Designer
from orders.models import Order
from tests.factories import make_collection, make_piece, make_rate
from tests.services.buyer import Buyer
from tests.services.live_shop import LiveShop

pytestmark = [pytest.mark.journey, pytest.mark.race, pytest.mark.serve(workers=4)]

BUYERS = 100


def test_one_is_paid_and_the_others_are_told_so_in_words(
    live_shop: LiveShop, ines: Designer
) -> None:
    make_rate(amount=0)
    ring = make_piece(title="Tidestone ring", collection=make_collection(designer=ines))
    variant = Variant.objects.get(piece=ring)
    barrier = Barrier(BUYERS)

    def reach_for_it(_: int) -> str:
        buyer = Buyer(live_shop.url, live_shop.stripe)
        barrier.wait()
        return buyer.buy(variant.pk)

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
