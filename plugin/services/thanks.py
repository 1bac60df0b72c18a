"""What somebody gets who has ordered before, where others get the voucher: never a discount."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urljoin

from sqlalchemy.engine import Connection

from plugin.model import Order, Shop
from plugin.services.context import Context
from plugin.services.wording import Voice, merchant_text
from plugin.store import thanks as store


@dataclass(frozen=True)
class Thanked:
    """The thanks in words; `link` is where a button leads, None without one."""

    text: str
    button: str
    link: str | None

    def values(self) -> dict[str, str]:
        """Return what a mail says of it."""
        return {"thanks": self.text, "thanks_button": self.button, "thanks_link": self.link or ""}


def thanks_of(shop: Shop, settings: Mapping[str, Any], language: str) -> Thanked | None:
    """Return what the settings of a campaign version give, None for the plain thanks alone."""
    told = _told(settings)
    what = merchant_text(told.get("what"), language)
    if told.get("kind", "plain") == "plain" or not what:
        return None
    voice = Voice("thanks", shop, language)
    url = str(told.get("url") or "") if told["kind"] != "gift" else ""
    link = urljoin(f"{shop.storefront_url.rstrip('/')}/", url) if url else None
    return Thanked(voice.say(told["kind"], what=what), voice.say("button"), link)


def promise(
    connection: Connection,
    context: Context,
    shop: Shop,
    identity: str,
    settings: Mapping[str, Any],
) -> None:
    """Write down the gift that somebody is told of, so that the merchant can keep the promise."""
    told = _told(settings)
    what = merchant_text(told.get("what"), shop.languages[0])
    if told.get("kind") == "gift" and what:
        store.add_gift(connection, shop.id, identity, what, context.now())


def due_with(connection: Connection, shop: Shop, order: Order, identity: str | None) -> None:
    """Note that an order is the one that a promised gift goes with, or is so no longer."""
    if order.cancelled_at is not None:
        store.take_off(connection, shop.id, order.id)
    elif identity is not None:
        store.put_on(connection, shop.id, identity, order.id, order.created_at)


def _told(settings: Mapping[str, Any]) -> Mapping[str, Any]:
    return (settings.get("voucher") or {}).get("thanks") or {}
