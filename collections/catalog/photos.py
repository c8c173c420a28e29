"""From a file somebody dropped to a photograph in the shop.

``add`` looks at the file and keeps it as a private original; the renditions are made in a
task after commit. What a lost task dropped, ``sweep`` finds: a waiting photograph is one
whose renditions are not made.
"""

import io
from typing import IO, Any

from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db import transaction
from django.db.models import F, IntegerField, Q, QuerySet
from django.db.models.fields.json import KT
from django.db.models.functions import Cast
from django.tasks import task

from catalog.models import Photo
from designers.models import Designer
from shop import images
from shop.public_pages import forget

# Raised when the encoders' settings change: the names must change with the bytes.
_VERSION = "1"
_SUFFIX = {"avif": "avif", "webp": "webp", "jpeg": "jpg"}
# The sweep takes up what is left.
_AT_ONCE = 100
_SHAPE = {"card": "card", "natural": "full"}


def add(file: IO[bytes], name: str, *, designer: Designer, **fields: Any) -> Photo:
    """Keep a dropped file as a photograph of this designer and have it made ready.

    ``fields`` are columns of ``Photo``. Raises ``shop.images.ImageRefused``, whose text is
    one sentence that names the file; nothing is kept then.
    """
    facts = images.inspect(file, name)
    photo = Photo(
        designer=designer,
        original_name=images.shown_name(name),
        sha256=facts.sha256,
        perceptual_hash=facts.perceptual_hash,
        width=facts.width,
        height=facts.height,
        captured_at=facts.captured_at,
        **fields,
    )
    photo.original.save(f"original.{facts.format}", ContentFile(file.read()), save=False)
    photo.save()
    render_later(photo)
    return photo


def twin(file_sha256: str, *, designer: Designer) -> Photo | None:
    """The photograph of this designer that is the same file, if there is one."""
    return Photo.objects.filter(designer=designer, sha256=file_sha256).order_by("pk").first()


def refocus(photo: Photo, *, x: int, y: int) -> None:
    """Move the focal point (per cent from the left and from the top) and render again."""
    photo.focus_x, photo.focus_y = x, y
    photo.revision += 1
    photo.state = Photo.State.WAITING if not photo.renditions else photo.state
    photo.save(update_fields=["focus_x", "focus_y", "revision", "state"])
    render_later(photo)


def try_again(photos: QuerySet[Photo]) -> int:
    """Make anew what could not be made, or was lost; how many of these photographs."""
    stuck = photos.filter(state__in=[Photo.State.REFUSED, Photo.State.WAITING])
    found = list(stuck.order_by("pk")[:_AT_ONCE])
    for photo in found:
        same = Photo.objects.filter(pk=photo.pk, revision=photo.revision)
        photo.revision += 1
        waits = {"state": Photo.State.WAITING, "refusal": "", "revision": photo.revision}
        if same.update(**waits):
            render_later(photo)
    return len(found)


def render_later(photo: Photo) -> None:
    """Enqueue the rendering once the row is committed."""
    pk, revision = photo.pk, photo.revision
    transaction.on_commit(lambda: render_photo.enqueue(pk, revision))


@task
def render_photo(photo_id: int, revision: int) -> None:
    """Make the renditions of a photograph; does nothing when a newer revision is waiting."""
    photo = Photo.objects.filter(pk=photo_id, revision=revision).first()
    if photo is None or photo.renditions.get("revision") == revision:
        return
    render(photo)


def render(photo: Photo) -> None:
    """Make the renditions of a photograph now and note where they are."""
    try:
        with photo.original.open("rb") as original:
            rendered = images.render(
                io.BytesIO(original.read()),
                focal=(photo.focus_x, photo.focus_y),
                name=photo.original_name,
            )
    except images.ImageRefused as refusal:
        _refuse(photo, str(refusal))
        return
    keep(photo, rendered)


def sweep(limit: int = 50) -> int:
    """Render the photographs whose task was lost; returns how many were waiting."""
    made = Cast(KT("renditions__revision"), IntegerField())
    late = Q(state=Photo.State.READY, made__lt=F("revision"))
    rows = Photo.objects.annotate(made=made).filter(Q(state=Photo.State.WAITING) | late)
    waiting = list(rows.order_by("pk")[:limit])
    for photo in waiting:
        render(photo)
    return len(waiting)


def _refuse(photo: Photo, sentence: str) -> None:
    Photo.objects.filter(pk=photo.pk, revision=photo.revision).update(
        state=Photo.State.REFUSED, refusal=sentence[:240]
    )


def keep(photo: Photo, rendered: images.Rendered) -> None:
    """Store the files and note where they are, unless a newer revision is waiting."""
    shapes: dict[str, Any] = {"revision": photo.revision}
    for rendition in sorted(rendered.renditions, key=lambda r: r.width):
        base = _base(photo, rendition.shape)
        name = f"{base}-{rendition.width}.{_SUFFIX[rendition.format]}"
        if not default_storage.exists(name):
            default_storage.save(name, ContentFile(rendition.content))
        shape = shapes.setdefault(_SHAPE[rendition.shape], {"base": base, "sizes": []})
        if [rendition.width, rendition.height] not in shape["sizes"]:
            shape["sizes"].append([rendition.width, rendition.height])
    # Only of the revision that was read: a newer one is rendered by its own task.
    Photo.objects.filter(pk=photo.pk, revision=photo.revision).update(
        renditions=shapes,
        palette=list(rendered.palette),
        width=rendered.width,
        height=rendered.height,
        state=Photo.State.READY,
        refusal="",
    )
    forget()


def _base(photo: Photo, shape: str) -> str:
    """A name that follows from the content, so that it may be kept by browsers for ever."""
    focus = f"-{photo.focus_x}-{photo.focus_y}" if shape == "card" else ""
    return f"photos/{photo.sha256[:2]}/{photo.sha256[2:20]}-{_VERSION}{focus}"
