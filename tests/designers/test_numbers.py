"""No page of a maker with two thousand pieces asks the database more than twelve times."""

from collections.abc import Callable

from django.contrib.auth.models import User
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from designers.models import Designer
from tests.designers import bench_of_two_thousand as bench

LogIn = Callable[[User], Client]
MOST = 12


def test_no_page_of_a_maker_asks_more_than_twelve_times(
    alice: User, ines: Designer, logged_in: LogIn
) -> None:
    bench.stock_up(ines)
    client = logged_in(alice)
    pages = bench.pages_of(alice, client)  # opened once: content types are remembered
    assert len(pages) > 30
    asked = {}
    for name, url in pages.items():
        with CaptureQueriesContext(connection) as queries:
            client.get(url)
        asked[name] = len(queries)
    print(sorted(asked.items(), key=lambda x: -x[1]))
    assert not {name: count for name, count in asked.items() if count > MOST}
