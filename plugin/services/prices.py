"""Honest reductions: a strike price is the lowest price of the 30 days before, or none at all."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import ROUND_FLOOR, Decimal
from typing import Literal

from sqlalchemy.engine import Connection

from plugin.model import Money, Shop
from plugin.services.context import Context
from plugin.store import price_log
from plugin.store import prices as store
from plugin.store.price_log import Entry
from plugin.store.prices import Priced

#: § 11 PAngV and Art. 6a of directive 98/6/EC: how far back the lowest price is looked for.
WINDOW = timedelta(days=30)
#: Rows of the merchant's table.
_SHOWN = 100

Reason = Literal["shown", "no_strike", "not_lower", "settled", "too_young", "unknown"]


@dataclass(frozen=True)
class Reference:
    """What may be said of one price: `before` is the strike price, None where there is none.

    `known_on` is from when on a reduction of this article could be shown, where that is not yet.
    """

    reason: Reason
    before: Decimal | None = None
    lowest: Decimal | None = None
    known_on: datetime | None = None

    def percent_off(self, price: Decimal) -> int:
        """Return the reduction in whole percent, rounded to the shop's disadvantage."""
        if self.before is None or self.before <= 0:
            return 0
        share = (self.before - price) / self.before * 100
        return int(share.to_integral_value(rounding=ROUND_FLOOR))


def reference(entries: Sequence[Entry], now: datetime, *, struck: bool) -> Reference:
    """Return what may stand beside the present price of a variant.

    `struck` says whether the shop itself shows a strike price. Its amount does not matter: what
    counts is the lowest price of the 30 days before the present one began, and that we know all
    of them. A price that has held for 30 days is reduced no longer: it is the price.
    """
    if not entries:
        return Reference("unknown")
    present = entries[-1]
    if now - present.since >= WINDOW:
        return Reference("settled", lowest=present.price)
    from_when = present.since - WINDOW
    first = max(index for index, entry in enumerate(entries) if not entry.joined)
    watched = entries[first].since
    lowest = _lowest(entries[first:-1], from_when)
    if watched > from_when or lowest is None:
        return Reference("too_young", lowest=lowest, known_on=watched + WINDOW)
    if lowest <= present.price:
        return Reference("not_lower", lowest=lowest)
    if not struck:
        return Reference("no_strike", lowest=lowest)
    return Reference("shown", before=lowest, lowest=lowest)


def _lowest(earlier: Sequence[Entry], from_when: datetime) -> Decimal | None:
    """Return the lowest price that held at any moment from then until the present one began."""
    held: list[Decimal] = []
    for entry in reversed(earlier):
        held.append(entry.price)
        if entry.since <= from_when:
            break
    return min(held, default=None)


def before_of(
    connection: Connection, context: Context, shop: Shop, variant_ids: Sequence[str]
) -> dict[str, Money]:
    """Return the strike prices that may be shown, by variant; most variants have none."""
    struck = store.struck_variants(connection, shop.id, variant_ids)
    logged = price_log.entries_of(connection, shop.id, sorted(struck))
    found = {}
    for variant, entries in logged.items():
        before = reference(entries, context.now(), struck=True).before
        if before is not None:
            found[variant] = Money(before.quantize(Decimal("0.01")), shop.currency)
    return found


@dataclass(frozen=True)
class Judged:
    """One variant with a strike price in the shop, and what is shown of it."""

    article: Priced
    reference: Reference

    @property
    def percent(self) -> int:
        """Return the reduction that may be claimed, in whole percent."""
        return self.reference.percent_off(self.article.price)


@dataclass(frozen=True)
class PriceReport:
    """Every variant with a strike price in the shop: shown or not, and why."""

    watched: int
    struck: int
    shown: int
    rows: tuple[Judged, ...]


def report(context: Context, shop: Shop) -> PriceReport:
    """Return what the merchant sees of the price log, what is not shown first."""
    with context.db.read() as connection:
        articles = store.articles(connection, shop.id)
        struck = [one for one in articles if one.compare_at is not None]
        logged = price_log.entries_of(connection, shop.id, [one.variant_id for one in struck])
    judged = [
        Judged(one, reference(logged.get(one.variant_id, ()), context.now(), struck=True))
        for one in struck
    ]
    judged.sort(key=lambda one: (one.reference.reason == "shown", one.article.title))
    return PriceReport(
        watched=len(articles),
        struck=len(judged),
        shown=sum(one.reference.reason == "shown" for one in judged),
        rows=tuple(judged[:_SHOWN]),
    )


@dataclass(frozen=True)
class Support:
    """For how many articles a claimed percentage is true; `known_on`: when the rest is known."""

    kept: int
    total: int
    known_on: datetime | None


def support(context: Context, shop: Shop, percent: Decimal) -> Support:
    """Return for how many of the articles on sale a reduction by `percent` is true today."""
    with context.db.read() as connection:
        articles = store.articles(connection, shop.id)
        logged = price_log.entries_of(connection, shop.id, [one.variant_id for one in articles])
    found = [
        (one, reference(logged.get(one.variant_id, ()), context.now(), struck=True))
        for one in articles
    ]
    kept = sum(known.percent_off(one.price) >= percent for one, known in found)
    days = [known.known_on for _, known in found if known.known_on is not None]
    return Support(kept, len(found), max(days, default=None))
