"""Each order that carried one of our codes, and whether the code was meant for it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from plugin.store.db import Amount, Utc, metadata, shop_column
from plugin.store.orders import orders
from plugin.store.vouchers import vouchers
from plugin.store.writing import Row, upsert

voucher_uses = sa.Table(
    "voucher_uses",
    metadata,
    shop_column(primary_key=True),
    sa.Column("voucher_id", sa.Integer, primary_key=True),
    # Renamed with its order when a person is erased (store/personal.py).
    sa.Column("order_id", sa.String(80), primary_key=True),
    # first_order, earlier_order (who placed it had ordered before), second_use (of the same code)
    sa.Column("finding", sa.String(20), nullable=False),
    # Whether the one it was made for placed the order: owner, other, unknown
    sa.Column("used_by", sa.String(10), nullable=False),
    sa.Column("total", Amount, nullable=False),
    sa.Column("discount", Amount, nullable=False),
    sa.Column("currency", sa.String(3), nullable=False),
    sa.Column("placed_at", Utc, nullable=False),
    sa.Column("cancelled_at", Utc),
    # The few that stand out are found among the many that do not.
    sa.Index("ix_voucher_uses_finding", "shop_id", "finding", "placed_at"),
)
#: What uses can be listed by: their columns, the first lines as the name says.
ORDERS = {
    "newest": voucher_uses.c.placed_at.desc(),
    "oldest": voucher_uses.c.placed_at,
    "highest": voucher_uses.c.discount.desc(),
    "lowest": voucher_uses.c.discount,
}


@dataclass(frozen=True)
class Use:
    """One use of a code, with the number that the merchant knows the order by, "" once erased."""

    code: str
    number: str
    finding: str
    used_by: str
    total: Decimal
    discount: Decimal
    currency: str
    placed_at: datetime
    cancelled_at: datetime | None


def put_use(connection: Connection, shop_id: int, row: Row) -> None:
    """Write down a use, or what became of its order since."""
    upsert(connection, voucher_uses, [{"shop_id": shop_id, **row}])


def findings(connection: Connection, shop_id: int, since: datetime) -> dict[tuple[str, str], int]:
    """Count the uses of orders that stand, by (finding, used_by)."""
    query = (
        sa.select(voucher_uses.c.finding, voucher_uses.c.used_by, sa.func.count().label("n"))
        .where(
            voucher_uses.c.shop_id == shop_id,
            voucher_uses.c.placed_at >= since,
            voucher_uses.c.cancelled_at.is_(None),
        )
        .group_by(voucher_uses.c.finding, voucher_uses.c.used_by)
    )
    return {(row.finding, row.used_by): row.n for row in connection.execute(query)}


def first_uses(
    connection: Connection, shop_id: int, wanted: Sequence[str], order: str, limit: int
) -> list[Use]:
    """Return the first uses with these findings, in one of the `ORDERS`."""
    query = (
        sa.select(
            vouchers.c.code,
            sa.func.coalesce(orders.c.number, "").label("number"),
            *(voucher_uses.c[name] for name in Use.__dataclass_fields__ if name not in _JOINED),
        )
        .join(
            vouchers,
            sa.and_(
                vouchers.c.shop_id == voucher_uses.c.shop_id,
                vouchers.c.id == voucher_uses.c.voucher_id,
            ),
        )
        .outerjoin(
            orders,
            sa.and_(
                orders.c.shop_id == voucher_uses.c.shop_id,
                orders.c.order_id == voucher_uses.c.order_id,
            ),
        )
        .where(voucher_uses.c.shop_id == shop_id, voucher_uses.c.finding.in_(wanted))
        .order_by(ORDERS[order], voucher_uses.c.order_id)
        .limit(limit)
    )
    return [Use(**row._mapping) for row in connection.execute(query)]


_JOINED = ("code", "number")
