"""The tracking APIs as their documentation describes them: paths, headers, shapes, refusals."""

from __future__ import annotations

import base64
import hmac
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from hashlib import sha256
from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit

from plugin.errors import PlatformError
from plugin.http_out import Reply

DHL_NUMBER = "00340434161094042557"
UPS_NUMBER = "1Z5R89390357567127"
GLS_NUMBER = "ZX81HDA4"
SECRETS: dict[str, dict[str, str]] = {
    "dhl": {"api_key": "dhl-key"},
    "ups": {"client_id": "ups-id", "client_secret": "ups-secret"},
    "aftership": {"api_key": "as-key", "webhook_secret": "as-hook"},
}


@dataclass(frozen=True)
class Wanted:
    """One request as it went out."""

    method: str
    host: str
    path: str
    query: dict[str, str]
    headers: dict[str, str]
    content: Any


def dhl_event(code: str, at: str, place: str = "Hagen", text: str = "") -> dict[str, Any]:
    return {
        "timestamp": at,
        "location": {"address": {"countryCode": "DE", "addressLocality": place}},
        "statusCode": code,
        "status": text or code.upper(),
        "description": text or code,
    }


def dhl_shipment(*events: dict[str, Any], **more: Any) -> dict[str, Any]:
    status = events[0] if events else {}
    return {"id": DHL_NUMBER, "service": "parcel-de", "status": status, "events": list(events),
            **more}  # fmt: skip


def ups_activity(kind: str, code: str, at: str, city: str = "Herne") -> dict[str, Any]:
    day, clock = at.split("T")
    return {
        "date": day,
        "time": clock,
        "gmtDate": day,
        "gmtTime": clock,
        "gmtOffset": "+00:00",
        "location": {"address": {"city": city, "countryCode": "DE"}, "slic": "8566"},
        "status": {
            "type": kind,
            "code": code,
            "description": f"{kind} {code}",
            "statusCode": "005",
        },
    }


def checkpoint(tag: str, subtag: str, at: str, city: str | None = "Neuenstein") -> dict[str, Any]:
    return {"tag": tag, "subtag": subtag, "checkpoint_time": at, "city": city, "slug": "gls",
            "message": f"message of {subtag}", "location": "DE"}  # fmt: skip


def aftership_tracking(*points: dict[str, Any], **more: Any) -> dict[str, Any]:
    return {"id": "t1", "tracking_number": GLS_NUMBER, "slug": "gls", "tag": "InTransit",
            "checkpoints": list(points), **more}  # fmt: skip


def signed(body: bytes, hook: str = "as-hook") -> dict[str, str]:
    mark = base64.b64encode(hmac.digest(hook.encode(), body, sha256)).decode()
    return {"aftership-hmac-sha256": mark}


class FakeTrackingApis:
    """What stands in place of the outgoing client: three APIs, and what they know of parcels."""

    def __init__(self) -> None:
        self.known: dict[str, dict[str, Any]] = {"dhl": {}, "ups": {}, "aftership": {}}
        self.followed: list[dict[str, str]] = []
        self.asked: list[Wanted] = []
        self.tokens = 0
        self._next: list[Callable[[], Reply]] = []

    def next_says(self, status: int, body: bytes = b"{}", **headers: str) -> None:
        """Let the next request be answered so, whatever it is."""
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        self._next.append(lambda: Reply(status, named, body))

    def next_is_lost(self) -> None:
        def lose() -> Reply:
            raise PlatformError("platform_unreachable")

        self._next.append(lose)

    def looks(self) -> list[Wanted]:
        """Return the requests for a parcel, without those for tokens."""
        return [one for one in self.asked if "oauth" not in one.path]

    def send_json(
        self,
        method: str,
        url: str,
        content: Any = None,
        *,
        headers: Mapping[str, str] | None = None,
        max_bytes: int = 0,
        tries: int = 3,
    ) -> Reply:
        assert tries == 1
        return self._reply(method, url, dict(headers or {}), content)

    def post_bytes(
        self,
        url: str,
        body: bytes,
        *,
        headers: Mapping[str, str],
        max_bytes: int = 0,
        tries: int = 3,
    ) -> Reply:
        assert tries == 1
        assert headers["Content-Type"] == "application/x-www-form-urlencoded"
        return self._reply("POST", url, dict(headers), dict(parse_qsl(body.decode())))

    def _reply(self, method: str, url: str, headers: dict[str, str], content: Any) -> Reply:
        parts = urlsplit(url)
        assert parts.scheme == "https"
        query = dict(parse_qsl(parts.query, strict_parsing=bool(parts.query)))
        wanted = Wanted(method, parts.netloc, unquote(parts.path), query, headers, content)
        self.asked.append(wanted)
        if self._next:
            return self._next.pop(0)()
        answer = {
            "api-eu.dhl.com": self._dhl,
            "onlinetools.ups.com": self._ups,
            "api.aftership.com": self._aftership,
        }[wanted.host]
        status, said = answer(wanted)
        return Reply(status, {}, json.dumps(said).encode())

    def _dhl(self, wanted: Wanted) -> tuple[int, Any]:
        assert (wanted.method, wanted.path) == ("GET", "/track/shipments")
        assert set(wanted.query) <= {"trackingNumber", "service", "language"}
        if wanted.headers.get("DHL-API-Key") != "dhl-key":
            return 401, {"title": "Unauthorized", "status": 401}
        found = self.known["dhl"].get(wanted.query["trackingNumber"])
        if found is None:
            return 404, {"title": "No result found", "status": 404, "detail": "No shipment."}
        return 200, {"url": "/shipments", "shipments": [found]}

    def _ups(self, wanted: Wanted) -> tuple[int, Any]:
        if wanted.path == "/security/v1/oauth/token":
            right = "Basic " + base64.b64encode(b"ups-id:ups-secret").decode()
            if wanted.headers["Authorization"] != right:
                return 401, {"response": {"errors": [{"code": "10401", "message": "ClientId"}]}}
            assert wanted.content == {"grant_type": "client_credentials"}
            self.tokens += 1
            return 200, {"token_type": "Bearer", "access_token": "tok", "expires_in": "14399"}
        if wanted.headers["Authorization"] != "Bearer tok":
            return 401, {"response": {"errors": [{"code": "250002", "message": "Invalid"}]}}
        assert {"transId", "transactionSrc"} <= set(wanted.headers)
        prefix, _, number = wanted.path.rpartition("/")
        assert prefix == "/api/track/v1/details"
        found = self.known["ups"].get(number)
        if found is None:
            return 404, {"response": {"errors": [{"code": "TW0001", "message": "not found"}]}}
        return 200, {"trackResponse": {"shipment": [{"inquiryNumber": number, "package": [found]}]}}

    def _aftership(self, wanted: Wanted) -> tuple[int, Any]:
        assert wanted.path.endswith("/trackings")
        if wanted.headers.get("as-api-key") != "as-key":
            return 401, {"meta": {"code": 401, "message": "Invalid API key.", "type": ""}}
        if wanted.method == "POST":
            assert set(wanted.content) == {"tracking_number", "slug"}
            if wanted.content in self.followed:
                return 400, {"meta": {"code": 4003, "message": "exists"}, "data": {}}
            self.followed.append(wanted.content)
            return 201, {"meta": {"code": 201}, "data": {"id": "t1", **wanted.content}}
        number = wanted.query.get("tracking_numbers", "")
        found = [one for one in [self.known["aftership"].get(number)] if one is not None]
        pages = {"total": len(found), "has_next_page": False}
        return 200, {"meta": {"code": 200}, "data": {"pagination": pages, "trackings": found}}
