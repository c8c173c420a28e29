"""A photograph is made by one worker at a time, by another when that one died, and not for ever."""

import io
from datetime import timedelta

import pytest
from django.utils.timezone import now
from PIL import Image

from catalog import photos
from catalog.models import Photo
from designers.models import Designer
from shop import images

pytestmark = pytest.mark.django_db


def picture(colour: str = "#336677") -> io.BytesIO:
    file = io.BytesIO()
    Image.new("RGB", (500, 625), colour).save(file, "JPEG")
    file.seek(0)
    return file


@pytest.fixture
def photo(ines: Designer) -> Photo:
    return photos.add(picture(), "DSC_1.jpg", designer=ines)


def begun(photo: Photo, minutes: int, **columns: int) -> None:
    since = now() - timedelta(minutes=minutes)
    Photo.objects.filter(pk=photo.pk).update(rendering_since=since, **columns)


def state(photo: Photo) -> str:
    return Photo.objects.get(pk=photo.pk).state


def test_what_another_has_begun_is_left_to_it(photo: Photo) -> None:
    begun(photo, minutes=1)
    photos.render_photo.call(photo.pk, photo.revision)
    assert photos.sweep() == 0
    assert state(photo) == Photo.State.WAITING


def test_what_a_dead_worker_had_begun_is_made(photo: Photo) -> None:
    begun(photo, minutes=4)
    assert photos.sweep() == 1
    made = Photo.objects.get(pk=photo.pk)
    assert (made.state, made.rendering_since, made.tries) == (Photo.State.READY, None, 0)


def test_a_task_that_comes_twice_makes_it_once(photo: Photo) -> None:
    photos.render_photo.call(photo.pk, photo.revision)
    before = Photo.objects.get(pk=photo.pk)
    photos.render_photo.call(photo.pk, photo.revision)
    after = Photo.objects.get(pk=photo.pk)
    assert (after.state, after.renditions, after.rendering_since) == (
        Photo.State.READY,
        before.renditions,
        None,
    )


def test_a_new_focal_point_does_not_wait_for_who_makes_the_old_one(photo: Photo) -> None:
    begun(photo, minutes=1)
    photos.refocus(photo, x=10, y=90)
    assert photos.sweep() == 1


def test_what_killed_its_worker_three_times_is_told(photo: Photo) -> None:
    begun(photo, minutes=4, tries=3)
    photos.sweep()
    photo.refresh_from_db()
    assert photo.state == Photo.State.REFUSED
    assert "DSC_1.jpg could not be made ready" in photo.refusal


def test_one_whose_file_is_lost_does_not_keep_the_others(photo: Photo, ines: Designer) -> None:
    other = photos.add(picture("#885522"), "DSC_2.jpg", designer=ines)
    photo.original.storage.delete(photo.original.name or "")
    assert photos.sweep() == 2
    assert (state(photo), state(other)) == (Photo.State.REFUSED, Photo.State.READY)


def test_a_storage_that_fails_does_not_count_against_the_picture(
    photo: Photo, ines: Designer, monkeypatch: pytest.MonkeyPatch
) -> None:
    other = photos.add(picture("#885522"), "DSC_2.jpg", designer=ines)

    def full(*args: object, **options: object) -> images.Rendered:
        raise OSError("no space left on device")

    with monkeypatch.context() as patch:
        patch.setattr(images, "render", full)
        assert photos.sweep() == 0
    assert set(Photo.objects.values_list("tries", flat=True)) == {0}
    begun(photo, minutes=4)
    begun(other, minutes=4)
    assert photos.sweep() == 2
