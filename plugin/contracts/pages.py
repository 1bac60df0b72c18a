"""How pages of a shop are looked at."""

from __future__ import annotations

from typing import Protocol

from plugin.errors import PlatformRefusedError
from plugin.http_out import Reply


class ReadsPages(Protocol):
    """Fetches pages of storefronts."""

    def get(self, url: str, *, seconds: float, max_bytes: int, redirects: int) -> Reply:
        """Return the answer, whatever its status; redirects only within the origin.

        PlatformError when there was none in time, PlatformRefusedError("address_not_allowed")
        for an address that may not be reached.
        """


class NoPages:
    """What stands in where nothing may be fetched."""

    def get(self, url: str, *, seconds: float, max_bytes: int, redirects: int) -> Reply:
        """Refuse every address."""
        raise PlatformRefusedError("address_not_allowed")
