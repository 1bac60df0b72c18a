"""The first synchronisation of a shop, page by page, so that a crash costs one page at most."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from typing import TypeVar

from sqlalchemy.engine import Connection

from plugin.contracts.platform import Page
from plugin.errors import (
    AccessRevokedError,
    BleibError,
    GiveUpError,
    PlatformError,
    PlatformRefusedError,
)
from plugin.model import Access, Shop
from plugin.services.access import access, mark_revoked, speaking
from plugin.services.context import Context
from plugin.services.steps import Postpone, Step
from plugin.store import shops, sync
from plugin.store.sync import SyncRun

Item = TypeVar("Item")

#: After this many seconds a long synchronisation gives other steps a turn.
TURN_SECONDS = 5.0
#: Changes are asked for again from this much before the newest one known.
OVERLAP = timedelta(minutes=10)


def shop_of_step(context: Context, step: Step) -> Shop | None:
    """Return the shop a step works for; None if it left, or came back since the step was made."""
    with context.db.read() as connection:
        shop = shops.shop_by_id(connection, step.shop_id)
    if shop is None or shop.state != "installed":
        return None
    return shop if step.payload.get("generation", shop.generation) == shop.generation else None


def progress(context: Context, shop_id: int) -> list[SyncRun]:
    """Return how far each synchronisation of a shop is."""
    with context.db.read() as connection:
        return sync.runs_of(connection, shop_id)


@contextmanager
def running(context: Context, shop: Shop, kind: str) -> Iterator[SyncRun | None]:
    """Hold one synchronisation in the state "running"; yields None if it is done already.

    What goes wrong inside is noted for the merchant and raised again.
    """
    with context.db.write() as connection:
        run = sync.run_of(connection, shop.id, kind)
        if run is not None and run.state != "done":
            started = run.started_at or context.now()
            sync.update_run(
                connection,
                shop.id,
                kind,
                state="running",
                started_at=started,
                # What changes from here on may be missing in the pages already fetched.
                watermark=run.watermark or started,
                error=None,
            )
    try:
        yield None if run is None or run.state == "done" else run
    except BleibError as error:
        if isinstance(error, AccessRevokedError):
            mark_revoked(context, shop)
        final = isinstance(error, AccessRevokedError | GiveUpError | PlatformRefusedError)
        values = {"state": "failed"} if final else {}
        with context.db.write() as connection:
            sync.update_run(connection, shop.id, kind, error=error.code, **values)
        raise


def run_pages(
    context: Context,
    shop: Shop,
    kind: str,
    fetch: Callable[[Access, str | None], Page[Item]],
    keep: Callable[[Connection, tuple[Item, ...]], object],
    afterwards: Callable[[Connection], None] | None = None,
) -> None:
    """Fetch page after page and keep each in one transaction with the cursor of the next.

    `afterwards` runs in the transaction of the last page. Raises Postpone when its turn is over
    and pages are left.
    """
    with running(context, shop, kind) as run:
        if run is None:
            return
        cursor, done = run.cursor, run.done
        end = time.monotonic() + TURN_SECONDS
        while True:
            page = fetch(access(context, shop), cursor)
            cursor, done = following(page, cursor), done + len(page.items)
            with context.db.write() as connection:
                keep(connection, page.items)
                sync.update_run(connection, shop.id, kind, cursor=cursor, done=done)
                if cursor is None:
                    finish(connection, context, shop, kind, done)
                    if afterwards is not None:
                        afterwards(connection)
                    return
            if time.monotonic() > end:
                raise Postpone(0)


def run_changes(
    context: Context,
    shop: Shop,
    kind: str,
    fetch: Callable[[Access, str | None, datetime], Page[Item]],
    keep: Callable[[Connection, tuple[Item, ...]], object],
) -> None:
    """Fetch what changed since the newest change known, page after page, and keep it.

    Does nothing before the first synchronisation is done. Raises Postpone when its turn is over
    and pages are left; then it goes on with the next page, however much changed at one moment.
    """
    with context.db.read() as connection:
        run = sync.run_of(connection, shop.id, kind)
    if run is None or run.state != "done" or run.watermark is None:
        return
    since, cursor = _left_off(run.cursor) or (run.watermark - OVERLAP, None)
    end = time.monotonic() + TURN_SECONDS
    while True:
        try:
            with speaking(context, shop) as token:
                page = fetch(token, cursor, since)
        except PlatformRefusedError:
            _keep_place(context, shop, kind, None)  # a place that is known no longer
            raise
        cursor = following(page, cursor)
        place = None if cursor is None else json.dumps([since.isoformat(), cursor])
        with context.db.write() as connection:
            keep(connection, page.items)
            sync.update_run(connection, shop.id, kind, cursor=place)
        if cursor is None:
            return
        if time.monotonic() > end:
            raise Postpone(0)


def _left_off(place: str | None) -> tuple[datetime, str] | None:
    if place is None:
        return None
    since, cursor = json.loads(place)
    return datetime.fromisoformat(since), str(cursor)


def _keep_place(context: Context, shop: Shop, kind: str, place: str | None) -> None:
    with context.db.write() as connection:
        sync.update_run(connection, shop.id, kind, cursor=place)


def following(page: Page[Item], cursor: str | None) -> str | None:
    """Return what continues a listing after a page that was asked for with `cursor`.

    PlatformError("platform_answer_invalid") for one that stands still: a cache in front of the
    shop may give the same page for ever.
    """
    if page.after is not None and page.after == cursor:
        raise PlatformError("platform_answer_invalid")
    return page.after


def finish(connection: Connection, context: Context, shop: Shop, kind: str, done: int) -> None:
    """Note that one synchronisation is complete."""
    sync.update_run(
        connection,
        shop.id,
        kind,
        state="done",
        done=done,
        total=done,
        cursor=None,
        finished_at=context.now(),
        error=None,
    )
