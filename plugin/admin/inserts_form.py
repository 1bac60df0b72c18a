"""The form of flyers and presents: what stands in its fields, and what a merchant typed there."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from pydantic import ValidationError

from plugin.admin.amounts import NumberProblemError, read_amount, read_whole
from plugin.admin.wording import Words
from plugin.contracts.inserts import Greeting, Inserts, Surprise
from plugin.contracts.service import NextVoucher
from plugin.contracts.settings import Headline
from plugin.sanitize import plain_text

#: Field: how it is read, lowest and highest value.
_NUMBERS: dict[str, tuple[str, Decimal, Decimal]] = {
    "value": ("amount", Decimal("0.01"), Decimal(10_000)),
    "minimum": ("amount", Decimal(0), Decimal(100_000)),
    "days": ("whole", Decimal(7), Decimal(365)),
    "cost": ("amount", Decimal(0), Decimal(1000)),
    "budget": ("amount", Decimal(0), Decimal(100_000)),
    "one_in": ("whole", Decimal(0), Decimal(1000)),
}
_MOST_PERCENT = Decimal(50)
_CENT = Decimal("0.01")


@dataclass(frozen=True)
class Form:
    """What stands in the fields; `wanted` None where something does not fit (`problems`)."""

    values: Mapping[str, str]
    wanted: Inserts | None = None
    problems: Mapping[str, str] = field(default_factory=dict)

    def on(self, name: str) -> bool:
        """Tell whether something is switched on."""
        return bool(self.values.get(name))


def shown(inserts: Inserts, words: Words) -> Form:
    """Return the form of what is stored."""
    voucher, surprise = inserts.voucher, inserts.surprise
    values = {
        "size": inserts.size,
        "heading_de": inserts.heading.de,
        "heading_en": inserts.heading.en,
        "greeting_de": inserts.greeting.de,
        "greeting_en": inserts.greeting.en,
        "offers": "1" if voucher.enabled else "",
        "kind": voucher.kind,
        "value": words.amount_input(voucher.value),
        "minimum": words.amount_input(voucher.minimum),
        "days": str(voucher.days),
        "gift": surprise.gift,
        "cost": words.amount_input(surprise.cost),
        "budget": words.amount_input(surprise.budget),
        "one_in": str(surprise.one_in),
        "first": "1" if surprise.first else "",
        "trouble": "1" if surprise.trouble else "",
    }
    return Form(values, inserts)


def read(typed: Mapping[str, str], words: Words) -> Form:
    """Return the form as a merchant filled it in; nothing of the entry gets lost."""
    values = {name: plain_text(text) for name, text in typed.items()}
    problems: dict[str, str] = {}
    percent = values.get("kind") == "percent"
    numbers = {name: _number(name, values, percent, words, problems) for name in _NUMBERS}
    if problems:
        return Form(values, None, problems)
    voucher = NextVoucher(
        enabled=bool(values.get("offers")),
        kind="percent" if percent else "amount",
        value=numbers["value"],
        minimum=numbers["minimum"],
        days=int(numbers["days"]),
    )
    found: dict[str, Any] = {"size": "A5" if values.get("size") == "A5" else "A6"}
    try:
        wanted = Inserts(
            **found,
            heading=Headline(de=values.get("heading_de", ""), en=values.get("heading_en", "")),
            greeting=Greeting(de=values.get("greeting_de", ""), en=values.get("greeting_en", "")),
            voucher=voucher,
            surprise=Surprise(
                gift=values.get("gift", ""),
                cost=numbers["cost"],
                budget=numbers["budget"],
                one_in=int(numbers["one_in"]),
                first=bool(values.get("first")),
                trouble=bool(values.get("trouble")),
            ),
        )
    except ValidationError as error:
        problem = error.errors(include_url=False)[0]
        name = str(problem["loc"][-1])
        title = error.title.lower().replace("headline", "heading")
        at = name if name == "gift" else f"{title}_{name}"
        most, now = problem.get("ctx", {}).get("max_length", 0), len(str(problem["input"]))
        return Form(values, None, {at: words.t("message.too_long", most=most, now=now)})
    return Form(values, wanted)


def _number(
    name: str, values: Mapping[str, str], percent: bool, words: Words, problems: dict[str, str]
) -> Decimal:
    kind, low, high = _NUMBERS[name]
    high = _MOST_PERCENT if name == "value" and percent else high
    text = values.get(name, "")
    try:
        number = Decimal(read_whole(text)) if kind == "whole" else read_amount(text, words.point)
    except NumberProblemError:
        problems[name] = words.t("message.number", example=words.amount_input(max(low, Decimal(5))))
        return low
    if not low <= number <= high:
        problems[name] = words.t("message.range", low=words.number(low), high=words.number(high))
        return low
    return number.quantize(_CENT)
