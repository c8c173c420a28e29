"""What is wrong with a table is said by its line and its column, and nothing is taken over."""

import io
import zipfile
from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.test import Client
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from catalog.models import Collection, Piece
from catalog.sheets import foreign, reading
from designers.models import Designer
from tests import factories as make
from tests.catalog import tables

LogIn = Callable[[User], Client]
ROW = {"collection": "Low Water", "title": "Rope band", "kind": "ring", "price": "980"}


@pytest.fixture
def client(alice: User, logged_in: LogIn) -> Client:
    return logged_in(alice)


@pytest.fixture
def shore(ines: Designer) -> Collection:
    make.make_material(name="Sterling silver")
    return make.make_collection(designer=ines, title="Low Water")


@pytest.mark.parametrize(
    ("cells", "said"),
    [
        ({"price": "cheap"}, "price: This is not an amount"),
        ({"price": "0"}, "price: That is too little"),
        ({"price": "12.3456"}, "price: This currency has no such small part"),
        ({"price": "USD 12"}, "price: This is not an amount"),
        ({"price": ""}, "price: This field is required"),
        ({"title": ""}, "title: This field is required"),
        ({"title": "x" * 81}, "title: Ensure this value has at most 80"),
        ({"kind": "crown"}, "kind: “crown” is none of: ring, necklace"),
        ({"kind": ""}, ""),
        ({"kind": "", "title": "Tide"}, "kind: This field is required"),
        ({"collection": "Elsewhere"}, "collection: You have no collection “Elsewhere”."),
        ({"collection": ""}, "collection: Say which collection"),
        ({"how many there are": "limited edition"}, "How many will there ever be?"),
        ({"how many there are": "one of a kind", "ready": "2"}, "ready: It is one of a kind"),
        ({"ready": "-1"}, "ready: “-1” is no number"),
        ({"ready": "three"}, "ready: “three” is no number"),
        ({"ready": "²"}, "ready: “²” is no number"),
        ({"sizes": "52; 54", "ready": "3"}, "ready: Say for which size: 52: 1; 54: 1"),
        ({"sizes": "52", "ready": "53: 1"}, "ready: It has no size “53”"),
        ({"sizes": "9 to 5"}, "sizes: “9 to 5”: A run goes from the smaller"),
        ({"sizes": "1 to 900"}, "sizes: “1 to 900”: More than sixty sizes"),
        ({"sizes": "54; 9 mm"}, "“9 mm”: No hand, neck"),
        ({"sizes": "52; 54", "how many there are": "one of a kind"}, "sizes: One of a kind is"),
        ({"materials": "Sterling silvr"}, "is it Sterling silver?"),
        ({"materials": "Kryptonite"}, "materials: “Kryptonite” is not in the list"),
        ({"materials": "crown: Sterling silver"}, "materials: “crown” is none of metal"),
        ({"weight g": "heavy"}, "weight g: This is not a number"),
        ({"days to make one": "900"}, "days to make one: Ensure this value is less"),
        ({"certificate": "perhaps"}, "certificate: “perhaps” is none of"),
        ({"address": "no-such"}, "address: You have no piece at “no-such”"),
    ],
)
def test_a_wrong_cell_is_named(
    cells: dict[str, str], said: str, client: Client, shore: Collection, ines: Designer
) -> None:
    answer = tables.look(client, [ROW | {"title": "Right"}, ROW | cells], ines)
    if not said:
        assert tables.errors_of(answer) == ""
        return
    assert f"3 {said}" in tables.errors_of(answer) or said in tables.errors_of(answer)
    assert "Take" not in answer.content.decode().split('<form method="post" action')[-1]
    tables.take_over(client, answer)
    assert not Piece.objects.exists(), "all or nothing"


def test_the_same_piece_twice_is_told(client: Client, shore: Collection, ines: Designer) -> None:
    answer = tables.look(client, [ROW, ROW], ines)
    assert "3 : The same piece stands in line 2." in tables.errors_of(answer)
    piece = make.make_piece(collection=shore, title="Rope band", slug="rope")
    answer = tables.look(client, [ROW], ines)
    assert "Write rope as its address" in tables.errors_of(answer)
    answer = tables.look(client, [{"address": "rope"}, {"address": "rope"}], ines)
    assert "The same piece stands in line 2." in tables.errors_of(answer)
    assert Piece.objects.get() == piece


def bomb() -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as parts:
        parts.writestr("xl/worksheets/sheet1.xml", b"0" * (41 * 1024 * 1024))
    return out.getvalue()


def entities() -> bytes:
    """An XLSX whose XML unfolds without end."""
    real = tables.xlsx_of(["title"], ["x"])
    out = io.BytesIO()
    laughs = "".join(f'<!ENTITY a{n} "{f"&a{n - 1};" * 10 if n else "ha"}">' for n in range(9))
    with zipfile.ZipFile(io.BytesIO(real)) as there, zipfile.ZipFile(out, "w") as parts:
        for name in there.namelist():
            text = there.read(name)
            if name.endswith("sheet1.xml"):
                text = f"<!DOCTYPE x [{laughs}]><x>&a8;</x>".encode()
            parts.writestr(name, text)
    return out.getvalue()


FILES: list[tuple[bytes, str]] = [
    (b"", "file is empty"),
    (b"\n\n", "file is empty"),
    (b"title,price\nA,1,2\n", "Line 2 has more cells"),
    (b'title,price\n"A,1\n', "cannot be read: a quotation mark"),
    (b"titel,price\nA,1\n", "Column “titel”: is it “title”?"),
    (b"title,price,Price\nA,1,2\n", "Column “price” stands twice"),
    (b"title,title\nA,1\n", "Column “title” stands twice"),
    (b"price\n1\n", "no column address, number or title"),
    (b"title\0\n", "neither a CSV nor an XLSX"),
    (b"title\n" + b"x\n" * 2_001, "More than 2,000 rows"),
    (b"title\n" + b"x" * (reading.MAX_BYTES), "larger than 4 MB"),
    (b"t," * 130 + b"\n", "more than 120 cells"),
    (b"PK\x03\x04 and then rubbish", "XLSX file is broken"),
    (b"\xd0\xcf\x11\xe0\xa1\xb1", "an old Excel file"),
    (b"\xff\xfet", "letters cannot be read"),
    (bomb(), "unpacks to more"),
    (entities(), "XLSX file is broken"),
    (tables.xlsx_of(["title"], ["A", "B"]), "more cells"),
]


@pytest.mark.parametrize(("content", "said"), FILES, ids=[said for _content, said in FILES])
def test_a_file_that_is_no_table_is_told(
    content: bytes, said: str, client: Client, shore: Collection, ines: Designer
) -> None:
    answer = tables.send(client, content, ines)
    assert answer.status_code == 400
    assert said in tables.errors_of(answer).replace("&#x27;", "'")
    assert not Piece.objects.exists()


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.one_of(st.binary(max_size=300), st.text(max_size=300).map(str.encode)))
def test_no_bytes_are_more_than_unreadable(content: bytes) -> None:
    for whole in (content, b"title,price\n" + content, b"PK\x03\x04" + content):
        try:
            foreign.as_ours(reading.read(whole))
        except reading.Unreadable:
            continue


def test_an_xlsx_cut_anywhere_is_no_more_than_unreadable() -> None:
    whole = tables.xlsx_of(["title", "price"], ["A", 1])
    for place in range(0, len(whole), 97):
        for content in (whole[:place], whole[:place] + b"\0\xff" + whole[place + 2 :]):
            try:
                reading.read(content)
            except reading.Unreadable:
                continue


def test_letters_of_old_windows_are_read_and_told(
    client: Client, shore: Collection, ines: Designer
) -> None:
    content = "collection;title;kind;price\nLow Water;Café – Öse;ring;980\n".encode("cp1252")
    answer = tables.send(client, content, ines)
    assert "read as Windows letters" in answer.content.decode()
    assert "Café – Öse" in answer.content.decode()


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16"])
def test_marks_before_the_letters_are_understood(
    encoding: str, client: Client, shore: Collection, ines: Designer
) -> None:
    content = "sep=;\ncollection;title;kind;price;notes\nLow Water;Öse;ring;980;x\n".encode(
        encoding
    )
    answer = tables.send(client, content, ines)
    assert [row.title for row in tables.rows_of(answer)] == ["Öse"]
    assert "no columns of ours: notes" in answer.content.decode()


PRICES: list[tuple[Any, str, str]] = [
    ("1200.5", "1200.50", ""),
    ("1.200,50", "1200.50", ""),
    ("1,200.50 €", "1200.50", ""),
    ("EUR 1 200,50", "1200.50", ""),
    ("1.200", "1200.00", "“1.200” was read as 1,200"),
    ("€ 1,200", "1200.00", "was read as 1,200"),
    ("1.5", "1.50", ""),
]


@pytest.mark.parametrize(("typed", "price", "note"), PRICES)
def test_a_price_is_read_as_it_was_meant_or_told(
    typed: str, price: str, note: str, client: Client, shore: Collection, ines: Designer
) -> None:
    [row] = tables.rows_of(tables.look(client, [ROW | {"price": typed}], ines))
    assert {c.column: c.after for c in row.changes}["price"] == price
    assert note in " ".join(row.notes)
    assert bool(row.notes) == bool(note)


@pytest.mark.parametrize(
    ("price", "comes"),
    [
        (1200.5, "1200.50"),
        (1200, "1200.00"),
        (0.1 + 0.2, "0.30"),
        (1.234, None),
        (date(2026, 1, 5), None),
    ],
)
def test_a_number_of_a_spreadsheet_is_never_guessed_at(
    price: Any, comes: str | None, client: Client, shore: Collection, ines: Designer
) -> None:
    content = tables.xlsx_of([*ROW], ["Low Water", "Rope band", "ring", price])
    [row] = tables.rows_of(tables.send(client, content, ines))
    found = {c.column: c.after for c in row.changes}
    assert (found.get("price") == comes) if comes else row.errors
