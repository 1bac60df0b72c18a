"""The address that an undeliverable mail comes back to: it says which one, and cannot be made up.

`bounces+<shop>-<mail>-<mark>@mail.example`. Servers may change the case of it, so it is written
without; only who got the mail knows its mark.
"""

from __future__ import annotations

import hmac
import re

from plugin.services.context import Context

_MARKED = re.compile(r"\+([0-9a-f]{1,8})-([0-9a-f]{1,8})-([0-9a-f]{20})@", re.IGNORECASE)
#: No longer text is looked through for a mark.
_LONGEST = 1000


def return_path(context: Context, shop_id: int, mail_id: int) -> str:
    """Return the envelope sender of a mail."""
    address = context.config.mail_bounces
    if not address:
        return context.config.mail_from
    local, _, domain = address.rpartition("@")
    mark = _mark(context, shop_id, mail_id)
    return f"{local}+{shop_id:x}-{mail_id:x}-{mark}@{domain}"


def mail_of(context: Context, text: str) -> tuple[int, int] | None:
    """Return (shop, mail) of the first genuine return path in a text, None if there is none."""
    for found in _MARKED.finditer(text[:_LONGEST]):
        shop_id, mail_id = int(found[1], 16), int(found[2], 16)
        if hmac.compare_digest(found[3].lower(), _mark(context, shop_id, mail_id)):
            return shop_id, mail_id
    return None


def _mark(context: Context, shop_id: int, mail_id: int) -> str:
    return context.keys.check_value(shop_id, "return_path", str(mail_id))[:20]
