"""Two people at one draft: what only one of them changed is kept, what both changed is asked."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from plugin.admin.fields import Field, at
from plugin.contracts.settings import ByLanguage


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
    if not isinstance(seen, dict) or seen.keys() != paths:
        return None
    texts = (seen[field.path] for field in fields if field.control == "words")
    return seen if all(isinstance(text, dict) for text in texts) else None


def merged(
    stored: dict[str, Any],
    entered: dict[str, Any],
    seen: dict[str, Any],
    fields: list[Field],
) -> dict[str, Any] | None:
    """Return what two people made of the fields together; None if both changed one differently.

    `stored` is the draft as somebody else left it, `entered` the whole of what was typed over the
    values `seen` before. A text is one field in each of its languages.
    """
    together = json.loads(json.dumps(stored))
    for path, before in _one_by_one(seen, fields):
        theirs, mine = at(stored, path), at(entered, path)
        if mine in (before, theirs):
            continue
        if theirs != before:
            return None
        *heads, last = path.split(".")
        place = together
        for part in heads:
            place = place[part]
        place[last] = mine
    return dict(together)


def _one_by_one(seen: dict[str, Any], fields: list[Field]) -> Iterator[tuple[str, Any]]:
    """Yield the path of each value that is changed by itself, with what it was before."""
    for field in fields:
        if field.control == "words":
            for language in ByLanguage.model_fields:
                yield f"{field.path}.{language}", seen[field.path].get(language)
        else:
            yield field.path, seen[field.path]
