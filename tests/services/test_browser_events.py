"""Events that browsers report: counted once, and only what browsers are the ones to know."""

from __future__ import annotations

import uuid
from typing import Any

from plugin.model import Shop
from plugin.services import browser_events
from plugin.services.context import Context
from plugin.store.events import event_days


def beacon(context: Context, *kinds: str) -> dict[str, Any]:
    now = int(context.now().timestamp() * 1000)
    return {
        "events": [
            {
                "id": str(uuid.uuid4()),
                "kind": kind,
                "widget": "newsletter",
                "campaign": 1,
                "at": now,
            }
            for kind in kinds
        ]
    }


def counted(context: Context) -> dict[str, int]:
    with context.db.read() as connection:
        return {row.kind: row._mapping["count"] for row in connection.execute(event_days.select())}


def test_a_beacon_sent_twice_counts_once(context: Context, shop: Shop) -> None:
    body = beacon(context, "impression", "click")
    browser_events.take(context, shop, body, "203.0.113.9")
    browser_events.take(context, shop, body, "203.0.113.9")
    assert counted(context) == {"impression": 1, "click": 1}


def test_a_reported_sign_up_is_no_sign_up(context: Context, shop: Shop) -> None:
    browser_events.take(context, shop, beacon(context, "impression", "sign_up"), "203.0.113.9")
    assert counted(context) == {"impression": 1}
