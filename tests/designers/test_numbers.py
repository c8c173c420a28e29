"""What the pages of a maker with two thousand pieces ask of the database and of the line."""

from collections.abc import Callable

from django.contrib.auth.models import User
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from designers.models import Designer
from tests.designers import bench_of_two_thousand as bench
from tests.designers.weights import weight_of

LogIn = Callable[[User], Client]
MOST_QUERIES, MOST_BYTES = 12, 150_000


def test_no_page_of_a_maker_asks_or_weighs_too_much(
    alice: User, ines: Designer, logged_in: LogIn
) -> None:
    bench.stock_up(ines)
    client = logged_in(alice)
    pages = bench.pages_of(alice, client)  # opened once: content types are remembered
    assert len(pages) > 30
    slow, heavy = {}, {}
    for name, url in pages.items():
        with CaptureQueriesContext(connection) as queries:
            page = client.get(url)
        if len(queries) > MOST_QUERIES:
            slow[name] = len(queries)
        if "html" in page["Content-Type"] and weight_of(page) > MOST_BYTES:
            heavy[name] = weight_of(page)
    assert not slow
    assert not heavy
