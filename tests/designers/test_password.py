"""A forgotten password: a letter with a link, to whoever has an account, and no word of who."""

import re
from collections.abc import Iterator

import pytest
from django.contrib.auth.models import User
from django.core import mail
from django.core.cache import cache
from django.test import Client
from django.urls import reverse

pytestmark = pytest.mark.django_db
ASK = "designers:password_forgotten"


@pytest.fixture(autouse=True)
def nobody_asked_before() -> Iterator[None]:
    cache.clear()
    yield
    cache.clear()


def test_the_letter_leads_to_a_new_password(alice: User, client: Client) -> None:
    client.post(reverse(ASK), {"email": alice.email})
    (letter,) = mail.outbox
    link = re.search(r"https?://[^/\s]+(/workshop/password/\S+)", str(letter.body))
    assert link
    page = client.get(link[1], follow=True)
    new = {"new_password1": "amber-and-rope-9", "new_password2": "amber-and-rope-9"}
    answer = client.post(page.redirect_chain[-1][0], new, follow=True)
    assert answer.status_code == 200
    assert answer.redirect_chain[-1][0] == reverse("admin:index")
    alice.refresh_from_db()
    assert alice.check_password("amber-and-rope-9")
    assert "no longer works" in Client().get(link[1], follow=True).content.decode()


def test_nobody_learns_who_has_an_account(alice: User, client: Client) -> None:
    known = client.post(reverse(ASK), {"email": alice.email}, follow=True)
    unknown = client.post(reverse(ASK), {"email": "nobody@example.com"}, follow=True)
    assert known.content == unknown.content
    assert len(mail.outbox) == 1


def test_one_letter_in_five_minutes(alice: User, client: Client) -> None:
    for _ in range(3):
        client.post(reverse(ASK), {"email": alice.email})
    assert len(mail.outbox) == 1


def test_an_address_that_is_none_is_told(client: Client) -> None:
    assert client.post(reverse(ASK), {"email": "nonsense"}).status_code == 200
    assert not mail.outbox
