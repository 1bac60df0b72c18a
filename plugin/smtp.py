"""The edge to the mail server: one connection for a message, and the truth of what became of it."""

from __future__ import annotations

import re
import smtplib
import ssl
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from email.message import EmailMessage

from plugin.config import Config
from plugin.contracts.mail import RecipientRefusedError, wire_form
from plugin.errors import BleibError, GiveUpError, PlatformError, UnavailableError

#: Seconds that any one answer of the server may take.
STEP_SECONDS = 20.0
#: Seconds for the answer after the message: servers check content before they take it.
ACCEPT_SECONDS = 60.0
#: Seconds for the farewell.
GOODBYE_SECONDS = 2.0


class SmtpTransport:
    """Sends by the configured server; see contracts/mail.py for what `send` promises.

    `tls` replaces the system's trust in certificates (private authorities, tests).
    """

    def __init__(self, config: Config, tls: ssl.SSLContext | None = None) -> None:
        self._config = config
        self._tls = tls or ssl.create_default_context()

    def send(self, message: EmailMessage, envelope_from: str, recipient: str) -> None:
        """Return after the server took the message.

        Refusals of the recipient or the content are final. Trouble with connection, encryption,
        login or sender is ours or passing, so it is worth another try: UnavailableError. A
        connection lost between the end of the message and the answer: PlatformError
        ("mail_unknown").
        """
        with self._connection() as server:
            with _before_the_message():
                options = _options(server, envelope_from, recipient)
                _expect(server.mail(envelope_from, options), final=False)
                _expect_recipient(server.rcpt(recipient))
                _expect(server.docmd("DATA"), final=True, wanted=354)
                # A connection lost in here has not carried the closing dot.
                server.send(wire_bytes(message))
            _expect(_answer(server), final=True)

    @contextmanager
    def _connection(self) -> Iterator[smtplib.SMTP]:
        with _before_the_message():
            server = self._connect()
        try:
            with _before_the_message():
                self._prepare(server)
            yield server
            _say_goodbye(server)
        finally:
            server.close()

    def _connect(self) -> smtplib.SMTP:
        config = self._config
        if config.smtp_security == "tls":
            return smtplib.SMTP_SSL(
                config.smtp_host, config.smtp_port, timeout=STEP_SECONDS, context=self._tls
            )
        return smtplib.SMTP(config.smtp_host, config.smtp_port, timeout=STEP_SECONDS)

    def _prepare(self, server: smtplib.SMTP) -> None:
        config = self._config
        server.ehlo_or_helo_if_needed()
        if config.smtp_security == "starttls":
            # Raises where the server does not offer it: nothing is ever sent in the clear.
            server.starttls(context=self._tls)
            server.ehlo()
        if config.smtp_user:
            server.login(config.smtp_user, config.smtp_password.get_secret_value())


def _say_goodbye(server: smtplib.SMTP) -> None:
    # The mail is taken; whatever happens to the farewell changes nothing about that.
    with suppress(OSError, smtplib.SMTPException):
        if server.sock is not None:
            server.sock.settimeout(GOODBYE_SECONDS)
        server.quit()


def wire_bytes(message: EmailMessage) -> bytes:
    """Return the message as it goes over the wire, its closing dot included.

    Every line ends in CRLF and every leading dot is doubled: no line of a message can end it
    early and smuggle in another one.
    """
    return re.sub(rb"(?m)^\.", b"..", wire_form(message)) + b".\r\n"


def _options(server: smtplib.SMTP, *addresses: str) -> list[str]:
    if all(address.isascii() for address in addresses):
        return []
    if not server.has_extn("smtputf8"):
        raise GiveUpError("mail_rejected")
    return ["SMTPUTF8", "BODY=8BITMIME"]


def _answer(server: smtplib.SMTP) -> tuple[int, bytes]:
    try:
        if server.sock is not None:
            server.sock.settimeout(ACCEPT_SECONDS)
        return server.getreply()
    except (OSError, smtplib.SMTPException) as error:
        raise PlatformError("mail_unknown") from error


def _expect(answer: tuple[int, bytes], *, final: bool, wanted: int = 250) -> None:
    code = answer[0]
    if code == wanted or (wanted == 250 and code in (251, 252)):
        return
    if final and 500 <= code < 600:
        raise GiveUpError("mail_rejected")
    raise UnavailableError("mail_deferred")


def _expect_recipient(answer: tuple[int, bytes]) -> None:
    code, text = answer
    if 500 <= code < 600:
        # Only the codes: what a server says in words may repeat the address.
        detailed = re.match(rb"\s*(5\.\d{1,3}\.\d{1,3})\b", text)
        raise RecipientRefusedError(f"{code} {detailed[1].decode()}" if detailed else str(code))
    _expect(answer, final=True)


@contextmanager
def _before_the_message() -> Iterator[None]:
    try:
        yield
    except BleibError:
        raise
    except (OSError, smtplib.SMTPException, ValueError) as error:
        raise UnavailableError("mail_deferred") from error
