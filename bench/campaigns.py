"""The config and the script tag that the benchmarks' shop pages carry."""

from __future__ import annotations

import json
from html import escape
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[1]
BUILT = ROOT / "static" / "v1"
KEY = "uferhaus"

VOUCHER = {
    "enabled": True, "kind": "amount", "value": "5.00", "minimum": "40.00", "days": 30,
    "exclusions": {"de": "Bücher", "en": "books"},
}  # fmt: skip
SIGN_UP: dict[str, Any] = {
    "frame": "modal", "content": "sign_up", "title": None, "lead": None, "newsletter_name": None,
    "personalised": True, "voucher": VOUCHER, "nudge": False, "picture": None, "button": None,
    "facts": None, "service": None, "ends": None, "teaser": False, "recontact_days": 30,
}  # fmt: skip
WHEN = ["any", ["exit", "desktop"], ["exit", "phone"]]


def record() -> dict[str, Any]:
    """What the build says about itself."""
    found: dict[str, Any] = json.loads((BUILT / "manifest.json").read_text("utf-8"))
    return found


def config(*campaigns: dict[str, Any]) -> dict[str, Any]:
    """A shop's public config with these campaigns, by default one exit-intent sign-up."""
    built = record()
    return {
        "v": 1, "shop": KEY, "name": "Uferhaus", "version": "7", "languages": ["de", "en"],
        "address": "sie", "currency": "EUR", "locale": "de-DE", "cart": "shopify",
        "privacy": "https://shop.example/datenschutz", "zone": "Europe/Berlin",
        "why": built.get("why", ""), "look": {},
        "manners": {
            "cooldown_days": 7, "most": 3, "most_days": 30, "quiet_days": 30, "strict": False,
        },
        "widgets": built["widgets"],
        "campaigns": list(campaigns) or [campaign("exit_intent", SIGN_UP)],
    }  # fmt: skip


def campaign(widget: str, settings: dict[str, Any], number: int = 3) -> dict[str, Any]:
    """A campaign as it goes over the wire: exit intent waits for an exit, the others stand."""
    found = {"id": number, "widget": widget, "version": 4, "settings": settings}
    return found | ({"when": WHEN} if widget == "exit_intent" else {})


def embed(given: dict[str, Any], *, inlined: bool, base: str, package: str = "") -> str:
    """The lines a theme carries: tag, and config where it is inlined.

    `base` is the app's address; `package` is where a platform's package holds the bundles.
    """
    lines = ""
    if inlined:
        text = json.dumps(given, ensure_ascii=False).replace("<", "\\u003c")
        lines = f'<script type="application/json" id="bleib-config">{text}</script>\n'
    more = ""
    if package:
        files = json.dumps(given["widgets"] | {"why": given["why"]})
        more = f' data-app="{base}" data-files="{escape(files)}"'
    source = f"{package or base + '/static/v1'}/bleib.js"
    return (
        f'{lines}<script async src="{source}" data-shop="{KEY}" data-page="product"'
        f' data-lang="de"{more}></script>\n'
    )
