from datetime import timedelta
from typing import Any

import pytest
from django.http import HttpResponse
from django.test import RequestFactory
from django.utils.timezone import now
from pytest_django import DjangoAssertNumQueries

from catalog.models import Piece, Variant
from designers.models import Designer
from orders import cart as carts
from orders import holds
from orders.models import Cart, CartLine, Hold
from tests.factories import (
    make_cart,
    make_collection,
    make_photo,
    make_piece,
    make_rate,
    make_variant,
)
from tests.orders.builders import only_variant

pytestmark = pytest.mark.django_db


@pytest.fixture
def cart() -> Cart:
    return make_cart()


def lapse(line: CartLine) -> None:
    past = now() - timedelta(minutes=1)
    Hold.objects.filter(cart_line=line).update(expires_at=past)
    Variant.objects.filter(pk=line.variant_id).update(held_until=past)


def fresh(line: CartLine) -> CartLine:
    return CartLine.objects.select_related("hold", "variant").get(pk=line.pk)


def studs(stock: int = 3, **columns: Any) -> Variant:
    return only_variant(make_piece(stock=stock, making=Piece.Making.STOCKED, **columns))


# --- The cookie --------------------------------------------------------------------------------


def test_a_browser_finds_its_basket_again(cart: Cart) -> None:
    response = HttpResponse()
    carts.remember(response, cart)
    cookie = response.cookies["basket"]
    request = RequestFactory().get("/")
    request.COOKIES["basket"] = cookie.value

    assert carts.get(request) == cart
    assert carts.get_or_create(request) == cart
    assert cookie["httponly"]
    assert cookie["samesite"] == "Lax"
    assert cookie["max-age"] == 60 * 24 * 60 * 60


@pytest.mark.parametrize("value", ["", "nonsense", "a:b:c"])
def test_a_forged_cookie_finds_nothing(cart: Cart, value: str) -> None:
    request = RequestFactory().get("/")
    request.COOKIES["basket"] = value or cart.token

    assert carts.get(request) is None
    assert carts.get_or_create(request) != cart


# --- Putting things in -------------------------------------------------------------------------


def test_a_ready_piece_is_held(cart: Cart) -> None:
    ring = only_variant(make_piece())

    line = carts.add(cart, ring)

    assert line.is_held
    assert not line.is_made
    assert line.shown_price == 110_000


def test_what_is_not_ready_is_made_where_the_maker_does(cart: Cart) -> None:
    bracelet = only_variant(make_piece(making=Piece.Making.MADE_TO_ORDER))

    line = carts.add(cart, bracelet, 2)

    assert line.is_made
    assert line.hold is None
    assert line.quantity == 2


def test_what_somebody_else_holds_is_made_instead(cart: Cart) -> None:
    pair = studs(stock=1)
    Variant.objects.filter(pk=pair.pk).update(can_be_made=True)
    carts.add(make_cart(), pair)

    assert carts.add(cart, pair).is_made


def test_one_of_a_kind_is_never_made_twice(cart: Cart) -> None:
    ring = only_variant(make_piece())
    Variant.objects.filter(pk=ring.pk).update(can_be_made=True)
    carts.add(make_cart(), ring)

    with pytest.raises(holds.Taken):
        carts.add(cart, ring)
    assert not cart.lines.exists()


def test_one_of_a_kind_is_in_a_basket_once(cart: Cart) -> None:
    ring = only_variant(make_piece())
    line = carts.add(cart, ring)

    with pytest.raises(carts.AlreadyInBasket) as already:
        carts.add(cart, ring)

    assert already.value.line == line
    assert "only one" in str(already.value)


def test_one_of_a_kind_is_added_again_after_its_hold_lapsed(cart: Cart) -> None:
    ring = only_variant(make_piece())
    lapse(carts.add(cart, ring))

    assert carts.add(cart, ring).is_held
    assert cart.lines.count() == 1


def test_more_of_the_same_make_one_line(cart: Cart) -> None:
    pair = studs()
    carts.add(cart, pair)

    line = fresh(carts.add(cart, pair))

    assert line.quantity == 2
    assert line.hold
    assert line.hold.quantity == 2


def test_more_of_a_made_piece_make_one_line(cart: Cart) -> None:
    bracelet = only_variant(make_piece(making=Piece.Making.MADE_TO_ORDER))
    carts.add(cart, bracelet, 8)

    assert carts.add(cart, bracelet, 2).quantity == 10
    with pytest.raises(holds.TooMany):
        carts.add(cart, bracelet)


def test_another_engraving_is_another_line(cart: Cart) -> None:
    pair = studs(engraving_letters=5)

    carts.add(cart, pair, engraving="ANNA")
    carts.add(cart, pair, engraving="JON")

    assert cart.lines.count() == 2


def test_too_long_an_engraving_is_refused(cart: Cart) -> None:
    with pytest.raises(carts.NotOffered, match="5 letters"):
        carts.add(cart, studs(engraving_letters=5), engraving="MARGARET")


@pytest.mark.parametrize(
    "columns", [{"status": Piece.Status.DRAFT}, {"status": Piece.Status.RETIRED}]
)
def test_what_is_not_in_the_shop_cannot_be_added(cart: Cart, columns: dict[str, Any]) -> None:
    with pytest.raises(carts.NotOffered):
        carts.add(cart, only_variant(make_piece(**columns)))


def test_a_piece_of_an_unpublished_collection_cannot_be_added(cart: Cart) -> None:
    piece = make_piece(collection=make_collection(published=False))

    with pytest.raises(carts.NotOffered):
        carts.add(cart, only_variant(piece))


def test_a_size_that_is_not_offered_cannot_be_added(cart: Cart) -> None:
    with pytest.raises(carts.NotOffered):
        carts.add(cart, make_variant(make_piece(), label="60", offered=False))


def test_a_basket_has_room_for_fifty_lines(cart: Cart) -> None:
    bracelet = only_variant(make_piece(making=Piece.Making.MADE_TO_ORDER, engraving_letters=9))
    CartLine.objects.bulk_create(
        CartLine(cart=cart, variant=bracelet, is_made=True, engraving=str(n), shown_price=1)
        for n in range(50)
    )
    with pytest.raises(holds.TooMany, match="50"):
        carts.add(cart, bracelet)


# --- Changing ----------------------------------------------------------------------------------


def test_the_quantity_changes_with_its_hold(cart: Cart) -> None:
    line = carts.add(cart, studs())

    carts.change(line, 3)

    assert fresh(line).quantity == 3
    assert fresh(line).variant.reserved == 3
    with pytest.raises(holds.Taken):
        carts.change(line, 4)
    assert fresh(line).quantity == 3


@pytest.mark.parametrize("quantity", [0, 11])
def test_no_fewer_than_one_and_no_more_than_ten(cart: Cart, quantity: int) -> None:
    with pytest.raises(holds.TooMany):
        carts.change(carts.add(cart, studs()), quantity)


def test_a_lapsed_line_is_held_again_when_it_is_changed(cart: Cart) -> None:
    line = carts.add(cart, studs())
    lapse(line)

    carts.change(line, 2)

    assert fresh(line).is_held
    assert fresh(line).variant.reserved == 2


def test_what_lapsed_can_be_held_again(cart: Cart) -> None:
    line = carts.add(cart, only_variant(make_piece()))
    lapse(line)

    carts.hold_again(fresh(line))

    assert fresh(line).is_held
    carts.hold_again(fresh(line))  # nothing more to do
    assert fresh(line).variant.reserved == 1


def test_what_lapsed_and_was_taken_cannot(cart: Cart) -> None:
    line = carts.add(cart, only_variant(make_piece()))
    lapse(line)
    carts.add(make_cart(), line.variant)

    with pytest.raises(holds.Taken):
        carts.hold_again(fresh(line))


def test_what_is_taken_out_is_free_again(cart: Cart) -> None:
    line = carts.add(cart, only_variant(make_piece()))

    carts.remove(line)

    assert not cart.lines.exists()
    line.variant.refresh_from_db()
    assert line.variant.is_free


# --- Telling -----------------------------------------------------------------------------------


def test_the_basket_is_told_by_parcel(cart: Cart, ines: Designer, henrik: Designer) -> None:
    make_rate(amount=900)
    tide, lamp = make_collection(designer=ines), make_collection(designer=henrik)
    for piece in (make_piece(collection=tide), make_piece(collection=lamp, price=46_000)):
        carts.add(cart, only_variant(piece))
    carts.add(cart, only_variant(make_piece(collection=tide, price=5_000)))

    told = carts.contents(cart)

    assert [parcel.designer for parcel in told.parcels] == [ines, henrik]
    assert [parcel.items_total for parcel in told.parcels] == [115_000, 46_000]
    assert [parcel.shipping for parcel in told.parcels] == [900, 900]
    assert (told.count, told.items_total, told.shipping) == (3, 161_000, 1_800)
    assert told.total == 162_800
    assert told.tax == 30_443  # 23 % within each line, and within the post
    assert told.blockers == []
    assert told.held_until == min(line.held_until for line in told.lines if line.held_until)
    assert all(line.can_extend for line in told.lines)
    assert all(p.arrives_by and p.arrives_by > p.post_by for p in told.parcels)


def test_an_empty_basket_says_so(cart: Cart) -> None:
    told = carts.contents(cart)

    assert told.is_empty
    assert (told.total, told.tax, told.held_until) == (0, 0, None)


def test_a_lapsed_line_is_still_free(cart: Cart) -> None:
    make_rate()
    lapse(carts.add(cart, only_variant(make_piece())))

    (line,) = carts.contents(cart).lines

    assert line.is_lapsed
    assert line.held_until is None
    assert not line.can_extend
    assert carts.contents(cart).blockers == []


def test_a_lapsed_line_that_was_taken_is_gone(cart: Cart) -> None:
    make_rate()
    line = carts.add(cart, only_variant(make_piece(title="Harbour Lamp")))
    lapse(line)
    carts.add(make_cart(), line.variant)

    told = carts.contents(cart)

    assert told.lines[0].trouble == "gone"
    assert "Harbour Lamp" in told.blockers[0]


def test_an_unpublished_piece_blocks(cart: Cart) -> None:
    make_rate()
    line = carts.add(cart, only_variant(make_piece()))
    Piece.objects.filter(pk=line.variant.piece_id).update(status=Piece.Status.DRAFT)

    assert carts.contents(cart).lines[0].trouble == "unpublished"
    assert "no longer in the shop" in carts.contents(cart).blockers[0]


def test_a_piece_the_maker_no_longer_makes_is_gone(cart: Cart) -> None:
    make_rate()
    line = carts.add(cart, only_variant(make_piece(making=Piece.Making.MADE_TO_ORDER)))
    Variant.objects.filter(pk=line.variant_id).update(can_be_made=False)

    assert carts.contents(cart).lines[0].trouble == "gone"


def test_a_changed_price_is_told_with_the_old_one(cart: Cart) -> None:
    line = carts.add(cart, only_variant(make_piece(price=64_000)))
    Piece.objects.filter(pk=line.variant.piece_id).update(price=68_000)

    (told,) = carts.contents(cart).lines

    assert (told.old_price, told.unit_price, told.total) == (64_000, 68_000, 68_000)


def test_a_country_nobody_posts_to_blocks(cart: Cart) -> None:
    make_rate(countries="IE PT")
    carts.add(cart, only_variant(make_piece()))

    assert carts.contents(cart, country="PT").blockers == []
    told = carts.contents(cart, country="JP")
    assert "Inês does not post to Japan." in told.blockers
    assert told.parcels[0].arrives_by is None
    assert told.shipping == 0


def test_a_full_basket_takes_no_more_queries(
    cart: Cart, ines: Designer, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    make_rate()
    make_rate(designer=ines)

    def fill(pieces: int) -> None:
        for _piece in range(pieces):
            piece = make_piece(making=Piece.Making.MADE_TO_ORDER)
            make_photo(piece.designer, piece=piece)
            carts.add(cart, only_variant(piece))

    def tell() -> None:
        told = carts.contents(cart)
        assert [line.photo for line in told.lines]
        assert [parcel.shipping for parcel in told.parcels]

    fill(1)
    with django_assert_max_num_queries(6):
        tell()
    fill(12)
    with django_assert_max_num_queries(6):
        tell()
