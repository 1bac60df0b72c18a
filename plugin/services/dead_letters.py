"""Steps that were given up: how many, why, and once more."""

from __future__ import annotations

from plugin.errors import NotFoundError
from plugin.model import Shop
from plugin.services.context import Context
from plugin.store import dead_steps as store
from plugin.store.dead_steps import DeadStep

__all__ = ["DeadStep", "count_dead", "dead", "try_again"]

#: A page shows this many; nobody reads more, and trying again works by kind.
SHOWN = 50


def dead(context: Context, shop: Shop) -> list[DeadStep]:
    """Return the newest dead letters of a shop, at most `SHOWN`."""
    with context.db.read() as connection:
        return store.dead_steps(connection, shop.id, SHOWN)


def count_dead(context: Context, shop: Shop) -> int:
    """Return how many of them a page would show."""
    return len(dead(context, shop))


def try_again(context: Context, shop: Shop, step_id: int) -> None:
    """Let a dead letter run from its first attempt; NotFoundError if it is none of this shop."""
    with context.db.write() as connection:
        if not store.revive_step(connection, shop.id, step_id, context.now()):
            raise NotFoundError("step_unknown")
