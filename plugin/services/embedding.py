"""Installing from inside the platform's own admin: its token is traded for the shop's own."""

from __future__ import annotations

import time
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy.engine import Connection

from plugin.contracts.connecting import InstallsEmbedded
from plugin.contracts.platform import ReadsShop
from plugin.errors import ForbiddenError, NotAllowedError, PlatformError
from plugin.model import Access, Shop
from plugin.security import digest
from plugin.services import installing
from plugin.services.context import Context, able
from plugin.store import installs as store
from plugin.store import shops

#: How long one process may take to trade tokens before another one tries.
_CLAIM = timedelta(seconds=30)
_LONGEST_WAIT_SECONDS = 15.0
_LOOK_AGAIN_SECONDS = 0.1


@dataclass(frozen=True)
class Opening:
    """A merchant who came in; `fresh` if the shop was installed, or installed anew, just now."""

    shop: Shop
    fresh: bool


def enter(context: Context, platform_name: str, token: str, named: str | None) -> Opening:
    """Let in a merchant who comes with a token of the platform's admin.

    A shop that is unknown, gone or no longer connected is installed: its token is traded for the
    shop's own, once, however many first pages are opened at the same moment. `named` is the shop
    that the address names beside the token, if it names one. NotAllowedError if the token is not
    genuine, too old or of another shop, ForbiddenError("scopes_missing") if the merchant did not
    grant what we need; nothing is stored then.
    """
    platform = able(context.platform(platform_name), InstallsEmbedded)
    who = platform.verify_session_token(token, context.now())
    if named is not None and named != who.domain:
        raise NotAllowedError("session_token_invalid")
    known = _wait_or_claim(context, platform_name, who.domain)
    if known is not None:
        return Opening(known, fresh=False)
    try:
        return Opening(_install(context, platform_name, who.domain, token), fresh=True)
    finally:
        with context.db.write() as connection:
            _release(connection, context, platform_name, who.domain)


def _wait_or_claim(context: Context, platform_name: str, domain: str) -> Shop | None:
    """Return the shop once it is connected, or None to the one caller that shall connect it."""
    with context.db.read() as connection:
        shop = _connected(connection, context, platform_name, domain)
    if shop is not None:
        return shop
    deadline = time.monotonic() + _LONGEST_WAIT_SECONDS
    while True:
        with context.db.write() as connection:
            shop = _connected(connection, context, platform_name, domain)
            if shop is not None:
                return shop
            if _claim(connection, context, platform_name, domain, context.now()):
                return None
        if time.monotonic() > deadline:
            raise PlatformError("platform_busy", retry_after=30)
        time.sleep(_LOOK_AGAIN_SECONDS)


def _connected(
    connection: Connection, context: Context, platform_name: str, domain: str
) -> Shop | None:
    shop = shops.shop_by_domain(connection, platform_name, domain)
    if shop is None or not installing.is_connected(connection, context, shop):
        return None
    return shop


def _claim(
    connection: Connection, context: Context, platform_name: str, domain: str, now: datetime
) -> bool:
    store.drop_expired_states(connection, now)
    return store.use_once(
        connection,
        _claim_mark(platform_name, domain),
        platform=platform_name,
        domain=domain,
        expires_at=now + _CLAIM,
    )


def _release(connection: Connection, context: Context, platform_name: str, domain: str) -> None:
    mark = _claim_mark(platform_name, domain)
    store.take_state(connection, mark, platform=platform_name, domain=domain, now=context.now())


def _claim_mark(platform_name: str, domain: str) -> str:
    return digest(f"exchange:{platform_name}:{domain}")


def _install(context: Context, platform_name: str, domain: str, token: str) -> Shop:
    # No transaction is open here: the platform may take seconds to answer.
    platform = context.platform(platform_name)
    grant = able(platform, InstallsEmbedded).exchange_session_token(domain, token)
    if not installing.covers(grant.scopes, installing.wanted(platform_name)):
        raise ForbiddenError("scopes_missing")
    facts = able(platform, ReadsShop).shop_facts(Access(0, domain, grant.access_token))
    with context.db.write() as connection:
        return installing.complete(connection, context, platform_name, domain, grant, facts)
