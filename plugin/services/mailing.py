"""The mail outbox: queued in the business transaction, sent by a step, never lost in silence.

`queued → sending` is committed before the mail server is spoken to and `sent` after it took the
mail. A mail found in `sending` belonged to a worker that died, so nobody knows whether it went
out: its kind says whether it goes out again under the same Message-ID or stays `unknown`.
"""

from __future__ import annotations

import json
import time
from collections.abc import Callable
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
from plugin.services import evidence, insight, steps, suppression
from plugin.services.context import Context
from plugin.services.delivery_reports import is_final
from plugin.services.evidence_wording import mail_wording
from plugin.services.identity import identity_of
from plugin.services.mails.kinds import KINDS
from plugin.services.outgoing import Job, claim, forget, put_together
from plugin.services.return_path import return_path
from plugin.services.steps import Handler, Step
from plugin.store import outbox as store
from plugin.store import subscribers
from plugin.store.outbox import QueuedMail

#: A mail without a living step after this time has lost it and gets another one.
_STRANDED_AFTER = timedelta(minutes=15)
#: Seconds between two tries to write down that a mail is out.
_PAUSES = (0.1, 0.5, 1.0, 2.0, 5.0)
_log = structlog.get_logger("mail")


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
    job = claim(context, step.shop_id, step.payload["mail"])
    if job is None:
        return
    mail = job.mail
    try:
        recipient, message = _written(context, job)
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


def _written(context: Context, job: Job) -> tuple[str, EmailMessage]:
    mail = job.mail
    try:
        sealed = mail.recipient_sealed or ""
        recipient = deliverable(context.keys.unseal(mail.shop_id, "mail", sealed))
        return recipient, put_together(context, job, recipient)
    except GiveUpError:
        raise
    except Exception:
        # Whatever it was: no server has seen the mail, and the next try must know that.
        _settle(context, mail, "queued", "mail_not_written")
        raise


def _insist(note: Callable[[], None]) -> None:
    """Write down what has happened, also past a busy database: forgotten, it would happen again."""
    for pause in _PAUSES:
        try:
            return note()
        except UnavailableError:
            time.sleep(pause)
    return note()


def recover(context: Context, step: Step) -> None:
    """Give mails that wait without any step a new one (step `mail.recover`, regularly)."""
    with context.db.write() as connection:
        before = context.now() - _STRANDED_AFTER
        for mail_id in store.stranded(connection, step.shop_id, before):
            key = f"mail:{mail_id}:{step.key}"
            steps.enqueue(
                connection, context, step.shop_id, "mail.send", {"mail": mail_id}, key=key
            )


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
            forget(connection, mail)
    if state == "unknown":
        _log.warning("mail_unknown", mail=mail.id, kind=mail.kind, shop=mail.shop_id)


def _refused(context: Context, shop: Shop, mail: QueuedMail, error: GiveUpError) -> None:
    with context.db.write() as connection:
        store.update_mail(connection, mail.shop_id, mail.id, state="refused", error=error.code)
        if isinstance(error, RecipientRefusedError) and mail.identity is not None:
            kind: Literal["hard", "soft"] = "hard" if is_final(error.said) else "soft"
            suppression.bounced(connection, context, mail.shop_id, mail.identity, kind, error.said)
        forget(connection, mail)
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
        if forget(connection, mail) or mail.identity is None:
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
