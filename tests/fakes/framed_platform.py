"""A platform in memory whose admin holds our pages: genuine session tokens, scripted exchanges."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import jwt

from plugin.contracts.connecting import FrameSession
from plugin.http_out import HttpOut
from plugin.model import Grant
from plugin.platforms.shopify import ShopifyPlatform
from tests.conftest import START
from tests.fakes.platform import FakePlatform

CLIENT_ID = "test-client-id"
SECRET = "a-session-token-secret-of-32-bytes"


def id_token(domain: str = "uferhaus.myshopify.com", at: datetime = START, **changes: Any) -> str:
    """Return a session token of that moment; a change to None leaves the claim out."""
    second = int(at.timestamp())
    claims = {
        "iss": f"https://{domain}/admin",
        "dest": f"https://{domain}",
        "aud": CLIENT_ID,
        "sub": "42",
        "exp": second + 60,
        "nbf": second,
        "iat": second,
        "jti": "f8912129-1af6-4cad-9ca3-76b0f7621087",
        **changes,
    }
    found = {name: value for name, value in claims.items() if value is not None}
    return jwt.encode(found, SECRET, algorithm="HS256")


class FramedPlatform(FakePlatform):
    """Judges session tokens as Shopify's adapter does, and trades them in memory."""

    def __init__(self) -> None:
        super().__init__()
        self._shopify = ShopifyPlatform(CLIENT_ID, (SECRET,), {}, HttpOut())

    def verify_session_token(self, token: str, now: datetime) -> FrameSession:
        return self._shopify.verify_session_token(token, now)

    def exchange_session_token(self, domain: str, token: str) -> Grant:
        self._called("exchange_session_token")
        grant = self._grant()
        return Grant(
            grant.access_token,
            grant.refresh_token,
            START + timedelta(hours=1),
            grant.refresh_expires_at,
            grant.scopes,
        )

    def frame_ancestors(self, domain: str) -> tuple[str, ...]:
        return self._shopify.frame_ancestors(domain)

    def frame_script(self, domain: str) -> str | None:
        return self._shopify.frame_script(domain)


class ScriptlessPlatform(FramedPlatform):
    """A platform whose admin holds our pages but gives them no script that hands out tokens."""

    def frame_ancestors(self, domain: str) -> tuple[str, ...]:
        return (f"https://{domain}",)

    def frame_script(self, domain: str) -> str | None:
        return None
