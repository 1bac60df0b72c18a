"""What a shop's own programs are told of a withdrawal, made anew from its row."""

from __future__ import annotations

from typing import Any

from sqlalchemy.engine import Connection

from plugin.model import Shop
from plugin.services.context import Context
from plugin.services.withdrawals.receipts import declared
from plugin.services.withdrawals.standing import standing_of
from plugin.store import withdrawals as store


def told(
    connection: Connection, context: Context, shop: Shop, withdrawal_id: int
) -> dict[str, Any] | None:
    """Return a declaration as JSON, None once its time is over."""
    row = store.by_id(connection, shop.id, withdrawal_id)
    if row is None or row.declaration_sealed is None:
        return None
    said = declared(context, row)
    return {
        "reference": row.reference,
        "kind": row.kind,
        "standing": standing_of(row, shop),
        "declared_at": row.declared_at.isoformat(),
        "period_ends": None if row.period_ends is None else row.period_ends.isoformat(),
        "order": row.order_id,
        "order_number": said["order"],
        "name": said["name"],
        "email": said["email"],
        "items": [{"title": title, "quantity": number} for title, number in said["items"]],
        "wording": said["wording"],
    }
