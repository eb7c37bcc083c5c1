"""Form-encoded parameters as the API takes them: `line_items[0][price_data][unit_amount]=500` and the like."""

import re
from typing import Any
from urllib.parse import parse_qsl

from kinline.ops.fake_stripe.errors import invalid

MOST_FIELDS = 200
_KEY = re.compile(r"([^\[\]]+)((?:\[[^\[\]]*\])*)")


def parse(text: str) -> dict[str, Any]:
    """Nested dictionaries; what has numbers or nothing between its brackets is a list. Raises Fault for nonsense."""
    found: dict[str, Any] = {}
    try:
        pairs = parse_qsl(text, keep_blank_values=True, max_num_fields=MOST_FIELDS)
    except ValueError:
        raise invalid("Too many parameters.") from None
    for key, value in pairs:
        match = _KEY.fullmatch(key)
        if match is None:
            raise invalid(f"Invalid parameter: {key}", param=key)
        steps = [match[1], *re.findall(r"\[([^\[\]]*)\]", match[2])]
        _put(found, steps, value)
    return {name: _lists(value) for name, value in found.items()}


def _put(into: dict[str, Any], steps: list[str], value: str) -> None:
    for at, step in enumerate(steps[:-1]):
        into = into.setdefault(step or str(len(into)), {})
        if not isinstance(into, dict):
            raise invalid("A parameter is both a value and more than that.", param="".join(steps[: at + 1]))
    into[steps[-1] or str(len(into))] = value


def _lists(value: Any) -> Any:
    if not isinstance(value, dict):
        return value
    if value and all(name.isdigit() for name in value):
        return [_lists(value[name]) for name in sorted(value, key=int)]
    return {name: _lists(inner) for name, inner in value.items()}


def only(params: dict[str, Any], names: set[str]) -> None:
    """Raises Fault for a parameter that we do not know: a typing error must not pass here and fail in production."""
    for name in params:
        if name not in names | {"expand"}:
            raise invalid(f"Received unknown parameter: {name}", param=name, code="parameter_unknown")


def word(params: dict[str, Any], name: str) -> str:
    found = params.get(name)
    if not isinstance(found, str) or not found:
        raise invalid(f"Missing required param: {name}.", param=name, code="parameter_missing")
    return found


def number(params: dict[str, Any], name: str, *, least: int = 1, most: int = 99_999_999) -> int:
    text = word(params, name)
    if not re.fullmatch(r"-?[0-9]{1,12}", text):
        raise invalid(f"Invalid integer: {text[:20]}", param=name, code="parameter_invalid_integer")
    found = int(text)
    if not least <= found <= most:
        raise invalid(f"{name} must be from {least} to {most}.", param=name)
    return found


def table(params: dict[str, Any], name: str) -> dict[str, Any]:
    found = params.get(name, {})
    if not isinstance(found, dict):
        raise invalid("Invalid object", param=name)
    return found
