"""A maker is away: the shop says so and promises later, from midnight to midnight by itself."""

from collections.abc import Callable
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

import pytest
from django.conf import settings
from django.core.cache import cache
from django.test import Client
from django.utils import timezone

from catalog.models import Piece
from designers import holiday
from designers.models import Designer
from orders import checkout
from orders.models import Parcel
from sandbox.testing import StripeSandbox
from tests.factories import make_collection, make_piece, make_rate
from tests.orders.builders import basket_of, begin

pytestmark = pytest.mark.django_db
FIRST, BACK = date(2026, 12, 14), date(2026, 12, 28)
BEFORE, LAST_HOURS = datetime(2026, 12, 10, 9, tzinfo=UTC), datetime(2026, 12, 27, 12, tzinfo=UTC)
type MoveTo = Callable[[datetime], None]


@pytest.fixture
def move_to(monkeypatch: pytest.MonkeyPatch) -> MoveTo:
    """Turns the day to another one; clocks of baskets go on as they are."""
    return lambda moment: monkeypatch.setattr(timezone, "now", lambda: moment)


@pytest.fixture
def ring(ines: Designer) -> Piece:
    make_rate()
    holiday.begin(ines, first=FIRST, back=BACK, note="I am by the sea, without a torch.")
    return make_piece(collection=make_collection(designer=ines))


@pytest.fixture
def cuff(ring: Piece) -> Piece:
    """Made to order, in three weeks."""
    made = Piece.Making.MADE_TO_ORDER
    return make_piece(collection=ring.collection, making=made, lead_days=21)


def shown(address: str, client: Client | None = None) -> str:
    return (client or Client()).get(address).content.decode()


def test_a_makers_and_a_pieces_page_say_so(ring: Piece, cuff: Piece, move_to: MoveTo) -> None:
    move_to(datetime(2026, 12, 20, 9, tzinfo=UTC))
    for address in ("/designers/ines-carvalho/", *(p.get_absolute_url() for p in (ring, cuff))):
        text = shown(address)
        assert "Inês is away, and back at the bench on Monday 28 December." in text
        assert "<q>I am by the sea, without a torch.</q>" in text
    assert "on Wednesday 30 December. Held for you" in shown(ring.get_absolute_url())
    assert "by Wednesday 20 January." in shown(cuff.get_absolute_url())
    assert '"deliveryLeadTime": {"@type": "QuantitativeValue", "value": 10' in shown(
        ring.get_absolute_url()
    )
    # Eight days away, and three weeks of work.
    assert "made by Inês for you in 5 weeks" in shown("/pieces/")


def test_live_words_are_the_same_as_the_pages(cuff: Piece, move_to: MoveTo) -> None:
    address = f"/pieces/availability/?ids={cuff.pk}&sizes"
    for moment, weeks in (
        (datetime(2026, 12, 20, tzinfo=UTC), 5),
        (datetime(2026, 12, 28, tzinfo=UTC), 3),
    ):
        move_to(moment)
        assert Client().get(address).json()[str(cuff.pk)]["word"] == (
            f"made by Inês for you in {weeks} weeks"
        )


def test_one_to_come_is_told_where_it_moves_a_day(
    ring: Piece, cuff: Piece, move_to: MoveTo
) -> None:
    move_to(datetime(2026, 12, 1, 9, tzinfo=UTC))
    said = "Inês is away from Monday 14 December and back at the bench on Monday 28 December."
    assert said in shown("/designers/ines-carvalho/")
    assert said not in shown(ring.get_absolute_url())  # it leaves on Thursday
    assert said in shown(cuff.get_absolute_url())


def test_it_begins_and_ends_at_midnight_on_kept_pages(
    ring: Piece, move_to: MoveTo, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(settings, "PUBLIC_PAGE_SECONDS", 30)
    cache.clear()
    address, said = "/designers/ines-carvalho/", "Inês is away, and back"
    for day, there in ((FIRST, False), (BACK, True)):
        midnight = timezone.make_aware(datetime.combine(day, time()))  # in the shop's own zone
        move_to(midnight - timedelta(seconds=10))
        answer: Any = Client().get(address)
        assert (said in answer.text) is there
        assert answer.headers["Cache-Control"] == "public, max-age=0, s-maxage=10"
        move_to(midnight + timedelta(seconds=1))
        answer = Client().get(address)
        assert (said in answer.text) is not there
        assert "s-maxage=30" in answer.headers["Cache-Control"]
    assert "away" not in shown(ring.get_absolute_url())
    cache.clear()


@pytest.mark.parametrize(
    ("moment", "leaves"),
    [(BEFORE, date(2026, 12, 28)), (LAST_HOURS, date(2026, 12, 30))],
    ids=["before", "during"],
)
def test_what_is_bought_is_promised_behind_it(
    ring: Piece, move_to: MoveTo, moment: datetime, leaves: date
) -> None:
    move_to(moment)
    begin(basket_of(ring))
    parcel = Parcel.objects.get()
    assert parcel.post_by == leaves
    assert parcel.arrives_by > leaves


def test_what_is_made_begins_when_she_is_back(cuff: Piece, move_to: MoveTo) -> None:
    move_to(LAST_HOURS)
    begin(basket_of(cuff))
    assert Parcel.objects.get().post_by == date(2027, 1, 20)


def test_it_is_said_in_the_basket_and_before_paying(ring: Piece, move_to: MoveTo) -> None:
    move_to(LAST_HOURS)
    shopper = Client(headers={"Sec-Fetch-Site": "same-origin"})
    shopper.post("/cart/", {"variant": ring.variants.get().pk})
    for address in ("/cart/", "/checkout/"):
        text = shown(address, shopper)
        assert "Inês is away, and back at the bench on Monday 28 December." in text
        assert "Monday 4 January" in text


def test_one_told_of_while_somebody_is_about_to_pay_is_shown_first(
    stripe: StripeSandbox, ring: Piece, move_to: MoveTo, ines: Designer
) -> None:
    move_to(datetime(2026, 12, 7, 9, tzinfo=UTC))
    shopper = Client(headers={"Sec-Fetch-Site": "same-origin"})
    shopper.post("/cart/", {"variant": ring.variants.get().pk})
    typed = {"country": "IE", "email": "jonas@example.eu", "away": ""}
    assert 'name="away" value=""' in shown("/checkout/", shopper)
    holiday.begin(ines, first=date(2026, 12, 8), back=BACK, note="")

    answer: Any = shopper.post("/checkout/", typed)
    assert answer.status_code == 409
    assert "The day stands with what comes from Inês. All right?" in answer.text
    assert not Parcel.objects.exists()
    shown_now = f"{ines.pk}:2026-12-29"
    assert f'name="away" value="{shown_now}"' in answer.text
    assert shopper.post("/checkout/", typed | {"away": shown_now}).status_code == 303
    assert Parcel.objects.get().post_by == date(2026, 12, 29)


def test_a_payment_begun_before_it_was_told_is_begun_anew(
    stripe: StripeSandbox, ring: Piece, move_to: MoveTo, ines: Designer
) -> None:
    move_to(datetime(2026, 12, 7, 9, tzinfo=UTC))
    cart = basket_of(ring)
    first = checkout.open_session(begin(cart))
    assert begin(cart) == first
    holiday.begin(ines, first=date(2026, 12, 8), back=BACK, note="")
    second = begin(cart)
    assert second != first
    assert second.order.parcels.get().post_by == date(2026, 12, 29)
    assert first.order.parcels.get().post_by == date(2026, 12, 9)


def test_coming_back_early_promises_from_today(
    ring: Piece, ines: Designer, move_to: MoveTo
) -> None:
    move_to(datetime(2026, 12, 16, 9, tzinfo=UTC))
    holiday.end(ines)
    assert (ines.away_from, ines.back_on) == (FIRST, date(2026, 12, 16))
    assert "away" not in shown(ring.get_absolute_url())
    begin(basket_of(ring))
    assert Parcel.objects.get().post_by == date(2026, 12, 18)


def test_one_that_is_called_off_leaves_nothing(
    ines: Designer, ring: Piece, move_to: MoveTo
) -> None:
    move_to(datetime(2026, 12, 14, 9, tzinfo=UTC))
    holiday.end(ines)
    ines.refresh_from_db()
    assert (ines.away_from, ines.back_on, ines.away_note) == (None, None, "")
