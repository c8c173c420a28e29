"""HTML from the files in `templates/`: `{name}` is a value, escaped unless it is Html already."""

from collections.abc import Iterable
from functools import cache
from html import escape
from pathlib import Path

TEMPLATES = Path(__file__).parent / "templates"


class Html(str):
    """Text that is HTML already and is not escaped again."""

    __slots__ = ()


@cache
def _template(name: str) -> str:
    return (TEMPLATES / f"{name}.html").read_text().rstrip("\n")


def part(name: str, /, **values: object) -> Html:
    """One template filled in."""
    return fill(_template(name), **values)


def fill(text: str, /, **values: object) -> Html:
    """A short template given as text, filled in."""
    safe = {
        key: value if isinstance(value, Html) else escape(str(value))
        for key, value in values.items()
    }
    return Html(text.format_map(safe))


def join(parts: Iterable[Html]) -> Html:
    """Parts one after another."""
    return Html("\n".join(parts))


def render(name: str, /, *, title: str, **values: object) -> str:
    """A whole page."""
    return part("layout", title=title, content=part(name, title=title, **values))


def when(condition: object, text: str, /, **values: object) -> Html:
    """The text filled in if the condition holds, else nothing."""
    return fill(text, **values) if condition else Html("")
