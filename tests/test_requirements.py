"""What the shop installs: exact, together, and nothing that would hurt."""

import re
from importlib import metadata
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
FILES = ["requirements.txt", "requirements-dev.txt"]
PIN = re.compile(r"^(?P<name>[A-Za-z0-9._-]+)(\[[a-z0-9,]+\])?==(?P<version>[^\s;]+)$")


def lines(file: str) -> list[str]:
    """The requirements in a file, without comments."""
    text = (ROOT / file).read_text()
    return [line for raw in text.splitlines() if (line := raw.split("#")[0].strip())]


def pins(file: str) -> dict[str, str]:
    found = [PIN.match(line) for line in lines(file)]
    return {match["name"]: match["version"] for match in found if match}


@pytest.mark.parametrize("file", FILES)
def test_every_requirement_is_pinned_exactly(file: str) -> None:
    loose = [line for line in lines(file) if not PIN.match(line)]
    assert loose == ([] if file == "requirements.txt" else ["-r requirements.txt"])


@pytest.mark.parametrize("file", FILES)
def test_no_registry_is_named(file: str) -> None:
    assert not re.search(r"https?://|--index|--find-links|--extra", (ROOT / file).read_text())


@pytest.mark.parametrize("file", FILES)
def test_what_is_installed_is_what_is_pinned(file: str) -> None:
    installed = {name: metadata.version(name) for name in pins(file)}
    assert installed == pins(file)


def test_django_stays_below_the_next_minor_release() -> None:
    assert pins("requirements.txt")["Django"].startswith("6.1.")


def test_psycopg_3_is_not_installed() -> None:
    """Django would prefer it to psycopg2, and the shop is tried with psycopg2."""
    with pytest.raises(metadata.PackageNotFoundError):
        metadata.version("psycopg")
