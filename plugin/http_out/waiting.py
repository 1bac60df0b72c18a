"""Reads how long another server asks us to wait."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

LONGEST = 3600


def retry_after(headers: Mapping[str, str]) -> int | None:
    """Return the seconds of a Retry-After header (names in lower case), at most an hour.

    None if there is no such header or it makes no sense.
    """
    text = headers.get("retry-after", "").strip()
    if not text:
        return None
    if text.replace(".", "", 1).isdigit() and text.isascii():
        return min(LONGEST, round(float(text) + 0.49))
    try:
        moment = parsedate_to_datetime(text)
    except ValueError:
        return None
    if moment.tzinfo is None:
        return None
    wait = (moment - datetime.now(UTC)).total_seconds()
    return min(LONGEST, max(0, round(wait + 0.49)))
