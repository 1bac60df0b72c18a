"""What a merchant typed: read into settings, or kept beside the reason why it does not fit."""

from __future__ import annotations

import copy
from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from pydantic import ValidationError

from plugin.admin.amounts import NumberProblemError, read_amount, read_whole
from plugin.admin.fields import Field, fields_of
from plugin.admin.wording import Words
from plugin.contracts.widget import Widget
from plugin.sanitize import plain_text
from plugin.services.campaigns import settings_of

Entered = dict[str, Any]


@dataclass
class Entries:
    """A filled form: `entered` by path as typed, `settings` as read, `problems` by path."""

    settings: dict[str, Any]
    entered: Entered
    problems: dict[str, str] = field(default_factory=dict)


def shown(settings: dict[str, Any], fields: list[Field], words: Words) -> Entered:
    """Return stored settings as one would type them."""
    return {entry.path: _as_typed(at(settings, entry.path), entry, words) for entry in fields}


def read(
    form: Mapping[str, str],
    draft: dict[str, Any],
    section: str,
    widget: Widget,
    languages: tuple[str, ...],
    words: Words,
) -> Entries:
    """Read the posted section of a form over a draft; nothing of the entry gets lost."""
    fields = fields_of(widget.settings)
    entries = Entries(copy.deepcopy(draft), shown(draft, fields, words))
    for entry in fields:
        if entry.section == section:
            _read_field(entries, entry, form, languages, words)
    if not entries.problems:
        _validate(entries, fields, widget, words)
    return entries


def at(tree: Mapping[str, Any], path: str) -> Any:  # noqa: ANN401 - any JSON value
    """Return the value at a dotted path."""
    value: Any = tree
    for part in path.split("."):
        value = value[part]
    return value


def _put(tree: dict[str, Any], path: str, value: object) -> None:
    *heads, last = path.split(".")
    for part in heads:
        tree = tree[part]
    tree[last] = value


def _as_typed(value: Any, entry: Field, words: Words) -> Any:  # noqa: ANN401
    if entry.control == "amount":
        return words.amount_input(Decimal(value))
    return str(value) if entry.control == "whole" else value


def _read_field(
    entries: Entries,
    entry: Field,
    form: Mapping[str, str],
    languages: tuple[str, ...],
    words: Words,
) -> None:
    if entry.control == "words":
        texts = dict(at(entries.settings, entry.path))
        for language in languages:
            texts[language] = plain_text(form.get(f"{entry.path}.{language}", ""))
        entries.entered[entry.path] = texts
        _put(entries.settings, entry.path, texts)
        return
    typed = form.get(entry.path, "")
    if entry.control == "switch":
        entries.entered[entry.path] = bool(typed)
        _put(entries.settings, entry.path, bool(typed))
        return
    entries.entered[entry.path] = typed
    try:
        _put(entries.settings, entry.path, _number(entry, typed, words))
    except NumberProblemError as problem:
        entries.problems[entry.path] = _explain(problem, entry, words)


def _number(entry: Field, typed: str, words: Words) -> Any:  # noqa: ANN401
    if entry.control == "whole":
        return read_whole(typed)
    if entry.control == "amount":
        return format(read_amount(typed, "," if words.language == "de" else "."), "f")
    return typed


def _explain(problem: NumberProblemError, entry: Field, words: Words) -> str:
    if problem.kind == "ambiguous" and entry.unit == "currency":
        first, second = (words.money(reading) for reading in problem.readings)
        return words.t("message.ambiguous", first=first, second=second)
    example = words.amount_input(Decimal("4.50") if entry.control == "amount" else Decimal(30))
    return words.t("message.number", example=example)


def _validate(entries: Entries, fields: list[Field], widget: Widget, words: Words) -> None:
    try:
        settings_of(widget, entries.settings)
    except ValidationError as error:
        by_path = {entry.path: entry for entry in fields}
        for item in error.errors(include_url=False):
            path = ".".join(str(part) for part in item["loc"])
            entry = by_path.get(path) or by_path.get(path.rpartition(".")[0])
            entries.problems[path] = _message(item, entry, words)


def _message(item: Any, entry: Field | None, words: Words) -> str:  # noqa: ANN401 - pydantic's
    context = item.get("ctx", {})
    kind = item["type"]
    if kind == "string_too_long":
        return words.t("message.too_long", most=context["max_length"], now=len(item["input"]))
    if kind.startswith(("greater_than", "less_than")) and entry is not None:
        low = entry.low if entry.low is not None else Decimal(0)
        high = Decimal(str(context.get("le", entry.high or 0)))
        return words.t("message.range", low=words.amount_input(low), high=words.amount_input(high))
    if kind == "decimal_max_places":
        return words.t("message.places")
    return words.t("message.misfit")
