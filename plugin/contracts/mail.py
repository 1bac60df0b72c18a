"""What sends a finished mail, and what of it goes over the wire."""

from __future__ import annotations

import re
from email.generator import BytesGenerator
from email.message import EmailMessage
from io import BytesIO
from typing import Protocol

from plugin.errors import GiveUpError


class RecipientRefusedError(GiveUpError):
    """The server refused this one address for good; `said` holds its codes ("550 5.1.1")."""

    def __init__(self, said: str) -> None:
        super().__init__("mail_rejected")
        self.said = said


class MailTransport(Protocol):
    """Hands one message to a mail server."""

    def send(self, message: EmailMessage, envelope_from: str, recipient: str) -> None:
        """Return after the server took the message (250).

        Raises plugin.errors.UnavailableError("mail_deferred") for what may pass later,
        GiveUpError("mail_rejected") for a permanent refusal (RecipientRefusedError where it was
        the address that was refused), and PlatformError("mail_unknown") where the server may or
        may not have taken it.
        """


def wire_form(message: EmailMessage) -> bytes:
    """Return the message as the recipient's server gets it: every line ends in CRLF.

    Signatures are made over exactly this.
    """
    buffer = BytesIO()
    policy = message.policy.clone(linesep="\r\n", max_line_length=998)
    BytesGenerator(buffer, mangle_from_=False, policy=policy).flatten(message)
    lines = re.sub(rb"\r\n|\r|\n", b"\r\n", buffer.getvalue())
    return lines if lines.endswith(b"\r\n") else lines + b"\r\n"
