"""Files that newer ones replace stay for who has a page open, and go a day later."""

import io
from collections.abc import Iterator
from datetime import timedelta

import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.utils.timezone import now
from PIL import Image

from catalog import drops, photos, public_files
from catalog.models import Photo
from designers.models import Designer
from shop.storage import WholeFileSystemStorage

pytestmark = pytest.mark.django_db


def picture(colour: str = "#336677", size: tuple[int, int] = (900, 600)) -> io.BytesIO:
    file = io.BytesIO()
    Image.new("RGB", size, colour).save(file, "JPEG")
    file.seek(0)
    return file


@pytest.fixture
def photo(ines: Designer) -> Iterator[Photo]:
    kept = made(photos.add(picture(), "DSC_1.jpg", designer=ines))
    yield kept
    for name in {*public_files.names(kept), *kept.outdated}:
        default_storage.delete(name)


def made(photo: Photo) -> Photo:
    photos.render(photo)
    photo.refresh_from_db()
    return photo


def a_day_later() -> int:
    Photo.objects.exclude(outdated_at=None).update(outdated_at=now() - timedelta(hours=25))
    return public_files.sweep()


def there(names: list[str]) -> set[bool]:
    return {default_storage.exists(name) for name in names}


def test_replaced_files_go_a_day_later(photo: Photo) -> None:
    old = public_files.names(photo)
    drops.replace(photo, picture("#885522"), "better.jpg")
    made(photo)
    assert public_files.sweep() == 0
    assert there(old) == {True}
    assert a_day_later() == 1
    assert there(old) == {False}
    assert there(public_files.names(photo)) == {True}
    photo.refresh_from_db()
    assert (photo.outdated, photo.outdated_at) == ([], None)


def test_a_new_focal_point_leaves_only_the_old_crops(photo: Photo) -> None:
    whole = [name for name in public_files.names(photo) if "-50-50-" not in name]
    crops = [name for name in public_files.names(photo) if "-50-50-" in name]
    photos.refocus(photo, x=10, y=20)
    made(photo)
    a_day_later()
    assert (there(whole), there(crops)) == ({True}, {False})


def test_a_focal_point_put_back_keeps_its_crops(photo: Photo) -> None:
    old = public_files.names(photo)
    for x in (10, 50):
        photos.refocus(photo, x=x, y=50)
        made(photo)
    a_day_later()
    assert there(old) == {True}


def test_what_another_photograph_shows_stays(photo: Photo, henrik: Designer) -> None:
    old = public_files.names(photo)
    same = made(photos.add(picture(), "mine too.jpg", designer=henrik))
    drops.replace(photo, picture("#885522"), "better.jpg")
    made(photo)
    a_day_later()
    assert there(old) == {True}
    assert public_files.names(same) == old


def test_half_a_file_is_never_under_its_name(tmp_path: object) -> None:
    class Dying(ContentFile):  # type: ignore[type-arg]
        def chunks(self, chunk_size: int | None = None) -> Iterator[bytes]:
            yield b"half"
            raise KeyboardInterrupt

    storage = WholeFileSystemStorage(location=str(tmp_path))
    with pytest.raises(KeyboardInterrupt):
        storage.save("photos/one.avif", Dying(b"whole"))
    assert not storage.exists("photos/one.avif")
    storage.save("photos/one.avif", ContentFile(b"whole"))
    with storage.open("photos/one.avif") as file:
        assert file.read() == b"whole"


def test_files_of_another_name_than_ours_break_nothing(photo: Photo) -> None:
    Photo.objects.filter(pk=photo.pk).update(
        outdated=["photos/old-400.avif", "x"], outdated_at=now()
    )
    assert a_day_later() == 1
