"""The outbound client reaches only what it may, in bounded time and size, and keeps secrets."""

from __future__ import annotations

import gzip
import logging
import socket
import ssl
import time
import traceback
from collections.abc import Callable, Iterator, Sequence
from ipaddress import IPv4Address, IPv6Address, ip_address
from pathlib import Path

import pytest
import trustme
from hypothesis import given
from hypothesis import strategies as st

from plugin.errors import PlatformError, PlatformRefusedError
from plugin.http_out import HttpOut
from plugin.http_out.addresses import Guard, is_public, system_resolver
from plugin.http_out.sockets import _Socket
from plugin.http_out.waiting import retry_after
from tests.fakes.raw_server import Handler, RawServer, always, answer, raw_server

TOKEN = "shpat_very-secret-token"
PUBLIC = "93.184.216.34"

NEVER_PUBLIC = [
    "127.0.0.1",
    "10.0.0.1",
    "172.16.0.1",
    "192.168.1.1",
    "169.254.169.254",
    "100.64.0.1",
    "0.0.0.0",  # noqa: S104 - an address to refuse, not to bind
    "255.255.255.255",
    "240.0.0.1",
    "192.0.0.8",
    "192.88.99.1",
    "224.0.0.1",
    "239.255.255.250",
    "198.18.0.1",
    "203.0.113.9",
    "::",
    "::1",
    "fe80::1",
    "fe80::1%eth0",
    "fc00::1",
    "ff02::1",
    "2001:db8::1",
    "3fff::1",
    "5f00::1",
    "fec0::1",
    "::ffff:127.0.0.1",
    "::ffff:93.184.216.34",
    "::127.0.0.1",
    "::ffff:0:127.0.0.1",
    "64:ff9b::7f00:1",
    "64:ff9b:1::7f00:1",
    "2002:7f00:1::",
    "2001:0:53aa:64c:0:0:80ff:fffe",
    "2606:4700::5efe:7f00:1",
    "2606:4700::200:5efe:7f00:1",
    "",
    "localhost",
    "127.1",
    "2130706433",
]


@pytest.fixture
def serve() -> Iterator[Callable[..., RawServer]]:
    running = []

    def start(handler: Handler, tls: ssl.SSLContext | None = None) -> RawServer:
        manager = raw_server(handler, tls)
        running.append(manager)
        return manager.__enter__()

    yield start
    for manager in running:
        manager.__exit__(None, None, None)


@pytest.fixture
def pauses() -> list[float]:
    return []


@pytest.fixture
def client_for(pauses: list[float]) -> Iterator[Callable[[RawServer], HttpOut]]:
    made = []

    def make(server: RawServer) -> HttpOut:
        client = HttpOut([server.url], pause=pauses.append)
        made.append(client)
        return client

    yield make
    for client in made:
        client.close()


class ConnectGuard:
    """Notes every address a socket is connected to and lets none through."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.tried: list[str] = []

        def connect(_: socket.socket, address: tuple[str, int]) -> None:
            self.tried.append(address[0])
            raise OSError("refused by the test")

        monkeypatch.setattr(_Socket, "connect", connect)


@pytest.fixture
def connect_guard(monkeypatch: pytest.MonkeyPatch) -> ConnectGuard:
    return ConnectGuard(monkeypatch)


def resolver(*answers: Sequence[str]) -> tuple[Callable[[str, int], Sequence[str]], list[str]]:
    left = list(answers)
    asked: list[str] = []

    def resolve(host: str, port: int) -> Sequence[str]:
        asked.append(host)
        return left.pop(0) if len(left) > 1 else left[0]

    return resolve, asked


def no_pause(seconds: float) -> None:
    """Do not wait between tries."""


def problem_of(act: Callable[[], object]) -> PlatformError:
    with pytest.raises(PlatformError) as caught:
        act()
    return caught.value


@pytest.mark.parametrize("address", NEVER_PUBLIC)
def test_x9_x10_address_that_is_not_public_is_refused(address: str) -> None:
    assert not is_public(address)


@given(
    number=st.integers(0, 2**32 - 1), shape=st.sampled_from(["::ffff:{}", "64:ff9b::{}", "::{}"])
)
def test_v6_address_that_embeds_any_v4_address_is_refused(number: int, shape: str) -> None:
    assert not is_public(shape.format(IPv4Address(number)))
    assert not is_public(str(IPv6Address((0x2002 << 112) | (number << 80))))


@given(text=st.text(max_size=20) | st.ip_addresses().map(str))
def test_whatever_is_called_public_is_a_global_unicast_address(text: str) -> None:
    if is_public(text):
        assert ip_address(text).is_global
        assert not ip_address(text).is_multicast


@pytest.mark.parametrize("address", [PUBLIC, "8.8.8.8", "2606:2800:220:1:248:1893:25c8:1946"])
def test_public_address_is_allowed(address: str) -> None:
    assert is_public(address)


@pytest.mark.parametrize("address", NEVER_PUBLIC)
def test_no_socket_opens_to_an_address_that_is_not_public(
    address: str, connect_guard: ConnectGuard
) -> None:
    resolve, _ = resolver([address])
    error = problem_of(
        lambda: HttpOut(resolve=resolve, pause=no_pause).get("https://shop.example/")
    )
    assert error.code == "address_not_allowed"
    assert connect_guard.tried == []


def test_one_bad_address_among_good_ones_refuses_the_host(connect_guard: ConnectGuard) -> None:
    resolve, _ = resolver([PUBLIC, "10.0.0.1"])
    error = problem_of(
        lambda: HttpOut(resolve=resolve, pause=no_pause).get("https://shop.example/")
    )
    assert error.code == "address_not_allowed"
    assert connect_guard.tried == []


@pytest.mark.parametrize(
    "host", ["2130706433", "0x7f.1", "0177.0.0.1", "127.1", "①②⑦.0.0.1", "localhost", "[::1]"]
)
def test_x11_odd_spelling_of_loopback_is_refused_by_its_address(
    host: str, connect_guard: ConnectGuard
) -> None:
    with pytest.raises(PlatformError):
        HttpOut(resolve=system_resolver, pause=no_pause).get(f"https://{host}/")
    assert connect_guard.tried == []


def test_rebinding_name_cannot_lead_elsewhere_between_check_and_use(
    connect_guard: ConnectGuard,
) -> None:
    resolve, asked = resolver([PUBLIC], ["127.0.0.1"])
    client = HttpOut(resolve=resolve, pause=no_pause)
    first = problem_of(lambda: client.post_json("https://shop.example/", {}))
    second = problem_of(lambda: client.post_json("https://shop.example/", {}))
    assert (first.code, second.code) == ("platform_unreachable", "address_not_allowed")
    assert connect_guard.tried == [PUBLIC]
    assert asked == ["shop.example", "shop.example"]


@pytest.mark.parametrize(
    "url",
    [
        "http://shop.example/",
        "https://shop.example:8443/",
        "https://shop.example:99999/",
        "https://user:pass@shop.example/",
        "https://shop.example@evil.example/",
        "https://shop.example\\@evil.example/",
        "https://shop.example/\r\nHost: evil",
        "https:///path",
        "https://",
        "ftp://shop.example/",
        "file:///etc/passwd",
        "gopher://shop.example/",
        "//shop.example/",
        "shop.example",
        "",
        "https://[::1",
        "http://localhost:1/",
    ],
)
def test_address_that_is_no_plain_https_is_refused(url: str, connect_guard: ConnectGuard) -> None:
    resolve, asked = resolver([PUBLIC])
    error = problem_of(lambda: HttpOut(resolve=resolve, pause=no_pause).get(url))
    assert isinstance(error, PlatformRefusedError)
    assert (connect_guard.tried, asked) == ([], [])


def test_unknown_host_is_unreachable() -> None:
    def resolve(host: str, port: int) -> Sequence[str]:
        raise OSError("no such host")

    error = problem_of(
        lambda: HttpOut(resolve=resolve, pause=no_pause).post_json("https://shop.example/", {})
    )
    assert error.code == "platform_unreachable"


def test_loopback_origin_may_be_reached_and_its_neighbour_port_not(
    serve: Callable[..., RawServer], client_for: Callable[[RawServer], HttpOut]
) -> None:
    server, other = serve(always(answer(b"here"))), serve(always(answer(b"there")))
    client = client_for(server)
    assert client.get(server.url + "/x").body == b"here"
    assert problem_of(lambda: client.get(other.url + "/x")).code == "address_not_allowed"
    assert other.connections == 0


def test_loopback_origin_must_resolve_to_loopback() -> None:
    guard = Guard(lambda host, port: [PUBLIC], 80, loopback_host="localhost")
    assert problem_of(lambda: guard.addresses("localhost", 80)).code == "address_not_allowed"


def test_x12_trickling_body_ends_at_the_total_deadline(
    serve: Callable[..., RawServer], client_for: Callable[[RawServer], HttpOut]
) -> None:
    def trickle(connection: socket.socket, head: bytes) -> None:
        connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 100000\r\n\r\n")
        while not server.ended.wait(0.02):
            connection.sendall(b"x")

    server = serve(trickle)
    begun = time.monotonic()
    error = problem_of(lambda: client_for(server).get(server.url + "/", seconds=0.5))
    assert error.code == "platform_timeout"
    assert time.monotonic() - begun < 1.5


def test_x12_trickling_head_ends_at_the_total_deadline(
    serve: Callable[..., RawServer], client_for: Callable[[RawServer], HttpOut]
) -> None:
    def trickle(connection: socket.socket, head: bytes) -> None:
        connection.sendall(b"HTTP/1.1 200 OK\r\nX-Long: ")
        while not server.ended.wait(0.02):
            connection.sendall(b"x")

    server = serve(trickle)
    begun = time.monotonic()
    error = problem_of(lambda: client_for(server).get(server.url + "/", seconds=0.5))
    assert error.code == "platform_timeout"
    assert time.monotonic() - begun < 1.5


def test_x12_trickling_file_ends_when_the_waiting_is_used_up(
    serve: Callable[..., RawServer], client_for: Callable[[RawServer], HttpOut]
) -> None:
    def trickle(connection: socket.socket, head: bytes) -> None:
        connection.sendall(b"HTTP/1.1 200 OK\r\n\r\n")
        while not server.ended.wait(0.02):
            connection.sendall(b"x")

    server = serve(trickle)
    lines = client_for(server).stream_lines(server.url + "/", seconds=0.5)
    begun = time.monotonic()
    assert problem_of(lambda: list(lines)).code == "platform_timeout"
    assert time.monotonic() - begun < 1.5


def test_x13_bomb_stops_at_the_cap_of_decompressed_bytes(
    serve: Callable[..., RawServer], client_for: Callable[[RawServer], HttpOut]
) -> None:
    bomb = gzip.compress(b"0" * 50_000_000)
    assert len(bomb) < 60_000
    server = serve(always(answer(bomb, headers=("Content-Encoding: gzip",))))
    error = problem_of(lambda: client_for(server).get(server.url + "/", max_bytes=1_000_000))
    assert error.code == "platform_answer_too_large"


def test_bomb_among_lines_stops_at_the_cap(
    serve: Callable[..., RawServer], client_for: Callable[[RawServer], HttpOut]
) -> None:
    bomb = gzip.compress(b"0" * 5_000_000)
    server = serve(always(answer(bomb, headers=("Content-Encoding: gzip",))))
    client = client_for(server)
    whole = client.stream_lines(server.url + "/", max_bytes=1_000_000)
    line = client.stream_lines(server.url + "/", max_line=1_000_000)
    assert problem_of(lambda: list(whole)).code == "platform_answer_too_large"
    assert problem_of(lambda: list(line)).code == "platform_answer_too_large"


def test_compressed_answer_is_read(
    serve: Callable[..., RawServer], client_for: Callable[[RawServer], HttpOut]
) -> None:
    body = gzip.compress("Grüße".encode())
    server = serve(always(answer(body, headers=("Content-Encoding: gzip",))))
    assert client_for(server).get(server.url + "/").body.decode() == "Grüße"


@pytest.mark.parametrize(
    "raw",
    [
        b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\nConnection: close\r\n\r\nhalf",
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\nbad\r\n",
        b"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: 4\r\n\r\nnope",
        b"not HTTP at all\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nX: " + b"y" * 100_000 + b"\r\n\r\n",
        b"HTTP/1.1 200 OK\r\n" + b"".join(b"X-%d: y\r\n" % n for n in range(200)) + b"\r\n",
        b"",
    ],
)
def test_broken_answer_is_a_platform_error(
    raw: bytes, serve: Callable[..., RawServer], client_for: Callable[[RawServer], HttpOut]
) -> None:
    def handle(connection: socket.socket, head: bytes) -> None:
        connection.sendall(raw)
        connection.shutdown(socket.SHUT_WR)

    server = serve(handle)
    error = problem_of(lambda: client_for(server).post_json(server.url + "/", {}))
    assert error.code in ("platform_answer_invalid", "platform_unreachable")
    assert error.advice == "retry"


def test_redirect_is_not_followed_unless_asked(
    serve: Callable[..., RawServer], client_for: Callable[[RawServer], HttpOut]
) -> None:
    server = serve(always(answer(status="302 Found", headers=("Location: /two",))))
    assert client_for(server).get(server.url + "/one").status == 302
    assert len(server.heads) == 1


def test_redirect_is_followed_within_the_origin_only(
    serve: Callable[..., RawServer], client_for: Callable[[RawServer], HttpOut]
) -> None:
    other = serve(always(answer(b"stolen")))
    inner = answer(status="302 Found", headers=("Location: /two",))
    outer = answer(status="302 Found", headers=(f"Location: {other.url}/three",))
    server = serve(always(inner, outer))
    client = HttpOut([server.url, other.url])
    reply = client.get(server.url + "/one", headers={"X-Token": TOKEN}, redirects=5)
    client.close()
    assert reply.status == 302
    assert [head.split()[1] for head in server.heads] == [b"/one", b"/two"]
    assert other.connections == 0


def test_endless_redirect_ends(
    serve: Callable[..., RawServer], client_for: Callable[[RawServer], HttpOut]
) -> None:
    server = serve(always(answer(status="302 Found", headers=("Location: /again",))))
    assert client_for(server).get(server.url + "/", redirects=3).status == 302
    assert len(server.heads) == 4


def test_cookies_proxies_and_credentials_of_the_environment_are_ignored(
    serve: Callable[..., RawServer],
    client_for: Callable[[RawServer], HttpOut],
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
) -> None:
    netrc = tmp_path / "netrc"
    netrc.write_text("machine localhost login me password hidden\n")
    monkeypatch.setenv("NETRC", str(netrc))
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:1")
    monkeypatch.setenv("http_proxy", "http://127.0.0.1:1")
    server = serve(always(answer(headers=("Set-Cookie: a=b; Path=/",))))
    client = client_for(server)
    client.get(server.url + "/")
    client.get(server.url + "/")
    assert len(server.heads) == 2
    assert not any(b"cookie" in h.lower() or b"authorization" in h.lower() for h in server.heads)


def test_busy_answer_is_asked_again_after_the_time_it_names(
    serve: Callable[..., RawServer],
    client_for: Callable[[RawServer], HttpOut],
    pauses: list[float],
) -> None:
    busy = answer(status="429 Too Many Requests", headers=("Retry-After: 2",))
    server = serve(always(busy, answer(b"ok")))
    assert client_for(server).post_json(server.url + "/", {}).body == b"ok"
    assert pauses == [2.0]


def test_wait_beyond_the_deadline_is_not_begun(
    serve: Callable[..., RawServer],
    client_for: Callable[[RawServer], HttpOut],
    pauses: list[float],
) -> None:
    busy = answer(status="503 Busy", headers=("Retry-After: 60",))
    server = serve(always(busy))
    assert client_for(server).get(server.url + "/").status == 503
    assert pauses == []


@pytest.mark.parametrize("status", ["502 Bad", "503 Busy", "504 Late"])
def test_only_idempotent_requests_are_repeated_after_a_failure(
    status: str, serve: Callable[..., RawServer], client_for: Callable[[RawServer], HttpOut]
) -> None:
    server = serve(always(answer(status=status)))
    client = client_for(server)
    client.post_json(server.url + "/", {})
    assert len(server.heads) == 1
    client.post_json(server.url + "/", {}, idempotent=True)
    assert len(server.heads) == 4


def test_error_of_the_caller_is_never_repeated(
    serve: Callable[..., RawServer], client_for: Callable[[RawServer], HttpOut]
) -> None:
    server = serve(always(answer(status="400 Bad Request")))
    assert client_for(server).get(server.url + "/").status == 400
    assert len(server.heads) == 1


def test_lines_arrive_one_by_one_and_the_last_needs_no_line_break(
    serve: Callable[..., RawServer], client_for: Callable[[RawServer], HttpOut]
) -> None:
    body = b"one\n" + b"x" * 200_000 + b"\n\nlast"
    server = serve(always(answer(body)))
    found = list(client_for(server).stream_lines(server.url + "/file?signature=1"))
    assert found == [b"one", b"x" * 200_000, b"", b"last"]


def test_file_that_breaks_off_is_no_end(
    serve: Callable[..., RawServer], client_for: Callable[[RawServer], HttpOut]
) -> None:
    raw = b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\nConnection: close\r\n\r\none\ntw"

    def handle(connection: socket.socket, head: bytes) -> None:
        connection.sendall(raw)
        connection.shutdown(socket.SHUT_WR)

    server = serve(handle)
    error = problem_of(lambda: list(client_for(server).stream_lines(server.url + "/")))
    assert error.code == "platform_answer_invalid"


def test_file_that_is_gone_is_refused(
    serve: Callable[..., RawServer], client_for: Callable[[RawServer], HttpOut]
) -> None:
    server = serve(always(answer(status="404 Not Found")))
    error = problem_of(lambda: list(client_for(server).stream_lines(server.url + "/")))
    assert (error.code, error.advice) == ("file_gone", "give_up")


def test_leaving_a_stream_early_closes_its_connection(
    serve: Callable[..., RawServer], client_for: Callable[[RawServer], HttpOut]
) -> None:
    server = serve(always(answer(b"line\n" * 1_000_000)))
    lines = client_for(server).stream_lines(server.url + "/")
    assert next(lines) == b"line"
    lines.close()  # type: ignore[attr-defined]


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
