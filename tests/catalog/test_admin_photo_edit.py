"""A photograph's own page: the focal point, its words, its file."""

import io
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from PIL import Image
from pytest_django import DjangoAssertNumQueries, DjangoCaptureOnCommitCallbacks

from catalog import drops, photos, public_files
from catalog.models import Photo
from designers.models import Designer
from tests.factories import make_collection, make_member, make_photo, make_piece

pytestmark = pytest.mark.django_db


def picture(size: tuple[int, int] = (1000, 1250), colour: str = "#336677") -> io.BytesIO:
    file = io.BytesIO()
    Image.new("RGB", size, colour).save(file, "JPEG")
    file.seek(0)
    return file


@pytest.fixture
def alices(alice: User, logged_in: Callable[[User], Client]) -> Client:
    return logged_in(alice)


@pytest.fixture
def photo(ines: Designer) -> Iterator[Photo]:
    """A real one, with its files."""
    collection = make_collection(designer=ines)
    piece = make_piece(collection=collection)
    kept = photos.add(picture(), "DSC_1.jpg", designer=ines, collection=collection, piece=piece)
    photos.render(kept)
    kept.refresh_from_db()
    yield kept
    for name in public_files.names(kept):
        default_storage.delete(name)


def edit(photo: Photo) -> str:
    return reverse("admin:catalog_photo_change", args=[photo.pk])


def fields(photo: Photo, **more: Any) -> dict[str, Any]:
    names = ["alt", "role", "tone", "focus_x", "focus_y"]
    return {name: getattr(photo, name) for name in names} | {"_continue": "1"} | more


def test_words_and_role_are_kept(alices: Client, photo: Photo) -> None:
    alices.post(edit(photo), fields(photo, alt="A ring on a stone.", role="scale"))
    photo.refresh_from_db()
    assert (photo.alt, photo.role, photo.revision) == ("A ring on a stone.", "scale", 1)


def test_a_focal_point_is_kept_and_rendered_again(
    alices: Client, photo: Photo, django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks
) -> None:
    with django_capture_on_commit_callbacks(execute=True):
        alices.post(edit(photo), fields(photo, focus_x=30, focus_y=70))
    photo.refresh_from_db()
    assert (photo.focus_x, photo.focus_y, photo.revision) == (30, 70, 2)


def test_pressing_the_picture_without_script_sets_it(alices: Client, photo: Photo) -> None:
    # Shown 320 wide and, being 4:5, 400 high.
    pressed = {"focus.x": "80", "focus.y": "300"}
    alices.post(edit(photo), fields(photo) | pressed)
    photo.refresh_from_db()
    assert (photo.focus_x, photo.focus_y) == (25, 75)


def test_the_sweep_finds_a_focal_point_whose_task_was_lost(alices: Client, photo: Photo) -> None:
    alices.post(edit(photo), fields(photo, focus_x=30))
    assert photos.sweep() == 1
    photo.refresh_from_db()
    assert photo.renditions["revision"] == photo.revision == 2
    assert photos.sweep() == 0


@pytest.mark.parametrize("pressed", [("x", "1"), ("-1", "2"), ("9" * 30, "9" * 30), ("", "")])
def test_a_press_that_makes_no_sense_breaks_nothing(
    alices: Client, photo: Photo, pressed: tuple[str, str]
) -> None:
    data = {"focus.x": pressed[0], "focus.y": pressed[1]}
    assert alices.post(edit(photo), fields(photo) | data).status_code == 302
    photo.refresh_from_db()
    assert 0 <= photo.focus_x <= 100


def test_a_point_outside_the_picture_is_refused_and_nothing_typed_is_lost(
    alices: Client, photo: Photo
) -> None:
    answer = alices.post(edit(photo), fields(photo, focus_x=101, alt="Typed with care"))
    assert answer.status_code == 200
    assert "Typed with care" in answer.content.decode()


def test_crops_are_shown_as_they_are_cut(alices: Client, photo: Photo) -> None:
    text = alices.get(edit(photo)).content.decode()
    assert 'viewBox="0 375 1000 500"' in text  # the 2:1 of 1000 x 1250 around its middle
    assert "style=" not in text


def test_another_file_keeps_place_role_and_words(
    alices: Client, photo: Photo, django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks
) -> None:
    Photo.objects.filter(pk=photo.pk).update(position=4, role="back", alt="Its marks.")
    photo.refresh_from_db()
    before = photo.original.name
    upload = SimpleUploadedFile("better.jpg", picture((800, 1000), "#885522").read())
    with django_capture_on_commit_callbacks(execute=True):
        alices.post(edit(photo), fields(photo, replace=upload))
    photo.refresh_from_db()
    assert (photo.position, photo.role, photo.alt) == (4, "back", "Its marks.")
    assert (photo.original_name, photo.width, photo.revision) == ("better.jpg", 800, 2)
    assert not photo.original.storage.exists(before or "")


@pytest.mark.parametrize("content", [b"", b"not a picture"])
def test_a_bad_file_is_refused_and_the_old_one_stays(
    alices: Client, photo: Photo, content: bytes
) -> None:
    upload = SimpleUploadedFile("bad.jpg", content)
    answer = alices.post(edit(photo), fields(photo, replace=upload), follow=True)
    assert "bad.jpg is".capitalize() in answer.content.decode()
    photo.refresh_from_db()
    assert photo.original_name == "DSC_1.jpg"
    assert photo.original.storage.exists(photo.original.name or "")


def test_it_is_taken_out_of_the_piece_and_stays_in_the_collection(
    alices: Client, photo: Photo
) -> None:
    alices.post(edit(photo), fields(photo, _out="1"))
    photo.refresh_from_db()
    assert photo.piece is None
    assert drops.where(photo) == drops.LOOSE


def test_taken_out_for_good_its_files_go_too(
    alices: Client, photo: Photo, django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks
) -> None:
    public = list(public_files.names(photo))
    storage, original = photo.original.storage, photo.original.name or ""
    assert all(default_storage.exists(name) for name in public)
    with django_capture_on_commit_callbacks(execute=True):
        alices.post(reverse("admin:catalog_photo_delete", args=[photo.pk]), {"post": "yes"})
    assert not Photo.objects.filter(pk=photo.pk).exists()
    assert not storage.exists(original)
    assert not any(default_storage.exists(name) for name in public)


def original(photo: Photo) -> str:
    return reverse("admin:catalog_photo_original", args=[photo.pk])


def test_the_original_is_handed_over_as_a_file(alices: Client, photo: Photo) -> None:
    answer = alices.get(original(photo))
    assert answer["Content-Disposition"] == 'attachment; filename="DSC_1.jpg"'
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert answer["Content-Type"] == "application/octet-stream"
    assert b"".join(answer.streaming_content) == picture().read()  # type: ignore[attr-defined]


def test_an_original_that_is_not_there_is_not_found(alices: Client, ines: Designer) -> None:
    assert alices.get(original(make_photo(ines))).status_code == 404
    lost = make_photo(ines, original="originals/1/lost.jpg")
    assert alices.get(original(lost)).status_code == 404
    assert alices.get(edit(lost)).status_code == 200


def test_nothing_of_it_is_another_designers_business(
    photo: Photo, bob: User, logged_in: Callable[[User], Client]
) -> None:
    bobs = logged_in(bob)
    delete = reverse("admin:catalog_photo_delete", args=[photo.pk])
    for address in (edit(photo), original(photo), delete):
        assert bobs.get(address).status_code == 404
    assert bobs.post(edit(photo), fields(photo, alt="Mine now")).status_code == 404
    assert bobs.post(delete, {"post": "yes"}).status_code == 404
    photo.refresh_from_db()
    assert photo.alt == ""


def test_who_works_at_the_bench_only_reads_it(
    photo: Photo, logged_in: Callable[[User], Client]
) -> None:
    bench = logged_in(make_member(photo.designer, "ben", role="bench"))
    assert bench.get(edit(photo)).status_code == 200
    assert bench.post(edit(photo), fields(photo, alt="x")).status_code == 403


def test_one_that_waits_or_was_refused_says_so(alices: Client, ines: Designer) -> None:
    waiting = make_photo(ines, state="waiting", renditions={})
    refused = make_photo(ines, state="refused", renditions={}, refusal="bad.jpg is damaged.")
    assert "It is being made ready" in alices.get(edit(waiting)).content.decode()
    assert "bad.jpg is damaged." in alices.get(edit(refused)).content.decode()


def test_list_and_page_ask_the_same_however_many_there_are(
    alices: Client, ines: Designer, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    collection = make_collection(designer=ines)
    counts: list[list[int]] = []
    for count in (2, 20):
        for _ in range(count):
            make_photo(ines, collection=collection, piece=make_piece(collection=collection))
        photo = make_photo(ines, collection=collection)
        row = []
        for address in (reverse("admin:catalog_photo_changelist"), edit(photo)):
            with django_assert_max_num_queries(8) as asked:
                alices.get(address)
            row.append(len(asked))
        counts.append(row)
    assert counts[0] == counts[1]


def test_the_list_by_collection_holds_what_lies_in_its_pieces(
    alices: Client, ines: Designer, henrik: Designer
) -> None:
    collection, other = make_collection(designer=ines), make_collection(designer=henrik)
    mine = [
        make_photo(ines, collection=collection),
        make_photo(ines, piece=make_piece(collection=collection)),
    ]
    make_photo(ines)
    url = reverse("admin:catalog_photo_changelist")
    shown = alices.get(url, {"collection": collection.pk}).context["cl"].result_list
    assert set(shown) == set(mine)
    # What is not one's own narrows nothing, and so tells nothing.
    assert len(alices.get(url, {"collection": other.pk}).context["cl"].result_list) == 3
