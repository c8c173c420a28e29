"""Codes in the workshop: the owner makes any, a maker their own at their own cost."""

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.test import Client
from pytest_django import Settings

from designers.models import Designer
from orders import cart as carts
from orders.admin.jobs import Job
from orders.models import Discount, DiscountUse, TaxRate
from orders.prices import discounts
from tests.factories import make_discount, make_order, make_piece, make_tax
from tests.orders.builders import basket_of, begin
from tests.orders.test_discounts import piece_of

pytestmark = pytest.mark.django_db
Log = Callable[[User], Client]
CODES = "/admin/orders/discount/"
RATES = "/admin/orders/taxrate/"


def typed(**more: Any) -> dict[str, Any]:
    usual = {"code": "spring", "kind": "percent", "basis_points": "12.5", "is_active": "on"}
    return {"amount": "", "minimum": "", "starts_on": "", "ends_on": "", "most_uses": ""} | (
        usual | more
    )


def only_code() -> Discount:
    return Discount.objects.get()


def test_the_owner_makes_a_code_for_the_whole_shop(logged_in: Log, owner: User) -> None:
    client = logged_in(owner)
    sent = typed(designer="", funding="house", minimum="100", most_uses="50", ends_on="2030-01-31")

    assert client.post(f"{CODES}add/", sent).status_code == 302

    code = only_code()
    assert (code.code, code.basis_points, code.amount) == ("SPRING", 1_250, None)
    assert (code.minimum, code.most_uses, code.ends_on) == (10_000, 50, date(2030, 1, 31))
    page = client.get(CODES).text
    for words in ("SPRING", "12.5 %", "the whole shop", "the house", "0 of 50", "31 January"):
        assert words in page


@pytest.mark.parametrize(
    ("more", "sentence"),
    [
        ({"code": "a b"}, "Letters, digits and hyphens alone, and at least three."),
        ({"code": "SOLD!"}, "Letters, digits and hyphens alone, and at least three."),
        ({"basis_points": ""}, "Say how much it takes off."),
        ({"basis_points": "0"}, "Say how much it takes off."),
        ({"basis_points": "100.01"}, "That is too much."),
        ({"kind": "amount", "amount": ""}, "Say how much it takes off."),
        ({"funding": "designer"}, "Say which maker bears it, or let the house."),
        ({"starts_on": "2030-02-01", "ends_on": "2030-01-01"}, "That is before its first day."),
    ],
)
def test_what_makes_no_sense_is_told(
    logged_in: Log, owner: User, more: dict[str, Any], sentence: str
) -> None:
    answer = logged_in(owner).post(f"{CODES}add/", typed(designer="", funding="house") | more)

    assert answer.status_code == 200
    assert sentence in answer.text
    assert not Discount.objects.exists()


def test_no_code_is_there_twice_whatever_its_capitals(logged_in: Log, owner: User) -> None:
    make_discount()
    answer = logged_in(owner).post(f"{CODES}add/", typed(designer="", funding="house"))
    assert "already exists" in answer.text


def test_a_maker_makes_one_for_their_pieces_at_their_cost(
    logged_in: Log, alice: User, ines: Designer, henrik: Designer
) -> None:
    client = logged_in(alice)
    assert "borne by" not in client.get(f"{CODES}add/").text.lower()

    for sneaked in ({"designer": henrik.pk}, {"designer": ""}):
        assert client.post(f"{CODES}add/", typed(**sneaked, funding="house")).status_code == 200
    assert client.post(f"{CODES}add/", typed(designer=ines.pk, funding="house")).status_code == 302

    assert (only_code().designer, only_code().funding) == (ines, "designer")


def test_of_the_houses_codes_a_maker_sees_those_for_their_pieces(
    logged_in: Log, alice: User, ines: Designer, henrik: Designer
) -> None:
    mine = make_discount(code="HOUSE-FOR-INES", designer=ines, basis_points=1_000)
    make_discount(code="WHOLE-SHOP", basis_points=1_000)
    theirs = make_discount(code="HENRIKS", designer=henrik, funding="designer", basis_points=1_000)
    client = logged_in(alice)

    page = client.get(CODES).text
    assert "HOUSE-FOR-INES" in page
    assert "WHOLE-SHOP" not in page
    assert "HENRIKS" not in page
    assert client.get(f"{CODES}{theirs.pk}/change/").status_code == 404
    sent = typed(basis_points="90", code="HOUSE-FOR-INES")
    assert client.post(f"{CODES}{mine.pk}/change/", sent).status_code == 403
    assert client.post(f"{CODES}{mine.pk}/delete/", {"post": "yes"}).status_code == 403


def test_a_maker_changes_their_own(logged_in: Log, alice: User, ines: Designer) -> None:
    code = make_discount(designer=ines, funding="designer", basis_points=1_000)
    sent = typed(kind="amount", amount="15", basis_points="20")

    assert logged_in(alice).post(f"{CODES}{code.pk}/change/", sent).status_code == 302

    code = only_code()
    assert (code.kind, code.amount, code.basis_points) == ("amount", 1_500, None)
    assert (code.funding, code.designer) == ("designer", ines)


def test_one_that_was_used_is_kept(logged_in: Log, owner: User) -> None:
    code = make_discount()
    order = make_order(make_piece())
    discounts.claim(code, order)

    client = logged_in(owner)
    assert client.post(f"{CODES}{code.pk}/delete/", {"post": "yes"}).status_code == 403
    assert DiscountUse.objects.exists()


@pytest.mark.parametrize(
    ("is_included", "rows"),
    [
        (True, [("Code SPRING", "\N{MINUS SIGN}10"), ("Together", "90"), ("Post", "9")]),
        (
            False,
            [("Code SPRING", "\N{MINUS SIGN}10"), ("Tax", "9"), ("Together", "99"), ("Post", "9")],
        ),
    ],
)
def test_a_slip_with_prices_says_what_was_paid(
    settings: Settings, alice: User, ines: Designer, rows: list[Any], *, is_included: bool
) -> None:
    settings.SHOP_PRICES_INCLUDE_TAX = is_included
    make_tax(1_000)
    make_discount()
    cart = basket_of(piece_of(ines))
    carts.use_code(cart, "SPRING")

    job = Job(begin(cart).order.parcels.get())

    assert job.sums == [(word, f"{sum_}\N{NO-BREAK SPACE}€") for word, sum_ in rows]
    assert job.has_tax_in_prices == is_included
    assert job.earned == 8_200


def test_rates_of_tax_are_the_owners(logged_in: Log, owner: User, alice: User) -> None:
    client = logged_in(owner)
    sent = {"country": "DE", "category": "bullion", "basis_points": "7"}
    assert client.post(f"{RATES}add/", sent).status_code == 302
    assert TaxRate.objects.get().basis_points == 700
    page = client.get(RATES).text
    for words in ("Germany", "bullion and coins", "7 %"):
        assert words in page

    again = client.post(f"{RATES}add/", sent)
    assert "There is a rate for this country and category already." in again.text
    everywhere = {"country": "", "category": "", "basis_points": "0"}
    assert client.post(f"{RATES}add/", everywhere).status_code == 302
    assert logged_in(alice).get(RATES).status_code == 403
