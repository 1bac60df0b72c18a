"""The form of the discount guard: what stands in its fields, and what a merchant typed there."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any

from pydantic import ValidationError

from plugin.admin.amounts import NumberProblemError, read_amount, read_whole
from plugin.admin.wording import Words
from plugin.services.guard_rules import MOST_QUIET_TIMES, Limits, QuietTime

#: Field of the form: how it is read, lowest and highest value, and the switch before it.
_NUMBERS: dict[str, tuple[str, Decimal, Decimal]] = {
    "budget": ("money", Decimal(0), Decimal(1_000_000)),
    "share": ("percent", Decimal("0.5"), Decimal(100)),
    "floor": ("percent", Decimal(0), Decimal(95)),
    "tax": ("percent", Decimal(0), Decimal(50)),
    "cooldown_days": ("whole", Decimal(1), Decimal(730)),
    "smallest": ("percent", Decimal(10), Decimal(99)),
    "holdout": ("whole", Decimal(1), Decimal(50)),
}
_SWITCHES = {
    "share": "share_on",
    "floor": "floor_on",
    "cooldown_days": "cooldown_on",
    "smallest": "smaller_on",
    "holdout": "holdout_on",
}
_CENT = Decimal("0.01")


@dataclass(frozen=True)
class Row:
    """One quiet time as it stands in the form."""

    start: str = ""
    end: str = ""

    @property
    def empty(self) -> bool:
        """Tell whether nothing was entered."""
        return not (self.start or self.end)


@dataclass(frozen=True)
class Form:
    """What stands in the fields; `limits` None where something does not fit (`problems`)."""

    values: Mapping[str, str]
    switches: Mapping[str, bool]
    quiet: tuple[Row, ...]
    limits: Limits | None
    problems: Mapping[str, str] = field(default_factory=dict)

    def hidden(self) -> list[tuple[str, str]]:
        """Return the form as hidden fields, to be sent once more as it is."""
        fields = list(self.values.items())
        fields += [(name, "1") for name, is_on in self.switches.items() if is_on]
        fields.append(("quiet", "1"))
        for number, row in enumerate(self.quiet):
            fields += [
                (f"quiet_start_{number}", row.start),
                (f"quiet_end_{number}", row.end),
            ]
        return fields


def shown(limits: Limits, tax: Decimal, words: Words) -> Form:
    """Return the form of stored limits; `tax` is what holds where the merchant set none."""
    numbers = {
        name: Decimal(getattr(limits, name) if getattr(limits, name) is not None else tax)
        for name in _NUMBERS
    }
    return Form(
        values={name: words.amount_input(number) for name, number in numbers.items()},
        switches={
            "share_on": limits.share_on,
            "floor_on": limits.floor_on,
            "cooldown_on": limits.cooldown_on,
            "quiet_on": limits.quiet_on,
            "smaller_on": limits.smaller_on,
            "holdout_on": not limits.no_holdout,
        },
        quiet=tuple(Row(one.start.isoformat(), one.end.isoformat()) for one in limits.quiet),
        limits=limits,
    )


def said(name: str, limits: Limits, tax: Decimal, words: Words) -> str:
    """Return a number of the form as it is said outside of its field, with its unit."""
    stored = getattr(limits, name)
    number = Decimal(tax if stored is None else stored)
    if name == "budget":
        return words.money(number)
    if name == "cooldown_days":
        return f"{words.number(int(number))} {words.t('unit.days')}"
    return words.percent(number / 100)


def read(fields: Mapping[str, str], present: Limits, tax: Decimal, words: Words) -> Form:
    """Return the form as a merchant typed it; what it does not name stays as it is."""
    stands = shown(present, tax, words)
    values, switches = dict(stands.values), dict(stands.switches)
    found: dict[str, Any] = {}
    problems: dict[str, str] = {}
    for name in _NUMBERS:
        if name not in fields:
            continue
        values[name] = fields[name]
        if name in _SWITCHES:
            switches[_SWITCHES[name]] = _SWITCHES[name] in fields
        try:
            found[name] = _number(name, fields[name], words)
        except NumberProblemError as problem:
            problems[name] = _explain(name, problem, words)
    rows = stands.quiet
    if "quiet" in fields:
        switches["quiet_on"] = "quiet_on" in fields
        rows = tuple(_rows(fields))
        found["quiet"], wrong = _quiet_times(rows, words)
        problems |= wrong
    found |= {name: is_on for name, is_on in switches.items() if name != "holdout_on"}
    found["no_holdout"] = not switches["holdout_on"]
    if found.get("tax") == tax and present.tax is None:
        found["tax"] = None
    limits = None if problems else _limits(present, found)
    return Form(values, switches, rows, limits, problems)


def _limits(present: Limits, found: Mapping[str, Any]) -> Limits:
    return Limits.model_validate({**present.__dict__, **found})


def _number(name: str, typed: str, words: Words) -> Decimal | int:
    kind, low, high = _NUMBERS[name]
    bare = typed.strip().removesuffix("%").strip() if kind == "percent" else typed
    number = Decimal(read_whole(bare)) if kind == "whole" else read_amount(bare, words.point)
    if not low <= number <= high or number != number.quantize(_CENT):
        raise NumberProblemError("range")
    return int(number) if kind == "whole" else number


def _explain(name: str, problem: NumberProblemError, words: Words) -> str:
    kind, low, high = _NUMBERS[name]
    if problem.kind == "ambiguous":
        say = words.money if kind == "money" else words.number
        first, second = (say(reading) for reading in problem.readings)
        return words.t(words.ambiguous, first=first, second=second)
    if problem.kind == "range":
        return words.t("message.range", low=words.number(low), high=words.number(high))
    example = words.amount_input(Decimal(200) if kind == "money" else Decimal(10))
    return words.t("message.number", example=example)


def _rows(fields: Mapping[str, str]) -> Iterator[Row]:
    for number in range(MOST_QUIET_TIMES + 1):
        row = Row(
            fields.get(f"quiet_start_{number}", "").strip(),
            fields.get(f"quiet_end_{number}", "").strip(),
        )
        if not row.empty:
            yield row


def _quiet_times(
    rows: tuple[Row, ...], words: Words
) -> tuple[tuple[QuietTime, ...], dict[str, str]]:
    found: list[QuietTime] = []
    problems: dict[str, str] = {}
    for number, row in enumerate(rows):
        start, end = _day(row.start), _day(row.end or row.start)
        if start is None or end is None:
            problems[f"quiet_start_{number}"] = words.t("guard.quiet_both")
            continue
        try:
            found.append(QuietTime(start=start, end=end))
        except ValidationError:
            problems[f"quiet_end_{number}"] = words.t("guard.quiet_order", start=words.day(start))
    if len(found) > MOST_QUIET_TIMES:
        problems["quiet_start_0"] = words.t("guard.quiet_most", n=MOST_QUIET_TIMES)
    return tuple(sorted(found, key=lambda one: (one.start, one.end))), problems


def _day(typed: str) -> date | None:
    try:
        day = date.fromisoformat(typed)
    except ValueError:
        return None
    return day if 2000 <= day.year <= 2100 else None
