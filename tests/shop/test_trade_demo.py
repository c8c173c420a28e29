"""The demo opens with work on its benches and questions in its inbox."""

from typing import Any

import pytest
from django.core.management import CommandError, call_command
from pytest_django import Settings

from catalog.models import Piece
from orders.models import AfterSale, Order, Parcel
from shop import inbox
from shop.management.demo import trading
from tests.factories import make_piece, make_rate
from tests.orders.conftest import _stand_in_process, stripe

pytestmark = pytest.mark.django_db
__all__ = ["_stand_in_process", "stripe"]


@pytest.mark.usefixtures("stripe")
def test_each_case_is_there_and_once(settings: Settings) -> None:
    settings.DEMO = True
    make_rate(amount=0)
    for bought in trading._BOUGHT:
        columns: dict[str, Any] = {"slug": bought.piece, "engraving_letters": 18}
        piece = make_piece(**columns, sized=Piece.Sized.RING, stock=2)
        piece.variants.update(label=bought.size)
    for _start in range(2):
        call_command("trade_demo")
    assert Order.objects.count() == 6
    assert Order.objects.get(name="Mara Quinn").code == trading.CODE
    assert Parcel.objects.get(order__name="Beatriz Sousa").hide_prices
    assert {str(asked.kind) for asked in AfterSale.objects.all()} == {"return", "resize"}
    assert Order.objects.get(name="Tomáš Novák").state == "disputed"
    assert any(case.title.startswith("A bank looks at") for case in inbox.found())


def test_a_real_shop_buys_nothing() -> None:
    with pytest.raises(CommandError):
        call_command("trade_demo")
