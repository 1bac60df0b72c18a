"""Who may register as a shop that we know: the shop itself, and nobody with the app's secret alone.

The secret of a private app lies in the package of every shop that uses the same installation of
ours. So it proves nothing about which shop is speaking:

* an unknown shop is taken;
* a shop that is still connected must sign with its own secret as well. Versions that cannot are
  taken at their own address if the shop itself refuses the keys we have there, and from anywhere
  if the operator allowed it once;
* a shop that left, or never showed a key that works, is taken back at its own address, where its
  new keys must work before anybody gets in. From another address nothing of it is handed on: that
  is a new shop.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import Final

import structlog

from plugin.contracts.handshake import RegistersByHandshake, Registration
from plugin.errors import ForbiddenError, NotAllowedError, PlatformError
from plugin.model import Shop
from plugin.security import digest
from plugin.services.access import UNPROVEN, signing_secrets
from plugin.services.context import Context
from plugin.store import installs as store
from plugin.store import shops

_log = structlog.get_logger("registering")
#: On which ground a shop may register.
NEW: Final = "new"
PROVEN: Final = "proven"
AGAIN: Final = "again"
_ALLOWED_FOR = timedelta(hours=1)


@dataclass(frozen=True)
class Found:
    """What we know of a shop that registers; `loser` is a shop whose id it carries now.

    `unproven`: it is connected, but its keys were never seen to work.
    """

    platform_name: str
    shop: Shop | None
    same_id: bool
    loser: Shop | None
    unproven: bool

    @property
    def installed(self) -> Shop | None:
        """Return the shop if it is still connected."""
        return self.shop if self.shop is not None and self.shop.state == "installed" else None


def find_shop(context: Context, platform_name: str, platform_id: str, domain: str) -> Found:
    """Return which of our shops a shop with this id and address is.

    ForbiddenError("registration_refused") if the two belong to different shops of ours.
    """
    with context.db.read() as connection:
        by_id = shops.shop_by_platform_id(connection, platform_name, platform_id)
        by_domain = shops.shop_by_domain(connection, platform_name, domain)
    shop, loser = by_id, None
    if by_id is None or by_id.domain == domain:
        shop = by_id or by_domain
    elif by_id.state == "uninstalled" or _is_unproven(context, by_id):
        # Nobody has shown yet that it is at the address where we know it; without this it could be
        # claimed there, with keys that never work, and led away from there to another one.
        shop, loser = by_domain, by_id
    elif by_domain is not None:
        raise ForbiddenError("registration_refused")
    same_id = shop is not None and shop == by_id
    return Found(platform_name, shop, same_id, loser, _is_unproven(context, shop))


def allow(
    context: Context, platform: RegistersByHandshake, asked: Registration, found: Found
) -> str:
    """Return the ground on which a shop may register; ForbiddenError if there is none."""
    if found.shop is None:
        return NEW
    installed = found.installed
    if installed is None or found.unproven:
        return AGAIN
    if asked.second and _signed_by(context, platform, asked, installed):
        return PROVEN
    # Who signs, but wrongly, is not a version that cannot.
    signs = bool(asked.second) and found.same_id
    moved = asked.domain != installed.domain
    lost = not moved and _lost(context, platform, installed)
    if signs or not (lost or _was_allowed(context, installed)):
        _log.warning("registration_refused", shop=installed.id)
        raise ForbiddenError("registration_refused")
    return AGAIN


def _is_unproven(context: Context, shop: Shop | None) -> bool:
    if shop is None:
        return False
    with context.db.read() as connection:
        install = store.install_of(connection, shop.id)
    if install is None:
        return False
    return context.keys.unseal(shop.id, "access", install.access_sealed) == UNPROVEN


def allow_once(context: Context, shop: Shop) -> None:
    """Let this shop register anew within an hour without its own signature (`bleib reconnect`)."""
    now = context.now()
    with context.db.write() as connection:
        store.use_once(
            connection,
            _mark(shop),
            platform=shop.platform,
            domain=shop.domain,
            expires_at=now + _ALLOWED_FOR,
        )


def _was_allowed(context: Context, shop: Shop) -> bool:
    with context.db.write() as connection:
        return store.take_state(
            connection, _mark(shop), platform=shop.platform, domain=shop.domain, now=context.now()
        )


def _mark(shop: Shop) -> str:
    return digest(f"reconnect:{shop.key}:{shop.generation}")


def _signed_by(
    context: Context, platform: RegistersByHandshake, asked: Registration, shop: Shop
) -> bool:
    try:
        platform.check_signature(asked.message, asked.second, signing_secrets(context, shop)[:1])
    except NotAllowedError:
        return False
    return True


def _lost(context: Context, platform: RegistersByHandshake, shop: Shop) -> bool:
    """Tell whether the keys we have work no longer: the shop must have changed them itself.

    Only the shop's own word counts, at the address where we know it, and for that address alone:
    a shop that took the app out while its goodbye got lost says the same. No answer is no proof.
    """
    with context.db.read() as connection:
        install = store.install_of(connection, shop.id)
    if install is None or install.refresh_sealed is None:
        return True
    keys = context.keys.unseal(shop.id, "refresh", install.refresh_sealed)
    try:
        platform.try_credentials(shop.domain, keys)
    except PlatformError as error:
        return error.code in {"keys_refused", "platform_scope_missing"}
    return False
