"""The mail outbox: queued in the business transaction, sent by a step, never lost in silence.

`queued → sending` is committed before the mail server is spoken to and `sent` after it took the
mail. A mail found in `sending` belonged to a worker that died, so nobody knows whether it went
out: its kind says whether it goes out again under the same Message-ID or stays `unknown`.
"""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import timedelta
from email.message import EmailMessage
from typing import Any, Literal

import structlog
from email_validator import EmailNotValidError, validate_email
from sqlalchemy.engine import Connection

from plugin.contracts.mail import RecipientRefusedError
from plugin.errors import GiveUpError, PlatformError, UnavailableError
from plugin.model import Shop
from plugin.security import digest
from plugin.services import evidence, insight, steps, suppression, unsubscribing
from plugin.services.context import Context
from plugin.services.delivery_reports import is_final
from plugin.services.evidence_wording import mail_wording
from plugin.services.identity import identity_of
from plugin.services.mail_counting import Following, may_follow
from plugin.services.mails.kinds import KINDS
from plugin.services.mails.message import compose
from plugin.services.mails.templates import Template, template_of
from plugin.services.return_path import return_path
from plugin.services.senders import Sender, sender_of
from plugin.services.steps import Handler, Step
from plugin.store import outbox as store
from plugin.store import subscribers
from plugin.store.outbox import QueuedMail
from plugin.store.shops import shop_by_id

#: A mail without a living step after this time has lost it and gets another one.
_STRANDED_AFTER = timedelta(minutes=15)
#: How often a mail goes out again after a crash: one that loses its worker each time must end.
_MOST_RESENDS = 5
#: Seconds between two tries to write down that a mail is out.
_PAUSES = (0.1, 0.5, 1.0, 2.0, 5.0)
_log = structlog.get_logger("mail")


@dataclass(frozen=True)
class _Job:
    """A mail that is claimed, with all that has to be known to send it."""

    shop: Shop
    mail: QueuedMail
    sender: Sender
    template: Template
    links: dict[str, str]
    followed: bool


def queue(
    connection: Connection,
    context: Context,
    shop: Shop,
    kind: str,
    key: str,
    recipient: str,
    language: str,
    values: dict[str, Any],
) -> None:
    """Put a mail into the outbox within the caller's transaction.

    `key` is unique in the shop: queuing the same mail again does nothing. `values` are those that
    the builder of the kind names (services/mails/kinds.py).
    """
    if kind not in KINDS:
        raise ValueError(f"unknown kind of mail: {kind}")
    domain = context.config.mail_from.rpartition("@")[2]
    mail_id = store.insert_mail(
        connection,
        shop.id,
        {
            "kind": kind,
            "key": key,
            "message_id": store.new_message_id(shop.id, domain),
            "identity": identity_of(context.keys, shop.id, recipient),
            "recipient_sealed": context.keys.seal(shop.id, "mail", recipient),
            "values_sealed": context.keys.seal(shop.id, "mail", json.dumps(values)),
            "language": language,
            "queued_at": context.now(),
        },
    )
    if mail_id is not None:
        steps.enqueue(
            connection, context, shop.id, "mail.send", {"mail": mail_id}, key=f"mail:{mail_id}"
        )


def send(context: Context, step: Step) -> None:
    """Send one mail of the outbox (step `mail.send`)."""
    job = _claim(context, step.shop_id, step.payload["mail"])
    if job is None:
        return
    mail = job.mail
    try:
        recipient = deliverable(
            context.keys.unseal(mail.shop_id, "mail", mail.recipient_sealed or "")
        )
        message = _compose(context, job, recipient)
        context.mail.send(message, return_path(context, mail.shop_id, mail.id), recipient)
    except UnavailableError as error:
        _settle(context, mail, "queued", error.code)
        raise
    except GiveUpError as error:
        _refused(context, job.shop, mail, error)
    except PlatformError as error:
        if not KINDS[mail.kind].resend or mail.resent:
            _settle(context, mail, "unknown", error.code)
            return
        raise  # stays in `sending`: the next attempt finds it there and sends it again
    else:
        _insist(lambda: _sent(context, job.shop, mail, message))


def _insist(note: Callable[[], None]) -> None:
    """Write down what has happened, also past a busy database: forgotten, it would happen again."""
    for pause in _PAUSES:
        try:
            return note()
        except UnavailableError:
            time.sleep(pause)
    return note()


def _compose(context: Context, job: _Job, recipient: str) -> EmailMessage:
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
        reply_to=sender.reply_to,
        follow=Following(context, shop, mail) if job.followed else None,
    )
    if sender.sign is not None:
        sender.sign(message)
    return message


def recover(context: Context, step: Step) -> None:
    """Give mails that wait without any step a new one (step `mail.recover`, regularly)."""
    with context.db.write() as connection:
        before = context.now() - _STRANDED_AFTER
        for mail_id in store.stranded(connection, step.shop_id, before):
            key = f"mail:{mail_id}:{step.key}"
            steps.enqueue(
                connection, context, step.shop_id, "mail.send", {"mail": mail_id}, key=key
            )


def _claim(context: Context, shop_id: int, mail_id: int) -> _Job | None:
    """Take a mail for sending; None where it must not, or need not, go out."""
    with context.db.write() as connection:
        shop = shop_by_id(connection, shop_id)
        mail = store.mail_for_sending(connection, shop_id, mail_id)
        if shop is None or mail is None or mail.state not in ("queued", "sending"):
            return None
        reason = suppression.obstacle(connection, context, shop, mail.identity, mail.kind)
        changes = _next_state(mail, reason)
        followed = may_follow(connection, shop, mail.identity, mail.kind)
        store.update_mail(connection, shop_id, mail_id, followed=followed, **changes)
        if changes["state"] != "sending":
            _forget(connection, mail)
            return None
        return _Job(
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


def deliverable(email: str) -> str:
    """Return an address as mail servers take it; GiveUpError("mail_rejected") for what is none."""
    # A domain with umlauts travels in its ASCII form, which every server understands.
    try:
        found = validate_email(email, check_deliverability=False, test_environment=True)
    except EmailNotValidError:
        raise GiveUpError("mail_rejected") from None
    return f"{found.ascii_local_part or found.local_part}@{found.ascii_domain}"


def _settle(
    context: Context, mail: QueuedMail, state: Literal["queued", "unknown"], error: str
) -> None:
    with context.db.write() as connection:
        store.update_mail(connection, mail.shop_id, mail.id, state=state, error=error)
        if state == "unknown":
            _forget(connection, mail)
    if state == "unknown":
        _log.warning("mail_unknown", mail=mail.id, kind=mail.kind, shop=mail.shop_id)


def _forget(connection: Connection, mail: QueuedMail) -> bool:
    """Empty a mail of a kind that leaves nothing; tells whether it is of such a kind."""
    forgotten = KINDS[mail.kind].forgotten
    if forgotten:
        store.forget(connection, mail.shop_id, mail.key)
    return forgotten


def _refused(context: Context, shop: Shop, mail: QueuedMail, error: GiveUpError) -> None:
    with context.db.write() as connection:
        store.update_mail(connection, mail.shop_id, mail.id, state="refused", error=error.code)
        if isinstance(error, RecipientRefusedError) and mail.identity is not None:
            kind: Literal["hard", "soft"] = "hard" if is_final(error.said) else "soft"
            suppression.bounced(connection, context, mail.shop_id, mail.identity, kind, error.said)
        _forget(connection, mail)
    insight.refuse(context, shop, error.code)
    _log.info("mail_refused", mail=mail.id, kind=mail.kind, shop=mail.shop_id)


def _sent(context: Context, shop: Shop, mail: QueuedMail, message: EmailMessage) -> None:
    now, body_hash = context.now(), digest(message.as_bytes())
    recipient = context.keys.unseal(shop.id, "mail", mail.recipient_sealed or "")
    with context.db.write() as connection:
        store.update_mail(
            connection,
            mail.shop_id,
            mail.id,
            state="sent",
            sent_at=now,
            body_hash=body_hash,
            error=None,
        )
        if _forget(connection, mail) or mail.identity is None:
            return
        person = subscribers.subscriber_by_identity(connection, mail.shop_id, mail.identity)
        if person is not None:
            subscribers.count_mail(connection, mail.shop_id, person.id, now)
        if mail.kind == "confirmation":
            evidence.record(
                connection,
                context,
                shop,
                identity=mail.identity,
                kind="mailed",
                email=recipient,
                wording=mail_wording(message, recipient),
                mail_hash=body_hash,
            )


HANDLERS: dict[str, Handler] = {"mail.send": send, "mail.recover": recover}
