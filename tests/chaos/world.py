"""A shop with many shoppers, each alone with their pieces, and what must be true in the end."""

from collections import Counter
from dataclasses import dataclass
from datetime import timedelta
from functools import partial
from typing import Any
from uuid import uuid4

from django.apps import apps
from django.conf import settings
from django.contrib.auth.models import User
from django.db.models import DateTimeField, F, Model, Sum
from django_tasks_db.models import DBTaskResult

from catalog.models import Piece, Variant
from orders import checkout, holds, payments, refunds, settlement
from orders.models import Cart, Hold, Order, PaymentAttempt, StripeEvent
from orders.records import Session
from sandbox.testing import StripeSandbox
from tests.chaos.forks import End, Forks
from tests.factories import make_piece, make_rate, make_user
from tests.orders.builders import basket_of, begin, only_variant, session_of
from tests.orders.conftest import SECRET
from tests.services.smtp import Mailbox

STUDS = 3


@dataclass
class Run:
    """One shopper's story; ``given`` is what the process that dies is told to do it with."""

    number: int
    cart: Cart
    given: dict[str, Any]
    end: End | None = None

    @property
    def email(self) -> str:
        return f"run-{self.number}@example.eu"

    @property
    def orders(self) -> list[Order]:
        return list(Order.objects.filter(cart=self.cart).order_by("pk"))

    @property
    def died_at(self) -> str:
        return self.end.last if self.end else "nowhere"

    @property
    def is_doubtful(self) -> bool:
        """Whether its process died after a letter had gone out, before that was written down."""
        return bool(self.end and self.end.was_killed and "after letter" in self._last_points())

    def _last_points(self) -> str:
        assert self.end
        return " ".join(self.end.trace[-1:])


class World:
    """Makes runs, lets time pass, heals, and checks what must be true of all of them."""

    def __init__(self, stripe: StripeSandbox, mailbox: Mailbox, forks: Forks) -> None:
        self.stripe, self.mailbox, self.forks = stripe, mailbox, forks
        self.owner: User = make_user("olive", is_superuser=True)
        self.runs: list[Run] = []
        self.made: dict[int, int] = {}
        make_rate()

    def act(self, name: str, *, kill_at: int = 0, **given: Any) -> End:
        """Do an act in a process of its own."""
        return self.forks.run(name, kill_at=kill_at, site=settings.SITE_URL, **given)

    # --- What a scenario begins with -------------------------------------------------------

    def basket(self) -> Run:
        """A ring of which there is one, two of three studs, and a piece that will be made."""
        studs = make_piece(stock=STUDS, making=Piece.Making.STOCKED, price=4_500)
        pieces = [make_piece(), studs, make_piece(making=Piece.Making.MADE_TO_ORDER)]
        cart = basket_of(*pieces)
        self.made |= {only_variant(piece).pk: only_variant(piece).stock for piece in pieces}
        run = Run(len(self.runs) + 1, cart, {"cart": cart.pk})
        run.given["email"] = run.email
        self.runs.append(run)
        return run

    def opened(self) -> Run:
        """A basket whose session waits to be paid."""
        run = self.basket()
        checkout.open_session(begin(run.cart, email=run.email))
        run.given = {"cart": run.cart.pk}
        return run

    def paid(self, **how: Any) -> Run:
        """Its shopper has paid at Stripe, and the shop does not know."""
        run = self.opened()
        session = session_of(self.attempt(run))
        self.stripe.pay(session, email=run.email, **how)
        run.given |= {"session": session}
        return run

    def told(self, run: Run, kind: str = "checkout.session.completed") -> Run:
        """The newest event of a kind about the run is about to be delivered."""
        number = run.orders[-1].number
        mine = [event for event in self.stripe.events(kind) if number in str(event)]
        run.given = {"event": mine[-1], "secret": SECRET}
        return run

    def bought(self) -> Run:
        """Paid, and the shop knows; nobody has written yet."""
        run = self.paid()
        settlement.settle(run.given["session"])
        run.given = {}
        return run

    def refundable(self) -> Run:
        """Bought; the owner is about to give something back."""
        run = self.bought()
        run.given = {"order": run.orders[0].pk, "by": self.owner.pk, "token": str(uuid4())}
        return run

    def attempt(self, run: Run) -> PaymentAttempt:
        return PaymentAttempt.objects.select_related("order").filter(order__cart=run.cart).latest("pk")

    # --- What happens after a death ----------------------------------------------------------

    def sessions(self) -> dict[str, list[Session]]:
        """This shop's sessions at Stripe, by the number of their order."""
        began = Cart.objects.earliest("created_at").created_at - timedelta(days=1)
        found: dict[str, list[Session]] = {}
        for session in payments.list_sessions(began):
            if session.metadata.get("env") == payments.environment():
                found.setdefault(session.metadata["number"], []).append(session)
        return found

    def of(self, run: Run, status: str) -> list[str]:
        """The ids of a run's sessions that stand so at Stripe."""
        known = self.sessions()
        mine = [session for order in run.orders for session in known.get(order.number, [])]
        return [session.id for session in mine if session.status == status]

    def pays(self, run: Run) -> None:
        """The shopper pays whatever page is open."""
        for session in self.of(run, "open"):
            self.stripe.pay(session, email=run.email)

    def tries_again(self, run: Run) -> None:
        """The shopper presses the button once more, and pays."""
        if run.cart.lines.exists():
            self.act("check_out", cart=run.cart.pk, email=run.email)
        self.pays(run)

    def walks_away(self, run: Run) -> None:
        """Nobody comes back; Stripe ends the page in its time."""
        for session in self.of(run, "open"):
            self.stripe.act("expire", session)

    # --- Healing -------------------------------------------------------------------------------

    def heal(self, rounds: int = 3) -> None:
        """New processes repair what the dead left, in their own time."""
        for _round in range(rounds):
            let_time_pass(minutes=40)
            self.act("heal")

    def check(self) -> None:
        """Everything that must be true, of every run; says in which it is not and where it died."""
        sessions = self.sessions()
        letters = Counter(str(letter["To"]) for letter in self.mailbox.letters)
        for run in self.runs:
            try:
                _check_money(run, sessions)
                _check_letters(run, letters[run.email])
                _check_holds(run)
            except AssertionError as wrong:
                raise AssertionError(f"run {run.number}, died at {run.died_at}: {wrong}") from wrong
        for variant in Variant.objects.filter(pk__in=self.made):
            _check_stock(variant, self.made[variant.pk])
        _check_both_sides(sessions)
        assert not StripeEvent.objects.exclude(state=StripeEvent.State.PROCESSED).exists()


def let_time_pass(*, minutes: int) -> None:
    """Move every moment that the orders know into the past."""
    models = [*apps.get_app_config("orders").get_models(), Variant, DBTaskResult]
    for model in models:
        moments = [field.name for field in model._meta.fields if isinstance(field, DateTimeField)]
        ago = {name: F(name) - timedelta(minutes=minutes) for name in moments}
        _all(model).update(**ago)


def _all(model: type[Model]) -> Any:
    return model._default_manager.all()


def _check_money(run: Run, sessions: dict[str, list[Session]]) -> None:
    """A paid session has a paid order, or all its money went back."""
    honoured = 0
    for order in run.orders:
        for session in sessions.get(order.number, []):
            if session.payment_status == "paid":
                honoured += _check_paid(order, session)
        live = [PaymentAttempt.State.CREATING, PaymentAttempt.State.OPEN]
        assert not order.attempts.filter(state__in=live).exists(), "a payment is still open"
    assert honoured <= 1, "one basket was sold twice"
    paid = [order for order in run.orders if order.state in settlement_states()]
    assert len(paid) == honoured, f"{len(paid)} paid orders for {honoured} payments"


def settlement_states() -> list[str]:
    return [Order.State.PAID, Order.State.PARTIALLY_REFUNDED, Order.State.REFUNDED]


def _check_paid(order: Order, session: Session) -> int:
    attempt = PaymentAttempt.objects.get(session_id=session.id)
    assert attempt.order_id == order.pk
    given = [r.amount for r in payments.list_refunds(session.payment_intent) if r.status != "failed"]
    ours = order.refunds.filter(state__in=refunds.GIVEN).aggregate(sum=Sum("amount", default=0))
    assert sum(given) == ours["sum"] == order.refunded_total, f"{given} at Stripe, {ours} here"
    if order.state in settlement_states():
        assert attempt.state == PaymentAttempt.State.COMPLETE
        return 1
    assert order.state == Order.State.REVIEW, order.state
    assert sum(given) == session.amount_total, "not all of it went back"
    return 0


def _check_letters(run: Run, count: int) -> None:
    """Each once; after a death between sending and writing that down, perhaps twice."""
    due = 0
    for order in run.orders:
        confirmed = order.state in settlement_states()
        assert (order.confirmation_sent_at is not None) == confirmed, "no confirmation"
        given = order.refunds.filter(state__in=refunds.GIVEN)
        assert not given.filter(mail_sent_at=None).exists(), "no letter about a refund"
        due += confirmed + given.count() + (order.waiting_sent_at is not None)
    assert due <= count <= due + run.is_doubtful, f"{count} letters, {due} were due"


def _check_holds(run: Run) -> None:
    """Nothing is kept for a payment that is over."""
    paying = Hold.objects.filter(state=Hold.State.PAYING, order_line__order__in=run.orders)
    assert not paying.exists(), "a hold outlived its payment"


def _check_stock(variant: Variant, made: int) -> None:
    kept = variant.holds.filter(state__in=holds.KEPT)
    held = kept.aggregate(sum=Sum("quantity", default=0))["sum"]
    lines = variant.order_lines.filter(order__state__in=settlement_states(), is_made=False)
    sold = lines.aggregate(sum=Sum(F("quantity") - F("restocked"), default=0))["sum"]
    assert variant.reserved == held, f"{variant}: {variant.reserved} reserved, {held} held"
    assert variant.stock == made - sold, f"{variant}: {made} made, {sold} sold, {variant.stock}"
    assert variant.held_until == min(kept.values_list("expires_at", flat=True), default=None)


def _check_both_sides(sessions: dict[str, list[Session]]) -> None:
    """What Stripe kept is what the shop's books say."""
    every = [session for some in sessions.values() for session in some]
    taken = [session for session in every if session.payment_status == "paid"]
    back = sum(
        refund.amount
        for session in taken
        for refund in payments.list_refunds(session.payment_intent)
        if refund.status != "failed"
    )
    paid = Order.objects.filter(paid_at__isnull=False)
    ours = paid.aggregate(all=Sum("total", default=0), back=Sum("refunded_total", default=0))
    theirs = sum(session.amount_total for session in taken)
    assert (theirs, back) == (ours["all"], ours["back"])
