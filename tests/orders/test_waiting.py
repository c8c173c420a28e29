"""The line of those who wait for a piece: asked, confirmed, offered, claimed, missed, left."""

from datetime import timedelta
from typing import Any

import pytest
from django.db import IntegrityError, transaction
from django.utils.timezone import now

from catalog.models import Piece, Variant
from catalog.stock import recount
from orders import cart as carts
from orders import holds, outbox, sweeping
from orders.models import Hold, OutboxLetter, Waiting
from orders.scarce import waiting
from tests.factories import make_cart, make_piece, make_rate
from tests.orders.builders import only_variant
from tests.orders.test_holds import counts, let_lapse, near

pytestmark = pytest.mark.django_db
State = Waiting.State


@pytest.fixture
def ring() -> Variant:
    return only_variant(make_piece())


def in_line(variant: Variant, *names: str) -> list[Waiting]:
    """These people have confirmed, one after another."""
    return [
        Waiting.objects.create(
            variant=variant,
            email=f"{name}@example.com",
            state=State.WAITING,
            confirmed_at=now() - timedelta(minutes=len(names) - place),
        )
        for place, name in enumerate(names)
    ]


def state(row: Waiting) -> str:
    row.refresh_from_db()
    return row.state


def lapse(row: Waiting) -> None:
    row.refresh_from_db()
    assert row.hold
    let_lapse(row.hold)


def told(row: Waiting) -> None:
    """The letter about the newest offer has gone out."""
    OutboxLetter.objects.filter(kind="piece_is_back", subject=row.pk).update(state="sent")


# --- Asking ------------------------------------------------------------------------------------


def test_an_address_waits_once_for_a_variant(ring: Variant) -> None:
    waiting.ask(ring, "Mara@Example.com")
    waiting.ask(ring, "mara@example.com")

    row = Waiting.objects.get()
    assert (row.email, row.state) == ("mara@example.com", State.ASKED)
    assert OutboxLetter.objects.get().kind == "waiting_question"
    with pytest.raises(IntegrityError), transaction.atomic():
        Waiting.objects.create(variant=ring, email="mara@example.com")


def test_who_has_not_confirmed_is_not_in_line(ring: Variant) -> None:
    holds.take(ring, cart := make_cart())
    waiting.ask(ring, "mara@example.com")
    holds.release(cart.holds.get())

    assert waiting.serve(ring.pk) == 0
    assert carts.add(make_cart(), ring).hold


def test_the_question_comes_again_after_an_hour(ring: Variant) -> None:
    waiting.ask(ring, "mara@example.com")
    Waiting.objects.update(asked_at=now() - timedelta(hours=2))
    waiting.ask(ring, "mara@example.com")

    assert OutboxLetter.objects.count() == 2


@pytest.mark.parametrize(
    ("ended", "offers", "ago", "again"),
    [
        (State.MISSED, 1, timedelta(hours=23), False),
        (State.MISSED, 1, timedelta(hours=25), True),
        (State.CLAIMED, 1, timedelta(hours=2), False),
        (State.LEFT, 0, timedelta(hours=2), True),
        (State.LEFT, 1, timedelta(hours=2), False),  # left what was kept: that was a turn too
        (State.LEFT, 0, timedelta(minutes=2), False),
    ],
)
def test_who_had_a_turn_waits_anew_a_day_later(
    ring: Variant, ended: str, offers: int, ago: timedelta, again: bool
) -> None:
    Waiting.objects.create(
        variant=ring,
        email="mara@example.com",
        state=ended,
        offers=offers,
        confirmed_at=now() - ago,
        ended_at=now() - ago,
    )
    waiting.ask(ring, "mara@example.com")

    assert (Waiting.objects.get().state == State.ASKED) is again
    assert OutboxLetter.objects.exists() is again


def test_a_line_has_an_end(ring: Variant) -> None:
    holds.take(ring, make_cart())
    in_line(ring, *(f"p{number}" for number in range(waiting.LONGEST_LINE)))
    late = Waiting.objects.create(variant=ring, email="late@example.com")

    with pytest.raises(waiting.LineFull):
        waiting.confirm(late)
    assert state(late) == State.ASKED

    # Nor does it go on for ever with those who had their turn today.
    Waiting.objects.exclude(pk=late.pk).update(state=State.MISSED, ended_at=now())
    with pytest.raises(waiting.LineFull):
        waiting.confirm(late)


# --- Offering ----------------------------------------------------------------------------------


def test_the_first_in_line_has_it_kept_for_half_an_hour(ring: Variant) -> None:
    cart = make_cart()
    holds.take(ring, cart)
    mara, jonas = in_line(ring, "mara", "jonas")
    assert waiting.serve(ring.pk) == 0

    holds.release(cart.holds.get())
    assert waiting.serve(ring.pk) == 1

    assert (state(mara), state(jonas)) == (State.OFFERED, State.WAITING)
    assert mara.hold
    assert mara.hold.cart is None
    assert near(mara.hold.expires_at, now() + timedelta(minutes=30))
    assert counts(ring) == (1, 1)
    letter = OutboxLetter.objects.get()
    assert (letter.kind, letter.subject) == ("piece_is_back", mara.pk)


def test_giving_back_calls_the_line_at_once(
    ring: Variant, settings: Any, django_capture_on_commit_callbacks: Any
) -> None:
    settings.TASKS = {"default": {"BACKEND": "django.tasks.backends.immediate.ImmediateBackend"}}
    hold = holds.take(ring, make_cart())
    (mara,) = in_line(ring, "mara")
    with django_capture_on_commit_callbacks(execute=True):
        holds.release(hold)

    assert state(mara) == State.OFFERED


def test_the_sweep_offers_what_lapsed(ring: Variant) -> None:
    let_lapse(holds.take(ring, make_cart()))
    (mara,) = in_line(ring, "mara")
    sweeping.sweep()

    assert state(mara) == State.OFFERED


def test_what_a_maker_counts_anew_is_offered_too() -> None:
    ring = only_variant(make_piece(stock=0, making=Piece.Making.STOCKED))
    people = in_line(ring, "mara", "jonas", "eve")
    recount(ring, was=0, now=2)
    sweeping.sweep()

    assert [state(row) for row in people] == [State.OFFERED, State.OFFERED, State.WAITING]
    assert counts(ring) == (2, 2)


def test_who_comes_to_the_shop_comes_after_the_line(ring: Variant) -> None:
    let_lapse(holds.take(ring, make_cart()))
    (mara,) = in_line(ring, "mara")

    with pytest.raises(holds.Taken):
        carts.add(make_cart(), ring)
    assert state(mara) == State.OFFERED


def test_what_is_left_over_is_the_shops() -> None:
    studs = only_variant(make_piece(stock=5, making=Piece.Making.STOCKED))
    (mara,) = in_line(studs, "mara")
    line = carts.add(make_cart(), studs)

    assert line.is_held
    assert state(mara) == State.OFFERED
    assert counts(studs) == (5, 2)


def test_what_is_not_in_the_shop_is_not_offered(ring: Variant) -> None:
    (mara,) = in_line(ring, "mara")
    Piece.objects.update(status=Piece.Status.RETIRED)

    assert waiting.serve(ring.pk) == 0
    assert state(mara) == State.WAITING


# --- After the half hour -----------------------------------------------------------------------


def test_not_claimed_it_goes_to_the_next(ring: Variant) -> None:
    mara, jonas = in_line(ring, "mara", "jonas")
    waiting.serve(ring.pk)
    told(mara)
    lapse(mara)
    sweeping.sweep()

    assert (state(mara), state(jonas)) == (State.MISSED, State.OFFERED)
    assert counts(ring) == (1, 1)


def test_when_nobody_waits_it_is_back_in_the_shop(ring: Variant) -> None:
    (mara,) = in_line(ring, "mara")
    waiting.serve(ring.pk)
    told(mara)
    lapse(mara)
    sweeping.sweep()

    assert state(mara) == State.MISSED
    assert counts(ring) == (1, 0)
    assert carts.add(make_cart(), ring).is_held


def test_who_was_never_told_keeps_the_place_once(ring: Variant) -> None:
    mara, jonas = in_line(ring, "mara", "jonas")
    waiting.serve(ring.pk)
    lapse(mara)
    waiting.serve_all()
    assert (state(mara), state(jonas)) == (State.OFFERED, State.WAITING)

    lapse(mara)
    waiting.serve_all()
    assert (state(mara), state(jonas)) == (State.MISSED, State.OFFERED)


# --- Claiming ----------------------------------------------------------------------------------


def test_claimed_it_is_held_like_anything_in_a_basket(ring: Variant) -> None:
    (mara,) = in_line(ring, "mara")
    waiting.serve(ring.pk)
    mara.refresh_from_db()
    line = carts.claim(make_cart(), mara)

    assert state(mara) == State.CLAIMED
    assert line.hold
    assert line.is_held
    assert near(line.hold.expires_at, now() + timedelta(minutes=30))
    assert counts(ring) == (1, 1)
    assert holds.extend(line.hold).extensions == 1


def test_it_is_claimed_once(ring: Variant) -> None:
    (mara,) = in_line(ring, "mara")
    waiting.serve(ring.pk)
    mara.refresh_from_db()
    carts.claim(make_cart(), mara)
    stale = Waiting.objects.select_related("hold").get(pk=mara.pk)
    stale.hold = Hold.objects.get()

    with pytest.raises(holds.Taken):
        carts.claim(make_cart(), stale)
    assert Hold.objects.count() == 1


def test_too_late_is_too_late(ring: Variant) -> None:
    (mara,) = in_line(ring, "mara")
    waiting.serve(ring.pk)
    lapse(mara)

    with pytest.raises(holds.Taken):
        carts.claim(make_cart(), mara)


def test_claiming_takes_the_place_of_what_lapsed_in_the_basket(ring: Variant) -> None:
    cart = make_cart()
    line = carts.add(cart, ring)
    assert line.hold
    let_lapse(line.hold)
    (mara,) = in_line(ring, "mara")
    waiting.serve(ring.pk)
    mara.refresh_from_db()

    assert carts.claim(cart, mara).is_held
    assert cart.lines.count() == 1
    assert counts(ring) == (1, 1)


# --- Leaving, forgetting -----------------------------------------------------------------------


def test_who_leaves_gives_way_to_the_next(ring: Variant) -> None:
    mara, jonas = in_line(ring, "mara", "jonas")
    waiting.serve(ring.pk)
    mara.refresh_from_db()
    waiting.leave(mara)
    waiting.leave(mara)

    assert (state(mara), state(jonas)) == (State.LEFT, State.OFFERED)
    assert counts(ring) == (1, 1)


def test_leaving_takes_nothing_out_of_a_basket(ring: Variant) -> None:
    (mara,) = in_line(ring, "mara")
    waiting.serve(ring.pk)
    mara.refresh_from_db()
    stale = Waiting.objects.select_related("hold").get(pk=mara.pk)
    carts.claim(make_cart(), mara)
    waiting.leave(stale)

    assert state(mara) == State.CLAIMED
    assert counts(ring) == (1, 1)


def test_addresses_are_forgotten(ring: Variant) -> None:
    week = now() - timedelta(days=8)
    rows: list[dict[str, Any]] = [
        {"state": State.ASKED, "asked_at": week},
        {"state": State.MISSED, "confirmed_at": week, "ended_at": week},
        {"state": State.WAITING, "confirmed_at": now() - timedelta(days=200), "asked_at": week},
        {"state": State.WAITING, "confirmed_at": week, "asked_at": week},
        {"state": State.LEFT, "ended_at": now()},
    ]
    for number, columns in enumerate(rows):
        Waiting.objects.create(variant=ring, email=f"p{number}@example.com", **columns)

    assert waiting.forget() == 3
    assert sorted(Waiting.objects.values_list("email", flat=True)) == [
        "p3@example.com",
        "p4@example.com",
    ]


def test_an_offer_that_nobody_was_told_of_is_told_by_the_sweep(ring: Variant) -> None:
    make_rate()
    in_line(ring, "mara")
    waiting.serve(ring.pk)
    OutboxLetter.objects.update(created_at=now() - timedelta(minutes=3))

    assert outbox.send_dropped(timedelta(minutes=2)) == 1
