"""Two people at one draft: what only one of them changed is kept, what both changed is asked."""

from __future__ import annotations

import json
from typing import Any

from plugin.admin.fields import Field, at


def seen_of(draft: dict[str, Any], fields: list[Field]) -> str:
    """Return what a form carries along: the stored values of its fields when it was shown."""
    return json.dumps({field.path: at(draft, field.path) for field in fields})


def read_seen(text: str | None, fields: list[Field]) -> dict[str, Any] | None:
    """Return those values again; None for a form without them, or with others than its fields."""
    try:
        seen = json.loads(text or "")
    except ValueError:
        return None
    paths = {field.path for field in fields}
    return seen if isinstance(seen, dict) and seen.keys() == paths else None


def merged(
    stored: dict[str, Any],
    entered: dict[str, Any],
    seen: dict[str, Any],
    fields: list[Field],
) -> dict[str, Any] | None:
    """Return what two people made of the fields together; None if both changed one differently.

    `stored` is the draft as somebody else left it, `entered` the whole of what was typed over the
    values `seen` before.
    """
    together = json.loads(json.dumps(stored))
    for field in fields:
        theirs, mine, before = at(stored, field.path), at(entered, field.path), seen[field.path]
        if mine in (before, theirs):
            continue
        if theirs != before:
            return None
        *heads, last = field.path.split(".")
        place = together
        for part in heads:
            place = place[part]
        place[last] = mine
    return dict(together)
