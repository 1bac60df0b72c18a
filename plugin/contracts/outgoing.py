"""How messages for developers leave the house."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Protocol

from plugin.errors import PlatformRefusedError
from plugin.http_out import Reply


class PostsBytes(Protocol):
    """Sends bytes to an address that a merchant gave: to the public internet and nowhere else."""

    def post_bytes(
        self,
        url: str,
        body: bytes,
        *,
        headers: Mapping[str, str],
        seconds: float,
        max_bytes: int,
    ) -> Reply:
        """Return the answer, whatever its status.

        PlatformError when there was none in time, PlatformRefusedError("address_not_allowed")
        for an address that may not be reached.
        """


class NoPosts:
    """What stands in where nothing may leave."""

    def post_bytes(
        self,
        url: str,
        body: bytes,
        *,
        headers: Mapping[str, str],
        seconds: float,
        max_bytes: int,
    ) -> Reply:
        """Refuse every address."""
        raise PlatformRefusedError("address_not_allowed")
