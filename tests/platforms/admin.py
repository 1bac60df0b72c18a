"""A scripted Admin API on loopback; every call it sees is checked against the real schema."""

from __future__ import annotations

import json
import re
import socket
from typing import Any

from plugin.http_out import HttpOut
from plugin.manifest import load_manifest
from plugin.model import Access
from plugin.platforms.shopify import ShopifyPlatform
from tests.fakes.raw_server import RawServer, answer

DOMAIN = "uferhaus.myshopify.com"
CLIENT_ID = "client-0123456789abcdef"
SECRET = "a-test-secret-of-at-least-32-bytes"
OLD_SECRET = "the-secret-before-it-also-32-bytes"
TOKEN = "shpat_0123456789abcdef"
ACCESS = Access(shop_id=1, domain=DOMAIN, token=TOKEN)
VERSION = load_manifest().platforms["shopify"].api_version
_NAME = re.compile(r"(?:query|mutation) (\w+)")

Json = dict[str, Any]


class FakeAdmin:
    """Answers each operation with what the test put in line for it."""

    def __init__(self) -> None:
        self.server = RawServer(self._handle)
        self.calls: list[tuple[str, Json]] = []
        self.documents: list[tuple[str, Json]] = []
        self._lines: dict[str, list[bytes]] = {}

    def will(self, operation: str, data: Json | None, **more: Any) -> None:
        """Queue an answer with status 200."""
        self.will_raw(operation, json_answer({"data": data, **more}))

    def will_raw(self, operation: str, raw: bytes) -> None:
        """Queue any bytes as the answer."""
        self._lines.setdefault(operation, []).append(raw)

    def sent(self, operation: str) -> list[Json]:
        """Return the variables of each call of an operation."""
        return [variables for name, variables in self.calls if name == operation]

    def _handle(self, connection: socket.socket, head: bytes) -> None:
        path = head.split()[1].decode()
        body = self.server.bodies[-1]
        name = path
        if path.endswith("/graphql.json"):
            content = json.loads(body)
            found = _NAME.match(content["query"])
            assert found is not None
            name = found.group(1)
            self.calls.append((name, content["variables"]))
            self.documents.append((content["query"], content["variables"]))
        line = self._lines.get(name)
        if not line:
            connection.sendall(answer(status="404 Not Found"))
        else:
            connection.sendall(line.pop(0) if len(line) > 1 else line[0])


def json_answer(content: Any, status: str = "200 OK", headers: tuple[str, ...] = ()) -> bytes:
    """Return an answer of the Admin API."""
    kept = ("Content-Type: application/json", f"X-Shopify-API-Version: {VERSION}", *headers)
    return answer(json.dumps(content).encode(), status, kept)


def declined(field: str, code: str, *place: str, message: str = "no", **payload: Any) -> Json:
    """Return the data of a change that the platform did not make."""
    problem = {"field": list(place), "code": code, "message": message}
    return {field: {**payload, "userErrors": [problem]}}


def platform_for(admin: FakeAdmin, pauses: list[float]) -> tuple[ShopifyPlatform, HttpOut]:
    """Return the adapter that takes the fake for the shop of DOMAIN, and its client."""
    http = HttpOut([admin.server.url], pause=pauses.append)
    origins = {DOMAIN: admin.server.url}
    secrets = (SECRET, OLD_SECRET)
    return ShopifyPlatform(CLIENT_ID, secrets, origins, http, pause=pauses.append), http
