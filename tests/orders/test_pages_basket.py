"""The basket's page and the acts on it, as a browser sends them."""

from datetime import timedelta

import pytest
from django.core.cache import cache
from django.test import Client
from django.utils.timezone import now

from catalog.models import Piece
from orders.models import CartLine, Hold
from tests.factories import make_piece, make_rate, make_variant

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def a_rate_and_a_fresh_throttle() -> None:
    make_rate(amount=0)
    cache.clear()


def browser() -> Client:
    """A browser that has come from the shop's own pages."""
    return Client(headers={"Sec-Fetch-Site": "same-origin"})


def put(client: Client, piece: Piece, **more: object) -> int:
    variant = piece.variants.first()
    assert variant
    return client.post("/cart/", {"variant": variant.pk} | more).status_code


def only_line() -> CartLine:
    return CartLine.objects.get()


def act(client: Client, **typed: object) -> int:
    return client.post(f"/cart/lines/{only_line().pk}/", typed).status_code


def test_an_empty_basket_reads_the_newest_collection() -> None:
    piece = make_piece()
    page = browser().get("/cart/")
    assert page.status_code == 200
    assert "Your basket is empty" in page.text
    assert f"Read {piece.collection.title}" in page.text
    assert "basket" not in page.cookies


def test_a_piece_put_in_is_held_and_shown_by_its_maker() -> None:
    client, piece = browser(), make_piece(title="Tidestone ring", price=64_000)
    answer = client.post("/cart/", {"variant": piece.variants.get().pk})
    assert (answer.status_code, answer.headers["Location"]) == (303, "/cart/?put")
    page = client.get("/cart/?put")
    assert "did not keep" not in page.text
    assert "did not keep the basket" in browser().get("/cart/?put").text
    assert "Tidestone ring" in page.text
    assert "From Inês in Porto" in page.text
    assert "held for you for 30 minutes" in page.text
    assert "Pay 640\N{NO-BREAK SPACE}€" in page.text
    assert page.headers["Cache-Control"] == "private, no-store"


def test_it_is_found_by_piece_and_size_too() -> None:
    client, piece = browser(), make_piece(stock=0)
    variant = make_variant(piece, label="54")
    assert client.post("/cart/", {"piece": piece.slug, "size": "54"}).status_code == 303
    assert only_line().variant == variant


def test_a_size_has_to_be_chosen() -> None:
    client, piece = browser(), make_piece()
    make_variant(piece, label="54")
    page = client.post("/cart/", {"piece": str(piece.pk)})
    assert page.status_code == 400
    assert "Choose a size." in page.text
    assert piece.get_absolute_url() in page.text


@pytest.mark.parametrize(
    "typed",
    [
        {},
        {"variant": "x"},
        {"variant": "99999999999999999999"},
        {"variant": "0"},
        {"variant": "404"},
        {"piece": "no such piece"},
        {"piece": "9" * 80},
        {"piece": "\x00"},
    ],
)
def test_what_is_not_in_the_shop_is_told(typed: dict[str, str]) -> None:
    page = browser().post("/cart/", typed)
    assert page.status_code == 400
    assert "Nothing was put in the basket" in page.text
    assert not CartLine.objects.exists()


def test_a_draft_is_not_in_the_shop() -> None:
    assert put(browser(), make_piece(status=Piece.Status.DRAFT)) == 400


@pytest.mark.parametrize("quantity", ["0", "-1", "11", "two", "1e9"])
def test_an_odd_quantity_is_refused(quantity: str) -> None:
    assert put(browser(), make_piece(stock=20), quantity=quantity) == 400


def test_engraving_has_room_for_so_many_letters() -> None:
    client, piece = browser(), make_piece(engraving_letters=18)
    page = client.post(
        "/cart/", {"variant": piece.variants.get().pk, "engraving": "Nineteen letters it is"}
    )
    assert page.status_code == 400
    assert "There is room for 18 letters" in page.text
    assert put(client, piece, engraving="J. & M. 2026") == 303
    assert "Engraved “J. &amp; M. 2026”" in client.get("/cart/").text


def test_the_second_of_two_is_told_that_somebody_was_quicker() -> None:
    piece = make_piece(title="Tidestone ring")
    assert put(browser(), piece) == 303
    page = browser().post("/cart/", {"variant": piece.variants.get().pk})
    assert page.status_code == 409
    assert "Somebody was quicker" in page.text
    assert "Tidestone ring is in a basket until" in page.text


def test_put_in_twice_there_is_still_one() -> None:
    client, piece = browser(), make_piece()
    assert [put(client, piece), put(client, piece)] == [303, 303]
    assert only_line().quantity == 1


def test_more_than_a_basket_holds_is_told() -> None:
    client = browser()
    assert put(client, make_piece(stock=20, making=Piece.Making.STOCKED), quantity=10) == 303
    assert put(client, make_piece()) == 409


def test_the_pay_form_takes_the_gift_wishes_along() -> None:
    client = browser()
    put(client, make_piece())
    text = client.get("/cart/").text
    assert 'name="gifts" value="1"' in text
    # The wish's three fields, and the code's field and button.
    assert text.count('form="pay"') == 5


def test_a_hold_is_extended() -> None:
    client = browser()
    put(client, make_piece())
    Hold.objects.update(expires_at=now() + timedelta(minutes=3))
    assert act(client, act="extend") == 303
    assert "held for you for 30 minutes" in client.get("/cart/").text


def test_all_that_is_held_is_extended_at_once() -> None:
    client = browser()
    for _piece in range(2):
        put(client, make_piece())
    Hold.objects.update(expires_at=now() + timedelta(minutes=3))
    answer = client.get("/cart/count/")
    assert 170 <= int(answer.headers["Held-For"]) <= 180
    assert answer.headers["Held-Longer"] == "yes"

    assert client.post("/cart/hold/").headers["Location"] == "/cart/"
    assert set(Hold.objects.values_list("extensions", flat=True)) == {1}
    answer = client.post("/cart/hold/", headers={"Accept": "text/plain"})
    assert 1790 <= int(answer.headers["Held-For"]) <= 1800


def test_ten_times_and_no_more() -> None:
    client = browser()
    put(client, make_piece())
    for _time in range(10):
        Hold.objects.update(expires_at=now() + timedelta(minutes=3))
        assert client.post("/cart/hold/").status_code == 303
    Hold.objects.update(expires_at=now() + timedelta(minutes=3))
    assert client.get("/cart/count/").headers["Held-Longer"] == "no"
    answer = client.post("/cart/hold/")
    assert answer.status_code == 409
    assert "It cannot be held for longer" in answer.text


def test_a_basket_without_holds_has_no_time() -> None:
    client = browser()
    assert client.post("/cart/hold/").status_code == 303
    put(client, make_piece(making=Piece.Making.MADE_TO_ORDER))
    assert "Held-For" not in client.get("/cart/count/").headers


def test_a_hold_is_released() -> None:
    client, piece = browser(), make_piece()
    put(client, piece)
    assert act(client, act="release") == 303
    assert "Your basket is empty" in client.get("/cart/").text
    assert put(browser(), piece) == 303


def test_a_lapsed_hold_is_taken_again_while_it_is_free() -> None:
    client = browser()
    put(client, make_piece())
    Hold.objects.update(expires_at=now() - timedelta(minutes=1))
    page = client.get("/cart/")
    assert "no longer held, but still free" in page.text
    assert "hold it again" in page.text
    assert act(client, act="hold") == 303
    assert "held for you for 30 minutes" in client.get("/cart/").text


def test_a_lapsed_hold_that_somebody_took_is_told() -> None:
    client, piece = browser(), make_piece()
    put(client, piece)
    Hold.objects.update(expires_at=now() - timedelta(minutes=1))
    piece.variants.update(held_until=now() - timedelta(minutes=1))
    put(browser(), piece)
    line = CartLine.objects.order_by("pk").first()
    assert line
    assert "somebody was quicker: it is gone" in client.get("/cart/").text
    page = client.post(f"/cart/lines/{line.pk}/", {"act": "hold"})
    assert page.status_code == 409
    assert "Somebody was quicker" in page.text
    assert "Take out what can no longer be had" in page.text


def test_there_can_be_more_of_what_is_kept_ready() -> None:
    client = browser()
    put(client, make_piece(stock=3, making=Piece.Making.STOCKED))
    assert "one more" in client.get("/cart/").text
    assert act(client, quantity=3) == 303
    assert only_line().quantity == 3
    assert act(client, quantity=4) == 409
    assert act(client, quantity=2) == 303


@pytest.mark.parametrize("typed", [{}, {"act": "steal"}, {"quantity": "0"}, {"quantity": "ten"}])
def test_an_unknown_act_changes_nothing(typed: dict[str, str]) -> None:
    client = browser()
    put(client, make_piece())
    assert act(client, **typed) == 400
    assert only_line().quantity == 1


def test_anothers_line_is_not_there() -> None:
    put(browser(), make_piece())
    other = browser()
    put(other, make_piece())
    mine = CartLine.objects.order_by("pk").first()
    assert mine
    for client in (other, browser()):
        assert client.post(f"/cart/lines/{mine.pk}/", {"act": "release"}).status_code == 404


def test_a_forged_cookie_is_nobodys() -> None:
    client = browser()
    client.cookies["basket"] = "forged:token:signature"
    assert "Your basket is empty" in client.get("/cart/").text


def test_another_site_cannot_post() -> None:
    piece = make_piece()
    for headers in ({"Sec-Fetch-Site": "cross-site"}, {"Origin": "https://evil.example"}, {}):
        assert put(Client(headers=headers), piece) == 403


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("put", "/cart/"),
        ("delete", "/cart/"),
        ("get", "/cart/lines/1/"),
        ("post", "/cart/count/"),
        ("get", "/cart/hold/"),
        ("post", "/pieces/availability/"),
    ],
)
def test_other_methods_are_refused(method: str, path: str) -> None:
    assert getattr(browser(), method)(path).status_code == 405


def test_the_count_is_a_number_or_nothing() -> None:
    client = browser()
    assert client.get("/cart/count/").text == ""
    put(client, make_piece(stock=3, making=Piece.Making.STOCKED), quantity=2)
    answer = client.get("/cart/count/")
    assert (answer.text, answer.headers["Cache-Control"]) == ("2", "private, no-store")


def test_adding_is_slowed_down(monkeypatch: pytest.MonkeyPatch) -> None:
    client, piece = browser(), make_piece()
    counters: list[str] = []
    add = cache.add

    def watched(key: str, *more: int) -> bool:
        counters.append(key)
        return add(key, *more)

    monkeypatch.setattr(cache, "add", watched)
    assert put(client, piece) == 303
    cache.set(counters[0], 240, 60)  # as many as may come from one address in a minute
    answer = client.post("/cart/", {"variant": piece.variants.get().pk})
    assert answer.status_code == 429
    assert answer.headers["Retry-After"]
    assert client.get("/cart/").status_code == 200


def test_a_full_basket_takes_as_many_queries_as_a_small_one(
    django_assert_max_num_queries: object,
) -> None:
    client = browser()
    put(client, make_piece())
    for _time in range(6):
        put(client, make_piece(making=Piece.Making.MADE_TO_ORDER))
    with django_assert_max_num_queries(9):  # type: ignore[operator]
        client.get("/cart/")
