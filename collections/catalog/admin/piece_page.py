"""What stands around the form of a piece: its readiness, its hallmark, how it looks in a list."""

import json
from typing import Any

from django.db.models import Model
from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext as _

from catalog import hallmarks, size_runs
from catalog.admin import looks, readiness
from catalog.models import Material, Photo, Piece, PieceMaterial

_OF_STONE = {PieceMaterial.Role.STONE, PieceMaterial.Role.OTHER}


def context(request: HttpRequest, piece: Any, formsets: dict[type[Model], Any]) -> dict[str, Any]:
    """What the page of a piece shows besides its fields; asks no database.

    ``formsets`` are those of the page, by model: they have read what belongs to the piece.
    """
    photos = _rows(formsets.get(Photo))
    made_of = _rows(formsets.get(PieceMaterial))
    mute = [
        (place, reverse("admin:catalog_photo_change", args=[photo.pk]))
        for place, photo in enumerate(photos, start=1)
        if not photo.alt
    ]
    strikes = readiness.with_places(readiness.of_piece(piece), mute)
    reading = hallmarks.of_piece(piece, made_of)
    return {
        "title": piece.title,
        "subtitle": None,
        "strikes": strikes,
        "struck": sum(strike.done for strike in strikes),
        "preview_url": reverse("catalog:piece_preview", args=[piece.collection.token, piece.slug]),
        "reading": reading,
        "mark": _mark(reading, piece, made_of, _metals(formsets[PieceMaterial])),
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


def _rows(formset: Any) -> list[Any]:
    return [form.instance for form in formset.initial_forms] if formset else []


def _metals(formset: Any) -> dict[int, tuple[str, int | None]]:
    """The precious metals of the shared list, as its choices have them: metal and fineness."""
    choices = formset.empty_form.fields["material"].choices
    materials = [getattr(value, "instance", None) for value, _label in choices]
    return {m.pk: (m.metal, m.fineness) for m in materials if m and m.metal}


def _mark(
    reading: hallmarks.Reading,
    piece: Piece,
    made_of: list[PieceMaterial],
    metals: dict[int, tuple[str, int | None]],
) -> dict[str, Any]:
    has_stones = any(row.role in _OF_STONE for row in made_of)
    notes = [hallmarks.MIXED] if len(reading.metals) > 1 else []
    if has_stones and reading.weight and not piece.metal_weight:
        notes.append(hallmarks.WITH_STONES)
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
        "metals": json.dumps(metals),
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
