"""A photograph with a request: clean, private, kept once."""

import io
from collections.abc import Callable
from typing import Any
from uuid import uuid4

import pytest
from django.contrib.auth.models import User
from django.core.cache import cache
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from PIL import Image

from catalog.models.photo import originals
from designers.models import Designer
from orders.models import AfterSale, Order
from tests.factories import make_collection, make_order, make_piece
from tests.orders.test_aftersale_pages import arrived

pytestmark = pytest.mark.django_db
type LogIn = Callable[[User], Client]
SHOPPER = {"Sec-Fetch-Site": "same-origin"}
SECRET = b"taken at 53.27, -9.05 by Jonas"


@pytest.fixture(autouse=True)
def a_fresh_throttle() -> None:
    cache.clear()


@pytest.fixture
def order(ines: Designer) -> Order:
    make_order(make_piece(collection=make_collection(designer=ines)))
    return arrived()


def picture(name: str = "claw.jpg") -> SimpleUploadedFile:
    file = io.BytesIO()
    Image.new("RGB", (300, 200), "#886644").save(file, "JPEG", comment=SECRET)
    return SimpleUploadedFile(name, file.getvalue() + b"<script>", "image/jpeg")


def ask(order: Order, file: SimpleUploadedFile, **typed: Any) -> Any:
    shopper = Client(headers=SHOPPER)
    parcel = order.parcels.get()
    address = f"/orders/{order.token}/parcels/{parcel.pk}/repair/"
    data = {f"line_{order.lines.get().pk}": "on", "words": "A claw is loose.", "photo": file}
    return shopper.post(address, data | {"token": str(uuid4())} | typed)


def stored() -> list[str]:
    return list(originals().listdir("requests")[1]) if originals().exists("requests") else []


def test_its_maker_and_who_sent_it_see_a_clean_picture(
    order: Order, alice: User, bob: User, logged_in: LogIn
) -> None:
    before = len(stored())
    assert ask(order, picture()).status_code == 303

    asked = AfterSale.objects.get()
    assert len(stored()) == before + 1
    theirs = f"{asked.get_absolute_url()}photograph/"
    hers = reverse("admin:orders_aftersale_photo", args=[asked.pk])
    assert theirs in Client().get(asked.get_absolute_url()).text
    maker = logged_in(alice)
    assert hers in maker.get(reverse("admin:orders_aftersale_change", args=[asked.pk])).text
    for answer in (Client().get(theirs), maker.get(hers)):
        content = b"".join(answer.streaming_content)  # type: ignore[attr-defined]
        assert (answer.headers["Content-Type"], answer.status_code) == ("image/jpeg", 200)
        assert answer.headers["Cache-Control"].startswith("private, no-store")
        assert Image.open(io.BytesIO(content)).size == (160, 107)
        assert SECRET not in content
        assert b"<script>" not in content
    stranger = make_order(make_piece())
    assert Client().get(theirs.replace(order.token, stranger.token)).status_code == 404
    assert logged_in(bob).get(hers).status_code == 404


def test_what_is_no_picture_is_told_beside_the_field(order: Order) -> None:
    before = len(stored())
    answer = ask(order, SimpleUploadedFile("a.svg", b"<svg onload=alert(1)>", "image/png"))

    assert answer.status_code == 400
    assert "a.svg" in answer.text
    assert "A claw is loose." in answer.text
    assert len(stored()) == before
    assert not AfterSale.objects.exists()


def test_a_mistake_elsewhere_asks_for_it_again_and_nothing_is_left_behind(order: Order) -> None:
    before = len(stored())
    answer = ask(order, picture(), words="")
    assert answer.status_code == 400
    assert "Choose the photograph once more" in answer.text
    assert len(stored()) == before


def test_the_same_form_twice_keeps_one(order: Order) -> None:
    before = len(stored())
    form = {"token": "5a7f1c3e-0000-4000-8000-000000000001"}
    first, again = (ask(order, picture(), **form) for _time in range(2))

    assert first.headers["Location"] == again.headers["Location"]
    assert len(stored()) == before + 1
