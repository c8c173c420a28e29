"""What somebody who waits for a piece sees and gets: the form, the letters, their own page."""

import re
from datetime import timedelta
from typing import Any

import pytest
from django.core import mail
from django.core.cache import cache
from django.test import Client
from django.utils.timezone import now

from catalog.models import Piece, Variant
from orders import holds, outbox
from orders.models import OutboxLetter, Waiting
from orders.scarce import waiting
from tests.factories import make_cart, make_photo, make_piece, make_variant
from tests.orders.builders import only_variant
from tests.orders.test_holds import counts
from tests.orders.test_waiting import in_line, lapse, state, told

pytestmark = pytest.mark.django_db
State = Waiting.State
MARA = "mara@example.com"


@pytest.fixture(autouse=True)
def a_fresh_throttle() -> None:
    cache.clear()


@pytest.fixture
def visitor() -> Client:
    return Client(headers={"Sec-Fetch-Site": "same-origin"})


@pytest.fixture
def ring() -> Variant:
    piece = make_piece(title="Tidestone ring")
    make_photo(piece.designer, piece=piece)
    return only_variant(piece)


@pytest.fixture
def offered(ring: Variant) -> Waiting:
    (row,) = in_line(ring, "mara")
    waiting.serve(ring.pk)
    row.refresh_from_db()
    return row


def send() -> Any:
    """The worker sends what is in the outbox; the newest letter."""
    for letter in OutboxLetter.objects.order_by("pk"):
        outbox.send_letter.call(letter.pk)
    return mail.outbox[-1]


def twins(letter: Any) -> tuple[str, str]:
    ((html, _kind),) = letter.alternatives
    return str(letter.body), str(html)


# --- On the piece's page -----------------------------------------------------------------------


def test_a_piece_in_a_basket_asks_for_an_address(ring: Variant, visitor: Client) -> None:
    holds.take(ring, make_cart())
    page = visitor.get(ring.piece.get_absolute_url()).text

    form = re.search(r'<form class="tell-me".*?</form>', page, re.S)
    assert form
    assert 'action="/waiting/"' in form[0]
    assert f'name="variant" value="{ring.pk}"' in form[0]
    assert "Tell me if it returns" in form[0]
    assert "csrf" not in page


def test_a_sold_piece_says_that_it_rarely_returns(visitor: Client) -> None:
    piece = make_piece(stock=0)
    page = visitor.get(piece.get_absolute_url()).text

    assert "Ask for a sister piece" in page
    assert "What is sold rarely comes back" in page
    assert 'action="/waiting/"' in page


def test_one_can_wait_for_a_size_while_others_are_there(ring: Variant, visitor: Client) -> None:
    Piece.objects.update(making=Piece.Making.STOCKED)
    gone = [make_variant(ring.piece, label=label, stock=0) for label in ("52", "56")]
    page = visitor.get(ring.piece.get_absolute_url()).text

    assert "Tell me if another size returns" in page
    for variant in gone:
        assert f'<option value="{variant.pk}">' in page


def test_of_one_of_a_kind_one_waits_for_the_size_that_exists(
    ring: Variant, visitor: Client
) -> None:
    never_made = make_variant(ring.piece, label="52", stock=0)
    address = ring.piece.get_absolute_url()
    assert "tell-me" not in visitor.get(address).text

    holds.take(ring, make_cart())
    page = visitor.get(address).text
    assert f'name="variant" value="{ring.pk}"' in page
    assert f'<option value="{never_made.pk}">' not in page


def test_a_piece_that_can_be_had_asks_nothing(ring: Variant, visitor: Client) -> None:
    assert "tell-me" not in visitor.get(ring.piece.get_absolute_url()).text


# --- Asking ------------------------------------------------------------------------------------


def test_an_address_is_asked_by_letter(ring: Variant, visitor: Client) -> None:
    holds.take(ring, make_cart())
    answer = visitor.post("/waiting/", {"variant": ring.pk, "email": "Mara@Example.com"})

    assert (answer.status_code, answer.headers["Location"]) == (303, "/waiting/asked/")
    assert "Look into your mail" in visitor.get("/waiting/asked/").text
    row = Waiting.objects.get()
    letter = send()
    assert letter.to == [MARA]
    for twin in twins(letter):
        assert row.get_absolute_url() in twin
        assert "There is only one" in twin
        assert "bought" not in twin


def test_the_answer_is_the_same_for_who_waits_already(ring: Variant, visitor: Client) -> None:
    holds.take(ring, make_cart())
    in_line(ring, "mara")
    known, unknown = (
        visitor.post("/waiting/", {"variant": ring.pk, "email": address})
        for address in (MARA, "jonas@example.com")
    )
    assert known.headers["Location"] == unknown.headers["Location"]
    assert known.content == unknown.content
    assert OutboxLetter.objects.count() == 1


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        ({"email": ""}, "We need an address"),
        ({"email": "mara"}, "needs an @"),
        ({"variant": "999999"}, "no longer in the shop"),
        ({"variant": "x"}, "no longer in the shop"),
        ({"variant": ""}, "Choose what you wait for."),
    ],
)
def test_what_is_wrong_is_said(
    ring: Variant, visitor: Client, typed: dict[str, str], sentence: str
) -> None:
    answer = visitor.post("/waiting/", {"variant": ring.pk, "email": MARA} | typed)

    assert answer.status_code == 400
    assert sentence in answer.text
    assert not Waiting.objects.exists()


def test_what_is_not_in_the_shop_cannot_be_waited_for(ring: Variant, visitor: Client) -> None:
    Piece.objects.update(status=Piece.Status.DRAFT)
    answer = visitor.post("/waiting/", {"variant": ring.pk, "email": MARA})

    assert answer.status_code == 400
    assert "Tidestone" not in answer.text


def test_asking_is_throttled_and_only_from_the_shop(ring: Variant, visitor: Client) -> None:
    typed = {"variant": ring.pk, "email": ""}
    assert (
        Client(headers={"Sec-Fetch-Site": "cross-site"}).post("/waiting/", typed).status_code == 403
    )
    assert visitor.get("/waiting/").status_code == 405
    answers = [visitor.post("/waiting/", typed).status_code for _time in range(11)]
    assert answers == [400] * 10 + [429]


# --- The page of who waits ---------------------------------------------------------------------


def test_a_link_changes_nothing_by_being_opened(ring: Variant, visitor: Client) -> None:
    row = Waiting.objects.create(variant=ring, email=MARA)
    answer = visitor.get(row.get_absolute_url())

    assert "Shall we tell you?" in answer.text
    assert answer.headers["Referrer-Policy"] == "no-referrer"
    assert "no-store" in answer.headers["Cache-Control"]
    assert state(row) == State.ASKED


def test_its_button_puts_one_in_line(ring: Variant, visitor: Client) -> None:
    holds.take(ring, make_cart())
    in_line(ring, "jonas", "eve")
    row = Waiting.objects.create(variant=ring, email=MARA)
    answer = visitor.post(row.get_absolute_url(), follow=True)

    assert state(row) == State.WAITING
    assert "Two wait before you." in answer.text


def test_a_full_line_is_said(ring: Variant, visitor: Client) -> None:
    holds.take(ring, make_cart())
    in_line(ring, *(f"p{number}" for number in range(waiting.LONGEST_LINE)))
    row = Waiting.objects.create(variant=ring, email=MARA)
    answer = visitor.post(row.get_absolute_url())

    assert answer.status_code == 409
    assert "Come back tomorrow." in answer.text


def test_the_letter_says_until_when_it_is_kept(offered: Waiting) -> None:
    letter = send()

    assert letter.to == [MARA]
    assert re.fullmatch(r"The Tidestone ring is back, and yours until \d\d:\d\d", letter.subject)
    assert letter.extra_headers["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    for twin in twins(letter):
        assert offered.get_absolute_url() in twin
        assert "first in line" in twin or "first in\nline" in twin


def test_a_letter_that_is_too_late_is_not_sent(offered: Waiting) -> None:
    lapse(offered)
    (letter,) = OutboxLetter.objects.all()

    assert not outbox.send_letter.call(letter.pk)
    letter.refresh_from_db()
    assert letter.state == OutboxLetter.State.DROPPED
    assert mail.outbox == []


def test_claiming_puts_it_into_this_browsers_basket(offered: Waiting, visitor: Client) -> None:
    page = visitor.get(offered.get_absolute_url()).text
    assert "It is back, and kept for you" in page
    answer = visitor.post(offered.get_absolute_url(), follow=True)

    assert answer.redirect_chain[-1] == ("/cart/", 303)
    assert "Tidestone ring" in answer.text
    assert "held for you for 30 minutes" in answer.text
    assert state(offered) == State.CLAIMED
    assert "You have it" in visitor.get(offered.get_absolute_url()).text


def test_the_second_browser_with_the_link_gets_nothing(offered: Waiting, visitor: Client) -> None:
    visitor.post(offered.get_absolute_url())
    other = Client(headers={"Sec-Fetch-Site": "same-origin"})
    other.post(offered.get_absolute_url())

    assert "basket is empty" in other.get("/cart/").text
    assert counts(offered.variant) == (1, 1)


def test_too_late_is_told(offered: Waiting, visitor: Client) -> None:
    lapse(offered)
    answer = visitor.post(offered.get_absolute_url())

    assert answer.status_code == 409
    assert "The half hour is over" in answer.text
    told(offered)
    waiting.serve_all()
    assert "The half hour is over" in visitor.get(offered.get_absolute_url()).text


def test_a_full_basket_is_no_reason_to_lose_it(offered: Waiting, visitor: Client) -> None:
    studs = only_variant(make_piece(stock=10, making=Piece.Making.STOCKED))
    visitor.post("/cart/", {"variant": studs.pk, "quantity": 10})
    answer = visitor.post(offered.get_absolute_url())

    assert answer.status_code == 409
    assert "A basket can hold 10 pieces" in answer.text
    assert "It is back, and kept for you" in answer.text
    assert state(offered) == State.OFFERED


def test_it_can_be_engraved(ring: Variant, offered: Waiting, visitor: Client) -> None:
    Piece.objects.update(engraving_letters=5)
    assert "Engraving" in visitor.get(offered.get_absolute_url()).text
    assert visitor.post(offered.get_absolute_url(), {"engraving": "J. & M."}).status_code == 409
    visitor.post(offered.get_absolute_url(), {"engraving": "J M"})

    assert ring.cart_lines.get().engraving == "J M"


def test_only_its_own_shop_may_press_the_button(offered: Waiting) -> None:
    away = Client(headers={"Sec-Fetch-Site": "cross-site"})

    assert away.post(offered.get_absolute_url()).status_code == 403
    assert away.get("/waiting/nobody-knows-this/").status_code == 404


# --- Leaving -----------------------------------------------------------------------------------


def test_leaving_has_a_button(offered: Waiting, visitor: Client) -> None:
    address = f"{offered.get_absolute_url()}leave/"
    assert "Wait no more?" in visitor.get(address).text
    assert state(offered) == State.OFFERED

    answer = visitor.post(address, follow=True)
    assert "You wait no more" in answer.text
    assert counts(offered.variant) == (1, 0)


def test_a_mail_program_leaves_with_one_click(ring: Variant) -> None:
    (row,) = in_line(ring, "mara")
    answer = Client(enforce_csrf_checks=True).post(
        f"{row.get_absolute_url()}leave/", {"List-Unsubscribe": "One-Click"}
    )

    assert answer.status_code == 204
    assert state(row) == State.LEFT


def test_the_page_of_an_old_wait_is_gone(ring: Variant, visitor: Client) -> None:
    (row,) = in_line(ring, "mara")
    Waiting.objects.update(state=State.LEFT, ended_at=now() - timedelta(days=8))
    waiting.forget()

    assert visitor.get(row.get_absolute_url()).status_code == 404
