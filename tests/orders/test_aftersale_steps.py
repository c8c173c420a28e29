"""Every state, act and actor: what the table allows happens once, anything else not at all."""

from itertools import product
from typing import Any

import pytest
from django.db import transaction

from orders.afterwards import aftersale
from orders.afterwards.aftersale import NotNow
from orders.afterwards.aftersale_steps import Act, Actor
from orders.letters import LETTERS
from orders.models import AfterSale, AfterSaleLine, OrderEvent, OrderLine, OutboxLetter, Parcel
from tests.factories import make_order, make_piece

pytestmark = pytest.mark.django_db
Kind, State = AfterSale.Kind, AfterSale.State

# kinds | from | act | to | by | whom a letter goes to. Written out again on purpose: this is what
# was agreed, and not what the code says.
AGREED = """
cancellation         | asked            | agree     | done      | maker owner | shopper
cancellation         | asked            | overtake  | lapsed    | shop        | shopper
return               | asked            | accept    | accepted  | maker owner | shopper
resize repair        | asked            | quote     | quoted    | maker owner | shopper
resize repair        | quoted           | approve   | accepted  | shopper     | maker
cancellation return resize repair | asked | refuse  | refused   | maker owner | shopper
return               | arrived          | refuse    | refused   | owner       | shopper maker
cancellation return resize repair | asked | withdraw | withdrawn | shopper   | maker
return               | accepted         | withdraw  | withdrawn | shopper     | maker
resize repair        | quoted accepted  | withdraw  | withdrawn | shopper     | maker
return resize repair | accepted         | post      | posted    | shopper     | maker
return               | accepted posted lapsed | arrive | arrived | maker owner | shopper owner
resize repair        | accepted posted lapsed | arrive | arrived | maker owner | shopper
return               | arrived          | give_back | refunded  | owner shop  | maker
resize repair        | arrived          | finish    | done      | maker owner | shopper
resize repair        | arrived done     | send_back | sent_back | maker owner | shopper
return               | accepted         | lapse     | lapsed    | shop        | shopper maker
resize repair        | quoted accepted  | lapse     | lapsed    | shop        | shopper maker
"""


def _agreed() -> dict[tuple[str, str, str, str], tuple[str, set[str]]]:
    allowed = {}
    for row in AGREED.strip().splitlines():
        kinds, states, act, to, actors, tells = (part.split() for part in row.split("|"))
        for kind, state, actor in product(kinds, states, actors):
            allowed[kind, state, act[0], actor] = (to[0], set(tells))
    return allowed


ALLOWED = _agreed()


@pytest.fixture
def parcel() -> Parcel:
    return make_order(make_piece()).parcels.get()


def stand(parcel: Parcel, kind: str, state: str) -> AfterSale:
    """A request as it is in this state, its piece counted as asked about while it is open."""
    asked = AfterSale.objects.create(parcel=parcel, kind=kind, state=state)
    line = parcel.lines.get()
    AfterSaleLine.objects.create(aftersale=asked, line=line)
    counts = kind != Kind.CANCELLATION and state not in AfterSale.OVER
    OrderLine.objects.filter(pk=line.pk).update(asked_quantity=int(counts))
    return asked


@pytest.mark.parametrize("state", State.values)
@pytest.mark.parametrize("kind", Kind.values)
def test_only_what_is_agreed_happens(parcel: Parcel, kind: str, state: str) -> None:
    for act, actor in product(Act, Actor):
        if state == State.REFUNDED and kind != Kind.RETURN:
            continue  # the database forbids it
        sid = transaction.savepoint_create()
        asked = stand(parcel, kind, state)
        expected = ALLOWED.get((kind, state, act.value, actor.value))
        if expected is None:
            with pytest.raises(NotNow):
                aftersale.take(asked, act, actor)
            asked.refresh_from_db()
            assert asked.state == state
            assert not OrderEvent.objects.exists()
            assert not OutboxLetter.objects.exists()
        else:
            _happens(asked, act, actor, expected)
        transaction.savepoint_rollback(sid)


def _happens(asked: AfterSale, act: Act, actor: Actor, expected: tuple[str, set[str]]) -> None:
    to, tells = expected
    stale = AfterSale.objects.get(pk=asked.pk)
    aftersale.take(asked, act, actor)
    assert AfterSale.objects.get().state == to
    event = OrderEvent.objects.get()
    assert (event.kind, event.aftersale) == (f"aftersale_{act}", asked)
    whom = {kind.rpartition("_")[2] for kind in OutboxLetter.objects.values_list("kind", flat=True)}
    by_owner = (asked.kind, stale.state, act.value, "maker") in ALLOWED and actor == Actor.OWNER
    assert whom == tells | ({"maker"} if by_owner else set())
    counts = asked.kind != Kind.CANCELLATION and to not in AfterSale.OVER
    assert OrderLine.objects.get().asked_quantity == int(counts)
    with pytest.raises(NotNow):  # pressed twice, with a page read before
        aftersale.take(stale, act, actor)
    assert OrderEvent.objects.count() == 1


def test_each_step_can_be_reached_from_the_beginning() -> None:
    for kind in Kind.values:
        seen = {"asked"}
        mine = {key: to for key, (to, _tells) in ALLOWED.items() if key[0] == kind}
        for _round in State.values:
            seen |= {to for key, to in mine.items() if key[1] in seen}
        assert {key[1] for key in mine} <= seen


def test_every_letter_that_a_step_writes_has_words() -> None:
    for (_kind, _state, act, actor), (_to, tells) in ALLOWED.items():
        for whom in tells | ({"maker"} if actor == "owner" else set()):
            assert f"aftersale_{act}_{whom}" in LETTERS


def test_a_request_is_never_in_a_state_it_cannot_have(parcel: Parcel) -> None:
    from django.db import IntegrityError

    with pytest.raises(IntegrityError), transaction.atomic():
        stand(parcel, Kind.REPAIR, State.REFUNDED)
    stand(parcel, Kind.CANCELLATION, State.ASKED)
    again: dict[str, Any] = {"parcel": parcel, "kind": Kind.CANCELLATION}
    with pytest.raises(IntegrityError), transaction.atomic():
        AfterSale.objects.create(**again, state=State.DONE)
