"""Who hears of which step after buying, in which words, and once."""

from collections.abc import Callable
from datetime import date
from typing import Any
from uuid import uuid4

import pytest
from django.contrib.auth.models import User
from django.core import mail
from django.core.mail import EmailMultiAlternatives
from pytest_django import DjangoCaptureOnCommitCallbacks, Settings

from designers.models import Designer
from orders import outbox
from orders.afterwards import aftersale
from orders.afterwards.aftersale_steps import STEPS, Actor
from orders.letters import LETTERS
from orders.models import AfterSale, AfterSaleLine, OutboxLetter, Parcel
from shop.letters import NoLonger
from tests.factories import make_collection, make_order, make_piece

pytestmark = pytest.mark.django_db
Kind, State = AfterSale.Kind, AfterSale.State
OURS = sorted(kind for kind in LETTERS if kind.startswith("aftersale_"))


@pytest.fixture
def parcel(ines: Designer) -> Parcel:
    piece = make_piece(collection=make_collection(designer=ines), title="Tide & <b>tow</b> ring")
    return make_order(piece).parcels.get()


def asked(parcel: Parcel, kind: str = Kind.RETURN, **columns: Any) -> AfterSale:
    more: dict[str, Any] = {"until": date(2026, 12, 1), "words": "It is <i>wide</i>."}
    made = AfterSale.objects.create(parcel=parcel, kind=kind, **more | columns)
    if kind != Kind.CANCELLATION:
        AfterSaleLine.objects.create(aftersale=made, line=parcel.lines.get())
    return made


def letter(kind: str, about: AfterSale) -> tuple[Any, str]:
    return LETTERS[f"aftersale_{kind}"](about.pk)


def kinds_of(name: str) -> list[tuple[str, str]]:
    """The kinds and states of requests about which such a letter may be written."""
    act = name.removeprefix("aftersale_").rpartition("_")[0]
    if act in {"ask", "unanswered"}:
        return [(kind, State.ASKED) for kind in Kind.values]
    if act == "call_off":
        return [(Kind.CANCELLATION, State.DONE)]
    return [(kind, step.enters) for step in STEPS if step.act == act for kind in step.kinds]


@pytest.mark.parametrize("name", OURS)
def test_each_can_be_read_as_text_and_as_html(parcel: Parcel, name: str) -> None:
    for kind, state in kinds_of(name):
        about = asked(parcel, kind, state=state, answer="It is <i>so</i>.", days=5, price=1_250)
        told, to = LETTERS[name](about.pk)
        told.send(to)
        about.delete()
    assert mail.outbox
    for sent in mail.outbox:
        assert isinstance(sent, EmailMultiAlternatives)
        html = str(sent.alternatives[0][0])
        for text in (sent.subject, str(sent.body), html):
            assert "%(" not in text
            assert "%s" not in text
            assert "{}" not in text
            assert "None" not in text
        assert "<i>" not in html
        assert "<b>tow" not in html
        assert "Tide & <b>tow</b> ring" in str(sent.body)
        assert parcel.order.number in sent.subject
        assert str(sent.body).count("http") == 1


@pytest.mark.parametrize("name", [name for name in OURS if name.endswith("_shopper")])
def test_the_shoppers_go_to_who_bought_and_lead_to_their_page(parcel: Parcel, name: str) -> None:
    kind, state = kinds_of(name)[0]
    about = asked(parcel, kind, state=state)
    told, to = LETTERS[name](about.pk)
    assert to == "mara@example.com"
    assert told.url.endswith(about.get_absolute_url())
    assert told.heading.endswith(", Mara")


def test_the_makers_go_to_the_maker_and_hold_no_key_to_the_order(
    parcel: Parcel, ines: Designer, alice: User, settings: Settings
) -> None:
    about = asked(parcel)
    told, to = letter("ask_maker", about)
    assert to == ines.email
    assert told.url.endswith(f"/admin/orders/aftersale/{about.pk}/change/")
    assert parcel.order.token not in f"{told}"
    assert (told.quote, told.quoted) == ("It is <i>wide</i>.", "Mara")
    Designer.objects.update(email="")
    assert letter("ask_maker", about)[1] == "alice@example.com"
    alice.delete()
    assert letter("ask_maker", about)[1] == settings.SHOP_EMAIL


def test_the_owners_lead_to_what_is_to_be_done(parcel: Parcel, settings: Settings) -> None:
    about = asked(parcel, state=State.ARRIVED)
    told, to = letter("arrive_owner", about)
    assert to == settings.SHOP_EMAIL
    assert told.act == "Give the money back"
    AfterSale.objects.update(state=State.REFUNDED)
    with pytest.raises(NoLonger):
        letter("arrive_owner", about)


@pytest.mark.parametrize(
    ("name", "state"),
    [
        ("ask_maker", State.ACCEPTED),
        ("unanswered_owner", State.ACCEPTED),
        ("accept_shopper", State.WITHDRAWN),
        ("post_maker", State.LAPSED),
        ("ask_shopper", State.REFUSED),
    ],
)
def test_what_is_no_longer_true_is_not_sent(parcel: Parcel, name: str, state: str) -> None:
    with pytest.raises(NoLonger):
        letter(name, asked(parcel, state=state))


def test_each_goes_out_once_after_the_commit(
    parcel: Parcel,
    settings: Settings,
    django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks,
) -> None:
    settings.TASKS = {"default": {"BACKEND": "django.tasks.backends.immediate.ImmediateBackend"}}
    about = asked(parcel)
    with django_capture_on_commit_callbacks(execute=True):
        aftersale.take(about, "accept", Actor.MAKER, send_to="Rua da Bica 4\nPorto")
        assert mail.outbox == []
    assert [sent.to for sent in mail.outbox] == [["mara@example.com"]]
    assert "Rua da Bica 4" in str(mail.outbox[0].body)
    for written in OutboxLetter.objects.all():
        assert not outbox.send_letter.call(written.pk)
    assert len(mail.outbox) == 1


def test_the_same_step_twice_in_a_life_is_two_letters(parcel: Parcel) -> None:
    about = asked(parcel, state=State.LAPSED)
    aftersale.take(about, "arrive", Actor.MAKER)
    AfterSale.objects.update(state=State.LAPSED)
    parcel.lines.update(asked_quantity=0)
    about.refresh_from_db()
    aftersale.take(about, "arrive", Actor.MAKER)
    assert OutboxLetter.objects.filter(kind="aftersale_arrive_shopper").count() == 2


def test_a_maker_hears_of_what_the_owner_answered(parcel: Parcel, owner: User) -> None:
    about = asked(parcel)
    aftersale.take(about, "accept", Actor.OWNER, by=owner, send_to="x", answer="Of course.")
    written = OutboxLetter.objects.get(kind="aftersale_accept_maker")
    told, _to = LETTERS[written.kind](written.subject)
    assert told.heading == "The shop has answered for you"
    assert (told.quote, told.quoted) == ("Of course.", "Touchmark")


def test_asking_writes_to_both(parcel: Parcel, ready: Callable[[], None]) -> None:
    ready()
    aftersale.ask(parcel, Kind.REPAIR, {parcel.lines.get().pk: 1}, token=uuid4(), words="Bent.")
    written = OutboxLetter.objects.filter(kind__startswith="aftersale_").order_by("kind")
    kinds = list(written.values_list("kind", flat=True))
    assert kinds == ["aftersale_ask_maker", "aftersale_ask_shopper"]


@pytest.fixture
def ready(parcel: Parcel) -> Callable[[], None]:
    """The parcel has left."""

    def leave() -> None:
        from orders import fulfilment

        fulfilment.ship(parcel, carrier="", by_hand=True)

    return leave
