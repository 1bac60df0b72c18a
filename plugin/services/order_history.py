"""The first reading of all orders of a shop: from the platform's export, or page by page."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator, Sequence
from itertools import islice

from sqlalchemy.engine import Connection

from plugin.contracts.platform import ExportsHistory, ReadsOrders
from plugin.errors import PlatformError
from plugin.model import Order, Shop
from plugin.services import orders, steps, syncing
from plugin.services.access import access
from plugin.services.context import Context
from plugin.services.parcels import catching_up
from plugin.services.steps import Handler, Postpone, Step
from plugin.store import sync
from plugin.store.sync import SyncRun

#: Orders written in one transaction: long enough to be quick, short enough not to hold up others.
BATCH = 200
_TURN_SECONDS = 10.0
_POLL_SECONDS = 2.0


def sync_orders(context: Context, step: Step) -> None:
    """Bring in the whole order history: from the platform's export, or page by page.

    An export is streamed; what was kept before a crash is skipped when it is read again.
    """
    shop = syncing.shop_of_step(context, step)
    if shop is None:
        return
    platform = context.maybe(shop, ExportsHistory)
    if platform is None:
        _sync_pages(context, shop)
        return
    with syncing.running(context, shop, "orders") as run:
        if run is None:
            return
        handle = _handle(context, platform, shop, run)
        history = platform.history(access(context, shop), handle)
        if history.state == "running":
            raise Postpone(_POLL_SECONDS)
        if history.state == "failed":
            _forget_handle(context, shop)
            raise PlatformError("history_failed", retry_after=60)
        found: Iterator[Order] = iter(())
        if history.url is not None:
            found = platform.read_history(access(context, shop), history.url)
        _import(context, shop, run, found)


def _sync_pages(context: Context, shop: Shop) -> None:
    platform = context.able(shop, ReadsOrders)
    syncing.run_pages(
        context,
        shop,
        "orders",
        lambda token, after: platform.orders(token, after, None),
        lambda connection, items: _keep_page(connection, context, shop, items),
        lambda connection: _after_history(connection, context, shop),
    )


def _keep_page(
    connection: Connection, context: Context, shop: Shop, items: Sequence[Order]
) -> None:
    orders.ingest_many(connection, context, shop, items, again=False)


def _handle(context: Context, platform: ExportsHistory, shop: Shop, run: SyncRun) -> str:
    if run.cursor is not None:
        return str(json.loads(run.cursor)["handle"])
    asked_at = context.now()
    handle = platform.start_history(access(context, shop))
    with context.db.write() as connection:
        # Whatever changes from here on is not in the export, or not for sure.
        sync.update_run(
            connection,
            shop.id,
            "orders",
            cursor=json.dumps({"handle": handle}),
            done=0,
            watermark=asked_at,
        )
    return handle


def _forget_handle(context: Context, shop: Shop) -> None:
    with context.db.write() as connection:
        sync.update_run(connection, shop.id, "orders", cursor=None, done=0)


def _import(context: Context, shop: Shop, run: SyncRun, found: Iterator[Order]) -> None:
    done = run.done if run.cursor is not None else 0
    for _ in range(done):
        next(found, None)
    end = time.monotonic() + _TURN_SECONDS
    while some := list(islice(found, BATCH)):
        done += len(some)
        with context.db.write() as connection:
            orders.ingest_many(connection, context, shop, some, again=False)
            sync.update_run(connection, shop.id, "orders", done=done)
        if time.monotonic() > end:
            raise Postpone(0)
    with context.db.write() as connection:
        syncing.finish(connection, context, shop, "orders", done)
        _after_history(connection, context, shop)
        catching_up.start(connection, context, shop)


def _after_history(connection: Connection, context: Context, shop: Shop) -> None:
    steps.enqueue(
        connection,
        context,
        shop.id,
        "suggestions.learn",
        {"generation": shop.generation},
        key=f"suggestions.learn:first:{shop.generation}",
    )
    steps.enqueue(
        connection,
        context,
        shop.id,
        "orders.reconcile",
        key=f"orders.reconcile:first:{shop.generation}",
    )


HANDLERS: dict[str, Handler] = {"sync.orders": sync_orders}
