"""The address of an order's own page: 128 bits that nobody can guess and that name nobody."""

from __future__ import annotations

import base64
import re
from datetime import datetime, timedelta

from plugin.model import Shop
from plugin.security import Keyring, digest
from plugin.services.context import Context

#: So long after the last change of the order its link leads somewhere.
LIFETIME = timedelta(days=180)
_BYTES = 16
_TOKEN = re.compile(r"[\w-]{22}", re.ASCII)


def page_link(context: Context, shop: Shop, order_id: str) -> str:
    """Return the address of an order's status page, as it stands in mails."""
    return context.url("/s/" + token_of(context.keys, shop.id, order_id))


def lookup_page(context: Context, shop: Shop) -> str:
    """Return the address at which somebody without a link can look their order up."""
    return context.url(f"/t/{shop.key}")


def token_of(keys: Keyring, shop_id: int, order_id: str) -> str:
    """Return the token of an order's page: always the same one, and under our key alone.

    Made from the order's id, so that every mail has the same link and none has to be kept: the
    database holds its hash (`hash_of`), and whoever reads it can open no page.
    """
    whole = bytes.fromhex(keys.check_value(shop_id, "order_page", order_id))
    return base64.urlsafe_b64encode(whole[:_BYTES]).decode().rstrip("=")


def hash_of(token: str) -> str | None:
    """Return what the database knows a token by, None for what cannot be one."""
    return digest(token) if _TOKEN.fullmatch(token) else None


def is_over(changed_at: datetime | None, now: datetime) -> bool:
    """Tell whether the link of an order that changed last at `changed_at` has expired."""
    return changed_at is not None and now - changed_at > LIFETIME
