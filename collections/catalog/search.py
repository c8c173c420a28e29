"""Finding pieces by words: prefixes, accents and small typos, on PostgreSQL and SQLite alike.

What is searched is ``Piece.search_text``, plain folded words that ``reindex`` writes. On
PostgreSQL a full-text and a trigram index lie on it; on SQLite ``reindex`` writes an FTS5
table too (no triggers: Django's migrations of SQLite drop them with the table they remake).
"""

import re
import unicodedata
from collections.abc import Container, Iterable
from difflib import get_close_matches
from functools import cache

from django.contrib.postgres.search import (
    SearchQuery,
    SearchRank,
    SearchVector,
    TrigramWordSimilarity,
)
from django.db import connection
from django.db.models import QuerySet

from catalog.models import Inspiration, Piece

MAX_WORDS = 6
# Two letters changed places in a word of seven leave 0.36 of its trigrams.
_LIKENESS = 0.3
_WORD = re.compile(r"[a-z0-9]+")
# Letters that Unicode does not decompose into a letter and a mark.
_LETTERS = str.maketrans({"ø": "o", "æ": "ae", "œ": "oe", "ß": "ss", "đ": "d", "ł": "l", "ı": "i"})


def fold(text: str) -> str:
    """Lower case without accents: ``Élodie’s Crête`` becomes ``elodie s crete``."""
    decomposed = unicodedata.normalize("NFKD", text.lower().translate(_LETTERS))
    plain = "".join(char for char in decomposed if not unicodedata.combining(char))
    return " ".join(_WORD.findall(plain))


def words_of(query: str) -> list[str]:
    """The words of a query that are looked for, folded, at most six."""
    return fold(query[:200]).split()[:MAX_WORDS]


def ranked_ids(query: str) -> list[int]:
    """The ids of the pieces that have every word (as a prefix), the best first.

    Of all pieces, also of those that shoppers may not see: the caller keeps its own.
    """
    words = words_of(query)
    if not words:
        return []
    if connection.vendor == "postgresql":
        return _ranked_by_postgres(words)
    return _ranked_by_sqlite(words)


def did_you_mean(query: str) -> str:
    """The query with unknown words replaced by the nearest known ones; empty if none is near."""
    known = vocabulary()
    corrected = [_nearest(word, known) for word in words_of(query)]
    if not all(corrected) or corrected == words_of(query):
        return ""
    return " ".join(corrected)


def find_ids(query: str, visible: Container[int]) -> tuple[list[int], str]:
    """The ids of the visible pieces that a query means, best first, and what was meant.

    ``meant`` is the corrected query where nothing has the words as they were typed ("" when
    none was needed or none helped).
    """
    ids = [pk for pk in ranked_ids(query) if pk in visible]
    if ids or not words_of(query):
        return ids, ""
    meant = did_you_mean(query)
    ids = [pk for pk in ranked_ids(meant) if pk in visible] if meant else []
    return ids, meant if ids else ""


def vocabulary() -> dict[str, int]:
    """Every word that published pieces are found by, with how many pieces have it."""
    known: dict[str, int] = {}
    for text in Piece.objects.published().values_list("search_text", flat=True):
        for word in set(text.split()):
            known[word] = known.get(word, 0) + 1
    return known


def reindex(pieces: Iterable[Piece] | QuerySet[Piece]) -> None:
    """Write what these pieces are found by; call after they or what they belong to changed."""
    ids = [piece.pk for piece in pieces]
    full = Piece.objects.filter(pk__in=ids).select_related("designer", "collection__inspiration")
    changed, texts = [], []
    for piece in full.prefetch_related("materials", "collection__other_inspirations"):
        text = fold(" ".join(_said_of(piece)))
        if text != piece.search_text:
            piece.search_text = text
            changed.append(piece)
        texts.append((piece.pk, text))
    Piece.objects.bulk_update(changed, ["search_text"], batch_size=200)
    if connection.vendor == "sqlite":
        _write_sqlite(texts)


def _write_sqlite(texts: list[tuple[int, str]]) -> None:
    with connection.cursor() as cursor:
        cursor.executemany(
            "DELETE FROM catalog_piece_search WHERE rowid = %s", [(pk,) for pk, _ in texts]
        )
        cursor.executemany(
            "INSERT INTO catalog_piece_search (rowid, search_text) VALUES (%s, %s)", texts
        )


def _said_of(piece: Piece) -> Iterable[str]:
    yield piece.title
    yield _kind_words(piece.kind)
    yield f"{piece.designer.name} {piece.designer.place}"
    yield f"{piece.collection.title} {piece.material_line} {piece.colour}"
    for material in piece.materials.all():
        yield f"{material.name} {material.group_name}"
    for inspiration in _inspirations(piece):
        yield f"{inspiration.name} {inspiration.path.replace('/', ' ').replace('-', ' ')}"
    yield f"{piece.get_making_display()} {piece.summary}"


def _inspirations(piece: Piece) -> Iterable[Inspiration]:
    main = piece.collection.inspiration
    return ([main] if main else []) + list(piece.collection.other_inspirations.all())


@cache
def _kind_words(kind: str) -> str:
    plural = {"brooch": "brooches", "earrings": "earring"}.get(kind, f"{kind}s")
    return f"{kind} {plural}"


def _ranked_by_postgres(words: list[str]) -> list[int]:
    query = SearchQuery(
        " & ".join(f"{word}:*" for word in words), search_type="raw", config="simple"
    )
    vector = SearchVector("search_text", config="simple")
    found = Piece.objects.annotate(vector=vector).filter(vector=query)
    rank = SearchRank(vector, query, normalization=1)
    ranked = found.annotate(rank=rank).order_by("-rank", "-created_at", "-pk")
    return list(ranked.values_list("pk", flat=True))


def _ranked_by_sqlite(words: list[str]) -> list[int]:
    match = " AND ".join(f'"{word}"*' for word in words)
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT rowid FROM catalog_piece_search WHERE catalog_piece_search MATCH %s"
            " ORDER BY rank, rowid DESC",
            [match],
        )
        return [row[0] for row in cursor.fetchall()]


def _nearest(word: str, known: dict[str, int]) -> str:
    if word in known or any(other.startswith(word) for other in known):
        return word
    candidates = _similar_in_postgres(word) if connection.vendor == "postgresql" else list(known)
    near = get_close_matches(word, candidates, n=3, cutoff=0.7)
    return max(near, key=lambda other: (_closeness(word, other), known.get(other, 0)), default="")


def _closeness(word: str, other: str) -> int:
    """How many letters the two share at their beginning: people seldom mistype the first."""
    return next(
        (i for i, (a, b) in enumerate(zip(word, other, strict=False)) if a != b),
        min(len(word), len(other)),
    )


def _similar_in_postgres(word: str) -> list[str]:
    """The words of the pieces most like this one by trigrams."""
    near = (
        Piece.objects.published()
        .annotate(likeness=TrigramWordSimilarity(word, "search_text"))
        .filter(likeness__gte=_LIKENESS)
        .order_by("-likeness")
        .values_list("search_text", flat=True)[:100]
    )
    return sorted({other for text in near for other in text.split()})
