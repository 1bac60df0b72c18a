"""What a merchant typed: read into settings, or kept beside the reason why it does not fit."""

from __future__ import annotations

import copy
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from pydantic import BaseModel, ValidationError

from plugin.admin import controls
from plugin.admin.controls import EntryProblemError, Form
from plugin.admin.fields import Field, at, fields_of, mattering
from plugin.admin.wording import Words

Entered = dict[str, Any]
#: The form says which fields stood on it: an empty box is not one that was not there.
PRESENT = "fields"


@dataclass
class Entries:
    """A filled form: `entered` by path as typed, `settings` as read, `problems` by path."""

    settings: dict[str, Any]
    entered: Entered
    problems: dict[str, str] = field(default_factory=dict)


def shown(settings: Mapping[str, Any], fields: list[Field], words: Words) -> Entered:
    """Return stored settings as one would type them."""
    return {entry.path: controls.typed(at(settings, entry.path), entry, words) for entry in fields}


def present(form: Form, fields: list[Field], settings: Mapping[str, Any]) -> list[Field]:
    """Return the fields that stood on a posted form: named there, else all that matter."""
    if PRESENT not in form:
        return mattering(fields, dict(settings))
    named = set(form[PRESENT].split())
    return [entry for entry in fields if entry.path in named]


def read(
    form: Form,
    before: Mapping[str, Any],
    fields: list[Field],
    model: type[BaseModel],
    languages: tuple[str, ...],
    words: Words,
) -> Entries:
    """Read the posted `fields` over settings of before; nothing of the entry gets lost."""
    every = fields_of(model)
    entries = Entries(copy.deepcopy(dict(before)), shown(before, every, words))
    for entry in fields:
        stood = entries.entered[entry.path]
        typed = controls.entered(form, entry, languages, stood)
        entries.entered[entry.path] = typed
        try:
            _put(entries.settings, entry.path, controls.read(typed, entry, words))
        except EntryProblemError as problem:
            entries.problems[entry.path] = str(problem)
    if not entries.problems:
        _validate(entries, every, model, words)
    return entries


def _put(tree: dict[str, Any], path: str, value: object) -> None:
    *heads, last = path.split(".")
    for part in heads:
        tree = tree[part]
    tree[last] = value


def _validate(entries: Entries, fields: list[Field], model: type[BaseModel], words: Words) -> None:
    try:
        model.model_validate_json(json.dumps(entries.settings))
    except ValidationError as error:
        by_path = {entry.path: entry for entry in fields}
        for item in error.errors(include_url=False):
            path, entry = _place(item, by_path)
            entries.problems.setdefault(path, _message(item, entry, words))


#: Faults between two fields of a group, and the one of them where they are said.
_TOGETHER = {"hours_incomplete": "hours_to", "days_reversed": "max_days"}


def _place(item: Any, by_path: dict[str, Field]) -> tuple[str, Field | None]:  # noqa: ANN401
    """Return where a fault is said: at a field, at one language of it, at the list it is in."""
    path = ".".join(str(part) for part in item["loc"])
    if item["type"] in _TOGETHER:
        path = f"{path}.{_TOGETHER[item['type']]}"
    entry = by_path.get(path) or by_path.get(path.rpartition(".")[0])
    return (entry.path if entry is not None and entry.control != "words" else path), entry


def _message(item: Any, entry: Field | None, words: Words) -> str:  # noqa: ANN401 - pydantic's
    context = item.get("ctx", {})
    kind = item["type"]
    if kind == "string_too_long":
        return words.t("message.too_long", most=context["max_length"], now=len(item["input"]))
    if kind == "too_long":
        return words.t("message.too_many", most=context["max_length"])
    if kind.startswith(("greater_than", "less_than")) and entry is not None:
        low = entry.low if entry.low is not None else Decimal(0)
        high = Decimal(str(context.get("le", entry.high or 0)))
        return words.t("message.range", low=words.amount_input(low), high=words.amount_input(high))
    if kind == "decimal_max_places":
        return words.t("message.places")
    return words.t(f"message.{_key_of(kind, entry, words)}")


def _key_of(kind: str, entry: Field | None, words: Words) -> str:
    """Return the key of the sentence that says most about a fault."""
    name = "" if entry is None else f"misfit_{entry.control}_{entry.name}"
    control = "" if entry is None else f"misfit_{entry.control}"
    keys = (kind, name, control)
    return next((key for key in keys if key and words.has(f"message.{key}")), "misfit")
