"""Nothing on a page jumps when htmx exchanges a part of it: `make walk` tries each place.

That none is missing from the list, `test_whole.py` says with every change.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import pytest
from playwright.sync_api import Browser, Page

from tests.fakes.framed_platform import FramedPlatform
from tests.layout_shifts import SHIFTS
from tests.walk.house import House, Look
from tests.walk.states import STATES

#: The editor's own are measured where it is typed into: tests/admin/test_editor_typing.py.
ELSEWHERE = {"editor.html": 3}
#: What asked for the parts that were exchanged: by its id, or else by its class.
ASKED = """window.swapped = []; addEventListener('htmx:after:swap', ({ target }) => {
  window.swapped.push(target.id || target.className) })"""
#: No answer comes before the page stands as it was sent: what moves then, somebody sees move.
STANDS = """const asks = window.fetch
  window.fetch = (...what) => new Promise((go) => requestAnimationFrame(() =>
    requestAnimationFrame(() => setTimeout(go, 50)))).then(() => asks(...what))"""
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
    #: What asks for it, as in ASKED.
    asks: str
    holds: str
    act: Callable[[Page], None] = lambda page: None
    #: Whether the storefront holds our script by then.
    embedded: bool = False


SWAPS = (
    Swap("import.html", "connected", "import", 'id="import" hx-get'),
    Swap("connections_webhook.html", "connected", "log", 'id="log" hx-get'),
    Swap("setup.html", "empty_shop", "embed-live", 'id="embed-live" hx-get'),
    Swap("setup.html", "empty_shop", "embed-live", 'id="embed-live" hx-get', embedded=True),
    Swap("setup.html", "records_missing", "embed-live", 'id="sender-checks" hx-get', embedded=True),
    Swap("setup.html", "records_missing", "sender-checks", 'id="sender-checks" hx-get'),
    Swap("setup.html", "empty_shop", "sync", 'aria-labelledby="sync-title" hx-get'),
    Swap("setup.html", "empty_shop", "lights", 'id="lights" hx-get'),
    Swap("mail_editor.html", "filled_shop", "draft", 'action="/admin/mails/voucher" hx-post',
         typed("[name=heading]", "Bitte sehr")),
    Swap("mail_editor.html", "filled_shop", "scene", 'hx-get="/admin/mails/voucher"',
         chosen("[name=light][value=dark]")),
    Swap("look.html", "filled_shop", "editor", 'action="/admin/look" hx-post',
         typed("#f-radius", "9")),
    Swap("guard_tried.html", "measured", "tried", 'hx-post="/admin/guard/trial"',
         typed("#budget", "9")),
    Swap("base.html", "seen_long_ago", "state-line", 'id="state-line" hx-get'),
)  # fmt: skip


def page_with(house: House, swap: Swap) -> Look:
    """Return a page that has the place."""
    found = [
        look
        for look in house.looks
        if (look.state, look.language, look.status) == (swap.state, "de", 200)
        and swap.holds in look.html
    ]
    assert found, f"no page of {swap.state} holds {swap.holds}"
    return found[0]


@pytest.mark.timeout(300)
@pytest.mark.parametrize("width", [1280, 375])
@pytest.mark.parametrize(
    "swap", SWAPS, ids=lambda swap: f"{swap.asks}-{swap.state}{swap.embedded:d}"
)
def test_nothing_jumps_while_a_part_of_a_page_is_exchanged(
    house: House,
    fake_platform: FramedPlatform,
    chromium: Browser,
    address: str,
    swap: Swap,
    width: int,
) -> None:
    house.languages = ("de",)
    STATES[swap.state](house, swap.state)
    if swap.embedded:
        fake_platform.published["anybody"] = "anything"
    look = page_with(house, swap)
    size = {"width": width, "height": 900}
    window = chromium.new_context(bypass_csp=True, locale="de-DE", viewport=size)
    window.add_cookies([{"name": "bleib", "value": str(look.session), "url": address}])
    page = window.new_page()
    page.add_init_script(f"({SHIFTS})(); {ASKED}; {STANDS}")
    page.goto(address + look.path)
    swap.act(page)
    page.wait_for_function("(name) => window.swapped.includes(name)", arg=swap.asks, timeout=90_000)
    page.evaluate(DRAWN)
    jumped = [one for one in page.evaluate("window.shifts") if one[0] > 0.0005]
    # The control: what does jump is told.
    page.evaluate(f"() => {{ scrollTo(0, 0); ({JUMP})() }}")
    page.wait_for_function("window.shifts.length > 0")
    window.close()
    assert not jumped, jumped
