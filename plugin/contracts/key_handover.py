"""What a platform offers whose shops hand over API keys instead of granting tokens."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Protocol, runtime_checkable

from plugin.model import Grant


@dataclass(frozen=True)
class HandedKeys:
    """Keys as they arrived, not proven yet; `mark` is ours and tells which opening they answer."""

    mark: str = field(repr=False)
    grant: Grant


@runtime_checkable
class HandsOverKeys(Protocol):
    """Connects by a page of the shop that posts keys to us, unsigned, bound by our mark alone."""

    def find_shop(self, text: str) -> str:
        """Return the domain under which a shop of this platform answers.

        BadInputError says what is wrong with the address, PlatformError that nothing answers.
        """

    def key_page(self, domain: str, mark: str, return_url: str, keys_url: str) -> str:
        """Return the shop's page on which the merchant hands over keys."""

    def read_keys(self, body: bytes) -> HandedKeys:
        """Return mark and keys of the shop's message; BadInputError if it is none."""
