"""A shop with many shoppers, each alone with their pieces, and what must be true in the end."""

from collections import Counter
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import chain
from typing import Any, Protocol
from uuid import uuid4

from django.apps import apps
from django.contrib.auth.models import User
from django.db.models import DateTimeField, F, Model
from django.utils.timezone import now
from django_tasks_db.models import DBTaskResult

from catalog.models import Piece, Variant
from orders import checkout, payments, payouts, settlement
from orders.models import Cart, Order, PaymentAttempt
from orders.records import Session
from sandbox.testing import StripeSandbox
from tests.chaos import invariants
from tests.chaos.acts import give_back
from tests.chaos.forks import End
from tests.factories import make_collection, make_piece, make_rate, make_user
from tests.orders import payout_builders
from tests.orders.builders import basket_of, begin, only_variant, session_of
from tests.orders.conftest import SECRET
from tests.services.smtp import Mailbox


@dataclass
class Run:
    """One shopper's story; ``given`` is what the process that dies is told to do it with."""

    number: int
    cart: Cart
    given: dict[str, Any]
    end: End | None = None
    began: datetime = field(default_factory=lambda: now() - timedelta(seconds=1))

    @property
    def email(self) -> str:
        return f"run-{self.number}@example.eu"

    @property
    def orders(self) -> list[Order]:
        return list(Order.objects.filter(cart=self.cart).order_by("pk"))

    @property
    def died_at(self) -> str:
        return self.end.last if self.end else "nowhere"


class Processes(Protocol):
    """Who does acts, each in a process of its own or as if it were."""

    def run(self, act: str, *, kill_at: int = 0, **given: Any) -> End: ...


class World:
    """Makes runs, lets time pass, heals, and checks what must be true of all of them."""

    def __init__(self, stripe: StripeSandbox, mailbox: Mailbox, forks: Processes) -> None:
        self.stripe, self.mailbox, self.forks = stripe, mailbox, forks
        self.owner: User = make_user("olive", is_superuser=True)
        self.runs: list[Run] = []
        self.made: dict[int, int] = {}
        # Deaths after a letter had gone out, before that was written down.
        self.doubts = 0
        self.began = now() - timedelta(seconds=1)
        # The same three for everybody: they have their accounts at Stripe once.
        self.makers = [make_collection() for _maker in range(3)]
        make_rate()

    def act(self, name: str, *, kill_at: int = 0, **given: Any) -> End:
        """Do an act in a process of its own."""
        end = self.forks.run(name, kill_at=kill_at, **given)
        if end.was_killed and "after letter" in end.last:
            self.doubts += 1
        return end

    # --- What a scenario begins with -------------------------------------------------------

    def basket(self, *pieces: Piece) -> Run:
        """A ring of which there is one, one of three studs, and a piece that will be made."""
        pieces = pieces or self._pieces()
        cart = basket_of(*pieces)
        self.made |= {only_variant(piece).pk: only_variant(piece).stock for piece in pieces}
        run = Run(len(self.runs) + 1, cart, {"cart": cart.pk})
        run.given["email"] = run.email
        self.runs.append(run)
        return run

    def _pieces(self) -> tuple[Piece, ...]:
        ring, studs, made = self.makers
        return (
            make_piece(collection=ring),
            _studs(collection=studs),
            made_to_order(collection=made),
        )

    def opened(self, *pieces: Piece) -> Run:
        """A basket whose session waits to be paid."""
        run = self.basket(*pieces)
        checkout.open_session(begin(run.cart, email=run.email))
        run.given = {"cart": run.cart.pk}
        return run

    def paid(self, *pieces: Piece, **how: Any) -> Run:
        """Its shopper has paid at Stripe, and the shop does not know."""
        run = self.opened(*pieces)
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

    def bought(self, *pieces: Piece) -> Run:
        """Paid, and the shop knows; nobody has written yet."""
        run = self.paid(*pieces)
        settlement.settle(run.given["session"])
        run.given = {}
        return run

    def refundable(self) -> Run:
        """Bought; the owner is about to give something back."""
        run = self.bought()
        run.given = {"order": run.orders[0].pk, "by": self.owner.pk, "token": str(uuid4())}
        return run

    def posted(self) -> Run:
        """Its parcels left some days ago: their makers, who have accounts, are to be paid."""
        # Two makers: what happens to a third is what happened to the second.
        ring, studs, _made = self.makers
        run = self.bought(make_piece(collection=ring), _studs(collection=studs))
        order = run.orders[0]
        for parcel in order.parcels.filter(designer__account=None).select_related("designer"):
            payout_builders.account(parcel.designer, self.stripe)
        payout_builders.posted(order)
        run.given = {"order": order.pk}
        return run

    def paid_out(self) -> Run:
        """Its makers are paid; the owner is about to give something back."""
        run = self.posted()
        for payout in payouts.due().filter(parcel__order=run.orders[0]):
            payouts.send(payout)
        run.given |= {"by": self.owner.pk, "token": str(uuid4())}
        return run

    def given_back(self) -> Run:
        """Its makers were paid, and the shopper got back a part that is to be taken from them."""
        run = self.paid_out()
        give_back(**run.given)
        run.given = {"order": run.orders[0].pk}
        return run

    def attempt(self, run: Run) -> PaymentAttempt:
        return (
            PaymentAttempt.objects.select_related("order").filter(order__cart=run.cart).latest("pk")
        )

    # --- What happens after a death ----------------------------------------------------------

    def sessions(self, since: datetime | None = None) -> dict[str, list[Session]]:
        """This shop's sessions at Stripe, by the number of their order."""
        found: dict[str, list[Session]] = {}
        for session in payments.list_sessions(since or self.began):
            if session.metadata.get("env") == payments.environment():
                found.setdefault(session.metadata["number"], []).append(session)
        return found

    def of(self, run: Run, status: str) -> list[str]:
        """The ids of a run's sessions that stand so at Stripe."""
        known = self.sessions(since=run.began)
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

    def bank_pays(self, run: Run) -> None:
        """The money arrives days later, and nobody hears of it."""
        self.stripe.act("delayed_succeeds", run.given["event"]["data"]["object"]["id"])

    # --- Healing -------------------------------------------------------------------------------

    def heal(self, rounds: int = 3) -> None:
        """New processes repair what the dead left, in their own time, and Stripe's pages end."""
        for _round in range(rounds):
            let_time_pass(minutes=40)
            self.act("heal")
            for session in chain.from_iterable(self.sessions().values()):
                if session.status == "open":
                    self.stripe.act("expire", session.id)

    def check(self) -> None:
        """Everything that must be true of every run; says where one died of which it is not."""
        sessions = self.sessions()
        letters = Counter(str(letter["To"]) for letter in self.mailbox.letters)
        twice = 0
        for run in self.runs:
            try:
                invariants.check_money(run.orders, sessions)
                invariants.check_holds(run.orders)
                invariants.check_makers(run.orders)
                twice += invariants.letters_too_many(run.orders, letters[run.email])
            except AssertionError as wrong:
                raise AssertionError(f"run {run.number}, died at {run.died_at}: {wrong}") from wrong
        assert twice <= self.doubts, f"{twice} letters came twice"
        for variant in Variant.objects.filter(pk__in=self.made):
            invariants.check_stock(variant, self.made[variant.pk])
        invariants.check_both_sides(sessions)


def _studs(**columns: Any) -> Piece:
    return make_piece(stock=3, making=Piece.Making.STOCKED, price=4_500, **columns)


def made_to_order(**columns: Any) -> Piece:
    return make_piece(making=Piece.Making.MADE_TO_ORDER, **columns)


def let_time_pass(*, minutes: int) -> None:
    """Move every moment that the orders know into the past."""
    models: list[type[Model]] = [*apps.get_app_config("orders").get_models(), Variant, DBTaskResult]
    for model in models:
        moments = [field.name for field in model._meta.fields if isinstance(field, DateTimeField)]
        ago = {name: F(name) - timedelta(minutes=minutes) for name in moments}
        if ago:
            model._default_manager.update(**ago)
