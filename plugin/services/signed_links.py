"""Coming in from our plugin in the shop's own admin, by a link that the shop's secret signs."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from urllib.parse import parse_qs

from plugin.errors import NotAllowedError
from plugin.model import Shop
from plugin.security import digest, hmac_hex_matches
from plugin.services import installing
from plugin.services.access import signing_secrets
from plugin.services.context import Context
from plugin.services.tenants import shop_of_key
from plugin.store import installs as store

__all__ = ["Opened", "open_signed"]

#: How far the clock of a shop's server may differ from ours, in seconds, in both directions.
_TOLERANCE = 300
#: Longer than a link stays valid.
_ENTRY_REMEMBERED = timedelta(minutes=15)
_LONGEST_QUERY = 1024


@dataclass(frozen=True)
class Opened:
    """A merchant who comes from our plugin; `connected` False if the keys must be renewed."""

    shop: Shop
    connected: bool


def open_signed(
    context: Context, platform_name: str, raw_query: bytes, *, inside: Shop | None = None
) -> Opened:
    """Let in a merchant who opens Bleib from our plugin in the shop's admin.

    NotAllowedError if the shop's secret did not sign the link, if it is too old, and for one that
    was used before, unless the browser is `inside` the same shop already.
    """
    signed, _, given = raw_query.rpartition(b"&signature=")
    values = _signed_values(signed)
    shop = shop_of_key(context, values.get("shop", ""))
    secrets: tuple[str, ...] = ()
    if shop is not None and shop.platform == platform_name:
        secrets = signing_secrets(context, shop)
    if shop is None or not hmac_hex_matches(secrets, signed, given):
        raise NotAllowedError("signature_invalid")
    _check_time(values.get("timestamp", ""), context.now())
    with context.db.write() as connection:
        store.drop_expired_states(connection, context.now())
        fresh = store.use_once(
            connection,
            digest(b"entry:" + given),
            platform=platform_name,
            domain=shop.domain,
            expires_at=context.now() + _ENTRY_REMEMBERED,
        )
        connected = installing.is_connected(connection, context, shop)
    if not fresh and (inside is None or inside.id != shop.id):
        raise NotAllowedError("link_used")
    return Opened(shop, connected)


def _signed_values(signed: bytes) -> dict[str, str]:
    """Return the parameters of a link of our plugin; {} if one of them stands there twice."""
    if len(signed) > _LONGEST_QUERY:
        return {}
    try:
        values = parse_qs(signed.decode("ascii"), strict_parsing=True, max_num_fields=8)
    except ValueError:
        return {}
    return {} if any(len(found) > 1 for found in values.values()) else _firsts(values)


def _firsts(values: dict[str, list[str]]) -> dict[str, str]:
    return {name: found[0] for name, found in values.items()}


def _check_time(stamp: str, now: datetime) -> None:
    if not stamp.isascii() or not stamp.isdigit() or len(stamp) > 12:
        raise NotAllowedError("timestamp_invalid")
    if abs(now.timestamp() - int(stamp)) > _TOLERANCE:
        raise NotAllowedError("timestamp_invalid")
