"""The second key at the door: nobody with one comes in with the password alone."""

import re
from collections.abc import Iterator
from datetime import timedelta

import pytest
from allauth.mfa.models import Authenticator
from django.contrib.auth.models import User
from django.core import mail
from django.core.cache import cache
from django.test import Client
from django.urls import reverse

from tests.designers.keys import add_app, figures, password, with_app

pytestmark = pytest.mark.django_db
DOOR = "/workshop/second-key/"
BENCH = "/admin/"


@pytest.fixture(autouse=True)
def nobody_tried_before() -> Iterator[None]:
    cache.clear()
    yield
    cache.clear()


def is_in(client: Client) -> bool:
    return client.get(BENCH).status_code == 200


def test_without_a_second_key_the_password_is_enough(alice: User, client: Client) -> None:
    assert password(client, "alice", to="/admin/catalog/piece/") == "/admin/catalog/piece/"
    assert is_in(client)


def test_the_app_is_asked_after_the_password(alice: User, client: Client) -> None:
    secret, paper = with_app("alice")
    assert len(paper) == 10
    assert password(client, "alice", to="/admin/catalog/piece/") == DOOR
    assert not is_in(client)
    answer = client.post(DOOR, {"code": figures(secret, later=1)})
    assert answer.headers["Location"] == "/admin/catalog/piece/"
    assert is_in(client)


def test_figures_in_two_threes_are_taken(alice: User, client: Client) -> None:
    secret, _paper = with_app("alice")
    password(client, "alice")
    code = figures(secret, later=1)
    assert client.post(DOOR, {"code": f"{code[:3]} {code[3:]}"}).status_code == 302


def test_the_same_figures_open_once(alice: User) -> None:
    secret, _paper = with_app("alice")
    code = figures(secret, later=1)
    first, second = Client(), Client()
    for client in (first, second):
        password(client, "alice")
        client.post(DOOR, {"code": code})
    assert is_in(first)
    assert not is_in(second)


def test_a_paper_code_opens_once(alice: User) -> None:
    _secret, paper = with_app("alice")
    first, second = Client(), Client()
    for client in (first, second):
        password(client, "alice")
        client.post(f"{DOOR}?paper", {"code": paper[3]})
    assert is_in(first)
    assert not is_in(second)


@pytest.mark.parametrize(
    ("typed", "told"),
    [
        ("48190", "Those were 5 figures"),
        ("4", "one figure"),
        ("000000", "not the code"),
        ("", "required"),
        ("x" * 400, "not the code"),
        ("①②③④⑤⑥", "not the code"),
        ("\x00", "not"),
    ],
)
def test_a_wrong_code_is_told(typed: str, told: str, alice: User, client: Client) -> None:
    with_app("alice")
    password(client, "alice")
    answer = client.post(DOOR, {"code": typed})
    assert answer.status_code == 422
    assert told in answer.content.decode()
    assert not is_in(client)


def test_guesses_are_slowed_down(alice: User) -> None:
    secret, _paper = with_app("alice")
    answers = []
    for number in range(6):
        client = Client(REMOTE_ADDR=f"203.0.113.{number}")
        password(client, "alice")
        answers.append(client.post(DOOR, {"code": "000000"}).content.decode())
    assert ["Too many tries" in answer for answer in answers] == [False] * 5 + [True]
    client = Client()
    password(client, "alice")
    client.post(DOOR, {"code": figures(secret, later=1)})
    assert not is_in(client)


@pytest.mark.parametrize(
    "credential", ["", "{}", "[]", "null", "7", '"x"', '{"id": 1}', '{"response": {}}', "{{"]
)
@pytest.mark.parametrize("address", [DOOR, "/workshop/passkey/"])
def test_a_false_passkey_opens_nothing(
    credential: str, address: str, alice: User, client: Client
) -> None:
    with_app("alice")
    password(client, "alice")
    client.post(reverse("passkey_asked"))
    assert client.post(address, {"credential": credential}).status_code in {302, 422}
    assert not is_in(client)


def test_who_has_not_shown_the_password_is_asked_for_it(client: Client) -> None:
    for answer in (client.get(DOOR), client.post(DOOR, {"code": "123456"})):
        assert answer.headers["Location"] == BENCH
    assert client.post(reverse("passkey_asked")).status_code == 200
    assert client.get(reverse("passkey_login")).status_code == 405


def test_a_trusted_browser_is_not_asked_again_until_a_key_changes(
    alice: User, client: Client
) -> None:
    secret, _paper = with_app("alice")
    password(client, "alice")
    client.post(DOOR, {"code": figures(secret, later=1), "trust": "on"})
    client.post(reverse("admin:logout"))
    assert password(client, "alice") == BENCH
    client.post(reverse("admin:logout"))
    Authenticator.objects.filter(type="recovery_codes").delete()
    assert password(client, "alice") == DOOR


def test_a_new_password_by_letter_does_not_replace_the_second_key(
    alice: User, client: Client
) -> None:
    secret, _paper = with_app("alice")
    client.post(reverse("designers:password_forgotten"), {"email": alice.email})
    link = re.search(r"https?://[^/\s]+(/workshop/password/\S+)", str(mail.outbox[-1].body))
    assert link
    form = client.get(link[1], follow=True).redirect_chain[-1][0]
    new = {"new_password1": "amber-and-rope-9", "new_password2": "amber-and-rope-9"}
    assert client.post(form, new).headers["Location"] == DOOR
    assert not is_in(client)
    client.post(DOOR, {"code": figures(secret, later=1)})
    assert is_in(client)


def test_wrong_passwords_are_still_counted(alice: User, client: Client) -> None:
    sent = {"username": "alice", "password": "wrong"}
    answers = [client.post(reverse("admin:login"), sent) for _try in range(11)]
    assert answers[-1].status_code == 429


def test_secrets_are_not_kept_in_the_clear(alice: User, settings: object) -> None:
    secret, _paper = with_app("alice")
    kept = Authenticator.objects.get(type="totp")
    assert secret not in str(kept.data)
    settings.SECRET_KEY = "another"  # type: ignore[attr-defined]
    assert not kept.wrap().validate_code(figures(secret, later=1))


def test_allauths_own_pages_are_not_there(client: Client) -> None:
    for path in ("/accounts/signup/", "/accounts/login/", "/accounts/email/", "/accounts/2fa/"):
        assert client.get(path).status_code == 404


def test_leaving_for_somebody_else_forgets_nothing_of_use(alice: User, client: Client) -> None:
    with_app("alice")
    password(client, "alice")
    assert client.get(reverse("admin:login")).status_code == 200
    assert client.get(reverse("account_login")).headers["Location"] == reverse("admin:login")
    assert not is_in(client)


def test_a_login_begun_and_left_ends(
    alice: User, client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    secret, _paper = with_app("alice")
    password(client, "alice")
    session = client.session
    session["account_login"] |= {
        "initiated_at": session["account_login"]["initiated_at"]
        - timedelta(hours=1).total_seconds()
    }
    session.save()
    client.post(DOOR, {"code": figures(secret, later=1)})
    assert not is_in(client)


def test_adding_an_app_needs_its_figures(alice: User, client: Client) -> None:
    password(client, "alice")
    client.get(reverse("admin:second_key_app"))
    answer = client.post(reverse("admin:second_key_app"), {"code": "000000"})
    assert answer.status_code == 422
    assert not Authenticator.objects.exists()
    add_app(client)
    assert Authenticator.objects.filter(user=alice, type="totp").exists()
