"""The one guard through which foreign JSON comes in: size, depth, duplicates, numbers, text."""

from __future__ import annotations

import json
import math
import re
from typing import Any

from plugin.errors import BadInputError, TooLargeError

MAX_DEPTH = 32


def parse_object(raw: bytes, *, max_bytes: int, max_depth: int = MAX_DEPTH) -> dict[str, Any]:
    """Parse a JSON object from raw bytes.

    Refuses with BadInputError what is no UTF-8 object, nests deeper than `max_depth`, repeats a
    key, holds NaN, Infinity or a number that overflows, NUL or a lone surrogate; with
    TooLargeError what is longer than `max_bytes`.
    """
    value = parse(raw, max_bytes=max_bytes, max_depth=max_depth)
    if not isinstance(value, dict):
        raise BadInputError("json_not_an_object")
    return value


def parse(raw: bytes, *, max_bytes: int, max_depth: int = MAX_DEPTH) -> Any:  # noqa: ANN401
    """Like `parse_object`, for any JSON value."""
    if len(raw) > max_bytes:
        raise TooLargeError("body_too_large")
    _check_depth(raw, max_depth)
    try:
        text = raw.decode("utf-8")
        value = json.loads(
            text,
            parse_constant=_refuse_constant,
            parse_float=_finite,
            parse_int=_sane_int,
            object_pairs_hook=_unique,
        )
    except (UnicodeDecodeError, json.JSONDecodeError, RecursionError):
        raise BadInputError("json_invalid") from None
    _check_text(value)
    return value


# An unclosed string reaches to the end, and nothing is ever given back: each byte is read once,
# where trying again from every quote would take seconds for a few thousand of them.
_STRINGS = re.compile(rb'"(?:[^"\\]++|\\.)*+(?:"|\\?\Z)', re.DOTALL)
_BRACKETS = re.compile(rb"[\[\]{}]")


def _check_depth(raw: bytes, limit: int) -> None:
    # Counted on the bytes before parsing: a parser that recurses dies on 100,000 brackets.
    depth = 0
    for found in _BRACKETS.finditer(_STRINGS.sub(b"", raw)):
        depth += 1 if found.group() in b"[{" else -1
        if depth > limit:
            raise BadInputError("json_too_deep")


def _refuse_constant(name: str) -> Any:  # noqa: ANN401
    raise BadInputError("json_number_invalid")


def _finite(text: str) -> float:
    value = float(text)
    if not math.isfinite(value):
        raise BadInputError("json_number_invalid")
    return value


def _sane_int(text: str) -> int:
    if len(text) > 20:
        raise BadInputError("json_number_invalid")
    return int(text)


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise BadInputError("json_duplicate_key")
    return found


def _check_text(value: Any) -> None:  # noqa: ANN401
    if isinstance(value, str):
        if "\x00" in value or any("\ud800" <= char <= "\udfff" for char in value):
            raise BadInputError("json_text_invalid")
    elif isinstance(value, dict):
        for key, item in value.items():
            _check_text(key)
            _check_text(item)
    elif isinstance(value, list):
        for item in value:
            _check_text(item)
