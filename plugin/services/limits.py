"""Rate limits counted in the database, so that every process and restart sees the same count."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from sqlalchemy.engine import Connection

from plugin.errors import TooManyError
from plugin.services.context import Context
from plugin.store import door_tries
from plugin.store import events as store


def hit(
    connection: Connection,
    context: Context,
    shop_id: int,
    name: str,
    key: str,
    *,
    limit: int,
    window: timedelta,
) -> None:
    """Count one try of `key` and allow it, or raise TooManyError("too_many") with retry_after.

    At most about `limit` tries pass in any stretch of time as long as `window`: tries of the
    window before count by the share of it that still lies within reach. `key` may be personal
    (an address of the net, an order number); only its check value is stored. The count is part
    of the caller's transaction: what raises afterwards takes the try back.
    """
    rate = count(connection, context, shop_id, name, key, window=window)
    if rate > limit:
        raise TooManyError("too_many", retry_after=wait_for(context, window))


def count(
    connection: Connection,
    context: Context,
    shop_id: int,
    name: str,
    key: str,
    *,
    window: timedelta,
) -> float:
    """Count one try of `key` as `hit` does and return how many there were in one window by now."""
    now = context.now()
    start = _window_start(now, window)
    check = context.keys.check_value(shop_id, f"limit:{name}", key)
    tries = store.hit_limit(connection, shop_id, name, check, start)
    before = store.limit_count(connection, shop_id, name, check, start - window)
    return tries + before * (1 - (now - start) / window)


def wait_for(context: Context, window: timedelta) -> int:
    """Return the seconds until the present window ends."""
    now = context.now()
    return max(1, round((_window_start(now, window) + window - now).total_seconds()))


def forgive(
    connection: Connection,
    context: Context,
    shop_id: int,
    name: str,
    key: str,
    *,
    window: timedelta,
) -> None:
    """Take back a try that `hit` counted a moment ago, because it was none: it was right."""
    check = context.keys.check_value(shop_id, f"limit:{name}", key)
    store.unhit_limit(connection, shop_id, name, check, _window_start(context.now(), window))


def hit_door(
    connection: Connection, context: Context, name: str, key: str, *, limit: int, window: timedelta
) -> None:
    """Like `hit`, for those who belong to no shop yet."""
    now = context.now()
    start = _window_start(now, window)
    check = context.keys.check_value(0, f"limit:{name}", key)
    door_tries.clear_door(connection, start - window)
    tries = door_tries.hit_door(connection, name, check, start)
    before = door_tries.door_count(connection, name, check, start - window)
    if tries + before * (1 - (now - start) / window) > limit:
        wait = (start + window - now).total_seconds()
        raise TooManyError("too_many", retry_after=max(1, round(wait)))


def _window_start(now: datetime, window: timedelta) -> datetime:
    seconds = int(window.total_seconds())
    return datetime.fromtimestamp(int(now.timestamp()) // seconds * seconds, UTC)
