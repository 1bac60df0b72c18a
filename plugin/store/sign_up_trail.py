"""How far the newest sign-up of a shop came, and how much of the shop is switched on."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from plugin.store.campaigns import campaigns
from plugin.store.outbox import outbox
from plugin.store.subscribers import subscribers
from plugin.store.vouchers import is_welcome, vouchers


@dataclass(frozen=True)
class Trail:
    """The lights of the newest sign-up: which of its stations it has passed.

    `no_voucher` tells that the person was confirmed and gets none, which ends the trail as well.
    """

    at: datetime | None = None
    mailed: bool = False
    confirmed: bool = False
    voucher: bool = False
    no_voucher: bool = False
    customer: bool = False

    @property
    def complete(self) -> bool:
        """Tell whether the sign-up came through to the shop's own records."""
        return self.confirmed and self.customer and (self.voucher or self.no_voucher)


def newest_trail(connection: Connection, shop_id: int) -> Trail:
    """Return how far the newest sign-up came; an empty trail if there is none."""
    person = connection.execute(
        sa.select(
            subscribers.c.identity,
            subscribers.c.requested_at,
            subscribers.c.confirmed_at,
            subscribers.c.customer_id,
        )
        .where(subscribers.c.shop_id == shop_id)
        .order_by(subscribers.c.requested_at.desc(), subscribers.c.id.desc())
        .limit(1)
    ).first()
    if person is None:
        return Trail()
    states = connection.execute(
        sa.select(vouchers.c.state).where(
            vouchers.c.shop_id == shop_id, vouchers.c.identity == person.identity, is_welcome()
        )
    ).scalars()
    state = next(iter(states), None)
    return Trail(
        at=person.requested_at,
        mailed=person.confirmed_at is not None or _was_mailed(connection, shop_id, person.identity),
        confirmed=person.confirmed_at is not None,
        voucher=state in ("issued", "redeemed"),
        no_voucher=person.confirmed_at is not None and state in (None, "refused"),
        customer=person.customer_id is not None,
    )


def _was_mailed(connection: Connection, shop_id: int, identity: str) -> bool:
    query = sa.select(outbox.c.id).where(
        outbox.c.shop_id == shop_id,
        outbox.c.identity == identity,
        outbox.c.kind == "confirmation",
        outbox.c.state == "sent",
    )
    return connection.execute(query.limit(1)).first() is not None


def running_campaigns(connection: Connection, shop_id: int) -> int:
    """Return how many campaigns are live."""
    query = sa.select(sa.func.count()).where(
        campaigns.c.shop_id == shop_id, campaigns.c.state == "published"
    )
    return int(connection.execute(query).scalar_one())
