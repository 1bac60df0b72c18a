"""UPS Tracking API v1, by the client id and secret of an app of the merchant's."""

from __future__ import annotations

import base64
import time
import uuid
from datetime import datetime
from datetime import time as clock_time
from hashlib import sha256
from urllib.parse import quote

from plugin.carrier_apis.calls import Question, Sends, ask, clean, odd
from plugin.carrier_apis.reading import day, moment, part, parts, words
from plugin.contracts.tracking import Asked, Pace, Scan, Tracked, TrackingAccess
from plugin.model import Expected
from plugin.shape import Node

_HOST = "https://onlinetools.ups.com"
_LOCALES = {"de": "de_DE", "en": "en_GB"}
_WINDOWS = frozenset({"EDW", "CDW", "IDW"})
#: A token is given up so many seconds before its end.
_EARLY = 120
_MOST_TOKENS = 1000


class Ups:
    """One shop at a time; keeps nothing but the tokens that are still good."""

    name = "ups"
    fields: tuple[str, ...] = ("client_id", "client_secret")
    optional: frozenset[str] = frozenset()
    pace = Pace(per_day=5000, gap_seconds=1)

    def __init__(self, http: Sends) -> None:
        self._http = http
        self._tokens: dict[bytes, tuple[float, str]] = {}

    def check(self, access: TrackingAccess) -> None:
        """Ask for a token."""
        self._tokens.pop(_mark(access), None)
        self._token(access)

    def track(self, access: TrackingAccess, asked: Asked) -> Tracked | None:
        """Return what UPS knows of a package."""
        headers = {
            "Authorization": f"Bearer {self._token(access)}",
            "transId": uuid.uuid4().hex,
            "transactionSrc": "bleib",
        }
        url = f"{_HOST}/api/track/v1/details/{quote(asked.number, safe='')}"
        query = {"locale": _LOCALES.get(asked.language, "en_GB")}
        answer = ask(self._http, Question("GET", url, headers, query, allowed=(404,))).json
        found = _package(answer, asked.number)
        if found is None:
            return None
        events = parts(found, "activity")
        scans = [scan for event in events if (scan := _scan(event, asked.zone))]
        return Tracked(asked.number, asked.carrier, tuple(scans), _expected(found))

    def _token(self, access: TrackingAccess) -> str:
        mark, now = _mark(access), time.monotonic()
        until, token = self._tokens.get(mark, (0.0, ""))
        if until > now:
            return token
        client = ":".join(clean(access.secrets[name]) for name in self.fields)
        basic = base64.b64encode(client.encode()).decode()
        headers = {"Authorization": f"Basic {basic}"}
        form = {"grant_type": "client_credentials"}
        asked = Question("POST", f"{_HOST}/security/v1/oauth/token", headers, form=form)
        answer = ask(self._http, asked).json
        token, seconds = words(answer, "access_token", 8000) or "", str(answer.get("expires_in"))
        if not token or not seconds.isdigit():
            raise odd()
        if len(self._tokens) >= _MOST_TOKENS:
            self._tokens.clear()
        self._tokens[mark] = (now + int(seconds) - _EARLY, token)
        return clean(token)


def _mark(access: TrackingAccess) -> bytes:
    secrets = "\n".join(access.secrets.get(name, "") for name in Ups.fields)
    return sha256(f"{access.shop_id}\n{secrets}".encode()).digest()


def _package(answer: Node, number: str) -> Node | None:
    packages = [
        package
        for shipment in parts(part(answer, "trackResponse"), "shipment")
        for package in parts(shipment, "package")
    ]
    same = [one for one in packages if one.get("trackingNumber") == number]
    return next(iter(same), packages[0] if len(packages) == 1 else None)


def _scan(event: Node, zone: str) -> Scan | None:
    happened_at = _time(event, "gmtDate", "gmtTime", "UTC") or _time(event, "date", "time", zone)
    status = part(event, "status")
    kind, code = words(status, "type", 20), words(status, "code", 20)
    if happened_at is None or kind is None:
        return None
    place = words(part(event, "location", "address"), "city", 120)
    text = words(status, "description")
    return Scan(f"{kind}:{code}" if code else kind, happened_at, place, text)


def _time(event: Node, date_key: str, time_key: str, zone: str) -> datetime | None:
    date, time_of_day = _digits(event, date_key), _digits(event, time_key)
    if len(date) != 8 or not time_of_day:
        return None
    return moment(f"{date}T{time_of_day.zfill(6)}", zone)


def _expected(package: Node) -> Expected | None:
    days = {words(one, "type"): day(_dashed(one, "date")) for one in parts(package, "deliveryDate")}
    found = days.get("RDD") or days.get("SDD")
    if found is None or days.get("DEL"):
        return None
    times = part(package, "deliveryTime")
    opens, closes = _clock(times, "startTime"), _clock(times, "endTime")
    if words(times, "type") in _WINDOWS and opens and closes and opens < closes:
        return Expected(found, window=(opens, closes))
    return Expected(found)


def _digits(parent: Node, key: str) -> str:
    text = (words(parent, key, 20) or "").replace("-", "").replace(":", "")
    return text if text.isascii() and text.isdigit() else ""


def _dashed(parent: Node, key: str) -> str:
    text = _digits(parent, key)
    return f"{text[:4]}-{text[4:6]}-{text[6:]}" if len(text) == 8 else ""


def _clock(parent: Node, key: str) -> clock_time | None:
    text = _digits(parent, key).zfill(6)
    try:
        return clock_time(int(text[:2]), int(text[2:4]))
    except ValueError:
        return None
