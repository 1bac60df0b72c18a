"""What became of an order line that a suggestion brought: cancelled, sent back, kept, earned."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from decimal import Decimal

from plugin.services.guard_margin import net, unit_cost
from plugin.store.costs import CostedVariant
from plugin.store.suggested_lines import SuggestedLine

_NONE = Decimal(0)


@dataclass(frozen=True)
class Sold:
    """What was ordered of suggestions, and what came of it; amounts as the shop's prices are.

    `margin` is of what was kept, without tax; `unknown` of the `lines` that were kept have no
    known cost and are not in it.
    """

    lines: int = 0
    worth: Decimal = _NONE
    cancelled: Decimal = _NONE
    returned: Decimal = _NONE
    kept_lines: int = 0
    margin: Decimal = _NONE
    unknown: int = 0

    @property
    def kept(self) -> Decimal:
        """Return what stayed with those who ordered it."""
        return self.worth - self.cancelled - self.returned

    def __add__(self, other: Sold) -> Sold:
        return Sold(
            self.lines + other.lines,
            self.worth + other.worth,
            self.cancelled + other.cancelled,
            self.returned + other.returned,
            self.kept_lines + other.kept_lines,
            self.margin + other.margin,
            self.unknown + other.unknown,
        )


def sold_of(line: SuggestedLine, known: Mapping[str, CostedVariant], tax: Decimal) -> Sold:
    """Return what became of one line, by the costs that are `known` and the `tax` in prices."""
    worth = line.price * line.quantity
    if line.cancelled:
        return Sold(lines=1, worth=worth, cancelled=worth)
    kept = _kept(line)
    found = Sold(
        lines=1,
        worth=worth,
        returned=line.price * (line.quantity - kept),
        kept_lines=int(kept > 0),
    )
    variant = known.get(line.variant_id or "")
    cost = None if variant is None else unit_cost(variant, tax)
    if not kept:
        return found
    if cost is None:
        return replace(found, unknown=1)
    return replace(found, margin=(net(line.price, tax) - cost) * kept)


def _kept(line: SuggestedLine) -> int:
    if line.kept is not None:
        return min(line.kept, line.quantity)
    # Where a platform tells nothing of single lines, an order paid back in full kept none.
    return 0 if line.price and not line.total else line.quantity
