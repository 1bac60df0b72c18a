"""Moves that the tests of the contract make again and again."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from decimal import Decimal
from typing import Any, TypeVar

import pytest
import sqlalchemy as sa

from plugin.contracts.platform import Page
from plugin.errors import UnsupportedByPlatformError
from plugin.model import Access, Shop, VoucherOrder
from plugin.services.access import access
from plugin.store.db import metadata
from plugin.store.shops import shop_by_id
from plugin.store.sync import runs_of
from tests.contract.stage import Stage

Ability = TypeVar("Ability")
Item = TypeVar("Item")
_SETTLED_WITHIN = 20.0


def capable(stage: Stage, shop: Shop, ability: type[Ability]) -> Ability | None:
    """Return the adapter if it can do this; else make sure that it says so, and return None."""
    found = stage.context.maybe(shop, ability)
    if found is None:
        with pytest.raises(UnsupportedByPlatformError, match="unsupported_by_platform"):
            stage.context.able(shop, ability)
    return found


def token(stage: Stage, shop: Shop) -> Access:
    """Return the shop's domain with a valid token, as every service gets it."""
    return access(stage.context, shop)


def every_page(fetch: Callable[[str | None], Page[Item]], most: int = 200) -> list[Page[Item]]:
    """Return all pages of a listing."""
    pages = [fetch(None)]
    while pages[-1].after is not None:
        assert len(pages) < most, "the listing does not end"
        pages.append(fetch(pages[-1].after))
    return pages


def rows(stage: Stage, shop: Shop, table: str) -> list[Any]:
    """Return the shop's rows of one table."""
    held = metadata.tables[table]
    with stage.context.db.read() as connection:
        return list(connection.execute(sa.select(held).where(held.c.shop_id == shop.id)))


def present(stage: Stage, shop: Shop) -> Shop:
    """Return the shop as it is stored now."""
    with stage.context.db.read() as connection:
        found = shop_by_id(connection, shop.id)
    assert found is not None
    return found


def settle(stage: Stage, shop: Shop) -> None:
    """Run what is due until every first synchronisation is done, whatever it waits for."""
    waiting = threading.Event()
    end = time.monotonic() + _SETTLED_WITHIN
    while True:
        stage.run_steps()
        with stage.context.db.read() as connection:
            # Suggestions are learnt every night, and from a history where there is one.
            runs = [run for run in runs_of(connection, shop.id) if run.kind != "suggestions"]
            left = [run for run in runs if run.state != "done"]
        if not left:
            return
        assert time.monotonic() < end, f"still not done: {left}"
        stage.clock.move(seconds=15)
        waiting.wait(0.02)  # an export is written by a thread of the platform


def later(stage: Stage, **by: float) -> None:
    """Let time pass and run what is due then."""
    stage.clock.move(**by)
    stage.run_steps()


def together(number: int, act: Callable[[], Item]) -> list[Item]:
    """Do the same in several threads at the same moment; raises what any of them raised."""
    start = threading.Barrier(number)

    def one(_: int) -> Item:
        start.wait(timeout=10)
        return act()

    with ThreadPoolExecutor(number) as pool:
        return list(pool.map(one, range(number)))


def voucher(stage: Stage, code: str = "WELLE-7K3P-Q2X9", **changes: Any) -> VoucherOrder:
    """Return what a shop is asked to make for one person."""
    now = stage.context.now()
    values: dict[str, Any] = {
        "code": code,
        "title": f"Bleib {code}",
        "kind": "amount",
        "value": Decimal("5.00"),
        "currency": "EUR",
        "minimum": Decimal("40.00"),
        "starts_at": now - timedelta(minutes=1),
        "ends_at": now + timedelta(days=30),
        "customer_id": None,
    }
    return VoucherOrder(**{**values, **changes})


def put_products(stage: Stage, number: int, first: int = 1) -> list[str]:
    """Put products number first, first + 1, … on the shelves; returns their ids."""
    return [stage.put_product(place) for place in range(first, first + number)]


def ids(pages: Sequence[Page[Any]]) -> list[str]:
    """Return the ids on all pages in order."""
    return [item.id for page in pages for item in page.items]
