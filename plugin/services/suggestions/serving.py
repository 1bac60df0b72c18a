"""Answers of the storefront's question for suggestions, kept in memory while they hold.

The same cart is asked for again and again: on every page that shows it, and by everybody who
looks at one product. An answer is kept until the model, the catalogue or the settings change, and
never for longer than a browser may keep it, for every total that leads to the same one.
"""

from __future__ import annotations

import json
import time
from collections.abc import Hashable
from dataclasses import dataclass
from urllib.parse import parse_qsl

from plugin.errors import BadInputError
from plugin.model import Shop
from plugin.services.context import Context
from plugin.services.suggestions import remembering, snapshots
from plugin.services.suggestions.answer import told
from plugin.services.suggestions.fair_cache import FairCache
from plugin.services.suggestions.for_cart import for_cart
from plugin.services.suggestions.question import CartQuestion, read_address
from plugin.services.suggestions.wishes import Stretch
from plugin.services.tenants import shop_of_key

#: For how long, in seconds, a browser may keep an answer, and so may we: seasons begin and
#: earlier prices expire without any change of ours.
LIFE_SECONDS = 300
_MOST_SHOPS = 2_000
_MOST_BYTES = 32 * 1024 * 1024
_SHARE = 1 / 4
#: `cart`, `total`, `place`, `lang`, and room for what a proxy may add.
_MOST_ARGUMENTS = 12
_JSON = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"))


_State = tuple[object, ...]
#: Of one cart with other quantities and forms so many answers are kept.
_MOST_WORTHS = 8


@dataclass(frozen=True, slots=True)
class _Answer:
    """An answer, and the worths of a cart that it is the answer for."""

    body: bytes
    worth: Stretch
    state: _State
    made_at: float

    def holds(self, state: _State, now: float) -> bool:
        return self.state == state and now - self.made_at < LIFE_SECONDS


_answers: FairCache[tuple[_Answer, ...]] = FairCache(_MOST_BYTES, _SHARE)
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
    asked = _Asked(context, shop, read_address(_arguments(query)), state, now)
    return _found(asked, place).body


@dataclass(frozen=True, slots=True)
class _Asked:
    context: Context
    shop: Shop
    question: CartQuestion
    state: _State
    now: float


def _found(asked: _Asked, place: Hashable) -> _Answer:
    """Answer by what was answered for the same products with another total, where that is it."""
    question = asked.question
    total = question.total
    # What a cart is worth is worked out from its pieces where it is not told.
    products = question.lines if total is None else question.references
    cart = (question.place, question.language, *products)
    held = [one for one in _answers.get(place, cart) or () if one.holds(asked.state, asked.now)]
    found = next((one for one in held if total is None or one.worth.holds(total)), None)
    if found is None:
        found = _answer(asked)
        kept = (found, *held)[:_MOST_WORTHS]
        size = sum(len(one.body) for one in kept) + sum(map(len, question.references))
        _answers.put(place, cart, kept, size)
    return found


def _answer(asked: _Asked) -> _Answer:
    # Before anything is read: words must not be remembered for a later version than they are of.
    known = remembering.known(asked.context, asked.shop)
    found = for_cart(asked.context, asked.shop, asked.question)
    body = _JSON.encode(told(known, found, asked.question.language)).encode()
    return _Answer(body, found.worth, asked.state, asked.now)


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
