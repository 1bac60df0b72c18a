"""A merchant who uses Bleib inside the shop's admin, in a browser that takes no foreign cookies."""

from __future__ import annotations

import json
import re
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from playwright.sync_api import (
    Browser,
    BrowserContext,
    Frame,
    FrameLocator,
    Page,
    Response,
    expect,
)

from tests.journey.people import accessible, says, shop_says, widget_name
from tests.journey.stage import Stage, eventually


@contextmanager
def browser_with_cookies(
    browser: Browser, profile: Path, *, foreign: bool
) -> Iterator[BrowserContext]:
    """Open a browser window whose settings take, or refuse, cookies of foreign pages in frames."""
    settings = profile / "Default" / "Preferences"
    settings.parent.mkdir(parents=True)
    settings.write_text(
        json.dumps(
            {
                "profile": {
                    "cookie_controls_mode": 0 if foreign else 1,
                    "block_third_party_cookies": not foreign,
                }
            }
        )
    )
    window = browser.browser_type.launch_persistent_context(
        profile,
        executable_path=shutil.which("chromium"),
        args=["--no-sandbox"],
        locale="de-DE",
        viewport={"width": 1280, "height": 900},
    )
    try:
        yield window
    finally:
        window.close()


class FramedMerchant:
    """Installs Bleib from the shop's admin and looks after it there."""

    def __init__(self, window: BrowserContext, stage: Stage) -> None:
        self.stage = stage
        self.page: Page = window.new_page()
        self.page.set_default_timeout(60_000)
        self.errors: list[str] = []
        self.page.on("pageerror", lambda error: self.errors.append(str(error)))
        self.page.on(
            "console",
            lambda line: (
                self.errors.append(f"{line.text} {line.location.get('url', '')}")
                if line.type == "error"
                else None
            ),
        )
        self.answers: list[Response] = []
        window.on("response", lambda answer: self.answers.append(answer))

    def cookies_set(self) -> list[str]:
        """Return the addresses of the app that set a cookie on the way."""
        own = [answer for answer in self.answers if answer.url.startswith(self.stage.app)]
        return [answer.url for answer in own if "set-cookie" in answer.all_headers()]

    @property
    def app(self) -> FrameLocator:
        """What stands inside the admin."""
        return self.page.frame_locator("#app")

    @property
    def inside(self) -> Frame:
        """The frame itself."""
        found = self.page.frame(url=re.compile(re.escape(self.stage.app) + "/admin/(?!bounce)"))
        assert found is not None
        return found

    def install(self) -> None:
        """Go from the page of apps through the admin's own consent page to the setup."""
        self.page.goto(f"{self.stage.shop}/hinterzimmer/apps")
        self.page.get_by_role("link", name=shop_says("apps.install")).click()
        expect(self.page.get_by_role("heading", level=1)).to_have_text(shop_says("consent.title"))
        accessible(self.page)
        self.page.get_by_role("button", name=shop_says("consent.allow")).click()
        self.arrives_at(says("setup.title"))

    def open(self) -> None:
        """Open Bleib in the admin."""
        self.page.goto(f"{self.stage.shop}/admin/apps/bleib")

    def arrives_at(self, title: str) -> None:
        """See a page of Bleib with that heading."""
        expect(self.app.get_by_role("heading", level=1)).to_have_text(title)

    def goes_to(self, name: str, title: str | None = None) -> None:
        """Follow the menu, which the admin shows in its own column."""
        menu = self.page.get_by_role("navigation", name="Bleib")
        menu.get_by_role("link", name=name, exact=True).click()
        self.arrives_at(title or name)

    def waits_for_sync(self) -> None:
        """Watch the first synchronisation until every row is done."""
        expect(self.app.locator("#sync-title")).to_have_text(
            says("setup.sync.title_done"), timeout=60_000
        )

    def switches_embed_on(self) -> None:
        """Leave the frame for the theme editor, save, come back, look again."""
        self.app.get_by_role("link", name=says("platforms.shopify.embed_open")).click()
        self.page.get_by_role("button", name=shop_says("editor.save")).click()
        self.page.get_by_role("link", name=shop_says("editor.back")).click()
        self.goes_to(says("nav.setup"), says("setup.title"))
        if "done" not in str(self.app.locator("#step-embed").get_attribute("class")):
            self.app.get_by_role("button", name=says("setup.embed.look")).click()
        expect(self.app.locator("#step-embed")).to_have_class(re.compile("done"))

    def tells_sender(self) -> None:
        """Give the legal notice that every mail carries."""
        if not self.app.locator("#imprint").is_visible():
            self.app.locator("#step-sender summary").click()
        self.app.locator("#imprint").fill("Uferhaus GmbH, Seestraße 1, 78464 Konstanz")
        self.app.locator("#privacy_url").fill(f"{self.stage.shop}/pages/datenschutz")
        self.app.get_by_role("button", name=says("setup.sender.save")).click()
        expect(self.app.locator("#step-sender")).to_have_class(re.compile("done"))
        expect(self.app.get_by_role("status").first).to_contain_text(says("done.saved")[:12])

    def compares_nobody(self) -> None:
        """Let every shopper be offered the voucher: who is not would be drawn."""
        self.goes_to(says("nav.guard"), says("guard.title"))
        rare = self.app.get_by_text(says("guard.rare"), exact=True)
        switch = self.app.get_by_role("switch", name=says("guard.field.holdout_on"), exact=True)
        rare.click()
        switch.uncheck()
        self.app.get_by_role("button", name=says("guard.save")).click()
        expect(self.app.get_by_role("status").first).to_contain_text(says("done.saved"))
        rare.click()
        expect(switch).not_to_be_checked()

    def publishes(self, widget: str) -> None:
        """See the real widget in the preview, a frame within the frame; then publish it."""
        name = widget_name(widget)
        self.goes_to(says("nav.widgets"), says("widgets.title"))
        self.app.get_by_role("link", name=name, exact=True).click()
        self.arrives_at(name)
        preview = self.app.frame_locator("#preview").locator("[data-bleib], dialog, [role=dialog]")
        expect(preview.first).to_be_attached()
        self.app.get_by_role("button", name=says("editor.publish"), exact=True).click()
        expect(self.app.locator(".head").first).to_contain_text(says("editor.publish_same"))

    def sees_counted(self, what: str, number: str) -> None:
        """Look at the overview until what is counted there says that."""
        label = says(f"overview.known_{what}")
        eventually(lambda: self._counted(label) == number, f"{what} is {number}", 20)

    def _counted(self, label: str) -> str:
        self.goes_to(says("nav.overview"), says("overview.title"))
        line = self.app.locator("#known dl > div").filter(has_text=label)
        return line.locator("dd").first.inner_text().strip()
