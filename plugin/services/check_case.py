"""One publish check and what it looks at; the checks themselves stand in the modules beside."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime

from pydantic import BaseModel

from plugin.contracts.settings import ByLanguage, Voucher
from plugin.contracts.widget import Widget
from plugin.model import Shop
from plugin.services.context import Context


@dataclass(frozen=True)
class Check:
    """One publish check.

    `name` keys its texts, `fields` are the dotted paths of the settings at fault, `values` fill
    the texts, `rule` is the law it stands on, if one does.
    """

    name: str
    passed: bool
    rule: str = ""
    fields: tuple[str, ...] = ()
    values: dict[str, object] = field(default_factory=dict)


@dataclass(frozen=True)
class Case:
    """A draft about to be published; `announced` is the end that shoppers were told before."""

    context: Context
    shop: Shop
    widget: Widget
    settings: BaseModel
    announced: datetime | None = None

    @property
    def content(self) -> str:
        """Return what the widget shows; widgets without a choice ask for a sign-up or show data."""
        return str(getattr(self.settings, "content", "sign_up"))

    @property
    def offered(self) -> Voucher | None:
        """Return the voucher that is promised, None without one."""
        voucher = getattr(self.settings, "voucher", None)
        promised = isinstance(voucher, Voucher) and voucher.enabled and self.content == "sign_up"
        return voucher if promised else None

    def texts(self) -> list[tuple[str, ByLanguage]]:
        """Return the merchant's texts that shoppers may see, by their dotted paths."""
        return list(_texts(self.settings, ""))


def _texts(model: BaseModel, prefix: str) -> Iterator[tuple[str, ByLanguage]]:
    if getattr(model, "enabled", True) is False:
        return
    for name, info in type(model).model_fields.items():
        value = getattr(model, name)
        if not _matters(model, info.json_schema_extra):
            continue
        if isinstance(value, ByLanguage):
            yield prefix + name, value
        elif isinstance(value, BaseModel):
            yield from _texts(value, f"{prefix}{name}.")


def _matters(model: BaseModel, extra: object) -> bool:
    needs = extra.get("needs", {}) if isinstance(extra, dict) else {}
    return all(getattr(model, other) in values for other, values in needs.items())
