"""Connecting by a consent page: the signed entry, the one-time state, the code for tokens."""

from __future__ import annotations

import hmac
from dataclasses import dataclass, field
from datetime import timedelta

from sqlalchemy.engine import Connection

from plugin.contracts.connecting import Callback, InstallsByConsent
from plugin.contracts.platform import ReadsShop
from plugin.errors import (
    AccessRevokedError,
    BadInputError,
    ForbiddenError,
    NotAllowedError,
    PlatformRefusedError,
)
from plugin.model import Access, Grant, Shop
from plugin.security import LIFETIMES, digest, random_token
from plugin.services import installing
from plugin.services.context import Context, able
from plugin.store import installs as store
from plugin.store import shops

__all__ = ["Entry", "ask_again", "begin", "finish"]

#: Longer than any platform's signed opening stays valid.
_ENTRY_REMEMBERED = timedelta(minutes=10)


@dataclass(frozen=True)
class Entry:
    """What answers an opening of the app: a known shop's session, or the way to consent.

    `state` is the secret for the browser's cookie; it is empty when no consent is needed.
    """

    shop: Shop | None
    redirect: str
    state: str = field(default="", repr=False)


def begin(
    context: Context, platform_name: str, raw_query: bytes, *, inside: Shop | None = None
) -> Entry:
    """Answer a signed opening of the app.

    NotAllowedError if the platform did not sign it, and for one that was used before: who reads
    it later in a log or over a shoulder must not get in. Only a browser that is `inside` the same
    shop already may come with it again. A shop whose connection works is let in; every other one
    is sent to the platform's consent page with a fresh one-time state.
    """
    platform = able(context.platform(platform_name), InstallsByConsent)
    now = context.now()
    domain = platform.verify_entry(raw_query, now)
    state = random_token()
    with context.db.write() as connection:
        shop = shops.shop_by_domain(connection, platform_name, domain)
        fresh = _used_now(
            connection, context, platform_name, domain, platform.entry_mark(raw_query)
        )
        if not fresh and (shop is None or inside is None or inside.id != shop.id):
            raise NotAllowedError("link_used")
        if shop is not None and installing.is_connected(connection, context, shop):
            return Entry(shop, "/admin/")
        _expect(connection, context, platform_name, domain, state)
    return Entry(
        None, platform.authorise_url(domain, state, _callback(context, platform_name)), state
    )


def ask_again(context: Context, shop: Shop) -> Entry:
    """Send a connected shop to the consent page once more: a right was taken from us."""
    platform, state = able(context.platform(shop.platform), InstallsByConsent), random_token()
    with context.db.write() as connection:
        _expect(connection, context, shop.platform, shop.domain, state)
    callback = _callback(context, shop.platform)
    return Entry(None, platform.authorise_url(shop.domain, state, callback), state)


def _expect(
    connection: Connection, context: Context, platform_name: str, domain: str, state: str
) -> None:
    store.add_state(
        connection,
        digest(state),
        platform=platform_name,
        domain=domain,
        expires_at=context.now() + timedelta(seconds=LIFETIMES["oauth_state"] or 600),
    )


def _used_now(
    connection: Connection, context: Context, platform_name: str, domain: str, mark: str
) -> bool:
    now = context.now()
    store.drop_expired_states(connection, now)
    return store.use_once(
        connection,
        digest(f"entry:{mark}"),
        platform=platform_name,
        domain=domain,
        expires_at=now + _ENTRY_REMEMBERED,
    )


def finish(context: Context, platform_name: str, raw_query: bytes, cookie_state: str) -> Shop:
    """Complete an installation after the consent page; returns the installed shop.

    Raises NotAllowedError for a wrong signature or for a state that is missing, used, expired,
    of another browser or of another shop, ForbiddenError("scopes_missing") if the merchant did
    not grant what we need. In all of these cases nothing is stored.
    """
    platform = able(context.platform(platform_name), InstallsByConsent)
    now = context.now()
    back = platform.verify_callback(raw_query, now)
    same = hmac.compare_digest(back.state.encode(), cookie_state.encode())
    if not back.state or not same:
        raise NotAllowedError("state_invalid")
    if not back.code:
        raise BadInputError("request_refused")
    with context.db.write() as connection:
        known = store.take_state(
            connection, digest(back.state), platform=platform_name, domain=back.domain, now=now
        )
    if not known:
        raise NotAllowedError("state_invalid")
    grant = _exchange(platform, back)
    if not installing.covers(grant.scopes, installing.wanted(platform_name)):
        raise ForbiddenError("scopes_missing")
    facts = able(context.platform(platform_name), ReadsShop).shop_facts(
        Access(0, back.domain, grant.access_token)
    )
    with context.db.write() as connection:
        return installing.complete(connection, context, platform_name, back.domain, grant, facts)


def _exchange(platform: InstallsByConsent, back: Callback) -> Grant:
    try:
        return platform.exchange(back.domain, back.code)
    except (PlatformRefusedError, AccessRevokedError):
        # A code that is used, expired or made up: the merchant starts again, nothing is broken.
        raise NotAllowedError("state_invalid") from None


def _callback(context: Context, platform_name: str) -> str:
    return context.url(f"/auth/{platform_name}/callback")
