"""Every page of the admin in Chromium, with something in every table of the shop.

Run by hand, it takes minutes: `python -m pytest tests/admin/walk_every_page.py -n 0`. Each page of
the URL map is looked at in a wide, light and in a narrow, dark browser. What runs with every change
is `test_in_browser.py`, on a fresh shop.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from flask import Flask
from playwright.sync_api import Browser, Page, expect

from tests.admin.test_in_browser import AXE, WIDER
from tests.security.routes_admin import ADMIN
from tests.security.test_tenants import NO_CONTROL
from tests.security.test_xss_browser import address as address
from tests.security.test_xss_browser import db_url as db_url
from tests.security.test_xss_browser import tenant as tenant
from tests.security.world import Tenant, sign_in

WIDE, NARROW = {"width": 1280, "height": 900}, {"width": 320, "height": 640}
#: What moved while nobody scrolled, also right after a press: how far, and what.
SHIFTS = """() => { window.shifts = []
  new PerformanceObserver((list) => list.getEntries().forEach((one) => window.shifts.push(
    [one.value, one.sources.map(({ node }) => node && (node.id || node.className))]
  ))).observe({ type: 'layout-shift', buffered: true }) }"""


@pytest.fixture
def page(chromium: Browser, tenant: Tenant, address: str) -> Iterator[Page]:
    visit = chromium.new_context(bypass_csp=True, locale="de-DE", viewport=WIDE)
    visit.add_cookies([{"name": "bleib", "value": tenant.session, "url": address}])
    yield visit.new_page()
    visit.close()


def opened(app: Flask, tenant: Tenant) -> list[str]:
    """Return the address of every page of the URL map that a merchant opens."""
    client = app.test_client()
    sign_in(client, tenant.session)
    asks = {
        name: build(tenant, tenant).path
        for name, build in ADMIN.items()
        if name.startswith("GET ") and name not in NO_CONTROL
    }
    answers = {path: client.get(path) for path in asks.values() if not path.endswith("/preview")}
    return [
        path
        for path, answer in answers.items()
        if answer.status_code == 200 and answer.mimetype == "text/html"
    ]


def wrong(page: Page) -> list[Any]:
    """Return what axe finds on the page in a light and in a dark browser, and what sticks out."""
    page.emulate_media(color_scheme="light")
    page.set_viewport_size({"width": 1280, "height": 900})
    page.evaluate(AXE.read_text("utf-8"))
    found = _axe(page, "{iframes: false}")
    page.emulate_media(color_scheme="dark")
    page.set_viewport_size({"width": 320, "height": 640})
    found += _axe(
        page, "{iframes: false, runOnly: ['color-contrast', 'scrollable-region-focusable']}"
    )
    return found + list(page.evaluate(WIDER, NARROW["width"]))


def _axe(page: Page, options: str) -> list[Any]:
    result = page.evaluate(f"axe.run(document, {options})")
    return [(one["id"], one["nodes"][0]["html"][:200]) for one in result["violations"]]


def test_a_filled_page_is_accessible_and_fits_the_screen(
    app: Flask, page: Page, tenant: Tenant, address: str
) -> None:
    if not AXE.exists():
        pytest.skip("axe-core is not installed (npm ci in widgets/)")
    found = {}
    for path in opened(app, tenant):
        page.goto(address + path)
        if faults := wrong(page):
            found[path] = faults
    assert found == {}


def test_nothing_jumps_while_a_part_of_a_page_is_swapped(
    page: Page, tenant: Tenant, address: str
) -> None:
    def shifted() -> list[Any]:
        return [one for one in page.evaluate("window.shifts") if one[0] > 0.0005]

    page.add_init_script(f"({SHIFTS})()")
    page.add_init_script(
        "addEventListener('htmx:after:swap', () => { window.swapped = true })",
    )
    swaps: dict[str, Callable[[], None]] = {
        "/admin/guard": lambda: _type(page, "#budget", "150"),
        "/admin/setup": lambda: None,
    }
    for path, act in swaps.items():
        page.goto(address + path)
        act()
        page.wait_for_function("window.swapped === true")
        expect(page.locator("main")).to_be_visible()
        page.evaluate("() => new Promise((done) => requestAnimationFrame(() => setTimeout(done)))")
        assert shifted() == [], path


def _type(page: Page, field: str, text: str) -> None:
    page.locator(field).fill(text)
    page.keyboard.press("Tab")
