"""A parcel that nobody has begun is called off by who bought it, and paid back once."""

from typing import Any
from uuid import uuid4

import pytest
from django.contrib.auth.models import User
from django.utils.timezone import now

from catalog.models import Piece, Variant
from designers.models import Designer
from orders import fulfilment, ledger, payments, sweeping
from orders.afterwards import aftersale, cancelling
from orders.afterwards.aftersale import NotNow
from orders.afterwards.aftersale_steps import Actor
from orders.models import AfterSale, Order, OrderLine, OutboxLetter, Parcel, PaymentAttempt, Refund
from orders.scarce import editions
from sandbox.testing import StripeSandbox
from tests.factories import make_collection, make_order, make_piece
from tests.orders.test_refunds import at_stripe, bought

pytestmark = pytest.mark.django_db
Kind, State = AfterSale.Kind, AfterSale.State


def piece_of(designer: Designer, **columns: Any) -> Piece:
    return make_piece(collection=make_collection(designer=designer), **columns)


@pytest.fixture
def paid(stripe: StripeSandbox, ines: Designer, henrik: Designer) -> PaymentAttempt:
    """A ring that lies ready at Inês's, and a cuff that Henrik makes; the post is 9.00 each."""
    ring = piece_of(ines, title="Tide ring", price=10_000)
    cuff = piece_of(henrik, title="North cuff", price=20_000, making=Piece.Making.MADE_TO_ORDER)
    return bought(stripe, (ring, 1), (cuff, 1))


def parcel_of(designer: Designer) -> Parcel:
    return Parcel.objects.select_related("order", "designer").get(designer=designer)


def call_off(*parcels: Parcel, **wishes: Any) -> list[AfterSale]:
    order = Order.objects.get()
    return cancelling.call_off(order, [p.pk for p in parcels], **{"token": uuid4()} | wishes)


def begin(parcel: Parcel) -> AfterSale:
    """Its maker has begun, and the shopper asks to stop."""
    fulfilment.reach(parcel, Parcel.Stage.FORMED)
    return aftersale.ask(parcel, Kind.CANCELLATION, {}, token=uuid4(), words="We moved.")


def stands() -> tuple[str, int, int]:
    order = Order.objects.get()
    return order.state, order.refunded_total, order.shipping_refunded


def letters() -> list[str]:
    written = OutboxLetter.objects.filter(kind__startswith="aftersale_").order_by("kind")
    return list(written.values_list("kind", flat=True))


def test_one_parcel_goes_with_its_post_and_the_other_stays(
    paid: PaymentAttempt, ines: Designer, henrik: Designer
) -> None:
    call_off(parcel_of(ines))

    assert parcel_of(ines).state == Parcel.State.CANCELLED
    assert parcel_of(henrik).state == Parcel.State.NEW
    assert stands() == ("partially_refunded", 10_900, 900)
    assert at_stripe(paid) == [10_900]
    assert Variant.objects.get(piece__title="Tide ring").stock == 1
    assert OrderLine.objects.get(title="Tide ring").restocked == 1
    assert list(Parcel.objects.to_send()) == [parcel_of(henrik)]
    assert letters() == ["aftersale_call_off_maker", "aftersale_call_off_shopper"]


def test_the_whole_order_goes_to_the_last_cent(
    paid: PaymentAttempt, ines: Designer, henrik: Designer
) -> None:
    call_off(parcel_of(ines), parcel_of(henrik))

    assert stands() == ("refunded", 31_800, 1_800)
    assert sum(at_stripe(paid)) == 31_800
    assert not Parcel.objects.to_send().exists()
    assert not ledger.unbalanced().exists()
    for maker in (ines, henrik):
        assert ledger.balance("designer", Order.objects.get().ledger.filter(designer=maker)) == 0


def test_the_other_maker_does_not_pay_for_a_post_that_was_never_sent(
    paid: PaymentAttempt, ines: Designer, henrik: Designer
) -> None:
    order = Order.objects.get()
    before = ledger.balance("designer", order.ledger.filter(designer=henrik))

    call_off(parcel_of(ines))

    assert ledger.balance("designer", order.ledger.filter(designer=henrik)) == before
    assert ledger.balance("designer", order.ledger.filter(designer=ines)) == 0


def test_the_same_form_sent_twice_is_one_refund(paid: PaymentAttempt, ines: Designer) -> None:
    token = uuid4()

    first, second = (call_off(parcel_of(ines), token=token) for _press in range(2))

    assert first == second
    assert at_stripe(paid) == [10_900]
    assert AfterSale.objects.count() == 1


def test_what_was_begun_is_not_called_off(paid: PaymentAttempt, henrik: Designer) -> None:
    fulfilment.reach(parcel_of(henrik), Parcel.Stage.FORMED)

    with pytest.raises(NotNow):
        call_off(parcel_of(henrik))

    assert parcel_of(henrik).state == Parcel.State.MAKING
    assert not AfterSale.objects.exists()
    assert at_stripe(paid) == []


def test_all_of_an_order_or_none(paid: PaymentAttempt, ines: Designer, henrik: Designer) -> None:
    fulfilment.ship(parcel_of(henrik), carrier="", by_hand=True)

    with pytest.raises(NotNow):
        call_off(parcel_of(ines), parcel_of(henrik))

    assert parcel_of(ines).state == Parcel.State.NEW
    assert stands() == ("paid", 0, 0)


def test_a_foreign_parcel_is_none_of_this_order(paid: PaymentAttempt, ines: Designer) -> None:
    other = make_order(make_piece()).parcels.get()

    with pytest.raises(NotNow):
        cancelling.call_off(paid.order, [other.pk], token=uuid4())

    other.refresh_from_db()
    assert other.state == Parcel.State.NEW


def test_the_form_of_another_order_is_refused(paid: PaymentAttempt, ines: Designer) -> None:
    (asked,) = call_off(parcel_of(ines))
    other = make_order(make_piece())

    with pytest.raises(NotNow):
        cancelling.call_off(other, [other.parcels.get().pk], token=asked.token)


def test_money_that_was_given_back_already_is_not_given_twice(
    paid: PaymentAttempt, ines: Designer, henrik: Designer, owner: User
) -> None:
    from orders import refunds

    refunds.request(
        Order.objects.get(), free_amount=15_000, reason="Sorry.", by=owner, token=uuid4()
    )

    call_off(parcel_of(ines), parcel_of(henrik))

    assert stands()[:2] == ("refunded", 31_800)
    assert sum(at_stripe(paid)) == 31_800
    assert Variant.objects.get(piece__title="Tide ring").stock == 1


def test_an_order_that_cost_nothing_is_called_off_without_a_refund(ines: Designer) -> None:
    piece = piece_of(ines, price=100, stock=0)
    order = make_order(piece, items_total=100, discount_total=100, total=0)
    order.lines.update(discount=100)

    cancelling.call_off(order, [order.parcels.get().pk], token=uuid4())

    order.refresh_from_db()
    assert order.state == Order.State.CANCELLED
    assert piece.variants.get().stock == 1
    assert not Refund.objects.exists()


def test_an_answer_that_was_lost_is_asked_for_again(
    stripe: StripeSandbox, paid: PaymentAttempt, ines: Designer, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as lost:
        lost.setattr(cancelling, "_send", lambda written: None)  # the process died after the commit
        call_off(parcel_of(ines))
    assert at_stripe(paid) == []
    assert stands() == ("partially_refunded", 10_900, 900)

    Refund.objects.update(created_at=now() - sweeping.UNDER_WAY * 2)
    sweeping.sweep()

    assert at_stripe(paid) == [10_900]
    assert len(payments.list_refunds(paid.payment_intent)) == 1


def test_a_number_of_an_edition_that_was_never_made_is_free_again(
    stripe: StripeSandbox, henrik: Designer
) -> None:
    cuff = piece_of(henrik, making=Piece.Making.LIMITED, edition_size=8, stock=0)
    cuff.variants.update(can_be_made=True)
    bought(stripe, (cuff, 1))
    assert editions.left(cuff) == 7

    call_off(parcel_of(henrik))

    assert editions.left(cuff) == 8


# --- Asking, once it was begun -----------------------------------------------------------------


def test_the_maker_says_yes(paid: PaymentAttempt, henrik: Designer, bob: User) -> None:
    asked = begin(parcel_of(henrik))

    cancelling.agree(asked, Actor.MAKER, restock=False, answer="The silver is not cut.", by=bob)

    asked.refresh_from_db()
    assert (asked.state, asked.answer) == (State.DONE, "The silver is not cut.")
    assert parcel_of(henrik).state == Parcel.State.CANCELLED
    assert at_stripe(paid) == [20_900]
    assert Refund.objects.get().actor == bob
    assert "aftersale_agree_shopper" in letters()


def test_the_maker_says_no(paid: PaymentAttempt, henrik: Designer, bob: User) -> None:
    asked = begin(parcel_of(henrik))

    aftersale.take(asked, "refuse", Actor.MAKER, by=bob, answer="It is soldered.")

    assert asked.state == State.REFUSED
    assert parcel_of(henrik).state == Parcel.State.MAKING
    assert at_stripe(paid) == []


def test_posting_it_overtakes_the_question(paid: PaymentAttempt, henrik: Designer) -> None:
    asked = begin(parcel_of(henrik))

    fulfilment.ship(parcel_of(henrik), carrier="", by_hand=True)

    asked.refresh_from_db()
    assert asked.state == State.LAPSED
    with pytest.raises(NotNow):
        cancelling.agree(asked, Actor.MAKER, restock=False)
    assert at_stripe(paid) == []


def test_there_is_one_question_at_a_time(paid: PaymentAttempt, henrik: Designer) -> None:
    asked = begin(parcel_of(henrik))
    with pytest.raises(NotNow):
        aftersale.ask(parcel_of(henrik), Kind.CANCELLATION, {}, token=uuid4())
    again = aftersale.ask(parcel_of(henrik), Kind.CANCELLATION, {}, token=asked.token)
    assert again == asked
    assert AfterSale.objects.count() == 1


def test_what_lay_ready_goes_back_into_stock_where_the_maker_says_so(
    paid: PaymentAttempt, ines: Designer, alice: User
) -> None:
    asked = begin(parcel_of(ines))
    cancelling.agree(asked, Actor.MAKER, restock=False, by=alice)
    assert Variant.objects.get(piece__title="Tide ring").stock == 0
