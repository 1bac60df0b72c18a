"""The whole way from the sign-up to the redeemed voucher, with a crash at every single commit."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from decimal import Decimal
from itertools import count
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy.engine import Connection

from plugin.app import handlers
from plugin.contracts.platform import Inbound
from plugin.errors import ChallengeError
from plugin.model import Order, Shop
from plugin.services import confirmations, guard_limits, insight, subscriptions, webhooks
from plugin.services.context import Context
from plugin.services.guard_rules import Limits
from plugin.services.identity import identity_of
from plugin.services.steps import Runner
from plugin.services.subscriptions import SignUp
from plugin.store.db import Database
from plugin.store.evidence import evidence
from plugin.store.outbox import outbox
from plugin.store.steps import steps
from plugin.store.subscribers import subscribers
from plugin.store.vouchers import vouchers
from tests.conftest import KeptMail, MovingClock
from tests.fakes.platform import FakePlatform
from tests.services.sign_up_stage import Stage


class Killed(BaseException):
    """Stands for kill -9: nothing in between may catch it."""


class Commits:
    """Counts commits and kills whoever makes the one it is told to."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.made = 0
        self._deadly = (0, "")
        real = Database.write

        @contextmanager
        def write(database: Database) -> Iterator[Connection]:
            with real(database) as connection:
                yield connection
                self.made += 1
                number = self.made
                self._die(number, "before")
            self._die(number, "after")

        monkeypatch.setattr(Database, "write", write)

    def kill_at(self, number: int, when: str) -> None:
        """Begin to count anew; the `number`-th commit is deadly, before or after it happened."""
        self.made = 0
        self._deadly = (number, when)

    def _die(self, number: int, when: str) -> None:
        if (number, when) == self._deadly:
            raise Killed


@pytest.fixture
def stage(context: Context, shop: Shop) -> Stage:
    guard_limits.save(context, shop, Limits(budget=Decimal(100_000), share_on=False), seen=0)
    return Stage(context, shop)


class Way:
    """One person's way; each move is made again after a crash, as its sender would."""

    def __init__(
        self, stage: Stage, mail: KeptMail, platform: FakePlatform, clock: MovingClock, name: str
    ) -> None:
        self.email = f"{name}@post.example"
        self.identity = identity_of(stage.context.keys, stage.shop.id, self.email)
        self.order_id = f"gid://shopify/Order/{name}"
        self.kills = 0
        self._stage = stage
        self._mail = mail
        self._platform = platform
        self._clock = clock

    def go(self) -> None:
        form = self._stage.form(self.email, net_address=self.email)
        self._again(lambda: subscriptions.request(self._stage.context, self._stage.shop, form))
        self._again(self._work)
        link = self._stage.link_in(self.mails()[0])
        self._again(lambda: confirmations.confirm(self._stage.context, link))
        self._again(self._work)
        self._buy()
        self._again(self._work)

    def mails(self) -> list[Any]:
        return [mail for mail, to in self._mail.sent if to == self.email]

    def _again(self, move: Callable[[], object]) -> None:
        try:
            move()
        except Killed:
            self.kills += 1
            self._clock.move(minutes=6)  # the lease of what the dead one held is over
            move()

    def _work(self) -> None:
        runner = Runner(self._stage.context, handlers(), "worker")
        while runner.run_due():
            pass

    def _buy(self) -> None:
        now = self._stage.context.now()
        (code,) = [row.code for row in self._stage.rows(vouchers) if row.identity == self.identity]
        self._platform.orders_held[self.order_id] = Order(
            id=self.order_id, number="#1001", email=self.email, postcode=None, country="DE",
            customer_id=None, currency="EUR", total=Decimal("48.20"), discount=Decimal("5.00"),
            codes=(code,), paid=True, created_at=now, updated_at=now, cancelled_at=None, lines=(),
        )  # fmt: skip
        body = json.dumps({"admin_graphql_api_id": self.order_id}).encode()
        headers = {
            "x-shopify-topic": "orders/create",
            "x-shopify-event-id": self.order_id,
            "x-shopify-shop-domain": self._stage.shop.domain,
            "x-shopify-hmac-sha256": self._platform.webhook_signature(body),
        }
        inbound = Inbound(headers, body)
        self._again(lambda: webhooks.receive(self._stage.context, "shopify", inbound))


def check(stage: Stage, way: Way, where: str) -> None:
    def mine(table: sa.Table) -> list[Any]:
        return [row for row in stage.rows(table) if row.identity == way.identity]

    assert [row.state for row in mine(subscribers)] == ["confirmed"], where
    proofs = Counter(row.kind for row in mine(evidence))
    assert proofs == {"requested": 1, "mailed": 1, "confirmed": 1}, where
    assert [(row.state, row.order_id) for row in mine(vouchers)] == [("redeemed", way.order_id)]
    assert [row.state for row in mine(outbox)] == ["sent", "sent"], where
    mails = [mail["Message-ID"] for mail in way.mails()]
    assert len(set(mails)) == 2, where
    assert len(mails) <= 2 + way.kills, where


@pytest.mark.parametrize("when", ["before", "after"])
def test_a_crash_at_any_commit_loses_nothing_and_does_nothing_twice(
    stage: Stage,
    kept_mail: KeptMail,
    fake_platform: FakePlatform,
    moving_clock: MovingClock,
    monkeypatch: pytest.MonkeyPatch,
    when: str,
) -> None:
    commits = Commits(monkeypatch)
    undisturbed = Way(stage, kept_mail, fake_platform, moving_clock, "ruhig")
    undisturbed.go()
    check(stage, undisturbed, "undisturbed")
    for place in count(1):
        way = Way(stage, kept_mail, fake_platform, moving_clock, f"fall{place}")
        commits.kill_at(place, when)
        way.go()
        check(stage, way, f"{when} commit {place}")
        if not way.kills:  # the whole way has fewer commits
            break
    assert place > 20
    assert stage.dead() == []
    assert [row.kind for row in stage.rows(steps) if row.state == "running"] == []
    assert sorted(fake_platform.vouchers) == sorted(row.code for row in stage.rows(vouchers))
    check_figures(stage, place + 1)


def check_figures(stage: Stage, people: int) -> None:
    today = insight.day_of(stage.shop, stage.context.now())
    first = insight.day_of(stage.shop, stage.shop.created_at)
    figures = insight.overview(stage.context, stage.shop, first, today).of("newsletter")
    assert figures.total("confirmed") == people
    assert (figures.total("redeemed"), figures.amount("redeemed")) == (
        people,
        people * Decimal("48.20"),
    )


def test_a_form_sent_again_is_taken_even_when_the_limit_is_reached_meanwhile(stage: Stage) -> None:
    forms: list[SignUp] = [stage.form(f"person{n}@post.example") for n in range(20)]
    for form in forms:
        subscriptions.request(stage.context, stage.shop, form)
    subscriptions.request(stage.context, stage.shop, forms[-1])
    with pytest.raises(ChallengeError):
        subscriptions.request(stage.context, stage.shop, replace(forms[-1], id="another-form"))
    assert len(stage.rows(subscribers)) == 20
