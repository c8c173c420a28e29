"""Who may see and change what: docs/people.md as a table, each cell asked of the real pages."""

import re
from collections.abc import Callable

import pytest
from django.contrib import admin
from django.contrib.auth.models import User
from django.db import models
from django.test import Client
from django.urls import reverse
from pytest_django.fixtures import Settings

from designers.models import Designer, Invitation, Member
from designers.ownership import owned
from orders.models import AfterSale, DesignerAccount, ShippingRate
from tests import factories as make

LogIn = Callable[[User], Client]
pytestmark = pytest.mark.django_db

# v sees, a adds, c changes, d takes out. What is not named here is the shop's owner's alone.
NONE = {"owner": "", "editor": "", "bench": ""}
WORK = {"owner": "vacd", "editor": "vacd", "bench": "v"}
MATRIX = {
    "catalog.Collection": WORK,
    "catalog.Piece": WORK,
    # Photographs are dropped on a collection, so their list has no page that adds one.
    "catalog.Photo": {"owner": "vcd", "editor": "vcd", "bench": "v"},
    "catalog.Inspiration": {"owner": "v", "editor": "v", "bench": "v"},
    "catalog.Material": {"owner": "v", "editor": "v", "bench": "v"},
    "designers.Designer": {"owner": "vc", "editor": "vc", "bench": "v"},
    "designers.Invitation": {"owner": "vad", "editor": "", "bench": ""},
    "designers.Member": {"owner": "v", "editor": "", "bench": ""},
    "orders.AfterSale": {"owner": "vc", "editor": "vc", "bench": "vc"},
    "orders.DesignerAccount": {"owner": "v", "editor": "", "bench": ""},
    "orders.Discount": {"owner": "vacd", "editor": "", "bench": ""},
    "orders.Figure": {"owner": "v", "editor": "v", "bench": "v"},
    "orders.Parcel": {"owner": "vc", "editor": "vc", "bench": "vc"},
    "orders.Payout": {"owner": "v", "editor": "", "bench": ""},
    "orders.ShippingRate": {"owner": "vacd", "editor": "v", "bench": "v"},
}
MONEY_AND_PEOPLE = [
    "orders.Payout",
    "orders.DesignerAccount",
    "orders.Discount",
    "designers.Member",
    "designers.Invitation",
]
# Each maker's page that is of no single model: roles that may open it.
PAGES = {
    "admin:designers_designer_people": {"owner"},
    "admin:designers_designer_happened": {"owner", "editor", "bench"},
}
ROLES = list(Member.Role.values)
MODELS = sorted(admin.site._registry, key=lambda model: model._meta.label)


@pytest.fixture
def everything(ines: Designer, alice: User, settings: Settings) -> Designer:
    """One of each thing that a maker can have."""
    settings.STRIPE_CONNECT = True
    piece = make.make_piece(collection=make.make_collection(designer=ines, published=False))
    make.make_photo(ines, piece=piece)
    order = make.make_order(piece)
    AfterSale.objects.create(parcel=order.parcels.get(), kind="repair", words="A dent.")
    Invitation.objects.create(designer=ines, email="ruta@example.lt")
    DesignerAccount.objects.create(designer=ines, parameters={})
    make.make_discount(code="TIDE", designer=ines, funding="designer")
    ShippingRate.objects.create(name="By post", amount=900, days=3, designer=ines)
    return ines


def name_of(model: type[models.Model], place: str) -> str:
    return f"admin:{model._meta.app_label}_{model._meta.model_name}_{place}"


def rights(client: Client, model: type[models.Model], thing: models.Model | None) -> str:
    """What the pages let this person do with a thing, in the letters of the table."""
    keeper, found = admin.site.get_model_admin(model), ""
    request = client.get("/admin/").wsgi_request
    sees = client.get(reverse(name_of(model, "changelist"))).status_code
    assert sees in {200, 302, 303, 403}
    found += "v" if sees != 403 else ""
    found += "a" if client.get(reverse(name_of(model, "add"))).status_code == 200 else ""
    if keeper.has_change_permission(request, thing):
        found += "c"
    elif thing is not None:
        url = reverse(name_of(model, "change"), args=[thing.pk])
        assert client.post(url, {"post": "yes"}).status_code in {403, 404, 405}
    if keeper.has_delete_permission(request, thing):
        found += "d"
    elif thing is not None:
        url = reverse(name_of(model, "delete"), args=[thing.pk])
        assert client.post(url, {"post": "yes"}).status_code in {403, 404}
        assert model._default_manager.filter(pk=thing.pk).exists()
    return found


@pytest.mark.parametrize("role", ROLES)
def test_each_role_may_what_the_table_says(
    role: str, everything: Designer, owner: User, logged_in: LogIn
) -> None:
    client = logged_in(make.make_member(everything, role=role))
    request = logged_in(owner).get("/admin/").wsgi_request
    told, expected = {}, {}
    for model in MODELS:
        label = model._meta.label
        thing = owned(model, request).first() if label in MATRIX else None
        told[label] = rights(client, model, thing)
        expected[label] = MATRIX.get(label, NONE)[role]
    assert told == expected


@pytest.mark.parametrize("role", ["editor", "bench"])
def test_no_address_of_money_and_people_opens(
    role: str, everything: Designer, logged_in: LogIn
) -> None:
    client = logged_in(make.make_member(everything, role=role))
    for label in MONEY_AND_PEOPLE:
        model = next(model for model in MODELS if model._meta.label == label)
        thing = model._default_manager.first()
        base = reverse(name_of(model, "changelist"))
        for pattern in admin.site.get_model_admin(model).get_urls():
            route = str(pattern.pattern)
            if route == "<path:object_id>/":
                continue  # Django's old address; leads to the one that is asked below
            url = base + re.sub(r"<[^>]+>", str(thing.pk if thing else 1), route)
            for answer in (client.get(url), client.post(url, {"post": "yes"})):
                assert answer.status_code in {403, 404, 405}, url


@pytest.mark.parametrize("role", ROLES)
def test_pages_of_a_maker_by_role(role: str, everything: Designer, logged_in: LogIn) -> None:
    client = logged_in(make.make_member(everything, role=role))
    for name, may in PAGES.items():
        status = client.get(reverse(name, args=[everything.pk])).status_code
        assert status == (200 if role in may else 403), name
    member, letter = everything.members.first(), everything.invitations.first()
    assert member
    assert letter
    if role == "owner":
        return
    for name, pk in (
        ("person", member.pk),
        ("letter_again", letter.pk),
        ("letter_back", letter.pk),
    ):
        url = reverse(f"admin:designers_designer_{name}", args=[everything.pk, pk])
        assert client.post(url, {"role": "bench", "_out": ""}).status_code == 403
    assert everything.members.filter(pk=member.pk, role="owner", is_active=True).exists()


def test_the_bench_packs_and_posts(everything: Designer, logged_in: LogIn) -> None:
    client = logged_in(make.make_member(everything, role="bench"))
    parcel = everything.parcels.get()
    for name in ("slip", "bench", "change"):
        assert (
            client.get(reverse(f"admin:orders_parcel_{name}", args=[parcel.pk])).status_code == 200
        )
    page = reverse("admin:orders_parcel_change", args=[parcel.pk])
    assert client.post(page, {"_stage": "1"}).status_code == 302
