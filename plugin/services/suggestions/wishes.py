"""What a merchant set for the suggestions, as ranking understands it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from plugin.services.suggestions.question import Place
from plugin.services.suggestions.ranking import Wishes

#: Where a list stands beside something more important, it is short.
_MOST_AT: dict[Place, int] = {"drawer": 2, "status": 2}

_CENT = Decimal("0.01")


@dataclass(frozen=True, slots=True)
class Stretch:
    """From an amount on, and up to another one without it; None: without an end."""

    least: Decimal = Decimal(0)
    below: Decimal | None = None

    def holds(self, amount: Decimal) -> bool:
        """Tell whether an amount lies within."""
        return amount >= self.least and (self.below is None or amount < self.below)


ALL = Stretch()


@dataclass(frozen=True)
class Choosing:
    """The settings of one campaign that say what is chosen."""

    settings: Mapping[str, Any]

    def stands_at(self, place: Place) -> bool:
        """Tell whether suggestions are shown at a place at all."""
        return place in self.settings["places"]

    @property
    def limit(self) -> int:
        """Return how many are shown at most where there is room."""
        return int(self.settings["limit"])

    @property
    def margin(self) -> float:
        """Return how far the slider stands, from 0 (what fits best) to 1 (what earns most)."""
        return int(self.settings["margin"]) / 100

    @property
    def popular(self) -> bool:
        """Tell whether what is ordered often may fill up what is left."""
        return bool(self.settings["popular"])

    @property
    def again(self) -> bool:
        """Tell whether own earlier purchases are shown again; otherwise they are left out."""
        return bool(self.settings["own"] == "again")

    def wishes(self, place: Place, total: Decimal) -> Wishes:
        """Return what is wished of a list for goods worth `total`."""
        cheapest, share = self.settings["cheapest"], self.settings["dearest"]
        return Wishes(
            limit=min(self.limit, _MOST_AT.get(place, 6)),
            margin=self.margin,
            variety=bool(self.settings["variety"]),
            cheapest=None if cheapest is None else Decimal(str(cheapest)),
            # Of goods that cost nothing, or nothing that we know, there is no share.
            dearest=total * share / 100 if share is not None and total > 0 else None,
        )

    def stretch(self, prices: Iterable[Decimal], total: Decimal) -> Stretch:
        """Return how much goods may be worth so that the same of some prices are within bounds.

        What goods are worth counts for nothing else: with each price that it lets in or keeps out
        the answer may change, and between two of them it cannot.
        """
        share = self.settings["dearest"]
        if share is None:
            return ALL
        if total <= 0:
            return Stretch(below=_CENT)
        turns = [price * 100 / share for price in prices]
        below = min((turn for turn in turns if turn > total), default=None)
        return Stretch(max((turn for turn in turns if turn <= total), default=_CENT), below)
