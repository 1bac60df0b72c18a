"""The kill switch: everything that interrupts or advertises off at once, and on again."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from sqlalchemy.engine import Connection

from plugin.model import Shop
from plugin.services import campaigns, config_changes, mailing
from plugin.services.context import Context
from plugin.store import held_back
from plugin.store import shop_switches as store


@dataclass(frozen=True)
class Ahead:
    """What pressing the button holds back, and what stays good: numbers of this moment."""

    campaigns: int
    mails: int
    vouchers_open: int


def ahead(context: Context, shop: Shop) -> Ahead:
    """Return what a stop means now; the widgets that people with an order need are not counted."""
    running = [
        one
        for one in campaigns.all_of(context, shop)
        if one.state == "published" and context.widgets[one.widget].stage != "deliver"
    ]
    with context.db.read() as connection:
        return Ahead(
            campaigns=len(running),
            mails=held_back.advertising(connection, shop.id),
            vouchers_open=held_back.vouchers_open(connection, shop.id, context.now()),
        )


def stop(context: Context, shop: Shop, by: str | None = None) -> None:
    """Stop the shop and tell its merchant by mail; doing it twice keeps the first time."""
    with context.db.write() as connection:
        if store.set_stopped(connection, shop.id, context.now(), by):
            _changed(connection, context, shop, "stopped", by)


def restart(context: Context, shop: Shop, by: str | None = None) -> None:
    """Let the shop run again as it was, and with it what waited; doing it twice is harmless."""
    with context.db.write() as connection:
        if store.set_stopped(connection, shop.id, None):
            _changed(connection, context, shop, "restarted", by)


def _changed(
    connection: Connection,
    context: Context,
    shop: Shop,
    kind: Literal["stopped", "restarted"],
    by: str | None,
) -> None:
    at = context.now().isoformat()
    config_changes.changed(connection, context, shop)
    values = {"at": at, "by": by or "", "link": context.url("/admin/stop")}
    key = f"{kind}:{at}"
    if shop.email:
        mailing.queue(connection, context, shop, kind, key, shop.email, shop.languages[0], values)
