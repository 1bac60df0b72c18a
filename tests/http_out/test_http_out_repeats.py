"""Redirects, credentials, waiting and repeating, and files line by line."""

from __future__ import annotations

import socket
from collections.abc import Callable
from pathlib import Path

import pytest

from plugin.http_out import HttpOut
from tests.fakes.raw_server import RawServer, always, answer
from tests.http_out.clients import TOKEN, problem_of


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
