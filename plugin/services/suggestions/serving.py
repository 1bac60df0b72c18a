"""Answers of the storefront's question for suggestions, kept in memory while they hold.

The same cart is asked for again and again: on every page that shows it, and by everybody who
looks at one product. An answer is kept until the model, the catalogue or the settings change, and
never for longer than a browser may keep it.
"""

from __future__ import annotations

import json
import time
from dataclasses import dataclass
from urllib.parse import parse_qsl

from plugin.errors import BadInputError
from plugin.model import Shop
from plugin.services.context import Context
from plugin.services.suggestions import snapshots
from plugin.services.suggestions.answer import answer
from plugin.services.suggestions.fair_cache import FairCache
from plugin.services.suggestions.question import read_address
from plugin.services.tenants import shop_of_key

#: For how long, in seconds, a browser may keep an answer, and so may we: seasons begin and
#: earlier prices expire without any change of ours.
LIFE_SECONDS = 300
_MOST_SHOPS = 2_000
_MOST_BYTES = 32 * 1024 * 1024
_SHARE = 1 / 8
#: `cart`, `total`, `place`, `lang`, and room for what a proxy may add.
_MOST_ARGUMENTS = 12
_JSON = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"))


@dataclass(frozen=True, slots=True)
class _Answer:
    body: bytes
    state: tuple[object, ...]
    made_at: float


_answers: FairCache[_Answer] = FairCache(_MOST_BYTES, _SHARE)
_shops: dict[tuple[str, str], tuple[float, Shop | None]] = {}


def answer_bytes(context: Context, key: str, query: str) -> bytes | None:
    """Return the answer to the query string of a question as JSON; None for an unknown shop.

    BadInputError as `question.read_address` raises it, also for far too many arguments.
    """
    now = time.monotonic()
    shop = _shop(context, key, now)
    if shop is None:
        return None
    place = (context.config.database_url, key)
    versions = snapshots.versions(context, shop)
    state = (shop.generation, shop.stopped_at, versions)
    known = _answers.get(place, query)
    if known is not None and known.state == state and now - known.made_at < LIFE_SECONDS:
        return known.body
    found = answer(context, shop, read_address(_arguments(query)))
    body = _JSON.encode(found).encode()
    _answers.put(place, query, _Answer(body, state, now), len(body) + len(query))
    return body


def _shop(context: Context, key: str, now: float) -> Shop | None:
    place = (context.config.database_url, key)
    known = _shops.get(place)
    if known is not None and now - known[0] < snapshots.TTL_SECONDS:
        return known[1]
    shop = shop_of_key(context, key)
    if shop is None or shop.state != "installed":
        # Not kept: made-up keys must not fill the memory.
        _shops.pop(place, None)
        return None
    if len(_shops) >= _MOST_SHOPS:
        _shops.clear()
    _shops[place] = (now, shop)
    return shop


def _arguments(query: str) -> dict[str, str]:
    """Return the first value of each argument."""
    text = query.encode("latin-1").decode("utf-8", "replace")
    try:
        pairs = parse_qsl(text, keep_blank_values=True, max_num_fields=_MOST_ARGUMENTS)
    except ValueError:
        raise BadInputError("field_unknown") from None
    return dict(reversed(pairs))
