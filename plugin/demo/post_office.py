"""The mailbox's back door: an SMTP server on loopback that keeps every mail it is given."""

from __future__ import annotations

import email
import email.policy
from datetime import UTC, datetime
from email.message import EmailMessage

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session

from plugin.demo.shop import Shop

CLASSES = ("confirmation", "service", "marketing")


def parsed_mail(raw: bytes) -> EmailMessage:
    """Return a stored mail as a message object."""
    message = email.message_from_bytes(raw, policy=email.policy.default)
    if not isinstance(message, EmailMessage):
        raise TypeError("the default policy makes EmailMessage")
    return message


def keep(
    shop: Shop, sender: str, recipients: list[str], raw: bytes, *, at: datetime | None = None
) -> None:
    """Store one mail for each of its recipients; `at` is when it came, now unless told."""
    message = parsed_mail(raw)
    declared = str(message.get("X-Bleib-Class", "")).strip().lower()
    kind = declared if declared in CLASSES else ""
    now = (at or datetime.now(UTC)).isoformat(timespec="seconds")
    subject = str(message.get("Subject", ""))
    with shop.db.write() as connection:
        for recipient in recipients:
            connection.execute(
                "INSERT INTO mails (received_at, sender, recipient, subject, class, raw) "
                "VALUES (?, ?, ?, ?, ?, ?)",
                (now, sender, recipient, subject, kind, raw),
            )
    shop.note(f"Bleib → SMTP „{subject}“", "250", ", ".join(recipients))


class _Handler:
    """Takes every mail, for whomever."""

    def __init__(self, shop: Shop) -> None:
        self._shop = shop

    async def handle_DATA(  # noqa: N802 - the library's name
        self, _server: SMTP, _session: Session, envelope: Envelope
    ) -> str:
        """Keep the mail and say so."""
        raw = envelope.original_content or b""
        keep(self._shop, envelope.mail_from or "", list(envelope.rcpt_tos), raw)
        return "250 kept in the demo mailbox"


def post_office(shop: Shop) -> Controller:
    """Return the SMTP server, not yet started; it listens on 127.0.0.1 only."""
    return Controller(
        _Handler(shop), hostname="127.0.0.1", port=shop.settings.smtp_port, ready_timeout=10
    )
