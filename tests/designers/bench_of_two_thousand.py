"""A maker with two thousand pieces, made at once, and every page of the workshop they can open."""

import re
from collections.abc import Iterator
from datetime import timedelta

from django.contrib import admin
from django.contrib.auth.models import User
from django.db import models
from django.http import HttpRequest
from django.test import Client, RequestFactory
from django.urls import reverse
from django.utils.timezone import now

from catalog.models import Photo, Piece, PieceMaterial, Variant
from designers.models import Designer, Invitation, Technique
from designers.ownership import owned
from orders.models import AfterSale
from tests import factories as make

PIECES, A_COLLECTION = 2_000, 50


def stock_up(designer: Designer) -> None:
    """Forty collections of fifty pieces; the first piece and the first collection are rich."""
    silver = make.make_material()
    collections = [
        make.make_collection(designer=designer, title=f"Low Water {number}", pk=1 + number)
        for number in range(PIECES // A_COLLECTION)
    ]
    made = Piece.objects.bulk_create(
        Piece(
            pk=1 + number,
            collection=collections[number // A_COLLECTION],
            designer=designer,
            title=f"Tidestone ring {number}",
            slug=f"ring-{number}",
            kind="ring",
            price=64_000,
            material_line="Sterling silver",
            status="live",
            sized="ring",
        )
        for number in range(PIECES)
    )
    first = made[0]
    sizes = [Variant(piece=first, label=str(mm), size=mm * 100, stock=1) for mm in range(50, 59)]
    Variant.objects.bulk_create([*sizes, *(Variant(piece=piece, stock=1) for piece in made[1:])])
    PieceMaterial.objects.bulk_create(PieceMaterial(piece=p, material=silver) for p in made)
    Photo.objects.bulk_create(
        Photo(pk=1 + number, designer=designer, piece=piece, alt="A ring", state="ready")
        for number, piece in enumerate([*made, *[first] * 11])
    )
    for place in range(12):
        kind = ["text", "pair", "beside", "photograph"][place % 4]
        collections[0].blocks.create(kind=kind, text="At six.", position=place + 2)
    _sell(made[1:25])
    Technique.objects.create(designer=designer, title="Granulation", text="Grains of silver.")
    Invitation.objects.create(designer=designer, email="ruta@example.lt")


def _sell(pieces: list[Piece]) -> None:
    orders = [make.make_order(piece, paid_at=now() - timedelta(days=3)) for piece in pieces]
    AfterSale.objects.create(parcel=orders[0].parcels.get(), kind="repair", words="A dent.")


def pages_of(user: User, client: Client) -> dict[str, str]:
    """Every page that answers to a GET of this person, by its name."""
    found = addresses_of(user)
    return {name: url for name, url in found.items() if client.get(url).status_code == 200}


def addresses_of(user: User) -> dict[str, str]:
    """Every address of the workshop, filled with what is this person's: found, not listed."""
    found = {"index": reverse("admin:index"), "password": reverse("admin:password_change")}
    for model, keeper in admin.site._registry.items():
        base = reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_changelist")
        for route in _routes(keeper):
            for url in _filled(base + route, model, user):
                found[f"{model._meta.model_name} {route or 'list'}"] = url
    return found


def _routes(keeper: admin.ModelAdmin[models.Model]) -> Iterator[str]:
    for pattern in keeper.get_urls():
        route = str(pattern.pattern)
        if route != "<path:object_id>/" and not re.search(r"<str:|\.csv", route):
            yield route


def _filled(url: str, model: type[models.Model], user: User) -> Iterator[str]:
    """With the first thing of one's own, where the address names one."""
    if "<" not in url:
        yield url
        return
    request: HttpRequest = RequestFactory().get("/")
    request.user = user
    if first := owned(model, request).order_by("pk").first():
        yield re.sub(r"<[^>]+>", str(first.pk), url)
