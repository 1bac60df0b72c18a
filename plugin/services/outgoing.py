"""One mail on its way out: claimed, checked against who is not written to, and put together."""

from __future__ import annotations

import json
from dataclasses import dataclass, replace
from email.message import EmailMessage
from typing import Any

from sqlalchemy.engine import Connection

from plugin.model import Shop
from plugin.services import suppression, unsubscribing
from plugin.services.context import Context
from plugin.services.mail_counting import Following, may_follow
from plugin.services.mails.kinds import KINDS
from plugin.services.mails.message import compose
from plugin.services.mails.templates import Template, template_of
from plugin.services.senders import Sender, sender_of
from plugin.services.stopped import hold
from plugin.store import outbox as store
from plugin.store import subscribers
from plugin.store.outbox import QueuedMail
from plugin.store.shops import shop_by_id

#: How often a mail goes out again after a crash: one that loses its worker each time must end.
_MOST_RESENDS = 5


@dataclass(frozen=True)
class Job:
    """A mail that is claimed, with all that has to be known to send it."""

    shop: Shop
    mail: QueuedMail
    sender: Sender
    template: Template
    links: dict[str, str]
    followed: bool


def claim(context: Context, shop_id: int, mail_id: int) -> Job | None:
    """Take a mail for sending; None where it must not, or need not, go out."""
    with context.db.write() as connection:
        shop = shop_by_id(connection, shop_id)
        mail = store.mail_for_sending(connection, shop_id, mail_id)
        if shop is None or mail is None or mail.state not in ("queued", "sending"):
            return None
        if KINDS[mail.kind].mail_class == "marketing" and mail.state == "queued":
            hold(shop)
        reason = suppression.obstacle(connection, context, shop, mail.identity, mail.kind)
        changes = _next_state(mail, reason)
        followed = may_follow(connection, shop, mail.identity, mail.kind)
        store.update_mail(connection, shop_id, mail_id, followed=followed, **changes)
        if changes["state"] != "sending":
            forget(connection, mail)
            return None
        return Job(
            shop,
            replace(mail, **changes),
            sender_of(connection, context, shop),
            template_of(connection, shop, mail.kind, mail.language),
            _links(connection, context, mail),
            followed,
        )


def _links(connection: Connection, context: Context, mail: QueuedMail) -> dict[str, str]:
    """Return the ways out of advertising, which every such mail has."""
    if KINDS[mail.kind].mail_class != "marketing" or mail.identity is None:
        return {}
    person = subscribers.subscriber_by_identity(connection, mail.shop_id, mail.identity)
    if person is None:
        return {}
    return {
        "unsubscribe": unsubscribing.unsubscribe_link(context, person),
        "preferences": unsubscribing.preferences_link(context, person),
    }


def _next_state(mail: QueuedMail, reason: str | None) -> dict[str, Any]:
    if mail.recipient_sealed is None or mail.values_sealed is None:
        return {"state": "cancelled"}  # the person was erased meanwhile
    if reason is not None:
        # One that was being sent may have gone out already.
        gone = mail.state == "sending"
        return {"state": "unknown" if gone else "suppressed", "error": reason}
    claim = {"state": "sending", "attempts": mail.attempts + 1}
    if mail.state == "queued":
        return claim
    if KINDS[mail.kind].resend and mail.resent < _MOST_RESENDS:
        return claim | {"resent": mail.resent + 1}
    return {"state": "unknown", "error": "mail_unknown"}


def put_together(context: Context, job: Job, recipient: str) -> EmailMessage:
    """Return the message as it goes to the server, signed where the shop's domain wants it."""
    shop, mail, sender = job.shop, job.mail, job.sender
    values = json.loads(context.keys.unseal(shop.id, "mail", mail.values_sealed or ""))
    message = compose(
        mail.kind,
        shop,
        mail.language,
        values | job.links,
        recipient=recipient,
        sender=sender.address,
        message_id=mail.message_id,
        at=context.now(),
        template=job.template,
        name=sender.name,
        # Of a message that is passed on: who wrote it.
        reply_to=values.get("reply_to") or sender.reply_to,
        follow=Following(context, shop, mail) if job.followed else None,
    )
    if sender.sign is not None:
        sender.sign(message)
    return message


def forget(connection: Connection, mail: QueuedMail) -> bool:
    """Empty a mail of a kind that leaves nothing; tells whether it is of such a kind."""
    forgotten = KINDS[mail.kind].forgotten
    if forgotten:
        store.forget(connection, mail.shop_id, mail.key)
    return forgotten
