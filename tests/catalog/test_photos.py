"""A dropped file becomes a photograph: original private, renditions public, nothing lost."""

import io

import pytest
from django.core.files.storage import default_storage, storages
from PIL import Image

from catalog import photos
from catalog.models import Photo
from designers.models import Designer
from shop.images import ImageRefused

pytestmark = pytest.mark.django_db


def picture(size: tuple[int, int] = (1000, 1250), colour: str = "#336677") -> io.BytesIO:
    file = io.BytesIO()
    Image.new("RGB", size, colour).save(file, "JPEG", comment=b"taken at 41.15 N 8.61 W")
    file.seek(0)
    return file


@pytest.fixture
def photo(ines: Designer) -> Photo:
    return photos.add(picture(), "DSC_1.jpg", designer=ines, alt="A ring")


def test_a_new_photograph_waits_and_shoppers_do_not_see_it(photo: Photo) -> None:
    assert photo.state == Photo.State.WAITING
    assert not Photo.objects.ready().exists()


def test_rendering_makes_every_file_that_the_columns_name(photo: Photo) -> None:
    photos.render(photo)
    photo.refresh_from_db()
    assert photo.state == Photo.State.READY
    full = photo.shape("full")
    assert full["sizes"] == [[160, 200], [400, 500], [800, 1000]]
    for width, _ in full["sizes"]:
        for suffix in ("avif", "webp", "jpg"):
            with default_storage.open(f"{full['base']}-{width}.{suffix}") as file:
                content = file.read()
            assert b"41.15" not in content
            assert Image.open(io.BytesIO(content)).width == width


def test_a_wide_picture_gets_a_card_around_its_focal_point(ines: Designer) -> None:
    photo = photos.add(picture((1500, 1000)), "sea.jpg", designer=ines, focus_x=10)
    photos.render(photo)
    photo.refresh_from_db()
    assert photo.shape("card")["sizes"][-1] == [800, 1000]
    assert photo.shape("full")["sizes"][-1] == [1200, 800]


def test_the_original_is_kept_whole_and_has_no_public_address(photo: Photo) -> None:
    with storages["originals"].open(str(photo.original.name)) as original:
        assert b"41.15" in original.read()
    assert "DSC_1" not in str(photo.original.name)
    with pytest.raises(ValueError, match="not accessible via a URL"):
        storages["originals"].url(photo.original.name)


def test_a_bad_file_is_refused_by_name_and_leaves_nothing(ines: Designer) -> None:
    with pytest.raises(ImageRefused, match=r"notes\.jpg"):
        photos.add(io.BytesIO(b"not a picture"), "notes.jpg", designer=ines)
    assert not Photo.objects.exists()


def test_the_same_file_again_is_recognised_for_its_own_designer_only(
    photo: Photo, ines: Designer, henrik: Designer
) -> None:
    assert photos.twin(photo.sha256, designer=ines) == photo
    assert photos.twin(photo.sha256, designer=henrik) is None


def test_a_sweep_renders_what_a_lost_worker_dropped(photo: Photo) -> None:
    assert photos.sweep() == 1
    photo.refresh_from_db()
    assert photo.state == Photo.State.READY
    assert photos.sweep() == 0


def test_an_original_that_has_gone_bad_is_told_and_not_tried_for_ever(photo: Photo) -> None:
    with storages["originals"].open(str(photo.original.name), "wb") as original:
        original.write(b"\xff\xd8\xff broken")
    assert photos.sweep() == 1
    photo.refresh_from_db()
    assert photo.state == Photo.State.REFUSED
    assert "DSC_1.jpg" in photo.refusal
    assert photos.sweep() == 0


def test_a_late_task_does_not_overwrite_a_newer_focal_point(photo: Photo) -> None:
    late = Photo.objects.get(pk=photo.pk)
    photos.refocus(photo, x=90, y=10)
    photos.render(late)
    photo.refresh_from_db()
    assert photo.renditions == {}
    photos.sweep()
    photo.refresh_from_db()
    assert photo.renditions["revision"] == 2
