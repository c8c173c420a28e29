"""A maker reads what happened to their money, and it is what the ledger says, to the cent."""

import csv
import io
from collections.abc import Callable
from datetime import date

import pytest
from django.contrib.auth.models import User
from django.test import Client
from django.urls import reverse
from django.utils.timezone import localdate, now
from pytest_django import DjangoAssertNumQueries

from designers.models import Designer
from orders import ledger, sweeping
from orders.makers import statements
from orders.models import LedgerEntry, Payout
from sandbox.testing import StripeSandbox
from tests.factories import make_collection, make_member, make_piece
from tests.orders.payout_builders import account, books_agree, fresh, paid_order, posted, sent
from tests.orders.test_payouts_by_hand import say
from tests.orders.test_payouts_taken_back import give_back

pytestmark = pytest.mark.django_db
__all__ = ["books_agree"]
PAGE = reverse("admin:orders_payout_statement")
TABLE = reverse("admin:orders_payout_csv")
type LogIn = Callable[[User], Client]


def owed(maker: Designer) -> int:
    """What the ledger says the house owes the maker."""
    return -ledger.balance(LedgerEntry.Account.DESIGNER, maker.ledger.all())


def statement(maker: Designer, month: date | None = None) -> statements.Statement:
    return statements.of(maker, month or localdate(), "eur")


def test_a_sale_is_told_in_its_parts(stripe: StripeSandbox) -> None:
    payout = sent(stripe, 10_000)[0]

    told = statement(payout.parcel.designer)
    row = told.rows[0]
    assert (row.sold, row.discount, row.commission, row.post) == (10_000, 0, -1_800, 900)
    assert (row.earned, row.paid_out, told.after) == (9_100, 9_100, 0)
    assert row.ways[0].name == payout.transfers.get().stripe_id


def test_it_ends_at_what_the_ledger_says(stripe: StripeSandbox, owner: User) -> None:
    """Sold, sent, given back, taken back, owed, kept, paid by hand: all in one month."""
    first, other = sent(stripe, 10_001, 5_000)
    maker = first.parcel.designer
    give_back(first.parcel.order, owner, 3_333)
    sweeping.take_back()
    stripe.act("pay_out", maker.account.stripe_id or "")
    give_back(first.parcel.order, owner, 3_333)
    sweeping.take_back()
    assert statement(maker).after == owed(maker) < 0

    collection = first.parcel.lines.get().variant.piece.collection  # type: ignore[union-attr]
    for price in (777, 20_000):
        posted(paid_order(stripe, make_piece(price=price, collection=collection)))
        assert statement(maker).after == owed(maker)
    sweeping.pay_makers()
    told = statement(maker)
    assert told.after == owed(maker) == 0
    assert told.total.earned == told.total.paid_out
    assert len(told.rows) == 3
    assert statement(other.parcel.designer).after == 0


def test_what_is_not_sent_is_to_come(stripe: StripeSandbox, owner: User) -> None:
    maker = make_collection().designer
    collection = maker.collections.get()
    payout = posted(paid_order(stripe, make_piece(price=10_000, collection=collection)))[0]

    assert statement(maker).after == owed(maker) == 9_100
    say([payout], owner, 9_100)
    told = statement(maker)
    assert told.after == 0
    assert told.rows[0].ways[0].name == "SEPA 17"


def test_months_follow_on_each_other(stripe: StripeSandbox, owner: User) -> None:
    payout = sent(stripe, 10_000)[0]
    maker = payout.parcel.designer
    this = localdate().replace(day=1)
    earlier = statements.next_month(this, -1)
    # The sale was a month ago.
    LedgerEntry.objects.filter(kind__in=["sale", "payment"]).update(
        at=now() - (localdate() - earlier)
    )

    before, after = statement(maker, earlier), statement(maker, this)
    assert (before.before, before.after) == (0, 9_100)
    assert (after.before, after.after) == (9_100, 0)
    assert (after.rows[0].sold, after.rows[0].paid_out) == (0, 9_100)
    assert before.rows[0].ways == []


@pytest.mark.parametrize(
    ("month", "by", "found"),
    [
        (date(2026, 12, 31), 1, date(2027, 1, 1)),
        (date(2026, 1, 5), -1, date(2025, 12, 1)),
        (date(2026, 3, 1), 0, date(2026, 3, 1)),
    ],
)
def test_a_month_has_a_next(month: date, by: int, found: date) -> None:
    assert statements.next_month(month, by) == found


# --- The page ------------------------------------------------------------------------------------


def test_a_maker_reads_their_own_and_no_others(stripe: StripeSandbox, logged_in: LogIn) -> None:
    mine, other = sent(stripe, 10_000, 77_700)
    alices = logged_in(make_member(mine.parcel.designer, "alice"))

    text = alices.get(PAGE).content.decode()
    assert mine.parcel.designer.name in text
    assert mine.parcel.order.number in text
    assert "777" not in text
    assert other.parcel.designer.name not in text
    for address in (PAGE, TABLE):
        assert alices.get(address, {"maker": other.parcel.designer_id}).status_code == 404
    listing = alices.get(reverse("admin:orders_payout_changelist"))
    assert listing.content.decode().count(mine.parcel.order.number) == 1
    assert other.parcel.designer.name not in listing.content.decode()
    page = reverse("admin:orders_payout_change", args=[other.pk])
    assert alices.get(page).status_code == 404


def test_the_owner_reads_any(stripe: StripeSandbox, owner: User, logged_in: LogIn) -> None:
    first, second = sent(stripe, 10_000, 77_700)
    olives = logged_in(owner)

    for payout in (first, second):
        text = olives.get(PAGE, {"maker": payout.parcel.designer_id}).content.decode()
        assert str(payout.transfers.get().stripe_id) in text


def test_who_only_works_at_the_bench_does_not_see_the_money(
    stripe: StripeSandbox, logged_in: LogIn
) -> None:
    payout = sent(stripe, 10_000)[0]
    bench = logged_in(make_member(payout.parcel.designer, "bea", role="bench"))

    for address in (PAGE, TABLE):
        assert bench.get(address).status_code == 403
    assert Client().get(PAGE).status_code == 302


@pytest.mark.parametrize("query", [{"month": "never"}, {"month": "0001-01"}, {"maker": "x"}])
def test_odd_questions_are_not_found(
    owner: User, ines: Designer, logged_in: LogIn, query: dict[str, str]
) -> None:
    assert logged_in(owner).get(PAGE, query).status_code == 404


def test_without_any_maker_there_is_a_page(owner: User, logged_in: LogIn) -> None:
    assert "There is no maker yet." in logged_in(owner).get(PAGE).content.decode()
    assert logged_in(owner).get(TABLE).status_code == 404


def test_the_table_adds_up(stripe: StripeSandbox, owner: User, logged_in: LogIn) -> None:
    payout = sent(stripe, 10_001)[0]
    payout.parcel.lines.update(title="=HYPERLINK(1)")
    give_back(payout.parcel.order, owner, 3_333)
    sweeping.take_back()

    answer = logged_in(owner).get(TABLE, {"maker": payout.parcel.designer_id})
    assert answer["Content-Disposition"].endswith(f'-{localdate():%Y-%m}.csv"')
    rows = list(csv.reader(io.StringIO(answer.content.decode("utf-8-sig"))))
    head, before, parcel, together, to_come = rows
    assert len({len(row) for row in rows}) == 1
    told = dict(zip(head, parcel, strict=True))
    assert told["sold"] == "100.01"
    assert told["given back"] == "-27.33"
    assert told["comes to"] == told["paid out"] == "63.68"
    assert told["pieces"] == "'=HYPERLINK(1)"
    assert together[3:-1] == parcel[3:-1]
    assert (before[9], to_come[9]) == ("0.00", "0.00")


def test_a_long_month_costs_no_more_queries(
    stripe: StripeSandbox, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    collection = make_collection()
    account(collection.designer, stripe)
    for _ in range(3):
        posted(paid_order(stripe, make_piece(price=10_000, collection=collection)))
    sweeping.pay_makers()

    with django_assert_max_num_queries(8):
        told = statement(collection.designer)
        assert sum(len(row.pieces) for row in told.rows) == 3
        assert all(row.ways for row in told.rows)
    assert {fresh(payout).state for payout in Payout.objects.all()} == {"sent"}
