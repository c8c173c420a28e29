"""From a file somebody dropped to a photograph in the shop.

``add`` looks at the file and keeps it as a private original; the renditions are made in a
task after commit. What a lost task dropped, ``sweep`` finds: a waiting photograph is one
whose renditions are not made.
"""

import io
import logging
from datetime import timedelta
from typing import IO, Any

from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db import transaction
from django.db.models import F, IntegerField, Q, QuerySet
from django.db.models.fields.json import KT
from django.db.models.functions import Cast
from django.tasks import task
from django.utils.timezone import now

from catalog import public_files
from catalog.models import Photo
from designers.models import Designer
from shop import images
from shop.public_pages import forget

# The sweep takes up what is left.
_AT_ONCE = 100
logger = logging.getLogger(__name__)
_SHAPE = {"card": "card", "natural": "full"}
# The largest photograph takes a tenth of it. Who began one and was killed loses it after that.
CLAIM = timedelta(minutes=3)
# A photograph that killed its worker so often is at fault itself.
TRIES = 3


def add(file: IO[bytes], name: str, *, designer: Designer, **fields: Any) -> Photo:
    """Keep a dropped file as a photograph of this designer and have it made ready.

    ``fields`` are columns of ``Photo``. Raises ``shop.images.ImageRefused``, whose text is
    one sentence that names the file; nothing is kept then.
    """
    photo = prepare(file, name, designer=designer, **fields)
    photo.save()
    render_later(photo)
    return photo


def prepare(file: IO[bytes], name: str, *, designer: Designer, **fields: Any) -> Photo:
    """As ``add``, but only the original is kept yet: the row is for the caller to save."""
    facts = images.inspect(file, name)
    photo = Photo(
        designer=designer,
        original_name=images.shown_name(name),
        **of_the_file(facts),
        **{"tone": facts.tone} | fields,
    )
    photo.original.save(f"original.{facts.format}", ContentFile(file.read()), save=False)
    return photo


def of_the_file(facts: images.ImageFacts) -> dict[str, Any]:
    """The columns that follow from a file."""
    return {
        "sha256": facts.sha256,
        "perceptual_hash": facts.perceptual_hash,
        "width": facts.width,
        "height": facts.height,
        "palette": list(facts.palette),
        "captured_at": facts.captured_at,
    }


def twin(file_sha256: str, *, designer: Designer) -> Photo | None:
    """The photograph of this designer that is the same file, if there is one."""
    return Photo.objects.filter(designer=designer, sha256=file_sha256).order_by("pk").first()


def refocus(photo: Photo, *, x: int, y: int) -> None:
    """Move the focal point (per cent from the left and from the top) and render again."""
    photo.focus_x, photo.focus_y = x, y
    photo.state = Photo.State.WAITING if not photo.renditions else photo.state
    photo.save(update_fields=["focus_x", "focus_y", "state", *anew(photo)])
    render_later(photo)


def anew(photo: Photo) -> list[str]:
    """Ask for renditions of its own for what the photograph is now; returns the columns to save."""
    photo.revision += 1
    photo.rendering_since, photo.tries = None, 0
    return ["revision", "rendering_since", "tries"]


def try_again(photos: QuerySet[Photo]) -> int:
    """Make anew what could not be made, or was lost; how many of these photographs."""
    stuck = photos.filter(state__in=[Photo.State.REFUSED, Photo.State.WAITING])
    found = list(stuck.order_by("pk")[:_AT_ONCE])
    for photo in found:
        same = Photo.objects.filter(pk=photo.pk, revision=photo.revision)
        photo.state, photo.refusal = Photo.State.WAITING, ""
        changed = ["state", "refusal", *anew(photo)]
        if same.update(**{name: getattr(photo, name) for name in changed}):
            render_later(photo)
    return len(found)


def render_later(photo: Photo) -> None:
    """Enqueue the rendering once the row is committed."""
    pk, revision = photo.pk, photo.revision
    transaction.on_commit(lambda: render_photo.enqueue(pk, revision))


@task
def render_photo(photo_id: int, revision: int) -> None:
    """Make the renditions of a photograph; does nothing when a newer revision is waiting."""
    if photo := _claim(photo_id, revision):
        _render_claimed(photo)


def sweep(limit: int = 50) -> int:
    """Render the photographs whose task was lost; returns how many were made."""
    made = 0
    for pk, revision in list(_unmade().order_by("pk").values_list("pk", "revision")[:limit]):
        try:
            if photo := _claim(pk, revision):
                _render_claimed(photo)
                made += 1
        except Exception:  # one that cannot be made must not keep the others
            logger.exception("The renditions of photograph %s were not made", pk)
    return made + _give_up()


def _unmade() -> "QuerySet[Photo]":
    made = Cast(KT("renditions__revision"), IntegerField())
    late = Q(state=Photo.State.READY, made__lt=F("revision"))
    rows = Photo.objects.annotate(made=made).filter(Q(state=Photo.State.WAITING) | late)
    return rows.filter(_unclaimed())


def _unclaimed() -> Q:
    return Q(rendering_since=None) | Q(rendering_since__lt=now() - CLAIM)


def _claim(pk: int, revision: int) -> Photo | None:
    """The photograph, for exactly one of those who ask at once; None when it is made."""
    one = Photo.objects.filter(pk=pk, revision=revision)
    open_ = one.filter(_unclaimed(), tries__lt=TRIES)
    if not open_.update(rendering_since=now(), tries=F("tries") + 1):
        return None
    photo = one.first()
    if photo and photo.renditions.get("revision") == revision:
        one.update(rendering_since=None, tries=0)
        return None
    return photo


def _render_claimed(photo: Photo) -> None:
    try:
        render(photo)
    except Exception:
        # The storage's fault or the database's: a picture that is to blame is refused, or kills.
        Photo.objects.filter(pk=photo.pk, revision=photo.revision).update(tries=F("tries") - 1)
        raise


def render(photo: Photo) -> None:
    """Make the renditions of a photograph now and note where they are."""
    try:
        with photo.original.open("rb") as original:
            content = io.BytesIO(original.read())
        focal = (photo.focus_x, photo.focus_y)
        rendered = images.render(content, focal=focal, name=photo.original_name)
    except images.ImageRefused as refusal:
        _refuse(photo, str(refusal))
    except FileNotFoundError:
        _refuse(photo, str(images.ImageRefused("lost", photo.original_name)))
    else:
        keep(photo, rendered)


def _give_up() -> int:
    """Tell of photographs in whose making a worker died each time."""
    given_up = list(_unmade().filter(tries__gte=TRIES))
    for photo in given_up:
        _refuse(photo, str(images.ImageRefused("too_heavy", photo.original_name)))
    return len(given_up)


def _refuse(photo: Photo, sentence: str) -> None:
    Photo.objects.filter(pk=photo.pk, revision=photo.revision).update(
        state=Photo.State.REFUSED, refusal=sentence[:240], rendering_since=None, tries=0
    )


def keep(photo: Photo, rendered: images.Rendered) -> None:
    """Store the files and note where they are, unless a newer revision is waiting."""
    shapes: dict[str, Any] = {"revision": photo.revision}
    for rendition in sorted(rendered.renditions, key=lambda r: r.width):
        base = public_files.base(photo, rendition.shape)
        name = f"{base}-{rendition.width}.{public_files.SUFFIXES[rendition.format]}"
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
        rendering_since=None,
        tries=0,
        **public_files.replaced_by(photo, shapes),
    )
    forget()
