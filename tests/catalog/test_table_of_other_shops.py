"""A maker who moves here sends what Etsy or Shopify gave them."""

from collections.abc import Callable

import pytest
from django.contrib.auth.models import User
from django.test import Client

from catalog.models import Collection, Piece
from designers.models import Designer
from tests import factories as make
from tests.catalog import tables

LogIn = Callable[[User], Client]
ETSY = {
    "TITLE": "Rope band, hand forged",
    "DESCRIPTION": "Forged by the sea.\n\nEach one differs.",
    "PRICE": "98.50",
    "CURRENCY_CODE": "EUR",
    "QUANTITY": "3",
    "TAGS": "ring,silver",
    "MATERIALS": "silver",
    "IMAGE1": "https://example.com/1.jpg",
    "VARIATION 1 TYPE": "",
    "VARIATION 1 NAME": "",
    "VARIATION 1 VALUES": "",
    "SKU": "RB-1",
}
SHOPIFY = {
    "Handle": "kelp-cuff",
    "Title": "Kelp cuff",
    "Body (HTML)": "<p>Cast from kelp &amp; sand.</p><p>Heavy.</p>",
    "Vendor": "Inês",
    "Option1 Name": "Size",
    "Option1 Value": "S",
    "Variant SKU": "KC-S",
    "Variant Grams": "42.0",
    "Variant Inventory Qty": "1",
    "Variant Price": "340.00",
    "Image Src": "https://example.com/k.jpg",
}


@pytest.fixture
def client(alice: User, logged_in: LogIn) -> Client:
    return logged_in(alice)


@pytest.fixture
def shore(ines: Designer) -> Collection:
    return make.make_collection(designer=ines, title="Low Water")


def test_etsy(client: Client, shore: Collection, ines: Designer) -> None:
    sized = ETSY | {
        "TITLE": "Tide",
        "SKU": "T-52,T-54",
        "VARIATION 1 TYPE": "Ring size",
        "VARIATION 1 VALUES": "52,54",
    }
    said = {"collection": shore.pk, "kind": "ring"}
    answer = tables.look(client, [ETSY, sized], ines, **said)
    assert tables.errors_of(answer) == ""
    assert "A file of Etsy" in answer.content.decode()
    tables.take_over(client, answer)
    band, tide = Piece.objects.order_by("position")
    assert (band.title, band.price, band.kind, band.making) == (
        "Rope band, hand forged",
        9_850,
        "ring",
        "stocked",
    )
    assert band.text == "Forged by the sea.\n\nEach one differs."
    assert (band.variants.get().stock, band.variants.get().sku) == (3, "RB-1")
    assert [(size.label, size.stock) for size in tide.variants.all()] == [("52", 0), ("54", 0)]
    # The same file again changes nothing: its numbers find what it made.
    again = tables.look(client, [ETSY, sized], ines, **said)
    assert again.context["counts"] == {"new": 0, "changed": 0, "same": 2, "wrong": 0}


def test_etsy_in_another_currency_is_not_guessed_at(
    client: Client, shore: Collection, ines: Designer
) -> None:
    answer = tables.send(client, tables.csv_of([ETSY | {"CURRENCY_CODE": "USD"}]), ines)
    assert answer.status_code == 400
    assert "Line 2: its price is in USD, the shop’s are in EUR." in tables.errors_of(answer)


def test_shopify(client: Client, shore: Collection, ines: Designer) -> None:
    second = {"Handle": "kelp-cuff", "Option1 Value": "M", "Variant Inventory Qty": "2"}
    rows = [
        SHOPIFY,
        second | {"Variant Price": "340.00", "Variant SKU": "KC-M"},
        {"Handle": "kelp-cuff", "Image Src": "https://example.com/k2.jpg"},
        SHOPIFY | {"Handle": "reed", "Title": "Reed studs", "Option1 Value": "Default Title"},
    ]
    answer = tables.look(client, rows, ines, collection=shore.pk)
    assert tables.errors_of(answer) == ""
    tables.take_over(client, answer)
    cuff, studs = Piece.objects.order_by("position")
    assert (cuff.kind, cuff.price, cuff.weight) == ("cuff", 34_000, 42_000)
    assert cuff.text == "Cast from kelp & sand.\n\nHeavy."
    assert {size.label: size.stock for size in cuff.variants.all()} == {"S": 1, "M": 2}
    assert studs.variants.get().stock == 1
