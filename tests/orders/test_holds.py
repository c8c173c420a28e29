from datetime import datetime, timedelta

import pytest
from django.utils.timezone import now

from catalog.models import Piece, Variant
from orders import cart as carts
from orders import holds
from orders.models import Cart, Hold
from tests.factories import make_cart, make_piece
from tests.orders.builders import only_variant

pytestmark = pytest.mark.django_db


@pytest.fixture
def cart() -> Cart:
    return make_cart()


@pytest.fixture
def ring() -> Variant:
    return only_variant(make_piece())


def counts(variant: Variant) -> tuple[int, int]:
    variant.refresh_from_db()
    return variant.stock, variant.reserved


def let_lapse(hold: Hold) -> None:
    past = now() - timedelta(seconds=1)
    Hold.objects.filter(pk=hold.pk).update(expires_at=past)
    Variant.objects.filter(pk=hold.variant_id).update(held_until=past)
    hold.refresh_from_db()


def near(moment: datetime | None, wanted: datetime) -> bool:
    return moment is not None and abs(moment - wanted) < timedelta(seconds=5)


def test_a_held_piece_is_kept_for_thirty_minutes(ring: Variant, cart: Cart) -> None:
    hold = holds.take(ring, cart)

    assert counts(ring) == (1, 1)
    assert near(hold.expires_at, now() + timedelta(minutes=30))
    assert ring.held_until == hold.expires_at
    assert not ring.is_free


def test_the_second_is_told_until_when(ring: Variant, cart: Cart) -> None:
    hold = holds.take(ring, cart)

    with pytest.raises(holds.Taken) as taken:
        holds.take(ring, make_cart())

    assert taken.value.until == hold.expires_at
    assert counts(ring) == (1, 1)


def test_a_sold_piece_has_no_time_at_which_it_returns(cart: Cart) -> None:
    sold_out = only_variant(make_piece(stock=0))

    with pytest.raises(holds.Taken) as taken:
        holds.take(sold_out, cart)

    assert taken.value.until is None


def test_a_lapsed_hold_gives_way_to_the_next_shopper(ring: Variant, cart: Cart) -> None:
    let_lapse(first := holds.take(ring, cart))

    second = holds.take(ring, make_cart())

    first.refresh_from_db()
    assert first.state == Hold.State.RELEASED
    assert second.state == Hold.State.ACTIVE
    assert counts(ring) == (1, 1)


def test_held_until_is_the_earliest_end(cart: Cart) -> None:
    studs = only_variant(make_piece(stock=3, making=Piece.Making.STOCKED))
    first = holds.take(studs, cart)
    Hold.objects.filter(pk=first.pk).update(expires_at=now() + timedelta(minutes=5))

    holds.take(studs, make_cart())

    studs.refresh_from_db()
    assert near(studs.held_until, now() + timedelta(minutes=5))


def test_releasing_frees_it_once(ring: Variant, cart: Cart) -> None:
    hold = holds.take(ring, cart)

    assert holds.release(hold)
    assert not holds.release(hold)
    assert counts(ring) == (1, 0)
    assert ring.held_until is None


def test_what_is_being_paid_for_cannot_be_released(ring: Variant, cart: Cart) -> None:
    hold = holds.take(ring, cart)
    holds.to_paying(hold, now() + timedelta(minutes=35))

    assert not holds.release(hold)
    assert counts(ring) == (1, 1)


def test_the_sweep_gives_lapsed_holds_back_and_no_others(ring: Variant, cart: Cart) -> None:
    other = only_variant(make_piece())
    let_lapse(holds.take(ring, cart))
    holds.take(other, cart)

    assert holds.release_lapsed() == 1
    assert holds.release_lapsed() == 0
    assert counts(ring) == (1, 0)
    assert counts(other) == (1, 1)


def test_a_hold_is_put_off_ten_times_and_no_more(ring: Variant, cart: Cart) -> None:
    hold = holds.take(ring, cart)
    for _time in range(holds.MOST_EXTENSIONS):
        Hold.objects.filter(pk=hold.pk).update(expires_at=now() + timedelta(seconds=20))
        holds.extend(hold)
        assert near(hold.expires_at, now() + timedelta(minutes=30))

    Hold.objects.filter(pk=hold.pk).update(expires_at=now() + timedelta(seconds=20))
    with pytest.raises(holds.HeldLongEnough):
        holds.extend(hold)


def test_nothing_is_held_for_ever(ring: Variant, cart: Cart) -> None:
    hold = holds.take(ring, cart)
    began = now() - timedelta(hours=5, minutes=20)
    Hold.objects.filter(pk=hold.pk).update(kept_since=began)
    hold.refresh_from_db()
    Hold.objects.filter(pk=hold.pk).update(expires_at=now() + timedelta(minutes=1))

    holds.extend(hold)

    assert near(hold.expires_at, began + holds.LONGEST)
    with pytest.raises(holds.HeldLongEnough):
        holds.extend(hold)


def test_a_lapsed_hold_cannot_be_put_off(ring: Variant, cart: Cart) -> None:
    let_lapse(hold := holds.take(ring, cart))

    with pytest.raises(holds.HeldLongEnough):
        holds.extend(hold)


def test_a_basket_holds_ten_ready_pieces_at_most(cart: Cart) -> None:
    studs = only_variant(make_piece(stock=20, making=Piece.Making.STOCKED))
    hold = holds.take(studs, cart, 8)

    with pytest.raises(holds.TooMany, match="10"):
        holds.take(studs, cart, 3)
    with pytest.raises(holds.TooMany):
        holds.resize(hold, 11)
    holds.take(studs, cart, 2)
    assert counts(studs) == (20, 10)


def test_more_and_fewer_of_the_same(cart: Cart) -> None:
    studs = only_variant(make_piece(stock=3, making=Piece.Making.STOCKED))
    hold = holds.take(studs, cart, 1)

    holds.resize(hold, 3)
    assert counts(studs) == (3, 3)
    holds.resize(hold, 2)
    assert counts(studs) == (3, 2)
    with pytest.raises(holds.Taken):
        holds.resize(hold, 4)
    assert counts(studs) == (3, 2)
    hold.refresh_from_db()
    assert hold.quantity == 2


def test_a_released_hold_cannot_grow(ring: Variant, cart: Cart) -> None:
    hold = holds.take(ring, cart)
    holds.release(hold)

    with pytest.raises(holds.Taken):
        holds.resize(hold, 2)
    assert counts(ring) == (1, 0)


def test_selling_takes_it_out_of_stock_once(ring: Variant, cart: Cart) -> None:
    hold = holds.take(ring, cart)
    holds.to_paying(hold, now() + timedelta(minutes=35))

    assert holds.sold(hold)
    assert not holds.sold(hold)
    assert counts(ring) == (0, 0)
    assert ring.held_until is None


def test_while_paid_for_it_is_kept_some_minutes_longer(ring: Variant, cart: Cart) -> None:
    hold = holds.take(ring, cart)
    until = now() + timedelta(minutes=35)

    assert holds.to_paying(hold, until)
    assert not holds.to_paying(hold, until)
    ring.refresh_from_db()
    assert ring.held_until == until + holds.GRACE


def test_the_clock_alone_never_frees_what_is_being_paid_for(ring: Variant, cart: Cart) -> None:
    hold = holds.take(ring, cart)
    holds.to_paying(hold, now() - timedelta(hours=1))

    assert holds.release_lapsed() == 0
    with pytest.raises(holds.Taken):
        holds.take(ring, make_cart())
    ring.refresh_from_db()
    assert near(ring.held_until, now() + holds.GRACE)  # put off by who asked for it
    assert not ring.is_free
    assert holds.push_on() == 0


def test_a_dead_payment_gives_back_once(ring: Variant, cart: Cart) -> None:
    hold = holds.take(ring, cart)
    holds.to_paying(hold, now() + timedelta(minutes=35))

    assert holds.give_back(hold)
    assert not holds.give_back(hold)
    assert counts(ring) == (1, 0)


def test_an_abandoned_payment_leaves_the_piece_in_the_basket(ring: Variant, cart: Cart) -> None:
    hold = carts.add(cart, ring).hold
    assert hold
    holds.to_paying(hold, now() + timedelta(minutes=35))

    assert holds.back_to_basket(hold)
    assert not holds.back_to_basket(hold)
    hold.refresh_from_db()
    assert hold.state == Hold.State.ACTIVE
    assert near(hold.expires_at, now() + timedelta(minutes=30))
    assert counts(ring) == (1, 1)


def test_it_goes_back_to_the_shop_when_its_line_is_gone(ring: Variant, cart: Cart) -> None:
    hold = holds.take(ring, cart)
    holds.to_paying(hold, now() + timedelta(minutes=35))

    assert holds.back_to_basket(hold)
    assert counts(ring) == (1, 0)


def test_a_hold_names_its_piece_and_how_many(ring: Variant, cart: Cart) -> None:
    assert str(holds.take(ring, cart)) == f"{ring} × 1"
