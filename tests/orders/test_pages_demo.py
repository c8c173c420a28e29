"""The demo's page of letters: there in the demo alone."""

from pathlib import Path
from typing import Any

import pytest
from django.core.mail import EmailMultiAlternatives
from django.test import Client

pytestmark = pytest.mark.django_db


@pytest.fixture
def letters(settings: Any, tmp_path: Path) -> Path:
    settings.DEMO = True
    backend = "django.core.mail.backends.filebased.EmailBackend"
    options = {"file_path": str(tmp_path)}
    settings.MAILERS = {"default": {"BACKEND": backend, "OPTIONS": options}}
    return tmp_path


def write(folder: Path, name: str, subject: str) -> None:
    letter = EmailMultiAlternatives(subject, "Thank you, Jonas – “yes”", to=["jonas@example.eu"])
    letter.attach_alternative("<p style='color:#14211f'>Thank you, <b>Jonas</b></p>", "text/html")
    end = b"\n" + b"-" * 79 + b"\n"
    (folder / f"{name}.log").write_bytes(letter.message().as_bytes() + end)


def test_the_newest_letter_comes_first(letters: Path) -> None:
    write(letters, "20261126-1", "The first")
    write(letters, "20261126-2", "The second")
    text = Client().get("/demo/mails/").text
    assert text.index("The second") < text.index("The first")
    assert "Thank you, Jonas – “yes”" in text


def test_a_letter_is_shown_as_a_mail_program_would(letters: Path) -> None:
    write(letters, "20261126-1", "The first")
    answer = Client().get("/demo/mails/20261126-1-0/")
    assert "<b>Jonas</b>" in answer.text
    assert "style-src 'unsafe-inline'" in answer.headers["Content-Security-Policy"]
    assert answer.headers["X-Frame-Options"] == "SAMEORIGIN"
    assert "script-src" not in answer.headers["Content-Security-Policy"]


def test_without_letters_it_says_so(letters: Path) -> None:
    assert "No letter yet." in Client().get("/demo/mails/").text


def test_what_is_no_letter_is_not_there(letters: Path) -> None:
    assert Client().get("/demo/mails/unknown/").status_code == 404
    assert Client().post("/demo/mails/").status_code == 405


def test_a_real_shop_has_no_such_page(letters: Path, settings: Any) -> None:
    write(letters, "20261126-1", "The first")
    settings.DEMO = False
    for path in ("/demo/mails/", "/demo/mails/20261126-1-0/"):
        assert Client().get(path).status_code == 404


def test_mail_that_goes_elsewhere_is_not_shown(settings: Any) -> None:
    settings.DEMO = True
    assert Client().get("/demo/mails/").status_code == 404
