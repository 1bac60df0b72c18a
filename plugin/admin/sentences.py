"""The rule of a campaign in plain words: when, to whom, from when to when, to how many."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from typing import Any

from pydantic import BaseModel

from plugin.admin.wording import Words
from plugin.contracts.targeting import Audience, Experiment, Schedule, Trigger, Who
from plugin.services import targeting


def said(settings: BaseModel, section: str, words: Words) -> list[str]:
    """Return the sentences that sum up one section of the settings."""
    found: list[str] = []
    for kind, value in _parts(settings):
        if _SECTION[kind] == section:
            found.append(_SAY[kind](value, settings, words))
    return found


def in_short(settings: BaseModel, words: Words) -> str:
    """Return when and to whom in one line, "" for a widget that stands in the page."""
    trigger, audience = getattr(settings, "trigger", None), getattr(settings, "audience", None)
    if not isinstance(trigger, Trigger) or not isinstance(audience, Audience):
        return ""
    moments = [_leaf("moment", rule, words) for rule in targeting.moments_of(trigger)]
    signs = moments + [_leaf("level", rule, words) for rule in targeting.levels_of(trigger)]
    key = "rule.short" if moments else "rule.short_at"
    opens = words.t(key, when=words.either(signs)) if signs else words.t("rule.never")
    return f"{_audience(audience, settings, words)} {opens}"


def _parts(settings: BaseModel) -> Iterator[tuple[type, Any]]:
    for name in ("trigger", "schedule", "audience", "experiment"):
        value = getattr(settings, name, None)
        for kind in _SECTION:
            if isinstance(value, kind):
                yield kind, value


def _trigger(trigger: Trigger, settings: BaseModel, words: Words) -> str:
    moments = [_leaf("moment", rule, words) for rule in targeting.moments_of(trigger)]
    levels = [_leaf("level", rule, words) for rule in targeting.levels_of(trigger)]
    if not moments and not levels:
        return words.t("rule.never")
    first = words.t("rule.earliest", n=trigger.min_seconds)
    if trigger.match == "any" or not levels:
        return words.t("rule.any", when=words.either([*moments, *levels]), first=first)
    if not moments:
        return words.t("rule.any", when=words.both(levels), first=first)
    return words.t("rule.all", when=words.either(moments), level=words.both(levels), first=first)


def _leaf(kind: str, rule: list[Any], words: Words) -> str:
    name, *values = rule
    if name == "exit":
        return words.t(f"rule.moment.{values[0]}")
    if name == "cart_value":
        return words.t("rule.level.cart_value", amount=words.money(Decimal(str(values[0]))))
    return words.t(f"rule.{kind}.{name}", what=values[0] if values else "")


def _audience(audience: Audience, settings: BaseModel, words: Words) -> str:
    groups = [words.both(list(_conditions(who, words))) for who in audience.groups]
    if not groups:
        return words.t("rule.everybody")
    return words.t("rule.those", who=words.t("rule.or").join(groups))


def _conditions(who: Who, words: Words) -> Iterator[str]:
    for name in ("pages", "devices", "languages"):
        if chosen := getattr(who, name):
            names = [words.t(f"rule.{name}.{item}") for item in chosen]
            yield words.t(f"rule.who.{name}", what=words.either(names))
    for name in ("urls", "not_urls", "referrers", "cart_products"):
        if chosen := getattr(who, name):
            yield words.t(f"rule.who.{name}", what=words.either(list(chosen)))
    yield from _single(who, words)


def _single(who: Who, words: Words) -> Iterator[str]:
    for name in ("utm_source", "utm_medium", "utm_campaign"):
        if value := getattr(who, name):
            yield words.t("rule.who.utm", name=name, what=value)
    for name in ("visitor", "subscribers", "customers", "cart"):
        if (value := getattr(who, name)) != "all":
            yield words.t(f"rule.who.{name}_{value}")
    for name in ("cart_min", "cart_max"):
        if (value := getattr(who, name)) is not None:
            yield words.t(f"rule.who.{name}", what=words.money(value))


def _schedule(schedule: Schedule, settings: BaseModel, words: Words) -> str:
    start = words.t("rule.from", time=words.full_moment(schedule.starts)) if schedule.starts else ""
    end = words.t("rule.until", time=words.full_moment(schedule.ends)) if schedule.ends else ""
    parts = [start or words.t("rule.at_once"), end or words.t("rule.open_end")]
    if schedule.weekdays:
        days = [words.t(f"rule.weekdays.{day}") for day in schedule.weekdays]
        parts.append(words.t("rule.only_days", days=words.both(days)))
    if schedule.hours_from:
        hours = {"start": schedule.hours_from, "end": schedule.hours_to}
        parts.append(words.t("rule.only_hours", **hours))
    return words.t("rule.runs", when=", ".join(parts))


def _experiment(experiment: Experiment, settings: BaseModel, words: Words) -> str:
    shares = targeting.weights_of(settings)
    parts = [words.t(f"rule.arm.{arm}", n=share) for arm, share in shares.items() if arm != "-"]
    held = shares.get("-", 0)
    first = words.t("rule.arm.none", n=held) if held else words.t("rule.arm.nobody")
    second = "b" in shares
    shown = parts if second else [words.t("rule.arm.all", n=shares["a"])]
    return words.t("rule.shares", parts=", ".join([first, *shown]))


_SECTION: dict[type, str] = {
    Trigger: "when",
    Schedule: "when",
    Audience: "who",
    Experiment: "test",
}
_SAY: dict[type, Any] = {
    Trigger: _trigger,
    Schedule: _schedule,
    Audience: _audience,
    Experiment: _experiment,
}
