"""The rules of the storefront in Python: what widgets/_runtime/rules.ts has to agree with."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

Rule = list[Any]
Facts = dict[str, Any]


def holds(rule: Rule, facts: Facts) -> bool:
    """Tell whether a rule holds; what is not known here, or not known of the shopper, does not."""
    known = LEAVES.get(rule[0]) if rule else None
    return known is not None and known(rule[1:], facts)


def leaves(rule: Rule) -> Iterator[Rule]:
    """Yield what a rule is made of, groups left out."""
    if rule[0] in GROUPS:
        for part in rule[1:]:
            yield from leaves(part)
    else:
        yield rule


def _all(rules: list[Rule], facts: Facts) -> bool:
    return all(holds(rule, facts) for rule in rules)


def _any(rules: list[Rule], facts: Facts) -> bool:
    return any(holds(rule, facts) for rule in rules)


def _not(rules: list[Rule], facts: Facts) -> bool:
    return not holds(rules[0], facts)


def _moment(name: str) -> Callable[[list[Any], Facts], bool]:
    return lambda values, facts: facts.get("moment") == [name, *values]


def _at_least(name: str) -> Callable[[list[Any], Facts], bool]:
    return lambda values, facts: name in facts and facts[name] >= values[0]


def _one_of(name: str) -> Callable[[list[Any], Facts], bool]:
    return lambda values, facts: facts.get(name) in values


def _in_cart(name: str) -> Callable[[list[Any], Facts], bool]:
    def within(limits: list[Any], facts: Facts) -> bool:
        value = (facts.get("cart") or {}).get(name)
        low, high = limits
        return (
            value is not None and (low is None or value >= low) and (high is None or value <= high)
        )

    return within


def _has(products: list[str], facts: Facts) -> bool:
    return bool(set(products) & set((facts.get("cart") or {}).get("products", ())))


def _glob(pattern: str, text: str) -> bool:
    parts = (re.escape(part) for part in pattern.split("*"))
    return re.fullmatch(".*".join(parts), text, re.IGNORECASE) is not None


def _url(patterns: list[str], facts: Facts) -> bool:
    url = facts.get("url", "")
    return any(_glob(item, url if "?" in item else url.split("?")[0]) for item in patterns)


def _referrer(patterns: list[str], facts: Facts) -> bool:
    return any(_glob(item, facts.get("referrer", "")) for item in patterns)


def _utm(values: list[str], facts: Facts) -> bool:
    name, pattern = values
    found = facts.get("utm", {}).get(name)
    return found is not None and _glob(pattern, found)


def _between(values: list[str | None], facts: Facts) -> bool:
    start, end = values
    now = datetime.fromisoformat(facts["now"])
    begun = start is None or datetime.fromisoformat(start) <= now
    return begun and (end is None or now < datetime.fromisoformat(end))


def _hours(values: list[Any], facts: Facts) -> bool:
    weekdays, start, end = values
    local = datetime.fromisoformat(facts["now"]).astimezone(ZoneInfo(facts["zone"]))
    return local.isoweekday() in weekdays and start <= local.strftime("%H:%M") < end


GROUPS: dict[str, Callable[[list[Any], Facts], bool]] = {"all": _all, "any": _any, "not": _not}
LEAVES: dict[str, Callable[[list[Any], Facts], bool]] = {
    **GROUPS,
    **{name: _moment(name) for name in ("exit", "returned", "idle", "clicked", "event")},
    **{name: _at_least(name) for name in ("seconds", "scrolled", "views")},
    **{name: _one_of(name) for name in ("page", "device", "lang")},
    **{name: _one_of(name) for name in ("returning", "subscriber", "customer")},
    "cart_value": _in_cart("value"),
    "cart_items": _in_cart("items"),
    "cart_has": _has,
    "url": _url,
    "referrer": _referrer,
    "utm": _utm,
    "between": _between,
    "hours": _hours,
}
