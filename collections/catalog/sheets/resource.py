"""All rows of a table, compared with a maker's pieces, and taken over all or none."""

import hashlib
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from django.core.exceptions import NON_FIELD_ERRORS, ValidationError
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from import_export.resources import ModelResource
from tablib import Dataset

from catalog import drops, standing
from catalog.models import Collection, Piece
from catalog.sheets import wanted as wants
from catalog.sheets.columns import BY_NAME, COLUMNS, QUIET, UNCHANGED, Column, variants_of
from catalog.sheets.own import Own, Whose
from catalog.sheets.reading import Cell, Table, tidy
from catalog.sheets.row_form import RowForm


@dataclass(frozen=True, slots=True)
class Change:
    """One cell; ``before`` is empty for a new piece."""

    column: str
    before: str
    after: str


@dataclass(slots=True)
class Told:
    """What a row comes to: ``new``, ``changed``, ``same`` or ``wrong``."""

    line: int
    title: str = ""
    stands: str = "same"
    piece: Piece | None = None
    # Where the piece lies until it is taken over; None for a new one.
    home: Collection | None = None
    changes: list[Change] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    errors: list[tuple[str, str]] = field(default_factory=list)
    # Of the piece, to be written.
    columns: list[str] = field(default_factory=list)


class PieceResource(ModelResource):  # type: ignore[misc]
    """The columns of a table of pieces; with ``Whose`` also how its rows are taken over."""

    class Meta:
        model = Piece
        skip_diff = True
        report_skipped = True

    def __init__(self, whose: Whose | None = None) -> None:
        super().__init__()
        self.fields = {column.column_name: column for column in COLUMNS}
        self.whose = whose
        self.told: list[Told] = []
        if whose:
            self.own = Own(whose)

    def plan(self, table: Table) -> list[Told]:
        """What taking the table over would do; writes nothing and locks nothing."""
        self.lines = [row.line for row in table.rows]
        dataset = Dataset(headers=table.columns)
        for row in table.rows:
            dataset.append([row.cells.get(name, "") for name in table.columns])
        # import_data() would write and roll back also for a look, and so keep shoppers waiting.
        result = self.import_data_inner(
            dataset,
            dry_run=True,
            raise_errors=False,
            using_transactions=False,
            collect_failed_rows=False,
        )
        for error in [error for row in result.error_rows for error in row.errors]:
            raise error.error
        return self.told

    def after_import(self, dataset: Dataset, result: Any, **kwargs: Any) -> None:
        """Nothing: rows bring no primary keys, so that no sequence has to be set."""

    # --- One row, in the order in which import_export goes --------------------------------------

    def import_row(self, row: dict[str, Cell], instance_loader: Any, **kwargs: Any) -> Any:
        told = Told(self.lines[kwargs["row_number"] - 1], title=str(row.get("title", "")))
        self.told.append(told)
        result = super().import_row(row, instance_loader, **kwargs)
        if result.validation_error:
            told.stands, told.errors = "wrong", list(_sentences(result.validation_error))
        return result

    def get_or_init_instance(
        self, instance_loader: Any, row: dict[str, Cell]
    ) -> tuple[Piece, bool]:
        piece = self.own.piece(row)
        is_new = piece is None
        if piece is None:
            piece = self.own.new_piece(row)
        self.own.only_once(piece, row, line=self.told[-1].line)
        piece.wanted = wants.Wanted()  # type: ignore[attr-defined]
        self.told[-1].piece = piece
        self.home = self.told[-1].home = None if is_new else piece.collection
        self.told[-1].title = piece.title or str(row.get("title", ""))
        self.before = {name: column.export(piece) for name, column in BY_NAME.items()}
        return piece, is_new

    def import_instance(self, instance: Piece, row: dict[str, Cell], **kwargs: Any) -> None:
        """Fill in the cells that say something else than the piece does."""
        given = {
            name: cell
            for name, cell in row.items()
            if name in BY_NAME and (tidy(str(cell)) != self.before[name] or not instance.pk)
        }
        self.given = {name for name, cell in given.items() if cell != ""}
        errors: dict[str, list[Any]] = {}
        self._fill_form(instance, given, errors)
        for read in (self._read_collection, self._read_beside):
            try:
                read(instance, given, row)
            except ValidationError as error:
                for name, said in error.message_dict.items():
                    errors.setdefault(name, []).extend(said)
        if errors:
            raise ValidationError(errors)

    def _fill_form(
        self, piece: Piece, given: Mapping[str, Cell], errors: dict[str, list[Any]]
    ) -> None:
        names = {name: BY_NAME[name].field for name in given if BY_NAME[name].field}
        cells = {field: given[name] for name, field in names.items()}
        if not piece.pk:
            cells = self._guessed(cells, str(given.get("ready", "")), str(given.get("sizes", "")))
        if not cells and piece.pk:
            self.columns: list[str] = []
            return
        form = RowForm(cells, piece=piece)
        assert self.whose is not None  # noqa: S101
        form.keeper = self.whose.keeper
        columns = {field: name for name, field in names.items()}
        for name, said in form.errors.items():
            errors[columns.get(name, name)] = list(said)
        self.columns = form.changed_columns() if piece.pk else []
        if "price" in form.fields and not form.errors:
            note = form.fields["price"].note(cells["price"], piece.price)  # type: ignore[attr-defined]
            self.told[-1].notes += [note] if note else []

    def _guessed(self, cells: dict[str, Cell], ready: str, sizes: str) -> dict[str, Cell]:
        """What a new piece is where its row does not say; the look before shows it."""
        assert self.whose is not None  # noqa: S101
        cells = {name: cell for name, cell in cells.items() if cell != "" or name in _MUST}
        if not cells.get("kind"):
            cells["kind"] = drops.kind_said(str(cells.get("title", ""))) or self.whose.kind
        several = sum(map(int, _COUNT.findall(ready))) > 1 or _SEVERAL.search(sizes)
        if several and not cells.get("making"):
            cells["making"] = Piece.Making.STOCKED.value
        return {"title": "", "price": "", **cells}

    def _read_collection(
        self, piece: Piece, given: Mapping[str, Cell], row: Mapping[str, Cell]
    ) -> None:
        if piece.pk and "collection" in given:
            piece.collection = self.own.collection(row)
            self.columns = [*self.columns, "collection", "designer"]

    def _read_beside(self, piece: Any, given: Mapping[str, Cell], row: Mapping[str, Cell]) -> None:
        text = {name: str(cell) for name, cell in given.items()}
        if text.get("number") or ("number" in text and piece.pk):
            piece.wanted.number = text["number"][:40]
        if text.get("sizes"):
            wants.sizes_of(piece.wanted, piece, text["sizes"])
        if text.get("ready") or _then_differs(row, self.before):
            then = str(row.get("ready when exported", "")) if piece.pk else ""
            wants.counts_of(piece.wanted, piece, str(row.get("ready", "")), then)
        if "materials" in text and (text["materials"] or piece.pk):
            wants.materials_of(piece.wanted, text["materials"], self.own.materials)
        if text.get("status") and piece.pk:
            self.told[-1].notes.append(_("Its status is left alone: see its page."))
        _check_sums(piece)

    def skip_row(
        self, instance: Any, original: Any, row: Any, import_validation_errors: Any = None
    ) -> bool:
        """Compare; a piece that would stay as it is is left alone."""
        if import_validation_errors:
            return False
        told = self.told[-1]
        told.title = instance.title
        told.notes += instance.wanted.notes
        told.columns = self.columns
        told.changes = list(self._changes(instance))
        self._check_review(instance, told)
        told.stands = "new" if not instance.pk else ("changed" if told.changes else "same")
        return told.stands == "same"

    def _check_review(self, piece: Piece, told: Told) -> None:
        """What the house reads first is changed on its page, where it waits beside the shop's."""
        if not (self.home and self.whose):
            return
        was = Piece(pk=piece.pk, status=piece.status, collection=self.home)
        into = piece.collection if piece.collection != self.home else None
        for change in told.changes:
            fields = [_FIELDS.get(change.column, BY_NAME[change.column].field or change.column)]
            moves = into if change.column == "collection" else None
            if refused := standing.refusal(was, self.whose.by, fields, into=moves):
                raise ValidationError({change.column: refused})

    def _changes(self, piece: Piece) -> Any:
        for name, column in BY_NAME.items():
            before = self.before[name] if piece.pk else ""
            if not piece.pk and name in QUIET and name not in self.given:
                continue
            if name not in UNCHANGED and (after := column.export(piece)) != before:
                yield Change(name, before, after)

    def validate_instance(
        self, instance: Any, import_validation_errors: Any = None, validate_unique: bool = True
    ) -> None:
        """The form has judged the row already."""
        if import_validation_errors:
            raise ValidationError(import_validation_errors)


_SEVERAL = re.compile(r"[;,]| to |[-–]")
_COUNT = re.compile(r"(?:^|:)\s*(\d{1,4})\b")
# What a column is of a piece, where it is no field of its form.
_FIELDS = {"ready": "stock", "ready when exported": "stock", "number": "sku"}
_MUST = {"title", "kind", "price"}


class NotAsSeen(Exception):
    """What it would do now is not what the person was shown."""


def digest(told: list[Told]) -> str:
    """Of all that a table would change, so that what is confirmed is what was seen."""
    said = hashlib.sha256()
    for row in told:
        piece = row.piece.pk if row.piece and row.stands != "new" else None
        said.update(repr((row.line, row.stands, piece, row.changes, row.errors)).encode())
    return said.hexdigest()


def _then_differs(row: Mapping[str, Cell], before: Mapping[str, str]) -> bool:
    then = str(row.get("ready when exported", ""))
    return bool(then) and then != before["ready when exported"] and bool(row.get("ready"))


def _check_sums(piece: Any) -> None:
    """What the price and the counts must be together. Raises ValidationError."""
    sizes = variants_of(piece)
    if piece.price and any(piece.price + size.price_difference <= 0 for size in sizes):
        raise ValidationError({"price": _("Then one of its sizes would cost nothing, or less.")})
    counts = {size.label: size.stock for size in sizes} | piece.wanted.counts
    is_single = piece.making == Piece.Making.ONE_OF_A_KIND
    if is_single and piece.wanted.sizes and len(sizes) + len(piece.wanted.sizes) > 1:
        raise ValidationError({"sizes": _("One of a kind is there once, in one size.")})
    if is_single and piece.wanted.counts and sum(counts.values()) > 1:
        raise ValidationError({"ready": _("It is one of a kind: 0 or 1.")})


def _sentences(error: ValidationError) -> Any:
    """Each sentence with its column."""
    if not hasattr(error, "error_dict"):
        yield from (("", sentence) for sentence in error.messages)
        return
    for name, sentences in error.message_dict.items():
        shown = "" if name == NON_FIELD_ERRORS else name
        yield from ((shown, capfirst(str(sentence))) for sentence in sentences)


__all__ = ["Change", "Column", "NotAsSeen", "PieceResource", "Told", "Whose", "digest"]
