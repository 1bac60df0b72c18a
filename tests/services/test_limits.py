"""Rate limits hold across processes, forget with time, and store nobody's address."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
import sqlalchemy as sa

from plugin.errors import TooManyError
from plugin.model import Shop
from plugin.services import limits
from plugin.services.context import Context
from plugin.store import events
from tests.conftest import MovingClock

HOUR = timedelta(hours=1)


def hit(context: Context, shop: Shop, key: str = "192.0.2.1", limit: int = 3) -> None:
    with context.db.write() as connection:
        limits.hit(connection, context, shop.id, "lookup", key, limit=limit, window=HOUR)


def test_the_try_after_the_limit_is_refused_and_says_when_to_come_back(
    context: Context, shop: Shop
) -> None:
    for _ in range(3):
        hit(context, shop)
    with pytest.raises(TooManyError) as caught:
        hit(context, shop)
    assert 0 < (caught.value.retry_after or 0) <= 3600


def test_each_key_has_its_own_count(context: Context, shop: Shop) -> None:
    for _ in range(3):
        hit(context, shop)
    hit(context, shop, "192.0.2.2")


def test_tries_are_forgotten_after_two_windows(
    context: Context, shop: Shop, moving_clock: MovingClock
) -> None:
    for _ in range(3):
        hit(context, shop)
    moving_clock.move(hours=2)
    hit(context, shop)


def test_a_new_window_is_no_fresh_start(
    context: Context, shop: Shop, moving_clock: MovingClock
) -> None:
    moving_clock.move(minutes=59)
    for _ in range(3):
        hit(context, shop)
    moving_clock.move(minutes=2)
    with pytest.raises(TooManyError):
        hit(context, shop)


def test_the_key_is_stored_as_a_check_value_only(context: Context, shop: Shop) -> None:
    hit(context, shop)
    with context.db.read() as connection:
        keys = list(connection.execute(sa.select(events.limits.c.key)).scalars())
    assert len(keys) == 1
    assert "192.0.2.1" not in keys[0]


def test_many_at_once_do_not_get_past_the_limit(context: Context, shop: Shop) -> None:
    def attempt(_: int) -> bool:
        try:
            hit(context, shop, limit=5)
        except TooManyError:
            return False
        return True

    with ThreadPoolExecutor(8) as pool:
        assert sum(pool.map(attempt, range(24))) == 5
