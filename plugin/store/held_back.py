"""What a stopped shop holds back, and what it cannot take back: counted, not listed."""

from __future__ import annotations

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from plugin.store.steps import steps
from plugin.store.vouchers import vouchers


def advertising(connection: Connection, shop_id: int) -> int:
    """Return how many advertising mails are planned."""
    query = sa.select(sa.func.count()).where(
        steps.c.shop_id == shop_id, steps.c.state == "waiting", steps.c.kind == "welcome.mail"
    )
    return int(connection.execute(query).scalar_one())


def vouchers_open(connection: Connection, shop_id: int, now: datetime) -> int:
    """Return how many vouchers are with shoppers and still good."""
    query = sa.select(sa.func.count()).where(
        vouchers.c.shop_id == shop_id, vouchers.c.state == "issued", vouchers.c.ends_at > now
    )
    return int(connection.execute(query).scalar_one())
