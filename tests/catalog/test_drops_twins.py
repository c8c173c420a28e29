"""The same file twice: sent at one moment, sent again after a lost answer, dropped elsewhere."""

import io
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from django.db import connection
from PIL import Image

from catalog import drops
from catalog.models import Collection, Photo
from designers.models import Designer
from shop import images
from tests.factories import make_collection, make_piece


def picture(colour: str = "#336677") -> io.BytesIO:
    file = io.BytesIO()
    Image.new("RGB", (500, 625), colour).save(file, "JPEG")
    file.seek(0)
    return file


@pytest.mark.race
@pytest.mark.django_db(transaction=True)
def test_two_of_the_same_at_one_moment_are_kept_once(ines: Designer) -> None:
    collection = make_collection(designer=ines)
    begin = Barrier(4)

    def send(number: int) -> drops.Dropped:
        try:
            begin.wait()
            return drops.receive(picture(), f"{number}.jpg", collection=collection, place=number)
        finally:
            connection.close()

    with ThreadPoolExecutor(4) as threads:
        dropped = list(threads.map(send, range(1, 5)))

    assert Photo.objects.count() == 1
    assert sum(one.photo is not None for one in dropped) == 1
    assert {one.twin for one in dropped if one.twin} == {Photo.objects.get()}


@pytest.fixture
def collection(ines: Designer) -> Collection:
    return make_collection(designer=ines)


@pytest.mark.django_db
def test_sent_again_because_its_answer_was_lost_it_is_no_twin(collection: Collection) -> None:
    first = drops.receive(picture(), "ring.jpg", collection=collection, place=3)
    again = drops.receive(picture(), "ring.jpg", collection=collection, place=3)
    assert again.photo == first.photo
    assert again.twin is None


@pytest.mark.django_db
def test_dropped_again_another_day_it_is(collection: Collection) -> None:
    first = drops.receive(picture(), "ring.jpg", collection=collection, place=3)
    again = drops.receive(picture(), "ring.jpg", collection=collection, place=9)
    assert (again.photo, again.twin) == (None, first.photo)


@pytest.mark.django_db
def test_a_draft_has_the_colour_of_its_first_photograph_before_that_is_ready(
    collection: Collection,
) -> None:
    blue = drops.receive(picture("#3f6fb5"), "DSC_1.jpg", collection=collection, place=1).photo
    assert blue
    assert blue.palette == [images.palette(Image.open(picture("#3f6fb5")))[0]]
    assert drops.make_piece(collection, "Quay light", [blue.pk]).colour == "blue"


@pytest.mark.django_db
def test_a_replaced_file_of_another_view_has_its_focal_point_in_the_middle(
    collection: Collection,
) -> None:
    piece = make_piece(collection=collection)
    photo = drops.receive(_ramp(1), "ring.jpg", collection=collection).photo
    assert photo
    photo.piece, photo.focus_x, photo.alt = piece, 20, "A ring."
    photo.save()
    assert drops.replace(photo, _ramp(1, size=(900, 1125)), "same.jpg")
    assert (photo.focus_x, photo.alt) == (20, "A ring.")
    assert not drops.replace(photo, _ramp(-1), "other.jpg")
    assert (photo.focus_x, photo.alt, photo.piece) == (50, "A ring.", piece)


def _ramp(direction: int, size: tuple[int, int] = (500, 625)) -> io.BytesIO:
    ramp = Image.linear_gradient("L").rotate(90 * direction).resize(size)
    file = io.BytesIO()
    ramp.save(file, "JPEG")
    file.seek(0)
    return file
