"""The owner's inbox: what needs a person stands in it, what heals by itself does not."""

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils.timezone import localdate, now

from catalog import publishing
from catalog.models import Photo
from designers.models import Designer, Invitation
from orders import outbox
from orders.models import (
    AfterSale,
    DesignerAccount,
    Disagreement,
    Order,
    OutboxLetter,
    Parcel,
    PaymentAttempt,
    Payout,
    Refund,
    StripeEvent,
)
from shop import case, inbox, short_cases
from shop.case import Case
from tests.factories import (
    make_collection,
    make_dispute,
    make_member,
    make_order,
    make_photo,
    make_piece,
    make_shown_piece,
)

pytestmark = pytest.mark.django_db
type LogIn = Callable[[User], Client]
MOST = 12


def titles() -> list[str]:
    return [case.title for case in inbox.found()]


def a_refund(order: Order, state: str) -> Refund:
    attempt = order.attempts.first() or PaymentAttempt.objects.create(
        order=order,
        number=1,
        state="failed",
        idempotency_key=f"k{PaymentAttempt.objects.count()}",
        parameters={},
        expected_total=1,
        expires_at=now(),
    )
    key = f"refund:{Refund.objects.count()}"
    return Refund.objects.create(
        order=order, attempt=attempt, amount=46_000, state=state, idempotency_key=key
    )


def fill(designer: Designer, count: int) -> None:
    """So many of everything that needs a person."""
    for number in range(count):
        order = make_order(make_piece(), state="review", review_reason="Sold meanwhile.")
        a_refund(order, "failed")
        key = f"{designer.pk}-{count}-{number}"
        StripeEvent.objects.create(
            event_id=key, type="refund.failed", payload={}, state="failed", tries=2
        )
        make_photo(designer, state=Photo.State.REFUSED, refusal="It stops in its middle.")
        Disagreement.objects.create(
            key=key, kind="paid", text="It differs.", order=order, needs_person=True
        )
        OutboxLetter.objects.create(kind="refund", subject=1, key=key, tries=outbox.TRIES)


def test_with_nothing_wrong_nothing_needs_anybody(owner: User, logged_in: LogIn) -> None:
    make_order(make_piece())

    text = logged_in(owner).get(reverse("admin:index")).text
    assert "Nothing needs you" in text
    assert titles() == []


def test_every_source_is_told(owner: User, ines: Designer, logged_in: LogIn) -> None:
    fill(ines, 1)

    text = logged_in(owner).get(reverse("admin:index")).text
    assert "Six things need you" in text
    assert "Inbox <b>6</b>" in text
    for told in (
        "paid, and not honoured",
        "Sold meanwhile.",
        "Refund of 460\N{NO-BREAK SPACE}€ did not arrive",
        "refund.failed could not be acted on",
        "One photograph could not be made",
        "Stripe took another sum",
        "A letter could not be sent",
    ):
        assert told in text, told


def test_money_that_went_back_by_itself_needs_nobody() -> None:
    order = make_order(make_piece(), state="review", review_reason="Sold meanwhile.")
    assert titles() == ["1,100\N{NO-BREAK SPACE}€ paid, and not honoured"]

    a_refund(order, "succeeded")
    assert titles() == []


def test_a_refund_that_was_made_again_needs_nobody() -> None:
    order = make_order(make_piece())
    a_refund(order, "failed")
    assert len(titles()) == 1

    a_refund(order, "pending")
    assert titles() == []


def test_what_a_bank_looks_at_stands_in_it_with_its_day() -> None:
    dispute = make_dispute(make_order(make_piece()))

    (case,) = inbox.found()
    assert titles() == ["A bank looks at 1,100\N{NO-BREAK SPACE}€"]
    assert case.promised == localdate(dispute.due_by)
    assert case.acts[0].label == "Answer it"


def test_a_piece_that_came_back_waits_for_its_money() -> None:
    parcel = make_order(make_piece()).parcels.get()
    asked = AfterSale.objects.create(parcel=parcel, kind="return", state="accepted")
    assert titles() == []

    AfterSale.objects.filter(pk=asked.pk).update(state="arrived")
    assert titles() == ["Inês has it back, and the money waits"]


@pytest.mark.parametrize("columns", [{"state": "blocked"}, {"state": "held", "hold": "refund"}])
def test_a_maker_who_cannot_be_paid_stands_in_it(columns: dict[str, str]) -> None:
    parcel = make_order(make_piece()).parcels.get()
    payout = Payout.objects.create(parcel=parcel, share=9_000)
    assert titles() == []

    Payout.objects.filter(pk=payout.pk).update(**columns)
    assert titles() == ["90\N{NO-BREAK SPACE}€ cannot be sent"]


def test_a_maker_who_earns_and_has_no_account_stands_in_it_once(settings: Any) -> None:
    for _order in range(2):
        Payout.objects.create(parcel=make_order(make_piece()).parcels.get(), share=9_000)
    Designer.objects.update(country="PT")
    settings.STRIPE_CONNECT = False
    assert titles() == []

    settings.STRIPE_CONNECT = True
    assert titles() == ["Earned 90\N{NO-BREAK SPACE}€, and cannot be paid yet"] * 2
    DesignerAccount.objects.create(
        designer=Designer.objects.earliest("pk"),
        idempotency_key="a",
        parameters={},
        stripe_id="acct_1",
        is_ready=True,
    )
    assert len(titles()) == 1


def test_photographs_are_tried_again_by_one_press(
    owner: User, alice: User, ines: Designer, henrik: Designer, logged_in: LogIn
) -> None:
    photo = make_photo(ines, state=Photo.State.REFUSED, refusal="It stops in its middle.")
    theirs = make_photo(henrik, state=Photo.State.REFUSED)
    ready = make_photo(ines)
    (case, _other) = inbox.unmade_photographs()
    assert case.acts[0].label == "Try again"

    answer: Any = logged_in(owner).post(case.acts[0].url, follow=True)
    assert "1 photograph is tried again." in answer.text
    for row in (photo, theirs, ready):
        row.refresh_from_db()
    assert (photo.state, photo.refusal, photo.revision) == (Photo.State.WAITING, "", 2)
    assert theirs.state == Photo.State.REFUSED
    assert ready.revision == 1
    again = reverse("admin:catalog_photo_again", args=[henrik.pk])
    assert logged_in(alice).post(again).status_code == 404


def test_a_makers_photographs_are_one_case(ines: Designer, henrik: Designer) -> None:
    for _number in range(2):
        make_photo(ines, state=Photo.State.REFUSED)
    photo = make_photo(henrik, state=Photo.State.WAITING)
    assert titles() == ["Two photographs could not be made"]

    Photo.objects.filter(pk=photo.pk).update(created_at=now() - 2 * inbox.UNMADE)
    assert len(titles()) == 2


def test_a_letter_that_may_have_come_twice_is_told_for_three_days() -> None:
    OutboxLetter.objects.create(
        kind="refund", subject=1, key="x", state="sent", is_doubtful=True, sent_at=now()
    )
    assert titles() == ["A letter may have come twice"]

    OutboxLetter.objects.update(sent_at=now() - short_cases.DOUBTED - timedelta(hours=1))
    assert titles() == []


def test_what_is_waited_for_or_told_elsewhere_is_no_case_of_its_own() -> None:
    for kind, needs in (("refund", False), ("review", True), ("refund_lost", True)):
        Disagreement.objects.create(key=kind, kind=kind, text="-", needs_person=needs)

    assert titles() == []


def test_what_was_promised_first_comes_first() -> None:
    late, early = (
        make_order(make_piece(), state="review", review_reason=word) for word in ("late", "early")
    )
    StripeEvent.objects.create(
        event_id="e", type="x", payload={}, state="failed", received_at=now() - timedelta(days=9)
    )
    Parcel.objects.filter(order=early).update(arrives_by=date(2026, 12, 1))
    Parcel.objects.filter(order=late).update(arrives_by=date(2026, 12, 3))

    assert [case.who for case in inbox.found()] == [early.number, late.number, "Stripe"]


@pytest.mark.parametrize(
    ("ago", "said"), [(timedelta(0), "since 1"), (timedelta(9), "since 17 November")]
)
def test_it_says_since_when(ago: timedelta, said: str, monkeypatch: pytest.MonkeyPatch) -> None:
    noon = now().replace(year=2026, month=11, day=26, hour=12, minute=0)
    monkeypatch.setattr(case, "localdate", lambda *_: date(2026, 11, 26))

    assert Case("Stripe", "", noon - ago, []).since_words.startswith(said)


def fill_the_rest(designer: Designer, count: int) -> None:
    """So many of what else stands there: disputes, returns, payouts, reviews, people, letters."""
    for _number in range(count):
        make_dispute(make_order(make_piece()))
        parcel = make_order(make_piece()).parcels.get()
        AfterSale.objects.create(parcel=parcel, kind="return", state="arrived")
        Payout.objects.create(parcel=parcel, share=9_000, state="blocked")
        ask_for_another_photograph(designer, by=make_member(designer))
        Invitation.objects.create(designer=designer, email="new@example.com")


def ask_for_another_photograph(designer: Designer, *, by: User) -> None:
    """A review whose change shows a photograph."""
    collection = make_collection(designer=designer, seen=make_photo(designer))
    make_shown_piece(collection=collection)
    review = publishing.ask(collection, by=by)
    review.snapshot["fields"]["seen"] = make_photo(designer).pk
    review.save(update_fields=["snapshot"])


def test_a_full_inbox_asks_no_more_than_a_small_one(
    owner: User, ines: Designer, henrik: Designer, logged_in: LogIn
) -> None:
    client = logged_in(owner)
    fill(ines, 1)
    fill_the_rest(ines, 1)
    few = queries_of(client)
    fill(henrik, 22)
    fill_the_rest(henrik, 4)
    assert queries_of(client) <= few
    assert few <= MOST


def test_work_that_waits_at_the_benches_is_fetched_after_the_inbox(
    owner: User, ines: Designer, logged_in: LogIn
) -> None:
    client = logged_in(owner)
    make_order(make_piece(collection=make_collection(designer=ines), title="Sea cuff"))

    page = client.get(reverse("admin:index")).text
    assert "One parcel is to leave." in page
    assert "Sea cuff" not in page
    assert reverse("admin:work") in page
    assert "Sea cuff" in client.get(reverse("admin:work")).text


def test_the_makers_stand_in_it_with_what_is_agreed(
    owner: User, alice: User, ines: Designer, logged_in: LogIn
) -> None:
    Designer.objects.filter(pk=ines.pk).update(commission_basis_points=1250, is_trusted=False)

    text = logged_in(owner).get(reverse("admin:index")).text
    for told in ("12.5 %", "after review", "none yet"):
        assert told in text, told


def queries_of(client: Client) -> int:
    client.get(reverse("admin:index"))
    with CaptureQueriesContext(connection) as asked:
        assert client.get(reverse("admin:index")).status_code == 200
    return len(asked)


def test_a_maker_has_a_bench_and_no_inbox(alice: User, ines: Designer, logged_in: LogIn) -> None:
    fill(ines, 1)

    text = logged_in(alice).get(reverse("admin:index")).text
    assert "Bench" in text
    assert "need you" not in text
    assert "Stripe" not in text
