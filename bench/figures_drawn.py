"""Who ordered when and for how much in a made shop of two years: drawn from one seed."""

from __future__ import annotations

from dataclasses import dataclass
from hashlib import blake2b

import numpy as np
from numpy.typing import NDArray

Ints = NDArray[np.int64]

DAYS = 730
SEED = 730
#: Customers by order: what 1 M orders of 400 k customers are.
_CUSTOMERS = 0.4
CHANNELS = ("google / cpc", "meta / paid", "direct", "newsletter", "google / organic", "idealo")
_SHARES = (0.3, 0.2, 0.18, 0.12, 0.15, 0.05)
#: Of so many orders nobody knows the cost.
_UNPRICED = 0.02


@dataclass(frozen=True)
class Drawn:
    """All orders, the oldest first: seconds since the beginning, and hundredths."""

    customer: Ints
    second: Ints
    total: Ints
    margin: Ints
    channel: Ints
    first: Ints


def draw(count: int) -> Drawn:
    """Draws who ordered when and for how much; a few customers order often, most of them once."""
    chance = np.random.default_rng(SEED)
    people = max(1, int(count * _CUSTOMERS))
    loyalty = chance.gamma(0.6, size=people)
    times = 1 + chance.multinomial(count - people, loyalty / loyalty.sum())
    customer = np.repeat(np.arange(people), times)
    span = DAYS * 86_400
    began = (chance.random(people) * span * 0.97).astype(np.int64)
    later = began[customer] + (chance.random(count) * (span - began[customer])).astype(np.int64)
    opens = np.concatenate([[0], np.cumsum(times)[:-1]])
    later[opens] = began
    total = np.maximum(chance.lognormal(8.6, 0.6, count), 500).astype(np.int64)
    margin = (total * 0.38).astype(np.int64) - 520
    channel = chance.choice(len(CHANNELS), count, p=_SHARES)
    order = np.argsort(later, kind="stable")
    found = (customer, later, total, margin, channel, began[customer])
    return Drawn(*(column[order] for column in found))


def identity_of(customer: int) -> str:
    """What stands in place of an address: as long, and in no order."""
    return blake2b(str(customer).encode(), digest_size=32).hexdigest()


def order_id(number: int) -> str:
    """What the platform calls an order."""
    return f"gid://shopify/Order/{9_000_000_000 + number}"


def margin_of(found: Drawn, number: int) -> int | None:
    """What an order brought in hundredths, None where its cost is unknown."""
    # Spread over the numbers, the same ones in every table.
    unpriced = number * 2_654_435_761 % 1_000 < _UNPRICED * 1_000
    return None if unpriced else int(found.margin[number])
