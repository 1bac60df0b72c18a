"""What settings say about when, to whom and to how many, as the rules that a browser evaluates.

The leaves are those of `widgets/_runtime/rules.ts`; their meaning is fixed by the cases in
`tests/widgets/rules.json`. See docs/adr/0018-rules-as-data.md.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from decimal import Decimal
from typing import Any

from pydantic import BaseModel

from plugin.contracts.targeting import Audience, Experiment, Schedule, Trigger, Variant, Who
from plugin.services.claim_words import without_claim

Rule = list[Any]
#: The arm of those who see the same without a voucher.
COURTESY = "h"

#: The kinds of page that every platform tells apart; "other" is whatever is none of them.
_PAGES = ("home", "collection", "product", "cart", "search", "account")
_EVERY_DAY = (1, 2, 3, 4, 5, 6, 7)


def rule_of(settings: BaseModel) -> Rule | None:
    """Return the rule that has to hold for a campaign to be shown; None if nothing has to."""
    parts: list[Rule] = []
    schedule, audience = getattr(settings, "schedule", None), getattr(settings, "audience", None)
    trigger = getattr(settings, "trigger", None)
    if isinstance(schedule, Schedule):
        parts += _times(schedule)
    if isinstance(audience, Audience) and audience.groups:
        parts.append(_one(["any", *(_one(["all", *_group(who)]) for who in audience.groups)]))
    if isinstance(trigger, Trigger):
        parts += _opening(trigger)
    return _one(["all", *parts]) if parts else None


def variant_of(settings: BaseModel) -> Variant | None:
    """Return what version B changes, None if there is no version B."""
    experiment = getattr(settings, "experiment", None)
    variant = getattr(experiment, "b", None)
    return variant if isinstance(variant, Variant) and variant.enabled else None


def weights_of(settings: BaseModel) -> dict[str, int]:
    """Return the arms with their shares in percent, 100 together; "-" is shown nothing."""
    experiment = getattr(settings, "experiment", None)
    if not isinstance(experiment, Experiment):
        return {"a": 100}
    variant = variant_of(settings)
    held_out = 0 if experiment.no_holdout else experiment.holdout
    second = 0 if variant is None else round((100 - held_out) * variant.share / 100)
    weights = {"-": held_out, "a": 100 - held_out - second, "b": second}
    return {arm: weight for arm, weight in weights.items() if weight}


def as_seen(settings: dict[str, Any], arm: str) -> dict[str, Any]:
    """Return stored settings with the texts of an arm: what a shopper in it had before them."""
    if arm == COURTESY:
        return {**settings, **without_claim(settings)}
    variant = (settings.get("experiment") or {}).get("b") or {}
    if arm != "b" or not variant.get("enabled"):
        return settings
    written = {
        name: variant[name] for name in ("title", "lead") if any((variant.get(name) or {}).values())
    }
    return {**settings, **written}


def announced_end(settings: BaseModel) -> datetime | None:
    """Return the end that shoppers are shown, None without a countdown."""
    schedule = getattr(settings, "schedule", None)
    wanted = getattr(settings, "countdown", False)
    return schedule.ends if wanted and isinstance(schedule, Schedule) else None


def moment(at: datetime) -> str:
    """Return a moment in UTC as rules and browsers write it."""
    return at.strftime("%Y-%m-%dT%H:%M:%SZ")


def _one(group: Rule) -> Rule:
    """A group of one is that one."""
    return group[1] if len(group) == 2 else group


def _times(schedule: Schedule) -> Iterator[Rule]:
    if schedule.starts or schedule.ends:
        yield [
            "between",
            moment(schedule.starts) if schedule.starts else None,
            moment(schedule.ends) if schedule.ends else None,
        ]
    if schedule.weekdays or schedule.hours_from:
        yield [
            "hours",
            list(schedule.weekdays or _EVERY_DAY),
            schedule.hours_from or "00:00",
            schedule.hours_to or "24:00",
        ]


def _opening(trigger: Trigger) -> Iterator[Rule]:
    """Moments and levels; nothing chosen is a rule that never holds.

    Who clicks has asked for it: that needs no first seconds.
    """
    levels = levels_of(trigger)
    clicks = [rule for rule in moments_of(trigger) if rule[0] == "clicked"]
    signs = [rule for rule in moments_of(trigger) if rule[0] != "clicked"]
    conditions: list[Rule] = []
    if trigger.match == "any":
        signs += levels
    elif signs or clicks:
        conditions = levels
    elif levels:
        signs = [_one(["all", *levels])]
    unasked: list[Rule] = [_one(["any", *signs]), ["seconds", trigger.min_seconds]]
    if not clicks:
        yield from unasked
    else:
        yield _one(["any", *clicks, *([["all", *unasked]] if signs else [])])
    yield from conditions


def opens(trigger: Trigger) -> bool:
    """Tell whether anything is chosen at which a campaign opens."""
    return bool(moments_of(trigger) or levels_of(trigger))


def moments_of(trigger: Trigger) -> list[Rule]:
    """Return the moments that are chosen: true at an instant, and over."""
    return list(_moments(trigger))


def levels_of(trigger: Trigger) -> list[Rule]:
    """Return the levels that are chosen: true from some point on."""
    return list(_levels(trigger))


def _moments(trigger: Trigger) -> Iterator[Rule]:
    if trigger.desktop:
        yield ["exit", "desktop"]
    if trigger.phone:
        yield ["exit", "phone"]
    if trigger.returned:
        yield ["returned"]
    if trigger.idle_seconds is not None:
        yield ["idle", trigger.idle_seconds]
    if trigger.click:
        yield ["clicked", trigger.click]
    if trigger.event:
        yield ["event", trigger.event]


def _levels(trigger: Trigger) -> Iterator[Rule]:
    for name, value in (
        ("seconds", trigger.after_seconds),
        ("scrolled", trigger.scrolled),
        ("views", trigger.views),
    ):
        if value is not None:
            yield [name, value]
    if trigger.cart_value is not None:
        yield ["cart_value", _number(trigger.cart_value), None]


def _group(who: Who) -> Iterator[Rule]:
    yield from _where(who)
    yield from _whence(who)
    yield from _people(who)
    yield from _cart(who)


def _where(who: Who) -> Iterator[Rule]:
    if who.urls:
        yield ["url", *who.urls]
    if who.not_urls:
        yield ["not", ["url", *who.not_urls]]
    if who.pages:
        named = [page for page in who.pages if page != "other"]
        kinds: list[Rule] = [["page", *named]] if named else []
        kinds += [["not", ["page", *_PAGES]]] if "other" in who.pages else []
        yield _one(["any", *kinds])
    if who.devices:
        yield ["device", *who.devices]
    if who.languages:
        yield ["lang", *who.languages]


def _whence(who: Who) -> Iterator[Rule]:
    if who.referrers:
        # "google.com" is meant wherever it stands in the address.
        yield ["referrer", *(item if "*" in item else f"*{item}*" for item in who.referrers)]
    for name in ("source", "medium", "campaign"):
        if pattern := getattr(who, f"utm_{name}"):
            yield ["utm", name, pattern]


def _people(who: Who) -> Iterator[Rule]:
    if who.visitor != "all":
        yield ["returning", who.visitor == "returning"]
    if who.subscribers != "all":
        yield ["subscriber", who.subscribers == "only"]
    if who.customers != "all":
        yield ["customer", who.customers == "only"]


def _cart(who: Who) -> Iterator[Rule]:
    if who.cart != "all":
        yield ["cart_items", 1, None] if who.cart == "filled" else ["cart_items", 0, 0]
    if who.cart_min is not None or who.cart_max is not None:
        yield ["cart_value", _number(who.cart_min), _number(who.cart_max)]
    if who.cart_products:
        # The cart of a page names products by the last part of their long identifier.
        yield ["cart_has", *(item.rpartition("/")[2] for item in who.cart_products)]


def _number(amount: Decimal | None) -> int | float | None:
    if amount is None:
        return None
    return int(amount) if amount == amount.to_integral_value() else float(amount)
