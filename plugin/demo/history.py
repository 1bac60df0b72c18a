"""Generates a past for the built-in shop: orders with real structure, the same on every start.

People buy a pot with its cups and the tea that suits it, more before Christmas and at the
weekend, and about a third of them come back. The seed is fixed.
"""

from __future__ import annotations

import random
import secrets
from datetime import datetime, timedelta

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

#: A code that went to regulars for a while, in per cent: what a trial of the guard is tried on.
CODE, CODE_PERCENT = "TREUE10", 10
#: Over before the last 28 days begin, which the guard looks at.
CODE_DAYS = (31, 120)
_CODE_EACH = 7

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
        season = SEASONS[month]
        weights = [
            entry["popularity"] * (1.8 if season and entry["season"] == season else 1.0)
            for entry in entries()
        ]
        return self._dice.choices(range(len(weights)), weights)[0]

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


def write_history(connection: Connection, shop: Shop, count: int) -> None:
    """Write `count` generated orders with their customers into a freshly stocked shop."""
    dice = random.Random(SEED)  # noqa: S311 - a repeatable past, not secrecy
    baskets = _Baskets(dice)
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
        coded = CODE_DAYS[0] <= age <= CODE_DAYS[1] and index % _CODE_EACH == 0
        _write_order(connection, index, person, moment, basket, cancelled, coded)
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
    coded: bool,
) -> None:
    prices = {item: cents(entries()[item]["price"]) for item in basket}
    subtotal = sum(prices[item] * quantity for item, quantity in basket.items())
    taken = {
        item: prices[item] * quantity * CODE_PERCENT // 100 if coded else 0
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
            CODE if coded else None,
            "percentage" if coded else None,
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
