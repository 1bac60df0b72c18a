"""The arithmetic of the evidence: what is hashed, how records hang together, what a mark hides.

Pure functions of what stands in a row or in a file, so that both are checked by the same code.
A record is `digest = H(body)` and `hash = H(shop, number, previous hash, digest)`. Whatever tells
the person stands in the body as a mark only, `H(name, salt, value)`: with value and salt erased
the chain still holds, and the mark says nothing (docs/adr/0023-evidence.md).
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from plugin.security import digest

FORMAT = "bleib-evidence/1"
#: What the first record of a shop names as the one before it.
START = "0" * 64


def canonical(value: Any) -> bytes:  # noqa: ANN401 - any JSON value
    """Return the one form of a JSON value that is hashed and signed."""
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=True).encode()


def mark(name: str, salt: str, value: Any) -> str:  # noqa: ANN401 - any JSON value
    """Return what stands for a value in the chain; the unguessable `salt` goes with the value."""
    return digest(canonical([FORMAT, name, salt, value]))


def body_of(facts: Mapping[str, Any]) -> dict[str, Any]:
    """Return the part of a record that its digest covers, from a row or a record of a file."""
    return {name: facts[name] for name in _BODY}


_BODY = (
    "kind", "at", "campaign_id", "campaign_version", "wording", "mail_hash",
    "mark_who", "mark_address", "mark_origin",
)  # fmt: skip


def body_digest(facts: Mapping[str, Any]) -> str:
    """Return the digest of a record's content."""
    return digest(canonical(body_of(facts)))


def record_hash(shop_id: int, number: int, previous: str, content: str) -> str:
    """Return the hash by which a record stands in the chain of its shop."""
    return digest(canonical([FORMAT, shop_id, number, previous, content]))


def written(at: datetime) -> str:
    """Return a moment as it is hashed."""
    return at.astimezone(UTC).isoformat(timespec="microseconds")


def origin(page: str | None, net_address: str | None) -> dict[str, str | None]:
    """Return what the mark of the origin stands for."""
    return {"net_address": net_address, "page": page}
