"""A maker gives back for their own parcel, where the house allows it, and for no other."""

import re
from collections.abc import Callable
from typing import Any
from uuid import uuid4

import pytest
from django.contrib.auth.models import User
from django.test import Client
from django.urls import reverse
from pytest_django import Settings

from designers.models import Designer, Member
from orders import ledger, refundable, refunds
from orders.models import Order, Parcel, PaymentAttempt, Refund
from orders.refundable import Part
from sandbox.testing import StripeSandbox
from tests.factories import make_collection, make_member, make_piece
from tests.orders.test_refund_page import hidden
from tests.orders.test_refunds import at_stripe, bought

pytestmark = pytest.mark.django_db
type LogIn = Callable[[User], Client]


@pytest.fixture
def paid(stripe: StripeSandbox, ines: Designer, henrik: Designer) -> PaymentAttempt:
    """A ring of Inês at 100.00, one of Henrik at 200.00, and the post of each at 9.00."""
    rings = [
        make_piece(price=price, collection=make_collection(designer=maker))
        for price, maker in ((10_000, ines), (20_000, henrik))
    ]
    return bought(stripe, *((ring, 1) for ring in rings))


@pytest.fixture(autouse=True)
def _allowed(settings: Settings) -> None:
    settings.SHOP_DESIGNERS_REFUND = True


@pytest.fixture
def ines_user(ines: Designer) -> User:
    return make_member(ines, "ines", role=Member.Role.OWNER)


def parcel_of(maker: Designer) -> Parcel:
    return Parcel.objects.get(designer=maker)


def address(maker: Designer) -> str:
    return reverse("admin:orders_parcel_refund", args=[parcel_of(maker).pk])


def owed(maker: Designer) -> int:
    return -ledger.balance("designer", Order.objects.get().ledger.filter(designer=maker))


def give(by: User, parcel: Parcel, **wishes: Any) -> Refund:
    defaults: dict[str, Any] = {"reason": "x", "by": by, "token": uuid4(), "parcel": parcel}
    return refunds.request(Order.objects.get(), **defaults | wishes)


def test_their_own_piece_and_post_from_the_parcels_page(
    paid: PaymentAttempt,
    ines_user: User,
    ines: Designer,
    henrik: Designer,
    logged_in: LogIn,
    owner: User,
) -> None:
    hers = logged_in(ines_user)
    page = reverse("admin:orders_parcel_change", args=[parcel_of(ines).pk])
    assert f'href="{address(ines)}"' in hers.get(page).content.decode()
    form = hers.get(address(ines)).content.decode()
    line, other = (Parcel.objects.get(designer=m).lines.get() for m in (ines, henrik))
    for foreign in (str(other), "Henrik", "Another amount", paid.order.email, "Visa"):
        assert foreign not in form, foreign
    token = re.search(r'name="token" value="([^"]+)"', form)
    assert token
    data = {"token": token[1], "reason": "It bent.", f"quantity_{line.pk}": "1", "shipping": "9"}
    sure = hers.post(address(ines), data).content.decode()
    assert "Nothing of this parcel stays paid" in sure
    before = owed(henrik)

    hers.post(address(ines), hidden(sure))

    refund = Refund.objects.get()
    assert (refund.amount, refund.actor, refund.parcel) == (10_900, ines_user, parcel_of(ines))
    assert at_stripe(paid) == [10_900]
    assert (owed(ines), owed(henrik)) == (0, before)
    seen = logged_in(owner).get(reverse("admin:orders_order_change", args=[paid.order_id]))
    assert "By Inês Carvalho" in seen.content.decode()
    assert "ines" in seen.content.decode()


def test_never_anothers_piece_nor_more_than_their_own_post(
    paid: PaymentAttempt, ines_user: User, ines: Designer, henrik: Designer
) -> None:
    foreign = parcel_of(henrik).lines.get()
    for wishes in ({"lines": [Part(foreign, 1, 20_000)]}, {"shipping": 901}):
        with pytest.raises(refundable.TooMuch):
            give(ines_user, parcel_of(ines), **wishes)
    give(ines_user, parcel_of(ines), shipping=900)
    with pytest.raises(refundable.TooMuch):
        give(ines_user, parcel_of(ines), shipping=1)
    assert at_stripe(paid) == [900]


def test_what_the_house_gave_of_the_post_is_taken_into_account(
    paid: PaymentAttempt, ines_user: User, ines: Designer, henrik: Designer, owner: User
) -> None:
    refunds.request(paid.order, shipping=900, reason="x", by=owner, token=uuid4())
    assert refundable.post_left(Order.objects.get(), parcel_of(ines)) == 450
    henriks = owed(henrik)

    give(ines_user, parcel_of(ines), shipping=450)

    assert owed(henrik) == henriks
    refunds.request(paid.order, shipping=450, reason="x", by=owner, token=uuid4())
    assert (owed(ines), owed(henrik)) == (8_200, 16_400)
    assert not ledger.unbalanced()


@pytest.mark.parametrize("method", ["get", "post"])
def test_foreign_forbidden_or_no_owner_of_the_bench_is_not_found(
    paid: PaymentAttempt,
    ines_user: User,
    ines: Designer,
    henrik: Designer,
    logged_in: LogIn,
    settings: Settings,
    method: str,
) -> None:
    hand = logged_in(make_member(ines, "hand", role=Member.Role.BENCH))
    hers = logged_in(ines_user)
    assert getattr(hers, method)(address(henrik)).status_code == 404
    assert getattr(hand, method)(address(ines)).status_code == 404
    settings.SHOP_DESIGNERS_REFUND = False
    assert getattr(hers, method)(address(ines)).status_code == 404
    page = reverse("admin:orders_parcel_change", args=[parcel_of(ines).pk])
    assert address(ines) not in hers.get(page).content.decode()
    assert not Refund.objects.exists()


def test_a_typed_field_of_a_foreign_line_counts_for_nothing(
    paid: PaymentAttempt, ines_user: User, ines: Designer, henrik: Designer, logged_in: LogIn
) -> None:
    foreign = parcel_of(henrik).lines.get()
    data = {"token": str(uuid4()), "reason": "x", f"amount_{foreign.pk}": "5", "other": "5"}
    answer = logged_in(ines_user).post(address(ines), data | {"confirmed": "500"})
    assert answer.status_code == 400
    assert not Refund.objects.exists()
