"""Attacks on the sign-up of one shop, by somebody who knows every limit; what came of them."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

from bench.config_shop import KEY, SHOP
from bench.people import aliases_of, look_alikes
from plugin.app import load_widgets
from plugin.errors import ChallengeError, TooManyError, UnavailableError
from plugin.model import Shop
from plugin.security import Keyring, random_token
from plugin.services import guard_limits, subscriptions, unsubscribing
from plugin.services.context import Context
from plugin.services.guard_rules import Limits
from plugin.store import migrate
from plugin.store.db import Database
from plugin.store.protection import Protection, put_protection
from plugin.store.shops import shop_by_key, shops
from plugin.store.subscribers import subscriber_by_id, subscribers
from tests.conftest import KeptMail, MovingClock, make_config
from tests.fakes.platform import FakePlatform
from tests.services.sign_up_stage import Stage

_DAY_HOURS = 25
_VICTIM = 0
_PARTS_OF_AN_HOUR = 6


@dataclass
class Ground:
    """One shop on one database, with its clock, its mailbox and the codes of its platform."""

    stage: Stage
    clock: MovingClock
    mail: KeptMail
    platform: FakePlatform

    def codes(self) -> int:
        """How many different codes the platform was asked to make."""
        return len(self.platform.vouchers)

    def links(self, since: int) -> list[str]:
        """The tokens of the confirmation mails that were sent after the first `since` mails."""
        letters = [mail for mail, _ in self.mail.sent[since:]]
        return [self.stage.link_in(mail) for mail in letters if "/c/" in mail.as_string()]


def ground_of(context: Context, shop: Shop) -> Ground:
    """A ground in a context whose clock, mail and platform are the ones of tests."""
    # The attacks are on the sign-up: the guard may give as much as is asked for.
    limits = Limits(
        budget=Decimal(1_000_000),
        share_on=False,
        cooldown_on=False,
        no_holdout=True,
    )
    guard_limits.save(context, shop, limits, seen=0)
    parts: Any = context
    return Ground(Stage(context, shop), parts.clock, parts.mail, parts.platforms["shopify"])


@contextmanager
def new_ground(url: str) -> Iterator[Ground]:
    """A fresh shop on an empty database."""
    database = Database(url)
    migrate.upgrade(database)
    context = Context(
        config=make_config(database_url=url),
        db=database,
        keys=Keyring([random_token()], random_token()),
        platforms={"shopify": FakePlatform()},
        widgets=load_widgets(),
        mail=KeptMail(),
        clock=MovingClock(),
    )
    with database.write() as connection:
        connection.execute(shops.insert().values(**SHOP))
        shop = shop_by_key(connection, KEY)
    if shop is None:
        raise LookupError("the row was written a moment ago")
    yield ground_of(context, shop)
    database.dispose()


@dataclass
class Bombing:
    """What came of many forms for one victim."""

    forms: int = 0
    taken: int = 0
    refused: int = 0
    mails: int = 0


def bomb(ground: Ground, forms: int, addresses: int, *, hours: int) -> Bombing:
    """Sends forms for one victim, evenly over some hours, each address in a network of its own.

    Every form has a genuine token and another spelling of the victim. With enough hours nothing
    is too fast for any limit, so that only the rule of one mail a day stands in between.
    """
    found = Bombing(forms)
    spellings = aliases_of(_VICTIM, 200)
    before = len(ground.mail.sent)
    numbers = list(range(forms))
    parts = _PARTS_OF_AN_HOUR * hours
    for part in range(parts):
        with ThreadPoolExecutor(16) as pool:
            some = numbers[part * forms // parts : (part + 1) * forms // parts]
            asked = pool.map(lambda n: _asks(ground, spellings, n, addresses), some)
            found.taken += sum(asked)
        ground.clock.move(hours=1 / _PARTS_OF_AN_HOUR)
    found.refused = forms - found.taken
    ground.stage.work()
    found.mails = len(ground.mail.sent) - before
    return found


def _asks(ground: Ground, spellings: list[str], number: int, addresses: int) -> bool:
    place = number % addresses
    where = f"10.{place // 250}.{place % 250}.7"
    try:
        again(lambda: ground.stage.ask(spellings[number % len(spellings)], net_address=where))
    except (ChallengeError, TooManyError):
        return False
    return True


def again(work: Callable[[], object]) -> None:
    """Do something, as often as the database is too busy for it."""
    while True:
        try:
            work()
        except UnavailableError:
            continue
        return


def farm(ground: Ground, people: int, variants: int) -> int:
    """Lets every person collect codes under many spellings, leaving the list after each.

    Returns how many codes there are at the end.
    """
    before = ground.codes()
    for variant in range(variants):
        sent = len(ground.mail.sent)
        for person in range(people):
            spelling = aliases_of(person, variants)[variant]
            ground.stage.ask(spelling, net_address=f"10.1.{person}.7")
            if person % 50 == 49:
                ground.clock.move(hours=1)
        ground.stage.work()
        for token in ground.links(sent):
            subscriptions.confirm(ground.stage.context, token)
        ground.stage.work()
        _all_leave(ground)
        ground.clock.move(hours=_DAY_HOURS)
    return ground.codes() - before


def _all_leave(ground: Ground) -> None:
    context = ground.stage.context
    with context.db.read() as connection:
        people = [
            subscriber_by_id(connection, ground.stage.shop.id, row.id)
            for row in connection.execute(subscribers.select())
        ]
    for person in people:
        if person is not None:
            unsubscribing.unsubscribe(context, unsubscribing.unsubscribe_token(context, person))


def _expect_many(ground: Ground) -> None:
    """The merchant knows where the sign-ups come from: the breaker stays out of it."""
    context = ground.stage.context
    released = Protection(released_until=context.now() + timedelta(days=1))
    with context.db.write() as connection:
        put_protection(connection, ground.stage.shop.id, released)


def stand_apart(ground: Ground, count: int) -> int:
    """Signs people up who look alike; returns how many of them got a code of their own."""
    before = ground.codes()
    sent = len(ground.mail.sent)
    _expect_many(ground)
    for number, address in enumerate(look_alikes(count)):
        ground.stage.ask(address, net_address=f"10.2.{number % 250}.7")
    ground.stage.work()
    for token in ground.links(sent):
        subscriptions.confirm(ground.stage.context, token)
    ground.stage.work()
    return ground.codes() - before


def claim_at_once(ground: Ground, people: int, claims: int) -> int:
    """Lets each person's code be claimed many times at the same time; returns the codes made."""
    before = ground.codes()
    sent = len(ground.mail.sent)
    _expect_many(ground)
    for number in range(people):
        place = f"10.{3 + number // 250}.{number % 250}.7"
        ground.stage.ask(f"claim{number}@post.example", net_address=place)
    ground.stage.work()
    tokens = ground.links(sent)
    # In an order of their own: the claims for one person meet each other, and those for others.
    waves = [tokens[start : start + 8] * claims for start in range(0, len(tokens), 8)]
    chance = random.Random(1)  # noqa: S311 - the same order in every run
    with ThreadPoolExecutor(64) as pool:
        for wave in waves:
            chance.shuffle(wave)
            list(pool.map(lambda token: again(lambda: _claim(ground, token)), wave))
    with ThreadPoolExecutor(4) as pool:
        list(pool.map(lambda _: ground.stage.work(), range(4)))
    ground.stage.work()
    return ground.codes() - before


def _claim(ground: Ground, token: str) -> None:
    subscriptions.confirm(ground.stage.context, token)


def sqlite_url(folder: Path, name: str) -> str:
    """The address of a database in a file of its own."""
    return f"sqlite:///{folder / name}.sqlite3"
