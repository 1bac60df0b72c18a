"""What a merchant sees of the mails about an order before anybody gets one."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any, Literal

from plugin.model import Shop
from plugin.services.context import Context
from plugin.services.mails.layout import lay_out
from plugin.services.mails.letter import Letter
from plugin.services.mails.parcel_letters import LETTERS
from plugin.services.mails.templates import wear_of
from plugin.services.wording import Voice
from plugin.store import order_pages, parcels


def letter(context: Context, shop: Shop, kind: str, language: str) -> Letter:
    """Return one mail as it would go out for an order like the last one; it ends nothing."""
    found = LETTERS[kind](Voice("mail", shop, language), shop, _values(context, shop))
    quiet = found.unsubscribe.label if found.unsubscribe else ""
    why = (found.why or "").replace("{unsubscribe}", quiet)
    return replace(found, why=why, unsubscribe=None)


def html(
    context: Context, shop: Shop, kind: str, language: str, *, light: Literal["light", "dark"]
) -> str:
    """Return the same laid out in the shop's look, by day or by night."""
    with context.db.read() as connection:
        wear = wear_of(connection, shop)
    voice = Voice("mail", shop, language)
    return lay_out(letter(context, shop, kind, language), shop, voice, *wear, light=light).html


def _values(context: Context, shop: Shop) -> dict[str, Any]:
    now = context.now()
    today = now.date()
    with context.db.read() as connection:
        order = order_pages.newest_order(connection, shop.id)
        items = [] if order is None else parcels.items_of(connection, shop.id, order.order_id)
    return {
        "order": order.number if order is not None and order.number else "#1001",
        "link": shop.storefront_url,
        "withdraw": shop.storefront_url,
        "unsubscribe": shop.storefront_url,
        "items": [{"title": item.title, "quantity": item.quantity} for item in items[:4]],
        "carrier": "DHL",
        "number": "00340434161094000001",
        "expected_on": (today + timedelta(days=2)).isoformat(),
        "promised_on": (today - timedelta(days=1)).isoformat(),
        "search_on": (today + timedelta(days=4)).isoformat(),
        "delivered_at": now.isoformat(),
        "reason": "late",
    }
