"""Codes: when they hold, what they take off whom, and that it comes out to the cent."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.utils.timezone import localdate
from pytest_django import Settings

from catalog.models import Piece
from designers.models import Designer
from orders import attempts, checkout, ledger, payments, settlement
from orders import cart as carts
from orders.models import Cart, Discount, DiscountUse, LedgerEntry, Order, PaymentAttempt
from orders.prices import discounts
from sandbox.testing import StripeSandbox
from tests.factories import make_collection, make_discount, make_piece, make_rate
from tests.orders.builders import basket_of, begin, session_of

pytestmark = pytest.mark.django_db
Account = LedgerEntry.Account


def piece_of(designer: Designer, price: int = 10_000, **columns: Any) -> Piece:
    columns = {"making": Piece.Making.MADE_TO_ORDER} | columns
    return make_piece(collection=make_collection(designer=designer), price=price, **columns)


def with_code(cart: Cart, discount: Discount) -> Cart:
    carts.use_code(cart, discount.code.lower())
    return cart


def paid(stripe: StripeSandbox, cart: Cart, **wishes: Any) -> Order:
    attempt = checkout.open_session(begin(cart, **wishes))
    stripe.pay(session_of(attempt))
    settled = settlement.settle(session_of(attempt))
    assert settled
    assert settled.state == PaymentAttempt.State.COMPLETE, settled.error
    return Order.objects.get(pk=attempt.order_id)


def balances(order: Order) -> dict[str, int]:
    sums = {str(account): ledger.balance(account, order.ledger.all()) for account in Account}
    return {account: sum_ for account, sum_ in sums.items() if sum_}


# --- What it takes off -------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("currency", "prices", "columns", "off"),
    [
        ("eur", [10_000, 10_000, 10_000], {"amount": 1_000}, [334, 333, 333]),
        ("eur", [10_000, 5_000], {"basis_points": 1_000}, [1_000, 500]),
        ("eur", [999, 1], {"basis_points": 5_000}, [500, 0]),
        ("eur", [500, 500], {"amount": 5_000}, [500, 500]),
        ("jpy", [10_000, 10_000, 10_000], {"amount": 1_000}, [334, 333, 333]),
        ("kwd", [10_000, 10_000, 10_000], {"amount": 1_000}, [340, 330, 330]),
        ("kwd", [10_010, 10_000], {"basis_points": 333}, [340, 330]),
        ("isk", [100_00, 50_00], {"basis_points": 333}, [3_00, 2_00]),
    ],
)
def test_it_is_spread_in_steps_the_currency_has(
    settings: Settings,
    ines: Designer,
    currency: str,
    prices: list[int],
    columns: dict[str, Any],
    off: list[int],
) -> None:
    settings.SHOP_CURRENCY = currency
    cart = basket_of(*(piece_of(ines, price) for price in prices))
    told = carts.contents(with_code(cart, make_discount(**columns)))

    assert [line.discount for line in told.lines] == off
    assert told.total == sum(prices) - sum(off) + 900


@pytest.mark.parametrize("currency", ["eur", "jpy", "kwd"])
def test_what_was_taken_off_is_what_stripe_takes_off(
    stripe: StripeSandbox, settings: Settings, ines: Designer, henrik: Designer, currency: str
) -> None:
    settings.SHOP_CURRENCY = currency
    cart = basket_of(piece_of(ines, 10_010), piece_of(henrik, 3_330), piece_of(ines, 70))
    order = paid(stripe, with_code(cart, make_discount(amount=1_000)))

    assert order.discount_total == 1_000 == sum(line.discount for line in order.lines.all())
    assert order.total == 13_410 - 1_000 + 1_800
    assert sum(line.house_discount for line in order.lines.all()) == 1_000
    assert not ledger.unbalanced().exists()
    assert ledger.balance(Account.DISCOUNT) == 1_000


def test_a_makers_code_is_for_their_pieces_and_from_their_share(
    stripe: StripeSandbox, ines: Designer, henrik: Designer
) -> None:
    third = make_collection().designer
    code = make_discount(designer=ines, funding="designer", basis_points=2_000)
    cart = with_code(basket_of(piece_of(ines), piece_of(henrik), piece_of(third)), code)

    order = paid(stripe, cart)

    by_maker = {line.parcel.designer_id: line for line in order.lines.all()}
    assert [by_maker[d.pk].discount for d in (ines, henrik, third)] == [2_000, 0, 0]
    assert by_maker[ines.pk].house_discount == 0
    assert by_maker[ines.pk].commission == 8_000 * 18 // 100
    assert balances(order) == {
        "stripe": 30_700,
        "designer": -(6_560 + 8_200 + 8_200 + 2_700),
        "commission": -(1_440 + 1_800 + 1_800),
    }


def test_the_house_makes_up_for_what_it_gives(stripe: StripeSandbox, ines: Designer) -> None:
    code = make_discount(designer=ines, funding="house", basis_points=2_000)

    order = paid(stripe, with_code(basket_of(piece_of(ines)), code))

    assert balances(order) == {
        "stripe": 8_900,
        "designer": -9_100,
        "commission": -1_800,
        "discount": 2_000,
    }


@pytest.mark.parametrize(("funding", "maker_has"), [("house", 9_100), ("designer", 8_200)])
def test_free_post_of_one_maker(
    stripe: StripeSandbox, ines: Designer, henrik: Designer, funding: str, maker_has: int
) -> None:
    code = make_discount(kind="post", designer=ines, funding=funding)
    order = paid(stripe, with_code(basket_of(piece_of(ines), piece_of(henrik)), code))

    assert (order.shipping_total, order.discount_total, order.total) == (900, 0, 20_900)
    owed = order.ledger.filter(designer=ines)
    assert ledger.balance(Account.DESIGNER, owed) == -maker_has
    assert not ledger.unbalanced().exists()


# --- Nothing to pay ----------------------------------------------------------------------------


def test_a_code_for_everything_needs_no_payment(stripe: StripeSandbox, ines: Designer) -> None:
    make_rate(amount=0)
    code = make_discount(basis_points=10_000)

    order = paid(stripe, with_code(basket_of(piece_of(ines)), code))

    attempt = order.attempts.get()
    assert (order.state, order.total) == (Order.State.PAID, 0)
    assert (attempt.payment_intent, attempt.charge, attempt.received) == ("", "", 0)
    assert balances(order) == {"designer": -8_200, "commission": -1_800, "discount": 10_000}
    assert not ledger.unbalanced().exists()


def test_pieces_that_cost_nothing_need_no_code(stripe: StripeSandbox, ines: Designer) -> None:
    make_rate(amount=0)
    piece = piece_of(ines, 500)
    piece.variants.update(price_difference=-500)

    order = paid(stripe, basket_of(piece))

    assert (order.state, order.total) == (Order.State.PAID, 0)
    assert balances(order) == {}


def test_less_than_stripe_charges_is_told(ines: Designer) -> None:
    make_rate(amount=0)
    cart = with_code(basket_of(piece_of(ines, 1_000)), make_discount(amount=980))

    with pytest.raises(checkout.BelowMinimum):
        begin(cart)
    assert Discount.objects.get().uses == 0


# --- When it holds -----------------------------------------------------------------------------

TODAY = localdate()


@pytest.mark.parametrize(
    ("columns", "sentence"),
    [
        ({"starts_on": TODAY + timedelta(2)}, "holds from"),
        ({"ends_on": TODAY - timedelta(1)}, "held until"),
        ({"minimum": 10_001}, "SPRING holds from 100.01.€ on."),
        ({"most_uses": 0}, "SPRING has been used as often as it can be."),
        ({"is_active": False}, "There is no code SPRING in this shop."),
    ],
)
def test_it_says_why_it_does_not_hold(
    ines: Designer, columns: dict[str, Any], sentence: str
) -> None:
    cart = basket_of(piece_of(ines))
    code = make_discount(**columns)

    with pytest.raises(discounts.NotHeld, match=sentence):
        with_code(cart, code)
    assert Cart.objects.get().code == ""


@pytest.mark.parametrize(
    "columns",
    [{"starts_on": TODAY, "ends_on": TODAY}, {"minimum": 10_000}, {"most_uses": 1}],
)
def test_it_holds_up_to_the_edge(ines: Designer, columns: dict[str, Any]) -> None:
    cart = with_code(basket_of(piece_of(ines)), make_discount(**columns))

    assert carts.contents(cart).discount_total == 1_000


def test_it_is_for_no_other_makers_pieces(ines: Designer, henrik: Designer) -> None:
    cart = basket_of(piece_of(henrik))

    with pytest.raises(discounts.NotHeld, match="SPRING is for pieces by Inês Carvalho"):
        with_code(cart, make_discount(designer=ines))


def test_one_that_holds_no_longer_is_told_and_taken_out(ines: Designer) -> None:
    cart = with_code(basket_of(piece_of(ines)), make_discount())
    Discount.objects.update(minimum=20_000)

    told = carts.contents(cart)
    assert (told.total, told.code) == (10_900, "")
    assert told.code_trouble == "SPRING holds from 200\N{NO-BREAK SPACE}€ on."
    with pytest.raises(checkout.CodeRefused, match=r"SPRING holds from 200.€ on"):
        begin(cart)
    assert begin(cart).expected_total == 10_900


# --- Once, and so many times -------------------------------------------------------------------


def test_once_for_each_customer_whatever_the_capitals(
    stripe: StripeSandbox, ines: Designer
) -> None:
    code = make_discount(once_per_customer=True)
    paid(stripe, with_code(basket_of(piece_of(ines)), code), email="Mara@Example.com")

    cart = with_code(basket_of(piece_of(ines)), code)
    with pytest.raises(checkout.CodeRefused, match="You have used SPRING already"):
        begin(cart, email="mara@example.COM")
    assert begin(cart, email="mara@example.com").expected_total == 10_900
    begin(with_code(basket_of(piece_of(ines)), code), email="b@example.com")
    assert Discount.objects.get().uses == 2


def end_unpaid(attempt: PaymentAttempt) -> None:
    attempts.end(attempt)


def let_stripe_refuse(attempt: PaymentAttempt) -> None:
    PaymentAttempt.objects.filter(pk=attempt.pk).update(parameters={"mode": "payment"})
    attempt.refresh_from_db()
    with pytest.raises(payments.Refused):
        checkout.open_session(attempt)


@pytest.mark.parametrize("never_paid", [end_unpaid, let_stripe_refuse])
def test_one_that_was_never_paid_with_is_free_again(
    stripe: StripeSandbox, ines: Designer, never_paid: Callable[[PaymentAttempt], None]
) -> None:
    code = make_discount(once_per_customer=True, most_uses=1)
    attempt = begin(with_code(basket_of(piece_of(ines)), code))
    assert Discount.objects.get().uses == 1

    never_paid(attempt)

    assert Discount.objects.get().uses == 0
    paid(stripe, with_code(basket_of(piece_of(ines)), code))
    assert Discount.objects.get().uses == 1


def test_a_basket_being_paid_for_is_not_in_its_own_way(
    stripe: StripeSandbox, ines: Designer
) -> None:
    code = make_discount(once_per_customer=True, most_uses=1)
    cart = with_code(basket_of(piece_of(ines)), code)

    first = checkout.open_session(begin(cart))
    assert carts.contents(cart).code == "SPRING"
    assert begin(cart) == first


def test_a_payment_after_all_keeps_its_price_and_counts(
    stripe: StripeSandbox, ines: Designer
) -> None:
    code = make_discount(once_per_customer=True, most_uses=1)
    late = checkout.open_session(begin(with_code(basket_of(piece_of(ines)), code)))
    settlement.mark_refused(late, "given up")  # only from creating: nothing happens
    PaymentAttempt.objects.filter(pk=late.pk).update(state="creating")
    settlement.mark_refused(late, "no answer for a day")
    paid(stripe, with_code(basket_of(piece_of(ines)), code))

    stripe.pay(session_of(late))
    settlement.settle(session_of(late))

    assert Order.objects.get(pk=late.order_id).state == Order.State.PAID
    assert Discount.objects.get().uses == 2 == DiscountUse.objects.filter(is_live=True).count()


def test_money_that_goes_back_gives_the_code_back(stripe: StripeSandbox, ines: Designer) -> None:
    attempt = checkout.open_session(
        begin(with_code(basket_of(piece_of(ines)), make_discount(most_uses=1)))
    )
    Order.objects.update(discount_total=900, total=10_000)  # as if it had been another

    stripe.pay(session_of(attempt))
    settlement.settle(session_of(attempt))

    order = Order.objects.get()
    assert order.state == Order.State.REVIEW
    assert order.refunds.get().amount == 9_900
    assert Discount.objects.get().uses == 0


# --- Paying with it ----------------------------------------------------------------------------


def test_another_code_is_another_payment(stripe: StripeSandbox, ines: Designer) -> None:
    cart = with_code(basket_of(piece_of(ines)), make_discount())
    first = checkout.open_session(begin(cart))
    make_discount(code="WINTER", amount=2_000)

    carts.use_code(cart, "winter")
    second = begin(cart)

    first.refresh_from_db()
    assert first.state == PaymentAttempt.State.SUPERSEDED
    assert (first.expected_total, second.expected_total) == (9_900, 8_900)
    assert set(Discount.objects.values_list("code", "uses")) == {("SPRING", 0), ("WINTER", 1)}


@pytest.mark.parametrize("path", ["/v1/coupons", "/v1/checkout/sessions"])
@pytest.mark.parametrize("mode", ["500", "timeout_after"])
def test_an_answer_that_is_lost_makes_no_second_coupon(
    stripe: StripeSandbox, ines: Designer, path: str, mode: str
) -> None:
    attempt = begin(with_code(basket_of(piece_of(ines)), make_discount()))
    stripe.faults(path, mode, times=3)
    with pytest.raises(payments.Unknown):
        checkout.open_session(attempt)
    stripe.act("clear_faults")

    attempt = checkout.open_session(attempt)

    stripe.pay(session_of(attempt))
    settled = settlement.settle(session_of(attempt))
    assert settled
    assert settled.order.total == 9_900
    assert settled.state == PaymentAttempt.State.COMPLETE


def test_a_coupon_whose_key_was_forgotten_is_the_same(
    stripe: StripeSandbox, ines: Designer
) -> None:
    attempt = begin(with_code(basket_of(piece_of(ines)), make_discount()))
    payments.create_coupon(attempt)
    attempt.idempotency_key += ":later"

    payments.create_coupon(attempt)

    attempt.refresh_from_db()
    assert checkout.open_session(attempt).url


def test_a_paid_basket_forgets_its_code(stripe: StripeSandbox, ines: Designer) -> None:
    cart = with_code(basket_of(piece_of(ines)), make_discount())
    order = paid(stripe, cart)

    assert order.code == "SPRING"
    assert Cart.objects.get().code == ""
