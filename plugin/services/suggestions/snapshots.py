"""The models of all shops that a process serves: from memory, each loaded when first asked for.

A model in memory is a snapshot with a version. Whether there is a later one is looked up every
two seconds at most, in one small query. The memory is limited, and of it no shop gets more than a
quarter: of a model that is larger, the weakest neighbours of each product stay in the database.
"""

from __future__ import annotations

import time
from dataclasses import dataclass
from threading import Lock

import structlog

from plugin.model import Shop
from plugin.services.context import Context
from plugin.services.suggestions.fair_cache import FairCache
from plugin.services.suggestions.model import Model, UnreadableModelError
from plugin.store import models as store
from plugin.store.models import Versions

#: For how long, in seconds, a process believes the versions that it has just looked up.
TTL_SECONDS = 2.0
_MOST_BYTES = 256 * 1024 * 1024
_SHARE = 1 / 4
_MOST_SHOPS = 10_000
_log = structlog.get_logger("suggestions")

#: Database and key of the shop: numbers of rows may be used again, keys are not.
Place = tuple[str, str]


@dataclass(frozen=True, slots=True)
class _Snapshot:
    version: int
    #: None where the bytes are no model: they are not read again before there are others.
    model: Model | None


_snapshots: FairCache[_Snapshot] = FairCache(_MOST_BYTES, _SHARE)
_versions: dict[Place, tuple[float, Versions]] = {}
#: A model takes a moment to load: several threads need not do it at once.
_loading = Lock()


def versions(context: Context, shop: Shop) -> Versions:
    """Return the versions of all that a shop's suggestions depend on."""
    place = (context.config.database_url, shop.key)
    known = _versions.get(place)
    now = time.monotonic()
    if known is not None and now - known[0] < TTL_SECONDS:
        return known[1]
    with context.db.read() as connection:
        found = store.versions(connection, shop.id)
    if len(_versions) >= _MOST_SHOPS:
        _versions.clear()
    _versions[place] = (now, found)
    return found


def model(context: Context, shop: Shop) -> Model | None:
    """Return what was learned from a shop's orders, None while nothing was."""
    version = versions(context, shop).model
    if not version:
        return None
    place = (context.config.database_url, shop.key)
    known = _snapshots.get(place, "model")
    if known is not None and known.version == version:
        return known.model
    with _loading:
        known = _snapshots.get(place, "model")
        if known is not None and known.version >= version:
            return known.model
        return _load(context, shop, place)


def _load(context: Context, shop: Shop, place: Place) -> Model | None:
    with context.db.read() as connection:
        stored = store.model_data(connection, shop.id)
    if stored is None:
        return None
    version, data = stored
    found: Model | None = None
    try:
        found = Model.from_bytes(data).within(_snapshots.largest)
    except UnreadableModelError:
        _log.warning("model_unreadable", shop=shop.id)  # until it is learned again
    _snapshots.put(place, "model", _Snapshot(version, found), found.nbytes if found else 0)
    return found
