"""What Bleib asks of a tracking API: where is this parcel, and since when.

An API is asked by the number of a parcel alone, never with a name or an address. Methods may raise
PlatformError (try later), PlatformRefusedError (never) and AccessRevokedError (the merchant must
give another key), each with a code `tracking_…`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol, runtime_checkable

from plugin.model import Expected


@dataclass(frozen=True)
class TrackingAccess:
    """The credentials of one shop at an API, by field name."""

    shop_id: int
    secrets: Mapping[str, str] = field(repr=False)


@dataclass(frozen=True)
class Asked:
    """One parcel: its number and what the API calls its carrier (`asks` in carriers.toml).

    `zone` is where times without one are meant; `language` the one that sentences should have.
    """

    number: str
    carrier: str
    language: str
    zone: str


@dataclass(frozen=True)
class Scan:
    """One report, in the API's own word (`words` in carriers.toml) and sentence."""

    word: str
    happened_at: datetime
    place: str | None = None
    text: str | None = None


@dataclass(frozen=True)
class Tracked:
    """What an API knows of a parcel: its reports in any order, the day it is expected."""

    number: str
    carrier: str
    scans: tuple[Scan, ...]
    expected: Expected | None = None


@dataclass(frozen=True)
class Pace:
    """How much may be asked: calls in a day (UTC) and the seconds between two."""

    per_day: int
    gap_seconds: int


class TrackingApi(Protocol):
    """One tracking API. Asking changes nothing."""

    name: str
    #: The credentials it asks for, in the order of the form; those in `optional` may be left out.
    fields: tuple[str, ...]
    optional: frozenset[str]
    pace: Pace

    def check(self, access: TrackingAccess) -> None:
        """See whether the credentials are accepted; AccessRevokedError("tracking_revoked")."""

    def track(self, access: TrackingAccess, asked: Asked) -> Tracked | None:
        """Return what is known of a parcel, None for a number that is not known (yet)."""


@runtime_checkable
class PushesTracking(Protocol):
    """An API that tells of changes by itself."""

    def pushed(
        self, access: TrackingAccess, headers: Mapping[str, str], body: bytes, zone: str
    ) -> tuple[Tracked, ...]:
        """Return what a message tells, its signature checked; header names in lower case.

        NotAllowedError("signature_invalid"), BadInputError for a body that is none.
        """
