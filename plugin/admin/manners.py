"""How often: how rarely a shopper is interrupted, and what a device may remember for it."""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import cache
from typing import Any

from flask import Response, request

from plugin.admin import entries
from plugin.admin.captions import Captions
from plugin.admin.carried import packed, unpacked
from plugin.admin.entries import Entries
from plugin.admin.fields import fields_of
from plugin.admin.frame import blueprint, page, this_shop, to, words
from plugin.api import current_context
from plugin.contracts.shopwide import Manners
from plugin.errors import ConflictError
from plugin.manifest import bundled
from plugin.services import manners

_FIELDS = fields_of(Manners)


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
    present = manners.get(current_context(), this_shop())
    settings = present.model_dump(mode="json")
    return _page(Entries(settings, entries.shown(settings, _FIELDS, words())), present)


@blueprint.post("/manners")
def manners_save() -> Response:
    """Set the limits, unless somebody else did meanwhile."""
    context, shop = current_context(), this_shop()
    present = manners.get(context, shop)
    before = present.model_dump(mode="json")
    filled = entries.read(request.form, before, _FIELDS, Manners, (), words())
    seen = unpacked(request.form.get("seen"), Manners, present)
    if filled.problems:
        return _page(filled, seen, status=422)
    try:
        manners.save(context, shop, Manners.model_validate(filled.settings), seen=seen)
    except ConflictError:
        return _page(filled, present, status=409, changed=True)
    return to("manners_page", done="manners")


def _page(filled: Entries, seen: Manners, status: int = 200, *, changed: bool = False) -> Response:
    say = Captions(words(), "manners")
    return page(
        "manners.html",
        status,
        say=say,
        fields=_FIELDS,
        entered=filled.entered,
        problems=filled.problems,
        problem_links=[
            (f"f-{field.path}", say.of(field, "label"))
            for field in _FIELDS
            if field.path in filled.problems
        ],
        seen=packed(seen),
        present=seen,
        changed=changed,
        kept=ledger(words().language),
    )
