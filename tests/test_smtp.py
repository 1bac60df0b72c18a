from __future__ import annotations

import socket
import ssl
import threading
from email.message import EmailMessage
from email.policy import SMTP

import pytest
import trustme

from plugin.contracts.mail import RecipientRefusedError
from plugin.errors import GiveUpError, PlatformError, UnavailableError
from plugin.smtp import SmtpTransport, wire_bytes
from tests.conftest import make_config
from tests.mail_server import mail_server

AUTHORITY = trustme.CA()


def _message(body: str = "Guten Tag\n") -> EmailMessage:
    message = EmailMessage(policy=SMTP.clone(cte_type="7bit"))
    message["From"] = "shop@example.com"
    message["To"] = "marlene@post.example"
    message["Subject"] = "Grüße"
    message.set_content(body)
    return message


def _server_tls() -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    AUTHORITY.issue_cert("127.0.0.1", "localhost").configure_cert(context)
    return context


def _trusting() -> ssl.SSLContext:
    context = ssl.create_default_context()
    AUTHORITY.configure_trust(context)
    return context


def _send(
    port: int,
    message: EmailMessage | None = None,
    *,
    recipient: str = "marlene@post.example",
    tls: ssl.SSLContext | None = None,
    **settings: object,
) -> None:
    config = make_config(smtp_host="127.0.0.1", smtp_port=port, **settings)
    SmtpTransport(config, tls).send(message or _message(), "shop@example.com", recipient)


def test_a_mail_arrives_as_it_was_written() -> None:
    with mail_server() as server:
        _send(server.port)
    (mail,) = server.received
    assert (mail.sender, mail.recipients) == ("shop@example.com", ["marlene@post.example"])
    assert mail.message["Subject"] == "Grüße"
    assert mail.message.get_content().strip() == "Guten Tag"


def test_starttls_encrypts_and_checks_the_certificate() -> None:
    with mail_server(tls=_server_tls()) as server:
        _send(server.port, tls=_trusting(), smtp_security="starttls")
        assert server.received[0].tls
        with pytest.raises(UnavailableError, match="mail_deferred"):
            _send(server.port, smtp_security="starttls")
    assert len(server.received) == 1


def test_tls_from_the_start_encrypts_and_checks_the_certificate() -> None:
    with mail_server(tls=_server_tls(), implicit=True) as server:
        _send(server.port, tls=_trusting(), smtp_security="tls")
        with pytest.raises(UnavailableError, match="mail_deferred"):
            _send(server.port, smtp_security="tls")
    assert len(server.received) == 1


def test_nothing_goes_out_in_the_clear_when_the_server_hides_starttls() -> None:
    with mail_server() as server, pytest.raises(UnavailableError):
        _send(server.port, tls=_trusting(), smtp_security="starttls")
    assert server.received == []


def test_login_is_used_and_a_wrong_password_is_worth_another_try() -> None:
    with mail_server(tls=_server_tls(), login=True) as server:
        _send(
            server.port,
            tls=_trusting(),
            smtp_security="starttls",
            smtp_user="bleib",
            smtp_password="right",
        )
        with pytest.raises(UnavailableError, match="mail_deferred"):
            _send(
                server.port,
                tls=_trusting(),
                smtp_security="starttls",
                smtp_user="bleib",
                smtp_password="wrong",
            )
    assert len(server.received) == 1


@pytest.mark.parametrize(
    ("command", "answer", "error"),
    [
        ("MAIL", "421 closing", UnavailableError),
        ("MAIL", "550 no sender", UnavailableError),
        ("RCPT", "450 greylisted", UnavailableError),
        ("RCPT", "451 later", UnavailableError),
        ("RCPT", "550 no such mailbox", RecipientRefusedError),
        ("RCPT", "552 full", RecipientRefusedError),
        ("DATA", "451 later", UnavailableError),
        ("DATA", "554 refused", GiveUpError),
        ("DATA", "drop", PlatformError),
        ("DATA", "take and drop", PlatformError),
    ],
)
def test_every_answer_means_what_the_server_meant(
    command: str, answer: str, error: type[Exception]
) -> None:
    with mail_server() as server:
        server.answers[command] = answer
        with pytest.raises(error) as caught:
            _send(server.port)
    assert type(caught.value) is error
    codes = {
        RecipientRefusedError: "mail_rejected",
        UnavailableError: "mail_deferred",
        GiveUpError: "mail_rejected",
        PlatformError: "mail_unknown",
    }
    assert str(caught.value) == codes[error]


def test_a_refused_address_says_by_which_code_and_nothing_of_the_person() -> None:
    for answer, status in (
        ("550 5.1.1 <marlene@post.example>: no such user", "550 5.1.1"),
        ("552 marlene@post.example is full 5.2.2", "552"),
    ):
        with mail_server() as server, pytest.raises(RecipientRefusedError) as caught:
            server.answers["RCPT"] = answer
            _send(server.port)
        assert caught.value.said == status


def test_a_server_that_is_not_there_is_worth_another_try() -> None:
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        with pytest.raises(UnavailableError, match="mail_deferred"):
            _send(unused.getsockname()[1])


def test_a_server_that_never_greets_does_not_hold_the_worker(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("plugin.smtp.STEP_SECONDS", 0.2)
    with (
        socket.create_server(("127.0.0.1", 0)) as silent,
        pytest.raises(UnavailableError, match="mail_deferred"),
    ):
        _send(silent.getsockname()[1])


def test_a_server_that_dies_before_the_message_has_not_taken_it() -> None:
    with socket.create_server(("127.0.0.1", 0)) as listening:

        def play() -> None:
            connection, _ = listening.accept()
            with connection, connection.makefile("rb") as lines:
                connection.sendall(b"220 hello\r\n")
                for line in lines:
                    if line.upper().startswith(b"DATA"):
                        return
                    connection.sendall(b"250 OK\r\n")

        thread = threading.Thread(target=play)
        thread.start()
        with pytest.raises(UnavailableError, match="mail_deferred"):
            _send(listening.getsockname()[1])
        thread.join()


def test_mailboxes_with_umlauts_go_only_to_servers_that_know_them() -> None:
    with mail_server(utf8=True) as server:
        _send(server.port, recipient="jürgen@post.example")
    assert server.received[0].recipients == ["jürgen@post.example"]
    with mail_server() as plain, pytest.raises(GiveUpError, match="mail_rejected"):
        _send(plain.port, recipient="jürgen@post.example")
    assert plain.received == []


@pytest.mark.parametrize(
    "body",
    [
        "a\n.\nMAIL FROM:<evil@example.com>\n",
        "a\r\n.\r\nMAIL FROM:<evil@example.com>\r\nRCPT TO:<x@example.com>\r\n",
        "a\n.\r\nb",
        "a\r.\rb",
        ".\n..\n...\n",
    ],
)
def test_no_line_of_a_message_ends_it_early(body: str) -> None:
    with mail_server() as server:
        _send(server.port, _message(body))
    assert len(server.received) == 1
    data = wire_bytes(_message(body))
    assert data.count(b"\r\n.\r\n") == 1
    assert data.endswith(b"\r\n.\r\n")
    assert b"\n" not in data.replace(b"\r\n", b"")
    assert b"\r" not in data.replace(b"\r\n", b"")
