"""What the owner mends: once, under their name, and nothing that agrees by now."""

import pytest
from django.contrib.auth.models import User

from catalog.models import Piece, Variant
from orders import holds, settlement
from orders.comparing import mending
from orders.models import Disagreement, Hold, OrderEvent, PaymentAttempt, StripeEvent
from sandbox.testing import StripeSandbox
from tests.factories import make_cart, make_order, make_piece
from tests.orders.builders import only_variant, opened, session_of
from tests.orders.test_holds import let_lapse
from tests.orders.test_sweep import LONG_AGO, age

pytestmark = pytest.mark.django_db
State = Disagreement.State


def case(kind: str, **columns: object) -> Disagreement:
    defaults = {"key": f"{kind}:1", "text": "It differs.", "needs_person": True}
    return Disagreement.objects.create(kind=kind, **defaults | columns)


def mended(row: Disagreement, owner: User) -> bool:
    done = mending.mend(row, by=owner)
    row.refresh_from_db()
    return done


def test_what_is_reserved_is_set_to_what_is_held(owner: User) -> None:
    ring = only_variant(make_piece(stock=3, making=Piece.Making.STOCKED))
    holds.take(ring, make_cart(), 2)
    Variant.objects.update(reserved=3, held_until=None)
    row = case("stock", subject=ring.pk)

    assert mended(row, owner)
    assert (row.state, row.mended_by) == (State.MENDED, owner)
    assert Variant.objects.get().reserved == 2
    assert Variant.objects.get().held_until == Hold.objects.get().expires_at
    assert not mended(row, owner)


def test_more_held_than_there_is_must_be_counted_first(owner: User) -> None:
    ring = only_variant(make_piece(stock=2, making=Piece.Making.STOCKED))
    holds.take(ring, make_cart(), 2)
    Variant.objects.update(reserved=0, stock=1)
    row = case("stock", subject=ring.pk)

    with pytest.raises(mending.NotMendable, match="More is held than there is"):
        mending.mend(row, by=owner)
    row.refresh_from_db()
    assert row.state == State.OPEN
    assert Variant.objects.get().reserved == 0


def test_holds_that_are_over_are_given_back(owner: User) -> None:
    ring = only_variant(make_piece())
    let_lapse(holds.take(ring, make_cart()))
    age(Hold.objects, expires_at=LONG_AGO * 4)

    assert mended(case("holds"), owner)
    assert Variant.objects.get().reserved == 0


def test_an_event_is_acted_on_again(stripe: StripeSandbox, owner: User) -> None:
    attempt = opened(make_piece())
    stripe.pay(session_of(attempt))
    event = StripeEvent.objects.create(
        event_id="evt_1",
        type="checkout.session.completed",
        payload={"object": session_of(attempt)},
        state=StripeEvent.State.FAILED,
    )

    assert mended(case("event", subject=event.pk), owner)
    event.refresh_from_db()
    assert event.state == StripeEvent.State.PROCESSED


def test_an_event_that_fails_again_stays_open(stripe: StripeSandbox, owner: User) -> None:
    event = StripeEvent.objects.create(
        event_id="evt_1", type="checkout.session.completed", payload={"object": "cs_nowhere"}
    )
    row = case("event", subject=event.pk)

    with pytest.raises(mending.NotMendable, match="NotFound"):
        mending.mend(row, by=owner)
    row.refresh_from_db()
    assert row.state == State.OPEN


def test_stripe_is_asked_again_for_what_it_gave_back(stripe: StripeSandbox, owner: User) -> None:
    attempt = opened(make_piece())
    stripe.pay(session_of(attempt))
    settled = settlement.settle(session_of(attempt))
    assert settled
    stripe.act("refund", settled.charge, 4_000)
    row = case("given_back", subject=settled.pk, order=settled.order)

    assert mended(row, owner)
    settled.order.refresh_from_db()
    assert settled.order.refunded_total == 4_000
    told = OrderEvent.objects.get(kind="mended")
    assert (told.actor, told.text) == (owner, "It differs.")


def test_another_sum_is_not_mended_by_asking(stripe: StripeSandbox, owner: User) -> None:
    attempt = opened(make_piece())
    stripe.pay(session_of(attempt))
    settlement.settle(session_of(attempt))
    PaymentAttempt.objects.update(received=1)

    with pytest.raises(mending.NotMendable, match="still says the same"):
        mending.mend(case("paid", subject=attempt.pk, order=attempt.order), by=owner)


def test_without_an_answer_it_stays_open(stripe: StripeSandbox, owner: User) -> None:
    attempt = opened(make_piece())
    stripe.faults("/v1/checkout/sessions/*", "500", times=3)

    with pytest.raises(mending.NotMendable, match="did not answer"):
        mending.mend(case("paid", subject=attempt.pk), by=owner)


@pytest.mark.parametrize("kind", ["orphan", "review", "left_over", "refund_lost", "unheard of"])
def test_some_things_only_a_person_mends(owner: User, kind: str) -> None:
    row = case(kind[:20], order=make_order(make_piece()))

    assert mending.kind_of(row).title
    with pytest.raises(mending.NotMendable):
        mending.mend(row, by=owner)


def test_every_kind_that_is_found_has_words() -> None:
    found = {"paid", "given_back", "stock", "holds", "event", "orphan", "refund_lost", "review"}
    assert found | {"refund", "left_over"} == set(mending.KINDS)
