"""The page "Money and stock agree", and the ledger of one order: for the owner alone."""

from collections.abc import Callable
from typing import Any

import pytest
from django.contrib.admin.models import LogEntry
from django.contrib.auth.models import User
from django.test import Client
from django.urls import reverse
from django.utils.timezone import now
from pytest_django import DjangoAssertNumQueries, Settings

from catalog.models import Piece, Variant
from orders import ledger
from orders.models import Disagreement, Order, PaymentAttempt, ReconcileRun
from sandbox.testing import StripeSandbox
from tests.factories import make_order, make_piece
from tests.orders.builders import only_variant

pytestmark = pytest.mark.django_db
type LogIn = Callable[[User], Client]
PAGE = reverse("admin:orders_reconcilerun_changelist")
RUN = reverse("admin:orders_reconcilerun_run")
MOST = 8


@pytest.fixture
def olives(owner: User, logged_in: LogIn) -> Client:
    return logged_in(owner)


def run(**sums: tuple[int, int]) -> ReconcileRun:
    rows = [{"name": name, "there": there, "here": here} for name, (there, here) in sums.items()]
    return ReconcileRun.objects.create(is_running=False, finished_at=now(), figures=rows)


@pytest.fixture
def case() -> Disagreement:
    """One more is kept back than is held."""
    ring = only_variant(make_piece(stock=2, making=Piece.Making.STOCKED))
    Variant.objects.update(reserved=1)
    return Disagreement.objects.create(
        key=f"stock:{ring.pk}",
        kind="stock",
        text="Ring: 1 kept back, 0 held",
        subject=ring.pk,
        needs_person=True,
    )


def mend(client: Client, case: Disagreement) -> Any:
    return client.post(reverse("admin:orders_reconcilerun_mend", args=[case.pk]), follow=True)


def test_sums_stand_side_by_side(olives: Client) -> None:
    run(paid=(64_900, 64_900), given_back=(110_000, 64_000), over=(0, 0))

    text = olives.get(PAGE).text
    assert "Paid at Stripe" in text
    assert "649\N{NO-BREAK SPACE}€" in text
    assert "460\N{NO-BREAK SPACE}€ apart" in text
    assert text.count("data-ok") == 2
    assert "Everything agrees" in text


def test_before_the_first_comparison_it_says_so(olives: Client) -> None:
    assert "Nothing has been compared yet." in olives.get(PAGE).text


def test_one_that_broke_off_is_told_above_the_last_whole_one(olives: Client) -> None:
    run(paid=(1, 1))
    ReconcileRun.objects.create(is_running=False, finished_at=now(), error="Unknown: no answer")

    text = olives.get(PAGE).text
    assert "Unknown: no answer" in text
    assert "Paid at Stripe" in text


def test_a_case_says_what_mending_will_do(olives: Client, case: Disagreement) -> None:
    text = olives.get(PAGE).text
    assert "One thing does not agree" in text
    assert case.text in text
    assert "keep back just that; the rest can be bought again" in text
    assert "Mend it" in text


def test_what_only_a_person_mends_has_no_button(olives: Client) -> None:
    order = make_order(make_piece())
    Disagreement.objects.create(
        key="left_over:1", kind="left_over", text="1 € left", order=order, needs_person=True
    )

    text = olives.get(PAGE).text
    assert "Mend it" not in text
    assert f"Open {order.number}" in text
    assert reverse("admin:orders_order_ledger", args=[order.pk]) in text


def test_it_is_mended_once_under_the_owners_name(
    olives: Client, owner: User, case: Disagreement
) -> None:
    assert "in the history under your name" in mend(olives, case).text
    assert "It agrees by now." in mend(olives, case).text

    assert Variant.objects.get().reserved == 0
    case.refresh_from_db()
    assert case.mended_by == owner
    assert LogEntry.objects.get().user == owner
    assert "mended by olive" in olives.get(PAGE).text


def test_what_could_not_be_mended_says_why(olives: Client, case: Disagreement) -> None:
    Disagreement.objects.update(kind="orphan")

    assert "Not mended: Only a person can mend this." in mend(olives, case).text


def test_it_is_run_now(olives: Client, stripe: StripeSandbox, settings: Settings) -> None:
    settings.TASKS = {"default": {"BACKEND": "django.tasks.backends.immediate.ImmediateBackend"}}

    answer = olives.post(RUN, follow=True)

    assert "Look again in a moment" in answer.text
    assert ReconcileRun.objects.get().finished_at


def test_nothing_happens_by_looking(olives: Client, case: Disagreement) -> None:
    assert olives.get(RUN).status_code == 405
    assert olives.get(reverse("admin:orders_reconcilerun_mend", args=[case.pk])).status_code == 405
    assert olives.post(reverse("admin:orders_reconcilerun_mend", args=[0])).status_code == 404


def test_a_maker_sees_and_mends_nothing(alice: User, logged_in: LogIn, case: Disagreement) -> None:
    client = logged_in(alice)
    assert client.get(PAGE).status_code == 403
    assert client.post(RUN).status_code == 403
    assert mend(client, case).status_code == 403
    case.refresh_from_db()
    assert case.state == Disagreement.State.OPEN


def test_more_cases_take_no_more_queries(
    olives: Client, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    for number in range(30):
        order = make_order(make_piece())
        Disagreement.objects.create(
            key=f"x:{number}", kind="paid", text="It differs.", order=order, needs_person=True
        )
        run(paid=(1, 1))
    with django_assert_max_num_queries(MOST):
        olives.get(PAGE)


# --- The ledger of one order -------------------------------------------------------------------


@pytest.fixture
def order() -> Order:
    """A ring for 640.00, of which the house keeps 18 per cent; its ledger is written."""
    order = make_order(make_piece(price=64_000))
    order.lines.update(commission=11_520)
    PaymentAttempt.objects.create(
        order=order,
        number=1,
        state="complete",
        idempotency_key="k",
        parameters={},
        expected_total=64_000,
        received=64_000,
        expires_at=now(),
    )
    ledger.bring_up(order)
    return order


def test_each_entry_is_a_row_and_all_sum_to_nothing(olives: Client, order: Order) -> None:
    text = olives.get(reverse("admin:orders_order_ledger", args=[order.pk])).text
    for told in ("Payment", "at Stripe", "owed to a maker", "524.80", "115.20", "640"):
        assert told in text
    assert "it sums to nothing" in text
    assert "is behind" not in text


def test_what_is_left_over_is_told(olives: Client, order: Order) -> None:
    order.ledger.filter(credit="commission").delete()

    text = olives.get(reverse("admin:orders_order_ledger", args=[order.pk])).text
    assert "115.20\N{NO-BREAK SPACE}€ are left over" in text
    assert "The ledger is behind the order" in text


def test_the_ledger_is_for_the_owner_alone(alice: User, logged_in: LogIn, order: Order) -> None:
    page = reverse("admin:orders_order_ledger", args=[order.pk])
    assert logged_in(alice).get(page).status_code in {403, 404}


def test_an_order_leads_to_its_ledger(olives: Client, order: Order) -> None:
    page = reverse("admin:orders_order_ledger", args=[order.pk])
    assert page in olives.get(reverse("admin:orders_order_change", args=[order.pk])).text
    assert olives.get(reverse("admin:orders_order_ledger", args=[0])).status_code == 404
