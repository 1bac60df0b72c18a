"""DHL Shipment Tracking - Unified: parcels, express and letters of the DHL group, by an API key."""

from __future__ import annotations

from plugin.carrier_apis.calls import Question, Sends, ask, clean
from plugin.carrier_apis.reading import clock, day, moment, part, parts, words
from plugin.contracts.tracking import Asked, Pace, Scan, Tracked, TrackingAccess
from plugin.model import Expected
from plugin.shape import Node

_API = "https://api-eu.dhl.com/track/shipments"
#: A number as the documentation prints it: whoever may ask is told whether it is known.
_EXAMPLE = "00340434161094042557"


class Dhl:
    """One shop at a time; knows nothing between two calls."""

    name = "dhl"
    fields: tuple[str, ...] = ("api_key",)
    optional: frozenset[str] = frozenset()
    #: What every new key is given; more is asked for at DHL and told in the settings.
    pace = Pace(per_day=250, gap_seconds=5)

    def __init__(self, http: Sends) -> None:
        self._http = http

    def check(self, access: TrackingAccess) -> None:
        """Ask for a number that need not exist: only a wrong key is turned away."""
        self._ask(access, {"trackingNumber": _EXAMPLE})

    def track(self, access: TrackingAccess, asked: Asked) -> Tracked | None:
        """Return what the division of DHL that carries the parcel knows of it."""
        answer = self._ask(
            access,
            {
                "trackingNumber": asked.number,
                "service": asked.carrier,
                "language": asked.language,
            },
        )
        # Without a match elsewhere it may answer with another parcel of a like number.
        found = next((one for one in parts(answer, "shipments") if _is(one, asked.number)), None)
        if found is None:
            return None
        events = parts(found, "events") or [part(found, "status")]
        back = found.get("returnFlag") is True
        scans = [scan for event in events if (scan := _scan(event, asked.zone, back))]
        return Tracked(asked.number, asked.carrier, tuple(scans), _expected(found))

    def _ask(self, access: TrackingAccess, query: dict[str, str]) -> Node:
        headers = {"DHL-API-Key": clean(access.secrets["api_key"])}
        asked = Question("GET", _API, headers, query, allowed=(404,))
        return ask(self._http, asked).json


def _is(shipment: Node, number: str) -> bool:
    pieces = part(shipment, "details").get("pieceIds")
    known = [shipment.get("id"), *(pieces if isinstance(pieces, list) else [])]
    return number in {str(one).replace(" ", "").upper() for one in known}


def _scan(event: Node, zone: str, back: bool) -> Scan | None:
    happened_at = moment(words(event, "timestamp"), zone)
    if happened_at is None:
        return None
    word = words(event, "statusCode", 40) or "unknown"
    # What comes back has the sender as its last recipient.
    word = "returned" if back and word == "delivered" else word
    place = words(part(event, "location", "address"), "addressLocality", 120)
    return Scan(word, happened_at, place, words(event, "description") or words(event, "status"))


def _expected(shipment: Node) -> Expected | None:
    frame = part(shipment, "estimatedDeliveryTimeFrame")
    since, until = words(frame, "estimatedFrom"), words(frame, "estimatedThrough")
    first = day(since) or day(words(shipment, "estimatedTimeOfDelivery"))
    if first is None:
        return None
    last, opens, closes = day(until), clock(since), clock(until)
    if last == first and opens is not None and closes is not None and opens < closes:
        return Expected(first, window=(opens, closes))
    return Expected(first, last if last and last > first else None)
