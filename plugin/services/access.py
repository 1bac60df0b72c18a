"""A valid token for a shop: refreshed in time, by one process at a time, never hammered."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from typing import Any

import structlog

from plugin.contracts.connecting import RenewsTokens
from plugin.errors import AccessRevokedError, BleibError, PlatformError
from plugin.model import Access, Grant, Shop
from plugin.services.context import Context
from plugin.store import installs as store
from plugin.store.installs import Install

#: These stand where a token will be, until the keys of a shop were seen to work. Of UNPROVEN nobody
#: knows more than the registration says; AWAITED is a shop that signed with its own secret.
UNPROVEN = "-"
AWAITED = "+"
#: A token is replaced when it has less than this left, or less than a fifth of its life.
REFRESH_BEFORE = timedelta(minutes=5)
#: How long one process may take to refresh before another one tries.
_CLAIM = timedelta(seconds=30)
#: After a failed refresh nobody asks again for this long.
_PAUSE = timedelta(minutes=1)
#: What must be left on an old token to be still used while another process fetches a new one.
_USABLE = timedelta(seconds=30)
#: A token younger than this that is refused was never good: a new one would be refused as well.
_PROVEN = timedelta(minutes=1)
_LONGEST_WAIT_SECONDS = 15.0
_LOOK_AGAIN_SECONDS = 0.1
_log = structlog.get_logger("access")


def access(context: Context, shop: Shop) -> Access:
    """Return the shop's domain with a token that is valid now.

    A token near its end is traded for a new one first. AccessRevokedError("access_revoked") if
    the shop took the connection back, PlatformError("token_refresh_failed") if the platform does
    not answer just now.
    """
    deadline = time.monotonic() + _LONGEST_WAIT_SECONDS
    while True:
        install = _install(context, shop)
        left = _left(install, context.now())
        if left is None or left > min(REFRESH_BEFORE, _life(install) / 5):
            return _opened(context, shop, install)
        if _claim(context, shop, install):
            return _refresh(context, shop, install)
        if is_waiting(context, shop, install):
            raise PlatformError("not_active_yet", retry_after=60)
        if left > _USABLE:
            return _opened(context, shop, install)
        if time.monotonic() > deadline:
            raise PlatformError("token_refresh_failed", retry_after=30)
        time.sleep(_LOOK_AGAIN_SECONDS)


def connected(context: Context, shop: Shop) -> bool:
    """Tell whether the shop still lets us in, as far as we know.

    Regular work asks this first: a connection that was taken back is one thing for the merchant
    to repair, not a new failure every quarter of an hour.
    """
    with context.db.read() as connection:
        install = store.install_of(connection, shop.id)
    return install is not None and install.revoked_at is None


@contextmanager
def speaking(context: Context, shop: Shop) -> Iterator[Access]:
    """Hand out a valid token; if the platform refuses it inside, nobody tries it again.

    Where lasting keys make the tokens, one that was good for a while is replaced first: a shop
    that changed its own signature refuses every token of before, and is still connected.
    PlatformError("token_refresh_failed") then says to try again.
    """
    try:
        yield access(context, shop)
    except AccessRevokedError:
        if _replaced(context, shop):
            raise PlatformError("token_refresh_failed", retry_after=5) from None
        mark_revoked(context, shop)
        raise


def grant_columns(context: Context, shop_id: int, grant: Grant) -> dict[str, Any]:
    """Return the columns that hold a grant, its tokens sealed for this shop."""
    refresh = grant.refresh_token
    return {
        "access_sealed": context.keys.seal(shop_id, "access", grant.access_token),
        "refresh_sealed": None
        if refresh is None
        else context.keys.seal(shop_id, "refresh", refresh),
        "expires_at": grant.expires_at,
        "refresh_expires_at": grant.refresh_expires_at,
        "scopes": ",".join(sorted(grant.scopes)),
        "updated_at": context.now(),
    }


def signing_secrets(context: Context, shop: Shop) -> tuple[str, ...]:
    """Return what the platform signs with for this shop, the newest first; none after it left."""
    with context.db.read() as connection:
        install = store.install_of(connection, shop.id)
    if install is None:
        return ()
    sealed = [install.secret_sealed]
    if install.old_secret_until is not None and install.old_secret_until > context.now():
        sealed.append(install.old_secret_sealed)
    return tuple(context.keys.unseal(shop.id, "secret", item) for item in sealed if item)


def is_waiting(context: Context, shop: Shop, install: Install) -> bool:
    """Tell whether the keys of a shop were never seen to work yet."""
    return _opened(context, shop, install).token in (UNPROVEN, AWAITED)


def mark_revoked(context: Context, shop: Shop) -> None:
    """Note that the platform refused the present token, so that nobody tries it again."""
    with context.db.write() as connection:
        install = store.install_of(connection, shop.id)
        if install is not None:
            store.revoke(connection, shop.id, install.access_sealed, context.now())


def _replaced(context: Context, shop: Shop) -> bool:
    with context.db.read() as connection:
        install = store.install_of(connection, shop.id)
    if install is None or install.revoked_at is not None or install.refresh_sealed is None:
        return False
    lasting = install.expires_at is not None and install.refresh_expires_at is None
    if not lasting or context.now() - install.updated_at < _PROVEN:
        return False
    if _claim(context, shop, install):
        _refresh(context, shop, install)
    return True


def _left(install: Install, now: datetime) -> timedelta | None:
    return None if install.expires_at is None else install.expires_at - now


def _life(install: Install) -> timedelta:
    end = install.expires_at or install.updated_at
    return max(end - install.updated_at, timedelta(0))


def _install(context: Context, shop: Shop) -> Install:
    with context.db.read() as connection:
        install = store.install_of(connection, shop.id)
    if install is None or install.revoked_at is not None:
        raise AccessRevokedError("access_revoked")
    return install


def _opened(context: Context, shop: Shop, install: Install) -> Access:
    token = context.keys.unseal(shop.id, "access", install.access_sealed)
    return Access(shop.id, shop.domain, token)


def _claim(context: Context, shop: Shop, install: Install) -> bool:
    if install.refresh_sealed is None:
        raise AccessRevokedError("access_revoked")
    now = context.now()
    with context.db.write() as connection:
        return store.claim_refresh(
            connection, shop.id, now=now, until=now + _CLAIM, seen=install.access_sealed
        )


def _refresh(context: Context, shop: Shop, install: Install) -> Access:
    # No transaction is open here: the platform may take seconds to answer.
    old = context.keys.unseal(shop.id, "refresh", install.refresh_sealed or "")
    try:
        grant = context.able(shop, RenewsTokens).refresh(shop.domain, old)
    except AccessRevokedError:
        if is_waiting(context, shop, install):
            # Keys of an app that is installed but not switched on yet are refused as well.
            _pause(context, shop, install)
            raise PlatformError("not_active_yet", retry_after=60) from None
        with context.db.write() as connection:
            store.revoke(connection, shop.id, install.access_sealed, context.now())
        _log.warning("access_revoked", shop=shop.id)
        raise
    except BleibError as error:
        _pause(context, shop, install)
        _log.warning("token_refresh_failed", shop=shop.id, reason=error.code)
        left = _left(install, context.now())
        if left is None or left > _USABLE:
            return _opened(context, shop, install)
        raise PlatformError("token_refresh_failed", retry_after=60) from error
    columns = grant_columns(context, shop.id, grant)
    with context.db.write() as connection:
        store.replace_tokens(connection, shop.id, install.access_sealed, columns)
    return Access(shop.id, shop.domain, grant.access_token)


def _pause(context: Context, shop: Shop, install: Install) -> None:
    until = context.now() + _PAUSE
    with context.db.write() as connection:
        store.pause_refresh(connection, shop.id, install.access_sealed, until)
