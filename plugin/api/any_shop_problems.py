"""Says in German and English what is wrong with a call, and at which field."""

from __future__ import annotations

from typing import Any

from pydantic import ValidationError
from pydantic_core import ErrorDetails

from plugin.errors import BleibError
from plugin.texts import LANGUAGES, area_texts

_MOST = 20
#: Kinds of pydantic's that say the same to a caller.
_SAME = {
    "string_too_short": "too_short",
    "string_too_long": "too_long",
    "string_pattern_mismatch": "pattern",
    "greater_than": "too_small",
    "greater_than_equal": "too_small",
    "less_than": "too_large",
    "less_than_equal": "too_large",
    "decimal_max_digits": "too_large",
    "decimal_whole_digits": "too_large",
    "decimal_max_places": "places",
    "extra_forbidden": "unknown",
    "literal_error": "choice",
    "timezone_aware": "time",
    "datetime_from_date_parsing": "time",
    "datetime_parsing": "time",
    "datetime_type": "time",
    "date_from_datetime_parsing": "date",
    "date_parsing": "date",
    "date_type": "date",
    "decimal_parsing": "amount",
    "decimal_type": "amount",
    "finite_number": "amount",
    "int_type": "whole",
    "int_from_float": "whole",
    "int_parsing": "whole",
    "string_type": "text",
    "bool_type": "flag",
    "tuple_type": "list",
    "model_type": "object",
    "model_attributes_type": "object",
}


def problem_of(error: BleibError) -> dict[str, Any]:
    """Return the answer to one of our errors."""
    found: dict[str, Any] = {
        "error": error.code,
        **_say("error", error.code, field=error.field or ""),
    }
    if error.field is not None:
        found["field"] = error.field
    return found


def problems_of(error: ValidationError) -> dict[str, Any]:
    """Return the answer to a body that does not fit: each field with its place and its fault."""
    details = error.errors(include_url=False, include_input=False)
    problems = [{"field": place_of(item), **explain(item)} for item in details[:_MOST]]
    return {"error": "invalid_fields", **_say("error", "invalid_fields"), "problems": problems}


def place_of(item: ErrorDetails) -> str:
    """Return where a fault is, e.g. "orders[3].lines[0].price"."""
    place = ""
    for part in item["loc"]:
        place += f"[{part}]" if isinstance(part, int) else f".{part}"
    return place.removeprefix(".")


def explain(item: ErrorDetails) -> dict[str, str]:
    """Return the code of a fault and a sentence about it in each language."""
    code = _SAME.get(item["type"], item["type"])
    limits = item.get("ctx", {})
    names = ("max_length", "min_length", "ge", "gt", "le", "lt", "expected", "decimal_places")
    limit = next((str(limits[name]) for name in names if name in limits), "")
    return {"code": code, **_say("problem", code, limit=limit)}


def _say(area: str, code: str, **values: str) -> dict[str, str]:
    texts = area_texts("api")
    key = f"{area}.{code}"
    known = key if key in texts.keys("en") else f"{area}.other"
    return {language: texts.get(language, known, "sie", **values) for language in LANGUAGES}
