"""Sending a table as a maker does: choose the file, look, take it over."""

import csv
import io
from typing import Any

import openpyxl
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

PAGE = "admin:catalog_piece_table"


def csv_of(rows: list[dict[str, Any]], separator: str = ",") -> bytes:
    """Rows with the columns that any of them has."""
    names = list(dict.fromkeys(name for row in rows for name in row))
    text = io.StringIO(newline="")
    table = csv.DictWriter(text, names, restval="", delimiter=separator)
    table.writeheader()
    table.writerows(rows)
    return text.getvalue().encode()


def xlsx_of(*lines: list[Any]) -> bytes:
    book = openpyxl.Workbook()
    for line in lines:
        book.active.append(line)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def send(client: Client, content: bytes, maker: Any, name: str = "t.csv", **said: Any) -> Any:
    """The answer to the file: the look at what it would change, or the page that says why not."""
    file = SimpleUploadedFile(name, content)
    return client.post(reverse(PAGE), {"table": file, "maker": maker.pk, **said}, follow=True)


def look(client: Client, rows: list[dict[str, Any]], maker: Any, **said: Any) -> Any:
    """What the look tells, a row each."""
    answer = send(client, csv_of(rows), maker, **said)
    assert answer.status_code == 200, answer.context["form"].errors
    return answer


def take_over(client: Client, answer: Any) -> Any:
    """Press the button of the look."""
    return client.post(answer.request["PATH_INFO"], {"seen": answer.context["seen"]}, follow=True)


def rows_of(answer: Any) -> list[Any]:
    return list(answer.context["page"])


def errors_of(answer: Any) -> str:
    """Every sentence about what is wrong, of the file or of its rows."""
    context = answer.context
    if context.get("form") is not None:
        return str(context["form"].errors)
    return " ".join(
        f"{row.line} {column}: {said}" for row in context["page"] for column, said in row.errors
    )


def out(client: Client, kind: str = "csv", **asked: str) -> bytes:
    answer = client.get(reverse("admin:catalog_piece_out", args=[kind]), asked)
    assert answer.status_code == 200
    return answer.content


def table_of(content: bytes) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(content.decode("utf-8-sig"), newline="")))
