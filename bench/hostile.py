"""Draws configs full of hostile strings with the real bundles, in Chromium.

Every string stands once in every field of every design that has it. A control puts the same
strings where careless code would put them, so that nobody takes a blind harness for a safe widget.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import islice
from typing import Any

from playwright.sync_api import Browser, Page, Route

from bench.campaigns import SIGN_UP, VOUCHER, campaign, config
from bench.hostile_strings import FOREIGN
from bench.shop_pages import PACKAGE, Shopfront

#: Stands for "a hostile string comes here".
TEXT = "\0"
_PER_PAGE = 400
_PER_CALL = 20
_CONTROL_TOGETHER = 12
_BOTH = {"de": TEXT, "en": TEXT}
_MONEY = {"amount": TEXT, "currency": TEXT}
_BASE: dict[str, Any] = SIGN_UP | {
    "title": _BOTH,
    "lead": _BOTH,
    "newsletter_name": _BOTH,
    "voucher": VOUCHER | {"exclusions": _BOTH},
    "picture": {"url": TEXT, "alt": _BOTH, "ratio": "16/9"},
    "button": {"label": _BOTH, "url": TEXT},
    "facts": {
        "shipping": {"country": _BOTH, "cost": "4.90", "free_from": "60.00"},
        "delivery": {"cutoff": TEXT, "min_days": 2, "max_days": 4},
        "returns": {"days": 30, "free": True},
        "size": _BOTH,
    },
    "service": {"phone": TEXT, "email": TEXT, "hours": _BOTH, "promise": _BOTH},
}
_ITEM = {
    "product": TEXT, "variant": TEXT, "variant_number": TEXT, "handle": TEXT, "title": TEXT,
    "url": TEXT, "image": TEXT, "price": {"amount": "12.00", "currency": "EUR"},
    "reason": {"kind": "together", "with": TEXT, "text": TEXT},
    "unit": TEXT,
    "mark": "o",
}  # fmt: skip
_SIZED = _ITEM | {
    "product": "2",
    "from": TEXT,
    "before": TEXT,
    "choice": {
        "name": TEXT,
        "of": [
            {
                "variant_number": TEXT, "title": TEXT, "available": number > 0, "unit": TEXT,
                "price": {"amount": TEXT, "currency": "EUR"},
            }
            for number in range(3)
        ],
    },
}  # fmt: skip
_ORDER = {
    "number": TEXT, "placed": "2026-11-17T08:12:00Z", "stage": 3, "title_date": "2026-11-23",
    "state": "normal", "items": [{"title": TEXT, "quantity": 2}],
    "shipments": [
        {
            "carrier": TEXT, "number": TEXT, "url": TEXT, "stage": 3, "expected": "2026-11-23",
            "delivered_at": None,
            "milestones": [{"kind": TEXT, "at": "2026-11-18T13:40:00Z", "place": TEXT}],
        }
    ],
}  # fmt: skip
_LOOK = {
    "accent": TEXT, "on": TEXT, "surface": TEXT, "ink": TEXT, "link": TEXT, "radius": 8,
    "font": TEXT, "head_font": TEXT, "size": 16, "button_height": 48,
}  # fmt: skip
_EVERYWHERE = {"name": TEXT, "privacy": TEXT, "shop": TEXT, "version": TEXT, "look": _LOOK}


def _design(**settings: object) -> dict[str, Any]:
    return config(campaign("exit_intent", _BASE | settings)) | _EVERYWHERE


def _inline(widget: str, **more: object) -> dict[str, Any]:
    shown = {"title": _BOTH, "limit": 3, "quantity": True, "free_shipping_from": "60.00"}
    settings = _BASE if widget == "newsletter" else shown
    return config(campaign(widget, settings) | more) | _EVERYWHERE


def designs() -> dict[str, tuple[dict[str, Any], int]]:
    """Each design: its config with places for strings, and how many widgets it draws at least.

    The last ones put strings where a config has names and numbers; they may draw nothing.
    """
    broken_settings = _BASE | {
        "frame": TEXT,
        "content": TEXT,
        "ends": {"at": TEXT, "signature": TEXT},
    }
    return {
        "modal": (_design(), 1),
        "corner": (_design(frame="corner", voucher=None), 1),
        "sheet": (_design(frame="sheet", nudge=True), 1),
        "bar": (_design(frame="bar"), 1),
        "message": (_design(content="message"), 1),
        "question": (_design(content="question"), 1),
        "basket": (_design(content="basket"), 1),
        "service": (_design(content="service"), 1),
        "newsletter": (_inline("newsletter"), 1),
        "cross_sell": (_inline("cross_sell", sample={"items": [_ITEM, _SIZED], "campaign": 3}), 1),
        "shipment_status": (_inline("shipment_status", sample={"found": True, "order": _ORDER}), 1),
        "names": (
            config(campaign("exit_intent", broken_settings) | {"arms": [[TEXT, 100]], "salt": TEXT})
            | {"address": TEXT, "currency": TEXT, "locale": TEXT, "zone": TEXT, "cart": TEXT}
            | {"languages": [TEXT], "why": TEXT},
            0,
        ),
        "files": (
            config()
            | {
                "widgets": {
                    "exit_intent": {"js": [TEXT, TEXT], "texts": {"de-sie": TEXT, "en": TEXT}}
                }
            },
            0,
        ),
    }


def poisoned(value: object, found: Iterator[str]) -> object:
    """The value with the next strings in the places for them."""
    if isinstance(value, dict):
        return {name: poisoned(part, found) for name, part in value.items()}
    if isinstance(value, list):
        return [poisoned(part, found) for part in value]
    return next(found) if value == TEXT else value


def places(value: object) -> int:
    """How many places for strings a value has."""
    if isinstance(value, dict):
        return sum(places(part) for part in value.values())
    if isinstance(value, list):
        return sum(places(part) for part in value)
    return int(value == TEXT)


@dataclass(slots=True)
class Findings:
    """What came of the draws."""

    draws: int = 0
    drawn: int = 0
    empty: list[str] = field(default_factory=list)
    ran: list[str] = field(default_factory=list)


def draw_all(
    browser: Browser, front: Shopfront, texts: Sequence[str], only: Sequence[str] = ()
) -> Findings:
    """Draws each design once per string, with neighbouring strings in its other fields."""
    found = Findings()
    page: Page | None = None
    for name, (design, wanted) in designs().items():
        if only and name not in only:
            continue
        stride = places(design)
        for first in range(0, len(texts), _PER_CALL):
            if page is None or found.draws % _PER_PAGE == 0:
                page = _fresh(browser, front, page, found)
            span = range(first, min(first + _PER_CALL, len(texts)))
            configs = [poisoned(design, islice(_from(texts, number), stride)) for number in span]
            _draw(page, front, name, configs, wanted, found)
    if page is not None:
        _close(page, found)
    return found


def _from(texts: Sequence[str], number: int) -> Iterator[str]:
    while True:
        yield texts[number % len(texts)]
        number += 1


def _draw(
    page: Page, front: Shopfront, name: str, configs: list[Any], wanted: int, found: Findings
) -> None:
    source = f"{front.address}{PACKAGE}/bleib.js"
    results = page.evaluate(
        """async ([configs, source, wanted]) => { const all = [];
          for (const one of configs) all.push(await draw(one, source, wanted));
          return all }""",
        [[json.dumps(one) for one in configs], source, wanted],
    )
    for result in results:
        found.draws += 1
        found.drawn += result["drawn"] > 0
        if result["drawn"] < wanted:
            found.empty.append(name)
        found.ran += [f"{name}: {one}" for one in result["bad"]]
    hits = page.evaluate("hits.splice(0)")
    found.ran += [f"{name}: string {number} ran" for number in hits]


def _fresh(browser: Browser, front: Shopfront, old: Page | None, found: Findings) -> Page:
    if old is not None:
        _close(old, found)
    context = browser.new_context(reduced_motion="reduce")
    page = context.new_page()

    def foreign(route: Route) -> None:
        found.ran.append(f"asked for {route.request.url}")
        route.abort()

    page.route(f"**{FOREIGN}**", foreign)
    page.on("dialog", lambda dialog: dialog.dismiss())
    page.goto(f"{front.address}/bench-pages/hostile")
    return page


def _close(page: Page, found: Findings) -> None:
    found.ran += [f"late: string {number} ran" for number in page.evaluate("hits.splice(0)")]
    page.context.close()


def control(browser: Browser, front: Shopfront, texts: Sequence[str]) -> set[int]:
    """The numbers of the strings that run where careless code puts them."""
    ran: set[int] = set()
    context = browser.new_context()
    page = context.new_page()
    page.route(f"**{FOREIGN}**", lambda route: route.abort())
    for first in range(0, len(texts), _CONTROL_TOGETHER):
        if first % (20 * _CONTROL_TOGETHER) == 0:
            page.goto(f"{front.address}/bench-pages/hostile")
        some = list(texts[first : first + _CONTROL_TOGETHER])
        page.evaluate(
            """async (texts) => { const frames = texts.flatMap(sink);
              const pause = (ms) => new Promise((done) => setTimeout(done, ms));
              await Promise.all(frames.map((one) => Promise.race([pause(3000),
                new Promise((done) => one.addEventListener("load", done))])));
              for (let had = -1; had !== hits.length; await pause(250)) had = hits.length;
              for (const one of frames) one.remove() }""",
            some,
        )
        ran.update(page.evaluate("hits.splice(0)"))
    context.close()
    return ran
