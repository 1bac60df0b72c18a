"""How a shop is connected, stays connected, and shows our pages in its own admin.

By a consent page or from inside the platform's admin here; by keys that the shop hands over in
`key_handover.py`; by a signed handshake in `handshake.py`.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Protocol, runtime_checkable

from plugin.model import Grant


@dataclass(frozen=True)
class Callback:
    """A checked return from the platform's consent page."""

    domain: str
    code: str
    state: str


@dataclass(frozen=True)
class FrameSession:
    """Who looks at our pages inside the platform's admin, from a token of the platform."""

    domain: str
    user: str


@runtime_checkable
class InstallsByConsent(Protocol):
    """Connects by a consent page that answers with a one-time code."""

    def verify_entry(self, raw_query: bytes, now: datetime) -> str:
        """Return the domain of a signed opening of the app; NotAllowedError if not genuine."""

    def entry_mark(self, raw_query: bytes) -> str:
        """Return what tells a genuine opening from every other one, however it is written."""

    def authorise_url(self, domain: str, state: str, redirect_uri: str) -> str:
        """Return the platform's consent page for our declared scopes."""

    def verify_callback(self, raw_query: bytes, now: datetime) -> Callback:
        """Check a return from the consent page; NotAllowedError if not genuine."""

    def exchange(self, domain: str, code: str) -> Grant:
        """Trade a one-time code for tokens."""


@runtime_checkable
class InstallsEmbedded(Protocol):
    """Connects by a token of the platform's own admin, in which our pages stand."""

    def verify_session_token(self, token: str, now: datetime) -> FrameSession:
        """Check a session token by its strict rules; NotAllowedError if not genuine."""

    def exchange_session_token(self, domain: str, token: str) -> Grant:
        """Trade a genuine session token for the shop's tokens.

        NotAllowedError("session_token_invalid") if the platform wants a fresh one.
        """


@runtime_checkable
class RenewsTokens(Protocol):
    """Tokens that end and are replaced."""

    def refresh(self, domain: str, refresh_token: str) -> Grant:
        """Trade a refresh token for a new pair; AccessRevokedError if it is no longer valid."""


@runtime_checkable
class OpensInFrame(Protocol):
    """Shows our pages inside its own admin."""

    def frame_ancestors(self, domain: str) -> tuple[str, ...]:
        """Return the origins that may hold our pages of this shop in a frame."""

    def frame_script(self, domain: str) -> str | None:
        """Return the address of the script that hands out session tokens, None without one."""


@runtime_checkable
class OpensInAdmin(Protocol):
    """A page of ours in the shop's own admin."""

    def app_url(self, domain: str) -> str:
        """Return where the merchant finds the shop's own admin page of our app."""
