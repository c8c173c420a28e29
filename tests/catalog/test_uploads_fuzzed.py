"""Five hundred hostile files through the real page: no 500, and nothing kept but clean pictures."""

import io
import re
import resource
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.core.files.storage import storages
from django.test import Client
from django.urls import reverse
from PIL import Image
from pytest_django import Settings

from catalog import photos
from catalog.models import Collection, Photo
from designers.models import Designer
from shop import images
from tests.catalog.hostile_files import SECRETS, shoot
from tests.factories import make_collection
from tests.shop.image_files import picture, saved, telltale

pytestmark = pytest.mark.django_db
COUNT = 500
# Nothing is left of these once their folders are gone: Django refuses or passes over such a part.
NAMELESS = {"", ".."}
ORIGINAL = re.compile(r"originals/\d+/[0-9a-f]{32}\.(jpeg|png|webp|avif|tiff|heif)")
MEGABYTE = 1024 * 1024


@pytest.fixture
def home(settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with the media deep inside, so that a name which climbs out still lands in it."""
    media, uploads = tmp_path / "a/b/c/media", tmp_path / "uploads"
    uploads.mkdir()
    settings.FILE_UPLOAD_TEMP_DIR = uploads
    settings.MEDIA_ROOT = media
    kinds = {"default": ("WholeFile", "public"), "originals": ("PrivateFile", "private")}
    settings.STORAGES = settings.STORAGES | {
        name: {
            "BACKEND": f"shop.storage.{kind}SystemStorage",
            "OPTIONS": {"location": media / folder},
        }
        for name, (kind, folder) in kinds.items()
    }
    original = Photo._meta.get_field("original")
    monkeypatch.setattr(original, "storage", storages["originals"])
    return tmp_path


@pytest.fixture
def collection(ines: Designer) -> Collection:
    return make_collection(designer=ines)


@pytest.fixture
def alices(alice: User, logged_in: Callable[[User], Client]) -> Client:
    return logged_in(alice)


def page(collection: Collection) -> str:
    return reverse("admin:catalog_collection_photographs", args=[collection.pk])


def send(alices: Client, collection: Collection, name: str, content: bytes) -> Any:
    """As a browser writes it, but with whatever name: the test client would clean it."""
    named = name.replace('"', "%22").replace("\r", "%0D").replace("\n", "%0A")
    head = f'--edge\r\nContent-Disposition: form-data; name="files"; filename="{named}"\r\n\r\n'
    return alices.generic(
        "POST",
        page(collection),
        head.encode() + content + b"\r\n--edge--\r\n",
        content_type="multipart/form-data; boundary=edge",
        headers={"accept": "application/json"},
    )


def test_five_hundred_hostile_files(home: Path, alices: Client, collection: Collection) -> None:
    states: dict[str, int] = {}
    for name, content in shoot(seed=4, count=COUNT):
        answer = send(alices, collection, name, content)
        if name in NAMELESS:
            assert answer.status_code == 400
            continue
        assert answer.status_code in {200, 422}, (name, content[:80])
        state = answer.json()["state"]
        states[state] = states.get(state, 0) + 1
        assert (state == "bad") is (answer.status_code == 422)
    # All kinds were met: otherwise this proves little.
    assert min(states.get(state, 0) for state in ("bad", "done", "twin")) >= 10, states
    assert alices.get(page(collection)).status_code == 200

    for photo in Photo.objects.all():
        photos.render(photo)

    check_originals(home / "a/b/c/media/private")
    check_public(home / "a/b/c/media/public")
    inside = home / "a/b/c/media"
    assert [p for p in home.rglob("*") if p.is_file() and not p.is_relative_to(inside)] == []


def check_originals(private: Path) -> None:
    """Each is a whole picture of a kind we take, under a name of ours."""
    kept = {str(photo.original.name): photo for photo in Photo.objects.all()}
    assert {str(p.relative_to(private)) for p in private.rglob("*") if p.is_file()} == set(kept)
    for name, photo in kept.items():
        assert ORIGINAL.fullmatch(name)
        with photo.original.open() as file:
            images.inspect(file, name)


def check_public(public: Path) -> None:
    """Pixels only: no Exif, XMP, IPTC, profile, comment, nothing that follows the picture."""
    files = [path for path in public.rglob("*") if path.is_file()]
    assert len(files) >= 6 * Photo.objects.ready().count() > 0
    for path in files:
        content = path.read_bytes()
        assert path.suffix in {".avif", ".webp", ".jpg"}
        assert not [secret for secret in SECRETS if secret in content], path
        with Image.open(io.BytesIO(content)) as image:
            image.load()
            assert not image.getexif()
            said = set(image.info) - {"jfif", "jfif_version", "jfif_unit", "jfif_density"}
            assert said <= {
                "progressive",
                "progression",
                "loop",
                "background",
                "timestamp",
                "duration",
            }


def test_a_file_of_two_hundred_megabytes_is_named_and_not_kept(
    home: Path, alices: Client, collection: Collection
) -> None:
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    body = Endless(200 * MEGABYTE)
    answer = alices.post(
        page(collection),
        content_type="multipart/form-data; boundary=edge",
        headers={"accept": "application/json"},
        **{"wsgi.input": body, "CONTENT_LENGTH": str(body.left)},  # type: ignore[arg-type]
    )
    assert answer.status_code == 422
    assert "huge.jpg is larger than 60 MB" in answer.json()["said"]
    assert not Photo.objects.exists()
    assert [path for path in home.rglob("*") if path.is_file()] == []
    grown = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before
    assert grown < 50 * 1024, "it was read into memory"


class Endless(io.RawIOBase):
    """The body of a request with one huge file, made as it is read."""

    HEAD = (
        b'--edge\r\nContent-Disposition: form-data; name="files"; filename="huge.jpg"\r\n\r\n'
        + saved(picture()).getvalue()
    )
    TAIL = b"\r\n--edge--\r\n"

    def __init__(self, size: int) -> None:
        self.at, self.size = 0, size
        self.left = len(self.HEAD) + size + len(self.TAIL)

    def read(self, length: int = -1) -> bytes:
        """The next bytes: first the head, then nothing but zeros, then the tail."""
        length = min(self.left, length if length >= 0 else self.left)
        start, self.at = self.at, self.at + length
        self.left -= length
        middle = len(self.HEAD), len(self.HEAD) + self.size
        zeros = max(0, min(self.at, middle[1]) - max(start, middle[0]))
        tail = self.TAIL[max(0, start - middle[1]) : max(0, self.at - middle[1])]
        return self.HEAD[start : self.at] + bytes(zeros) + tail


@pytest.mark.parametrize("turn", [3, 6, 8])
def test_a_heic_held_sideways_stands_upright_in_the_shop(
    home: Path, alices: Client, collection: Collection, turn: int
) -> None:
    file = saved(picture(900, 600), "HEIF", exif=telltale(turn).tobytes())
    answer = send(alices, collection, "IMG_1.HEIC", file.read())
    assert answer.json()["state"] == "done"
    photo = Photo.objects.get()
    photos.render(photo)
    photo.refresh_from_db()
    upright = (900, 600) if turn == 3 else (600, 900)
    assert (photo.width, photo.height) == upright
    width, height = photo.shape("full")["sizes"][-1]
    assert (width > height) is (upright[0] > upright[1])
    assert photo.captured_at is not None
