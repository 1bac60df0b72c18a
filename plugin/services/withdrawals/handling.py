"""What the merchant does with declarations: sees them, settles them, takes them out as a table."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from zoneinfo import ZoneInfo

from plugin.contracts.platform import ForwardsPages
from plugin.errors import NotFoundError
from plugin.manifest import load_manifest
from plugin.model import Shop
from plugin.services import csv_tables
from plugin.services.context import Context
from plugin.services.csv_reading import Column, as_text
from plugin.services.withdrawals.receipts import declared
from plugin.services.withdrawals.standing import Standing, standing_of
from plugin.store import order_pages
from plugin.store import withdrawals as store
from plugin.store.withdrawals import Withdrawal

SHOWN = 200
_MOST = 20_000


@dataclass(frozen=True)
class Line:
    """One declaration as the merchant reads it; name, address and words "" once forgotten."""

    id: int
    reference: str
    kind: str
    standing: Standing
    declared_at: datetime
    period_ends: date | None
    order: str
    name: str
    email: str
    items: tuple[tuple[str, int], ...]
    wording: str
    handled_at: datetime | None


def listed(context: Context, shop: Shop, *, handled: bool) -> list[Line]:
    """Return the newest settled declarations, or all that wait, the newest first."""
    with context.db.read() as connection:
        rows = store.newest(connection, shop.id, SHOWN, handled=handled)
    return [_line(context, shop, row) for row in rows]


def form_address(context: Context, shop: Shop) -> str:
    """Return where the form stands for those without a link: in the shop itself where it can."""
    entry = load_manifest().platforms.get(shop.platform)
    if entry is None or context.maybe(shop, ForwardsPages) is None:
        return context.url(f"/w/{shop.key}")
    base = shop.storefront_url.rstrip("/")
    return f"{base}/{entry.proxy_prefix}/{entry.proxy_subpath}/withdrawal"


def count_open(context: Context, shop: Shop) -> int:
    """Return how many declarations wait for the merchant."""
    with context.db.read() as connection:
        return store.count_open(connection, shop.id)


def settle(context: Context, shop: Shop, withdrawal_id: int, *, handled: bool) -> None:
    """Mark a declaration as settled, which lets advertising go on, or as open again.

    NotFoundError("not_found") if it is none of this shop.
    """
    with context.db.write() as connection:
        at = context.now() if handled else None
        if not store.settle(connection, shop.id, withdrawal_id, at):
            raise NotFoundError("not_found")
        row = store.by_id(connection, shop.id, withdrawal_id)
        if row is not None and row.order_id is not None:
            order_pages.touch_order(connection, shop.id, row.order_id)


def file_of(context: Context, shop: Shop, language: str) -> str:
    """Return all declarations as a table, the newest first."""
    with context.db.read() as connection:
        rows = store.newest(connection, shop.id, _MOST)
    cells = (_cells(_line(context, shop, row), shop) for row in rows)
    return csv_tables.written(_COLUMNS, cells, language)


def _line(context: Context, shop: Shop, row: Withdrawal) -> Line:
    told = declared(context, row)
    return Line(
        id=row.id,
        reference=row.reference,
        kind=row.kind,
        standing=standing_of(row, shop),
        declared_at=row.declared_at,
        period_ends=row.period_ends,
        order=told.get("order", ""),
        name=told.get("name", ""),
        email=told.get("email", ""),
        items=tuple((title, number) for title, number in told.get("items", ())),
        wording=told.get("wording", ""),
        handled_at=row.handled_at,
    )


_COLUMNS = (
    Column("reference", "Vorgang", "Reference", as_text),
    Column("declared_at", "Eingegangen", "Received", as_text),
    Column("kind", "Art", "Kind", as_text),
    Column("standing", "Stand", "Standing", as_text),
    Column("period_ends", "Frist bis", "Period until", as_text),
    Column("order", "Bestellung", "Order", as_text),
    Column("name", "Name", "Name", as_text),
    Column("email", "E-Mail", "Email", as_text),
    Column("items", "Artikel", "Items", as_text),
    Column("wording", "Erklärung", "Declaration", as_text),
    Column("handled_at", "Erledigt", "Settled", as_text),
)


def _cells(line: Line, shop: Shop) -> list[str]:
    zone = ZoneInfo(shop.zone)

    def moment(at: datetime | None) -> str:
        return "" if at is None else at.astimezone(zone).strftime("%Y-%m-%d %H:%M:%S")

    return [
        line.reference,
        moment(line.declared_at),
        line.kind,
        line.standing,
        "" if line.period_ends is None else line.period_ends.isoformat(),
        line.order,
        line.name,
        line.email,
        ", ".join(f"{number} × {title}" for title, number in line.items),
        line.wording,
        moment(line.handled_at),
    ]
