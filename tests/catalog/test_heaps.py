"""Which photographs of a shoot seem to belong together."""

from datetime import UTC, datetime, timedelta

import pytest

from catalog import heaps
from catalog.models import Photo, Piece

NOON = datetime(2026, 11, 19, 12, 0, tzinfo=UTC)


def shot(name: str, place: int, minutes: int | None = None) -> Photo:
    taken = None if minutes is None else NOON + timedelta(minutes=minutes)
    return Photo(pk=place, original_name=name, position=place, captured_at=taken)


def names(found: list[heaps.Heap]) -> list[tuple[str, list[str]]]:
    return [(heap.title, [photo.original_name for photo in heap.photos]) for heap in found]


@pytest.mark.parametrize(
    ("name", "title"),
    [
        ("harbour_lamp_1.jpg", "Harbour lamp"),
        ("Harbour lamp (2).JPG", "Harbour lamp"),
        ("harbour-lamp-detail.heic", "Harbour lamp"),
        ("harbour_lamp03 copy.jpg", "Harbour lamp"),
        ("Ring.final.new.jpg", "Ring"),
        ("anel_de_maré_2.jpg", "Anel de maré"),
        ("DSC_4118.JPG", ""),
        ("IMG_0031.HEIC", ""),
        ("PXL_20261119_140233.jpg", ""),
        ("20261119_140233.jpg", ""),
        ("P1020334.RW2.jpg", ""),
        ("IMG-20261119-WA0001.jpg", ""),
        (".jpg", ""),
        ("1.jpg", ""),
        ("x" * 300 + ".jpg", "X" + "x" * 79),
    ],
)
def test_a_file_name_tells_a_piece_or_only_a_camera(name: str, title: str) -> None:
    assert heaps.title_of(name) == title


def test_names_first_in_the_order_dropped() -> None:
    found = heaps.suggest(
        [shot("lamp_2.jpg", 1), shot("rope 1.jpg", 2), shot("lamp_1.jpg", 3), shot("rope 2.jpg", 4)]
    )
    assert names(found) == [
        ("Lamp", ["lamp_2.jpg", "lamp_1.jpg"]),
        ("Rope", ["rope 1.jpg", "rope 2.jpg"]),
    ]


def test_what_only_a_camera_named_falls_where_nothing_was_taken_for_a_while() -> None:
    found = heaps.suggest(
        [
            shot("DSC_1.jpg", 1, minutes=0),
            shot("DSC_2.jpg", 2, minutes=4),
            shot("DSC_3.jpg", 3, minutes=10),
            shot("DSC_4.jpg", 4, minutes=15),
            shot("DSC_5.jpg", 5),
        ]
    )
    assert [found[1] for found in names(found)] == [
        ["DSC_1.jpg", "DSC_2.jpg"],
        ["DSC_3.jpg", "DSC_4.jpg"],
        ["DSC_5.jpg"],
    ]


def test_a_piece_that_is_there_is_recognised() -> None:
    pieces = [Piece(pk=1, title="Harbour Lamp ring"), Piece(pk=2, title="Rope band")]
    (heap,) = heaps.suggest([shot("harbour_lamp_1.jpg", 1)], pieces)
    assert heap.piece == pieces[0]
    (doubtful,) = heaps.suggest(
        [shot("ring_1.jpg", 1)], [Piece(pk=1, title="Tide ring"), Piece(pk=2, title="Halite ring")]
    )
    assert doubtful.piece is None


@pytest.mark.parametrize(
    ("name", "role"),
    [
        ("lamp_detail.jpg", "detail"),
        ("lamp on hand.jpg", "scale"),
        ("lamp-back-2.jpg", "back"),
        ("lamp_worn.jpg", "worn"),
        ("lamp.jpg", ""),
        ("scalesmith.jpg", ""),
    ],
)
def test_a_name_may_tell_the_role(name: str, role: str) -> None:
    assert heaps.role_of(name) == role


def seen(name: str, place: int, look: int, **columns: int) -> Photo:
    photo = shot(name, place)
    photo.perceptual_hash = look
    photo.piece_id = columns.get("piece")
    return photo


LAMP, ROPE = 0x0F0F0F0F0F0F0F0F, 0x3333333355555555


def test_what_has_neither_name_nor_time_goes_by_its_look() -> None:
    found = heaps.suggest(
        [
            seen("1.jpg", 1, LAMP),
            seen("2.jpg", 2, ROPE),
            seen("3.jpg", 3, LAMP ^ 0b111),
            seen("4.jpg", 4, ROPE ^ 0b11),
            seen("5.jpg", 5, 0x7777000077770000),
        ]
    )
    assert [(heap.reason, [p.pk for p in heap.photos]) for heap in found] == [
        ("by look", [1, 3]),
        ("by look", [2, 4]),
        ("neither name, time nor look tells what it is", [5]),
    ]


def test_it_joins_a_heap_that_has_a_name() -> None:
    found = heaps.suggest([seen("1.jpg", 1, LAMP ^ 1), seen("harbour_lamp.jpg", 2, LAMP)])
    assert names(found) == [("Harbour lamp", ["1.jpg", "harbour_lamp.jpg"])]


def test_even_grounds_look_like_nothing() -> None:
    (heap,) = heaps.suggest([seen("1.jpg", 1, 0), seen("2.jpg", 2, 0)])
    assert heap.reason.startswith("neither")


def test_a_look_that_a_piece_has_is_asked_about() -> None:
    piece = Piece(pk=7, title="Tidestone ring")
    laid = [seen("a.jpg", 9, LAMP, piece=7)]
    (heap,) = heaps.suggest([seen("DSC_1.jpg", 1, LAMP ^ 0b101)], [piece], laid)
    assert (heap.maybe, heap.piece) == (piece, None)


def test_the_pause_before_a_heap_is_told() -> None:
    found = heaps.suggest([shot("DSC_1.jpg", 1, minutes=0), shot("DSC_2.jpg", 2, minutes=14)])
    assert [heap.reason for heap in found] == [
        "by time",
        "by time: 14 minutes without a photograph before",
    ]


def test_what_its_maker_laid_together_stays_together() -> None:
    rope, lamp = shot("rope_1.jpg", 1), shot("harbour_lamp.jpg", 2)
    rope.heap = lamp.heap = "Both"
    (heap,) = heaps.suggest([rope, lamp])
    assert (heap.title, heap.reason) == ("Both", "as you laid it")
