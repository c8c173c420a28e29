"""A table as a file: CSV in UTF-8 with its mark, or XLSX; nothing in it is ever a formula."""

import csv
import io
import re
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

import openpyxl
import tablib

# What Excel, Numbers, LibreOffice or a Japanese Excel reckon when a cell begins with it.
_FORMULA = re.compile("'*[=+\\-@\t\r＝＋－＠]")
_BOM = "\N{ZERO WIDTH NO-BREAK SPACE}"
TYPES = {
    "csv": "text/csv; charset=utf-8",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}


def held(text: str) -> str:
    """A text that no spreadsheet reckons: one quotation mark more; ``reading`` takes it off."""
    return f"'{text}" if _FORMULA.match(text) else text


def written(table: tablib.Dataset, kind: str) -> bytes:
    """The table as ``csv`` or ``xlsx``."""
    lines = [table.headers or [], *(table[place] for place in range(len(table)))]
    return b"".join(csv_lines(lines)) if kind == "csv" else _xlsx(lines)


def csv_lines(lines: Iterable[Sequence[Any]]) -> Iterator[bytes]:
    """CSV a line at a time, with the mark by which spreadsheets know UTF-8."""
    buffer = io.StringIO(_BOM, newline="")
    buffer.seek(0, io.SEEK_END)
    table = csv.writer(buffer)
    for cells in lines:
        table.writerow([held(str(cell)) for cell in cells])
        yield buffer.getvalue().encode()
        buffer.seek(0)
        buffer.truncate()


def _xlsx(lines: list[Sequence[Any]]) -> bytes:
    book = openpyxl.Workbook(write_only=True)
    sheet = book.create_sheet("pieces")
    sheet.freeze_panes = "A2"
    for cells in lines:
        sheet.append([held(str(cell)) for cell in cells])
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()
