"""What the shop sold in these ninety days: to whom, from where, in which arm, with which code."""

from __future__ import annotations

import json
import random
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta

from plugin.demo.amounts import spread
from plugin.demo.database import Connection, Row
from plugin.demo.shop import Shop as DemoShop
from plugin.demo.shop import stamp
from plugin.model import Shop
from plugin.seeds.past import Past
from plugin.seeds.setting_up import Running
from plugin.seeds.signing_up import WINDOW_ARMS, Joined
from plugin.seeds.suggesting import found_by
from plugin.services.identity import identity_of
from plugin.store.vouchers import Voucher, voucher_of

#: What Bleib brings to those who see it, of what the others buy. Large, so that a small shop
#: knows it after ninety days.
EFFECT = 0.55
#: The share of visitors that sees nothing, in per cent.
HOLDOUT = 10
_SAW_WINDOW = {"-": 0.2, "a": 0.13}
_TOOK_SUGGESTION = 0.12
#: Of a hundred vouchers so many are redeemed.
_REDEEMED = 45
_PERCENT = 15
_LEAST = 5000
#: Where the first order of a customer came from, and how often in a hundred.
_JOURNEYS = (
    (("google", "cpc"), 34),
    (("google", "organic"), 18),
    (("instagram", "paid"), 22),
    (("newsletter", "email"), 6),
    (("freunde", "referral"), 8),
    (("direct", None), 12),
)


class Held:
    """Spreads the holdout's orders evenly: what was planted is what is to be found."""

    _share = HOLDOUT / (HOLDOUT + (100 - HOLDOUT) * (1 + EFFECT))

    def __init__(self) -> None:
        self._sum = 0.5

    def next(self) -> bool:
        """Tell whether the next order is one of somebody who saw nothing."""
        self._sum += self._share
        self._sum, held = self._sum % 1, self._sum >= 1
        return held


def rewrite_orders(
    past: Past, shop: Shop, running: Mapping[str, Running], joined: Sequence[Joined]
) -> None:
    """Write arms, journeys, codes and suggestions into the demo shop's orders of these days."""
    dice = random.Random(7301)  # noqa: S311 - a repeatable past, not secrecy
    demo, codes = past.demo, _codes(past, shop, joined)
    with demo.db.write() as connection:
        _journeys(connection, dice)
        rows = connection.execute(
            "SELECT id, customer_id, created_at, subtotal, shipping, code FROM orders "
            "WHERE created_at > ? ORDER BY id",
            (stamp(demo.now() - timedelta(days=past.days)),),
        ).fetchall()
        taken = _redeem(connection, demo, rows, joined, codes, dice)
        held = Held()
        for row in rows:
            _note(connection, row, taken.get(row["id"]), running, dice, held)


def _codes(past: Past, shop: Shop, joined: Sequence[Joined]) -> dict[str, Voucher]:
    found = {}
    with past.context.db.read() as connection:
        for one in joined:
            identity = identity_of(past.context.keys, shop.id, one.person.email)
            voucher = voucher_of(connection, shop.id, identity)
            if voucher is not None and voucher.state == "issued":
                found[one.person.email] = voucher
    return found


def _journeys(connection: Connection, dice: random.Random) -> None:
    """Let each customer come from one place; later orders come directly."""
    first: set[int] = set()
    values = []
    for row in connection.execute("SELECT id, customer_id FROM orders ORDER BY created_at, id"):
        source, medium = ("direct", None)
        if row["customer_id"] not in first:
            first.add(row["customer_id"])
            names = [journey for journey, _ in _JOURNEYS]
            source, medium = dice.choices(names, [weight for _, weight in _JOURNEYS])[0]
        values.append((source, medium, row["id"]))
    connection.executemany("UPDATE orders SET source = ?, medium = ? WHERE id = ?", values)


def _redeem(
    connection: Connection,
    demo: DemoShop,
    rows: Sequence[Row],
    joined: Sequence[Joined],
    codes: Mapping[str, Voucher],
    dice: random.Random,
) -> dict[int, str]:
    """Give some orders of strangers to people with a voucher; returns order -> arm."""
    once = {
        row[0]
        for row in connection.execute(
            "SELECT customer_id FROM orders GROUP BY customer_id HAVING count(*) = 1"
        )
    }
    free = [row for row in rows if row["customer_id"] in once and row["subtotal"] >= _LEAST]
    taken: dict[int, str] = {}
    for one in joined:
        if one.person.email not in codes or dice.randrange(100) >= _REDEEMED:
            continue
        row = next((r for r in free if r["id"] not in taken and _soon(r, one.at)), None)
        if row is not None:
            taken[row["id"]] = one.arm
            _hand_over(connection, row, one, codes[one.person.email].code)
    return taken


def _soon(row: Row, joined_at: datetime) -> bool:
    after = datetime.fromisoformat(row["created_at"]) - joined_at
    return timedelta(hours=1) < after < timedelta(days=20)


def _hand_over(connection: Connection, row: Row, one: Joined, code: str) -> None:
    person, discount = one.person, row["subtotal"] * _PERCENT // 100
    found = connection.execute(
        "SELECT id FROM customers WHERE email = ?", (person.email,)
    ).fetchone()
    if found is None:
        return
    connection.execute("DELETE FROM customers WHERE id = ?", (row["customer_id"],))
    connection.execute(
        "UPDATE orders SET customer_id = ?, email = ?, first_name = ?, last_name = ?, code = ?, "
        "code_kind = 'percentage', discount = ?, total = ? WHERE id = ?",
        (
            found["id"], person.email, person.first, person.last, code, discount,
            row["subtotal"] - discount + row["shipping"], row["id"],
        ),
    )  # fmt: skip
    lines = connection.execute(
        "SELECT id, price * quantity AS paid FROM lines WHERE order_id = ?", (row["id"],)
    ).fetchall()
    parts = spread(discount, [line["paid"] for line in lines])
    connection.executemany(
        "UPDATE lines SET discount = ? WHERE id = ?",
        [(part, line["id"]) for part, line in zip(parts, lines, strict=True)],
    )
    connection.execute("UPDATE discounts SET used = used + 1 WHERE code = ?", (code,))


def _note(
    connection: Connection,
    row: Row,
    window_arm: str | None,
    running: Mapping[str, Running],
    dice: random.Random,
    held: Held,
) -> None:
    whole = "-" if window_arm is None and held.next() else "a"
    window, suggestions = running["window"], running["suggestions"]
    arms = [f"0.0{whole}", f"{suggestions.id}.{suggestions.version}{whole}"]
    if window_arm is not None or dice.random() < _SAW_WINDOW[whole]:
        arm = "-" if whole == "-" else window_arm or dice.choice(WINDOW_ARMS)
        arms.append(f"{window.id}.{window.version}{arm}")
    connection.execute(
        "UPDATE orders SET attributes = ? WHERE id = ?",
        (json.dumps({"_bleib": ",".join(arms)}), row["id"]),
    )
    if whole == "a" and dice.random() < _TOOK_SUGGESTION:
        mark = f"{suggestions.widget}:{suggestions.id}:{found_by(dice)}"
        connection.execute(
            "UPDATE lines SET properties = ? WHERE id = (SELECT max(id) FROM lines "
            "WHERE order_id = ? HAVING count(*) > 1)",
            (json.dumps({"_bleib": mark}), row["id"]),
        )
