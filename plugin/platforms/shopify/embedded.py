"""Our pages inside Shopify's admin: session tokens by strict rules, and what they are worth."""

from __future__ import annotations

import base64
import re
from datetime import datetime
from typing import Any
from urllib.parse import urlsplit

import jwt
from jwt.types import Options

from plugin.contracts.connecting import FrameSession
from plugin.errors import BadInputError, NotAllowedError, PlatformRefusedError
from plugin.http_out import Reply
from plugin.json_in import parse_object
from plugin.model import Grant
from plugin.platforms.shopify.addresses import clean_domain
from plugin.platforms.shopify.installs import ShopifyInstalls

APP_BRIDGE = "https://cdn.shopify.com/shopifycloud/app-bridge.js"
#: Where the demo shop serves its stand-in for App Bridge.
_STAND_IN = "/shopifycloud/app-bridge.js"
_ADMIN = "https://admin.shopify.com"
#: How far the platform's clock may differ from ours, in seconds; Shopify's libraries allow as much.
LEEWAY = 10
_LONGEST_TOKEN = 4096
_LONGEST_CLAIM = 255
_LONGEST_ANSWER = 100_000
#: Later than any clock: what lies beyond is no time.
_LAST_SECOND = 2**40
_FORM = re.compile(r"[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+\.[A-Za-z0-9_-]{43}", re.ASCII)
#: Times and names are checked against our own clock and rules.
_OPTIONS: Options = {
    "verify_signature": True,
    "verify_exp": False,
    "verify_nbf": False,
    "verify_iat": False,
    "verify_aud": False,
    "verify_iss": False,
    "verify_sub": False,
    "verify_jti": False,
}
_TRADE = {
    "grant_type": "urn:ietf:params:oauth:grant-type:token-exchange",
    "subject_token_type": "urn:ietf:params:oauth:token-type:id_token",
    "requested_token_type": "urn:shopify:params:oauth:token-type:offline-access-token",
    "expiring": 1,
}


class ShopifyEmbedded(ShopifyInstalls):
    """Knows merchants by the tokens of App Bridge."""

    def verify_session_token(self, token: str, now: datetime) -> FrameSession:
        """Check a session token by its strict rules.

        HS256 under one of our secrets, in the one way of writing it; not too old and not too
        early; for us; from one and the same shop in `iss` and `dest`; with a user and an id of
        its own. NotAllowedError("session_token_invalid") otherwise.
        """
        claims = self._claims(token)
        seconds = now.timestamp()
        domain = _shop(claims, "dest")
        good = (
            claims.get("aud") == self._client_id
            and _shop(claims, "iss") == domain
            and _second(claims, "exp") > seconds - LEEWAY
            and _second(claims, "nbf") <= seconds + LEEWAY
            and ("iat" not in claims or _second(claims, "iat") <= seconds + LEEWAY)
        )
        if not good or not _name(claims, "jti"):
            raise _refused()
        return FrameSession(domain=domain, user=_name(claims, "sub"))

    def exchange_session_token(self, domain: str, token: str) -> Grant:
        """Trade a genuine session token for the shop's tokens.

        NotAllowedError("session_token_invalid") if the platform wants a fresh one,
        PlatformRefusedError("grant_refused") if it no longer knows the app in this shop.
        """
        # Asking twice is harmless: each answer is a pair of its own.
        reply = self._ask_for_tokens(domain, {**_TRADE, "subject_token": token}, again=True)
        if reply.status in (400, 401, 403):
            if _reason(reply) == "invalid_subject_token":
                raise _refused()
            raise PlatformRefusedError("grant_refused")
        return self._grant(reply)

    def frame_ancestors(self, domain: str) -> tuple[str, ...]:
        """Return the origins that may hold our pages of this shop in a frame."""
        origin = self._addresses.origin(domain)
        return (origin,) if domain in self._addresses.origins else (origin, _ADMIN)

    def frame_script(self, domain: str) -> str | None:
        """Return the address of App Bridge, or of what stands in for it in the demo shop."""
        origin = self._addresses.origins.get(domain)
        return APP_BRIDGE if origin is None else origin + _STAND_IN

    def _claims(self, token: str) -> dict[str, Any]:
        if len(token) > _LONGEST_TOKEN or not _FORM.fullmatch(token) or not _is_canonical(token):
            raise _refused()
        for secret in self._secrets:
            try:
                return jwt.decode(
                    token,
                    secret,
                    algorithms=["HS256"],
                    options=_OPTIONS,
                )
            except jwt.InvalidSignatureError:
                continue
            except jwt.PyJWTError:
                break
        raise _refused()


def _refused() -> NotAllowedError:
    return NotAllowedError("session_token_invalid")


def _is_canonical(token: str) -> bool:
    # The last letter of a signature holds two bits that decoders drop: four ways to write it.
    signature = token.rpartition(".")[2]
    again = base64.urlsafe_b64encode(base64.urlsafe_b64decode(signature + "="))
    return again.rstrip(b"=") == signature.encode()


def _shop(claims: dict[str, Any], name: str) -> str:
    try:
        parts = urlsplit(_name(claims, name))
        if parts.scheme == "https" and not parts.query and not parts.fragment:
            return clean_domain(parts.netloc)
    except (ValueError, BadInputError):
        pass
    raise _refused()


def _second(claims: dict[str, Any], name: str) -> int:
    value = claims.get(name)
    if isinstance(value, bool) or not isinstance(value, int) or not 0 <= value <= _LAST_SECOND:
        raise _refused()
    return value


def _name(claims: dict[str, Any], name: str) -> str:
    value = claims.get(name)
    if not isinstance(value, str) or not 0 < len(value) <= _LONGEST_CLAIM:
        raise _refused()
    if not value.isprintable():
        raise _refused()
    return value


def _reason(reply: Reply) -> str:
    try:
        return str(parse_object(reply.body, max_bytes=_LONGEST_ANSWER).get("error", ""))
    except BadInputError:
        return ""
