"""The form of settings, read off their pydantic model: a widget brings no template."""

from __future__ import annotations

import types
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from decimal import Decimal
from typing import Annotated, Any, Literal, TypeGuard, Union, get_args, get_origin

from pydantic import BaseModel
from pydantic.fields import FieldInfo

from plugin.contracts.settings import ByLanguage

Control = Literal[
    "words", "switch", "choice", "several", "lines", "line", "colour", "clock", "moment",
    "whole", "amount", "share",
]  # fmt: skip
#: Texts up to this length are one line, longer ones an area.
_LINE = 80
_PAIRED = frozenset(
    {"hours_from", "hours_to", "cart_min", "cart_max", "min_days", "max_days"}
    | {"after_seconds", "scrolled", "cost", "free_from"}
)
#: Values of other fields with which alone a field matters, by their paths.
Needs = tuple[tuple[str, tuple[str, ...]], ...]


@dataclass(frozen=True)
class Field:
    """One field of a form; `path` is dotted and names it in forms and messages.

    `said_as` is the path its texts go by: groups that are alike share them.
    """

    path: str
    section: str
    control: Control
    said_as: str = ""
    optional: bool = False
    unit: str = ""
    low: Decimal | None = None
    high: Decimal | None = None
    max_chars: int = 0
    options: tuple[str, ...] = ()
    numbered: bool = False
    needs: Needs = ()

    @property
    def long(self) -> bool:
        """Tell whether the text needs an area of several lines."""
        return self.max_chars > _LINE

    @property
    def paired(self) -> bool:
        """Tell whether it stands beside its other half: from and to, least and most."""
        return self.name in _PAIRED

    @property
    def name(self) -> str:
        """Return the last part of the path."""
        return self.path.rpartition(".")[2]

    @property
    def group(self) -> str:
        """Return the group the field stands in, "" for none."""
        return self.path.rpartition(".")[0]


def fields_of(model: type[BaseModel]) -> list[Field]:
    """Return the fields of a settings model in their order, groups flattened."""
    return list(_walk(model, _Place("", "", "content", ())))


def sections_of(fields: list[Field]) -> list[str]:
    """Return the sections that have fields, in their order."""
    return list(dict.fromkeys(field.section for field in fields))


def mattering(fields: list[Field], settings: dict[str, Any]) -> list[Field]:
    """Return the fields that matter beside the present values of the others."""
    return [
        field
        for field in fields
        if all(str(at(settings, path)) in values for path, values in field.needs)
    ]


def at(tree: Any, path: str) -> Any:  # noqa: ANN401 - any JSON value
    """Return the value at a dotted path."""
    for part in path.split("."):
        tree = tree[part]
    return tree


@dataclass(frozen=True)
class _Place:
    """Where in the tree of settings the walk is."""

    prefix: str
    said_as: str
    section: str
    needs: Needs


def _walk(model: type[BaseModel], place: _Place) -> Iterator[Field]:
    for name, info in model.model_fields.items():
        extra: dict[str, Any] = (
            info.json_schema_extra if isinstance(info.json_schema_extra, dict) else {}
        )
        inner = _Place(
            f"{place.prefix}{name}",
            f"{place.said_as}{extra.get('like', name)}",
            str(extra.get("section", place.section)),
            place.needs + _needs(place.prefix, extra),
        )
        kind = _bare(info.annotation)
        if isinstance(kind, type) and issubclass(kind, BaseModel) and not _is_text(kind):
            yield from _walk(
                kind, replace(inner, prefix=f"{inner.prefix}.", said_as=f"{inner.said_as}.")
            )
        else:
            yield _field(inner, kind, info, extra)


def _needs(prefix: str, extra: dict[str, Any]) -> Needs:
    return tuple(
        (prefix + other, tuple(map(str, values)))
        for other, values in extra.get("needs", {}).items()
    )


def _is_text(kind: Any) -> TypeGuard[type[ByLanguage]]:  # noqa: ANN401
    return isinstance(kind, type) and issubclass(kind, ByLanguage)


def _field(place: _Place, kind: Any, info: FieldInfo, extra: dict[str, Any]) -> Field:  # noqa: ANN401
    low, high = _limits(info)
    options = _options(kind)
    return Field(
        path=place.prefix,
        section=place.section,
        control=_control(kind, info, extra, place.prefix),
        said_as=place.said_as,
        optional=bool(extra.get("optional", False)) or _may_be_none(info.annotation),
        unit=str(extra.get("unit", "")),
        low=low,
        high=high,
        max_chars=_longest(kind) or _most_chars(info),
        options=options,
        numbered=bool(options) and _literal(kind) is None and _literal(_item(kind)) is None,
        needs=place.needs,
    )


def _control(kind: Any, info: FieldInfo, extra: dict[str, Any], path: str) -> Control:  # noqa: ANN401
    if get_origin(kind) is tuple:
        return "several" if _options(kind) else "lines"
    if get_origin(kind) is Literal:
        return "choice"
    if kind is str:
        return _written(info)
    if kind is int and extra.get("unit") == "percent" and not _may_be_none(info.annotation):
        return "share"
    if isinstance(kind, type):
        for base, control in _CONTROLS:
            if issubclass(kind, base):
                return control
    raise TypeError(f"no form control for {path}")


# bool before int: a bool is an int, too.
_CONTROLS: tuple[tuple[type, Control], ...] = (
    (ByLanguage, "words"),
    (bool, "switch"),
    (int, "whole"),
    (Decimal, "amount"),
    (datetime, "moment"),
)


def _written(info: FieldInfo) -> Control:
    """Tell by its pattern what a line of text means."""
    pattern = str(next((p for r in info.metadata if (p := getattr(r, "pattern", None))), ""))
    if "[0-5]" in pattern:
        return "clock"
    return "colour" if "#[0-9a-f]{6}" in pattern else "line"


def _options(kind: Any) -> tuple[str, ...]:  # noqa: ANN401
    """Return what can be chosen: the values of a literal, or a short row of numbers."""
    chosen = _literal(kind) or _literal(_item(kind))
    if chosen is not None:
        return tuple(str(value) for value in get_args(chosen))
    low, high = _bounds(getattr(_item(kind), "__metadata__", ()))
    if low is None or high is None:
        return ()
    return tuple(str(number) for number in range(int(low), int(high) + 1))


def _literal(kind: Any) -> Any:  # noqa: ANN401
    return kind if get_origin(kind) is Literal else None


def _item(kind: Any) -> Any:  # noqa: ANN401
    return get_args(kind)[0] if get_origin(kind) is tuple else None


def _bare(annotation: Any) -> Any:  # noqa: ANN401
    if get_origin(annotation) is Annotated:
        return _bare(get_args(annotation)[0])
    if get_origin(annotation) in (Union, types.UnionType):
        return next(_bare(arg) for arg in get_args(annotation) if arg is not type(None))
    # pydantic's own types of moments stand for datetime.
    return datetime if getattr(annotation, "__name__", "") == "AwareDatetime" else annotation


def _may_be_none(annotation: Any) -> bool:  # noqa: ANN401
    if get_origin(annotation) is Annotated:
        return _may_be_none(get_args(annotation)[0])
    return type(None) in get_args(annotation)


def _limits(info: FieldInfo) -> tuple[Decimal | None, Decimal | None]:
    return _bounds(info.metadata)


def _bounds(metadata: Any) -> tuple[Decimal | None, Decimal | None]:  # noqa: ANN401
    low = high = None
    for rule in metadata:
        for part in getattr(rule, "metadata", None) or (rule,):
            if (bound := getattr(part, "ge", None)) is not None:
                low = Decimal(str(bound))
            if (bound := getattr(part, "gt", None)) is not None:
                low = Decimal(str(bound)) + Decimal("0.01")
            if (bound := getattr(part, "le", None)) is not None:
                high = Decimal(str(bound))
    return low, high


def _most_chars(info: FieldInfo) -> int:
    return next((most for r in info.metadata if (most := getattr(r, "max_length", None))), 0)


def _longest(kind: Any) -> int:  # noqa: ANN401
    if not _is_text(kind):
        return 0
    return max((_most_chars(info) for info in kind.model_fields.values()), default=0)
