"""The tabs of the editor: which sections of the settings stand on one page, in which order."""

from __future__ import annotations

from typing import Any

from plugin.admin.fields import Field, mattering, sections_of
from plugin.contracts.targeting import Who

#: Who, where and when are read as one sentence, so they are one tab.
TARGET = "target"
_TABS = {"fields": "content", "when": TARGET, "who": TARGET}
_ORDER = ("content", "ranking", "voucher", TARGET, "design", "test")


def tab_of(section: str) -> str:
    """Return the tab that a section of the settings stands on."""
    return _TABS.get(section, section)


def tabs_of(fields: list[Field]) -> list[str]:
    """Return the tabs that have fields, in their order."""
    present = {tab_of(section) for section in sections_of(fields)}
    return sorted(present, key=_ORDER.index)


def chosen_tab(fields: list[Field], draft: dict[str, Any], asked: str) -> str:
    """Return the tab that was asked for, the first one if it is not there."""
    tabs = tabs_of(mattering(fields, draft))
    return tab_of(asked) if tab_of(asked) in tabs else tabs[0]


def fields_on(tab: str, fields: list[Field]) -> list[Field]:
    """Return the fields of a tab, in the order of the settings."""
    return [field for field in fields if tab_of(field.section) == tab]


def unfolded(fields: list[Field], draft: dict[str, Any]) -> list[Field]:
    """Leave out a third group of people for as long as the second says nothing."""
    nothing = Who().model_dump(mode="json")
    groups = draft.get("audience", {})
    if any(groups.get(name) != nothing for name in ("second", "third")):
        return fields
    return [field for field in fields if field.group != "audience.third"]
