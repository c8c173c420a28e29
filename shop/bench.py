"""What stands on the bench, the first page of a maker's workshop; the owner's has an inbox."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.contrib import admin
from django.db.models import (
    CharField,
    Count,
    Exists,
    Model,
    OuterRef,
    Prefetch,
    Q,
    QuerySet,
    Value,
    Window,
)
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.formats import date_format
from django.utils.safestring import SafeString
from django.utils.timezone import localdate, now
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from catalog.admin.looks import thumb
from catalog.models import Collection, Photo, Piece, Variant
from designers.models import Designer, Invitation, is_owner
from designers.ownership import EDITORS, OWNERS, roles_of
from orders import wording
from orders.afterwards.aftersale_page import AskedTold
from orders.comparing.told_figures import LastRun
from orders.makers import account_words
from orders.models import AfterSale, AfterSaleLine, DesignerAccount, OrderLine, Parcel
from shop import inbox, makers_told
from shop.numbers import spell

# How many of each stand on the bench itself; the rest is one press away.
SHOWN = 12
_SPELLED = 12
_A_WEEK = 7
# How many rows there are besides those that are shown, told with each: no query of its own.
_PARTS = Prefetch("parts", AfterSaleLine.objects.select_related("line__variant__piece"))
_IN_ALL = Window(Count("pk"))


@dataclass(frozen=True, slots=True)
class Task:
    """A parcel that must leave."""

    parcel: Parcel
    lines: list[OrderLine]
    url: str
    maker: str

    @property
    def title(self) -> str:
        return " · ".join(map(wording.called, self.lines)) or str(self.parcel)

    @property
    def is_now(self) -> bool:
        return self.parcel.is_urgent

    @property
    def day(self) -> str:
        return wording.leaving(self.parcel.post_by)

    @property
    def day_also(self) -> str:
        """What the day does not say by itself: the date of a weekday, the weekday of a date."""
        is_far = (self.parcel.post_by - localdate()).days >= _A_WEEK
        return date_format(self.parcel.post_by, "l" if is_far else "D j M")

    @property
    def for_whom(self) -> str:
        city = self.parcel.order.address.get("city", "")
        return ", ".join(filter(None, [self.parcel.order.recipient, city])) + "."

    @property
    def engravings(self) -> list[str]:
        return [line.engraving for line in self.lines if line.engraving]

    @property
    def punches(self) -> list[bool]:
        return [step <= self.parcel.stage_now for step in Parcel.Stage.values]

    @property
    def stage(self) -> str:
        return self.parcel.stage_now.label.lower()

    @property
    def act(self) -> str:
        """The next act on it: the one button of its row."""
        if self.is_to_post:
            return _("Mark as posted")
        return _("Mark as %s") % Parcel.Stage(self.parcel.stage + 1).label.lower()

    @property
    def is_to_post(self) -> bool:
        """Whether all of it is made."""
        is_ready = not any(line.is_made for line in self.lines)
        return is_ready or self.parcel.stage >= Parcel.Stage.HALLMARKED

    @property
    def picture(self) -> SafeString:
        images = (line.snapshot.get("image") for line in self.lines)
        image = next((image for image in images if image), None)
        return thumb(Photo(renditions={"card": image} if image else {}), "")


@dataclass(frozen=True, slots=True)
class Mend:
    """Something that lacks, what the lack costs, and the place where it is mended."""

    title: str
    cost: str
    url: str
    act: str
    is_wrong: bool = False


def in_words(number: int) -> str:
    """Small numbers as one says them."""
    if number > _SPELLED:
        return str(number)
    return wording.sentence(spell(number)) if number else _("No")


def waiting(request: HttpRequest, model: type[Model]) -> int:
    """How many of a model want doing; shown beside its name in the head of each page."""
    return _counts(request).get(model._meta.model_name or "", 0)


def _counts(request: HttpRequest) -> dict[str, int]:
    """Both numbers in one query, asked for once a request; the bench has read them anyway."""
    if "workshop_counts" not in request.__dict__:
        first, more = _counted(parcels(request)), _counted(AfterSale.objects.to_do(request.user))
        request.__dict__["workshop_counts"] = dict(first.union(more, all=True).order_by())
    counts: dict[str, int] = request.__dict__["workshop_counts"]
    return counts


def _counted(rows: QuerySet[Any]) -> QuerySet[Any]:
    """One row: the model's name, and how many of them there are."""
    name = Value(rows.model._meta.model_name or "", output_field=CharField())
    row: QuerySet[Any] = rows.order_by().values_list(name).annotate(n=Count("pk"))
    return row


def only_designer(request: HttpRequest, model: type[Model]) -> int | None:
    """The one designer a person works for, who needs no list of makers."""
    if model is not Designer or is_owner(request.user):
        return None
    mine = list(roles_of(request))
    return mine[0] if len(mine) == 1 else None


def parcels(request: HttpRequest) -> QuerySet[Parcel]:
    return Parcel.objects.for_user(request.user).to_send()


def context(request: HttpRequest) -> dict[str, Any]:
    """What ``admin/index.html`` shows."""
    if is_owner(request.user):
        return _house(request) | _beginnings(request)
    told = work(request)
    mends = list(_mends(request))
    return (
        told
        | {
            "day_in_words": _day_in_words(told["parcels"]),
            "mends": mends,
            # A request of its own: what wants doing does not wait for it.
            "figures_url": reverse("admin:orders_figure_bench"),
            "mends_in_words": in_words(len(mends)),
        }
        | _beginnings(request)
    )


def work(request: HttpRequest) -> dict[str, Any]:
    """Parcels that must leave and requests that wait, of whom this person may see."""
    rows = parcels(request).select_related("order", "designer").prefetch_related("lines")
    shown = list(rows.annotate(in_all=_IN_ALL)[:SHOWN])
    asked, asked_count = _asked(request)
    count = shown[0].in_all if shown else 0
    request.__dict__["workshop_counts"] = {"parcel": count, "aftersale": asked_count}
    return {
        "parcels": [_task(request, parcel) for parcel in shown],
        "parcel_count": count,
        "parcels_in_words": in_words(count),
        "more_parcels": count - len(shown),
        "parcels_url": _url(Parcel),
        "asked": asked,
        "asked_count": asked_count,
        "asked_in_words": in_words(asked_count),
        "more_asked": asked_count - len(asked),
        "asked_url": _url(AfterSale),
        "is_house": is_owner(request.user),
    }


def work_page(request: HttpRequest) -> HttpResponse:
    """The same by itself: the owner's inbox fetches it once what needs a person is shown."""
    return render(request, "admin/bench/work.html", work(request))


def _task(request: HttpRequest, parcel: Parcel) -> Task:
    maker = parcel.designer.name if is_owner(request.user) else ""
    return Task(parcel, list(parcel.lines.all()), _url(Parcel, parcel.pk), maker)


def _asked(request: HttpRequest) -> tuple[list[tuple[AskedTold, str]], int]:
    """What is asked after buying and waits for this person, the oldest first; how much in all."""
    rows = AfterSale.objects.to_do(request.user).order_by("moved_at", "pk")
    rows = rows.select_related("parcel__order", "parcel__designer")
    rows = rows.prefetch_related(_PARTS, "parcel__lines")
    shown: list[Any] = list(rows.annotate(in_all=_IN_ALL)[:SHOWN])
    told = [(AskedTold(asked), _url(AfterSale, asked.pk)) for asked in shown]
    return told, shown[0].in_all if shown else 0


def _day_in_words(tasks: list[Task]) -> str:
    urgent = sum(task.is_now for task in tasks)
    if urgent:
        return ngettext(
            "One parcel leaves by tomorrow.", "%(n)s parcels leave by tomorrow.", urgent
        ) % {"n": urgent}
    return _("Nothing leaves before tomorrow is over.") if tasks else _("A quiet day at the bench.")


def _beginnings(request: HttpRequest) -> dict[str, str]:
    edits = is_owner(request.user) or EDITORS.intersection(roles_of(request).values())
    if not edits:
        return {}
    return {
        "shoot_url": reverse("admin:catalog_collection_shoot"),
        "new_piece_url": reverse("admin:catalog_piece_add"),
        "new_collection_url": reverse("admin:catalog_collection_add"),
    }


def _house(request: HttpRequest) -> dict[str, Any]:
    """What the shop's owner finds in the place of a bench."""
    found = inbox.cases(request)
    pending = Invitation.objects.filter(accepted_at=None, expires_at__gt=now())
    return {
        "inbox_heading": inbox.heading(len(found)),
        "day_in_words": _house_in_words(request),
        "cases": found,
        "last": LastRun.read(),
        "makers": makers_told.read(SHOWN),
        "makers_url": _url(Designer),
        "invitations": pending.select_related("designer")[:SHOWN],
        "invite_url": reverse("admin:designers_invitation_add"),
        "parcels_url": _url(Parcel),
        "work_url": reverse("admin:work"),
    }


def _house_in_words(request: HttpRequest) -> str:
    """``Seven parcels are to leave, two requests wait.``"""
    parcels, asked = waiting(request, Parcel), waiting(request, AfterSale)
    leave = ngettext("one parcel is to leave", "%s parcels are to leave", parcels)
    wait = ngettext("one request waits", "%s requests wait", asked)
    told = [
        words % spell(count) if "%s" in words else words
        for words, count in ((leave, parcels), (wait, asked))
        if count
    ]
    return wording.sentence(", ".join(told)) + "." if told else _("Nothing waits at a bench.")


def _mends(request: HttpRequest) -> Iterator[Mend]:
    """The dearest first: what cannot be seen, what cannot be bought, what is found less."""
    user = request.user
    yield from _unpaid(request)
    for photo in Photo.objects.for_user(user).filter(state=Photo.State.REFUSED)[:SHOWN]:
        yield Mend(
            _("%s could not be read") % photo,
            photo.refusal,
            _url(Photo, photo.pk) or reverse("admin:catalog_piece_changelist"),
            _("See why"),
            is_wrong=True,
        )
    yield from _lacking(Piece.objects.for_user(user).published())
    drafts = Collection.objects.for_user(user).filter(published_at=None, retired_at=None)
    for draft in drafts.order_by("-updated_at")[:3]:
        yield Mend(
            _("%s is still a draft") % draft,
            _("Nobody sees it until it is published."),
            _url(Collection, draft.pk),
            _("Go on with it"),
        )


def _unpaid(request: HttpRequest) -> Iterator[Mend]:
    """Money that cannot be sent to a maker until their owner does something."""
    if not settings.STRIPE_CONNECT:
        return
    mine = [designer for designer, role in roles_of(request).items() if role in OWNERS]
    for designer in Designer.objects.filter(pk__in=mine).select_related("account"):
        told = account_words.told(designer, getattr(designer, "account", None))
        if told.is_urgent:
            asks, unpaid = _("Stripe asks you for something"), _("You cannot be paid yet")
            title = asks if told.is_ready else unpaid
            yield Mend(title, told.sentence, _url(DesignerAccount, designer.pk), told.act)


def _lacking(live: QuerySet[Piece]) -> Iterator[Mend]:
    """Pieces in the shop that nobody can buy, then those whose size cannot be seen: one query."""
    scale = Photo.objects.filter(piece=OuterRef("pk"), role=Photo.Role.SCALE)
    sizes = Variant.objects.filter(piece=OuterRef("pk"))
    rows = live.annotate(has_size=Exists(sizes), has_scale=Exists(scale))
    lacking = rows.filter(Q(has_size=False) | Q(has_scale=False))
    found = list(lacking.order_by("has_size", "-updated_at")[: SHOWN * 2])
    yield from _each(
        [piece for piece in found if not piece.has_size],
        _("%s cannot be bought"),
        _("It has no size to choose, not even “one size”."),
        _("Add one"),
    )
    yield from _each(
        [piece for piece in found if not piece.has_scale],
        _("%s has no scale photograph"),
        _("Shoppers most often leave because they cannot see the size."),
        _("Open it"),
    )


def _each(pieces: list[Piece], title: str, cost: str, act: str) -> Iterator[Mend]:
    for piece in pieces[:4]:
        yield Mend(title % piece, cost, _url(Piece, piece.pk), act)


def _url(model: type[Model], pk: int | None = None) -> str:
    """The place of a model or of one row in the workshop; empty while it has none."""
    if not admin.site.is_registered(model):
        return ""
    name = f"admin:{model._meta.app_label}_{model._meta.model_name}"
    return reverse(f"{name}_change", args=[pk]) if pk else reverse(f"{name}_changelist")
