"""Mails that came back and complaints: found by the return path, counted once for each mail."""

from __future__ import annotations

from typing import Literal

import structlog
from sqlalchemy.engine import Connection

from plugin.services import delivery_reports, suppression, unsubscribing
from plugin.services.context import Context
from plugin.services.delivery_reports import Report
from plugin.services.return_path import mail_of
from plugin.store import mail_fates, outbox, subscribers
from plugin.store.shops import shop_by_id

Noted = Literal["noted", "known", "unknown", "no_report"]
Outcome = Literal["hard", "soft", "complaint", "delivered"]
#: A later report counts only if it says more than an earlier one.
_RANK = {None: 0, "delivered": 1, "soft": 2, "hard": 3, "complaint": 4}
_log = structlog.get_logger("bounces")


def receive(context: Context, raw: bytes, came_to: str = "") -> Noted:
    """Take in what a mail server sent back, as raw bytes.

    `came_to` is the envelope's recipient where the server tells it. A report belongs to a mail by
    its signed return path, else by the Message-ID of the mail that it returns; "unknown" if by
    neither, "no_report" for every other mail. The same report twice is counted once.
    """
    report = delivery_reports.read(raw)
    if report.verdict == "other":
        return "no_report"
    found = _mail_of(context, report, came_to)
    if found is None:
        return "unknown"
    return note(context, *found, report.verdict, report.status)


def note(context: Context, shop_id: int, mail_id: int, outcome: Outcome, status: str) -> Noted:
    """Write down what became of a mail, and stop writing to whom it means."""
    with context.db.write() as connection:
        fate = mail_fates.fate_of(connection, shop_id, mail_id)
        if fate is None:
            return "unknown"
        if _RANK[outcome] <= _RANK.get(fate.outcome, 0):
            return "known"
        outbox.update_mail(connection, shop_id, mail_id, outcome=outcome)
        if outcome != "delivered" and fate.identity is not None:
            suppression.bounced(connection, context, shop_id, fate.identity, outcome, status)
        if outcome == "complaint" and fate.identity is not None:
            _leave(connection, context, shop_id, fate.identity)
    _log.info("mail_came_back", mail=mail_id, shop=shop_id, outcome=outcome, status=status)
    return "noted"


def mail_of_message(context: Context, message_id: str) -> tuple[int, int] | None:
    """Return (shop, mail) of a Message-ID of ours; only who got the mail knows it."""
    shop_id = outbox.shop_of_message_id(message_id)
    if shop_id is None:
        return None
    with context.db.read() as connection:
        mail_id = mail_fates.mail_of_message(connection, shop_id, message_id)
    return None if mail_id is None else (shop_id, mail_id)


def _mail_of(context: Context, report: Report, came_to: str) -> tuple[int, int] | None:
    for address in (came_to, *report.addresses):
        found = mail_of(context, address)
        if found is not None:
            return found
    return None if report.message_id is None else mail_of_message(context, report.message_id)


def _leave(connection: Connection, context: Context, shop_id: int, identity: str) -> None:
    """A complaint says more clearly than any button that somebody wants no more of it."""
    shop = shop_by_id(connection, shop_id)
    person = subscribers.subscriber_by_identity(connection, shop_id, identity)
    if shop is not None and person is not None:
        unsubscribing.end(connection, context, shop, person)
