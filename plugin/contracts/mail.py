"""What sends a finished mail."""

from __future__ import annotations

from email.message import EmailMessage
from typing import Protocol


class MailTransport(Protocol):
    """Hands one message to a mail server."""

    def send(self, message: EmailMessage, envelope_from: str, recipient: str) -> None:
        """Return after the server took the message (250).

        Raises plugin.errors.UnavailableError("mail_deferred") for what may pass later,
        GiveUpError("mail_rejected") for a permanent refusal, and
        PlatformError("mail_unknown") where the server may or may not have taken it.
        """
