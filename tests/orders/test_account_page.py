"""The page "Being paid": who sees it, who begins, and where Stripe's page leads back to."""

import re
from collections.abc import Callable
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.core import mail
from django.test import Client
from django.urls import reverse
from pytest_django import Settings

from designers.models import Designer, Member
from orders import outbox, payments
from orders.makers import accounts
from orders.models import DesignerAccount, OutboxLetter
from sandbox.testing import StripeSandbox
from tests.factories import make_designer, make_member, make_user

pytestmark = pytest.mark.django_db
type LogIn = Callable[[User], Client]


@pytest.fixture(autouse=True)
def connect(settings: Settings) -> None:
    settings.STRIPE_CONNECT = True


def url(name: str, designer: Designer) -> str:
    return reverse(f"admin:orders_designeraccount_{name}", args=[designer.pk])


LIST = "/admin/orders/designeraccount/"
PAGES = {"change": "get", "begin": "post", "again": "get", "back": "get", "letter": "post"}


def text(answer: Any) -> str:
    return re.sub(r"\s+", " ", answer.content.decode())


def begun(stripe: StripeSandbox, designer: Designer, *acts: str) -> DesignerAccount:
    account = accounts.begin(designer)
    assert account.stripe_id
    for act in acts:
        stripe.act(act, account.stripe_id)
    accounts.refresh(account)
    return account


# --- Beginning ---------------------------------------------------------------------------------


def test_one_button_leads_to_stripe(
    stripe: StripeSandbox, ines: Designer, alice: User, logged_in: LogIn
) -> None:
    browser = logged_in(alice)
    assert "There is no account at Stripe yet." in text(browser.get(url("change", ines)))

    answers = [browser.post(url("begin", ines)) for _press in range(2)]

    for answer in answers:
        assert answer.status_code == 303
        assert answer.headers["Location"].startswith(f"{stripe.base_url}/connect/link_")
    assert answers[0].headers["Location"] != answers[1].headers["Location"]
    assert DesignerAccount.objects.count() == 1
    assert "Stripe asks for a full name." in text(browser.get(url("change", ines)))


def test_the_list_leads_a_maker_to_their_own_page(
    ines: Designer, henrik: Designer, alice: User, logged_in: LogIn
) -> None:
    answer = logged_in(alice).get(LIST)
    assert answer.headers["Location"] == url("change", ines)


def test_the_name_in_the_head_leads_there(
    ines: Designer, alice: User, logged_in: LogIn, settings: Settings
) -> None:
    assert LIST in text(logged_in(alice).get("/admin/"))
    settings.STRIPE_CONNECT = False
    assert LIST not in text(logged_in(alice).get("/admin/"))


def test_without_an_answer_it_can_be_pressed_again(
    stripe: StripeSandbox, ines: Designer, alice: User, logged_in: LogIn
) -> None:
    stripe.faults("/v2/core/accounts", "timeout_after", times=3, method="POST")
    answer = logged_in(alice).post(url("begin", ines))
    assert answer.status_code == 503
    assert "Stripe does not answer at the moment" in text(answer)

    assert logged_in(alice).post(url("begin", ines)).status_code == 303


def test_what_stripe_refuses_is_said(
    stripe: StripeSandbox,
    ines: Designer,
    alice: User,
    logged_in: LogIn,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(accounts, "_parameters", lambda *_: {"dashboard": "none at all"})
    answer = logged_in(alice).post(url("begin", ines))

    assert answer.status_code == 502
    assert "Stripe would not open the account" in text(answer)


def test_another_region_is_told_before_anything_is_asked(
    ines: Designer, alice: User, logged_in: LogIn, settings: Settings
) -> None:
    settings.SHOP_COUNTRY = "JP"
    browser = logged_in(alice)
    page = text(browser.get(url("change", ines)))
    assert "the house pays by hand" in page
    assert "Begin at Stripe" not in page

    assert browser.post(url("begin", ines)).status_code == 409
    assert not DesignerAccount.objects.exists()


def test_who_cut_the_shop_off_reads_so_and_may_begin_anew(
    stripe: StripeSandbox, ines: Designer, alice: User, logged_in: LogIn
) -> None:
    account = begun(stripe, ines, "onboard")
    assert account.stripe_id
    stripe.act("cut_off", account.stripe_id)
    browser = logged_in(alice)
    for answer in (browser.post(url("begin", ines)), browser.get(url("again", ines))):
        assert answer.status_code == 409
        assert "Begin anew at Stripe" in text(answer)

    assert browser.post(url("begin", ines)).status_code == 303
    assert DesignerAccount.objects.get().stripe_id != account.stripe_id


# --- Whose it is -------------------------------------------------------------------------------


@pytest.mark.parametrize(("name", "method"), PAGES.items())
def test_a_foreign_maker_is_not_found(
    ines: Designer, bob: User, logged_in: LogIn, name: str, method: str
) -> None:
    status = getattr(logged_in(bob), method)(url(name, ines)).status_code
    assert status == (403 if name == "letter" else 404)
    assert not DesignerAccount.objects.exists()


@pytest.mark.parametrize(("name", "method"), PAGES.items())
@pytest.mark.parametrize("role", [Member.Role.EDITOR, Member.Role.BENCH])
def test_who_only_works_there_is_not_let_in(
    ines: Designer, logged_in: LogIn, name: str, method: str, role: str
) -> None:
    browser = logged_in(make_member(ines, "eva", role=role))
    assert getattr(browser, method)(url(name, ines)).status_code in {403, 404}
    assert browser.get(LIST).status_code == 403
    assert not DesignerAccount.objects.exists()


@pytest.mark.parametrize(("name", "method"), PAGES.items())
def test_a_stranger_has_to_log_in(ines: Designer, name: str, method: str) -> None:
    answer = getattr(Client(), method)(url(name, ines))
    assert answer.status_code == 302
    assert answer.headers["Location"].startswith("/admin/login/")


@pytest.mark.parametrize(("name", "method"), PAGES.items())
def test_without_connect_there_is_no_such_page(
    ines: Designer, alice: User, logged_in: LogIn, settings: Settings, name: str, method: str
) -> None:
    settings.STRIPE_CONNECT = False
    assert getattr(logged_in(alice), method)(url(name, ines)).status_code in {403, 404}


@pytest.mark.parametrize(("name", "method"), PAGES.items())
def test_the_other_method_is_not_taken(
    ines: Designer, alice: User, logged_in: LogIn, name: str, method: str
) -> None:
    other = "post" if method == "get" else "get"
    assert getattr(logged_in(alice), other)(url(name, ines)).status_code == 405


def test_the_owner_of_the_shop_begins_nothing_in_a_makers_name(
    ines: Designer, owner: User, logged_in: LogIn
) -> None:
    browser = logged_in(owner)
    page = text(browser.get(url("change", ines)))
    assert "Only Inês can see to it." in page
    assert "Begin at Stripe" not in page
    assert browser.post(url("begin", ines)).status_code == 403
    assert not DesignerAccount.objects.exists()


# --- Coming back -------------------------------------------------------------------------------


def test_coming_back_proves_nothing(
    stripe: StripeSandbox, ines: Designer, alice: User, logged_in: LogIn
) -> None:
    begun(stripe, ines)
    page = text(logged_in(alice).get(url("back", ines), follow=True))
    assert "Stripe asks for a full name." in page
    assert not DesignerAccount.objects.get().is_ready


def test_coming_back_the_shop_asks_stripe(
    stripe: StripeSandbox, ines: Designer, alice: User, logged_in: LogIn
) -> None:
    account = begun(stripe, ines)
    assert account.stripe_id
    stripe.act("onboard", account.stripe_id)

    page = text(logged_in(alice).get(url("back", ines), follow=True))

    assert "All is there" in page
    assert DesignerAccount.objects.get().is_ready


def test_coming_back_while_stripe_is_silent(
    stripe: StripeSandbox, ines: Designer, alice: User, logged_in: LogIn
) -> None:
    begun(stripe, ines)
    stripe.faults("/v2/core/accounts/*", "500", times=3)
    page = text(logged_in(alice).get(url("back", ines), follow=True))
    assert "the shop asks again by itself" in page


def test_an_address_that_ran_out_leads_to_a_fresh_one(
    stripe: StripeSandbox, ines: Designer, alice: User, logged_in: LogIn
) -> None:
    begun(stripe, ines)
    answer = logged_in(alice).get(url("again", ines))
    assert answer.status_code == 303
    assert answer.headers["Location"].startswith(f"{stripe.base_url}/connect/link_")


def test_there_is_no_fresh_address_without_an_account(
    ines: Designer, alice: User, logged_in: LogIn
) -> None:
    answer = logged_in(alice).get(url("again", ines))
    assert answer.headers["Location"] == url("change", ines)
    assert not DesignerAccount.objects.exists()


def test_the_addresses_given_to_stripe_are_the_shops_own(
    stripe: StripeSandbox, ines: Designer, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    given: dict[str, str] = {}

    def keep(_account: str, **urls: str) -> str:
        given.update(urls)
        return "https://connect.stripe.com/setup/x"

    monkeypatch.setattr(payments, "onboarding_page", keep)
    accounts.page_at_stripe(begun(stripe, ines))
    assert given == {
        "return_url": settings.SITE_URL + url("back", ines),
        "refresh_url": settings.SITE_URL + url("again", ines),
    }


# --- In words ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("acts", "sentence"),
    [
        (["onboard"], "All is there"),
        (["onboard", "ask_for_more"], "Stripe asks for a picture of an identity document by"),
        (["onboard", "restrict"], "Stripe asks for a picture of an identity document."),
        (["onboard", "cut_off"], "closed, or cut off from the shop"),
    ],
)
def test_how_it_stands_is_said(
    stripe: StripeSandbox,
    ines: Designer,
    alice: User,
    logged_in: LogIn,
    acts: list[str],
    sentence: str,
) -> None:
    begun(stripe, ines, *acts)
    assert sentence in text(logged_in(alice).get(url("change", ines)))


@pytest.mark.parametrize(
    ("status", "sentence"),
    [("rejected", "Stripe has decided to send no money there"), ("pending", "is looking at what")],
)
def test_what_the_maker_cannot_mend_has_no_button(
    stripe: StripeSandbox, ines: Designer, alice: User, logged_in: LogIn, status: str, sentence: str
) -> None:
    begun(stripe, ines)
    DesignerAccount.objects.update(status=status, wanted=[])
    page = text(logged_in(alice).get(url("change", ines)))
    assert sentence in page
    assert "at Stripe</button>" not in page


# --- The owner's list --------------------------------------------------------------------------


def test_the_owner_reads_who_can_be_paid_and_who_not(
    stripe: StripeSandbox, ines: Designer, henrik: Designer, owner: User, logged_in: LogIn
) -> None:
    begun(stripe, ines, "onboard")
    page = text(logged_in(owner).get(LIST))
    assert "One maker cannot be paid yet." in page
    assert "Write to Henrik" in page
    assert "Write to Inês" not in page


def test_the_owner_writes_at_most_once_a_day(
    stripe: StripeSandbox, henrik: Designer, owner: User, logged_in: LogIn
) -> None:
    browser = logged_in(owner)
    for _press in range(2):
        page = text(browser.post(url("letter", henrik), follow=True))
        assert "Written to today." in page

    letter = OutboxLetter.objects.get()
    outbox.send_letter.call(letter.pk)
    (sent,) = mail.outbox
    assert sent.to == [henrik.email]
    assert url("change", henrik) in str(sent.body)


def test_nobody_but_the_owner_writes(ines: Designer, alice: User, logged_in: LogIn) -> None:
    assert logged_in(alice).post(url("letter", ines)).status_code == 403
    assert not OutboxLetter.objects.exists()


def test_a_letter_that_is_no_longer_true_is_not_sent(
    stripe: StripeSandbox, ines: Designer, owner: User, logged_in: LogIn
) -> None:
    logged_in(owner).post(url("letter", ines))
    begun(stripe, ines, "onboard")
    outbox.send_letter.call(OutboxLetter.objects.get().pk)
    assert OutboxLetter.objects.get().state == OutboxLetter.State.DROPPED
    assert mail.outbox == []


def test_queries_do_not_grow_with_the_makers(
    owner: User, logged_in: LogIn, django_assert_max_num_queries: Any
) -> None:
    browser = logged_in(owner)
    for _more in range(12):
        make_designer()
    with django_assert_max_num_queries(12):
        browser.get(LIST)


def test_somebody_without_a_maker_finds_nothing(logged_in: LogIn, db: None) -> None:
    assert logged_in(make_user("nobody")).get(LIST).status_code == 403
