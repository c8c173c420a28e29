"""Stripe's form encoding: `line_items[0][price_data][currency]=eur` to nested dicts and lists."""

import re
from typing import Any
from urllib.parse import parse_qsl

from sandbox.errors import Invalid

KEY = re.compile(r"^([^\[\]]+)((?:\[[^\[\]]*\])*)$")


def decode(text: str) -> dict[str, Any]:
    """Nested parameters from a form body or a query string; every leaf stays a string."""
    tree: dict[str, Any] = {}
    for key, value in _pairs(text):
        match = KEY.match(key)
        if not match:
            raise Invalid(f"Invalid parameter name: {key}", param=key)
        path = [match[1], *re.findall(r"\[([^\[\]]*)\]", match[2])]
        _put(tree, path, value, key)
    return {key: _lists(value) for key, value in tree.items()}


def _pairs(text: str) -> list[tuple[str, str]]:
    try:
        return parse_qsl(text, keep_blank_values=True, errors="strict", max_num_fields=5000)
    except ValueError as error:
        raise Invalid(f"Invalid request body: {error}") from None


def _put(tree: dict[str, Any], path: list[str], value: str, key: str) -> None:
    for step in path[:-1]:
        tree = tree.setdefault(step or str(len(tree)), {})
        if not isinstance(tree, dict):
            raise Invalid(f"Invalid parameter name: {key}", param=key)
    last = path[-1] or str(len(tree))
    if isinstance(tree.get(last), dict):
        raise Invalid(f"Invalid parameter name: {key}", param=key)
    tree[last] = value


def _lists(value: Any) -> Any:
    """Turns `{"0": …, "1": …}` into a list. Metadata with such keys is turned back by its rule."""
    if not isinstance(value, dict):
        return value
    inner = {key: _lists(item) for key, item in value.items()}
    if all(key.isdecimal() for key in inner):
        return [inner[key] for key in sorted(inner, key=int)]
    return inner
