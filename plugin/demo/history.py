"""Generates a past for the built-in shop: orders with real structure, the same on every start.

People buy a pot with its cups and the tea that suits it, more before Christmas and at the
weekend, and about a third of them come back. The seed is fixed.
"""

from __future__ import annotations

import random
import secrets
from collections.abc import Collection
from datetime import datetime, timedelta
from itertools import accumulate
from typing import NamedTuple

from plugin.demo.amounts import cents
from plugin.demo.catalogue import FIRST_PRODUCT, FIRST_VARIANT, Entry, entries
from plugin.demo.database import Connection
from plugin.demo.people import Person, invent_person
from plugin.demo.shop import Shop, stamp

SEED = 1899
FIRST_NUMBER = 1001
FIRST_ORDER = 5_610_001
FREE_SHIPPING = 7900
MONTHS = (0.8, 0.75, 0.85, 0.95, 0.95, 0.8, 0.7, 0.75, 0.95, 1.15, 1.6, 2.1)
HOURS = (1, 1, 1, 1, 1, 1, 2, 4, 6, 8, 8, 8, 9, 8, 7, 7, 8, 9, 10, 12, 13, 12, 7, 3)
WEEKDAYS = (0.95, 0.9, 0.9, 0.95, 1.0, 1.15, 1.4)
SEASONS = {12: "winter", 1: "winter", 2: "winter", 3: "spring", 4: "spring", 5: "spring"}
SEASONS |= {6: "summer", 7: "summer", 8: "summer", 9: "", 10: "", 11: "winter"}

#: Codes of the shop's own, in per cent: what a trial of the guard is tried on. One went to
#: regulars and is redeemed again by whoever has it, one cleared last year's harvest of tea.
CODE, CODE_PERCENT = "TREUE10", 10
CLEARING, CLEARING_PERCENT = "ERNTE40", 40
#: Over before the last 28 days begin, which the guard looks at, but for a few who kept theirs.
CODE_DAYS = (31, 120)
_CODE_EACH, _CLEARING_EACH, _KEPT_EACH = 13, 2, 2

SHIPPING = {"DE": 490, "AT": 490, "CH": 990}


def shipping_for(country: str, subtotal: int) -> int:
    """Return the shipping cost in cents; free above 79.00 within the European Union."""
    if country != "CH" and subtotal >= FREE_SHIPPING:
        return 0
    return SHIPPING.get(country, 990)


class _Baskets:
    """Draws baskets: a first wish by taste and season, then what goes with it."""

    def __init__(self, dice: random.Random) -> None:
        self._dice = dice
        self._by_handle = {entry["handle"]: i for i, entry in enumerate(entries())}
        self._weights = {season: self._weigh(season) for season in {*SEASONS.values()}}

    def draw(self, month: int) -> dict[int, int]:
        """Return catalogue index to quantity."""
        dice = self._dice
        first = self._wish(month)
        basket = {first: self._quantity(entries()[first])}
        for handle in entries()[first]["with"]:
            if dice.random() < 0.38:
                found = self._by_handle[handle]
                basket[found] = self._quantity(entries()[found])
        while len(basket) < 7 and dice.random() < 0.28:
            other = self._wish(month)
            basket[other] = self._quantity(entries()[other])
        return basket

    def _wish(self, month: int) -> int:
        return self._dice.choices(range(len(entries())), cum_weights=self._weights[SEASONS[month]])[
            0
        ]

    @staticmethod
    def _weigh(season: str) -> list[float]:
        return list(
            accumulate(
                entry["popularity"] * (1.8 if season and entry["season"] == season else 1.0)
                for entry in entries()
            )
        )

    def _quantity(self, entry: Entry) -> int:
        if entry["kind"] in ("cup", "plate", "bowl", "mug"):
            return self._dice.choices((1, 2, 4, 6), (5, 4, 2, 1))[0]
        return self._dice.choices((1, 2, 3), (12, 2, 1))[0]


def _moments(dice: random.Random, count: int, shop: Shop) -> list[datetime]:
    now, length, growth = shop.now(), shop.settings.history_days, shop.settings.growth
    days = [now - timedelta(days=back) for back in range(length, 0, -1)]
    weights = [
        MONTHS[day.month - 1] * WEEKDAYS[day.weekday()] * growth ** (place / length)
        for place, day in enumerate(days)
    ]
    moments = []
    for day in dice.choices(days, weights, k=count):
        hour = dice.choices(range(24), HOURS)[0]
        moments.append(day.replace(hour=hour, minute=dice.randrange(60), second=dice.randrange(60)))
    return sorted(moments)


class _Code(NamedTuple):
    """What takes so many per cent off an order."""

    name: str
    percent: int


class _Codes:
    """Says which orders carried a code of the shop; draws nothing, so that all else stays."""

    def __init__(self) -> None:
        self._holders: set[int] = set()
        self._teas = {n for n, entry in enumerate(entries()) if "Tee" in entry["tags"]}
        self._cleared = 0

    def of(self, index: int, person: Person, age: int, basket: Collection[int]) -> _Code | None:
        """Return the code of an order that was placed so many days ago."""
        first, last = CODE_DAYS
        if age > last:
            return None
        if age < first:
            kept = person.id in self._holders and index % _KEPT_EACH == 0
            return _Code(CODE, CODE_PERCENT) if kept else None
        if self._teas.issuperset(basket):
            self._cleared += 1
            if self._cleared % _CLEARING_EACH == 0:
                return _Code(CLEARING, CLEARING_PERCENT)
        if person.id in self._holders or index % _CODE_EACH == 0:
            self._holders.add(person.id)
            return _Code(CODE, CODE_PERCENT)
        return None


def write_history(connection: Connection, shop: Shop, count: int) -> None:
    """Write `count` generated orders with their customers into a freshly stocked shop."""
    dice = random.Random(SEED)  # noqa: S311 - a repeatable past, not secrecy
    baskets, codes = _Baskets(dice), _Codes()
    people: list[Person] = []
    for index, moment in enumerate(_moments(dice, count, shop)):
        if people and dice.random() < 0.36:
            person = dice.choice(people[-shop.settings.loyal :])
        else:
            person = invent_person(dice, len(people))
            people.append(person)
            _write_customer(connection, person, stamp(moment), dice.random() < 0.2)
        cancelled = dice.random() < 0.02
        basket = baskets.draw(moment.month)
        age = (shop.now() - moment).days
        code = codes.of(index, person, age, basket)
        _write_order(connection, index, person, moment, basket, cancelled, code)
    connection.execute(
        "UPDATE products SET sold = (SELECT coalesce(sum(quantity), 0) FROM lines "
        "WHERE product_id = products.id)"
    )


def _write_customer(connection: Connection, person: Person, at: str, subscribed: bool) -> None:
    connection.execute(
        "INSERT INTO customers (id, email, first_name, last_name, locale, marketing_state, "
        "marketing_level, marketing_at, created_at, updated_at) VALUES (?,?,?,?,'de',?,?,?,?,?)",
        (
            person.id,
            person.email,
            person.first,
            person.last,
            "SUBSCRIBED" if subscribed else "NOT_SUBSCRIBED",
            "CONFIRMED_OPT_IN" if subscribed else None,
            at if subscribed else None,
            at,
            at,
        ),
    )


def _write_order(
    connection: Connection,
    index: int,
    person: Person,
    moment: datetime,
    basket: dict[int, int],
    cancelled: bool,
    code: _Code | None,
) -> None:
    prices = {item: cents(entries()[item]["price"]) for item in basket}
    subtotal = sum(prices[item] * quantity for item, quantity in basket.items())
    taken = {
        item: prices[item] * quantity * code.percent // 100 if code else 0
        for item, quantity in basket.items()
    }
    discount = sum(taken.values())
    shipping = shipping_for(person.country, subtotal)
    order_id = FIRST_ORDER + index
    at = stamp(moment)
    connection.execute(
        "INSERT INTO orders (id, name, token, email, customer_id, created_at, updated_at, "
        "cancelled_at, financial_status, currency, subtotal, discount, shipping, total, first_name,"
        " last_name, street, zip, city, country, code, code_kind, stage) "
        "VALUES (?,?,?,?,?,?,?,?,?,'EUR',?,?,?,?,?,?,?,?,?,?,?,?,4)",
        (
            order_id,
            f"#{FIRST_NUMBER + index}",
            secrets.token_hex(16),
            person.email,
            person.id,
            at,
            stamp(moment + timedelta(days=3)) if not cancelled else at,
            at if cancelled else None,
            "REFUNDED" if cancelled else "PAID",
            subtotal,
            discount,
            shipping,
            subtotal - discount + shipping,
            person.first,
            person.last,
            person.street,
            person.zip,
            person.city,
            person.country,
            code.name if code else None,
            "percentage" if code else None,
        ),
    )
    connection.executemany(
        "INSERT INTO lines (order_id, product_id, variant_id, title, quantity, price, discount) "
        "VALUES (?, ?, ?, ?, ?, ?, ?)",
        [
            (
                order_id,
                FIRST_PRODUCT + item,
                FIRST_VARIANT + item,
                entries()[item]["title"]["de"],
                quantity,
                prices[item],
                taken[item],
            )
            for item, quantity in basket.items()
        ],
    )
