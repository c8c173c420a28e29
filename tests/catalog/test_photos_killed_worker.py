"""kill -9 in the middle of a shoot: nothing is lost, the sweep makes what is missing."""

import io
import os
import signal
import subprocess
import sys
import time
from datetime import timedelta
from pathlib import Path

import pytest
from django.conf import settings
from django.core.files.storage import default_storage
from django.core.management import call_command
from django.utils.timezone import now
from django_tasks_db.models import DBTaskResult
from PIL import Image

from catalog import drops, photos, public_files
from catalog.models import Photo
from designers.models import Designer
from tests.services.live_shop import database_url

pytestmark = pytest.mark.race
ROOT = Path(__file__).resolve().parents[2]
COUNT = 8


def picture(number: int) -> io.BytesIO:
    file = io.BytesIO()
    # Slow enough to be caught in the middle, and no slower.
    Image.effect_noise((900, 700), 20 + number).convert("RGB").save(file, "JPEG")
    file.seek(0)
    return file


def worker() -> subprocess.Popen[bytes]:
    """A worker as in production, over the test's database and files."""
    variables = os.environ | {
        "DEBUG": "1",  # needs no settings of a real shop
        "DATABASE_URL": database_url(),
        "MEDIA_ROOT": str(settings.MEDIA_ROOT),
        "TASKS_BACKEND": "database",
    }
    command = [sys.executable, "manage.py", "db_worker", "--no-reload", "--interval", "0.1"]
    return subprocess.Popen(command, cwd=ROOT, env=variables)


def kill_once_some_are_ready(process: subprocess.Popen[bytes], ready: int) -> None:
    deadline = time.monotonic() + 60
    try:
        while Photo.objects.ready().count() < ready:
            assert process.poll() is None, "the worker died by itself"
            assert time.monotonic() < deadline, "the worker did nothing"
            time.sleep(0.02)
    finally:
        process.send_signal(signal.SIGKILL)
        process.wait()


def let_time_pass() -> None:
    """As if the worker had died a quarter of an hour ago."""
    before = now() - timedelta(minutes=16)
    Photo.objects.exclude(rendering_since=None).update(rendering_since=before)
    DBTaskResult.objects.exclude(started_at=None).update(started_at=before)


@pytest.mark.django_db(transaction=True)
def test_a_worker_killed_in_the_middle_loses_none(ines: Designer) -> None:
    for number in range(COUNT):
        photos.add(picture(number), f"DSC_{number}.jpg", designer=ines, position=number)

    kill_once_some_are_ready(worker(), ready=2)

    assert Photo.objects.waiting().exists()
    let_time_pass()
    call_command("sweep")

    assert Photo.objects.ready().count() == COUNT
    for photo in Photo.objects.all():
        for name in public_files.names(photo):
            with default_storage.open(name) as file:
                Image.open(file).load()
        drops.take_out(photo)
