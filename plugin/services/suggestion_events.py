"""What a browser tells of single suggestions and of the cart, within a beacon."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from sqlalchemy.engine import Connection

from plugin.store import relations
from plugin.store import suggestion_days as store
from plugin.store.suggestion_days import CartPlace, CartSums, ItemPlace

#: What may become of one suggestion; the kinds in a beacon begin with "item_".
ITEM_KINDS = ("shown", "click", "add", "undo")
#: What the cart was worth when the row came into sight, when the page was left, and how much of
#: that the row has added.
CART = "cart"
#: Line properties are "<widget>:<campaign>" or, since suggestions have marks, one part more.
_SOURCE = re.compile(r"([a-z_]{1,40}):([0-9]{1,9})(?::([a-z0-9]{1,8}))?", re.ASCII)
_RULE = re.compile(r"r[1-9][0-9]{0,6}", re.ASCII)
_ITEM = re.compile(r"([a-z0-9]{1,8}) (.{1,80})", re.ASCII)
_AMOUNT = r"(\d{1,7}(?:\.\d{1,4})?)"
_CARTS = re.compile(rf"{_AMOUNT} {_AMOUNT} {_AMOUNT}", re.ASCII)
#: Of lines from the time before marks.
UNMARKED = ""
#: What suggestions are found by beside the merchant's rules, whose marks are "r" and a number.
_MARKS = frozenset({"o", "s", "p", "h", "rp"})


@dataclass(frozen=True)
class Item:
    """A suggestion: where it came from (`mark`) and its article."""

    mark: str
    product: str


@dataclass(frozen=True)
class CartChange:
    """What a cart was worth before and after a view of the row, and what the row put into it."""

    before: Decimal
    after: Decimal
    added: Decimal


@dataclass(frozen=True)
class Source:
    """Which widget's campaign brought an order line; `mark` is "" where it said no more."""

    widget: str
    campaign: int
    mark: str


def source_of(text: str) -> Source | None:
    """Return what the mark on an order line says; None for what was not written by us."""
    found = _SOURCE.fullmatch(text)
    if found is None:
        return None
    widget, campaign, mark = found.groups()
    return Source(widget, int(campaign), mark or UNMARKED)


def detail_of(kind: str, told: str) -> Item | CartChange | None:
    """Return what stands behind the blank of an event's kind; None if it is not as agreed."""
    if kind == CART:
        amounts = _CARTS.fullmatch(told)
        return None if amounts is None else CartChange(*map(Decimal, amounts.groups()))
    item = _ITEM.fullmatch(told)
    return None if item is None else Item(*item.groups())


@dataclass(frozen=True)
class Told:
    """One counted detail: of which campaign, version and arm, and on which day."""

    day: date
    campaign: int
    version: int
    arm: str
    kind: str
    detail: Item | CartChange
    again: bool


def count(connection: Connection, shop_id: int, told: Iterable[Told]) -> None:
    """Add to the daily sums of suggestions and of carts, within the caller's transaction.

    A mark that the shop has not is made up, or of a rule that is gone, and counts for nothing.
    """
    told = list(told)
    marks = _MARKS | _rules(connection, shop_id, told)
    items: Counter[ItemPlace] = Counter()
    carts: defaultdict[CartPlace, list[CartChange]] = defaultdict(list)
    for one in told:
        if isinstance(one.detail, Item):
            kind = one.kind.removeprefix("item_")
            place = ItemPlace(one.day, one.campaign, one.detail.mark, kind)
            items[place] += one.detail.mark in marks
        elif not one.again:
            # A draw that lasts is one exposure: later views of the same shopper are none.
            cart = CartPlace(one.day, one.campaign, one.version, one.arm)
            carts[cart].append(one.detail)
    store.add_items(connection, shop_id, +items)
    store.add_carts(connection, shop_id, {place: _sums(some) for place, some in carts.items()})


def _rules(connection: Connection, shop_id: int, told: Iterable[Told]) -> frozenset[str]:
    """Return the marks among what was told that are of the shop's own rules."""
    marks = {one.detail.mark for one in told if isinstance(one.detail, Item)}
    numbers = {int(mark[1:]) for mark in marks if _RULE.fullmatch(mark)}
    known = relations.known_rules(connection, shop_id, numbers) if numbers else ()
    return frozenset(f"r{number}" for number in known)


def _sums(carts: list[CartChange]) -> CartSums:
    changes = [_cents(one.after - one.before) for one in carts]
    added = [_cents(one.added) for one in carts]
    return CartSums(
        views=len(carts),
        grew=sum(change > 0 for change in changes),
        shrank=sum(change < 0 for change in changes),
        change=sum(changes),
        squares=float(sum(change * change for change in changes)),
        added=sum(added),
        # What others put in meanwhile is no merit of the row, and no row takes anything out.
        grown=sum(min(max(change, 0), more) for change, more in zip(changes, added, strict=True)),
    )


def _cents(amount: Decimal) -> int:
    return round(amount * 100)
