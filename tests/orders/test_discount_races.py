"""Many who use one code at once, in real threads, on whichever database runs."""

from collections.abc import Callable
from functools import partial

import pytest

from catalog.models import Piece
from orders import attempts, checkout
from orders import cart as carts
from orders.models import Cart, Discount, DiscountUse, PaymentAttempt
from sandbox.testing import StripeSandbox
from tests.factories import make_discount, make_piece
from tests.orders.builders import basket_of, begin
from tests.orders.test_races import kinds, together

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.race]
Begin = Callable[[], PaymentAttempt]


def shoppers(count: int, email: str = "") -> list[Begin]:
    """Each with a basket of their own and the code in it; one address, or one each."""
    piece = make_piece(making=Piece.Making.MADE_TO_ORDER)
    baskets = [basket_of(piece) for _shopper in range(count)]
    for cart in baskets:
        carts.use_code(cart, "SPRING")
    return [
        partial(begin, cart, email=email or f"shopper-{number}@example.com")
        for number, cart in enumerate(baskets)
    ]


def test_one_customer_in_eight_tabs_uses_it_once() -> None:
    make_discount(once_per_customer=True)

    results = together(list(shoppers(8, "mara@example.com")))

    assert kinds(results) == {"PaymentAttempt": 1, "CodeRefused": 7}
    assert Discount.objects.get().uses == 1 == DiscountUse.objects.filter(is_live=True).count()
    assert Cart.objects.filter(code="").count() == 7


def test_of_twelve_customers_five_have_the_last_uses() -> None:
    make_discount(most_uses=5)

    results = together(list(shoppers(12)))

    assert kinds(results) == {"PaymentAttempt": 5, "CodeRefused": 7}
    assert Discount.objects.get().uses == 5 == DiscountUse.objects.filter(is_live=True).count()


def test_ending_and_beginning_at_once_keep_the_count(stripe: StripeSandbox) -> None:
    make_discount(most_uses=4)
    starts = shoppers(10)
    first = [checkout.open_session(start()) for start in starts[:4]]
    acts: list[Callable[[], object]] = [partial(attempts.end, attempt) for attempt in first]

    together([*acts, *acts, *starts[4:]])

    live = DiscountUse.objects.filter(is_live=True).count()
    assert Discount.objects.get().uses == live <= 4
    assert not DiscountUse.objects.filter(order__attempts__in=first, is_live=True).exists()
