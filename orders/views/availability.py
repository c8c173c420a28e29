"""Live availability for public pages, which are kept and the same for everybody."""

import re
from typing import Any

from django.http import HttpRequest, JsonResponse
from django.utils.timezone import now
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from catalog import availability as wordings
from catalog.availability import Availability
from catalog.models import Piece, Variant
from orders import cart as carts
from orders import holds
from orders.models import Hold
from shop.personal import personal

MOST = 60
_TO_BE_HAD = {"available", "made"}
_IDS = re.compile(rf"[0-9]{{1,18}}(,[0-9]{{1,18}}){{0,{MOST - 1}}}")


@personal
@require_safe
def availability(request: HttpRequest) -> JsonResponse:
    """``?ids=3,7`` (at most 60): the state and words of each; ``&sizes`` tells of each size too.

    What this browser holds itself is ``yours``. Ids that are not in the shop are left out.
    """
    asked = request.GET.get("ids", "")
    if not _IDS.fullmatch(asked):
        return JsonResponse({"error": _("Ask by ids, at most 60 numbers.")}, status=400)
    ids = {int(number) for number in asked.split(",")}
    pieces = Piece.objects.published().with_availability().select_related("designer")
    mine = _mine(request, ids)
    answer = {piece.pk: _told(piece, mine) for piece in pieces.filter(pk__in=ids)}
    if "sizes" in request.GET:
        _tell_sizes(answer, mine)
    return JsonResponse({str(pk): told for pk, told in answer.items()})


def _mine(request: HttpRequest, ids: set[int]) -> dict[int, Hold]:
    """This browser's holds of these pieces, by variant."""
    cart = carts.get(request)
    if not cart:
        return {}
    held = cart.holds.filter(state__in=holds.KEPT, variant__piece__in=ids, expires_at__gt=now())
    return {hold.variant_id: hold for hold in held.select_related("variant")}


def _told(piece: Piece, mine: dict[int, Hold]) -> dict[str, Any]:
    found = wordings.of_piece(piece)
    own = [hold for hold in mine.values() if hold.variant.piece_id == piece.pk]
    return _as_json(found) if found.state in _TO_BE_HAD or not own else _yours(own[0])


def _tell_sizes(answer: dict[int, dict[str, Any]], mine: dict[int, Hold]) -> None:
    variants = Variant.objects.filter(piece__in=answer, offered=True)
    for variant in variants.select_related("piece__designer"):
        found, own = wordings.of_variant(variant, variant.piece), mine.get(variant.pk)
        told = _as_json(found) if found.state in _TO_BE_HAD or not own else _yours(own)
        answer[variant.piece_id].setdefault("sizes", {})[str(variant.pk)] = told


def _as_json(found: Availability) -> dict[str, Any]:
    return {
        "state": found.state,
        "word": found.word,
        "in_lists": found.in_lists,
        "button": found.button,
        "note": _("in a basket") if found.state == "held" else found.word,
        "yours": False,
    }


def _yours(hold: Hold) -> dict[str, Any]:
    word = _("held for you until %s") % wordings.clock(hold.expires_at)
    return {
        "state": "held",
        "word": word,
        "in_lists": word,
        "button": _("Go to the basket"),
        "note": _("held for you"),
        "yours": True,
    }
