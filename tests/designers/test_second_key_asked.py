"""The owner asks for a second key: who has none sets one up, and reaches nothing else."""

import re
from collections.abc import Callable, Iterator

import pytest
from allauth.mfa.models import Authenticator
from django.contrib import admin
from django.contrib.admin.models import LogEntry
from django.contrib.auth.models import User
from django.core import mail
from django.core.cache import cache
from django.test import Client
from django.urls import URLPattern, URLResolver, reverse

from designers.keys import letters
from designers.models import Designer, HouseRules, KeyLetter
from tests import factories as make
from tests.designers.forms import form_of
from tests.designers.keys import add_app, figures, password, with_app

LogIn = Callable[[User], Client]
pytestmark = pytest.mark.django_db
SETUP = "/admin/your-second-key/"
OPEN = {SETUP, f"{SETUP}app/", f"{SETUP}passkey/", "/admin/is-it-you/", "/admin/logout/"}
FREE = {"/admin/login/"}


@pytest.fixture(autouse=True)
def nobody_tried_before() -> Iterator[None]:
    cache.clear()
    yield
    cache.clear()


@pytest.fixture
def asked(db: None) -> None:
    HouseRules.objects.create(asks_second_key=True)


def addresses(patterns: list[URLPattern | URLResolver], above: str = "/admin/") -> Iterator[str]:
    """Every address of the workshop, with ones for its numbers."""
    for pattern in patterns:
        route = above + re.sub(r"<[^>]+>", "1", str(pattern.pattern))
        if isinstance(pattern, URLResolver):
            yield from addresses(pattern.url_patterns, route)
        elif "(" not in route:
            yield route


def test_every_page_is_closed_until_there_is_one(asked: None, alice: User) -> None:
    client = Client()
    password(client, "alice")
    walked = set(addresses(admin.site.get_urls())) - OPEN - FREE
    assert len(walked) > 150
    for address in sorted(walked):
        get, post = client.get(address), client.post(address, {"post": "yes"})
        led_there = (get.status_code, get.headers.get("Location")) == (302, SETUP)
        assert led_there or get.status_code == 405, address  # some take only a POST
        assert post.status_code == 403, address
        assert "First a second key" in post.content.decode()


def test_setting_one_up_opens_the_workshop(asked: None, alice: User, client: Client) -> None:
    assert client.get(password(client, "alice"), follow=True).redirect_chain[-1][0] == SETUP
    assert "The house asks everybody" in client.get(SETUP).content.decode()
    add_app(client)
    assert client.get("/admin/").status_code == 200


def test_the_owner_is_asked_too(asked: None, owner: User, client: Client) -> None:
    password(client, "olive")
    assert client.get("/admin/").headers["Location"] == SETUP


def test_one_makers_people_may_be_asked_alone(
    alice: User, bob: User, ines: Designer, logged_in: LogIn
) -> None:
    Designer.objects.filter(pk=ines.pk).update(asks_second_key=True)
    assert logged_in(alice).get("/admin/").headers["Location"] == SETUP
    assert "Inês Carvalho asks" in logged_in(alice).get(SETUP).content.decode()
    assert logged_in(bob).get("/admin/").status_code == 200


def test_who_left_that_maker_is_not_asked(alice: User, ines: Designer, logged_in: LogIn) -> None:
    Designer.objects.filter(pk=ines.pk).update(asks_second_key=True)
    alice.memberships.update(is_active=False)
    assert logged_in(alice).get("/admin/").status_code == 200


def test_the_owner_says_so_on_a_page(owner: User, alice: User, logged_in: LogIn) -> None:
    client = logged_in(owner)
    page = reverse("admin:designers_houserules_changelist")
    with_app("olive")
    client.post(page, form_of(client, page) | {"asks_second_key": "on"})
    assert HouseRules.objects.get().asks_second_key
    assert logged_in(alice).get("/admin/").headers["Location"] == SETUP
    assert logged_in(alice).get(page).status_code in {302, 403}


def test_taking_the_last_off_closes_it_again(asked: None, alice: User, client: Client) -> None:
    password(client, "alice")
    add_app(client)
    key = Authenticator.objects.get(type="totp")
    client.post(reverse("admin:second_key_remove", args=[key.pk]))
    assert not Authenticator.objects.exists(), "the paper codes go with the last key"
    assert client.get("/admin/").headers["Location"] == SETUP


def test_nobody_takes_off_anothers(alice: User, bob: User, client: Client) -> None:
    with_app("bob")
    password(client, "alice")
    for key in Authenticator.objects.all():
        answer = client.post(reverse("admin:second_key_remove", args=[key.pk]))
        assert answer.status_code == 404
    assert Authenticator.objects.count() == 2


def test_a_while_later_the_password_is_asked_again(
    alice: User, logged_in: LogIn, client: Client
) -> None:
    with_app("alice")
    client = logged_in(alice)  # long ago
    key = Authenticator.objects.get(type="totp")
    off = reverse("admin:second_key_remove", args=[key.pk])
    sure = client.post(off).headers["Location"]
    assert sure.startswith("/admin/is-it-you/")
    assert client.post(sure, {"password": "wrong"}).status_code == 422
    assert client.post(sure, {"password": make.PASSWORD}).headers["Location"] == SETUP
    client.post(off)
    assert not Authenticator.objects.exists()


def test_the_next_page_is_one_of_the_shop(alice: User, logged_in: LogIn) -> None:
    sure = reverse("admin:sure") + "?next=https://evil.example/"
    answer = logged_in(alice).post(sure, {"password": make.PASSWORD})
    assert answer.headers["Location"] == SETUP


def test_paper_codes_are_shown_once(alice: User, client: Client) -> None:
    password(client, "alice")
    add_app(client)
    page = reverse("admin:second_key_paper")
    text = client.get(page, {"download": ""})
    assert len(re.findall(r"^\d{4} \d{4}$", text.content.decode(), re.M)) == 10
    session = client.session
    session["paper_codes_until"] = 1
    session.save()
    assert client.get(page).headers["Location"] == SETUP
    other = Client()
    other.force_login(alice, backend="django.contrib.auth.backends.ModelBackend")
    assert other.get(page).headers["Location"] == SETUP


def test_new_paper_codes_end_the_old(alice: User, client: Client) -> None:
    secret, old = with_app("alice")
    password(client, "alice")
    client.post("/workshop/second-key/", {"code": figures(secret, later=1)})
    client.post(reverse("admin:second_key_new_paper"))
    new = client.get(reverse("admin:second_key_paper")).content.decode()
    assert not [code for code in old if code in new]


def test_what_happens_to_a_key_is_told_and_mailed_once(alice: User, client: Client) -> None:
    with_app("alice")
    assert "the app" in str(LogEntry.objects.get().change_message)
    assert letters.send_unsent() == 1
    assert letters.send_unsent() == 0
    (letter,) = mail.outbox
    assert letter.to == [alice.email]
    assert "a second key was added" in str(letter.body)


def test_the_owner_takes_off_a_lost_key(
    owner: User, alice: User, client: Client, logged_in: LogIn
) -> None:
    with_app("alice")
    off = reverse("admin:auth_user_keys", args=[alice.pk])
    assert logged_in(alice).post(off).status_code in {403, 404}
    page = logged_in(owner).get(off)
    assert "The app" in page.content.decode()
    assert Authenticator.objects.exists()
    logged_in(owner).post(off)
    assert not Authenticator.objects.exists()
    assert KeyLetter.objects.filter(user=alice, kind="taken_off").exists()
    assert LogEntry.objects.filter(user=owner, object_id=str(alice.pk)).exists()
    assert password(client, "alice") == "/admin/"
    assert logged_in(owner).post(reverse("admin:auth_user_keys", args=[9999])).status_code == 404
