"""The section "Vertrag widerrufen" of an order's page: there in every stage, without a login."""

from __future__ import annotations

from plugin.model import Shop
from plugin.services.context import Context
from plugin.services.parcels.blocks import Block
from plugin.services.parcels.drawing import Drawing
from plugin.services.withdrawals.cases import day_in, period_by
from plugin.services.withdrawals.period import Period, has_right, region_of
from plugin.services.withdrawals.receipts import exact
from plugin.services.wording import Voice
from plugin.store.withdrawals import Withdrawal


def block(drawing: Drawing) -> Block | None:
    """Return the section, None for a cancelled order and where nothing can be declared any more.

    What is declared already is said with its time; more can be declared after it, of other items.
    """
    shop, order, earlier = drawing.shop, drawing.order, drawing.declared
    if order.cancelled_at is not None:
        return None
    period = period_by(shop, order, drawing.status, drawing.settings.withdrawal)
    kind = period.kind_on(day_in(shop, drawing.now))
    if kind is None and not earlier:
        return None
    voice = Voice("withdrawals", shop, drawing.language)
    lines = [_declared(voice, shop, row) for row in earlier[:3]]
    if kind is not None:
        lines.append(_until(voice, period, kind))
    address = f"{drawing.page}/withdrawal"
    return Block(
        key="withdrawal",
        title=voice.say("block.declared" if earlier else "block.title"),
        lines=tuple(lines),
        button=None if kind is None else (voice.say(f"{kind}.button"), address),
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


def footer(
    context: Context, shop: Shop, language: str, *, page: str | None = None
) -> tuple[str, str]:
    """Return label and address for the foot of a hosted page; of an order's page its own form."""
    kind = "statutory" if has_right(region_of(shop)) else "voluntary"
    label = Voice("withdrawals", shop, language).say(f"{kind}.button")
    return label, f"{page}/withdrawal" if page else context.url(f"/w/{shop.key}")
