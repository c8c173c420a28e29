"""Everything of one's own in one zip, which opens, is whole, and holds nothing of another's."""

import io
import json
import tracemalloc
import zipfile
from collections.abc import Callable, Iterator
from datetime import timedelta
from types import SimpleNamespace
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.core.files.base import ContentFile
from django.test import Client
from django.urls import reverse
from django.utils.timezone import now

from catalog.models import Photo
from designers.models import Designer, Member
from shop.zipping import Part, zipped
from tests import factories as make
from tests.catalog import tables

LogIn = Callable[[User], Client]


def bench_of(designer: Designer, word: str) -> SimpleNamespace:
    """A collection, a sold piece and a photograph whose names have this word in them."""
    collection = make.make_collection(
        designer=designer, title=f"{word} water", slug=f"{word}-water"
    )
    collection.blocks.create(
        kind="quote", text=f"{word} tide\nturns", attribution="Sophia", position=2
    )
    piece = make.make_piece(collection=collection, title=f"={word} ring", slug=f"{word}-ring")
    photo = make.make_photo(designer, piece=piece, original_name=f"../{word} DSC 1.jpg", alt=word)
    photo.original.save("x.jpg", ContentFile(f"{word} picture".encode() * 99))
    order = make.make_order(piece, name="Mara Quinn", paid_at=now() - timedelta(days=40))
    return SimpleNamespace(collection=collection, piece=piece, photo=photo, order=order)


@pytest.fixture
def mine(ines: Designer) -> SimpleNamespace:
    return bench_of(ines, "low")


@pytest.fixture
def theirs(henrik: Designer) -> SimpleNamespace:
    return bench_of(henrik, "secret")


def zip_of(client: Client, designer: Designer) -> zipfile.ZipFile:
    answer: Any = client.get(reverse("admin:everything", args=[designer.pk]))
    assert answer.status_code == 200
    whole = zipfile.ZipFile(io.BytesIO(b"".join(answer.streaming_content)))
    assert whole.testzip() is None
    return whole


def test_it_opens_and_all_is_in_it(
    mine: SimpleNamespace, theirs: SimpleNamespace, alice: User, logged_in: LogIn
) -> None:
    make.make_order_line(mine.order, theirs.piece)  # one order of two makers
    whole = zip_of(logged_in(alice), mine.collection.designer)
    photo = f"photographs/low-water/{mine.photo.pk}-low-dsc-1.jpg"
    assert whole.read(photo) == b"low picture" * 99
    assert json.loads(whole.read("pieces.json"))[0]["title"] == "=low ring"
    assert tables.table_of(whole.read("pieces.csv"))[0]["title"] == "'=low ring"
    assert (
        whole.read("collections/low-water.md").decode().startswith("# low water\n\nWhat the tide")
    )
    assert "> low tide\n> turns" in whole.read("collections/low-water.md").decode()
    [line] = tables.table_of(whole.read("parcels.csv"))
    assert (line["piece"], line["price"], line["to"]) == ("'=low ring", "1100.00", "IE")
    months = [name for name in whole.namelist() if name.startswith("statements/")]
    assert len(months) in {2, 3}
    for name in whole.namelist():
        text = whole.read(name)
        for foreign in (b"secret", b"Henrik", b"Mara", b"Quay St", b"mara@example.com"):
            assert foreign not in text, name
        assert ".." not in name


def test_its_table_can_be_sent_in_again(
    mine: SimpleNamespace, alice: User, logged_in: LogIn
) -> None:
    client, maker = logged_in(alice), mine.collection.designer
    answer = tables.send(client, zip_of(client, maker).read("pieces.xlsx"), maker)
    assert answer.context["counts"] == {"new": 0, "changed": 0, "same": 1, "wrong": 0}


def test_a_photograph_that_is_lost_is_told_and_stops_nothing(
    mine: SimpleNamespace, alice: User, logged_in: LogIn
) -> None:
    Photo.objects.update(original="originals/none.jpg")
    whole = zip_of(logged_in(alice), mine.collection.designer)
    assert b"low-dsc-1.jpg" in whole.read("photographs/missing.txt")


def test_nobody_elses_is_found(
    theirs: SimpleNamespace, alice: User, owner: User, logged_in: LogIn, client: Client
) -> None:
    url = reverse("admin:everything", args=[theirs.collection.designer_id])
    assert logged_in(alice).get(url).status_code == 404
    assert logged_in(alice).get(reverse("admin:everything", args=[999_999])).status_code == 404
    assert logged_in(alice).post(url).status_code == 405
    assert client.get(url)["Location"].startswith("/admin/login/")
    assert (
        "secret-ring"
        in zip_of(logged_in(owner), theirs.collection.designer).read("pieces.json").decode()
    )


def test_the_bench_does_not_take_the_money_along(
    mine: SimpleNamespace, ines: Designer, logged_in: LogIn
) -> None:
    user = make.make_member(ines, role=Member.Role.BENCH)
    url = reverse("admin:everything", args=[ines.pk])
    assert logged_in(user).get(url).status_code == 403


def test_a_bench_without_anything_has_a_zip_too(
    alice: User, ines: Designer, logged_in: LogIn
) -> None:
    whole = zip_of(logged_in(alice), ines)
    assert json.loads(whole.read("pieces.json")) == []


def test_two_thousand_photographs_take_no_more_memory_than_two() -> None:
    def photographs(count: int) -> Iterator[Part]:
        for number in range(count):
            yield Part(f"{number}.jpg", (b"\xff" * 65_536 for _ in range(4)), now(), False)

    def most(count: int) -> tuple[int, int]:
        tracemalloc.start()
        size = sum(len(chunk) for chunk in zipped(photographs(count)))
        peak = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        return size, peak

    few, many = most(2), most(2_000)
    assert many[0] > 2_000 * 262_144
    # The list of names at its end, and never a photograph.
    assert many[1] - few[1] < 5_000_000
