"""A real mail server on loopback that takes, refuses, or breaks off as a test tells it."""

from __future__ import annotations

import asyncio
import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email import message_from_bytes, policy
from email.message import EmailMessage
from typing import Any, cast

from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session


@dataclass
class Received:
    """One mail as it came over the wire."""

    sender: str
    recipients: list[str]
    raw: bytes
    tls: bool

    @property
    def message(self) -> EmailMessage:
        return cast(EmailMessage, message_from_bytes(self.raw, policy=policy.default))


@dataclass
class MailServer:
    """What the server took, and how it answers: per command an answer, or "drop"."""

    port: int = 0
    received: list[Received] = field(default_factory=list)
    answers: dict[str, str] = field(default_factory=dict)

    async def handle_MAIL(  # noqa: N802
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        envelope.mail_from = address
        envelope.mail_options.extend(options)
        return self.answers.get("MAIL", "250 OK")

    async def handle_RCPT(  # noqa: N802
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        answer = self.answers.get("RCPT", "250 OK")
        if answer.startswith("250"):
            envelope.rcpt_tos.append(address)
        return answer

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802
        answer = self.answers.get("DATA", "250 OK")
        if answer in ("drop", "take and drop"):
            if answer == "take and drop":
                self._keep(session, envelope)
            cast(Any, server).transport.abort()
            await asyncio.sleep(0)
            return "421 gone"
        if answer.startswith("250"):
            self._keep(session, envelope)
        return answer

    def _keep(self, session: Session, envelope: Envelope) -> None:
        self.received.append(
            Received(
                sender=str(envelope.mail_from),
                recipients=[str(name) for name in envelope.rcpt_tos],
                raw=cast(bytes, envelope.original_content),
                tls=session.ssl is not None,
            )
        )


def _login(
    server: SMTP, session: Session, envelope: Envelope, mechanism: str, data: Any
) -> AuthResult:
    good = isinstance(data, LoginPassword) and data == LoginPassword(b"bleib", b"right")
    return AuthResult(success=good, handled=False)


@contextmanager
def mail_server(
    *,
    tls: ssl.SSLContext | None = None,
    implicit: bool = False,
    login: bool = False,
    utf8: bool = False,
) -> Iterator[MailServer]:
    """Run a server until the block ends: plain, with STARTTLS, or with TLS from the start."""
    handler = MailServer()
    options: dict[str, Any] = {"data_size_limit": 2**20, "enable_SMTPUTF8": utf8}
    if tls is not None and not implicit:
        options |= {"tls_context": tls, "require_starttls": True}
    if login:
        options |= {"authenticator": _login, "auth_required": True, "auth_require_tls": True}
    loop = asyncio.new_event_loop()
    listening = loop.run_until_complete(
        loop.create_server(
            lambda: SMTP(handler, loop=loop, **options),
            "127.0.0.1",
            0,
            ssl=tls if implicit else None,
        )
    )
    handler.port = listening.sockets[0].getsockname()[1]
    thread = threading.Thread(target=loop.run_forever)
    thread.start()
    try:
        yield handler
    finally:
        loop.call_soon_threadsafe(loop.stop)
        thread.join()
        _close(loop, listening)


def _close(loop: asyncio.AbstractEventLoop, listening: asyncio.Server) -> None:
    async def end() -> None:
        listening.close()
        open_calls = [task for task in asyncio.all_tasks() if task is not asyncio.current_task()]
        for task in open_calls:
            task.cancel()
        await asyncio.gather(*open_calls, return_exceptions=True)
        await asyncio.sleep(0)  # transports close in the turn after their connection ends

    loop.run_until_complete(end())
    loop.close()
