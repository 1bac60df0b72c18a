"""How often: how rarely a shopper is interrupted, and what a device may remember for it."""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import cache
from typing import Any

from flask import Response

from plugin.admin.frame import blueprint, words
from plugin.admin.whole_shop import WholeShop
from plugin.contracts.shopwide import Manners
from plugin.manifest import bundled
from plugin.services import manners


@dataclass(frozen=True)
class Kept:
    """One key that may lie on a shopper's device; tier 1 by their own act, tier 2 by consent."""

    key: str
    tier: int
    days: int
    purpose: str


def ledger(language: str) -> list[Kept]:
    """Return everything that may lie on a shopper's device; there is nothing else."""
    return [
        Kept(key, entry["tier"], entry["days"], entry["purpose"][language])
        for key, entry in _ledger().items()
    ]


@cache
def _ledger() -> dict[str, Any]:
    text = bundled("widgets/_runtime/ledger.json").read_text(encoding="utf-8")
    return dict(json.loads(text))


@blueprint.get("/manners")
def manners_page() -> Response:
    """Show the limits of the shop and what they need to remember."""
    return _WHOLE.show()


@blueprint.post("/manners")
def manners_save() -> Response:
    """Set the limits, unless somebody else did meanwhile."""
    return _WHOLE.take("manners_page", done="manners")


def _more(seen: Manners) -> dict[str, Any]:
    return {"present": seen, "kept": ledger(words().language)}


_WHOLE = WholeShop("manners", Manners, manners.get, manners.save, _more)
