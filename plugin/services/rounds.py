"""Regular work: puts the rounds of each shop (hourly, daily) into the steps, once per slot."""

from __future__ import annotations

from datetime import datetime, timedelta

from plugin.services import steps, storefront_config
from plugin.services.context import Context
from plugin.store.shops import installed_shop_ids

#: kind of step and the length of its slot.
ROUNDS: tuple[tuple[str, timedelta], ...] = (
    ("orders.reconcile", timedelta(minutes=15)),
    ("product.reconcile", timedelta(hours=1)),
    ("parcels.reconcile", timedelta(minutes=30)),
    ("tracking.look", timedelta(minutes=10)),
    ("parcels.notices", timedelta(hours=1)),
    ("embed.publish", timedelta(minutes=15)),
    ("webhooks.ensure", timedelta(hours=6)),
    ("guard.watch", timedelta(minutes=15)),
    ("margins.complete", timedelta(days=1)),
    ("suggestions.learn", timedelta(days=1)),
    ("suggestions.absorb", timedelta(hours=1)),
    ("privacy.retention", timedelta(days=1)),
    ("evidence.check", timedelta(days=1)),
    ("vouchers.tidy", timedelta(days=1)),
    ("mail_service.ask", timedelta(minutes=30)),
    ("mail.recover", timedelta(minutes=1)),
    ("sender.check", timedelta(days=1)),
    ("customers.foresee", timedelta(days=1)),
    ("analytics.export", timedelta(days=1)),
    ("needs.plan", timedelta(days=1)),
)


def enqueue_due(context: Context) -> None:
    """Make sure that each installed shop has the step of the present slot of each round.

    Cheap to call in every turn of a worker: slots already handed out are remembered in memory,
    and the step's key makes a second worker's attempt a no-op.
    """
    now = context.now()
    due = [(kind, _slot(now, every)) for kind, every in ROUNDS]
    fresh = [item for item in due if _handed_out.get((id(context), item[0])) != item[1]]
    if not fresh:
        return
    with context.db.write() as connection:
        for shop_id in installed_shop_ids(connection):
            for kind, slot in fresh:
                steps.enqueue(
                    connection, context, shop_id, kind, key=f"{kind}:{slot}{_edition(kind)}"
                )
    for kind, slot in fresh:
        _handed_out[(id(context), kind)] = slot


def _edition(kind: str) -> str:
    # After an upgrade the bundles have other names, and storefronts that hold the old ones must
    # learn it at once, not in the next slot.
    return f":{storefront_config.edition()}" if kind == "embed.publish" else ""


_handed_out: dict[tuple[int, str], int] = {}


def _slot(now: datetime, every: timedelta) -> int:
    return int(now.timestamp() // every.total_seconds())
