"""Nothing on a page jumps when htmx exchanges a part of it: each place that does so is tried."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page

from tests.layout_shifts import SHIFTS
from tests.walk.house import House, Look

TEMPLATES = Path(__file__).parents[2] / "plugin" / "admin" / "templates" / "admin"
#: The editor's own are measured where it is typed into: tests/admin/test_editor_typing.py.
ELSEWHERE = {"editor.html": 3}
COUNT = "addEventListener('htmx:after:swap', () => { window.swaps = (window.swaps ?? 0) + 1 })"
#: Frames are drawn, and what they moved has been told.
DRAWN = """() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(
  () => setTimeout(done))))"""
JUMP = """() => { const block = document.createElement('div'); block.style.height = '200px'
  document.querySelector('main').prepend(block) }"""


def typed(field: str, text: str) -> Callable[[Page], None]:
    def act(page: Page) -> None:
        page.locator(field).fill(text)
        page.keyboard.press("Tab")

    return act


def chosen(field: str) -> Callable[[Page], None]:
    return lambda page: page.locator(field).first.check(force=True)


@dataclass(frozen=True)
class Swap:
    """A place whose part is exchanged: a page that has it, and what leads to it."""

    file: str
    state: str
    holds: str
    act: Callable[[Page], None] = lambda page: None


SWAPS = (
    Swap("import.html", "connected", 'id="import" hx-get'),
    Swap("connections_webhook.html", "connected", 'id="log" hx-get'),
    Swap("setup.html", "empty_shop", 'id="embed-live" hx-get'),
    Swap("setup.html", "empty_shop", 'aria-labelledby="sync-title" hx-get'),
    Swap("setup.html", "empty_shop", 'id="lights" hx-get'),
    Swap("mail_editor.html", "filled_shop", 'action="/admin/mails/voucher" hx-post',
         typed("[name=heading]", "Bitte sehr")),
    Swap("mail_editor.html", "filled_shop", 'hx-get="/admin/mails/voucher"',
         chosen("[name=device][value=phone]")),
    Swap("look.html", "filled_shop", 'action="/admin/look" hx-post', typed("#f-radius", "9")),
    Swap("guard_trial.html", "filled_shop", 'hx-post="/admin/guard/trial"', typed("#budget", "9")),
    Swap("base.html", "filled_shop", 'id="state-line" hx-get'),
)  # fmt: skip


def page_with(house: House, swap: Swap) -> Look:
    """Return a page that has the place."""
    return next(
        look
        for look in house.looks
        if (look.state, look.language, look.status) == (swap.state, "de", 200)
        and swap.holds in look.html
    )


def test_each_place_that_exchanges_a_part_is_tried() -> None:
    found: Counter[str] = Counter()
    for template in TEMPLATES.rglob("*.html"):
        places = len(re.findall(r"\bhx-(?:get|post)=", template.read_text("utf-8")))
        found[str(template.relative_to(TEMPLATES))] += places
    assert Counter(swap.file for swap in SWAPS) + Counter(ELSEWHERE) == +found


@pytest.mark.parametrize("width", [1280, 375])
def test_nothing_jumps_while_a_part_of_a_page_is_exchanged(
    every_state: House, chromium: Browser, address: str, width: int
) -> None:
    jumped: dict[str, Any] = {}
    for swap in SWAPS:
        look = page_with(every_state, swap)
        size = {"width": width, "height": 900}
        window = chromium.new_context(bypass_csp=True, locale="de-DE", viewport=size)
        window.add_cookies([{"name": "bleib", "value": str(look.session), "url": address}])
        page = window.new_page()
        page.add_init_script(f"({SHIFTS})(); {COUNT}")
        page.goto(address + look.path)
        swap.act(page)
        page.wait_for_function("window.swaps > 0")
        page.evaluate(DRAWN)
        if shifts := [one for one in page.evaluate("window.shifts") if one[0] > 0.0005]:
            jumped[swap.holds] = shifts
        # The control: what does jump is told.
        page.evaluate(f"() => {{ scrollTo(0, 0); ({JUMP})() }}")
        page.wait_for_function("window.shifts.length > 0")
        window.close()
    assert jumped == {}
