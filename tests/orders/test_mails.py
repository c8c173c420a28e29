"""The letters about an order: what they say, in HTML and in their text twin."""

from datetime import date
from typing import Any

import pytest
from django.core import mail
from django.core.mail import EmailMultiAlternatives
from django.utils.timezone import now

from catalog.models import Piece
from designers.models import Designer
from orders import mails
from orders.models import Order, Parcel, PaymentAttempt, Refund
from shop.letters import Letter
from tests.factories import make_collection, make_order, make_piece

pytestmark = pytest.mark.django_db
IMAGE = {
    "base": "photos/ab/ring-card",
    "sizes": [[160, 200], [400, 500], [800, 1000]],
    "alt": "A ring",
}


def an_order(ines: Designer, henrik: Designer, **columns: Any) -> Order:
    brooch = make_piece(
        collection=make_collection(designer=ines), title="Scallop brooch", price=126_000
    )
    pendant = make_piece(
        collection=make_collection(designer=henrik), title="Nocturne No. 5", price=46_000
    )
    columns = {"name": "Jonas Weber", "payment_note": "Visa ending 4242"} | columns
    order = make_order(brooch, pendant, tax_included=32_163, **columns)
    Parcel.objects.update(post_by=date(2026, 11, 27), arrives_by=date(2026, 12, 1))
    order.lines.filter(title="Scallop brooch").update(is_made=True)
    for line in order.lines.all():
        line.snapshot |= {"image": IMAGE, "materials": "Silver & gold"}
        line.save()
    return order


def send(told: tuple[Letter, str]) -> None:
    letter, to = told
    letter.send(to)


def sent() -> tuple[EmailMultiAlternatives, str, str]:
    """The only letter, its text and its HTML."""
    (letter,) = mail.outbox
    assert isinstance(letter, EmailMultiAlternatives)
    (html,) = letter.alternatives
    return letter, str(letter.body), str(html[0])


def test_the_confirmation_promises_and_reckons(ines: Designer, henrik: Designer) -> None:
    order = an_order(ines, henrik, terms_version="2026-11-26")
    send(mails.order_confirmation(order))
    letter, text, html = sent()
    assert letter.to == ["mara@example.com"]
    assert letter.subject == f"Your order {order.number}: with you by Tuesday 1 December"
    assert "<b>Tuesday 1 December</b>" in html
    for words in (
        "Thank you, Jonas",
        "Two pieces, from two makers, in two parcels.",
        "Scallop brooch",
        "made by Inês for you, posted by Friday 27 November",
        "posted by Henrik by Friday 27 November",
        "Insured post, two parcels",
        "Paid, Visa ending 4242",
        "1,720\N{NO-BREAK SPACE}€",
        "321.63\N{NO-BREAK SPACE}€",
        f"http://127.0.0.1:8000/orders/{order.token}/",
        "2026-11-26",
        "http://127.0.0.1:8000/terms/",
        "http://127.0.0.1:8000/help/returns/",
    ):
        assert words in text, words
        assert words in html, words
    assert "<" not in text
    assert "&amp;" not in text


def test_pictures_are_small_jpegs_with_whole_addresses(ines: Designer, henrik: Designer) -> None:
    send(mails.order_confirmation(an_order(ines, henrik)))
    html = sent()[2]
    assert 'src="http://127.0.0.1:8000/media/photos/ab/ring-card-400.jpg"' in html
    assert 'alt="A ring"' in html


def test_a_posted_parcel_names_only_its_own_pieces(ines: Designer, henrik: Designer) -> None:
    order = an_order(ines, henrik)
    parcel = order.parcels.get(designer=henrik)
    parcel.carrier, parcel.tracking, parcel.shipped_at = "PostNord", "RR 1 DK", now()
    parcel.maker_note = "It caught the light on the way out."
    send(mails.parcel_sent(parcel))
    letter, text, html = sent()
    assert letter.subject == "Henrik has posted your Nocturne No. 5"
    for words in ("It is on its way, Jonas", "PostNord", "RR 1 DK", "It caught the light"):
        assert words in text, words
        assert words in html, words
    assert "Silver & gold" in text
    assert "Scallop" not in text + html


def test_a_posted_parcel_names_no_price(ines: Designer, henrik: Designer) -> None:
    parcel = an_order(ines, henrik).parcels.get(designer=henrik)
    parcel.hide_prices, parcel.gift_note = True, "For the forty-third year."
    send(mails.parcel_sent(parcel))
    _letter, text, html = sent()
    assert "€" not in text + html
    assert "460" not in text + html


def a_refund(order: Order, amount: int, **columns: Any) -> Refund:
    attempt = PaymentAttempt.objects.create(
        order=order,
        number=2,
        state="failed",
        idempotency_key="k",
        parameters={},
        expected_total=1,
        expires_at=now(),
    )
    defaults = {"attempt": attempt, "amount": amount, "idempotency_key": "refund:auto:k"}
    refund: Refund = order.refunds.create(**defaults | columns)
    return refund


def test_a_refund_says_that_all_of_it_goes_back(ines: Designer, henrik: Designer) -> None:
    order = an_order(ines, henrik, state="review")
    send(mails.refund_note(a_refund(order, order.total, reason="Other lines were paid.")))
    letter, text, _html = sent()
    assert "your money is on its way back" in letter.subject
    assert "All of it, 1,720\N{NO-BREAK SPACE}€" in text
    assert "Other lines" not in text


def test_what_was_paid_twice_goes_back_and_the_order_stands(
    ines: Designer, henrik: Designer
) -> None:
    send(mails.refund_note(a_refund(an_order(ines, henrik), 46_000)))
    letter, text, _html = sent()
    assert "your second payment goes back" in letter.subject
    assert "460\N{NO-BREAK SPACE}€" in text
    assert "stands as it was" in text


def test_a_refund_in_part_says_for_what_and_why(ines: Designer, henrik: Designer) -> None:
    order = an_order(ines, henrik)
    line = order.lines.order_by("pk")[0]
    refund = a_refund(
        order, 10_000, shipping_amount=900, reason="The clasp broke.", idempotency_key="refund:x"
    )
    refund.lines.create(order_line=line, quantity=1, amount=9_000)
    send(mails.refund_note(refund))
    letter, text, html = sent()
    assert letter.subject == f"Order {order.number}: money goes back to you"
    for words in (line.title, "90\N{NO-BREAK SPACE}€", "Post", "Besides", "The clasp broke."):
        assert words in text, words
        assert words in html, words
    assert "100\N{NO-BREAK SPACE}€ goes back the way it came" in text


def test_a_payment_by_bank_is_waited_for(ines: Designer, henrik: Designer) -> None:
    send(mails.payment_waiting(an_order(ines, henrik, state="processing")))
    assert "your payment is on its way" in sent()[0].subject


def test_without_a_name_nobody_is_named(ines: Designer, henrik: Designer) -> None:
    send(mails.order_link(an_order(ines, henrik, name="")))
    assert sent()[1].startswith("Here it is\n")


def test_a_title_cannot_break_the_letter(ines: Designer) -> None:
    piece = make_piece(
        collection=make_collection(designer=ines), title="A <b>bold</b> & bright ring"
    )
    order = make_order(piece, name="<script>x</script> Weber")
    Piece.objects.update(title="\nBcc: eve@example.com")
    send(mails.parcel_sent(order.parcels.get()))
    letter, text, html = sent()
    assert "A <b>bold</b> & bright ring" in text
    assert "&lt;b&gt;bold" in html
    assert "<script" not in html
    assert "\n" not in letter.subject
