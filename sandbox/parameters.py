"""Checks a request's parameters against `rules/*.json` and gives them their types.

A rule is a leaf ("integer", "string 5000", "enum a|b", …), a dict of named rules (a name ending in
"!" must be there), `{"*": rule}` for free keys, `[rule]` for a list, or `{"any of": [rules]}`. The
rules follow Stripe's published description of API version 2026-10-28.endive.
"""

import json
import re
from functools import cache
from pathlib import Path
from typing import Any

from sandbox import currencies
from sandbox.errors import Invalid, required

RULES = Path(__file__).parent / "rules"
MIXED = {"any of"}


@cache
def rules() -> dict[str, Any]:
    """All rules, by `METHOD /path` with `*` for each id in the path."""
    files = [path for path in sorted(RULES.glob("*.json")) if path.name != "blanks.json"]
    return {key: rule for path in files for key, rule in json.loads(path.read_text()).items()}


def check(operation: str, given: dict[str, Any]) -> dict[str, Any]:
    """Typed parameters, or Invalid with Stripe's words for the first thing wrong."""
    if "payment_method_types" in given and operation == "POST /v1/checkout/sessions":
        raise Invalid(
            "The parameter `payment_method_types` is no longer supported. Use dynamic payment "
            "methods, "
            "`allowed_payment_method_types` or `excluded_payment_method_types` instead.",
            code="payment_method_types_no_longer_supported",
            param="payment_method_types",
        )
    rule = rules()[operation]
    unknown = list(_unknown(rule, given, ""))
    if unknown:
        plural = "s" if len(unknown) > 1 else ""
        raise Invalid(
            f"Received unknown parameter{plural}: {', '.join(unknown)}",
            code="parameter_unknown",
            param=unknown[0],
        )
    typed: dict[str, Any] = _typed(rule, given, "")
    return typed


def _unknown(rule: Any, value: Any, name: str) -> Any:
    """Names that no rule knows, in the order given."""
    if isinstance(rule, list) and isinstance(value, list):
        for index, item in enumerate(value):
            yield from _unknown(rule[0], item, f"{name}[{index}]")
    if not isinstance(rule, dict) or not isinstance(value, dict) or "*" in rule:
        return
    if rule.keys() == MIXED:
        rule = next((option for option in rule["any of"] if isinstance(option, dict)), None)
        yield from _unknown(rule, value, name)
        return
    known = {key.rstrip("!"): inner for key, inner in rule.items()}
    for key, item in value.items():
        path = _join(name, key)
        if key not in known:
            yield path
        else:
            yield from _unknown(known[key], item, path)


def _typed(rule: Any, value: Any, name: str) -> Any:
    if isinstance(rule, list):
        return _list(rule[0], value, name)
    if isinstance(rule, str):
        return _leaf(rule, value, name)
    if rule.keys() == MIXED:
        return _any_of(rule["any of"], value, name)
    if "*" in rule:
        return _free(rule["*"], value, name)
    return _named(rule, value, name)


def _named(rule: dict[str, Any], value: Any, name: str) -> dict[str, Any]:
    if not isinstance(value, dict):
        if value != []:
            raise Invalid("Invalid object", code="parameter_invalid_object", param=name)
        value = {}
    for key in rule:
        if key.endswith("!") and key[:-1] not in value:
            raise required(_join(name, key[:-1]))
    known = {key.rstrip("!"): inner for key, inner in rule.items()}
    return {key: _typed(known[key], item, _join(name, key)) for key, item in value.items()}


def _free(rule: Any, value: Any, name: str) -> dict[str, Any]:
    if isinstance(value, list):
        value = {str(index): item for index, item in enumerate(value)}
    if not isinstance(value, dict):
        raise Invalid("Invalid object", code="parameter_invalid_object", param=name)
    typed = {key: _typed(rule, item, _join(name, key)) for key, item in value.items()}
    if name == "metadata" or name.endswith("[metadata]"):
        _check_metadata(typed, name)
    return typed


def _check_metadata(data: dict[str, str], name: str) -> None:
    if len(data) > 50:
        raise Invalid(f"Metadata can have up to 50 keys, but you passed {len(data)}.", param=name)
    for key, value in data.items():
        if len(key) > 40:
            raise Invalid(
                "Metadata keys can have up to 40 characters, but you passed in a key that is "
                f"{len(key)} "
                f"characters. Invalid key: {key}",
                param=name,
            )
        if len(value) > 500:
            raise Invalid(
                f"Metadata values can have up to 500 characters, but you passed in a value that is "
                f"{len(value)} characters. Invalid value: {value}",
                param=f"{name}[{key}]",
            )


def _list(rule: Any, value: Any, name: str) -> list[Any]:
    if value == "":
        return []
    if not isinstance(value, list):
        raise Invalid("Invalid array", param=name)
    return [_typed(rule, item, f"{name}[{index}]") for index, item in enumerate(value)]


def _any_of(options: list[Any], value: Any, name: str) -> Any:
    if value == "" and "empty" in options:
        return ""
    fitting = [option for option in options if option != "empty"]
    if isinstance(value, dict | list):
        fitting = [option for option in fitting if not isinstance(option, str)] or fitting
    elif len(fitting) > 1:
        fitting = [option for option in fitting if isinstance(option, str)]
    return _typed(fitting[0], value, name)


def _leaf(rule: str, value: Any, name: str) -> Any:
    kind, _, detail = rule.partition(" ")
    if kind in ("integer", "timestamp"):
        return _integer(value, name)
    if kind == "boolean":
        return _boolean(value, name)
    if not isinstance(value, str):
        raise Invalid("Invalid string: value must be a string", param=name)
    if value == "":
        raise _empty(name)
    return TEXTS[kind](value, detail, name)


def _currency(value: str, detail: str, name: str) -> str:
    return currencies.check(value, name)


def _decimal(value: str, detail: str, name: str) -> str:
    if not re.fullmatch(r"-?\d{1,15}(\.\d{1,12})?", value):
        raise Invalid(f"Invalid decimal: {value}", param=name)
    return value


def _string(value: str, longest: str, name: str) -> str:
    if longest and len(value) > int(longest):
        raise Invalid(
            f"Invalid string: {value[:20]}...; must be at most {longest} characters",
            code="parameter_invalid_string",
            param=name,
        )
    return value


def _enum(value: str, detail: str, name: str) -> str:
    allowed = detail.split("|")
    if value in allowed:
        return value
    words = allowed[0] if len(allowed) == 1 else f"{', '.join(allowed[:-1])}, or {allowed[-1]}"
    raise Invalid(f"Invalid {name}: must be one of {words}", param=name)


TEXTS = {"currency": _currency, "decimal": _decimal, "string": _string, "enum": _enum}


def _empty(name: str) -> Invalid:
    return Invalid(
        f"You passed an empty string for '{name}'. We assume empty values are an attempt to "
        "unset a parameter; "
        f"however '{name}' cannot be unset. You should remove '{name}' from your request or "
        "supply a non-empty "
        "value.",
        code="parameter_invalid_empty",
        param=name,
    )


def _integer(value: Any, name: str) -> int:
    if isinstance(value, int) and not isinstance(value, bool):
        return value
    if value == "":
        raise _empty(name)
    if not isinstance(value, str) or not re.fullmatch(r"-?[0-9]{1,18}", value):
        raise Invalid(f"Invalid integer: {value}", code="parameter_invalid_integer", param=name)
    return int(value)


def _boolean(value: Any, name: str) -> bool:
    if isinstance(value, bool):
        return value
    if value not in ("true", "false", "True", "False"):
        raise Invalid(f"Invalid boolean: {value}", param=name)
    return bool(value in ("true", "True"))


def _join(name: str, key: str) -> str:
    return f"{name}[{key}]" if name else key
