"""docs/import.md names the columns that there are, and the page explains the same."""

import re
from pathlib import Path

from catalog.sheets import reading
from catalog.sheets.columns import BY_NAME

PAGE = (Path(__file__).resolve().parents[2] / "docs" / "import.md").read_text()


def test_each_column_is_documented_and_no_other() -> None:
    first_cells = re.findall(r"^\| (`[^|]+`) \|", PAGE, flags=re.M)
    named = [name for cell in first_cells for name in re.findall(r"`([^`]+)`", cell)]
    assert named == list(BY_NAME)


def test_its_limits_are_the_real_ones() -> None:
    assert f"{reading.MAX_ROWS:,} rows" in PAGE
    assert f"{reading.MAX_BYTES // 1024**2} MB" in PAGE
