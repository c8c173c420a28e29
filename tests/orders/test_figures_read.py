"""A maker reads their own figures, and no number says anything else than the ledger does."""

import csv
import io
from collections.abc import Callable
from datetime import date, timedelta

import pytest
from django.contrib.auth.models import User
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils.timezone import localdate, now

from catalog.models import Collection, Piece
from designers.models import Designer
from orders import ledger, sweeping
from orders.figures import money, reading
from orders.figures.charts import Chart
from orders.figures.period import MONTH, QUARTER, YEAR, Period
from orders.makers import statements
from orders.models import Figure, LedgerEntry, OrderLine
from sandbox.testing import StripeSandbox
from tests import factories as make
from tests.catalog.test_admin_queries import stock_up
from tests.orders.payout_builders import sent
from tests.orders.test_payouts_taken_back import give_back

pytestmark = pytest.mark.django_db
PAGE = reverse("admin:orders_figure_changelist")
TABLE = reverse("admin:orders_figure_csv")
BENCH = reverse("admin:orders_figure_bench")
OFFER = reverse("admin:orders_figure_offer")
type LogIn = Callable[[User], Client]


def count(thing: Piece | Collection, number: int, *, kind: str = "view", **columns: object) -> None:
    Figure.objects.create(
        **{"day": localdate(), "size": ""} | columns,
        kind=kind,
        subject="piece" if isinstance(thing, Piece) else "collection",
        subject_id=thing.pk,
        designer=thing.designer,
        number=number,
    )


@pytest.fixture
def ring(ines: Designer) -> Piece:
    """Of Alice's bench: looked at, wanted in 60, sold from its story, and one came back."""
    story = make.make_collection(designer=ines, title="Low Water")
    piece = make.make_piece(
        collection=story, title="Tidestone ring", sized="ring", making=Piece.Making.MADE_TO_ORDER
    )
    count(piece, 412)
    count(piece, 29, kind="basket", size="54")
    count(piece, 9, kind="asked", size="60")
    count(story, 77)
    for _ in range(2):
        make.make_order(piece)
    OrderLine.objects.update(story=story)
    OrderLine.objects.filter(pk=OrderLine.objects.latest("pk").pk).update(refunded_quantity=1)
    return piece


@pytest.fixture
def secret(henrik: Designer) -> Piece:
    piece = make.make_piece(
        collection=make.make_collection(designer=henrik, title="Secret Fjord"), title="Secret ring"
    )
    count(piece, 55_555)
    count(piece, 66_666, kind="asked", size="61")
    make.make_order(piece)
    return piece


def test_a_period_is_told_in_its_parts(ring: Piece) -> None:
    told = reading.read([ring.designer_id], Period.of(MONTH, localdate()))
    assert (told.seen.total, told.held.total, told.sold.total, told.returned) == (489, 29, 2, 1)
    row = told.pieces[0]
    assert (row.title, row.seen, row.held, row.sold, row.returned) == (
        *("Tidestone ring", 412, 29),
        *(2, 1),
    )
    assert told.best_story
    assert (told.best_story.title, told.best_story.seen, told.best_story.sold) == (
        *("Low Water", 77),
        2,
    )
    assert [(a.title, a.size, a.number) for a in told.asked] == [("Tidestone ring", "60", 9)]


@pytest.mark.parametrize("who", ["alice", "owner"])
def test_another_makers_are_never_told(
    who: str, ring: Piece, secret: Piece, alice: User, owner: User, logged_in: LogIn
) -> None:
    client, is_owner = logged_in({"alice": alice, "owner": owner}[who]), who == "owner"
    for address in (PAGE, TABLE, BENCH):
        text = client.get(address).content.decode()
        assert "Tidestone ring" in text
        for words in ("Secret", "55,", "55555", "66,", "66666"):
            assert (words in text) <= is_owner, f"{address}: {words}"
    for address in (PAGE, TABLE):
        theirs = client.get(address, {"maker": secret.designer_id})
        assert theirs.status_code == (200 if is_owner else 404)
        mine = client.get(address, {"maker": ring.designer_id}).content.decode()
        assert "Secret" not in mine


def test_each_row_keeps_to_ones_own(secret: Piece, alice: User, logged_in: LogIn) -> None:
    row = Figure.objects.filter(designer=secret.designer).latest("pk")
    assert logged_in(alice).get(f"{PAGE}{row.pk}/change/").status_code == 404


def test_who_is_no_owner_sees_no_money(
    ring: Piece, ines: Designer, alice: User, logged_in: LogIn
) -> None:
    bench = logged_in(make.make_member(ines, "bea", role="bench"))
    editor = logged_in(make.make_member(ines, "eve", role="editor"))
    for address in (PAGE, BENCH):
        assert "Commission" not in bench.get(address).content.decode()
        assert "Commission" not in editor.get(address).content.decode()
        assert "Commission" in logged_in(alice).get(address).content.decode()


def test_a_stranger_sees_nothing(logged_in: LogIn) -> None:
    nobody = logged_in(make.make_user("nobody"))
    for address in (PAGE, TABLE, BENCH):
        assert nobody.get(address).status_code == 403
        assert Client().get(address).status_code == 302


@pytest.mark.parametrize(
    "query", [{"month": "never"}, {"month": "0001-01"}, {"span": "aeon"}, {"maker": "x"}]
)
def test_odd_questions_are_not_found(owner: User, logged_in: LogIn, query: dict[str, str]) -> None:
    for address in (PAGE, TABLE):
        assert logged_in(owner).get(address, query).status_code == 404


def test_the_money_is_the_statements(stripe: StripeSandbox, owner: User) -> None:
    """Sold, sent, partly given back and taken back; the sale was a month ago."""
    payout = sent(stripe, 10_001)[0]
    maker, month = payout.parcel.designer, Period.of(MONTH, localdate())
    earlier = now() - (localdate() - month.before.first)
    LedgerEntry.objects.filter(kind__in=["sale", "payment"]).update(at=earlier)
    give_back(payout.parcel.order, owner, 3_333)
    sweeping.take_back()

    for period in (month.before, month):
        told, stated = money.read([maker.pk], period), statements.of(maker, period.first, "eur")
        assert told.before == stated.before
        assert told.earned - told.commission == stated.total.earned
        assert told.paid_out == stated.paid_out
        assert told.to_come == stated.after
    whole = money.read([maker.pk], Period.of(YEAR, localdate()))
    assert whole.commission == -ledger.balance(LedgerEntry.Account.COMMISSION, maker.ledger.all())
    assert money.read(None, month).to_come == money.read([maker.pk], month).to_come
    before = money.read([maker.pk], month.before)
    assert (before.earned, before.commission) == (10_901, 1_800)


def test_what_was_not_honoured_is_no_sale(ring: Piece) -> None:
    make.make_order(ring, state="review")
    assert reading.read([ring.designer_id], Period.lately()).sold.total == 2


def test_what_is_deleted_keeps_the_name_it_was_sold_by(ring: Piece) -> None:
    OrderLine.objects.update(variant=None)
    rows = reading.read([ring.designer_id], Period.lately()).pieces
    assert {row.title: row.sold for row in rows if row.sold} == {"Tidestone ring": 2}


def test_the_table_has_all_and_no_formulas(ring: Piece, alice: User, logged_in: LogIn) -> None:
    Piece.objects.filter(pk=ring.pk).update(title="=HYPERLINK(1)")
    answer = logged_in(alice).get(TABLE, {"span": "quarter"})
    assert answer["Content-Disposition"].startswith('attachment; filename="figures-quarter-')
    rows = list(csv.reader(io.StringIO(answer.content.decode("utf-8-sig"))))
    assert len({len(row) for row in rows}) == 1
    assert ["piece", "'=HYPERLINK(1)", "", "412", "29", "2", "1", ""] in rows
    assert ["size", "'=HYPERLINK(1)", "60", "", "", "", "", "9"] in rows
    assert rows[-3][:2] == ["piece", "'=HYPERLINK(1)"] or rows[-2][0] == "story"
    days = [row for row in rows if row[0] == "day"]
    assert days[-1][1:6] == [localdate().isoformat(), "", "489", "29", "2"]


def test_a_size_asked_for_in_vain_is_offered_in_one_press(
    ring: Piece, alice: User, logged_in: LogIn
) -> None:
    client = logged_in(alice)
    for address in (PAGE, BENCH):
        assert f'name="offer" value="{ring.pk} 60"' in client.get(address).content.decode()
    answer = client.post(f"{OFFER}?bench=1", {"offer": f"{ring.pk} 60"}, follow=True)
    assert answer.redirect_chain == [(reverse("admin:index"), 302)]
    assert "Tidestone ring is offered in 60 now." in answer.content.decode()
    made = ring.variants.get(label="60")
    assert (made.size, made.can_be_made, made.offered, made.stock) == (6_000, True, True, 0)
    assert "See its sizes" in client.get(BENCH).content.decode()
    client.post(OFFER, {"offer": f"{ring.pk} 60"})
    assert ring.variants.filter(label="60").count() == 1


@pytest.mark.parametrize("offer", ["", "x", "60", "0 60", "1 " + "6" * 50])
def test_an_odd_offer_is_not_found(offer: str, owner: User, logged_in: LogIn) -> None:
    assert logged_in(owner).post(OFFER, {"offer": offer}).status_code == 404
    assert logged_in(owner).get(OFFER).status_code == 405


def test_what_is_no_size_or_one_of_a_kind_is_not_offered(
    ring: Piece, secret: Piece, owner: User, logged_in: LogIn
) -> None:
    olives = logged_in(owner)
    for words in (f"{ring.pk} of gold", f"{ring.pk} 50-58", f"{secret.pk} 60"):
        assert olives.post(OFFER, {"offer": words}).status_code == 302
    assert {piece.variants.count() for piece in (ring, secret)} == {1}


def test_nobody_offers_a_foreign_size(
    secret: Piece, ring: Piece, alice: User, ines: Designer, logged_in: LogIn
) -> None:
    Piece.objects.filter(pk=secret.pk).update(making="made_to_order", sized="ring")
    assert logged_in(alice).post(OFFER, {"offer": f"{secret.pk} 61"}).status_code == 404
    bench = logged_in(make.make_member(ines, "bea", role="bench"))
    assert bench.post(OFFER, {"offer": f"{ring.pk} 60"}).status_code == 403
    assert 'name="offer"' not in bench.get(PAGE).content.decode()
    assert {piece.variants.count() for piece in (ring, secret)} == {1}


@pytest.mark.parametrize("address", [PAGE, BENCH, reverse("admin:index")])
def test_a_page_asks_no_more_for_more_and_stays_light(
    address: str, alice: User, ines: Designer, logged_in: LogIn
) -> None:
    client = logged_in(alice)

    def asked() -> int:
        for piece in ines.pieces.exclude(pk__in=Figure.objects.values("subject_id")):
            count(piece, piece.pk)
            count(piece, 1, kind="asked", size="60")
        client.get(address)  # content types are remembered
        with CaptureQueriesContext(connection) as queries:
            answer = client.get(address)
        assert answer.status_code == 200
        assert len(answer.content) < 60_000
        return len(queries)

    stock_up(ines, 20)
    few = asked()
    stock_up(ines, 200)
    assert asked() == few <= 12


# --- Days and bars -------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("span", "first", "ends", "before", "name"),
    [
        (MONTH, date(2026, 2, 1), date(2026, 3, 1), date(2026, 1, 1), "February 2026"),
        (QUARTER, date(2026, 1, 1), date(2026, 4, 1), date(2025, 10, 1), "January to March 2026"),
        (YEAR, date(2026, 1, 1), date(2027, 1, 1), date(2025, 1, 1), "2026"),
    ],
)
def test_a_period_has_its_days(span: str, first: date, ends: date, before: date, name: str) -> None:
    period = Period.of(span, date(2026, 2, 17))
    assert (period.first, period.ends, period.before.first, period.name) == (
        *(first, ends, before),
        name,
    )
    assert period.before.ends == first
    assert len(period.steps()) == (12 if span == YEAR else (ends - first).days)
    assert period.step_of(ends - timedelta(1)) == len(period.steps()) - 1


def test_the_last_four_weeks_end_today() -> None:
    period = Period.lately()
    assert len(period.steps()) == 28
    assert period.steps()[-1] == localdate()
    assert period.before.ends == period.first


def test_bars_stay_within_their_chart() -> None:
    period = Period.of(MONTH, date(2026, 2, 1))
    chart = Chart.of(period, {date(2026, 2, 3): 8, date(2026, 2, 4): 4, date(2026, 3, 1): 99})
    assert (chart.total, chart.most, chart.peak) == (12, 8, "3 Feb")
    assert [bar.height for bar in chart.bars[2:5]] == ["72.000", "36.000", "0.500"]
    assert [bar.is_peak for bar in chart.bars].index(True) == 2
    assert Chart.of(period, {}).bars[0].is_peak is False
