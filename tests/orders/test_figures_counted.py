"""What is looked at, put in a basket or asked for in vain is counted, and nothing else is kept."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.core.cache import cache
from django.db import connection, models
from django.test import Client
from django.utils.timezone import localdate

from catalog.models import Piece
from designers.models import Designer
from orders.figures import counting
from orders.models import CartLine, Figure, OrderLine
from tests import factories as make
from tests.orders.builders import begin, only_variant

BROWSER = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"
SENT: dict[str, Any] = {"HTTP_SEC_FETCH_SITE": "same-origin", "HTTP_USER_AGENT": BROWSER}
type LogIn = Callable[[User], Client]


def see(what: str, pk: int, client: Client | None = None, **headers: Any) -> int:
    sent = {"what": what, "id": pk}
    return (client or Client()).post("/seen/", sent, **SENT | headers).status_code


def times(**columns: Any) -> int:
    return sum(Figure.objects.filter(**columns).values_list("number", flat=True))


@pytest.fixture(autouse=True)
def nobody_was_here() -> None:
    cache.clear()


@pytest.mark.django_db
def test_each_page_is_counted_for_its_maker() -> None:
    piece = make.make_piece()
    tide = make.make_inspiration()
    pages = {
        "piece": piece.pk,
        "collection": piece.collection_id,
        "designer": piece.designer_id,
        "inspiration": tide.pk,
    }
    for what, pk in pages.items():
        assert [see(what, pk), see(what, pk)] == [204, 204]
        row = Figure.objects.get(subject=what)
        assert (row.day, row.kind, row.subject_id, row.number) == (localdate(), "view", pk, 2)
        assert row.designer_id == (None if what == "inspiration" else piece.designer_id)


@pytest.mark.django_db
def test_what_the_shop_does_not_show_is_not_counted() -> None:
    hidden = make.make_piece(collection=make.make_collection(published=False))
    for what, pk in [("piece", hidden.pk), ("collection", hidden.collection_id), ("piece", 999)]:
        assert see(what, pk) == 204
    assert see("inspiration", 999) == see("variant", 1) == see("piece", 2**70) == 204
    assert not Figure.objects.exists()


@pytest.mark.django_db
@pytest.mark.parametrize(
    "headers",
    [
        {"HTTP_USER_AGENT": ""},
        {
            "HTTP_USER_AGENT": "Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)"
        },
        {"HTTP_USER_AGENT": BROWSER.replace("Firefox", "HeadlessChrome")},
        {"HTTP_USER_AGENT": "python-requests/2.32"},
        {"HTTP_SEC_PURPOSE": "prefetch;prerender"},
    ],
)
def test_machines_are_not_counted(headers: dict[str, Any]) -> None:
    assert see("piece", make.make_piece().pk, **headers) == 204
    assert not Figure.objects.exists()


@pytest.mark.django_db
def test_who_works_here_is_not_counted(alice: User, logged_in: LogIn) -> None:
    piece = make.make_piece()
    assert see("piece", piece.pk, logged_in(alice)) == 204
    variant = only_variant(piece)
    logged_in(alice).post("/cart/", {"variant": variant.pk}, **SENT)
    assert CartLine.objects.exists()
    assert not Figure.objects.exists()


@pytest.mark.django_db
def test_another_site_cannot_count_and_nobody_without_end() -> None:
    piece = make.make_piece()
    assert see("piece", piece.pk, HTTP_SEC_FETCH_SITE="cross-site") == 403
    assert {see("piece", piece.pk) for _ in range(60)} == {204}
    assert see("piece", piece.pk) == 429
    assert times() == 60
    assert Client().get("/seen/").status_code == 405


@pytest.mark.django_db
def test_a_basket_and_its_story_are_counted_and_kept_to_the_order() -> None:
    piece = make.make_piece()
    story = piece.collection.slug
    page = Client().get(f"{piece.get_absolute_url()}?from={story}").content.decode()
    assert f'name="story" value="{story}"' in page
    browser, sent = Client(), {"variant": only_variant(piece).pk, "story": story}
    for _ in range(2):  # the second press finds it in the basket
        assert browser.post("/cart/", sent, **SENT).status_code == 303
    assert times(kind="basket", subject_id=piece.pk) == 1

    line = CartLine.objects.get()
    assert line.story == piece.collection
    make.make_rate()
    begin(line.cart)
    assert OrderLine.objects.get().story == piece.collection


@pytest.mark.django_db
@pytest.mark.parametrize("story", ["", "elsewhere", "x" * 200, "<script>"])
def test_what_is_no_story_of_the_piece_is_left_out(story: str) -> None:
    piece, other = make.make_piece(), make.make_collection()
    for said in (story, other.slug):
        page = Client().get(piece.get_absolute_url(), {"from": said}).content.decode()
        assert 'name="story"' not in page
    answer = Client().post("/cart/", {"variant": only_variant(piece).pk, "story": story}, **SENT)
    assert answer.status_code == 303
    assert CartLine.objects.get().story is None


@pytest.mark.django_db
def test_a_story_leads_to_its_pieces_by_name() -> None:
    piece = make.make_piece()
    page = Client().get(piece.collection.get_absolute_url()).content.decode()
    assert f"{piece.get_absolute_url()}?from={piece.collection.slug}" in page
    assert "?from=" not in Client().get("/pieces/").content.decode()


@pytest.mark.django_db
def test_what_could_not_be_had_is_counted_by_its_size() -> None:
    piece = make.make_piece(making=Piece.Making.STOCKED, sized="ring", stock=0)
    variant = only_variant(piece)
    type(variant).objects.filter(pk=variant.pk).update(label="54")
    Client().post("/cart/", {"variant": variant.pk}, **SENT)
    Client().post("/waiting/", {"variant": variant.pk, "email": "mara@example.com"}, **SENT)
    Client().post("/sizes/asked/", {"piece": piece.pk, "size": "54"}, **SENT)
    assert times(kind="asked", subject_id=piece.pk, size="54") == 3


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("sized", "typed", "named"),
    [
        ("ring", "60", "60"),
        ("ring", " 60 mm ", "60"),
        ("length", "60", "60 cm"),
        ("length", "60 CM", "60 cm"),
        ("length", "445 mm", "45 cm"),
        ("ring", "US 7", "54"),
        ("ring", "50-58", None),
        ("length", "4 m", None),
        ("ring", "600", None),
        ("ring", "mara@example.com", None),
        ("ring", "", None),
        ("ring", "٦٠", None),
        ("none", "60", None),
    ],
)
def test_a_size_that_is_wanted_is_a_number_and_nobodys_words(
    sized: str, typed: str, named: str | None
) -> None:
    piece = make.make_piece(making=Piece.Making.MADE_TO_ORDER, sized=sized)
    answer = Client().post("/sizes/asked/", {"piece": piece.pk, "size": typed}, **SENT)
    assert answer.status_code == (200 if named else 400)
    assert [row.size for row in Figure.objects.all()] == ([named] if named else [])


@pytest.mark.django_db
def test_a_row_tells_nothing_of_who_it_was() -> None:
    kept = {field.name: type(field) for field in Figure._meta.fields}
    texts = {name for name, kind in kept.items() if issubclass(kind, models.CharField)}
    assert set(kept) - texts == {"id", "day", "subject_id", "designer", "number"}
    assert texts == {"kind", "subject", "size"}
    answer = Client().post("/seen/", {"what": "piece", "id": make.make_piece().pk}, **SENT)
    assert not answer.cookies


@pytest.mark.django_db
def test_a_shopper_never_sees_that_counting_failed(caplog: pytest.LogCaptureFixture) -> None:
    piece = make.make_piece()
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE orders_figure RENAME TO orders_figure_away")
    assert see("piece", piece.pk) == 204
    answer = Client().post("/cart/", {"variant": only_variant(piece).pk}, **SENT)
    assert answer.status_code == 303
    assert CartLine.objects.exists()
    assert "not counted" in caplog.text


@pytest.mark.django_db(transaction=True)
def test_none_is_lost_when_all_come_at_once(ines: Designer) -> None:
    piece = make.make_piece(collection=make.make_collection(designer=ines))

    def look(_number: int) -> None:
        try:
            for _ in range(5):
                counting.looked_at("piece", piece.pk)
        finally:
            connection.close()

    with ThreadPoolExecutor(8) as people:
        list(people.map(look, range(8)))
    assert Figure.objects.get().number == 40
