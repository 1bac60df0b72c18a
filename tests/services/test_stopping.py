"""The kill switch: what it counts, whom it tells, what waits, and how soon it is true."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest
import sqlalchemy as sa

from plugin.api import fast_config
from plugin.model import Shop
from plugin.services import steps, stopping, storefront_config
from plugin.services.context import Context
from plugin.services.stopped import hold
from plugin.services.tenants import shop_of_id
from plugin.store.outbox import outbox

#: Between two looks of a page that is open (widgets/_runtime/visit.ts).
LOOK_SECONDS = 30


def now(context: Context, shop: Shop) -> Shop:
    found = shop_of_id(context, shop.id)
    assert found is not None
    return found


def mails(context: Context, shop: Shop) -> list[tuple[str, str]]:
    with context.db.read() as connection:
        rows = connection.execute(
            sa.select(outbox.c.kind, outbox.c.values_sealed).order_by(outbox.c.id)
        ).all()
    return [
        (kind, json.loads(context.keys.unseal(shop.id, "mail", sealed))["by"])
        for kind, sealed in rows
    ]


def test_who_stopped_it_is_known_until_it_runs_again(context: Context, shop: Shop) -> None:
    stopping.stop(context, shop, "Anna")
    stopping.stop(context, shop, "Jonas")
    assert now(context, shop).stopped_by == "Anna"
    stopping.restart(context, shop, "Jonas")
    stopping.restart(context, shop, "Jonas")
    assert (now(context, shop).stopped_at, now(context, shop).stopped_by) == (None, None)
    assert mails(context, shop) == [("stopped", "Anna"), ("restarted", "Jonas")]


def test_a_shop_that_named_no_address_is_stopped_all_the_same(context: Context, shop: Shop) -> None:
    stopping.stop(context, replace(shop, email=""), "Anna")
    assert now(context, shop).stopped_by == "Anna"
    assert mails(context, shop) == []


def test_work_that_gives_something_away_waits(context: Context, shop: Shop) -> None:
    hold(shop)
    stopping.stop(context, shop)
    with pytest.raises(steps.Postpone):
        hold(now(context, shop))


def test_the_printed_time_is_what_caches_and_open_pages_need() -> None:
    at_most = fast_config.MAX_AGE + storefront_config.TTL_SECONDS + LOOK_SECONDS
    assert at_most < fast_config.STOPPED_WITHIN
