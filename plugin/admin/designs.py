"""The gallery of designs: what each of them sets in a draft whose widget has frame and content."""

from __future__ import annotations

import copy
from collections.abc import Mapping
from typing import Any

from plugin.admin.fields import Field, at

#: What a design fixes, by dotted path. The rest of a draft stays as it is.
DESIGNS: dict[str, dict[str, Any]] = {
    "modal": {"content": "sign_up", "frame": "modal", "voucher.enabled": True, "nudge": False},
    "letter": {"content": "sign_up", "frame": "corner", "voucher.enabled": False, "nudge": False},
    "sheet": {"content": "sign_up", "frame": "sheet", "voucher.enabled": True, "nudge": True},
    "bar": {"content": "sign_up", "frame": "bar", "voucher.enabled": True, "nudge": False},
    "question": {"content": "question", "frame": "corner"},
    "basket": {"content": "basket", "frame": "modal"},
}


def has_designs(fields: list[Field]) -> bool:
    """Tell whether a widget's settings are such that the gallery fits them."""
    return {"content", "frame"} <= {field.path for field in fields}


def design_of(draft: dict[str, Any]) -> str:
    """Return the design that a draft is, "" for one of the merchant's own making."""
    for name, fixed in DESIGNS.items():
        if all(at(draft, path) == value for path, value in fixed.items()):
            return name
    return ""


def with_design(draft: dict[str, Any], name: str) -> dict[str, Any]:
    """Return a draft in another design."""
    return with_fixed(draft, DESIGNS[name])


def with_fixed(draft: dict[str, Any], fixed: Mapping[str, Any]) -> dict[str, Any]:
    """Return a draft in which some fields, by dotted path, have these values."""
    changed = copy.deepcopy(draft)
    for path, value in fixed.items():
        *heads, last = path.split(".")
        inner = changed
        for head in heads:
            inner = inner[head]
        inner[last] = value
    return changed
