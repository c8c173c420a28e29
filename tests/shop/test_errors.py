"""The pages for what went wrong, in the house's voice; 500 does not ask the database."""

from typing import Any

import pytest
from django.db import connection
from django.test import Client, RequestFactory
from django.test.utils import CaptureQueriesContext

from shop import views

WORDS = {
    "bad_request": (400, "That did not reach us whole"),
    "permission_denied": (403, "Not from this bench"),
    "page_not_found": (404, "Nothing under this address"),
}


@pytest.mark.django_db
@pytest.mark.parametrize("view", WORDS)
def test_each_has_its_words_and_its_number(view: str) -> None:
    answer: Any = getattr(views, view)(RequestFactory().get("/x/"), Exception())
    code, words = WORDS[view]
    assert answer.status_code == code
    assert words in answer.text
    assert "noindex" in answer.text


@pytest.mark.django_db
def test_too_many_logins() -> None:
    answer: Any = views.too_many_logins(RequestFactory().get("/admin/login/"), {})
    assert answer.status_code == 429
    assert "Slower, please" in answer.text


def test_500_needs_no_database() -> None:
    """Without the database mark, any query would fail this test."""
    answer: Any = views.server_error(RequestFactory().get("/x/"))
    assert answer.status_code == 500
    assert "Something broke on our bench" in answer.text
    assert "Skip to the content" in answer.text


@pytest.mark.django_db
def test_an_unknown_address_is_a_404_with_one_query() -> None:
    with CaptureQueriesContext(connection) as queries:
        answer: Any = Client().get("/nothing/here/")
    assert answer.status_code == 404
    assert len(queries) <= 1
    assert not answer.cookies


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("ask", "address", "code", "words"),
    [
        ("get", "/cart/lines/1/", 405, "There is nothing to read here"),
        ("get", "/waiting/", 405, "There is nothing to read here"),
        ("post", "/cart/", 403, "Sent from elsewhere"),
        ("post", "/workshop/password/", 403, "That page was open too long"),
    ],
)
def test_what_django_says_in_a_white_page_has_words(
    ask: str, address: str, code: int, words: str
) -> None:
    answer = getattr(Client(enforce_csrf_checks=True), ask)(address)
    assert answer.status_code == code
    assert f"<h1>{words}</h1>" in answer.text


@pytest.mark.django_db
@pytest.mark.parametrize("topic", ["prices", "..", "shop"])
def test_help_that_is_not_written_is_a_404(topic: str) -> None:
    assert Client().get(f"/help/{topic}/").status_code == 404
