"""What a storefront's loader asks first: one small, cacheable answer for each shop."""

from __future__ import annotations

import json
import re
import time
from datetime import datetime
from functools import cache
from typing import Any

from pydantic import BaseModel
from sqlalchemy.engine import Connection

from plugin.manifest import bundled
from plugin.model import Shop
from plugin.security import digest
from plugin.services import (
    arms,
    campaigns,
    guard,
    guard_limits,
    look,
    manners,
    preflight,
    targeting,
)
from plugin.services.campaigns import PublishedCampaign
from plugin.services.claim_words import without_claim
from plugin.services.context import Context
from plugin.services.wording import offer_of
from plugin.store import shops
from plugin.store.vouchers import any_open

#: For how long, in seconds, a process believes the version of a config it has just looked up.
TTL_SECONDS = 2.0
_KEY = re.compile(r"[a-z0-9]{16}", re.ASCII)
_MOST_CACHED = 2000

_Answer = tuple[bytes, str]
#: Per database: when looked up, for which state of the shop, what was answered.
_answers: dict[tuple[str, str], tuple[float, tuple[object, ...], _Answer]] = {}


def config_bytes(context: Context, key: str) -> tuple[bytes, str] | None:
    """Return the config of a shop as JSON bytes with its ETag.

    None for an unknown key and for a shop that uninstalled, alike. Within TTL_SECONDS the answer
    comes from memory; afterwards only the shop's row is read, unless something changed.
    """
    if not _KEY.fullmatch(key):
        return None
    place = (context.config.database_url, key)
    known = _answers.get(place)
    now = time.monotonic()
    if known is not None and now - known[0] < TTL_SECONDS:
        return known[2]
    with context.db.read() as connection:
        shop = shops.shop_by_key(connection, key)
        if shop is None or shop.state != "installed":
            _answers.pop(place, None)
            return None
        state = (shop.id, shop.config_version, shop.stopped_at, shop.generation)
        if known is not None and known[1] == state:
            answer = known[2]
        else:
            answer = _build(connection, context, shop)
    if len(_answers) >= _MOST_CACHED:
        _answers.clear()
    _answers[place] = (now, state, answer)
    return answer


def config_now(context: Context, shop: Shop) -> bytes:
    """Return the config of an installed shop as it is at this moment, for a storefront to hold."""
    with context.db.read() as connection:
        return _build(connection, context, shop)[0]


def _build(connection: Connection, context: Context, shop: Shop) -> _Answer:
    running = campaigns.published(connection, shop.id)
    shown = [item for item in running if _is_shown(context, shop, item)]
    claims = guard.claims(connection, context, shop)
    held_back = guard_limits.read(connection, shop.id).limits.held_back
    config = {
        **shop_facts(shop),
        "look": look.read(connection, shop.id).public(),
        "manners": manners.read(connection, shop.id).model_dump(),
        "widgets": {item.widget: _files_for(shop, item.widget) for item in shown},
        "campaigns": [
            _campaign(context, shop, item, claims.get(item.id), held_back) for item in shown
        ],
    }
    whole = arms.whole_of(one.get("holdout", 0) for one in config["campaigns"])
    if whole is not None:
        config["whole"] = whole
    if shop.stopped_at is None and _has_vouchers(connection, context, shop, shown):
        config["widgets"][preflight.WIDGET] = _built()[preflight.WIDGET]
        config["campaigns"].append(preflight.OPENED)
    body = json.dumps(config, ensure_ascii=False, separators=(",", ":")).encode()
    return body, f'"{digest(body)[:32]}"'


def _has_vouchers(
    connection: Connection, context: Context, shop: Shop, shown: list[PublishedCampaign]
) -> bool:
    """Tell whether somebody may come with the link of a voucher."""
    offered = any(offer_of(item.settings, shop.currency) for item in shown)
    return offered or any_open(connection, shop.id, context.now())


def _is_shown(context: Context, shop: Shop, campaign: PublishedCampaign) -> bool:
    widget = context.widgets.get(campaign.widget)
    if widget is None or campaign.widget not in widget_files():
        return False
    # A stopped shop shows nothing of ours but what people with an order need.
    return shop.stopped_at is None or widget.stage == "deliver"


def _campaign(
    context: Context, shop: Shop, item: PublishedCampaign, claim: bool | None, held_back: int
) -> dict[str, Any]:
    """`claim`: whether its voucher may be claimed now, None where it offers none."""
    settings = campaigns.settings_of(context.widgets[item.widget], item.settings)
    public = context.widgets[item.widget].public(settings)
    end = targeting.announced_end(settings)
    if end is not None:
        public["ends"] = signed_end(context, shop, item.id, end)
    found: dict[str, Any] = {"id": item.id, "widget": item.widget, "version": item.version}
    rule, weights = targeting.rule_of(settings), arms.weights_of(context, item, held_back)
    if rule is not None:
        found["when"] = rule
    found |= arms.drawn(context, item.widget, weights, _salt(context, shop, item.id))
    plain = public | without_claim(public)
    found["settings"] = plain if claim is False else public
    variants = _variants(settings, claim)
    if arms.COURTESY in weights:
        variants[arms.COURTESY] = without_claim(public)
    if variants:
        found["variants"] = variants
    return found


def _variants(settings: BaseModel, claim: bool | None) -> dict[str, dict[str, Any]]:
    variant = targeting.variant_of(settings)
    if variant is None:
        return {}
    written = variant.public()
    if claim is False:
        without = without_claim(written)
        written = {name: text for name, text in written.items() if without.get(name, text) == text}
    return {"b": written}


def signed_end(context: Context, shop: Shop, campaign_id: int, end: datetime) -> dict[str, str]:
    """Return the end of a campaign as it is announced, with our proof that it was set here."""
    at = targeting.moment(end)
    signature = context.keys.check_value(shop.id, "campaign_end", f"{campaign_id}:{at}")
    return {"at": at, "signature": signature}


def _salt(context: Context, shop: Shop, campaign_id: int) -> str:
    """Draws of different campaigns must not depend on each other; of one campaign they stay."""
    return context.keys.check_value(shop.id, "arms", str(campaign_id))[:8]


def shop_facts(shop: Shop) -> dict[str, Any]:
    """Return what a storefront may know of its shop: nothing else of the row is public."""
    return {
        "v": 1,
        "shop": shop.key,
        "name": shop.name,
        "version": str(shop.config_version),
        "languages": list(shop.languages),
        "address": shop.address,
        "currency": shop.currency,
        "locale": shop.locale,
        "cart": shop.platform,
        "privacy": shop.privacy_url,
        "zone": shop.zone,
        "why": _built().get("why"),
    }


def _files_for(shop: Shop, widget: str) -> dict[str, Any]:
    files = widget_files()[widget]
    used = {f"{language}-{shop.address}" for language in shop.languages} | set(shop.languages)
    texts = {variant: name for variant, name in files["texts"].items() if variant in used}
    return {**files, "texts": texts}


@cache
def edition() -> str:
    """Return a mark of the built files: another one after every upgrade that changes them."""
    files = [widget_files(), _built().get("why"), _built().get(preflight.WIDGET)]
    return digest(json.dumps(files, sort_keys=True))[:12]


@cache
def widget_files() -> dict[str, Any]:
    """Return the names of each widget's built files, beside the loader's own."""
    return dict(_built()["widgets"])


@cache
def _built() -> dict[str, Any]:
    path = bundled("static") / "v1" / "manifest.json"
    return dict(json.loads(path.read_text(encoding="utf-8")))
