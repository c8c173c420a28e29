"""Files of other shops, told by their columns: what Etsy and Shopify let their sellers download.

Etsy: Shop Manager, Settings, Options, Download data, "Currently for sale listings".
Shopify: https://help.shopify.com/en/manual/products/import-export/using-csv
"""

import re
from collections.abc import Callable

from django.conf import settings
from django.utils.html import strip_tags
from django.utils.translation import gettext as _

from catalog.sheets.reading import Cell, Row, Table, Unreadable

_ETSY = {"title", "description", "price", "currency_code", "quantity"}
_SHOPIFY = {"handle", "title", "body (html)", "variant price"}
_ENDS = re.compile(r"(?i)<br\s*/?>|</(?:p|li|div|h\d)>")


def as_ours(table: Table) -> Table:
    """The same table with our columns; one of ours comes back as it is. Raises Unreadable."""
    names = {name.lower() for name in table.columns}
    if names >= _ETSY:
        return _turned(table, "Etsy", [_etsy(row) for row in table.rows])
    if names >= _SHOPIFY:
        return _turned(table, "Shopify", _shopify(table.rows))
    return table


def _turned(table: Table, shop: str, rows: list[Row]) -> Table:
    note = _(
        "A file of %(shop)s: title, description, price, quantity, number and sizes are taken over. "
        "Photographs are not; drop them on the collection."
    )
    columns = list(dict.fromkeys(name for row in rows for name in row.cells))
    whole = [Row(row.line, {name: row.cells.get(name, "") for name in columns}) for row in rows]
    return Table(columns, whole, [*table.notes, note % {"shop": shop}])


def _etsy(row: Row) -> Row:
    cells = {name.lower(): cell for name, cell in row.cells.items()}
    _check_currency(row.line, str(cells["currency_code"]))
    sizes = _etsy_sizes(cells)
    return Row(
        row.line,
        {
            "number": str(cells.get("sku", "")).split(",")[0].strip(),
            "title": str(cells["title"])[:_TITLE].strip(),
            "price": cells["price"],
            "about": cells["description"],
            "sizes": sizes,
            # Etsy tells how many there are of all sizes together: with several it is not known.
            "ready": "" if ";" in sizes else cells["quantity"],
        },
    )


_TITLE = 80
_VARIATION = ("type", "name", "values")


def _etsy_sizes(cells: dict[str, Cell]) -> str:
    for number in (1, 2):
        said = {word: str(cells.get(f"variation {number} {word}", "")) for word in _VARIATION}
        if re.search(r"(?i)size|length", f"{said['type']} {said['name']}"):
            return said["values"].replace(",", "; ")
    return ""


def _check_currency(line: int, code: str) -> None:
    if code and code.lower() != settings.SHOP_CURRENCY:
        told = {"line": line, "theirs": code.upper(), "ours": settings.SHOP_CURRENCY.upper()}
        raise Unreadable(
            _("Line %(line)s: its price is in %(theirs)s, the shop’s are in %(ours)s.") % told
        )


def _shopify(rows: list[Row]) -> list[Row]:
    """Shopify writes a row a size and a row a photograph; the first has the title."""
    pieces: dict[str, list[Row]] = {}
    for row in rows:
        cells = {name.lower(): cell for name, cell in row.cells.items()}
        pieces.setdefault(str(cells["handle"]), []).append(Row(row.line, cells))
    return [_shopify_piece(of_one) for of_one in pieces.values()]


def _shopify_piece(rows: list[Row]) -> Row:
    first = rows[0].cells
    get: Callable[[Row, str], str] = lambda row, name: str(row.cells.get(name, ""))  # noqa: E731
    variants = [row for row in rows if get(row, "variant price")]
    sized = [row for row in variants if get(row, "option1 value") not in {"", "Default Title"}]
    stock = [(get(row, "option1 value"), get(row, "variant inventory qty")) for row in sized]
    lone = get(variants[0], "variant inventory qty") if variants else ""
    return Row(
        rows[0].line,
        {
            "number": str(first.get("variant sku", "")),
            "title": str(first["title"])[:_TITLE].strip(),
            "price": first["variant price"],
            "about": _words(str(first["body (html)"])),
            "weight g": _grams(str(first.get("variant grams", ""))),
            "sizes": "; ".join(size for size, _count in stock),
            "ready": "; ".join(f"{size}: {count or 0}" for size, count in stock) or lone,
        },
    )


def _grams(text: str) -> str:
    return "" if text in {"0", "0.0"} else text


def _words(html: str) -> str:
    text = strip_tags(_ENDS.sub("\n\n", html)).replace("&amp;", "&").replace("&nbsp;", " ")
    return re.sub(r"\n{3,}", "\n\n", text).strip()
