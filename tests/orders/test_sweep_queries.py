"""A sweep with nothing to mend asks as often in a large shop as in a small one."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from catalog.models import Piece
from designers.models import Designer
from orders import holds, sweeping
from tests import factories as make

pytestmark = pytest.mark.django_db


def furnish(ines: Designer, pieces: int) -> None:
    """Held, paid for, photographed, published: nothing of it is late."""
    collection = make.make_collection(designer=ines)
    made: list[Piece] = [make.make_piece(collection=collection, stock=2) for _n in range(pieces)]
    for piece in made:
        make.make_photo(ines, piece=piece)
        holds.take(piece.variants.get(), make.make_cart())
        make.make_order(piece)


def test_a_quiet_sweep_asks_no_more_of_a_larger_shop(ines: Designer) -> None:
    furnish(ines, 2)
    sweeping.sweep()
    with CaptureQueriesContext(connection) as few:
        done = sweeping.sweep()
    furnish(ines, 12)
    sweeping.sweep()
    with CaptureQueriesContext(connection) as many:
        assert sweeping.sweep() == done
    assert set(done.values()) == {0}
    assert len(many) == len(few)
