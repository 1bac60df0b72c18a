"""What a form says of its fields, and how the fields stand together on the page."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from itertools import groupby

from plugin.admin.fields import Field
from plugin.admin.wording import Words
from plugin.contracts.widget import Widget

#: Seldom needed: one press away, so that the page stays short.
_RARE = frozenset(
    {"idle_seconds", "click", "event", "views", "cart_value"}
    | {"not_urls", "languages", "referrers", "utm_source", "utm_medium", "utm_campaign"}
    | {"customers", "cart_products"}
)


@dataclass(frozen=True)
class Captions:
    """The texts of a form: a widget's own, or those of a page of the admin."""

    words: Words
    source: Widget | str
    #: What is found out about single fields, by their paths.
    notes: Mapping[str, str] = field(default_factory=dict)

    def of(self, field: Field, part: str) -> str:
        """Return a text of a field: its `label`, its `help`, or one of its options."""
        return self._get(f"{field.said_as}.{part}")

    def maybe(self, field: Field, part: str) -> str:
        """Return a text that only some fields have, "" for the others."""
        return self.heading(field.said_as, part)

    def heading(self, group: str, part: str) -> str:
        """Return the `heading` or `intro` of a group of fields, "" if it needs none."""
        return self._get(f"{group}.{part}") if self._has(f"{group}.{part}") else ""

    def _get(self, key: str) -> str:
        if isinstance(self.source, str):
            return self.words.t(f"{self.source}.{key}")
        return self.words.of_widget(self.source, f"settings.{key}")

    def _has(self, key: str) -> bool:
        if isinstance(self.source, str):
            return self.words.has(f"{self.source}.{key}")
        return self.words.widget_has(self.source, f"settings.{key}")


@dataclass(frozen=True)
class Block:
    """Fields that stand together; `leader` is the switch that unfolds the others."""

    group: str
    fields: list[Field]
    leader: Field | None = None

    @property
    def extra(self) -> bool:
        """Tell whether it is an extra of what is shown: below it, folded while unused."""
        return self.group == "picture" or self.group.startswith("fields.")

    @property
    def plain(self) -> list[Field]:
        """Return the fields that stand on the page at once."""
        return [field for field in self.fields if field.name not in _RARE and field != self.leader]

    @property
    def rare(self) -> list[Field]:
        """Return the fields that are one press away."""
        return [field for field in self.fields if field.name in _RARE]


def blocks_of(fields: list[Field]) -> list[Block]:
    """Put the fields of one section into blocks, in their order."""
    leaders = {field.group: field for field in fields if field.name == "enabled"}
    grouped = groupby(fields, key=lambda field: _block_of(field, leaders))
    return [Block(group, list(members), leaders.get(group)) for group, members in grouped]


def _block_of(field: Field, leaders: dict[str, Field]) -> str:
    """Return the nearest group with a switch, else the group the field itself stands in."""
    group = field.group
    while group:
        if group in leaders:
            return group
        group = group.rpartition(".")[0]
    return field.group
