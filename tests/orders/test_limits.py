"""How much one basket and one address may hold, and that nobody holds a piece for ever."""

from datetime import datetime, timedelta
from typing import Any

import pytest
from django.core.cache import cache
from django.test import Client, RequestFactory
from django.utils import timezone

from catalog.models import Piece, Variant
from orders import cart as carts
from orders import holds
from orders.models import Cart, Hold
from orders.scarce import limits
from shop import network
from tests.factories import make_cart, make_piece, make_rate
from tests.orders.builders import only_variant
from tests.orders.test_holds import let_lapse

pytestmark = pytest.mark.django_db
HERE, THERE = "81.2.69.142", "81.2.69.160"


@pytest.fixture(autouse=True)
def a_fresh_throttle() -> None:
    cache.clear()


@pytest.fixture
def ring() -> Variant:
    return only_variant(make_piece())


def cart_at(where: str) -> Cart:
    cart = make_cart()
    cart.network = where
    return cart


class Clock:
    """A clock that stands until it is moved."""

    def __init__(self) -> None:
        self.moment = timezone.now()

    def __call__(self) -> datetime:
        return self.moment

    def walk(self, **by: float) -> None:
        self.moment += timedelta(**by)


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    clock = Clock()
    for module in ("orders.holds", "orders.scarce.limits", "orders.models.cart", "orders.cart"):
        monkeypatch.setattr(f"{module}.now", clock)
    return clock


# --- How much ----------------------------------------------------------------------------------


def test_an_address_may_hold_so_many(settings: Any) -> None:
    settings.HOLDS_PER_ADDRESS = 3
    studs = only_variant(make_piece(stock=9, making=Piece.Making.STOCKED))
    first = holds.take(studs, cart_at("home"), 2)
    holds.take(studs, cart_at("home"))

    with pytest.raises(limits.TooMany, match="3 pieces are held already"):
        holds.take(studs, cart_at("home"))
    with pytest.raises(limits.TooMany):
        holds.resize(first, 3)
    holds.take(studs, cart_at("elsewhere"))
    holds.take(studs, cart_at(""))

    holds.release(first)
    holds.take(studs, cart_at("home"))


def test_what_lapsed_or_was_sold_counts_no_more(settings: Any) -> None:
    settings.HOLDS_PER_ADDRESS = 1
    pieces = [only_variant(make_piece()) for _piece in range(3)]
    let_lapse(holds.take(pieces[0], cart_at("home")))
    bought = holds.take(pieces[1], cart_at("home"))
    holds.sold(bought)

    holds.take(pieces[2], cart_at("home"))
    bought.refresh_from_db()
    assert bought.network == ""  # forgotten with the hold


def test_a_shopper_is_told(settings: Any) -> None:
    settings.HOLDS_PER_ADDRESS = 1
    make_rate()
    browsers = [Client(headers={"Sec-Fetch-Site": "same-origin"}, REMOTE_ADDR=HERE) for _ in "ab"]
    first, second = (
        browser.post("/cart/", {"variant": only_variant(make_piece()).pk}) for browser in browsers
    )
    assert (first.status_code, second.status_code) == (303, 409)
    assert "From where you are 1 piece is held already." in second.text
    hold = Hold.objects.get()
    assert hold.network
    assert HERE not in hold.network


@pytest.mark.parametrize(
    ("one", "other", "alike"),
    [
        (HERE, HERE, True),
        (HERE, THERE, False),
        ("2a00:1450:4001:81b::200e", "2a00:1450:4001:81b:ffff::1", True),
        ("2a00:1450:4001:81b::200e", "2a00:1450:4001:81c::200e", False),
        ("::ffff:81.2.69.142", HERE, True),
    ],
)
def test_whose_address_is_whose(one: str, other: str, alike: bool) -> None:
    keys = [network.key(RequestFactory().get("/", REMOTE_ADDR=where)) for where in (one, other)]
    assert all(keys)
    assert (keys[0] == keys[1]) is alike


@pytest.mark.parametrize("inside", ["127.0.0.1", "10.0.0.1", "::1", "", "fe80::1"])
def test_an_address_within_the_house_is_nobodys(inside: str) -> None:
    assert network.key(RequestFactory().get("/", REMOTE_ADDR=inside)) == ""


def test_behind_the_proxy_it_is_the_one_that_it_wrote(settings: Any) -> None:
    request = RequestFactory().get(
        "/", REMOTE_ADDR="127.0.0.1", headers={"X-Forwarded-For": f"made up, {HERE}"}
    )
    assert network.key(request) == ""
    settings.SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
    assert network.key(request) == network.key(RequestFactory().get("/", REMOTE_ADDR=HERE))


# --- How long ----------------------------------------------------------------------------------


def hold_on(variant: Variant, cart: Cart, clock: Clock) -> timedelta:
    """Does all that one can to keep it, a minute at a time, until it is gone; for how long it was.

    Extends when few minutes are left, lets go and takes it again, takes it again when it lapsed.
    """
    began = clock()
    hold = holds.take(variant, cart)
    for minute in range(24 * 60):
        clock.walk(minutes=1)
        try:
            if not hold.is_kept:
                hold = holds.take(variant, cart)
            elif minute % 97 == 96:
                holds.release(hold)
                hold = holds.take(variant, cart)
            elif hold.expires_at - clock() < timedelta(minutes=2):
                holds.extend(hold)
        except holds.HeldLongEnough:
            continue
        except holds.Rests:
            return clock() - began
    pytest.fail("It was held for a day.")


@pytest.mark.parametrize("where", ["", "home"])
def test_nobody_holds_for_ever(ring: Variant, clock: Clock, where: str) -> None:
    cart = cart_at(where)
    held = hold_on(ring, cart, clock)

    assert timedelta(hours=5) < held <= limits.LONGEST + timedelta(minutes=2)
    holds.take(ring, cart_at("elsewhere"))


def test_a_new_basket_at_the_same_address_is_the_old_one(ring: Variant, clock: Clock) -> None:
    hold_on(ring, cart_at("home"), clock)

    with pytest.raises(holds.Rests) as rests:
        holds.take(ring, cart_at("home"))
    assert rests.value.until
    assert timedelta() < rests.value.until - clock() <= limits.PAUSE


def test_after_a_pause_it_may_be_had_anew(ring: Variant, clock: Clock) -> None:
    cart = cart_at("home")
    hold_on(ring, cart, clock)
    clock.walk(minutes=16)

    hold = holds.take(ring, cart)
    assert hold.kept_since == clock()


def test_passing_it_to_and_fro_at_one_address_is_holding_on(ring: Variant, clock: Clock) -> None:
    baskets = [cart_at("home"), cart_at("home")]
    began = clock()
    for turn in range(60):
        try:
            hold = holds.take(ring, baskets[turn % 2])
        except holds.Rests:
            break
        clock.walk(minutes=29)
        holds.release(hold)
        clock.walk(minutes=1)

    assert clock() - began <= limits.LONGEST + timedelta(minutes=31)


def test_a_claim_at_the_end_of_ones_time_is_no_way_round(ring: Variant, clock: Clock) -> None:
    cart = cart_at("home")
    hold_on(ring, cart, clock)
    kept = holds.take(ring, None)

    with pytest.raises(holds.Rests):
        holds.claim(kept, cart)


def test_neighbours_do_not_wait_for_what_is_kept_ready(clock: Clock) -> None:
    studs = only_variant(make_piece(stock=5, making=Piece.Making.STOCKED))
    hold_on(studs, cart_at("office"), clock)

    assert holds.take(studs, cart_at("office")).kept_since == clock()


def test_the_page_says_until_when_it_is_others_turn(ring: Variant) -> None:
    make_rate()
    client = Client(headers={"Sec-Fetch-Site": "same-origin"}, REMOTE_ADDR=HERE)
    client.post("/cart/", {"variant": ring.pk})
    Hold.objects.update(kept_since=timezone.now() - limits.LONGEST)
    line = Cart.objects.get().lines.get()
    carts.remove(line)
    answer = client.post("/cart/", {"variant": ring.pk})

    assert answer.status_code == 409
    assert "It cannot be held for longer" in answer.text
    assert "it is others’ turn" in answer.text
