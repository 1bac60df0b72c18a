"""The form of a widget, read off its pydantic settings: a widget brings no template."""

from __future__ import annotations

import types
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Literal, Union, get_args, get_origin

from pydantic import BaseModel
from pydantic.fields import FieldInfo

from plugin.contracts.settings import ByLanguage

Control = Literal["words", "switch", "choice", "whole", "amount"]
#: Texts up to this length are one line, longer ones an area.
_LINE = 80


@dataclass(frozen=True)
class Field:
    """One field of a form; `path` is dotted and names it in texts, forms and messages."""

    path: str
    section: str
    control: Control
    optional: bool = False
    unit: str = ""
    low: Decimal | None = None
    high: Decimal | None = None
    max_chars: int = 0
    options: tuple[str, ...] = ()

    @property
    def long(self) -> bool:
        """Tell whether the text needs an area of several lines."""
        return self.max_chars > _LINE

    @property
    def group(self) -> str:
        """Return the optional group whose switch unfolds this field, "" for none."""
        head, _, name = self.path.rpartition(".")
        return head if head and name != "enabled" else ""


def fields_of(model: type[BaseModel]) -> list[Field]:
    """Return the fields of a settings model in their order, groups flattened."""
    return list(_walk(model, "", "content"))


def sections_of(fields: list[Field]) -> list[str]:
    """Return the sections that have fields, in their order."""
    return list(dict.fromkeys(field.section for field in fields))


def _walk(model: type[BaseModel], prefix: str, section: str) -> Iterator[Field]:
    for name, info in model.model_fields.items():
        extra: dict[str, Any] = (
            info.json_schema_extra if isinstance(info.json_schema_extra, dict) else {}
        )
        place = str(extra.get("section", section))
        kind = _bare(info.annotation)
        if (
            isinstance(kind, type)
            and issubclass(kind, BaseModel)
            and not issubclass(kind, ByLanguage)
        ):
            yield from _walk(kind, f"{prefix}{name}.", place)
        else:
            yield _field(prefix + name, place, kind, info, extra)


def _field(path: str, section: str, kind: Any, info: FieldInfo, extra: dict[str, Any]) -> Field:  # noqa: ANN401
    low, high = _limits(info)
    return Field(
        path=path,
        section=section,
        control=_control(kind, path),
        optional=bool(extra.get("optional", False)),
        unit=str(extra.get("unit", "")),
        low=low,
        high=high,
        max_chars=_longest(kind),
        options=tuple(str(value) for value in get_args(kind))
        if get_origin(kind) is Literal
        else (),
    )


def _control(kind: Any, path: str) -> Control:  # noqa: ANN401
    if get_origin(kind) is Literal:
        return "choice"
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
)


def _bare(annotation: Any) -> Any:  # noqa: ANN401
    if get_origin(annotation) in (Union, types.UnionType):
        return next(arg for arg in get_args(annotation) if arg is not type(None))
    return annotation


def _limits(info: FieldInfo) -> tuple[Decimal | None, Decimal | None]:
    low = high = None
    for rule in info.metadata:
        if (bound := getattr(rule, "ge", None)) is not None:
            low = Decimal(str(bound))
        if (bound := getattr(rule, "gt", None)) is not None:
            low = Decimal(str(bound)) + Decimal("0.01")
        if (bound := getattr(rule, "le", None)) is not None:
            high = Decimal(str(bound))
    return low, high


def _longest(kind: Any) -> int:  # noqa: ANN401
    if not (isinstance(kind, type) and issubclass(kind, ByLanguage)):
        return 0
    lengths = [
        rule.max_length
        for info in kind.model_fields.values()
        for rule in info.metadata
        if getattr(rule, "max_length", None)
    ]
    return max(lengths, default=0)
