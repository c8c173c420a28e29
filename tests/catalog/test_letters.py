"""A letter when a collection opens: asked for, confirmed, sent once to each, and ended."""

import logging
import re
import smtplib
from collections.abc import Callable
from datetime import timedelta
from importlib import import_module
from typing import Any

import pytest
from django.apps import apps
from django.contrib.auth.models import User
from django.core import mail
from django.core.cache import cache
from django.db import IntegrityError, transaction
from django.test import Client
from django.utils.timezone import now
from django_tasks_db.models import DBTaskResult

from catalog import letters
from catalog.models import Collection, LetterReader, LetterSent
from shop.letters import Letter
from tests.factories import make_collection

type LogIn = Callable[[User], Client]
pytestmark = pytest.mark.django_db
MARA = "mara@example.com"


@pytest.fixture(autouse=True)
def a_fresh_throttle() -> None:
    cache.clear()


@pytest.fixture
def visitor() -> Client:
    return Client(headers={"Sec-Fetch-Site": "same-origin"})


@pytest.fixture
def ask(visitor: Client, django_capture_on_commit_callbacks: Any) -> Callable[[str], Any]:
    """Types an address at the foot of a page; then the worker does what was queued."""

    def typed(email: str) -> Any:
        with django_capture_on_commit_callbacks(execute=True):
            answer = visitor.post("/letters/", {"email": email})
        for queued in DBTaskResult.objects.filter(task_path="catalog.letters.send_question"):
            letters.send_question.call(*queued.args_kwargs["args"])
        return answer

    return typed


def make_reader(email: str = MARA, *, reading: bool = True, **columns: Any) -> LetterReader:
    moment = now() if reading else None
    defaults = {"confirmed_at": moment, "mailed_at": now()}
    return LetterReader.objects.create(email=email, **defaults | columns)


def twins(letter: Any) -> tuple[str, str]:
    """A letter's plain text and its HTML."""
    ((html, kind),) = letter.alternatives
    assert kind == "text/html"
    return str(letter.body), str(html)


def addresses() -> list[str]:
    return sorted(letter.to[0] for letter in mail.outbox)


# --- Asking ------------------------------------------------------------------------------------


def test_an_address_is_asked_by_a_letter_with_a_link(ask: Any) -> None:
    answer = ask("Mara@Example.com")
    assert (answer.status_code, answer.headers["Location"]) == (303, "/letters/asked/")
    reader = LetterReader.objects.get()
    assert (reader.email, reader.is_reading) == (MARA, False)
    (letter,) = mail.outbox
    for twin in twins(letter):
        assert reader.get_absolute_url() in twin
        assert "Was it not you?" in twin
        assert "bought" not in twin


def test_the_page_says_where_to_look(visitor: Client) -> None:
    assert "Look into your mail" in visitor.get("/letters/asked/").text
    assert visitor.post("/letters/asked/").status_code == 405


def test_the_answer_is_the_same_for_a_known_address(ask: Any) -> None:
    make_reader()
    known, unknown = ask(MARA), ask("jonas@example.eu")
    assert known.status_code == unknown.status_code == 303
    assert known.headers["Location"] == unknown.headers["Location"]
    assert known.content == unknown.content
    assert addresses() == ["jonas@example.eu"]


def test_asking_twice_sends_one_letter_an_hour(ask: Any) -> None:
    ask(MARA)
    ask("MARA@example.com")
    assert (len(mail.outbox), LetterReader.objects.count()) == (1, 1)
    LetterReader.objects.update(asked_at=now() - timedelta(hours=2))
    ask(MARA)
    assert len(mail.outbox) == 2


def test_who_left_is_asked_again_and_does_not_read_before_saying_yes(ask: Any) -> None:
    reader = make_reader(left_at=now(), asked_at=now() - timedelta(days=2))
    ask(MARA)
    assert addresses() == [MARA]
    assert not LetterReader.objects.reading().exists()
    reader.confirm()
    assert LetterReader.objects.reading().exists()


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        ("", "We need an address to write to."),
        ("mara.example.com", "This address needs an @"),
        ("mara@", "This is not quite an address."),
        (f"{'m' * 250}@example.com", "too long"),
        ("mara@example.com\nBcc: all@example.com", "This is not quite an address."),
    ],
)
def test_a_wrong_address_comes_back_with_a_sentence(
    visitor: Client, typed: str, sentence: str
) -> None:
    answer = visitor.post("/letters/", {"email": typed})
    assert answer.status_code == 400
    assert sentence in answer.text
    assert typed.splitlines()[0] in answer.text if typed else True
    assert not LetterReader.objects.exists()


def test_another_site_cannot_ask(client: Client) -> None:
    for headers in ({"Sec-Fetch-Site": "cross-site"}, {"Origin": "https://evil.example"}, {}):
        answer = client.post("/letters/", {"email": MARA}, headers=headers)
        assert answer.status_code == 403
    assert not LetterReader.objects.exists()


def test_the_form_is_a_page_too_and_knows_no_other_method(visitor: Client) -> None:
    page = visitor.get("/letters/")
    assert page.status_code == 200
    assert page.text.count('name="email"') == 1, "the page's own form, not the foot's as well"
    assert visitor.put("/letters/").status_code == 405


def test_one_computer_asks_so_often(visitor: Client) -> None:
    codes = [visitor.post("/letters/", {"email": "no"}).status_code for _time in range(11)]
    assert codes == [400] * 10 + [429]


def test_every_page_has_the_form_at_its_foot(client: Client) -> None:
    page = client.get("/")
    assert re.search(r'<form class="letter-form" action="/letters/" method="post">', page.text)
    assert not page.cookies


def test_an_address_is_kept_once_in_small_letters() -> None:
    make_reader()
    for email in (MARA, "Mara@example.com"):
        with pytest.raises(IntegrityError), transaction.atomic():
            make_reader(email)


# --- Saying yes, and leaving -------------------------------------------------------------------


def test_opening_the_links_changes_nothing(visitor: Client) -> None:
    for reader in (make_reader(reading=False), make_reader("jonas@example.eu")):
        was = LetterReader.objects.filter(pk=reader.pk).values().get()
        for address in (reader.get_absolute_url(), reader.get_absolute_url() + "leave/"):
            for method in (visitor.get, visitor.head):
                answer = method(address)
                assert answer.status_code == 200
                assert answer.headers["Referrer-Policy"] == "no-referrer"
                assert answer.headers["Cache-Control"] == "private, no-store"
            assert visitor.put(address).status_code == 405
        assert LetterReader.objects.filter(pk=reader.pk).values().get() == was


def test_the_button_confirms_once(visitor: Client) -> None:
    reader = make_reader(reading=False)
    page = reader.get_absolute_url()
    assert "Yes, write to me" in visitor.get(page).text
    assert visitor.post(page, follow=True).redirect_chain == [(page, 303)]
    assert "We will write to you" in visitor.get(page).text
    first = LetterReader.objects.get().confirmed_at
    visitor.post(page)
    assert LetterReader.objects.get().confirmed_at == first


def test_another_site_cannot_confirm(client: Client) -> None:
    reader = make_reader(reading=False)
    headers = {"Sec-Fetch-Site": "cross-site"}
    assert client.post(reader.get_absolute_url(), headers=headers).status_code == 403
    assert not LetterReader.objects.reading().exists()


def test_the_other_button_ends_the_letters(visitor: Client) -> None:
    reader = make_reader()
    page = reader.get_absolute_url() + "leave/"
    assert "Write to me no more" in visitor.get(page).text
    assert visitor.post(page).status_code == 303
    assert "We write no more" in visitor.get(page).text
    first = LetterReader.objects.get().left_at
    visitor.post(page)
    assert LetterReader.objects.get().left_at == first is not None


def test_a_mail_program_leaves_for_its_reader_without_being_sent_on() -> None:
    reader = make_reader()
    strict = Client(enforce_csrf_checks=True)
    said = {"List-Unsubscribe": "One-Click"}
    assert strict.post(reader.get_absolute_url() + "leave/", said).status_code == 204
    assert not LetterReader.objects.reading().exists()


def test_a_made_up_token_is_nobodys(visitor: Client) -> None:
    for address in ("/letters/nobody/", "/letters/nobody/leave/"):
        assert visitor.get(address).status_code == 404
        assert visitor.post(address).status_code == 404


# --- The letter itself -------------------------------------------------------------------------


def test_each_reader_gets_one_letter_about_a_collection() -> None:
    reader = make_reader()
    make_reader("jonas@example.eu", reading=False)
    make_reader("olga@example.eu", left_at=now())
    collection = make_collection(title="Low & Water", standfirst="Where 1 < 2.")
    assert (letters.announce(), letters.announce()) == (1, 0)
    (letter,) = mail.outbox
    text, html = twins(letter)
    assert letter.to == [MARA]
    assert letter.subject == f"Low & Water, a new collection by {collection.designer.name}"
    assert "Where 1 < 2." in text
    assert "Where 1 &lt; 2." in html
    leave = f"{reader.get_absolute_url()}leave/"
    for twin in (text, html):
        assert collection.get_absolute_url() in twin
        assert leave in twin
    assert letter.extra_headers["List-Unsubscribe"].endswith(f"{leave}>")
    assert letter.extra_headers["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"


def test_publishing_again_announces_nothing() -> None:
    make_reader()
    collection = make_collection()
    letters.announce()
    Collection.objects.update(published_at=None)
    Collection.objects.update(published_at=now())
    make_reader("jonas@example.eu")
    assert letters.announce() == 0
    assert LetterSent.objects.get().collection == collection


def test_what_is_not_open_yet_is_announced_when_it_opens() -> None:
    make_reader()
    collection = make_collection(published_at=now() + timedelta(hours=1))
    make_collection(published=False)
    assert letters.announce() == 0
    Collection.objects.filter(pk=collection.pk).update(published_at=now())
    assert letters.announce() == 1


def test_one_sweep_sends_a_bounded_number(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(letters, "BATCH", 2)
    for number in range(3):
        make_reader(f"reader-{number}@example.com")
    make_collection()
    assert [letters.announce() for _sweep in range(3)] == [2, 1, 0]
    assert len(set(addresses())) == 3


def test_what_opened_before_there_were_letters_is_not_announced() -> None:
    make_reader()
    make_collection()
    draft = make_collection(published=False)
    import_module("catalog.migrations.0003_letters").mark_what_is_open(apps, None)
    assert letters.announce() == 0
    assert list(Collection.objects.filter(announced_at=None)) == [draft]


# --- When something fails ----------------------------------------------------------------------


def test_a_lost_question_is_found_and_posted_once() -> None:
    reader = make_reader(reading=False, mailed_at=None)
    assert (letters.send_unsent(), letters.send_unsent()) == (1, 0)
    assert letters.send_question.call(reader.pk) is False
    assert addresses() == [MARA]


def test_a_mail_server_that_is_away_is_tried_again_later(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    for number in range(5):
        make_reader(f"reader-{number}@example.com")
    make_reader(reading=False, mailed_at=None)
    make_collection()
    tried: list[str] = []

    def away(_letter: Letter, to: str) -> None:
        tried.append(to)
        raise ConnectionRefusedError(to)

    with monkeypatch.context() as broken, caplog.at_level(logging.INFO):
        broken.setattr(Letter, "send", away)
        assert (letters.send_unsent(), letters.announce()) == (0, 0)
    assert len(tried) == 1 + letters.ENOUGH
    assert "@" not in caplog.text
    assert (letters.send_unsent(), letters.announce()) == (1, 5)


def test_a_refused_address_is_not_tried_for_ever(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    make_reader()
    make_collection()

    def refuse(_letter: Letter, to: str) -> None:
        raise smtplib.SMTPRecipientsRefused({to: (550, b"unknown")})

    monkeypatch.setattr(Letter, "send", refuse)
    letters.announce()
    assert not Collection.objects.unannounced().exists()
    assert MARA not in caplog.text


def test_what_could_not_be_posted_for_days_is_no_news(monkeypatch: pytest.MonkeyPatch) -> None:
    make_reader()
    make_collection(published_at=now() - timedelta(days=4))
    monkeypatch.setattr(letters, "_post", lambda *_: (_ for _ in ()).throw(letters.NotPosted))
    letters.announce()
    assert not Collection.objects.unannounced().exists()


def test_addresses_are_forgotten_a_month_after_their_last_word() -> None:
    month, older = now() - timedelta(days=29), now() - timedelta(days=31)
    kept = [
        make_reader("reads@example.com", asked_at=older),
        make_reader("left@example.com", asked_at=older, left_at=month),
        make_reader("asked@example.com", reading=False, asked_at=month),
    ]
    make_reader("silent@example.com", reading=False, asked_at=older)
    make_reader("gone@example.com", asked_at=older, left_at=older)
    assert letters.forget() == 2
    assert set(LetterReader.objects.all()) == set(kept)


# --- In the workshop ---------------------------------------------------------------------------


def test_the_owner_sees_who_reads_and_a_designer_does_not(
    owner: User, alice: User, logged_in: LogIn
) -> None:
    reader = make_reader()
    page = "/admin/catalog/letterreader/"
    assert MARA in logged_in(owner).get(page).text
    assert "gets letters" in logged_in(owner).get(page).text
    assert logged_in(owner).get(f"{page}{reader.pk}/change/").status_code == 200
    assert logged_in(owner).get(f"{page}add/").status_code == 403
    assert logged_in(alice).get(page).status_code in (403, 404)
