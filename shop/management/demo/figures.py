"""Figures as if people had been looking for some months, so that no chart is empty at first.

Only what is counted: sales are what is bought in the demo itself.
"""

import random
from collections.abc import Iterable, Iterator
from datetime import timedelta

from django.utils.timezone import localdate

from catalog.models import Collection, Inspiration, Piece, Variant
from designers.models import Designer
from orders.models import Figure

_Kind, _Subject = Figure.Kind, Figure.Subject
_BATCH = 1_000
# Of a week, Monday first: one looks at jewellery on a Sunday.
_WEEK = [8, 7, 8, 9, 10, 13, 16]
# In per cent of the looks at a piece.
_IN_BASKETS, _IN_VAIN = 7, 3


class Visits:
    """So many days of them, up to yesterday; the same seed makes the same ones."""

    def __init__(self, seed: int, *, days: int, busy: int) -> None:
        """``busy`` is how often a page is looked at on a day, at most."""
        # Believable, not secret: the same seed must give the same shop.
        self.random = random.Random(seed)  # noqa: S311
        self.busy = busy
        today = localdate()
        self.days = [today - timedelta(ago) for ago in range(days, 0, -1)]

    def write(self) -> None:
        """All of them, unless somebody has been here already."""
        if not Figure.objects.exists():
            Figure.objects.bulk_create(self._all(), _BATCH, ignore_conflicts=True)

    def _all(self) -> Iterator[Figure]:
        pieces = list(Piece.objects.published().order_by("pk"))
        sizes = self._sizes(pieces)
        for piece in pieces:
            yield from self._of_piece(piece, sizes.get(piece.pk, []))
        for collection in Collection.objects.published().order_by("pk"):
            yield from self._looks(_Subject.COLLECTION, collection.pk, collection.designer_id)
        for designer in Designer.objects.published().order_by("pk"):
            yield from self._looks(_Subject.DESIGNER, designer.pk, designer.pk)
        for inspiration in Inspiration.objects.filter(collections__isnull=False).distinct():
            yield from self._looks(_Subject.INSPIRATION, inspiration.pk, None)

    def _sizes(self, pieces: Iterable[Piece]) -> dict[int, list[Variant]]:
        sizes: dict[int, list[Variant]] = {piece.pk: [] for piece in pieces}
        for variant in Variant.objects.filter(piece__in=list(sizes)).order_by("position", "pk"):
            sizes[variant.piece_id].append(variant)
        return sizes

    def _of_piece(self, piece: Piece, sizes: list[Variant]) -> Iterator[Figure]:
        wanted = [v.label for v in sizes if not v.offered or not (v.stock or v.can_be_made)]
        if piece.sized == Piece.Sized.RING and piece.making != Piece.Making.ONE_OF_A_KIND:
            wanted += [] if "60" in {variant.label for variant in sizes} else ["60"]
        had = [v.label for v in sizes if v.offered and v.label not in wanted]
        for seen in self._looks(_Subject.PIECE, piece.pk, piece.designer_id):
            yield seen
            yield from self._of_looks(seen, _Kind.BASKET, _IN_BASKETS, had)
            yield from self._of_looks(seen, _Kind.ASKED, _IN_VAIN, wanted)

    def _of_looks(
        self, seen: Figure, kind: str, percent: int, sizes: list[str]
    ) -> Iterator[Figure]:
        """Of so many who looked, some did more."""
        number = sum(self.random.randrange(100) < percent for _ in range(seen.number))
        if number and sizes:
            yield Figure(
                day=seen.day,
                kind=kind,
                subject=seen.subject,
                subject_id=seen.subject_id,
                size=self.random.choice(sizes),
                designer_id=seen.designer_id,
                number=number,
            )

    def _looks(self, subject: str, pk: int, designer: int | None) -> Iterator[Figure]:
        liked = self.random.randrange(2, self.busy + 2)
        for place, day in enumerate(self.days):
            # More from week to week, as word gets round.
            most = liked * _WEEK[day.weekday()] * (len(self.days) + place)
            number = self.random.randrange(most // (max(_WEEK) * len(self.days)) + 1)
            if number:
                yield Figure(
                    day=day,
                    kind=_Kind.VIEW,
                    subject=subject,
                    subject_id=pk,
                    designer_id=designer,
                    number=number,
                )
