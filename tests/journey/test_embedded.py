"""The main job inside the shop's admin: tokens instead of cookies, third-party cookies blocked."""

from __future__ import annotations

import re
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, expect

from tests.journey.framed import FramedMerchant, browser_with_cookies
from tests.journey.inlined import wait_until_shown
from tests.journey.people import Shopper, accessible, says, shop_says
from tests.journey.stage import Stage, eventually

pytestmark = [pytest.mark.journey, pytest.mark.timeout(240)]
PORT = 24120
EMAIL = "lena.brandt@example.com"


class Probe(BaseHTTPRequestHandler):
    """A page that holds another site's page, which sets a cookie and shows the ones it gets."""

    def do_GET(self) -> None:
        port = self.server.server_address[1]
        page = f'<iframe id="inner" src="http://127.0.0.1:{port}/inner"></iframe>'
        self.send_response(200)
        self.send_header("Content-Type", "text/html")
        if self.path == "/inner":
            self.send_header("Set-Cookie", "probe=kept; SameSite=None; Secure; Path=/")
            page = f"<p id=got>{self.headers.get('Cookie', 'nothing')}</p>"
        self.end_headers()
        self.wfile.write(page.encode())

    def log_message(self, *_: Any) -> None:
        """Say nothing."""


@pytest.fixture
def probe() -> Iterator[str]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), Probe)
    thread = threading.Thread(target=server.serve_forever, args=(0.05,))
    thread.start()
    yield f"http://localhost:{server.server_address[1]}/"
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture
def stage(tmp_path: Path) -> Iterator[Stage]:
    with Stage(tmp_path / "demo", None, PORT, embedded=True) as stage:
        yield stage


def cookies_in_a_frame(window: BrowserContext, probe: str) -> str:
    page = window.new_page()
    for _ in range(2):
        page.goto(probe)
        page.frame_locator("#inner").locator("#got").wait_for(state="attached")
    found = page.frame_locator("#inner").locator("#got").inner_text()
    page.close()
    return found


@pytest.mark.xdist_group("journey")
def test_the_admin_works_inside_the_shop_without_a_cookie(
    stage: Stage, chromium: Browser, probe: str, tmp_path: Path
) -> None:
    started = time.monotonic()
    with browser_with_cookies(chromium, tmp_path / "open", foreign=True) as window:
        # The control: a browser that takes foreign cookies shows the probe that it does.
        assert cookies_in_a_frame(window, probe) == "probe=kept"
    with browser_with_cookies(chromium, tmp_path / "closed", foreign=False) as window:
        assert cookies_in_a_frame(window, probe) == "nothing"
        merchant = FramedMerchant(window, stage)
        merchant.install()
        merchant.waits_for_sync()
        merchant.switches_embed_on()
        merchant.tells_sender()
        merchant.compares_nobody()
        merchant.publishes("newsletter")
        reads_in_another_language_and_back(merchant)
        takes_the_figures_along(merchant)
        a_reload_brings_a_fresh_token(merchant)
        wait_until_shown(stage, ["newsletter"])

        shopper = Shopper(chromium, stage)
        signs_up_and_confirms(stage, shopper)
        shopper.leave()

        merchant.sees_counted("confirmed", "1")
        stops_and_restarts(merchant)
        a_reinstall_needs_nothing_but_consent(stage, merchant)
        assert window.cookies(stage.app) == [], "the browser holds a cookie of the app"
        assert merchant.cookies_set() == [], "the app set a cookie inside a frame"
        assert merchant.errors == []
    print(f"the journey took {time.monotonic() - started:.0f} s")


def reads_in_another_language_and_back(merchant: FramedMerchant) -> None:
    merchant.app.get_by_role("link", name="English", exact=True).click()
    expect(merchant.app.locator("html")).to_have_attribute("lang", "en")
    merchant.goes_to("Widgets")
    expect(merchant.app.locator("html")).to_have_attribute("lang", "en")
    merchant.app.get_by_role("link", name="Deutsch", exact=True).click()
    expect(merchant.app.locator("html")).to_have_attribute("lang", "de")


def takes_the_figures_along(merchant: FramedMerchant) -> None:
    merchant.goes_to(says("nav.overview"), says("overview.title"))
    with merchant.page.expect_download() as download:
        merchant.app.get_by_role("link", name=says("overview.csv")).click()
    assert download.value.suggested_filename == "bleib.csv"
    assert download.value.path().read_text("utf-8-sig").startswith("day;widget;kind;")


def a_reload_brings_a_fresh_token(merchant: FramedMerchant) -> None:
    merchant.goes_to(says("nav.guard"))
    before = merchant.inside.url
    assert "id_token" not in before
    with merchant.page.expect_response(re.compile("/admin/bounce")):
        merchant.inside.evaluate("location.reload()")
    merchant.arrives_at(says("guard.title"))
    # What brought the page here is used up and gone from its address.
    merchant.inside.wait_for_url(before)


def signs_up_and_confirms(stage: Stage, shopper: Shopper) -> None:
    page = shopper.go(f"{stage.shop}/")
    form = page.locator('[data-bleib="newsletter"]')
    form.scroll_into_view_if_needed()
    expect(form.get_by_role("textbox")).to_be_visible()
    shopper.sign_up(form, "newsletter", EMAIL)
    mail = stage.mail(EMAIL)
    link = next(address for address in mail["links"] if "/c/" in address)
    page = shopper.go(link)
    page.get_by_role("button").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("Bestätigt")
    assert "/discount/" in " ".join(stage.mail(EMAIL, 2)["links"])


def stops_and_restarts(merchant: FramedMerchant) -> None:
    merchant.goes_to(says("nav.stop"), says("stop.title"))
    merchant.app.get_by_role("button", name=says("stop.button")).click()
    banner = merchant.app.locator(".banner")
    expect(banner).to_be_visible()
    accessible(merchant.page)
    banner.get_by_role("button").click()
    expect(banner).to_have_count(0)


def a_reinstall_needs_nothing_but_consent(stage: Stage, merchant: FramedMerchant) -> None:
    with urllib.request.urlopen(f"{stage.shop}/", timeout=10) as home:
        found = re.search(r'data-shop="([a-z0-9]+)"', home.read().decode())
    assert found is not None
    other = merchant.page.context.new_page()
    other.goto(f"{stage.shop}/hinterzimmer/apps")
    # A page that is closed while it goes somewhere may never say that it is closed.
    with other.expect_navigation():
        other.get_by_role("button", name=shop_says("apps.uninstall")).click()
    other.close()

    def gone() -> bool:
        try:
            urllib.request.urlopen(f"{stage.app}/v1/config/{found[1]}", timeout=5)
        except urllib.error.HTTPError as error:
            return error.code == 404
        return False

    eventually(gone, "the config is gone after the uninstall")
    merchant.app.get_by_role("link", name="English", exact=True).click()
    merchant.arrives_at(says("signed_out.title"))
    merchant.install()
    merchant.goes_to(says("nav.widgets"), says("widgets.title"))
    # The browser itself calls it an error that nobody is let in between the two.
    refused = re.compile(r"status of 40[13] ")
    merchant.errors = [line for line in merchant.errors if not refused.search(line)]
