"""A browser that shows a page as it was answered, and says what is wrong with it."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlsplit

from playwright.sync_api import Browser, Page, Route

from tests import axe
from tests.walk.house import Look

#: Elements that stick out of the page, where the page itself would scroll sideways.
WIDER = """width => document.documentElement.scrollWidth <= width ? [] :
  ['wider than the screen: ' + [...document.querySelectorAll("body *")]
    .filter(e => e.getBoundingClientRect().right > width + 0.5)
    .map(e => e.outerHTML.slice(0, 120)).slice(-3)]"""
HEIGHTS = {1280: 900, 375: 812, 320: 640}
#: Per language how a page is looked at: each scheme and each width in both, axe-core at two.
VIEWS = {
    "de": (("light", 1280), ("dark", 375), ("light", 320)),
    "en": (("dark", 1280), ("light", 375), ("dark", 320)),
}


class Eyes:
    """Pages are served as they were kept; styles and scripts come from the app."""

    def __init__(self, browser: Browser, address: str, **options: Any) -> None:
        self.address = address
        self.window = browser.new_context(bypass_csp=True, locale="de-DE", **options)
        self.window.set_default_timeout(30_000)
        self.page: Page = self.window.new_page()
        #: Paths of what a page wanted to send; nothing is, and the page stays.
        self.sent: list[str] = []
        self._look: Look | None = None
        self.page.route("**/*", self._answer)

    def _answer(self, route: Route) -> None:
        """Hand out the page that was kept; a frame of a preview is a page of its own."""
        asked = route.request
        look, here = self._look, asked.url.startswith(self.address)
        if asked.method == "POST":
            self.sent.append(urlsplit(asked.url).path)
        if asked.method == "POST" or asked.resource_type in ("fetch", "xhr"):
            route.fulfill(status=204)  # the page stays as it was kept
        elif look and asked.is_navigation_request() and asked.frame == self.page.main_frame:
            kind = "text/html; charset=utf-8"
            route.fulfill(status=look.status, content_type=kind, body=look.html)
        elif not here or asked.resource_type == "document":
            route.abort()
        else:
            route.continue_()

    def show(self, look: Look, scheme: Any = "light", width: int = 1280) -> None:
        """Open a page as it was kept."""
        self._look = look
        self.window.clear_cookies()
        if look.session:
            kept = {"name": "bleib", "value": look.session, "url": self.address}
            tongue = {"name": "bleib-language", "value": look.language, "url": self.address}
            self.window.add_cookies([kept, tongue])
        self.page.emulate_media(color_scheme=scheme)
        self.page.set_viewport_size({"width": width, "height": HEIGHTS[width]})
        self.page.goto(self.address + look.path)

    def faults(self, look: Look, views: tuple[tuple[Any, int], ...]) -> list[str]:
        """Return what is wrong with the page in any of the views."""
        self.show(look, *views[0])
        found: list[str] = []
        for scheme, width in views:
            self.page.emulate_media(color_scheme=scheme)
            self.page.set_viewport_size({"width": width, "height": HEIGHTS[width]})
            found += self.page.evaluate(WIDER, width)
            if width > 320:
                found += axe.findings(self.page)
        return found
