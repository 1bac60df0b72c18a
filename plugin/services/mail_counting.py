"""Counts how far mails were read: only with consent, and people told apart from machines.

A mail is followed if its person has allowed personalised content by the time it goes out, and what
comes in counts only as long as they still do. The plain text part always names the real addresses.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from html import escape, unescape
from typing import Literal
from urllib.parse import urlsplit

from sqlalchemy.engine import Connection

from plugin.errors import NotAllowedError
from plugin.model import Shop
from plugin.services.context import Context
from plugin.services.machine_opens import Fetch, is_machine
from plugin.services.mails.kinds import KINDS
from plugin.services.mails.layout import LaidOut
from plugin.store import mail_fates, outbox, subscribers
from plugin.store.outbox import QueuedMail

Seen = Literal["machine", "opened", "clicked"]

_RANK = {None: 0, "machine": 1, "opened": 2, "clicked": 3}
_LINK = re.compile(r'(<a\b[^>]*?\bhref=")(https?://[^"]{1,2000})(")', re.IGNORECASE)
#: Nobody is counted on the way to the law, or to the door.
_NEVER = ("/u/", "/c/")


def may_follow(connection: Connection, shop: Shop, identity: str | None, kind: str) -> bool:
    """Tell whether opening and clicking of a mail of this kind may be counted for a person."""
    if identity is None or KINDS[kind].mail_class != "marketing":
        return False
    person = subscribers.subscriber_by_identity(connection, shop.id, identity)
    return person is not None and "personalised" in person.purposes


@dataclass(frozen=True)
class Following:
    """Changes the links of one mail to ones that are counted, and adds a picture of one pixel."""

    context: Context
    shop: Shop
    mail: QueuedMail

    def __call__(self, parts: LaidOut) -> LaidOut:
        """Return the mail with its HTML part changed."""
        token = self.context.keys.sign("mail_open", [self.shop.id, self.mail.id])
        pixel = (
            f'<img src="{escape(self.context.url(f"/m/{token}.gif"))}" width="1" height="1" '
            'alt="" style="display:block;border:0;width:1px;height:1px">'
        )
        html = _LINK.sub(self._counted, parts.html)
        before, end, after = html.rpartition("</body>")
        return replace(parts, html=before + pixel + end + after if end else html + pixel)

    def _counted(self, found: re.Match[str]) -> str:
        target = unescape(found[2])
        path = urlsplit(target).path
        if target.startswith(self.context.config.public_url) and path.startswith(_NEVER):
            return found[0]
        if target in (self.shop.privacy_url, self.shop.imprint):
            return found[0]
        token = self.context.keys.sign("mail_click", [self.shop.id, self.mail.id, target])
        return f"{found[1]}{escape(self.context.url(f'/m/{token}'))}{found[3]}"


def opened(context: Context, token: str, fetch: Fetch) -> None:
    """Count that a mail's picture was fetched; says nothing about the token to anybody."""
    try:
        shop_id, mail_id = context.keys.unsign("mail_open", token)
    except (NotAllowedError, ValueError, TypeError):
        return
    _note(context, shop_id, mail_id, "opened", fetch)


def clicked(context: Context, token: str, fetch: Fetch) -> str:
    """Count that a link was followed and return where it leads, counted or not.

    NotAllowedError("link_invalid") for a token that we did not make: it leads nowhere.
    """
    try:
        shop_id, mail_id, target = context.keys.unsign("mail_click", token)
    except (ValueError, TypeError):
        raise NotAllowedError("link_invalid") from None
    _note(context, shop_id, mail_id, "clicked", fetch)
    return str(target)


def _note(context: Context, shop_id: int, mail_id: int, seen: Seen, fetch: Fetch) -> None:
    with context.db.write() as connection:
        fate = mail_fates.fate_of(connection, shop_id, mail_id)
        if fate is None or not fate.followed or fate.identity is None:
            return
        person = subscribers.subscriber_by_identity(connection, shop_id, fate.identity)
        if person is None or "personalised" not in person.purposes:
            return
        told = "machine" if is_machine(fetch, fate.sent_at, context.now()) else seen
        if _RANK[told] > _RANK.get(fate.seen, 0):
            outbox.update_mail(connection, shop_id, mail_id, seen=told)
