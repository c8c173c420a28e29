"""`expand[]`: ids in an answer replaced by the objects they name."""

from collections.abc import Callable

from sandbox.errors import Invalid
from sandbox.standin import StandIn
from sandbox.store import Json

type Extra = Callable[[Json], Json]


def expand(stand: StandIn, body: Json, paths: list[str], extras: dict[str, Extra]) -> Json:
    """The answer with each dotted path expanded.

    `extras` computes fields that are only there when asked for, such as a session's line_items.
    """
    for path in paths:
        steps = path.split(".")
        if len(steps) > 4:
            raise Invalid(
                f"You cannot expand more than 4 levels of a property. Property: {path}",
                param="expand",
            )
        _expand(stand, body, steps, path, extras)
    return body


def _expand(
    stand: StandIn, body: Json, steps: list[str], path: str, extras: dict[str, Extra]
) -> None:
    name, rest = steps[0], steps[1:]
    if f"{body.get('object')}.{name}" in extras and body.get(name) is None:
        body[name] = extras[f"{body['object']}.{name}"](body)
    if name not in body:
        raise _cannot(path)
    value = body[name]
    if isinstance(value, list):
        for item in value if rest else []:
            _expand(stand, item, rest, path, extras)
        return
    if isinstance(value, str):
        found = stand.store.get(value)
        if found is None:
            raise _cannot(path)
        body[name] = value = found
    if isinstance(value, dict) and rest:
        _expand(stand, value, rest, path, extras)


def _cannot(path: str) -> Invalid:
    return Invalid(f"This property cannot be expanded ({path}).", param="expand")
