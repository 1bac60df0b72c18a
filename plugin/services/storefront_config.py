"""What a storefront's loader asks first: one small, cacheable answer for each shop."""

from __future__ import annotations

import json
import re
import time
from functools import cache
from typing import Any

from plugin.manifest import bundled
from plugin.model import Shop
from plugin.security import digest
from plugin.services import campaigns
from plugin.services.campaigns import PublishedCampaign
from plugin.services.context import Context
from plugin.store import shops

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
            answer = _build(context, shop, campaigns.published(connection, shop.id))
    if len(_answers) >= _MOST_CACHED:
        _answers.clear()
    _answers[place] = (now, state, answer)
    return answer


def config_now(context: Context, shop: Shop) -> bytes:
    """Return the config of an installed shop as it is at this moment, for a storefront to hold."""
    with context.db.read() as connection:
        return _build(context, shop, campaigns.published(connection, shop.id))[0]


def _build(context: Context, shop: Shop, running: list[PublishedCampaign]) -> _Answer:
    shown = [item for item in running if _is_shown(context, shop, item)]
    body = json.dumps(
        _config(context, shop, shown), ensure_ascii=False, separators=(",", ":")
    ).encode()
    return body, f'"{digest(body)[:32]}"'


def _is_shown(context: Context, shop: Shop, campaign: PublishedCampaign) -> bool:
    widget = context.widgets.get(campaign.widget)
    if widget is None or campaign.widget not in widget_files():
        return False
    # A stopped shop shows nothing of ours but what people with an order need.
    return shop.stopped_at is None or widget.stage == "deliver"


def _config(context: Context, shop: Shop, shown: list[PublishedCampaign]) -> dict[str, Any]:
    return {
        **shop_facts(shop),
        "widgets": {item.widget: _files_for(shop, item.widget) for item in shown},
        "campaigns": [
            {
                "id": item.id,
                "widget": item.widget,
                "version": item.version,
                "settings": campaigns.public_settings(context, item),
            }
            for item in shown
        ],
    }


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
    }


def _files_for(shop: Shop, widget: str) -> dict[str, Any]:
    files = widget_files()[widget]
    used = {f"{language}-{shop.address}" for language in shop.languages} | set(shop.languages)
    texts = {variant: name for variant, name in files["texts"].items() if variant in used}
    return {**files, "texts": texts}


@cache
def edition() -> str:
    """Return a mark of the built files: another one after every upgrade that changes them."""
    return digest(json.dumps(widget_files(), sort_keys=True))[:12]


@cache
def widget_files() -> dict[str, Any]:
    """Return the names of each widget's built files, beside the loader's own."""
    built = bundled("static") / "v1" / "manifest.json"
    return dict(json.loads(built.read_text(encoding="utf-8"))["widgets"])
