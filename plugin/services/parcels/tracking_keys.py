"""Keys of a shop at tracking APIs: checked there, sealed here, and let go again."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta

from plugin.contracts.tracking import TrackingAccess, TrackingApi
from plugin.errors import AccessRevokedError, InvalidFieldError, NotFoundError
from plugin.model import Shop
from plugin.services import limits
from plugin.services.context import Context
from plugin.services.parcels.carriers import Carrier
from plugin.store import tracking as store
from plugin.store.tracking import CarrierKey

_SEAL = "tracking"
_LONGEST = 300
_TRIES, _HOUR = 20, timedelta(hours=1)
MOST_PER_DAY = 1_000_000


@dataclass(frozen=True)
class Ready:
    """A key with the adapter that speaks for it."""

    key: CarrierKey
    api: TrackingApi
    access: TrackingAccess


def present(context: Context, shop: Shop) -> dict[str, CarrierKey]:
    """Return the shop's keys by API."""
    with context.db.read() as connection:
        return {key.api: key for key in store.keys_of(connection, shop.id)}


def ready(context: Context, shop: Shop) -> dict[str, Ready]:
    """Return the accesses that work, by API, in the order in which they are asked."""
    keys = present(context, shop)
    return {
        name: opened(context, keys[name], api)
        for name, api in context.carrier_apis.items()
        if name in keys and keys[name].state == "connected"
    }


def opened(context: Context, key: CarrierKey, api: TrackingApi) -> Ready:
    """Return a key with its credentials in the clear."""
    secrets = json.loads(context.keys.unseal(key.shop_id, _SEAL, key.credentials_sealed))
    return Ready(key, api, TrackingAccess(key.shop_id, secrets))


def api_named(context: Context, name: str) -> TrackingApi:
    """Return an adapter by its name; NotFoundError("unknown_tracking_api")."""
    try:
        return context.carrier_apis[name]
    except KeyError:
        raise NotFoundError("unknown_tracking_api") from None


def asked_at(carrier: Carrier | None, apis: Mapping[str, object]) -> str | None:
    """Return the first of these APIs that knows a carrier, None if none does."""
    asks = carrier.asks if carrier else {}
    return next((name for name in apis if name in asks), None)


def connect(context: Context, shop: Shop, name: str, typed: Mapping[str, str]) -> None:
    """Check credentials at the API and keep them; its parcels are due at once.

    InvalidFieldError("credential_missing", "tracking_revoked" or "per_day_invalid") names the
    field, PlatformError if the API does not answer, TooManyError after twenty tries in an hour.
    """
    api = api_named(context, name)
    secrets, per_day = _read(api, typed), _per_day(api, typed.get("per_day", ""))
    with context.db.write() as connection:
        limits.hit(connection, context, shop.id, "tracking_key", "", limit=_TRIES, window=_HOUR)
    try:
        api.check(TrackingAccess(shop.id, secrets))
    except AccessRevokedError as error:
        raise InvalidFieldError(error.code, field=api.fields[0]) from None
    now = context.now()
    with context.db.write() as connection:
        before = store.key_of(connection, shop.id, name, lock=True)
        store.put_key(
            connection,
            shop.id,
            name,
            {
                "credentials_sealed": context.keys.seal(shop.id, _SEAL, json.dumps(secrets)),
                "state": "connected",
                "per_day": per_day,
                # A new key does not bring a new day: what was asked was asked.
                "day": before.day if before else None,
                "asked": before.asked if before else 0,
                "next_at": now + timedelta(seconds=api.pace.gap_seconds),
                "failures": 0,
                "error": None,
                "heard_at": before.heard_at if before else None,
                "connected_at": now,
            },
        )
        store.forget_looks(connection, shop.id)


def disconnect(context: Context, shop: Shop, name: str) -> None:
    """Forget a key; what was learned of parcels stays."""
    with context.db.write() as connection:
        store.delete_key(connection, shop.id, name)
        if not store.keys_of(connection, shop.id):
            store.forget_looks(connection, shop.id)


def _read(api: TrackingApi, typed: Mapping[str, str]) -> dict[str, str]:
    secrets = {field: typed.get(field, "").strip() for field in api.fields}
    for field, value in secrets.items():
        if not value and field not in api.optional:
            raise InvalidFieldError("credential_missing", field=field)
        if len(value) > _LONGEST or not value.isascii() or not value.isprintable() or " " in value:
            raise InvalidFieldError("tracking_revoked", field=field)
    return secrets


def _per_day(api: TrackingApi, typed: str) -> int:
    text = typed.strip().replace(".", "")
    if not text:
        return api.pace.per_day
    if not (text.isascii() and text.isdigit() and 1 <= int(text[:9]) <= MOST_PER_DAY):
        raise InvalidFieldError("per_day_invalid", field="per_day")
    return int(text[:9])
