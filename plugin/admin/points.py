"""What is wrong with a draft, in words: failed checks and refused entries, each with its place."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from flask import url_for

from plugin.admin.captions import Captions
from plugin.admin.entries import Entries
from plugin.admin.fields import Field
from plugin.admin.frame import this_shop, words
from plugin.api import current_context
from plugin.services import campaigns
from plugin.services.campaign_checks import Check
from plugin.services.campaigns import Campaign


@dataclass(frozen=True)
class Way:
    """A button that mends a point; `press` is what it posts, `colour` what one sees before."""

    press: str
    label: str
    colour: str


@dataclass(frozen=True)
class Point:
    """One failed check as the merchant reads it, with the way out."""

    title: str
    text: str
    rule: str
    href: str
    button: str
    cures: tuple[Way, ...]

    @property
    def elsewhere(self) -> bool:
        """Tell whether the cure may also be another page's."""
        return "/widgets/" not in self.href and "/look" not in self.href


def points_of(
    failed: list[Check], campaign: Campaign, say: Captions, fields: list[Field]
) -> list[Point]:
    """Return failed checks in words, each with its place and its ways out."""
    return [_point(check, campaign, say, fields) for check in failed]


def _ways(check: Check, campaign: Campaign) -> tuple[Way, ...]:
    cures = campaigns.cures(current_context(), this_shop(), campaign, check)
    return tuple(
        Way(
            f"{check.name}:{cure.name}",
            words().t(f"repair.{cure.name}", **_in_words(cure.values)),
            cure.colour,
        )
        for cure in cures
    )


def _point(check: Check, campaign: Campaign, say: Captions, fields: list[Field]) -> Point:
    wording = words()
    values = {
        **_in_words(check.values),
        "fields": ", ".join(_label(p, fields, say) for p in check.fields),
    }
    return Point(
        title=wording.t(f"check.{check.name}.title", **values),
        text=wording.t(f"check.{check.name}.text", **values),
        rule=check.rule,
        href=_way_out(check, campaign, fields),
        button=wording.t(f"check.{check.name}.button"),
        cures=_ways(check, campaign),
    )


def marks_of(failed: list[Check]) -> dict[str, str]:
    """Return what stands at the fields because of failed checks."""
    return {path: heading_of(check) for check in failed for path in check.fields}


def heading_of(check: Check) -> str:
    """Return in one line what is wrong."""
    return words().t(f"check.{check.name}.title", **_in_words(check.values))


#: Values that are sums in the shop's currency.
_MONEY = ("budget", "minimum")


def _in_words(values: dict[str, object]) -> dict[str, object]:
    wording = words()
    said = dict(values)
    for name, value in values.items():
        if name == "pair":
            said[name] = wording.t(f"check.pair.{value}")
        elif isinstance(value, Decimal):
            said[name] = wording.money(value) if name in _MONEY else wording.number(value)
        elif isinstance(value, datetime):
            said[name] = wording.moment(value)
    return said


#: Checks whose cure is on another page.
_ELSEWHERE = {
    "budget": "admin.guard",
    "floor": "admin.guard",
    "pool": "admin.data",
    "contrast": "admin.look_page",
    "target": "admin.look_page",
}


def _way_out(check: Check, campaign: Campaign, fields: list[Field]) -> str:
    if check.name in _ELSEWHERE:
        return url_for(_ELSEWHERE[check.name])
    if check.name == "sender":
        return url_for("admin.setup_page", step=2, _anchor="step-sender")
    path = check.fields[0]
    field = _field_at(path, fields)
    return url_for(
        "admin.editor",
        campaign_id=campaign.id,
        section=field.section,
        show=_language_of(path, field),
        _anchor=_id(path),
    )


def links_of(filled: Entries | None, fields: list[Field], say: Captions) -> list[tuple[str, str]]:
    """Return field id and label of each refused entry, for the list on top of a form."""
    paths = filled.problems if filled else {}
    return [(_id(path), _label(path, fields, say)) for path in paths]


def _id(path: str) -> str:
    return "f-" + path.replace(".", "-")


def _field_at(path: str, fields: list[Field]) -> Field:
    """Return the field of a path, also of one language of a text."""
    by_path = {field.path: field for field in fields}
    return by_path.get(path) or by_path[path.rpartition(".")[0]]


def _label(path: str, fields: list[Field], say: Captions) -> str:
    field = _field_at(path, fields)
    label = say.of(field, "label")
    language = _language_of(path, field)
    return f"{label} ({words().t('language.' + language)})" if language else label


def _language_of(path: str, field: Field) -> str | None:
    """Return the language that a path names behind its field, None for the field as a whole."""
    return path.removeprefix(field.path).removeprefix(".") or None
