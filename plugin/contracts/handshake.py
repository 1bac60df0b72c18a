"""What a platform offers whose shops register themselves with us by a signed handshake."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol, runtime_checkable

from plugin.contracts.platform import Inbound
from plugin.model import Grant, ShopFacts


@dataclass(frozen=True)
class Registration:
    """A shop that wants to be connected; it knows the secret of the app, nothing else is proven.

    `message` is what was signed, `mark` its signature, `second` the signature of a shop that has
    a secret of its own already, "" without one.
    """

    platform_id: str
    domain: str
    shop_url: str
    message: bytes = field(repr=False)
    mark: str = field(repr=False)
    second: str = field(repr=False)


@dataclass(frozen=True)
class Confirmation:
    """What a shop says once it has our secret; not proven yet.

    `signature` is made with the new secret, `second` with the one before, "" without one.
    """

    platform_id: str
    domain: str
    credentials: str = field(repr=False)
    message: bytes = field(repr=False)
    signature: str = field(repr=False)
    second: str = field(repr=False)


@runtime_checkable
class RegistersByHandshake(Protocol):
    """Connects by a registration, our proof with a new secret, and a confirmation with keys."""

    def verify_registration(
        self, raw_query: bytes, headers: Mapping[str, str], now: datetime
    ) -> Registration:
        """Check signature and time of a registration; NotAllowedError if it is not genuine."""

    def registration_proof(self, registration: Registration) -> str:
        """Return what shows the shop that we know the secret of the app."""

    def read_confirmation(self, inbound: Inbound, now: datetime) -> Confirmation:
        """Return what a confirmation says; BadInputError if it is none, NotAllowedError if old."""

    def check_signature(self, message: bytes, given: str, secrets: Sequence[str]) -> None:
        """Check a signature of the shop itself; NotAllowedError if it is not genuine."""

    def try_credentials(self, domain: str, credentials: str) -> tuple[Grant, ShopFacts]:
        """Use keys once, within less time than a shop waits for an answer of ours.

        AccessRevokedError if the shop refuses them.
        """

    def opening_claim(self, raw_query: bytes) -> str:
        """Return the shop's id in an opening of the app; nothing is proven yet."""

    def verify_opening(self, raw_query: bytes, secrets: Sequence[str], now: datetime) -> None:
        """Check signature and time of an opening; NotAllowedError if it is not genuine."""
