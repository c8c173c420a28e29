"""A shoot dropped on a collection: each file by itself, nothing else of the drop is lost."""

import io
from collections.abc import Callable
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from PIL import Image
from pytest_django import DjangoAssertNumQueries

from catalog.models import Collection, Photo
from designers.models import Designer
from tests.factories import make_collection, make_member, make_photo, make_piece

pytestmark = pytest.mark.django_db
type LogIn = Callable[[User], Client]


def picture(colour: str = "#336677", size: tuple[int, int] = (500, 625)) -> bytes:
    file = io.BytesIO()
    Image.new("RGB", size, colour).save(file, "JPEG")
    return file.getvalue()


def file(name: str, content: bytes | None = None) -> SimpleUploadedFile:
    return SimpleUploadedFile(name, picture() if content is None else content, "image/jpeg")


def page(collection: Collection) -> str:
    return reverse("admin:catalog_collection_photographs", args=[collection.pk])


@pytest.fixture
def collection(ines: Designer) -> Collection:
    return make_collection(designer=ines)


@pytest.fixture
def alices(alice: User, logged_in: LogIn) -> Client:
    return logged_in(alice)


def drop(alices: Client, collection: Collection, *files: Any, **more: Any) -> Any:
    return alices.post(page(collection), {"files": list(files), **more}, follow=True)


def send(alices: Client, collection: Collection, one: Any, **more: Any) -> Any:
    """One file as the page's script sends it."""
    data = {"files": [one], **more}
    return alices.post(page(collection), data, headers={"accept": "application/json"})


def test_many_files_at_once_keep_the_order_dropped(alices: Client, collection: Collection) -> None:
    colours = ["#111111", "#222222", "#333333", "#444444"]
    files = [file(f"lamp_{n}.jpg", picture(c)) for n, c in enumerate(colours)]
    answer = drop(alices, collection, *files)
    names = list(Photo.objects.order_by("position").values_list("original_name", flat=True))
    assert names == ["lamp_0.jpg", "lamp_1.jpg", "lamp_2.jpg", "lamp_3.jpg"]
    assert "4 photographs are here." in answer.content.decode()
    photo = Photo.objects.first()
    assert photo
    assert (photo.designer, photo.collection) == (collection.designer, collection)


def test_a_bad_file_is_named_and_the_others_are_kept(
    alices: Client, collection: Collection
) -> None:
    answer = drop(
        alices,
        collection,
        file("good.jpg"),
        file("film.jpg", b"not a picture at all"),
        file("cut.jpg", picture("#999999")[:700]),
        file("nothing.jpg", b""),
        file("small.jpg", picture(size=(100, 100))),
    )
    text = answer.content.decode()
    assert Photo.objects.get().original_name == "good.jpg"
    assert "4 did not come in" in text
    for name in ("film.jpg", "cut.jpg", "nothing.jpg", "small.jpg"):
        assert f"<b>{name}</b>" in text
    assert 'id="trouble"' not in alices.get(page(collection)).content.decode()


def test_a_file_with_a_hostile_name_is_shown_harmless(
    alices: Client, collection: Collection
) -> None:
    answer = drop(alices, collection, file("<script>alert(1)</script>.jpg", b"x"))
    assert "<script>alert" not in answer.content.decode()


def test_one_file_sent_by_the_script_is_answered_for_itself(
    alices: Client, collection: Collection
) -> None:
    answer = send(alices, collection, file("ring.jpg"), place="7")
    assert answer.status_code == 200
    assert answer.json()["state"] == "done"
    assert Photo.objects.get().position == 7
    bad = send(alices, collection, file("bad.jpg", b"x"), place="8")
    assert bad.status_code == 422
    assert "bad.jpg" in bad.json()["said"]


def test_the_same_file_twice_is_kept_once_and_shows_its_twin(
    alices: Client, collection: Collection
) -> None:
    send(alices, collection, file("ring.jpg"))
    answer = send(alices, collection, file("ring copy.jpg")).json()
    photo = Photo.objects.get()
    assert answer["state"] == "twin"
    assert "ring.jpg" in answer["said"]
    assert answer["url"] == reverse("admin:catalog_photo_change", args=[photo.pk])


def test_another_designers_twin_is_nobodys_business(
    alices: Client, collection: Collection, henrik: Designer, bob: User, logged_in: LogIn
) -> None:
    send(logged_in(bob), make_collection(designer=henrik), file("secret name.jpg"))
    assert send(alices, collection, file("ring.jpg")).json()["state"] == "done"


def test_nothing_chosen_is_said_beside_the_field(alices: Client, collection: Collection) -> None:
    answer = alices.post(page(collection), {})
    assert answer.status_code == 400
    assert "Choose the photographs first." in answer.content.decode()


@pytest.mark.parametrize("place", ["-1", "x", "99999999999"])
def test_a_nonsensical_place_is_refused(alices: Client, collection: Collection, place: str) -> None:
    assert send(alices, collection, file("ring.jpg"), place=place).status_code == 400
    assert not Photo.objects.exists()


def test_more_than_two_hundred_files_get_a_sentence(alices: Client, collection: Collection) -> None:
    answer = alices.post(page(collection), {"files": [file(f"{n}.jpg", b"x") for n in range(201)]})
    assert answer.status_code == 413
    assert "more than 200 photographs" in answer.content.decode()


def test_a_drop_needs_the_csrf_token(alice: User, collection: Collection) -> None:
    careful = Client(enforce_csrf_checks=True)
    careful.force_login(alice, backend="django.contrib.auth.backends.ModelBackend")
    assert drop(careful, collection, file("ring.jpg")).status_code == 403
    assert not Photo.objects.exists()


@pytest.mark.parametrize("end", ["", "lay/", "state/"])
def test_another_designers_collection_is_not_found(
    alices: Client, henrik: Designer, end: str
) -> None:
    theirs = make_collection(designer=henrik)
    for answer in (alices.get(page(theirs) + end), alices.post(page(theirs) + end, {})):
        assert answer.status_code in {404, 405}
    drop(alices, theirs, file("ring.jpg"))
    assert not Photo.objects.exists()


def test_who_works_at_the_bench_only_does_not_drop(
    collection: Collection, logged_in: LogIn
) -> None:
    bench = logged_in(make_member(collection.designer, "ben", role="bench"))
    assert bench.get(page(collection)).status_code == 403
    assert drop(bench, collection, file("ring.jpg")).status_code == 403


def test_a_stranger_is_asked_to_log_in(client: Client, collection: Collection) -> None:
    assert client.get(page(collection)).status_code == 302
    client.post(page(collection), {"files": [file("ring.jpg")]})
    assert not Photo.objects.exists()


def test_the_state_says_which_are_ready(alices: Client, collection: Collection) -> None:
    ready = make_photo(collection.designer, collection=collection)
    waiting = make_photo(collection.designer, collection=collection, state="waiting", renditions={})
    states = alices.get(page(collection) + "state/").json()
    assert states[str(ready.pk)][0] == "ready"
    assert states[str(ready.pk)][1][0].endswith("-card-400.webp")
    assert states[str(waiting.pk)] == ["waiting", None, ""]


def test_the_page_asks_the_database_the_same_however_many_there_are(
    alices: Client,
    collection: Collection,
    django_assert_max_num_queries: DjangoAssertNumQueries,
) -> None:
    def fill(count: int) -> None:
        for _ in range(count):
            piece = make_piece(collection=collection)
            make_photo(collection.designer, collection=collection, original_name="DSC_1.jpg")
            make_photo(collection.designer, piece=piece)

    counts = []
    for count in (2, 20):
        fill(count)
        with django_assert_max_num_queries(8) as asked:
            alices.get(page(collection))
        counts.append(len(asked))
    assert counts[0] == counts[1]
