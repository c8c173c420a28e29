"""What stands around the form of a piece: its readiness, its hallmark, how it looks in a list."""

import json
from typing import Any

from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext as _

from catalog import hallmarks, size_runs
from catalog.admin import looks, readiness
from catalog.models import Material, Photo, Piece, PieceMaterial

_OF_STONE = {PieceMaterial.Role.STONE, PieceMaterial.Role.OTHER}


def context(request: HttpRequest, piece: Any, photos: list[Photo]) -> dict[str, Any]:
    """What the page of a piece shows besides its fields; ``photos`` are its own, in order."""
    mute = [
        (place, reverse("admin:catalog_photo_change", args=[photo.pk]))
        for place, photo in enumerate(photos, start=1)
        if not photo.alt
    ]
    strikes = readiness.with_places(readiness.of_piece(piece), mute)
    made_of = getattr(piece, "workshop_materials", None)
    if made_of is None:
        made_of = list(piece.piece_materials.select_related("material"))
    reading = hallmarks.of_piece(piece, made_of)
    return {
        "title": piece.title,
        "subtitle": None,
        "strikes": strikes,
        "struck": sum(strike.done for strike in strikes),
        "preview_url": reverse("catalog:piece_preview", args=[piece.collection.token, piece.slug]),
        "reading": reading,
        "mark": _mark(reading, piece, made_of),
        "run_words": run_words(),
        "card": looks.thumb(photos[0] if photos else None, ""),
        "is_copy": "copied" in request.GET,
    }


def run_words() -> dict[str, str]:
    """What the page's script says of a run; the server's own words."""
    return {code: str(words) for code, words in size_runs.REFUSALS.items()} | {
        "one": _("One size: %(names)s."),
        "many": _("%(count)s sizes: %(names)s."),
        "around": _("Around the inside that is %(first)s to %(last)s mm."),
    }


def _mark(reading: hallmarks.Reading, piece: Piece, made_of: list[PieceMaterial]) -> dict[str, Any]:
    has_stones = any(row.role in _OF_STONE for row in made_of)
    notes = [hallmarks.MIXED] if len(reading.metals) > 1 else []
    if has_stones and reading.weight and not piece.metal_weight:
        notes.append(hallmarks.WITH_STONES)
    metals = Material.objects.exclude(metal="").values_list("pk", "metal", "fineness")
    return {
        "note": " ".join(map(str, notes)),
        "rows": [
            {
                "metal": metal,
                "label": Material.Metal(metal).label,
                "limit": limit,
                "finenesses": " · ".join(map(str, hallmarks.FINENESSES[metal])),
                "is_in": is_in,
            }
            for metal, limit, is_in in hallmarks.table(reading)
        ],
        "metals": json.dumps({pk: [metal, fineness] for pk, metal, fineness in metals}),
        "words": json.dumps(
            {
                "titles": _strings(hallmarks.TITLES),
                "sentences": _strings(hallmarks.SENTENCES),
                "names": {metal.value: str(metal.label) for metal in Material.Metal},
                "stones": str(hallmarks.WITH_STONES),
                "mixed": str(hallmarks.MIXED),
            }
        ),
    }


def _strings(words: dict[str, Any]) -> dict[str, str]:
    return {key: str(value) for key, value in words.items()}
