"""What is true on both sides after the fire: our database against the shop and its mailbox."""

from __future__ import annotations

import re
import sqlite3
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal
from typing import Any

import sqlalchemy as sa

from plugin.app import build_context
from plugin.config import load_config
from plugin.demo.opening import FILE
from plugin.model import Shop
from plugin.services import insight
from plugin.services.context import Context
from plugin.services.identity import identity_of
from plugin.store.evidence import evidence
from plugin.store.orders import order_lines, orders
from plugin.store.shops import shop_by_domain
from plugin.store.steps import steps
from plugin.store.subscribers import subscribers
from plugin.store.vouchers import vouchers
from tests.journey.callers import Visitor
from tests.journey.stage import Stage, eventually

_CODE = re.compile(r"/discount/([A-Z0-9-]+)")
#: Steps that belong to people and orders; regular rounds come and go by themselves.
_WORK = ("mail.send", "consent.record", "voucher.issue", "order.refresh")


@dataclass(frozen=True)
class Mail:
    """One mail as it arrived; `code` is the voucher's in it, if any."""

    message_id: str
    code: str | None


class Ledger:
    """Reads both sides; every `check` fails with the difference it found."""

    def __init__(self, stage: Stage) -> None:
        self._stage = stage
        self._context: Context = build_context(load_config(stage.environment))

    def __enter__(self) -> Ledger:
        return self

    def __exit__(self, *_: object) -> None:
        self._context.db.dispose()

    @property
    def shop(self) -> Shop:
        """The one installed shop."""
        with self._context.db.read() as connection:
            found = shop_by_domain(connection, "shopify", "uferhaus.myshopify.com")
        assert found is not None
        return found

    def rows(self, query: sa.Executable) -> list[sa.Row[Any]]:
        """Ask our database."""
        with self._context.db.read() as connection:
            return list(connection.execute(query))

    def shop_rows(self, sql: str, *values: object) -> list[tuple[Any, ...]]:
        """Ask the demo shop's own file."""
        with self._shop_file() as connection:
            return connection.execute(sql, values).fetchall()

    @contextmanager
    def _shop_file(self) -> Iterator[sqlite3.Connection]:
        path = self._stage.data / "shop" / FILE
        with closing(sqlite3.connect(f"file:{path}?mode=ro", uri=True, timeout=30)) as connection:
            yield connection

    def mails(self, to: str) -> list[Mail]:
        """Return the mails to one address, oldest first."""
        found = []
        for mail in self._stage.mails(to):
            message_id = next(value for name, value in mail["headers"] if name == "Message-ID")
            codes = {match for link in mail["links"] for match in _CODE.findall(link)}
            assert len(codes) <= 1, codes
            found.append(Mail(message_id, codes.pop() if codes else None))
        return found

    def settle(self, seconds: float = 120) -> None:
        """Wait until nothing is left to do for people and orders."""
        try:
            eventually(lambda: not self._open_work(), "settled", seconds, pause=0.2)
        except AssertionError as error:
            raise AssertionError(f"left after {seconds:.0f} s: {self._open_work()}") from error

    def _open_work(self) -> list[sa.Row[Any]]:
        columns = (steps.c.kind, steps.c.key, steps.c.state, steps.c.attempts, steps.c.error)
        query = sa.select(*columns).where(steps.c.state.in_(("waiting", "running")))
        return self.rows(query.where(steps.c.kind.in_(_WORK)))

    def check_nothing_was_given_up(self) -> None:
        """No dead letter, no webhook that the shop gave up delivering."""
        query = sa.select(steps.c.kind, steps.c.error, steps.c.attempts)
        dead = self.rows(query.where(steps.c.state == "dead"))
        assert not dead, f"given up: {dead}"
        assert self._stage.demo("state")["webhooks"].get("given up", 0) == 0

    def check_people(self, people: Sequence[Visitor], *, kills: int) -> None:
        """Everybody is a subscriber with a proof, one voucher and the mails that belong to it.

        Doubles of a mail carry the same Message-ID, and there are no more of them than `kills`.
        """
        doubles = 0
        for person in people:
            identity = identity_of(self._context.keys, self.shop.id, person.email)
            code = self._check_person(person, identity)
            mine = self.mails(person.email)
            asked = [mail.message_id for mail in mine if mail.code is None]
            given = [mail.message_id for mail in mine if mail.code is not None]
            assert {mail.code for mail in mine} == {None, code}, mine
            assert len(set(asked)) == len(set(given)) == 1, mine
            doubles += len(mine) - 2
        assert doubles <= kills, f"{doubles} doubled mails after {kills} kills"

    def _check_person(self, person: Visitor, identity: str) -> str:
        kept = self.rows(sa.select(subscribers).where(subscribers.c.identity == identity))
        assert [row.state for row in kept] == ["confirmed"], person.email
        proofs = self.rows(sa.select(evidence.c.kind).where(evidence.c.identity == identity))
        once = {"requested": 1, "mailed": 1, "confirmed": 1}
        assert Counter(row.kind for row in proofs) == once
        issued = self.rows(sa.select(vouchers).where(vouchers.c.identity == identity))
        assert len(issued) == 1, person.email
        assert issued[0].state in ("issued", "redeemed"), person.email
        record = self.shop_rows(
            "SELECT marketing_state, marketing_level FROM customers WHERE email = ?", person.email
        )
        assert record == [("SUBSCRIBED", "CONFIRMED_OPT_IN")], person.email
        return str(issued[0].code)

    def check_codes(self) -> None:
        """Exactly the codes that we know exist in the shop, each under the id that we noted."""
        ours = self.rows(sa.select(vouchers.c.code, vouchers.c.platform_id))
        theirs = self.shop_rows("SELECT code, id FROM discounts")
        gid = "gid://shopify/DiscountCodeNode/"
        assert sorted(tuple(row) for row in ours) == sorted(
            (code, f"{gid}{number}") for code, number in theirs
        )

    def check_orders(self) -> None:
        """Every order of the shop is here once, with all its lines, pieces and amounts."""
        ours = self.rows(sa.select(orders.c.number, orders.c.total).order_by(orders.c.number))
        theirs = self.shop_rows("SELECT name, total FROM orders ORDER BY name")
        assert [(row.number, row.total) for row in ours] == [
            (name, Decimal(total) / 100) for name, total in theirs
        ]
        lines = self.rows(sa.select(sa.func.count(), sa.func.sum(order_lines.c.quantity)))
        assert [tuple(row) for row in lines] == self.shop_rows(
            "SELECT count(*), sum(quantity) FROM lines"
        )

    def figure(self, widget: str, kind: str) -> tuple[int, Decimal]:
        """Return a figure of the merchant's overview over all days."""
        today = insight.day_of(self.shop, self._context.now())
        found = insight.overview(
            self._context, self.shop, today - timedelta(days=40), today + timedelta(days=1)
        )
        figures = found.of(widget)
        return figures.total(kind), figures.amount(kind)
