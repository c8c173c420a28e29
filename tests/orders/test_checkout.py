from datetime import timedelta

import pytest
from django.utils.timezone import now

from catalog.models import Piece, Variant
from designers.models import Designer
from orders import attempts, checkout, holds, payments, settlement
from orders import cart as carts
from orders.models import CartLine, Hold, Order, PaymentAttempt
from sandbox.testing import StripeSandbox
from tests.factories import make_cart, make_collection, make_photo, make_piece, make_rate
from tests.orders.builders import EMAIL, basket_of, begin, only_variant, opened, session_of

pytestmark = pytest.mark.django_db
State = PaymentAttempt.State


def state_of(attempt: PaymentAttempt) -> str:
    return PaymentAttempt.objects.get(pk=attempt.pk).state


def reserved(piece: Piece) -> int:
    return only_variant(piece).reserved


# --- What is written ---------------------------------------------------------------------------


def test_an_order_is_written_before_stripe_is_asked(ines: Designer, henrik: Designer) -> None:
    make_rate(amount=900)
    ring = make_piece(collection=make_collection(designer=ines), price=64_000)
    lamp = make_piece(collection=make_collection(designer=henrik), price=46_000)
    gifts = {ines.pk: checkout.Gift(wrap=True, hide_prices=True, note="For Mara")}

    attempt = begin(basket_of(ring, lamp), gifts=gifts)

    order = attempt.order
    assert (attempt.state, attempt.number) == (State.CREATING, 1)
    assert order.state == Order.State.AWAITING_PAYMENT
    assert (order.items_total, order.shipping_total, order.total) == (110_000, 1_800, 111_800)
    assert (order.email, order.country, order.currency) == (EMAIL, "IE", "eur")
    assert attempt.expected_total == order.total
    first = order.parcels.get(designer=ines)
    assert (first.wrap, first.hide_prices, first.gift_note) == (True, True, "For Mara")
    line = first.lines.get()
    assert (line.title, line.total, line.commission) == (ring.title, 64_000, 11_520)
    assert line.snapshot["maker"] == "Inês Carvalho"
    assert line.snapshot["path"] == f"/pieces/{ring.slug}/"
    assert line.hold
    assert line.hold.state == Hold.State.PAYING


def test_the_parameters_are_what_stripe_takes(ines: Designer) -> None:
    piece = make_piece(collection=make_collection(designer=ines), material_line="Silver")
    make_photo(ines, piece=piece)

    attempt = begin(basket_of(piece))

    asked = attempt.parameters
    (item,) = asked["line_items"]
    product = item["price_data"]["product_data"]
    assert product["description"] == "Inês Carvalho, Silver"
    assert product["images"][0].startswith("http://127.0.0.1:8000/media/photos/")
    assert product["images"][0].endswith("-800.jpg")
    assert asked["success_url"].endswith("/checkout/return/?session_id={CHECKOUT_SESSION_ID}")
    assert asked["shipping_address_collection"] == {"allowed_countries": ["IE"]}
    assert asked["metadata"] == asked["payment_intent_data"]["metadata"]
    assert asked["metadata"]["key"] == attempt.idempotency_key
    assert asked["locale"] == "en-GB"
    assert "sepa_debit" in asked["excluded_payment_method_types"]
    assert "payment_method_types" not in asked
    ahead = asked["expires_at"] - now().timestamp()
    assert 34 * 60 < ahead <= 35 * 60


def test_made_pieces_may_be_paid_by_slow_methods() -> None:
    attempt = begin(basket_of(make_piece(making=Piece.Making.MADE_TO_ORDER)))

    assert "excluded_payment_method_types" not in attempt.parameters
    assert "description" in attempt.parameters["line_items"][0]["price_data"]["product_data"]


def test_what_was_typed_is_kept_in_the_basket(ines: Designer) -> None:
    cart = basket_of(make_piece(collection=make_collection(designer=ines)))

    begin(cart, country="PT", gifts={ines.pk: checkout.Gift(note="For Mara")})

    cart.refresh_from_db()
    assert (cart.email, cart.country) == (EMAIL, "PT")
    assert cart.gift_wishes.get().note == "For Mara"


# --- What is refused ---------------------------------------------------------------------------


def test_an_empty_basket_cannot_be_ordered() -> None:
    with pytest.raises(checkout.Empty):
        begin(make_cart())


def test_what_lapsed_and_is_free_is_taken_again() -> None:
    piece = make_piece()
    cart = basket_of(piece)
    Hold.objects.update(expires_at=now() - timedelta(minutes=1), state=Hold.State.RELEASED)
    Variant.objects.update(reserved=0, held_until=None)

    attempt = begin(cart)

    assert attempt.order.lines.get().hold
    assert reserved(piece) == 1


def test_what_somebody_else_took_meanwhile_is_told() -> None:
    piece, other = make_piece(title="Harbour Lamp"), make_piece()
    cart = basket_of(piece, other)
    Hold.objects.filter(variant__piece=piece).update(expires_at=now() - timedelta(minutes=1))
    carts.add(make_cart(), only_variant(piece))

    with pytest.raises(checkout.Gone, match="Harbour Lamp") as gone:
        begin(cart)

    assert [line.piece for line in gone.value.lines] == [piece]
    assert not Order.objects.exists()
    assert Hold.objects.get(variant__piece=other).state == Hold.State.ACTIVE


def test_a_piece_taken_between_looking_and_keeping_is_gone(monkeypatch: pytest.MonkeyPatch) -> None:
    piece = make_piece()
    cart = basket_of(piece)
    hold = Hold.objects.get()

    def snatch(told: object) -> None:
        Hold.objects.filter(pk=hold.pk).update(state=Hold.State.RELEASED)

    monkeypatch.setattr(checkout, "_check", snatch)
    with pytest.raises(checkout.Gone):
        begin(cart)
    assert not Order.objects.exists()


def test_a_changed_price_is_told_once(stripe: StripeSandbox) -> None:
    piece = make_piece(price=64_000)
    cart = basket_of(piece)
    Piece.objects.filter(pk=piece.pk).update(price=68_000)

    with pytest.raises(checkout.PriceChanged) as changed:
        begin(cart)

    (line,) = changed.value.lines
    assert (line.old_price, line.unit_price) == (64_000, 68_000)
    assert not Order.objects.exists()
    assert begin(cart).order.items_total == 68_000


def test_a_country_nobody_posts_to_is_refused() -> None:
    make_rate(countries="IE")

    with pytest.raises(checkout.NotPosted, match="Inês"):
        begin(basket_of(make_piece()), country="JP")


def test_less_than_stripe_charges_is_refused() -> None:
    make_rate(amount=0)

    with pytest.raises(checkout.BelowMinimum) as below:
        begin(basket_of(make_piece(price=49)))

    assert below.value.minimum == 50


def test_more_than_stripe_charges_at_once_is_refused() -> None:
    make_rate(amount=0)
    cart = make_cart()
    for _piece in range(3):
        dear = make_piece(price=99_999_999, making=Piece.Making.MADE_TO_ORDER)
        carts.change(carts.add(cart, only_variant(dear)), 10)

    with pytest.raises(checkout.AboveMaximum, match="more than can be charged"):
        begin(cart)

    assert not Order.objects.exists()


def test_an_edition_is_never_made_more_often_than_it_may_be(stripe: StripeSandbox) -> None:
    piece = make_piece(stock=1, making=Piece.Making.LIMITED, edition_size=3)
    Variant.objects.update(can_be_made=True)
    variant = only_variant(piece)
    ready, first, second = (basket_of(piece) for _basket in range(3))
    assert [cart.lines.get().is_made for cart in (ready, first, second)] == [False, True, True]
    carts.change(second.lines.get(), 2)
    begin(ready)
    begin(first)

    with pytest.raises(checkout.Gone):
        begin(second)
    carts.change(second.lines.get(), 1)
    begin(second)

    with pytest.raises(holds.Taken):
        carts.add(make_cart(), variant)


def test_an_unpublished_piece_is_refused() -> None:
    piece = make_piece()
    cart = basket_of(piece)
    Piece.objects.filter(pk=piece.pk).update(status=Piece.Status.DRAFT)

    with pytest.raises(checkout.Gone):
        begin(cart)


# --- Opening the session -----------------------------------------------------------------------


def test_the_session_opens(stripe: StripeSandbox) -> None:
    attempt = opened(make_piece())

    assert attempt.state == State.OPEN
    assert attempt.url.startswith(stripe.base_url)
    session = payments.get_session(session_of(attempt))
    assert session.amount_total == attempt.order.total
    assert session.metadata["number"] == attempt.order.number


def test_opening_twice_asks_once(stripe: StripeSandbox) -> None:
    attempt = begin(basket_of(make_piece()))
    first = checkout.open_session(PaymentAttempt.objects.get(pk=attempt.pk))
    second = checkout.open_session(attempt)  # still thinks it is being created

    assert first.session_id == second.session_id


@pytest.mark.parametrize("mode", ["timeout_before", "timeout_after", "500", "409"])
def test_without_an_answer_the_same_session_comes_later(stripe: StripeSandbox, mode: str) -> None:
    attempt = begin(cart := basket_of(make_piece()))
    stripe.faults("/v1/checkout/sessions", mode, times=3)

    with pytest.raises(payments.Unknown):
        checkout.open_session(attempt)
    assert state_of(attempt) == State.CREATING
    again = begin(cart)

    assert again == attempt
    assert checkout.open_session(again).state == State.OPEN
    mine = [s for s in payments.list_sessions(now() - timedelta(minutes=5))
            if s.metadata.get("key") == attempt.idempotency_key]  # fmt: skip
    assert len(mine) == 1


def test_a_refusal_gives_the_basket_its_pieces_back(stripe: StripeSandbox) -> None:
    piece = make_piece()
    attempt = begin(basket_of(piece))
    attempt.parameters = attempt.parameters | {"expires_at": 1}

    with pytest.raises(payments.Refused):
        checkout.open_session(attempt)

    assert state_of(attempt) == State.FAILED
    assert Order.objects.get().state == Order.State.FAILED
    assert Hold.objects.get().state == Hold.State.ACTIVE
    assert reserved(piece) == 1
    assert PaymentAttempt.objects.get().error


# --- Twice, again, otherwise -------------------------------------------------------------------


def test_a_double_click_is_one_order(stripe: StripeSandbox) -> None:
    cart = basket_of(make_piece())

    first, second = begin(cart), begin(cart)

    assert first == second
    checkout.open_session(first)
    assert begin(cart).url
    assert Order.objects.count() == 1


def test_a_changed_basket_ends_the_old_session_first(stripe: StripeSandbox) -> None:
    piece, more = make_piece(), make_piece()
    cart = basket_of(piece)
    old = checkout.open_session(begin(cart))

    carts.add(cart, only_variant(more))
    new = checkout.open_session(begin(cart))

    assert payments.get_session(session_of(old)).status == "expired"
    assert state_of(old) == State.SUPERSEDED
    assert new.order.lines.count() == 2
    assert Order.objects.get(pk=old.order_id).state == Order.State.EXPIRED
    assert reserved(piece) == 1
    assert set(Hold.objects.values_list("state", flat=True)) == {Hold.State.PAYING}


def test_another_country_is_another_order(stripe: StripeSandbox) -> None:
    cart = basket_of(make_piece())
    old = checkout.open_session(begin(cart))

    new = begin(cart, country="PT")

    assert new != old
    assert state_of(old) == State.SUPERSEDED


def test_paid_in_another_tab_leads_to_the_paid_order(stripe: StripeSandbox) -> None:
    piece = make_piece()
    cart = basket_of(piece)
    old = checkout.open_session(begin(cart))
    stripe.pay(session_of(old))

    with pytest.raises(attempts.Paid) as paid:
        begin(cart, country="PT")

    assert paid.value.order == old.order
    assert paid.value.order.state == Order.State.PAID
    assert str(paid.value) == old.order.number
    assert only_variant(piece).stock == 0
    assert not cart.lines.exists()


def test_a_session_nobody_answered_for_is_opened_and_ended(stripe: StripeSandbox) -> None:
    cart = basket_of(make_piece())
    old = begin(cart)
    stripe.faults("/v1/checkout/sessions", "timeout_after", times=3)
    with pytest.raises(payments.Unknown):
        checkout.open_session(old)

    attempts.abandon(cart)

    old.refresh_from_db()
    assert old.state == State.SUPERSEDED
    assert payments.get_session(session_of(old)).status == "expired"
    assert cart.lines.get().is_held


def test_a_refused_session_is_nothing_to_end(stripe: StripeSandbox) -> None:
    cart = basket_of(make_piece())
    attempt = begin(cart)
    PaymentAttempt.objects.update(parameters=attempt.parameters | {"expires_at": 1})

    attempts.abandon(cart)

    assert state_of(attempt) == State.FAILED
    assert cart.lines.get().is_held


def test_an_attempt_with_little_time_left_is_replaced(stripe: StripeSandbox) -> None:
    cart = basket_of(make_piece())
    old = checkout.open_session(begin(cart))
    PaymentAttempt.objects.update(expires_at=now() + timedelta(minutes=2))

    assert begin(cart) != old


def test_taking_out_what_is_being_paid_ends_the_payment(stripe: StripeSandbox) -> None:
    piece = make_piece()
    attempt = opened(piece)

    carts.remove(CartLine.objects.get())

    assert state_of(attempt) == State.SUPERSEDED
    assert reserved(piece) == 0


def test_without_an_answer_the_basket_stays_as_it_is(stripe: StripeSandbox) -> None:
    opened(make_piece())
    stripe.faults("/v1/checkout/sessions/*", "500", times=3)

    with pytest.raises(payments.Unknown):
        carts.remove(CartLine.objects.get())

    assert CartLine.objects.get().is_held


def test_a_free_order_needs_no_payment(stripe: StripeSandbox) -> None:
    make_rate(amount=0)
    piece = make_piece(price=1)
    Variant.objects.update(price_difference=-1)
    attempt = opened(piece)
    stripe.pay(session_of(attempt))

    settled = settlement.settle(session_of(attempt))

    assert settled
    assert settled.order.state == Order.State.PAID
    assert settled.order.total == 0
    assert settled.payment_intent == ""


def test_many_pieces_and_odd_letters_pass(stripe: StripeSandbox) -> None:
    pieces = [make_piece(title=f"Ring № {n} – «Mar» 潮") for n in range(10)]
    attempt = opened(*pieces)

    assert len(payments.line_items(session_of(attempt))) == 10
