"""Parcels of an order: what the tracking plugins agreed to note with it."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from typing import Any

from plugin.model import Shipment
from plugin.platforms.woocommerce import shape
from plugin.platforms.woocommerce.shape import Node
from plugin.sanitize import plain_text

#: Where "Shipment Tracking", "Advanced Shipment Tracking" and others keep a list of parcels.
TRACKING = "_wc_shipment_tracking_items"
#: The shop has named a parcel to the carrier; nobody has seen it travel, as far as we are told.
_ANNOUNCED = "confirmed"
_SLUG = re.compile(r"[a-z0-9]+([-_][a-z0-9]+)*", re.ASCII)
_LONGEST = 80
_EARLIEST = datetime(2000, 1, 1, tzinfo=UTC)


def parse_parcels(node: Node, order_id: str, changed: datetime) -> tuple[Shipment, ...]:
    """Return the parcels of an order; none where no plugin notes any.

    What plugins keep is not WooCommerce's: a note we cannot read is no parcel, not a fault.
    """
    noted = shape.meta(node, TRACKING)
    if isinstance(noted, dict):  # PHP writes a list with gaps as an object
        noted = list(noted.values())
    if not isinstance(noted, list):
        return ()
    entries = [item for item in noted if isinstance(item, dict)]
    found = (_parcel(item, order_id, place, changed) for place, item in enumerate(entries, start=1))
    return tuple(parcel for parcel in found if parcel is not None)


def _parcel(item: Node, order_id: str, place: int, changed: datetime) -> Shipment | None:
    number = _words(item.get("tracking_number"))
    if number is None:
        return None
    sent = _shipped(item.get("date_shipped"), changed)
    carrier = _words(item.get("tracking_provider")) or _words(item.get("custom_tracking_provider"))
    return Shipment(
        id=f"{order_id}-{_words(item.get('tracking_id')) or place}"[:_LONGEST],
        carrier=_spelled_out(carrier),
        tracking_number=number,
        tracking_url=shape.web_address(item.get("custom_tracking_link") or None),
        status=_ANNOUNCED,
        created_at=sent,
        updated_at=changed,
        expected_on=None,
        delivered_at=None,
    )


def _words(value: Any) -> str | None:  # noqa: ANN401 - plugins keep anything in it
    if isinstance(value, bool) or not isinstance(value, str | int):
        return None
    return plain_text(str(value))[:_LONGEST] or None


def _spelled_out(carrier: str | None) -> str | None:
    # Plugins note "dhl-de" where people read "dhl de".
    if carrier is not None and _SLUG.fullmatch(carrier):
        return re.sub("[-_]", " ", carrier)
    return carrier


def _shipped(value: Any, changed: datetime) -> datetime:  # noqa: ANN401 - as above
    """Return the day of dispatch: seconds since 1970 as text, a date in some plugins."""
    text = "" if value is None else str(value).strip()
    try:
        if text.isascii() and text.isdigit():
            found = datetime.fromtimestamp(int(text), UTC)
        else:
            found = datetime.fromisoformat(text)
            found = found if found.tzinfo else found.replace(tzinfo=UTC)
    except (ValueError, OverflowError, OSError):
        return changed
    return found.astimezone(UTC) if found > _EARLIEST else changed
