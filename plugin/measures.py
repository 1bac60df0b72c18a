"""Amounts for the price per unit: what a shop says, in the unit that the price is told in."""

from __future__ import annotations

from decimal import Decimal

from plugin.model import Measure

#: By what a unit is told in: its kind, and how many of the kind's smallest it is.
_UNITS: dict[str, tuple[str, Decimal]] = {
    "mg": ("mass", Decimal(1)),
    "g": ("mass", Decimal(1000)),
    "kg": ("mass", Decimal(1_000_000)),
    "ml": ("volume", Decimal(1)),
    "cl": ("volume", Decimal(10)),
    "l": ("volume", Decimal(1000)),
    "m³": ("volume", Decimal(1_000_000)),
    "mm": ("length", Decimal(1)),
    "cm": ("length", Decimal(10)),
    "m": ("length", Decimal(1000)),
    "m²": ("area", Decimal(1)),
    "item": ("pieces", Decimal(1)),
}
#: Other ways to write them.
_WRITTEN = {
    "milligramm": "mg", "gramm": "g", "gram": "g", "gr": "g", "kilogramm": "kg", "kilo": "kg",
    "milliliter": "ml", "zentiliter": "cl", "liter": "l", "litre": "l", "ltr": "l", "m3": "m³",
    "cbm": "m³", "millimeter": "mm", "zentimeter": "cm", "meter": "m", "lfm": "m", "m2": "m²",
    "qm": "m²", "quadratmeter": "m²", "stück": "item", "stueck": "item", "stk": "item",
    "piece": "item", "pieces": "item", "pcs": "item",
}  # fmt: skip
#: Longest name of a unit.
_LONGEST = 20


def measure(amount: Decimal, unit: str, per: Decimal, per_unit: str) -> Measure | None:
    """Return the measure of what holds `amount` `unit` and is priced per `per` `per_unit`.

    None where nothing can be worked out of it: an amount that is not more than 0, units that are
    of different kinds. A unit that we do not know goes with itself only; pieces
    are "item".
    """
    if not (amount > 0 and per > 0 and amount.is_finite() and per.is_finite()):
        return None
    own, told = _named(unit), _named(per_unit)
    if not told:
        return None
    if own != told:
        kind, size = _UNITS.get(own, ("", Decimal(0)))
        other, base = _UNITS.get(told, ("?", Decimal(1)))
        if kind != other:
            return None
        amount = amount * size / base
    return Measure(amount, told, per, told)


def _named(unit: str) -> str:
    word = unit.strip().rstrip(".")[:_LONGEST]
    lower = word.casefold()
    lower = _WRITTEN.get(lower, lower)
    return lower if lower in _UNITS else word
