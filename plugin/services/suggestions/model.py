"""What was learned of a shop, small enough for memory: scores for any cart, with a reason."""

from __future__ import annotations

import json
import zlib
from bisect import bisect_left
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from math import log1p
from struct import Struct
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from plugin.services.suggestions.co_occurrence import Integers, spread
from plugin.services.suggestions.mixture import Mixed, Share, range_of

LEAST_TOGETHER = 3
"""Fewer common orders are chance, and no reason that one could honestly tell a shopper."""

FORMAT = b"BLM2"
"""How a model begins; raised with every change of what follows."""

#: Format, check sum of all that follows, bytes of the text, products, pairs.
_HEAD = Struct("<4sIIII")
_MOST_TOGETHER = 65_535
_HISTORY = 0.5
_UNTOLD = 1 << 30
_BYTES_OF_ID = 100
_NOTHING: Mapping[str, int] = {}


class UnreadableModelError(ValueError):
    """The bytes are no model of this version; it must be learned anew."""


class Candidate(NamedTuple):
    """A product for a cart, best score first.

    `source` tells why: "orders" (`together` orders held it along with `because`, the product of
    the cart that speaks most for it), "again" (this customer bought it `together` times) or
    "popular" (in `together` orders of the latest 30 days, and no reason from the cart).
    """

    product: str
    score: float
    because: str
    together: int
    source: str


@dataclass(frozen=True, slots=True)
class Rows:
    """The pairs in compressed rows; `weights` (closeness, ridge) in half precision."""

    indptr: Integers
    other: NDArray[Any]
    weights: NDArray[np.float16]
    together: NDArray[np.uint16]

    @staticmethod
    def packed(mixed: Mixed, together: NDArray[np.int32]) -> Rows:
        """The same in as few bytes as it needs."""
        small = len(mixed.indptr) <= 1 << 16
        return Rows(
            indptr=mixed.indptr,
            other=mixed.other.astype(np.uint16 if small else np.uint32),
            weights=np.column_stack((mixed.near, mixed.ridge)).astype(np.float16),
            together=np.minimum(together, _MOST_TOGETHER).astype(np.uint16),
        )

    @property
    def nbytes(self) -> int:
        """Bytes of all arrays."""
        return sum(a.nbytes for a in (self.indptr, self.other, self.weights, self.together))

    def only(self, kept: Integers) -> Rows:
        """The same with only the pairs at some places, ascending."""
        return Rows(
            indptr=np.searchsorted(kept, self.indptr).astype(np.int64),
            other=self.other[kept],
            weights=self.weights[kept],
            together=self.together[kept],
        )


@dataclass(frozen=True, slots=True)
class Model:
    """What goes with what in one shop. `choice` records the setting and how well it did."""

    products: tuple[str, ...]
    rows: Rows
    shares: tuple[Share, ...]
    popular: tuple[tuple[str, int], ...]
    choice: Mapping[str, Any]

    @property
    def nbytes(self) -> int:
        """What it takes in memory, about."""
        return self.rows.nbytes + _BYTES_OF_ID * len(self.products)

    def score(
        self,
        cart: Sequence[str],
        *,
        history: Mapping[str, int] = _NOTHING,
        most: int = 50,
        popular: bool = True,
    ) -> list[Candidate]:
        """The products that go with the whole cart, best first, none of the cart, at most `most`.

        `history` says how often this customer bought which products; without it nothing is known
        of the customer. Popular products come last where they are asked for, and score 0.
        """
        places = {place for product in cart if (place := self._place(product)) is not None}
        found = self._spoken_for(sorted(places), most)
        if history:
            found = _with_history(found, history, set(cart))
        missing = most - len(found)
        if missing <= 0 or not popular:
            return found[:most]
        known = {*cart, *(candidate.product for candidate in found)}
        rest = [Candidate(p, 0.0, "", n, "popular") for p, n in self.popular if p not in known]
        return found + rest[:missing]

    def _place(self, product: str) -> int | None:
        place = bisect_left(self.products, product)
        found = place < len(self.products) and self.products[place] == product
        return place if found else None

    def _spoken_for(self, held: list[int], most: int) -> list[Candidate]:
        rows, starts = self.rows, self.rows.indptr
        stretches = [slice(starts[place], starts[place + 1]) for place in held]
        if not stretches:
            return []
        other = np.concatenate([rows.other[some] for some in stretches])
        if not len(other):
            return []
        together = np.concatenate([rows.together[some] for some in stretches])
        weights = np.concatenate([rows.weights[some] for some in stretches])
        share = self.shares[range_of(len(held))]
        said = weights.astype(np.float32) @ np.array((share.near, share.ridge), np.float32)
        # By product, and within it first what may be told as the reason, strongest first.
        order = np.argsort(_by_product(other, said, together))
        products = other[order]
        firsts = np.concatenate(([0], np.flatnonzero(products[1:] != products[:-1]) + 1))
        totals = np.add.reduceat(said[order], firsts)
        products = products[firsts]
        own = np.minimum(np.searchsorted(products, held), len(products) - 1)
        totals[own[products[own] == held]] = 0
        best = np.argsort(-totals, kind="stable")[:most]
        best = best[totals[best] > 0]
        reasons = order[firsts[best]]
        ends = np.cumsum([some.stop - some.start for some in stretches])
        return [
            Candidate(self.products[product], total, self.products[held[reason]], orders, "orders")
            for product, total, reason, orders in zip(
                products[best].tolist(),
                totals[best].tolist(),
                np.searchsorted(ends, reasons, "right").tolist(),
                together[reasons].tolist(),
                strict=True,
            )
        ]

    def within(self, most_bytes: int) -> Model:
        """Itself where it fits, else the same with fewer pairs of each product, the best kept."""
        if self.nbytes <= most_bytes:
            return self
        pairs = max(1, len(self.rows.other))
        spare = most_bytes - _BYTES_OF_ID * len(self.products) - self.rows.indptr.nbytes
        each = (self.rows.nbytes - self.rows.indptr.nbytes) / pairs
        starts = self.rows.indptr
        rank = spread(np.zeros(len(self.products), np.int64), np.diff(starts))
        longest = int(np.diff(starts).max(initial=0))
        fitting = [n for n in range(longest) if (rank < n).sum() * each <= spare]
        kept = np.flatnonzero(rank < (fitting[-1] if fitting else 0))
        rows = self.rows.only(kept)
        return Model(self.products, rows, self.shares, self.popular, self.choice)

    def to_bytes(self) -> bytes:
        """The model as bytes for `from_bytes`; the same model gives the same bytes."""
        text = json.dumps(
            {
                "products": self.products,
                "shares": [asdict(share) for share in self.shares],
                "popular": self.popular,
                "choice": self.choice,
            }
        ).encode()
        rows = self.rows
        lengths = np.diff(rows.indptr).astype(np.uint16)
        arrays = (lengths, rows.other, rows.weights, rows.together)
        rest = b"".join([text, *(array.tobytes() for array in arrays)])
        sizes = (len(text), len(self.products), len(rows.other))
        return _HEAD.pack(FORMAT, zlib.crc32(rest), *sizes) + rest

    @staticmethod
    def from_bytes(data: bytes) -> Model:
        """Read what `to_bytes` wrote; raises `UnreadableModelError` for anything else."""
        try:
            return _read(data)
        except (ValueError, KeyError, TypeError) as error:
            raise UnreadableModelError("no model of this version") from error


def _by_product(
    other: NDArray[Any], said: NDArray[np.float32], together: NDArray[np.uint16]
) -> Integers:
    """One number to sort by: the product, whether the reason may be told, what is said of it."""
    strength = ((4_096 - np.maximum(said, -4_096)) * (1 << 16)).astype(np.int64)
    strength[together < LEAST_TOGETHER] += _UNTOLD
    keys: Integers = (other.astype(np.int64) << 32) + strength
    return keys


def _with_history(
    found: Sequence[Candidate], history: Mapping[str, int], cart: set[str]
) -> list[Candidate]:
    """What the customer bought before moves up, by half the best score times log(1 + times)."""
    unit = _HISTORY * (found[0].score if found else 1.0)
    gained = {
        product: unit * log1p(times)
        for product, times in history.items()
        if times > 0 and product not in cart
    }
    moved = [one._replace(score=one.score + gained.pop(one.product, 0.0)) for one in found]
    again = [Candidate(p, gain, p, history[p], "again") for p, gain in gained.items()]
    return sorted([*moved, *again], key=lambda one: (-one.score, one.product))


def _read(data: bytes) -> Model:
    if len(data) < _HEAD.size:
        raise ValueError("too short")
    magic, check, text_length, products, pairs = _HEAD.unpack_from(data)
    if magic != FORMAT:
        raise ValueError("another version")
    # One wrong bit may lead to a product that there is not, with a shopper waiting.
    if zlib.crc32(memoryview(data)[_HEAD.size :]) != check:
        raise ValueError("damaged")
    text = json.loads(data[_HEAD.size : _HEAD.size + text_length])
    at = _HEAD.size + text_length
    arrays: list[NDArray[Any]] = []
    other = np.uint16 if products < 1 << 16 else np.uint32
    kinds = (np.uint16, other, np.float16, np.uint16)
    for kind, many in zip(kinds, (products, pairs, 2 * pairs, pairs), strict=True):
        arrays.append(np.frombuffer(data, kind, many, at))
        at += arrays[-1].nbytes
    if at != len(data) or len(text["products"]) != products:
        raise ValueError("cut short")
    indptr = np.concatenate(([0], np.cumsum(arrays[0].astype(np.int64))))
    rows = Rows(indptr, arrays[1], arrays[2].reshape(-1, 2), arrays[3])
    return Model(
        products=tuple(text["products"]),
        rows=rows,
        shares=tuple(Share(**share) for share in text["shares"]),
        popular=tuple((product, orders) for product, orders in text["popular"]),
        choice=text["choice"],
    )
