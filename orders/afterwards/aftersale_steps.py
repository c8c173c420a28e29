"""Who may take which step with a request, from which state, and who is written to.

    calling off    asked ─ agree ─> done;   refuse, withdraw; overtake: it was posted meanwhile
    sending back   asked ─ accept ─> accepted ─ post ─> posted ─ arrive ─> arrived
                   ─ give back ─> refunded;   refuse, withdraw, lapse
    another size,  asked ─ quote ─> quoted ─ approve ─> accepted ─ post ─> posted ─ arrive ─>
    mending        arrived ─ finish ─> done ─ send back ─> sent back;   refuse, withdraw, lapse

This table is all there is: a step that is not in it does not exist.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum

from orders.models import AfterSale

State = AfterSale.State
Kind = AfterSale.Kind


class Actor(StrEnum):
    SHOPPER = "shopper"
    MAKER = "maker"
    OWNER = "owner"
    SHOP = "shop"  # by itself: the sweep, or another event


class Act(StrEnum):
    AGREE = "agree"
    ACCEPT = "accept"
    QUOTE = "quote"
    APPROVE = "approve"
    REFUSE = "refuse"
    WITHDRAW = "withdraw"
    POST = "post"
    ARRIVE = "arrive"
    GIVE_BACK = "give_back"
    FINISH = "finish"
    SEND_BACK = "send_back"
    OVERTAKE = "overtake"
    LAPSE = "lapse"


@dataclass(frozen=True, slots=True)
class Step:
    """One row of the table; ``tells`` are those who get a letter."""

    act: Act
    kinds: tuple[str, ...]
    leaves: tuple[str, ...]
    enters: str
    by: tuple[Actor, ...]
    tells: tuple[Actor, ...]


_BACK = (Kind.RETURN,)
_MENDS = AfterSale.MENDS
_SENT = (*_BACK, *_MENDS)
_ALL = tuple(Kind)
# The shop's owner may answer for a maker who is away.
_BENCH = (Actor.MAKER, Actor.OWNER)
_SHOPPER, _MAKER, _OWNER, _SHOP = (Actor.SHOPPER,), (Actor.MAKER,), (Actor.OWNER,), (Actor.SHOP,)
_BOTH = (Actor.SHOPPER, Actor.MAKER)
_AGREEING = (State.QUOTED, State.ACCEPTED)
# What comes late comes all the same.
_COMING = (State.ACCEPTED, State.POSTED, State.LAPSED)

STEPS: tuple[Step, ...] = (
    Step(Act.AGREE, (Kind.CANCELLATION,), (State.ASKED,), State.DONE, _BENCH, _SHOPPER),
    Step(Act.OVERTAKE, (Kind.CANCELLATION,), (State.ASKED,), State.LAPSED, _SHOP, _SHOPPER),
    Step(Act.ACCEPT, _BACK, (State.ASKED,), State.ACCEPTED, _BENCH, _SHOPPER),
    Step(Act.QUOTE, _MENDS, (State.ASKED,), State.QUOTED, _BENCH, _SHOPPER),
    Step(Act.APPROVE, _MENDS, (State.QUOTED,), State.ACCEPTED, _SHOPPER, _MAKER),
    Step(Act.REFUSE, _ALL, (State.ASKED,), State.REFUSED, _BENCH, _SHOPPER),
    # What came back worn or broken: there is money in it, so the owner decides.
    Step(Act.REFUSE, _BACK, (State.ARRIVED,), State.REFUSED, _OWNER, _BOTH),
    Step(Act.WITHDRAW, _ALL, (State.ASKED,), State.WITHDRAWN, _SHOPPER, _MAKER),
    Step(Act.WITHDRAW, _BACK, (State.ACCEPTED,), State.WITHDRAWN, _SHOPPER, _MAKER),
    Step(Act.WITHDRAW, _MENDS, _AGREEING, State.WITHDRAWN, _SHOPPER, _MAKER),
    Step(Act.POST, _SENT, (State.ACCEPTED,), State.POSTED, _SHOPPER, _MAKER),
    Step(Act.ARRIVE, _BACK, _COMING, State.ARRIVED, _BENCH, (Actor.SHOPPER, Actor.OWNER)),
    Step(Act.ARRIVE, _MENDS, _COMING, State.ARRIVED, _BENCH, _SHOPPER),
    # The refund writes to the shopper itself.
    Step(Act.GIVE_BACK, _BACK, (State.ARRIVED,), State.REFUNDED, (*_OWNER, *_SHOP), _MAKER),
    Step(Act.FINISH, _MENDS, (State.ARRIVED,), State.DONE, _BENCH, _SHOPPER),
    Step(Act.SEND_BACK, _MENDS, (State.ARRIVED, State.DONE), State.SENT_BACK, _BENCH, _SHOPPER),
    Step(Act.LAPSE, _BACK, (State.ACCEPTED,), State.LAPSED, _SHOP, _BOTH),
    Step(Act.LAPSE, _MENDS, _AGREEING, State.LAPSED, _SHOP, _BOTH),
)


def step(kind: str, state: str, act: str, actor: str) -> Step | None:
    """The step of this act from this state by this actor; None where it is not allowed."""
    found = (s for s in STEPS if s.act == act and kind in s.kinds and state in s.leaves)
    return next((s for s in found if actor in s.by), None)


def open_to(kind: str, state: str, actor: str) -> Iterator[Step]:
    """What somebody may do next, in the order of the table."""
    rows = (s for s in STEPS if kind in s.kinds and state in s.leaves)
    return (s for s in rows if actor in s.by)
