"""The owner's inbox: what needs a person, from everywhere in the shop, the oldest promise first.

What heals by itself is not here. A source is a function that yields cases with one query (or
two), however large the shop; one line in ``SOURCES`` adds another. What a few columns of a row
tell is one of ``short_cases.SOURCES`` instead: all of those are read with one query together.
"""

from collections.abc import Callable, Iterable, Iterator
from datetime import timedelta
from itertools import groupby

from django.conf import settings
from django.db.models import Q
from django.http import HttpRequest
from django.urls import reverse
from django.utils.timezone import now
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from catalog import review_told
from catalog.models import Photo
from designers.models import Designer
from orders import wording
from orders.makers import account_words
from orders.models import Payout
from shop import short_cases
from shop.case import Act, Case, opening
from shop.money import format_money
from shop.numbers import spell

# How many of a source stand in the inbox; its own list has the rest.
MOST = 20
# A photograph that waits so long will not be made without somebody.
UNMADE = timedelta(hours=1)


def cases(request: HttpRequest) -> list[Case]:
    """All of them, the oldest promise first; read once a request."""
    if "inbox_cases" not in request.__dict__:
        request.__dict__["inbox_cases"] = found()
    known: list[Case] = request.__dict__["inbox_cases"]
    return known


def found() -> list[Case]:
    """All of them, the oldest promise first."""
    told = [case for source in SOURCES for case in source()]
    return sorted(told, key=lambda case: case.due)


def heading(count: int) -> str:
    """``Five things need you``."""
    if not count:
        return _("Nothing needs you")
    words = ngettext("%s thing needs you", "%s things need you", count)
    return words % wording.sentence(spell(count))


def asked_for() -> Iterator[Case]:
    """What makers ask to show, each with what it would change and the two answers."""
    for told in review_told.waiting(MOST):
        maker = told.collection.designer
        yield Case(
            maker.name,
            told.title,
            told.review.asked_at,
            [],
            maker=maker,
            template="admin/inbox/_review.html",
            more=told,
        )


def unpaid_makers() -> Iterator[Case]:
    """Shares that could not be sent, or wait for a word of the owner; and makers who earn, and
    whom no money can reach."""
    stuck = Q(state__in=[Payout.State.BLOCKED, Payout.State.FAILED])
    asked = Q(hold__in=[Payout.Hold.DASHBOARD, Payout.Hold.REFUND])
    due = Q(state__in=[Payout.State.PENDING, Payout.State.HELD])
    unready = due & ~Q(parcel__designer__account__is_ready=True)
    wanted = stuck | asked | unready if settings.STRIPE_CONNECT else stuck | asked
    related = ("parcel__order", "parcel__designer__account")
    rows = Payout.objects.filter(wanted).select_related(*related).order_by("pk")
    waiting: dict[Designer, list[Payout]] = {}
    for payout in rows[: 10 * MOST]:
        if payout.state in _DUE and payout.hold not in _ASKED:
            waiting.setdefault(payout.parcel.designer, []).append(payout)
        else:
            yield _unsent(payout)
    for maker, payouts in waiting.items():
        yield from _unready(maker, payouts)


_DUE = {Payout.State.PENDING, Payout.State.HELD}
_ASKED = {Payout.Hold.DASHBOARD, Payout.Hold.REFUND}


def _unsent(payout: Payout) -> Case:
    order, maker = payout.parcel.order, payout.parcel.designer
    page = reverse("admin:orders_payout_change", args=[payout.pk])
    return Case(
        maker.name,
        _("%s cannot be sent") % format_money(payout.to_come, order.currency),
        payout.tried_at or order.paid_at or order.created_at,
        [payout.error or wording.sentence(str(payout.get_hold_display())) + "."],
        [Act(_("See what can be done"), page), opening(order.number, order.pk)],
        maker=maker,
    )


def _unready(maker: Designer, payouts: list[Payout]) -> Iterator[Case]:
    """Before it is due: there is time to remind them."""
    sum_, order = sum(payout.to_come for payout in payouts), payouts[0].parcel.order
    told = account_words.told(maker, getattr(maker, "account", None))
    if not (sum_ and told.is_urgent):
        return
    yield Case(
        maker.name,
        _("Earned %s, and cannot be paid yet") % format_money(sum_, order.currency),
        order.paid_at or order.created_at,
        [told.sentence],
        [Act(_("Their account"), reverse("admin:orders_designeraccount_change", args=[maker.pk]))],
        maker=maker,
    )


def unmade_photographs() -> Iterator[Case]:
    """Photographs that could not be made, a case a maker."""
    lost = Q(state=Photo.State.WAITING, created_at__lt=now() - UNMADE)
    photos = Photo.objects.filter(Q(state=Photo.State.REFUSED) | lost).select_related("designer")
    rows = photos.order_by("designer_id", "created_at")[: 10 * MOST]
    for _pk, group in groupby(rows, key=lambda photo: photo.designer_id):
        yield _unmade(list(group))


def _unmade(photos: list[Photo]) -> Case:
    maker, count = photos[0].designer, len(photos)
    title = ngettext(
        "One photograph could not be made", "%(n)s photographs could not be made", count
    )
    return Case(
        maker.name,
        title % {"n": wording.sentence(spell(count))},
        photos[0].created_at,
        [_("The originals are safe. Often it helps to try again; else ask for another file.")],
        [
            Act(
                _("Try again"), reverse("admin:catalog_photo_again", args=[maker.pk]), is_post=True
            ),
            Act(_("Look at them"), reverse("admin:catalog_photo_changelist")),
        ],
        [(str(photo), photo.refusal or _("It waits for more than an hour.")) for photo in photos],
        maker=maker,
    )


def short_ones() -> Iterator[Case]:
    """Whatever a few columns of one row tell."""
    return short_cases.read(MOST)


SOURCES: list[Callable[[], Iterable[Case]]] = [
    short_ones,
    asked_for,
    unpaid_makers,
    unmade_photographs,
]
