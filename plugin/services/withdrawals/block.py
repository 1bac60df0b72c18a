"""The section "Vertrag widerrufen" of an order's page: there in every stage, without a login."""

from __future__ import annotations

from plugin.model import Shop
from plugin.services.context import Context
from plugin.services.parcels.blocks import Block
from plugin.services.parcels.status import OrderStatus
from plugin.services.withdrawals import settings as rules
from plugin.services.withdrawals.cases import period_by, today_in
from plugin.services.withdrawals.period import Period, has_right, region_of
from plugin.services.withdrawals.receipts import exact
from plugin.services.wording import Voice
from plugin.store import withdrawals as store
from plugin.store.parcels import FoundOrder
from plugin.store.withdrawals import Withdrawal


def block(
    context: Context,
    shop: Shop,
    order: FoundOrder,
    status: OrderStatus,
    *,
    language: str,
    page: str,
) -> Block | None:
    """Return the section, None for a cancelled order and where nothing can be declared any more.

    What is declared already is said with its time; more can be declared after it, of other items.
    `page` is the address of the order's page.
    """
    if order.cancelled_at is not None:
        return None
    with context.db.read() as connection:
        settings = rules.read(connection, shop.id)
        period = period_by(connection, shop, order, status, settings)
        earlier = store.of_order(connection, shop.id, order.order_id)
    kind = period.kind_on(today_in(context, shop))
    if kind is None and not earlier:
        return None
    voice = Voice("withdrawals", shop, language)
    lines = [_declared(voice, shop, row) for row in earlier[:3]]
    if kind is not None:
        lines.append(_until(voice, period, kind))
    return Block(
        key="withdrawal",
        title=voice.say("block.declared" if earlier else "block.title"),
        lines=tuple(lines),
        button=None if kind is None else (voice.say(f"{kind}.button"), f"{page}/withdrawal"),
    )


def _declared(voice: Voice, shop: Shop, row: Withdrawal) -> str:
    time = exact(row.declared_at, shop.zone)
    reference = row.reference.replace("-", "\u2011")  # kept on one line
    return voice.say(
        f"{row.kind}.came_in", day=voice.day(row.declared_at), time=time, reference=reference
    )


def _until(voice: Voice, period: Period, kind: str) -> str:
    days, until = period.days, period.ends
    if kind == "voluntary":
        days, until = period.voluntary_days, period.returns_until
    said = voice.say(f"{kind}.days", days=days)
    if until is None or period.received is None:
        return said
    received = voice.day(period.received)
    return f"{said} {voice.say('block.until', received=received, until=voice.day(until))}"


def is_declared(context: Context, shop: Shop, order_id: str) -> bool:
    """Tell whether a declaration about an order waits for the merchant: nobody sells meanwhile."""
    with context.db.read() as connection:
        return store.is_open(connection, shop.id, order_id)


def footer(
    context: Context, shop: Shop, language: str, *, page: str | None = None
) -> tuple[str, str]:
    """Return label and address for the foot of a hosted page; of an order's page its own form."""
    kind = "statutory" if has_right(region_of(shop)) else "voluntary"
    label = Voice("withdrawals", shop, language).say(f"{kind}.button")
    return label, f"{page}/withdrawal" if page else context.url(f"/w/{shop.key}")
