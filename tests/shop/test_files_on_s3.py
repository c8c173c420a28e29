"""With a bucket in the settings, photographs live in S3: renditions for all, originals not."""

import json
import os
import subprocess
import sys
import time
from pathlib import Path
from urllib.error import HTTPError
from urllib.request import urlopen

import pytest

from tests.services.s3 import Bucket

ROOT = Path(__file__).resolve().parents[2]
# A shop of its own, started with the bucket in its environment as a real one is.
SHOP = """
import django, io, json
django.setup()
from django.core.files.storage import default_storage, storages
from django.core.management import call_command
from PIL import Image
from catalog import photos
from catalog.models import Photo
from designers.models import Designer

call_command("migrate", verbosity=0)
file = io.BytesIO()
Image.new("RGB", (1000, 1250), "#336677").save(file, "JPEG", comment=b"a private remark")
file.seek(0)
maker = Designer.objects.create(name="Inês", short_name="Inês", slug="ines", country="PT")
photo = photos.add(file, "DSC_1.jpg", designer=maker)
photos.render(photo)
photo = Photo.objects.get()
shape = photo.shape("full")
originals = storages["originals"]
brief = type(originals)(**originals.get_default_settings() | {
    name: getattr(originals, name) for name in originals.get_default_settings()
} | {"querystring_expire": 1})
print(json.dumps({
    "state": photo.state,
    "public": default_storage.url(f"{shape['base']}-{shape['sizes'][0][0]}.jpg"),
    "original": originals.url(photo.original.name),
    "brief": brief.url(photo.original.name),
}))
"""


def run_shop(bucket: Bucket) -> dict[str, str]:
    """What a shop on this bucket says of the one photograph dropped there."""
    variables = {
        "DJANGO_SETTINGS_MODULE": "shop.settings",
        "DEBUG": "1",
        "DATABASE_URL": "sqlite:///:memory:",
        "PYTHONPATH": str(ROOT),
    }
    answer = subprocess.run(
        [sys.executable, "-c", SHOP],
        cwd=ROOT,
        env=os.environ | variables | bucket.environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert answer.returncode == 0, answer.stderr
    said: dict[str, str] = json.loads(answer.stdout.splitlines()[-1])
    return said


def status(url: str) -> int:
    try:
        with urlopen(url) as answer:
            found: int = answer.status
            return found
    except HTTPError as refusal:
        return refusal.code


def test_renditions_are_public_and_kept_by_browsers_for_ever(s3_bucket: Bucket) -> None:
    said = run_shop(s3_bucket)
    assert said["state"] == "ready"
    assert "Signature" not in said["public"]
    assert status(said["original"].split("?")[0]) == 403
    with urlopen(said["public"]) as answer:
        assert answer.headers["Cache-Control"] == "public, max-age=31536000, immutable"
        assert answer.headers["Content-Type"] == "image/jpeg"
        assert b"a private remark" not in answer.read()


@pytest.fixture(scope="module")
def signed(signed_s3_bucket: Bucket) -> dict[str, str]:
    return run_shop(signed_s3_bucket)


def test_an_original_is_had_by_a_signed_link(signed: dict[str, str]) -> None:
    with urlopen(signed["original"]) as answer:
        assert b"a private remark" in answer.read()


def test_an_original_is_had_by_nothing_else(signed: dict[str, str]) -> None:
    unsigned = signed["original"].split("?")[0]
    forged = signed["original"][:-4] + "0000"
    elsewhere = signed["original"].replace("/private/", "/public/")
    assert [status(url) for url in (unsigned, forged, elsewhere)] == [403, 403, 403]


def test_a_signed_link_ends(signed: dict[str, str]) -> None:
    time.sleep(2)
    assert status(signed["brief"]) == 403
