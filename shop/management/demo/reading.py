"""The demo house as it lies in ``demo/``: TOML files, a photograph folder, drawn marks."""

import tomllib
from functools import cached_property
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

type Table = dict[str, Any]


class House:
    """Reads the folder's files, each once."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    @cached_property
    def house(self) -> Table:
        return self._read("house.toml")

    @property
    def inspirations(self) -> list[Table]:
        return list(self.house["inspirations"])

    @property
    def materials(self) -> list[Table]:
        return list(self.house["materials"])

    @cached_property
    def designers(self) -> list[Table]:
        return self._read_all("designers")

    @cached_property
    def collections(self) -> list[Table]:
        """The opening collection first, then as the house lists them, then the newest."""
        opening = self.house["house"]["opening_collection"]
        return sorted(
            self._read_all("collections"),
            key=lambda c: (c["slug"] != opening, c.get("position", 99), -c.get("year", 0)),
        )

    def pieces_of(self, collection: str) -> list[Table]:
        """The pieces of a collection in the order they are shown; none while it has no file."""
        path = self.folder / "pieces" / f"{collection}.toml"
        return list(self._read(f"pieces/{path.name}").get("pieces", [])) if path.exists() else []

    def photograph(self, name: str) -> Path:
        return self.folder / "photographs" / name

    def mark_path(self, code: str) -> str:
        """The path data of a drawn touchmark, all its paths in one."""
        path = self.folder / "marks" / f"{code}.svg"
        if not path.exists():
            return ""
        root = ElementTree.parse(path).getroot()  # noqa: S314 - our own file
        paths = root.iter("{http://www.w3.org/2000/svg}path")
        return " ".join(element.get("d", "") for element in paths)

    def _read(self, name: str) -> Table:
        return tomllib.loads((self.folder / name).read_text(encoding="utf-8"))

    def _read_all(self, folder: str) -> list[Table]:
        return [
            self._read(f"{folder}/{path.name}")
            for path in sorted((self.folder / folder).glob("*.toml"))
        ]
