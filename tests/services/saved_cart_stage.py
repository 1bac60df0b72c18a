"""A shop that lets its visitors take their cart along, and the moves of a visitor who does."""

from __future__ import annotations

import uuid
from typing import Any

from plugin.model import Shop
from plugin.services import mailing, saved_cart_mails, saved_carts
from plugin.services.context import Context
from plugin.services.saved_cart_mails import Wish
from plugin.services.saved_carts import Item
from plugin.services.steps import Runner
from plugin.store import campaigns

HANDLERS = {**saved_cart_mails.HANDLERS, **mailing.HANDLERS}
NET = "203.0.113.7"
SOCKS = Item(variant="41", product="7001", quantity=2)
HAT = Item(variant="42", product="7002", quantity=1)


def offer(context: Context, shop: Shop, content: str = "basket") -> int:
    """Publish a window with a content and return its campaign."""
    with context.db.write() as connection:
        settings = {"content": content}
        campaigns.insert_campaign(connection, shop.id, "exit_intent", settings, context.now())
        newest = campaigns.all_campaigns(connection, shop.id)[-1].id
        campaigns.add_version(connection, shop.id, newest, settings, context.now())
    return newest


def save(context: Context, shop: Shop, request_id: str = "", **values: Any) -> str:
    """Save socks and a hat; returns the token of the link."""
    given = {"items": [SOCKS, HAT], "lang": "de", "net": NET, **values}
    link = saved_carts.save(context, shop, request_id or str(uuid.uuid4()), **given)
    return link.rpartition("/")[2]


def wish(email: str, **values: Any) -> Wish:
    """Return what a person types in."""
    return Wish(**{"email": email, "website": "", "elapsed_ms": 8200, "net_address": NET, **values})


def work(context: Context) -> None:
    """Let the worker run everything that is due."""
    while Runner(context, HANDLERS, "test").run_due():
        pass
