"""Every change is in the history, with what was and what is; one's own only."""

from collections.abc import Callable
from typing import Any

import pytest
from django.contrib.admin.models import LogEntry
from django.contrib.auth.models import User
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from catalog.models import Piece
from designers.models import Designer, Happening, Technique
from orders.models import Parcel
from tests import factories as make
from tests.designers.forms import form_of

LogIn = Callable[[User], Client]
pytestmark = pytest.mark.django_db


@pytest.fixture
def piece(ines: Designer) -> Piece:
    collection = make.make_collection(designer=ines, title="Low Water")
    return make.make_piece(collection=collection, title="Harbour Lamp ring", price=12_000)


def change_of(thing: object) -> str:
    meta = thing._meta  # type: ignore[attr-defined]
    name = f"admin:{meta.app_label}_{meta.model_name}_change"
    return reverse(name, args=[thing.pk])  # type: ignore[attr-defined]


def happened(designer: Designer) -> str:
    return reverse("admin:designers_designer_happened", args=[designer.pk])


def last() -> str:
    return str(LogEntry.objects.order_by("-pk")[0].change_message)


def test_fields_are_told_before_and_after(piece: Piece, alice: User, logged_in: LogIn) -> None:
    client, page = logged_in(alice), change_of(piece)
    sent = form_of(client, page)
    client.post(page, sent | {"price": "135", "making": "stocked", "lead_days": "9"})
    assert "Price: 120\N{NO-BREAK SPACE}€ → 135\N{NO-BREAK SPACE}€" in last()
    assert "one of a kind → kept ready" in last()
    assert "→ 9" in last()
    history = client.get(page.replace("/change/", "/history/")).content.decode()
    assert "120\N{NO-BREAK SPACE}€ → 135\N{NO-BREAK SPACE}€" in history


def test_kept_as_it_was_is_no_change(piece: Piece, alice: User, logged_in: LogIn) -> None:
    client, page = logged_in(alice), change_of(piece)
    assert client.post(page, form_of(client, page)).status_code == 302
    assert not LogEntry.objects.exists(), last()


def test_rows_are_told_with_their_fields(ines: Designer, alice: User, logged_in: LogIn) -> None:
    Technique.objects.create(designer=ines, title="Raising", text="With a hammer.")
    client, page = logged_in(alice), change_of(ines)
    sent = form_of(client, page)
    sent |= {"techniques-0-title": "Sinking", "techniques-1-title": "Chasing"}
    sent |= {"techniques-1-text": "With a punch."}
    client.post(page, sent)
    assert "Technique “Sinking”: Technique: Raising → Sinking" in last()
    assert "Technique “Chasing” added" in last()
    sent = form_of(client, page) | {"techniques-0-DELETE": "on"}
    client.post(page, sent)
    assert "Technique “Sinking” taken out" in last()


def test_long_texts_are_told_where_they_differ(
    ines: Designer, alice: User, logged_in: LogIn
) -> None:
    Designer.objects.filter(pk=ines.pk).update(statement="I hammer silver. " * 40 + "In Porto.")
    client, page = logged_in(alice), change_of(ines)
    sent = form_of(client, page)
    client.post(page, sent | {"statement": "I hammer silver. " * 40 + "In Lisbon."})
    assert "In Porto" in last()
    assert "In Lisbon" in last()
    assert len(last()) < 220


def test_the_grid_tells_each_piece(piece: Piece, alice: User, logged_in: LogIn) -> None:
    other = make.make_piece(collection=piece.collection, price=5_000)
    client = logged_in(alice)
    url = reverse("admin:catalog_piece_changelist")
    context = client.get(url).context
    formset = context["cl"].formset
    sent = {f"form-{name}": value for name, value in formset.management_form.initial.items()}
    for form in formset.forms:
        sent |= {field.html_name: field.value() for field in form if field.value() is not None}
        sent |= {f.html_initial_name: f.value() for f in form if f.field.show_hidden_initial}
    at = next(n for n, form in enumerate(formset.forms) if form.instance == other)
    client.post(url, sent | {f"form-{at}-price": "60", "_save": "1"})
    entry = LogEntry.objects.get()
    assert entry.object_id == str(other.pk)
    assert "50\N{NO-BREAK SPACE}€ → 60\N{NO-BREAK SPACE}€" in entry.change_message


def test_secrets_are_not_told(owner: User, alice: User, logged_in: LogIn) -> None:
    page = reverse("admin:auth_user_password_change", args=[alice.pk])
    new = {
        "password1": "amber-and-rope-9",
        "password2": "amber-and-rope-9",
        "usable_password": "true",
    }
    assert logged_in(owner).post(page, new).status_code == 302
    assert "changed" in last()
    assert "amber" not in last()


def test_an_act_that_only_says_something_is_told(
    piece: Piece, alice: User, logged_in: LogIn
) -> None:
    photo = make.make_photo(piece.designer, piece=piece)
    client, page = logged_in(alice), change_of(photo)
    client.post(page, form_of(client, page) | {"_out": "1"})
    assert "lies loose" in last()
    assert LogEntry.objects.get().object_id == str(photo.pk)


def test_publishing_is_told(piece: Piece, alice: User, logged_in: LogIn) -> None:
    client, page = logged_in(alice), change_of(piece.collection)
    client.post(page, form_of(client, page) | {"_unpublish": "1"})
    assert LogEntry.objects.filter(object_id=str(piece.collection.pk)).exists()


def test_the_workshop_reads_its_own_and_sifts_it(
    piece: Piece, alice: User, bob: User, henrik: Designer, logged_in: LogIn
) -> None:
    ruta = make.make_member(piece.designer, "ruta", role="editor")
    for user, price in ((alice, "130"), (ruta, "140")):
        client, page = logged_in(user), change_of(piece)
        client.post(page, form_of(client, page) | {"price": price})
    theirs = logged_in(bob)
    theirs.post(change_of(henrik), form_of(theirs, change_of(henrik)) | {"trade": "Secret trade"})
    client = logged_in(alice)
    text = client.get(happened(piece.designer)).content.decode()
    assert "120\N{NO-BREAK SPACE}€ → 130\N{NO-BREAK SPACE}€" in text
    assert "130\N{NO-BREAK SPACE}€ → 140\N{NO-BREAK SPACE}€" in text
    assert "ecret" not in text
    assert "henrik" not in text.lower()
    rutas = client.get(happened(piece.designer), {"who": ruta.pk}).content.decode()
    assert "130\N{NO-BREAK SPACE}€ → 140\N{NO-BREAK SPACE}€" in rutas
    assert "120\N{NO-BREAK SPACE}€ → 130\N{NO-BREAK SPACE}€" not in rutas
    for wish in ({"who": bob.pk}, {"what": "x"}, {"before": "-1"}, {"before": "9" * 30}):
        assert client.get(happened(piece.designer), wish).status_code == 200
    assert client.get(happened(henrik)).status_code == 404


def test_what_is_taken_out_stays_in_the_history(
    piece: Piece, alice: User, logged_in: LogIn
) -> None:
    photo = make.make_photo(piece.designer, piece=piece, original_name="tide.jpg")
    logged_in(alice).post(reverse("admin:catalog_photo_delete", args=[photo.pk]), {"post": "yes"})
    text = logged_in(alice).get(happened(piece.designer)).content.decode()
    assert "taken out" in text
    assert Happening.objects.get().designer == piece.designer


def test_money_and_people_are_for_owners_eyes(piece: Piece, alice: User, logged_in: LogIn) -> None:
    ruta = make.make_member(piece.designer, "ruta", role="editor")
    member = reverse(
        "admin:designers_designer_person", args=[piece.designer.pk, ruta.memberships.get().pk]
    )
    logged_in(alice).post(member, {"role": "editor", "_out": ""})
    logged_in(alice).post(member, {"role": "editor", "_in": ""})
    assert "works here no more" in logged_in(alice).get(happened(piece.designer)).content.decode()
    assert "works here" not in logged_in(ruta).get(happened(piece.designer)).content.decode()


def test_parcels_are_in_it(piece: Piece, alice: User, logged_in: LogIn) -> None:
    make.make_order(piece)
    parcel = Parcel.objects.get()
    page = change_of(parcel)
    logged_in(alice).post(page, {"_stage": "1"})
    entries = LogEntry.objects.filter(happening__designer=piece.designer)
    assert entries.filter(content_type__model="parcel").exists()


def test_queries_do_not_grow_with_the_history(piece: Piece, alice: User, logged_in: LogIn) -> None:
    client = logged_in(alice)
    counts: list[int] = []
    answers: list[Any] = []
    for _more in range(2):
        entries = LogEntry.objects.log_actions(alice.pk, [piece] * 60, 2, "Price: 1 → 2")
        Happening.objects.bulk_create(
            Happening(entry=entry, designer=piece.designer) for entry in entries
        )
        client.get(happened(piece.designer))
        with CaptureQueriesContext(connection) as queries:
            answers.append(client.get(happened(piece.designer)))
        counts.append(len(queries))
        assert len(answers[-1].content) < 150_000
    assert counts[0] == counts[1] <= 12
    assert "before=" in answers[-1].content.decode()
