"""A file that somebody sends, CSV or XLSX, as rows of words with the line each stands in."""

import csv
import io
import logging
import re
import zipfile
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, time
from decimal import Decimal
from typing import Any

import openpyxl
from django.utils.translation import gettext as _

logger = logging.getLogger(__name__)

MAX_BYTES = 4 * 1024 * 1024
MAX_ROWS = 2_000
_MAX_COLUMNS = 120
_MAX_LINES = 20_000
# What an XLSX, which is a zip, may unpack to; the text of 2,000 rows is a tenth of it.
_MAX_UNPACKED = 40 * 1024 * 1024
_MAX_PARTS = 500
# A quotation mark before what a spreadsheet would reckon: ``writing`` puts it there.
_HELD = re.compile("'+[=+\\-@\t\r＝＋－＠]")
_UNSEEN = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")

type Cell = str | Decimal


class Unreadable(Exception):
    """A file that is no table; the message is for the person."""


@dataclass(frozen=True, slots=True)
class Row:
    """``line`` is where it begins in the file, the heading being line 1."""

    line: int
    cells: dict[str, Cell]


@dataclass(slots=True)
class Table:
    """The columns as the file names them, rows without the empty ones, and what to tell."""

    columns: list[str]
    rows: list[Row]
    notes: list[str] = field(default_factory=list)


def read(content: bytes) -> Table:
    """The first sheet of an XLSX, or a CSV with commas, semicolons or tabs. Raises Unreadable."""
    if not content.strip():
        raise Unreadable(_("The file is empty."))
    if len(content) > MAX_BYTES:
        raise Unreadable(_("The file is larger than %s MB.") % (MAX_BYTES // 1024**2))
    if content.startswith(b"PK"):
        return _table(_lines_of_xlsx(content), [])
    if content.startswith(b"\xd0\xcf\x11\xe0"):
        raise Unreadable(_("This is an old Excel file: save it as .xlsx or as CSV."))
    text, notes = _decoded(content)
    return _table(_lines_of_csv(text), notes)


def _table(lines: Iterable[tuple[int, list[Cell]]], notes: list[str]) -> Table:
    found = iter(lines)
    heading = next(((line, cells) for line, cells in found if any(cells)), None)
    if heading is None:
        raise Unreadable(_("The file is empty."))
    columns = [str(cell).strip() for cell in heading[1]]
    while columns and not columns[-1]:
        columns.pop()
    rows: list[Row] = []
    for line, cells in found:
        if line > _MAX_LINES or len(rows) > MAX_ROWS:
            break
        if any(cell != "" for cell in cells):
            rows.append(_row(line, columns, cells))
    if len(rows) > MAX_ROWS:
        raise Unreadable(_("More than %s rows: send them in several files.") % f"{MAX_ROWS:,}")
    return Table(columns, rows, notes)


def _row(line: int, columns: list[str], cells: list[Cell]) -> Row:
    if any(cell != "" for cell in cells[len(columns) :]):
        raise Unreadable(
            _("Line %s has more cells than there are columns: is a text with commas in quotes?")
            % line
        )
    padded = [*cells, *[""] * len(columns)]
    return Row(line, {name: padded[place] for place, name in enumerate(columns) if name})


def _decoded(content: bytes) -> tuple[str, list[str]]:
    if content[:2] in {b"\xff\xfe", b"\xfe\xff"}:
        return _strictly(content, "utf-16"), []
    try:
        return content.decode("utf-8-sig"), []
    except UnicodeDecodeError:
        note = _(
            "The file is not in UTF-8. It was read as Windows letters (cp1252): see whether "
            "é, ö and – are right."
        )
        return _strictly(content, "cp1252"), [note]


def _strictly(content: bytes, encoding: str) -> str:
    try:
        return content.decode(encoding)
    except UnicodeDecodeError as error:
        raise Unreadable(_("Its letters cannot be read: save it as CSV in UTF-8.")) from error


def _lines_of_csv(text: str) -> Iterator[tuple[int, list[Cell]]]:
    if "\0" in text:
        raise Unreadable(_("This is neither a CSV nor an XLSX file."))
    separator, skipped = _separator(text)
    table = csv.reader(io.StringIO(text, newline=""), delimiter=separator, strict=True)
    try:
        for _number in range(skipped):
            next(table, None)
        while True:
            line = table.line_num + 1
            cells = next(table, None)
            if cells is None:
                return
            if len(cells) > _MAX_COLUMNS:
                raise Unreadable(_("Line %s has more than %s cells.") % (line, _MAX_COLUMNS))
            yield line, [_meant(cell) for cell in cells]
    except csv.Error as error:
        raise Unreadable(
            _("Line %s cannot be read: a quotation mark is not closed there, or stands alone.")
            % table.line_num
        ) from error


def _separator(text: str) -> tuple[str, int]:
    """Which one the heading uses most; Excel may name it in a line of its own."""
    first = text.split("\n", 1)[0].strip()
    if first.lower().startswith("sep=") and len(first) == len("sep=;"):
        return first[-1], 1
    unquoted = re.sub(r'"[^"]*"', "", first)
    return max(",;\t", key=unquoted.count), 0


def _lines_of_xlsx(content: bytes) -> Iterator[tuple[int, list[Cell]]]:
    _check_zip(content)
    try:
        book = openpyxl.load_workbook(io.BytesIO(content), read_only=True, data_only=True)
        rows = book.worksheets[0].iter_rows(max_col=_MAX_COLUMNS, values_only=True)
        for line, values in enumerate(rows, start=1):
            yield line, [_cell(value) for value in values]
            if line > _MAX_LINES:
                return
    except Exception as error:  # openpyxl raises whatever a broken file makes it stumble over
        logger.info("An XLSX could not be read: %s", type(error).__name__)
        raise Unreadable(_("This XLSX file is broken: save it anew, or as CSV.")) from error


def _check_zip(content: bytes) -> None:
    try:
        parts = zipfile.ZipFile(io.BytesIO(content)).infolist()
    except (zipfile.BadZipFile, ValueError, NotImplementedError, EOFError) as error:
        raise Unreadable(_("This XLSX file is broken: save it anew, or as CSV.")) from error
    # A part that unpacks to more than it says is cut off by zipfile and fails its checksum.
    if len(parts) > _MAX_PARTS or sum(part.file_size for part in parts) > _MAX_UNPACKED:
        raise Unreadable(_("This XLSX file unpacks to more than the shop reads."))


def _cell(value: Any) -> Cell:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, int):
        return Decimal(value)
    if isinstance(value, float):
        # As a spreadsheet shows it: 0.1 + 0.2 is 0.3 there.
        return Decimal(f"{value:.10g}")
    if isinstance(value, datetime | date | time):
        return _("%s (a date)") % value.isoformat()
    return _meant(str(value))


def tidy(text: str) -> str:
    """Words as the shop keeps them: ends of lines alike, nothing unseen."""
    return _UNSEEN.sub("", text.replace("\r\n", "\n").replace("\r", "\n")).strip()


def _meant(text: str) -> str:
    """Tidy, and without the mark that ``writing`` puts before what looks like a formula."""
    text = tidy(text)
    return text[1:] if _HELD.match(text) else text
