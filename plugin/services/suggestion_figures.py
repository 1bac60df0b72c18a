"""What became of a campaign's suggestions: counted, by where they came from; nothing estimated."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

from plugin.model import Shop
from plugin.services import guard_limits, insight
from plugin.services.context import Context
from plugin.services.guard_margin import tax_of
from plugin.services.statistics import Interval, wilson
from plugin.services.suggestion_events import source_of
from plugin.services.suggestion_sales import Sold, sold_of
from plugin.store import costs, product_names, relations, suggestion_days
from plugin.store.costs import CostedVariant
from plugin.store.suggested_lines import SuggestedLine, suggested_lines
from plugin.store.suggestion_days import ItemCount

#: Below so many shown suggestions no share of them is stated.
LEAST_SHOWN = 100
_NONE = Decimal(0)


@dataclass(frozen=True)
class Way:
    """What became of the suggestions with one mark; "" are all of them, or those without one."""

    mark: str
    shown: int
    clicked: int
    added: int
    undone: int
    sold: Sold

    @property
    def stayed(self) -> int:
        """Return how many were added and not taken out again at once."""
        return max(self.added - self.undone, 0)

    @property
    def rate(self) -> Interval | None:
        """Return the share of the shown ones that stayed in a cart; None from too few."""
        if self.shown < LEAST_SHOWN:
            return None
        return wilson(min(self.stayed, self.shown), self.shown)


@dataclass(frozen=True)
class Article:
    """A suggested product that was bought."""

    title: str
    lines: int
    kept: Decimal


@dataclass(frozen=True)
class NamedRule:
    """A merchant's rule in words: both ends as (product, tag, category or any, its name)."""

    of: tuple[str, str]
    to: tuple[str, str]


@dataclass(frozen=True)
class Day:
    """One day: how many suggestions were added (and stayed), and how many were ordered."""

    day: date
    added: int
    bought: int


@dataclass(frozen=True)
class Figures:
    """The counted figures of one campaign from `start` to `end`, both included.

    `ways` are sorted by what was kept, then by how often they were shown.
    """

    start: date
    end: date
    all: Way
    ways: tuple[Way, ...]
    articles: tuple[Article, ...]
    days: tuple[Day, ...]


@dataclass(frozen=True)
class CountedDay:
    """One line of the export: something of one mark on one day."""

    day: date
    mark: str
    kind: str
    count: int
    amount: Decimal


def figures(context: Context, shop: Shop, campaign: int, start: date, end: date) -> Figures:
    """Return what was counted of a campaign's suggestions, in the shop's currency.

    Orders count for the day they were placed on, as they stand today.
    """
    items, lines, known, tax = _read(context, shop, campaign, start, end)
    counts: dict[str, Counter[str]] = defaultdict(Counter)
    for item in items:
        counts[item.mark][item.kind] += item.number
    sold: dict[str, Sold] = defaultdict(Sold)
    for line in lines:
        sold[_mark(line)] += sold_of(line, known, tax)
    ways = [_way(mark, counts[mark], sold[mark]) for mark in sorted(counts.keys() | sold.keys())]
    every = _way("", sum(counts.values(), Counter()), sum(sold.values(), Sold()))
    return Figures(
        start=start,
        end=end,
        all=every,
        ways=tuple(sorted(ways, key=lambda way: (-way.sold.kept, -way.shown, way.mark))),
        articles=_articles(lines, known, tax),
        days=_days(shop, items, lines, start, end),
    )


def by_day(context: Context, shop: Shop, campaign: int, start: date, end: date) -> list[CountedDay]:
    """Return every counted number by day and mark, for an export."""
    items, lines, known, tax = _read(context, shop, campaign, start, end)
    found = [CountedDay(one.day, one.mark, one.kind, one.number, _NONE) for one in items]
    sold: dict[tuple[date, str], Sold] = defaultdict(Sold)
    for line in lines:
        sold[insight.day_of(shop, line.placed_at), _mark(line)] += sold_of(line, known, tax)
    for (day, mark), one in sold.items():
        found += [
            CountedDay(day, mark, "bought", one.lines, one.worth),
            CountedDay(day, mark, "kept", one.kept_lines, one.kept),
        ]
    return sorted(found, key=lambda one: (one.day, one.mark, one.kind))


def rules_named(context: Context, shop: Shop) -> dict[str, NamedRule]:
    """Return the shop's rules by the mark of their suggestions, products by their titles."""
    with context.db.read() as connection:
        found = {f"r{one.id}": one.rule for one in relations.rules(connection, shop.id)}
        ends = [end for rule in found.values() for end in _ends(rule)]
        ids = sorted({name for kind, name in ends if kind == "product"})
        titles = product_names.titles_of(connection, shop.id, ids)
    return {
        mark: NamedRule(*((kind, titles.get(name, name)) for kind, name in _ends(rule)))
        for mark, rule in found.items()
    }


def _ends(rule: relations.Rule) -> tuple[tuple[str, str], tuple[str, str]]:
    return (rule.of_kind, rule.of), (rule.to_kind, rule.to)


def _read(
    context: Context, shop: Shop, campaign: int, start: date, end: date
) -> tuple[list[ItemCount], list[SuggestedLine], Mapping[str, CostedVariant], Decimal]:
    zone = ZoneInfo(shop.zone)
    morning = datetime.combine(start, time(), zone)
    night = datetime.combine(end + timedelta(days=1), time(), zone)
    mark = f"cross_sell:{campaign}"
    with context.db.read() as connection:
        items = suggestion_days.items_between(connection, shop.id, campaign, start, end)
        lines = suggested_lines(connection, shop.id, mark, morning, night, shop.currency)
        variants = {line.variant_id for line in lines if line.variant_id}
        known = costs.costs_of(connection, shop.id, sorted(variants))
        tax = tax_of(guard_limits.read(connection, shop.id).limits, shop)
    return items, lines, known, tax


def _mark(line: SuggestedLine) -> str:
    source = source_of(line.source)
    return source.mark if source else ""


def _way(mark: str, counts: Mapping[str, int], sold: Sold) -> Way:
    shown, clicked, added, undone = (
        counts.get(kind, 0) for kind in ("shown", "click", "add", "undo")
    )
    return Way(mark, shown, clicked, added, undone, sold)


def _articles(
    lines: Sequence[SuggestedLine], known: Mapping[str, CostedVariant], tax: Decimal
) -> tuple[Article, ...]:
    sold: dict[str, Sold] = defaultdict(Sold)
    titles: dict[str, str] = {}
    for line in lines:
        key = line.product_id or line.title
        sold[key] += sold_of(line, known, tax)
        titles[key] = line.title
    found = [Article(titles[key], one.lines, one.kept) for key, one in sold.items()]
    return tuple(sorted(found, key=lambda one: (-one.kept, -one.lines, one.title)))


def _days(
    shop: Shop, items: Iterable[ItemCount], lines: Iterable[SuggestedLine], start: date, end: date
) -> tuple[Day, ...]:
    added: Counter[date] = Counter()
    for item in items:
        added[item.day] += {"add": item.number, "undo": -item.number}.get(item.kind, 0)
    bought = Counter(insight.day_of(shop, line.placed_at) for line in lines)
    days = [start + timedelta(days=n) for n in range((end - start).days + 1)]
    return tuple(Day(day, added[day], bought[day]) for day in days)
