"""What a process remembers of a shop's products and settings until they change.

A cart that nobody has asked for before still holds products that somebody has: their facts need
not be read again. Whatever is remembered is found only under the version it was read at, which
every change raises (`store.models.touch`; for settings `store.shops.touch_config`).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, TypeVar, cast

from plugin.model import Shop
from plugin.services.context import Context
from plugin.services.suggestions import snapshots
from plugin.services.suggestions.fair_cache import FairCache

Value = TypeVar("Value")

_MOST_BYTES = 64 * 1024 * 1024
_SHARE = 1 / 8
#: A product with two forms, its words and labels, about.
_BYTES = 2_500
_known: FairCache[tuple[Any]] = FairCache(_MOST_BYTES, _SHARE)


def by_id(
    context: Context,
    shop: Shop,
    kind: str,
    ids: Iterable[str],
    read: Callable[[Sequence[str]], Mapping[str, Value]],
) -> dict[str, Value]:
    """Return what `read` says of each id, asked only for those not remembered, in their order.

    That it says nothing of one is remembered, too. `kind` names what is read.
    """
    owner = (context.config.database_url, shop.key)
    version = (kind, *snapshots.versions(context, shop))
    wanted = list(dict.fromkeys(ids))
    known = {one: _known.get(owner, (version, one)) for one in wanted}
    missing = [one for one in wanted if known[one] is None]
    if missing:
        found = read(missing)
        for one in missing:
            known[one] = (found.get(one),)
            _known.put(owner, (version, one), (found.get(one),), _BYTES)
    return {
        one: cast(Value, held[0])
        for one, held in known.items()
        if held is not None and held[0] is not None
    }


def settled(context: Context, shop: Shop, kind: str, read: Callable[[], Value]) -> Value:
    """Return what `read` says of a shop as a whole; it must not be None."""
    return by_id(context, shop, kind, [""], lambda _: {"": read()})[""]
