"""What may be asked, of which piece, and until which day."""

from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.core.exceptions import ImproperlyConfigured
from django.test import Client
from django.utils.timezone import localdate, now
from pytest_django import Settings

from catalog.models import Piece
from orders.afterwards import aftersale, aftersale_terms
from orders.afterwards.aftersale import NotNow
from orders.models import AfterSale, Order, OrderEvent, OrderLine, Parcel
from tests.factories import make_order, make_piece

pytestmark = pytest.mark.django_db
Kind = AfterSale.Kind


def arrived(days_ago: int = 1, **columns: Any) -> OrderLine:
    """A line of a ring that arrived so many days ago."""
    piece = make_piece(sized=Piece.Sized.RING)
    order = make_order(piece)
    OrderLine.objects.update(**columns)
    Parcel.objects.update(
        state=Parcel.State.SHIPPED,
        shipped_at=now() - timedelta(days=days_ago + 3),
        arrives_by=localdate() - timedelta(days=days_ago),
    )
    return order.lines.select_related("order", "parcel", "variant__piece").get()


def may(kind: str, line: OrderLine) -> bool:
    return bool(aftersale_terms.askable(kind, [line]))


@pytest.mark.parametrize(("days", "allowed"), [(0, True), (30, True), (31, False)])
def test_thirty_days_to_change_ones_mind(days: int, allowed: bool) -> None:
    assert may(Kind.RETURN, arrived(days)) is allowed


def test_the_days_are_a_setting(settings: Settings) -> None:
    settings.RETURN_DAYS = 14
    assert may(Kind.RETURN, arrived(14))
    assert not may(Kind.RETURN, arrived(15))


def test_a_day_that_was_noted_counts_more_than_the_promise() -> None:
    line = arrived(40)
    OrderEvent.objects.create(
        order=line.order, parcel=line.parcel, kind="delivered", at=now() - timedelta(days=3)
    )
    assert may(Kind.RETURN, line)


def test_what_was_posted_late_counts_from_then() -> None:
    line = arrived(40)
    line.parcel.shipped_at = now() - timedelta(days=2)
    assert may(Kind.RETURN, line)


def test_engraved_pieces_stay_and_those_made_to_order_as_the_shop_says(settings: Settings) -> None:
    assert not may(Kind.RETURN, arrived(engraving="J. & M."))
    made = arrived(is_made=True, engraving="")
    assert may(Kind.RETURN, made)
    settings.RETURN_MADE_TO_ORDER = False
    assert not may(Kind.RETURN, made)


@pytest.mark.parametrize(("days", "allowed"), [(365, True), (366, False)])
def test_a_size_is_altered_within_a_year(days: int, allowed: bool) -> None:
    assert may(Kind.RESIZE, arrived(days)) is allowed


def test_what_has_no_size_has_no_other() -> None:
    line = arrived()
    assert line.variant
    line.variant.piece.sized = Piece.Sized.NONE
    assert not may(Kind.RESIZE, line)
    assert may(Kind.REPAIR, line)


def test_mending_is_for_life() -> None:
    assert may(Kind.REPAIR, arrived(5_000))


@pytest.mark.parametrize("kind", [Kind.RETURN, Kind.RESIZE, Kind.REPAIR])
def test_nothing_before_it_has_left_or_after_the_money_went_back(kind: str) -> None:
    line = arrived()
    line.refunded_quantity = 1
    assert not may(kind, line)
    line.refunded_quantity = 0
    line.parcel.state = Parcel.State.MAKING
    assert not may(kind, line)
    line.parcel.state = Parcel.State.SHIPPED
    line.order.state = Order.State.DISPUTED
    assert not may(kind, line)


def test_one_piece_is_asked_about_once() -> None:
    line = arrived()
    parts = {line.pk: 1}
    aftersale.ask(line.parcel, Kind.RETURN, parts, token=uuid4(), reason="broken")
    for kind in (Kind.RETURN, Kind.REPAIR):
        with pytest.raises(NotNow):
            aftersale.ask(line.parcel, kind, parts, token=uuid4())
    assert OrderLine.objects.get().asked_quantity == 1


def test_no_more_than_were_bought() -> None:
    line = arrived()
    OrderLine.objects.update(quantity=3, total=330_000)
    with pytest.raises(NotNow):
        aftersale.ask(line.parcel, Kind.REPAIR, {line.pk: 4}, token=uuid4())
    aftersale.ask(line.parcel, Kind.REPAIR, {line.pk: 2}, token=uuid4())
    aftersale.ask(line.parcel, Kind.RETURN, {line.pk: 1}, token=uuid4())
    with pytest.raises(NotNow):
        aftersale.ask(line.parcel, Kind.REPAIR, {line.pk: 1}, token=uuid4())


def test_the_page_about_returns_says_the_same_days(settings: Settings) -> None:
    text = Client().get("/help/returns/").text
    assert "You have thirty days to change your mind, also about a piece that was made to" in text
    settings.RETURN_DAYS, settings.RETURN_MADE_TO_ORDER = 14, False
    text = Client().get("/help/returns/").text
    assert "You have fourteen days to change your mind" in text
    assert "made to order or engraved stays with you" in text


def test_fewer_days_than_the_law_gives_stop_the_start(monkeypatch: pytest.MonkeyPatch) -> None:
    import importlib

    from shop import settings as source

    monkeypatch.setenv("RETURN_DAYS", "13")
    with pytest.raises(ImproperlyConfigured, match="RETURN_DAYS"):
        importlib.reload(source)
    monkeypatch.undo()
    importlib.reload(source)
