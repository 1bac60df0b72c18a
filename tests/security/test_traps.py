"""The twenty measured traps of Flask, requests, SQLite and front servers, as regression tests.

X9 to X13 stand in tests/http_out, X14 in tests/store/test_db.py, X15 (with the real guard)
in tests/services/test_guard.py; the last test here makes sure that none of the twenty is missing.
"""

from __future__ import annotations

import base64
import gzip
import hashlib
import hmac
import json
import re
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from urllib.parse import quote_from_bytes

import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient

from plugin.app import create_app
from plugin.cli import gunicorn_arguments
from plugin.model import Shop
from plugin.platforms import build_platforms
from plugin.services.context import Context
from plugin.store.db import metadata
from tests.conftest import MovingClock

SECRET = "a-shopify-test-secret-of-32-bytes!"
ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture
def app(context: Context) -> Flask:
    """The app with the real platform adapters instead of the fake one."""
    app = create_app(context=replace(context, platforms=build_platforms(context.config)))
    app.config["TESTING"] = False
    return app


@pytest.fixture
def stored(context: Context) -> Callable[[], int]:
    """Return a function that counts all rows but those of limits and refusals."""

    def count() -> int:
        with context.db.read() as connection:
            return sum(
                connection.execute(sa.select(sa.func.count()).select_from(table)).scalar_one()
                for table in metadata.sorted_tables
                if table.name not in ("limits", "refusals")
            )

    return count


def send_json(client: FlaskClient, shop: Shop, body: bytes) -> list[int]:
    """Send a body to every route that takes JSON, also as a genuinely signed webhook."""
    digest = hmac.new(SECRET.encode(), body, hashlib.sha256).digest()
    signed = {
        "X-Shopify-Hmac-Sha256": base64.b64encode(digest).decode(),
        "X-Shopify-Shop-Domain": shop.domain,
        "X-Shopify-Topic": "orders/create",
        "X-Shopify-Webhook-Id": "w-1",
        "X-Shopify-Event-Id": "e-1",
        "X-Shopify-API-Version": "2026-10",
    }
    routes = ("events", "subscriptions", "shipments/lookup")
    answers = [
        client.post(f"/v1/{shop.key}/{route}", data=body, content_type="application/json")
        for route in routes
    ]
    answers.append(client.post("/webhooks/shopify", data=body, headers=signed))
    return [answer.status_code for answer in answers]


def refused(statuses: list[int]) -> bool:
    return all(400 <= status < 500 for status in statuses)


@pytest.mark.parametrize("piece", [b"[", b'{"a":'])
def test_x1_json_a_hundred_thousand_deep(
    client: FlaskClient, shop: Shop, stored: Callable[[], int], piece: bytes
) -> None:
    before = stored()
    assert refused(send_json(client, shop, piece * 2000))
    assert refused(send_json(client, shop, piece * 100_000))
    assert stored() == before


@pytest.mark.parametrize("value", ["é", "\u0430", "ÿ" * 64, "=\u00e9="])
def test_x2_signatures_with_non_ascii_letters(client: FlaskClient, shop: Shop, value: str) -> None:
    header = value.encode().decode("latin-1")
    headers = {"X-Shopify-Hmac-Sha256": header, "X-Shopify-Shop-Domain": shop.domain}
    assert client.post("/webhooks/shopify", data=b"{}", headers=headers).status_code == 401
    for path in (
        f"/install/shopify?shop={shop.domain}&timestamp=1&hmac={value}",
        f"/auth/shopify/callback?shop={shop.domain}&code=1&state=1&timestamp=1&hmac={value}",
        f"/proxy/shopify/status?shop={shop.domain}&timestamp=1&signature={value}",
    ):
        assert 400 <= client.get(path).status_code < 500
    client.set_cookie("bleib", "é")
    assert client.get("/admin/").status_code < 500


@pytest.mark.parametrize("number", [b"NaN", b"Infinity", b"-Infinity", b"1e999", b"9" * 400])
def test_x3_numbers_that_are_none(client: FlaskClient, shop: Shop, number: bytes) -> None:
    event = b'{"events":[{"id":"x","kind":"open","widget":"newsletter","campaign":%b,"at":%b}]}'
    assert refused(send_json(client, shop, event % (number, number)))


@pytest.mark.parametrize("text", [b"\\ud800", b"\\udfff x", b"\\u0000"])
def test_x4_text_that_no_database_takes(client: FlaskClient, shop: Shop, text: bytes) -> None:
    assert refused(send_json(client, shop, b'{"order":"%b","email":"%b"}' % (text, text)))
    assert refused(send_json(client, shop, b'{"%b":1}' % text))


@pytest.mark.parametrize("body", [b"null", b"[]", b'"text"', b"1", b"true", b"", b" "])
def test_x5_bodies_that_are_no_object(client: FlaskClient, shop: Shop, body: bytes) -> None:
    assert refused(send_json(client, shop, body))


def test_x5_fields_of_another_type(client: FlaskClient, shop: Shop) -> None:
    for wrong in (None, 1, True, [], {}, "x"):
        fields = ("events", "id", "email", "campaign", "version", "purposes", "order")
        body = dict.fromkeys(fields, wrong)
        *routes, webhook = send_json(client, shop, json.dumps(body).encode())
        assert refused(routes)
        assert webhook < 500  # what the platform truly signed may hold what it likes


@pytest.mark.parametrize(
    "body",
    [
        b'{"events":[],"events":"x"}',
        b'{"order":"1","order":{}}',
        '{"order":"1"}'.encode("utf-16"),
        b"\xef\xbb\xbf{}",
        b'{"order":"\xff"}',
    ],
)
def test_x6_keys_given_twice_and_other_encodings(
    client: FlaskClient, shop: Shop, body: bytes
) -> None:
    assert refused(send_json(client, shop, body))


SHOPS = [
    b"a.myshopify.com\n",
    b"a.myshopify.com%0A",
    "а.myshopify.com".encode(),
    b"evil.com/.myshopify.com",
    b"evil.com#.myshopify.com",
    b"evil.com@a.myshopify.com",
    b"a.myshopify.com.evil.com",
    b"a.myshopify.com:80",
    b"-a.myshopify.com",
    b"..myshopify.com",
    b".myshopify.com",
    b"a_b.myshopify.com",
    b"127.0.0.1",
    b"",
]


@pytest.mark.parametrize("shop_text", SHOPS)
def test_x7_x8_shop_names_that_only_look_like_one(
    client: FlaskClient, stored: Callable[[], int], moving_clock: MovingClock, shop_text: bytes
) -> None:
    # Signed with the true secret: what is tested is the name alone.
    before = stored()
    stamp = str(int(moving_clock().timestamp())).encode()
    for path, extra in (
        ("/install/shopify", []),
        ("/auth/shopify/callback", [b"code=1", b"state=1"]),
    ):
        parts = sorted([b"shop=" + _quoted(shop_text), b"timestamp=" + stamp, *extra])
        message = b"&".join(parts)
        given = hmac.new(SECRET.encode(), message, hashlib.sha256).hexdigest()
        answer = client.get(f"{path}?{message.decode()}&hmac={given}")
        assert 400 <= answer.status_code < 500
        assert "Location" not in answer.headers
    assert stored() == before


def _quoted(text: bytes) -> bytes:
    return quote_from_bytes(text, safe="%").encode()


@dataclass(frozen=True)
class Server:
    """A real gunicorn with the app, as `bleib run` starts it."""

    port: int

    def raw(self, request: bytes, *, seconds: float = 5.0) -> bytes:
        """Send bytes, return what comes back until the connection closes or `seconds` pass."""
        with socket.create_connection(("127.0.0.1", self.port), timeout=seconds) as connection:
            connection.sendall(request)
            answer = b""
            try:
                while chunk := connection.recv(65536):
                    answer += chunk
            except (TimeoutError, ConnectionResetError):
                pass
        return answer

    def status(self, request: bytes) -> int:
        """Return the status of the first answer."""
        return int(self.raw(request).split(b" ", 2)[1])

    def answers(self) -> bool:
        """Tell whether a plain request is answered."""
        try:
            return self.status(get("/healthz")) == 200
        except (OSError, IndexError):
            return False


def get(path: str, *headers: bytes) -> bytes:
    lines = [f"GET {path} HTTP/1.1".encode(), b"Host: x", b"Connection: close", *headers]
    return b"\r\n".join(lines) + b"\r\n\r\n"


@pytest.fixture(scope="module")
def server(sqlite_template: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    folder = tmp_path_factory.mktemp("server")
    database = folder / "bleib.sqlite3"
    database.write_bytes(sqlite_template.read_bytes())
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    environ = {
        "PATH": "/usr/bin:/bin",
        "BLEIB_ENVIRONMENT": "development",
        "BLEIB_DATABASE_URL": f"sqlite:///{database}",
        "BLEIB_TRUSTED_PROXIES": "1",
    }
    process = subprocess.Popen(
        [sys.executable, *gunicorn_arguments(f"127.0.0.1:{port}", 2)],
        cwd=ROOT,
        env=environ,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    server = Server(port)
    try:
        deadline = time.monotonic() + 30
        while not server.answers():
            assert time.monotonic() < deadline, "gunicorn did not come up"
            assert process.poll() is None, "gunicorn ended"
        yield server
    finally:
        process.terminate()
        process.wait(timeout=30)


def test_x16_a_client_that_never_finishes_its_headers_does_not_stop_the_others(
    server: Server,
) -> None:
    with socket.create_connection(("127.0.0.1", server.port)) as slow:
        slow.sendall(b"GET /healthz HTTP/1.1\r\nHost: x\r\n")
        assert all(server.answers() for _ in range(5))


def test_x16_the_front_server_that_many_of_them_need_is_documented() -> None:
    # gunicorn alone gives way to a few hundred such clients; its own limits bound each of them.
    arguments = gunicorn_arguments("127.0.0.1:1", 2)
    assert int(arguments[arguments.index("--timeout") + 1]) <= 30
    operating = (ROOT / "docs" / "operating.md").read_text(encoding="utf-8")
    assert "client_header_timeout" in operating
    assert "client_body_timeout" in operating


def test_x17_a_header_with_underscores_cannot_pose_as_the_proxys(server: Server) -> None:
    # /metrics answers loopback only; behind a trusted proxy the forwarded address decides.
    assert server.status(get("/metrics")) == 200
    forwarded = b"X-Forwarded-For: 203.0.113.9"
    assert server.status(get("/metrics", forwarded)) in (401, 403, 404)
    assert server.status(get("/metrics", b"X_Forwarded_For: 203.0.113.9")) == 200
    both = (forwarded, b"X_Forwarded_For: 127.0.0.1")
    assert server.status(get("/metrics", *both)) in (401, 403, 404)


@pytest.mark.parametrize(
    "headers",
    [
        (b"Content-Length: 2", b"Transfer-Encoding: chunked"),
        (b"Content-Length: 2", b"Content-Length: 3"),
        (b"Content-Length: 2, 3",),
        (b"Content-Length: -1",),
    ],
)
def test_x18_two_lengths_of_one_body_are_refused(
    server: Server, headers: tuple[bytes, ...]
) -> None:
    lines = [b"POST /v1/aaaaaaaaaaaaaaaa/events HTTP/1.1", b"Host: x", *headers]
    answer = server.raw(b"\r\n".join(lines) + b"\r\n\r\n{}")
    assert answer.split(b" ", 2)[1] == b"400"
    assert answer.count(b"HTTP/1.1") == 1


def test_x19_huge_and_many_headers_are_refused(server: Server) -> None:
    assert server.status(get("/healthz", b"X-Long: " + b"a" * 20_000)) == 431
    assert server.status(get("/healthz", *[b"X-%d: 1" % n for n in range(200)])) == 431


def test_x20_a_packed_body_is_not_unpacked(client: FlaskClient, shop: Shop) -> None:
    packed = gzip.compress(json.dumps({"order": "1", "email": "a@b.example"}).encode())
    for route in ("events", "subscriptions", "shipments/lookup"):
        answer = client.post(
            f"/v1/{shop.key}/{route}", data=packed, headers={"Content-Encoding": "gzip"}
        )
        assert answer.status_code == 400


def test_each_of_the_twenty_traps_has_its_test() -> None:
    written = "\n".join(
        path.read_text(encoding="utf-8") for path in (ROOT / "tests").rglob("test_*.py")
    )
    named = {
        int(number)
        for name in re.findall(r"def test_((?:x\d+_)+)", written)
        for number in re.findall(r"x(\d+)_", name)
    }
    # X15 is the race for vouchers, told as a sentence of its own.
    assert "def test_sixty_four_at_once_for_fifty_people_make_exactly_fifty_codes" in written
    assert named | {15} == set(range(1, 21))
