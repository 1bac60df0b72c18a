"""Asks platforms that announce no change of a parcel which orders have one."""

from __future__ import annotations

import time

from plugin.contracts.platform import PollsShipments
from plugin.services import steps, syncing
from plugin.services.access import connected, speaking
from plugin.services.context import Context
from plugin.services.steps import Handler, Postpone, Step
from plugin.store import installs as store


def reconcile(context: Context, step: Step) -> None:
    """Fetch the orders whose parcels changed since the last look (step `parcels.reconcile`)."""
    shop = syncing.shop_of_step(context, step)
    if shop is None or not connected(context, shop):
        return
    platform = context.maybe(shop, PollsShipments)
    with context.db.read() as connection:
        install = store.install_of(connection, shop.id)
    if platform is None or install is None:
        return
    # What changed before the installation came with the orders themselves.
    known = install.parcels_until or install.installed_at or context.now()
    since, after = known - syncing.OVERLAP, None
    end = time.monotonic() + syncing.TURN_SECONDS
    while True:
        with speaking(context, shop) as token:
            page = platform.parcel_changes(token, after, since)
        after = syncing.following(page, after)
        with context.db.write() as connection:
            for change in page.items:
                steps.enqueue(
                    connection,
                    context,
                    shop.id,
                    "order.refresh",
                    {"order_id": change.order_id},
                    key=f"order.refresh:{change.order_id}:{change.changed_at.isoformat()}"[:160],
                )
            if page.items:
                newest = max(change.changed_at for change in page.items)
                store.raise_parcels_until(connection, shop.id, newest)
        if after is None:
            return
        if time.monotonic() > end:
            raise Postpone(0)  # what is known has grown: it goes on from there


HANDLERS: dict[str, Handler] = {"parcels.reconcile": reconcile}
