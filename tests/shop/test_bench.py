"""The bench says of each parcel how far it is and what its one next act is."""

import pytest

from orders.models import OrderLine, Parcel
from shop.bench import Task
from tests.factories import make_order, make_piece

pytestmark = pytest.mark.django_db


def task(*, is_made: bool, stage: int) -> Task:
    order = make_order(make_piece())
    OrderLine.objects.update(is_made=is_made)
    parcel = order.parcels.get()
    parcel.stage = stage
    return Task(parcel, list(parcel.lines.all()), "/", "")


@pytest.mark.parametrize(
    ("is_made", "stage", "said", "punched", "act"),
    [
        (False, Parcel.Stage.DRAWN, "hallmarked", 4, "Mark as posted"),
        (False, Parcel.Stage.SET, "set", 3, "Mark as posted"),
        (True, Parcel.Stage.DRAWN, "drawn", 1, "Mark as formed"),
        (True, Parcel.Stage.HALLMARKED, "hallmarked", 4, "Mark as posted"),
    ],
)
def test_how_far_it_is_and_what_is_next(
    *, is_made: bool, stage: int, said: str, punched: int, act: str
) -> None:
    told = task(is_made=is_made, stage=stage)
    assert (told.stage, sum(told.punches), told.act) == (said, punched, act)
