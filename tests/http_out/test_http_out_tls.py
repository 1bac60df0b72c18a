"""Certificates are checked for the name that was asked, and secrets stand nowhere."""

from __future__ import annotations

import logging
import socket
import ssl
import time
import traceback
from collections.abc import Callable
from pathlib import Path

import pytest
import trustme

from plugin.http_out import HttpOut
from plugin.http_out.waiting import retry_after
from tests.fakes.raw_server import RawServer, always, answer
from tests.http_out.clients import TOKEN, problem_of


@pytest.fixture
def authority() -> trustme.CA:
    return trustme.CA()


def tls_server(authority: trustme.CA, name: str) -> ssl.SSLContext:
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    authority.issue_cert(name).configure_cert(context)
    return context


@pytest.mark.parametrize(("name", "accepted"), [("localhost", True), ("other.example", False)])
def test_certificate_must_be_for_the_name_that_was_asked(
    name: str,
    accepted: bool,
    serve: Callable[..., RawServer],
    authority: trustme.CA,
    tmp_path: Path,
) -> None:
    authority.cert_pem.write_to_path(str(tmp_path / "ca.pem"))
    server = serve(always(answer(b"ok")), tls_server(authority, name))
    client = HttpOut([server.url], authorities=str(tmp_path / "ca.pem"))
    if accepted:
        assert client.get(server.url + "/").body == b"ok"
    else:
        assert problem_of(lambda: client.get(server.url + "/")).code == "platform_tls_invalid"
        assert server.heads == []
    client.close()


def test_certificate_of_an_unknown_authority_is_refused(
    serve: Callable[..., RawServer],
    client_for: Callable[[RawServer], HttpOut],
    authority: trustme.CA,
) -> None:
    server = serve(always(answer(b"ok")), tls_server(authority, "localhost"))
    error = problem_of(lambda: client_for(server).get(server.url + "/"))
    assert (error.code, server.heads) == ("platform_tls_invalid", [])


def test_x12_trickling_head_ends_at_the_deadline_within_tls_too(
    serve: Callable[..., RawServer], authority: trustme.CA, tmp_path: Path
) -> None:
    def trickle(connection: socket.socket, head: bytes) -> None:
        connection.sendall(b"HTTP/1.1 200 OK\r\nX-Long: ")
        while not server.ended.wait(0.02):
            connection.sendall(b"x")

    authority.cert_pem.write_to_path(str(tmp_path / "ca.pem"))
    server = serve(trickle, tls_server(authority, "localhost"))
    client = HttpOut([server.url], authorities=str(tmp_path / "ca.pem"))
    begun = time.monotonic()
    error = problem_of(lambda: client.get(server.url + "/", seconds=0.5))
    client.close()
    assert error.code == "platform_timeout"
    assert time.monotonic() - begun < 1.5


def test_handshake_that_never_ends_is_bounded(tmp_path: Path, authority: trustme.CA) -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        url = f"https://localhost:{silent.getsockname()[1]}"
        client = HttpOut([url])
        begun = time.monotonic()
        error = problem_of(lambda: client.get(url + "/", seconds=0.5))
        client.close()
    assert error.code == "platform_timeout"
    assert time.monotonic() - begun < 1.5


def test_secrets_stand_in_no_exception_and_no_log(
    serve: Callable[..., RawServer],
    client_for: Callable[[RawServer], HttpOut],
    caplog: pytest.LogCaptureFixture,
) -> None:
    def cut(connection: socket.socket, head: bytes) -> None:
        connection.shutdown(socket.SHUT_RDWR)

    server = serve(cut)
    with caplog.at_level(logging.DEBUG):
        error = problem_of(
            lambda: client_for(server).post_json(
                server.url + f"/?signature={TOKEN}",
                {"client_secret": TOKEN},
                headers={"X-Shopify-Access-Token": TOKEN},
                idempotent=True,
            )
        )
    shown = "".join(traceback.format_exception(error)) + repr(error) + caplog.text
    assert TOKEN not in shown


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        ("3", 3),
        ("1.2", 2),
        ("0", 0),
        ("999999", 3600),
        ("Wed, 21 Oct 2015 07:28:00 GMT", 0),
        ("-5", None),
        ("nan", None),
        ("soon", None),
        ("³", None),
        ("", None),
    ],
)
def test_wish_to_wait_is_read_in_each_of_its_forms(text: str, seconds: int | None) -> None:
    assert retry_after({"retry-after": text}) == seconds
