"""What a maker claims of a material is shown with its evidence, or not at all."""

from collections.abc import Callable
from importlib import import_module

import pytest
from django.apps import apps
from django.contrib.auth.models import User
from django.test import Client
from django.urls import reverse

from catalog.models import Piece
from designers.models import Designer
from tests import factories as make
from tests.designers.forms import form_of

LogIn = Callable[[User], Client]


@pytest.fixture
def ring(ines: Designer) -> Piece:
    return make.make_piece(collection=make.make_collection(designer=ines))


@pytest.mark.parametrize(("evidence", "is_shown"), [("", False), ("certificate 114", True)])
def test_shoppers_see_a_claim_only_with_its_evidence(
    evidence: str, is_shown: bool, client: Client, ring: Piece
) -> None:
    ring.piece_materials.create(
        material=make.make_material(),
        purity="925",
        claims=["recycled", "nickel_free", "no such claim"],
        evidence=evidence,
    )
    text = client.get(ring.get_absolute_url()).content.decode()
    assert ("Recycled, nickel-free" in text) == is_shown
    assert ("How we know: certificate 114" in text) == is_shown
    assert "no such claim" not in text


def test_claims_are_ticked_and_kept(alice: User, ring: Piece, logged_in: LogIn) -> None:
    client = logged_in(alice)
    row = ring.piece_materials.create(material=make.make_material(), claims=["recycled"])
    url = reverse("admin:catalog_piece_change", args=[ring.pk])
    sent = form_of(client, url)
    assert sent["piece_materials-0-claims"] == ["recycled"]
    new = {"piece_materials-0-claims": ["traced", "recycled"], "piece_materials-0-purity": "925"}
    client.post(url, sent | new)
    row.refresh_from_db()
    assert (row.claims, row.purity) == (["traced", "recycled"], "925")


def test_a_claim_that_is_none_is_no_choice(alice: User, ring: Piece, logged_in: LogIn) -> None:
    client = logged_in(alice)
    row = ring.piece_materials.create(material=make.make_material())
    url = reverse("admin:catalog_piece_change", args=[ring.pk])
    sent = form_of(client, url) | {"piece_materials-0-claims": ["blessed"], "title": "Kelp ring"}
    answer = client.post(url, sent)
    assert answer.context["errors"]
    assert "Kelp ring" in answer.content.decode()
    row.refresh_from_db()
    assert row.claims == []


@pytest.mark.django_db
def test_metals_known_by_name_are_named_when_the_shop_is_brought_up_to_date() -> None:
    names = ["18 ct rose gold", "Sterling silver", "Gold vermeil", "Platinum 950", "Brass"]
    made = [make.make_material(name=name) for name in names]
    import_module("catalog.migrations.0007_materials").name_the_metals(apps, None)
    for material in made:
        material.refresh_from_db()
    assert [material.metal for material in made] == ["gold", "silver", "", "platinum", ""]
