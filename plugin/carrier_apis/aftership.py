"""AfterShip Tracking, an aggregator of many carriers: by an API key, and by its webhook."""

from __future__ import annotations

import base64
import hmac
from collections.abc import Mapping
from hashlib import sha256

from plugin.carrier_apis.calls import Answer, Question, Sends, ask, clean
from plugin.carrier_apis.reading import day, moment, part, parts, words
from plugin.contracts.tracking import Asked, Pace, Scan, Tracked, TrackingAccess
from plugin.errors import BadInputError, NotAllowedError, PlatformRefusedError
from plugin.json_in import parse_object
from plugin.model import Expected
from plugin.shape import Node

_API = "https://api.aftership.com/tracking/2026-07/trackings"
#: What its answer calls a parcel that it follows already.
_FOLLOWED = 4003
#: The most that a message may hold.
MOST_BYTES = 512 * 1024


class AfterShip:
    """One shop at a time; knows nothing between two calls."""

    name = "aftership"
    fields: tuple[str, ...] = ("api_key", "webhook_secret")
    optional: frozenset[str] = frozenset({"webhook_secret"})
    pace = Pace(per_day=10_000, gap_seconds=1)

    def __init__(self, http: Sends) -> None:
        self._http = http

    def check(self, access: TrackingAccess) -> None:
        """Ask for one parcel of the account, whichever it is."""
        self._ask(access, "GET", {"limit": "1"})

    def track(self, access: TrackingAccess, asked: Asked) -> Tracked | None:
        """Return what is known of a parcel; one that is new there is followed from now on."""
        answer = self._ask(access, "GET", {"tracking_numbers": asked.number, "slug": asked.carrier})
        found = [
            one
            for one in parts(part(answer.json, "data"), "trackings")
            if _same(one, "tracking_number", asked.number) and _same(one, "slug", asked.carrier)
        ]
        if found:
            return _tracked(found[0], asked.zone)
        content = {"tracking_number": asked.number, "slug": asked.carrier}
        made = self._ask(access, "POST", {}, content, allowed=(400,))
        if made.status == 400 and part(made.json, "meta").get("code") != _FOLLOWED:
            raise PlatformRefusedError("tracking_refused")
        return None

    def pushed(
        self, access: TrackingAccess, headers: Mapping[str, str], body: bytes, zone: str
    ) -> tuple[Tracked, ...]:
        """Return the parcel that a signed message is about."""
        secret = access.secrets.get("webhook_secret", "")
        right = base64.b64encode(hmac.digest(secret.encode(), body, sha256))
        given = headers.get("aftership-hmac-sha256", "").encode()
        if not secret or not hmac.compare_digest(right, given):
            raise NotAllowedError("signature_invalid")
        told = parse_object(body, max_bytes=MOST_BYTES)
        found = _tracked(part(told, "msg"), zone)
        if not found.number or not found.carrier:
            raise BadInputError("json_invalid")
        return (found,)

    def _ask(
        self,
        access: TrackingAccess,
        method: str,
        query: Mapping[str, str],
        content: Mapping[str, str] | None = None,
        *,
        allowed: tuple[int, ...] = (),
    ) -> Answer:
        headers = {"as-api-key": clean(access.secrets["api_key"])}
        return ask(self._http, Question(method, _API, headers, query, content, allowed=allowed))


def _same(entry: Node, key: str, wanted: str) -> bool:
    return (words(entry, key, 80) or "").upper() == wanted.upper()


def _tracked(entry: Node, zone: str) -> Tracked:
    scans = [scan for one in parts(entry, "checkpoints") if (scan := _scan(one, zone))]
    number = (words(entry, "tracking_number", 80) or "").upper()
    return Tracked(number, words(entry, "slug", 60) or "", tuple(scans), _expected(entry))


def _scan(point: Node, zone: str) -> Scan | None:
    happened_at, tag = moment(words(point, "checkpoint_time"), zone), words(point, "tag", 40)
    if happened_at is None or tag is None:
        return None
    _, line, number = (words(point, "subtag", 40) or "").partition("_")
    place = words(point, "city", 120) or words(point, "location", 120)
    return Scan(f"{tag}:{number}" if line else tag, happened_at, place, words(point, "message"))


def _expected(entry: Node) -> Expected | None:
    told = part(entry, "courier_estimated_delivery_date")
    first = day(words(told, "estimated_delivery_date_min"))
    last = day(words(told, "estimated_delivery_date_max"))
    first = first or day(words(told, "estimated_delivery_date")) or last
    if first is None:
        return None
    return Expected(first, last if last and last > first else None)
