"""The pages inside another site's frame in Chromium, signed in by our own tokens alone."""

from __future__ import annotations

import html
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest
from flask import Flask
from playwright.sync_api import Browser as Chromium
from playwright.sync_api import FrameLocator, Page, expect
from werkzeug.serving import make_server

from plugin.api.framing import open_frame
from plugin.model import Shop
from plugin.services import campaigns, look
from plugin.services.context import Context
from plugin.services.installing import uninstall
from plugin.texts import area_texts
from tests.fakes.framed_platform import ScriptlessPlatform


def says(key: str) -> str:
    return area_texts("admin").get("de", key, "sie")


class Admin:
    """The platform's admin on another site: one page with a frame."""

    def __init__(self) -> None:
        self.source = ""
        admin = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                page = f'<iframe id="app" width="1200" height="850" src="{admin.source}"></iframe>'
                self.send_response(200)
                self.send_header("Content-Type", "text/html")
                self.end_headers()
                self.wfile.write(page.encode())

            def log_message(self, *_: Any) -> None:
                """Say nothing."""

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://localhost:{self.server.server_address[1]}"


class OtherSite(ScriptlessPlatform):
    """Lets the admin of the test hold our pages."""

    def __init__(self) -> None:
        super().__init__()
        self.admin = Admin()

    def frame_ancestors(self, domain: str) -> tuple[str, ...]:
        return (self.admin.url,)


@pytest.fixture
def fake_platform() -> Iterator[OtherSite]:
    platform = OtherSite()
    server = platform.admin.server
    thread = threading.Thread(target=server.serve_forever, args=(0.05,))
    thread.start()
    yield platform
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture
def page(chromium: Chromium, app: Flask, fresh: Shop, fake_platform: OtherSite) -> Iterator[Page]:
    server = make_server("127.0.0.1", 0, app, threaded=True)
    thread = threading.Thread(target=server.serve_forever, args=(0.05,))
    thread.start()
    with app.test_request_context():
        location = open_frame(fresh, "/admin/widgets").location
    fake_platform.admin.source = html.escape(f"http://127.0.0.1:{server.server_port}{location}")
    visit = chromium.new_context(locale="de-DE", viewport={"width": 1280, "height": 900})
    page = visit.new_page()
    page.goto(fake_platform.admin.url)
    yield page
    assert visit.cookies() == []
    visit.close()
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture
def frame(page: Page) -> FrameLocator:
    return page.frame_locator("#app")


def heading(frame: FrameLocator, text: str) -> None:
    expect(frame.get_by_role("heading", level=1)).to_have_text(text)


def test_the_token_is_handed_on_from_page_to_page(page: Page, frame: FrameLocator) -> None:
    errors: list[str] = []
    page.on("pageerror", lambda error: errors.append(str(error)))
    page.on("console", lambda line: errors.append(line.text) if line.type == "error" else None)
    heading(frame, says("widgets.title"))
    assert "id_token" not in page.frames[1].url
    menu = frame.get_by_role("navigation").first
    menu.get_by_role("link", name=says("nav.guard")).click()
    heading(frame, says("guard.title"))
    assert page.frames[1].evaluate("document.activeElement.id") == "main"
    menu.get_by_role("link", name=says("nav.law")).click()
    heading(frame, says("law.title"))
    page.frames[1].evaluate("history.back()")
    heading(frame, says("guard.title"))
    frame.get_by_role("link", name="English", exact=True).click()
    expect(frame.locator("html")).to_have_attribute("lang", "en")
    heading(frame, area_texts("admin").get("en", "guard.title"))
    assert errors == []


def test_forms_are_sent_saved_and_refused_in_the_frame(
    frame: FrameLocator, page: Page, context: Context, fresh: Shop
) -> None:
    newsletter = next(x for x in campaigns.all_of(context, fresh) if x.widget == "newsletter")
    frame.locator(f'a[href*="/admin/widgets/{newsletter.id}?"]').first.click()
    title = frame.locator("#f-title-de")
    title.fill("Post vom See")
    frame.locator("#f-lead-de").focus()
    preview = frame.frame_locator("#preview").locator("[data-bleib]")
    expect(preview).to_contain_text("Post vom See")
    assert campaigns.find(context, fresh, newsletter.id).draft["title"]["de"] == "Post vom See"
    frame.get_by_role("navigation").first.get_by_role("link", name=says("nav.setup")).click()
    heading(frame, says("setup.title"))
    frame.locator("#step-sender summary").click()
    frame.locator("#privacy_url").fill("no address")
    frame.get_by_role("button", name=says("setup.sender.save")).click()
    expect(frame.locator("#problems").first).to_be_focused()
    assert frame.locator("#privacy_url").input_value() == "no address"


def test_a_file_is_fetched_with_the_token(page: Page, frame: FrameLocator) -> None:
    frame.get_by_role("navigation").first.get_by_role("link", name=says("nav.overview")).click()
    heading(frame, says("overview.title"))
    with page.expect_download() as download:
        frame.get_by_role("link", name=says("overview.csv")).click()
    assert download.value.suggested_filename == "bleib.csv"


def test_when_the_installation_ends_the_page_says_so(
    frame: FrameLocator, context: Context, fresh: Shop
) -> None:
    heading(frame, says("widgets.title"))
    with context.db.write() as connection:
        uninstall(connection, context, fresh)
    frame.get_by_role("navigation").first.get_by_role("link", name=says("nav.guard")).click()
    heading(frame, says("signed_out.title"))


def test_the_look_is_tried_and_saved_in_the_frame(
    frame: FrameLocator, context: Context, fresh: Shop
) -> None:
    frame.get_by_role("navigation").first.get_by_role("link", name=says("look.title")).click()
    heading(frame, says("look.title"))
    frame.locator("#f-radius").fill("3")
    frame.get_by_role("button", name=says("look.save")).click()
    expect(frame.get_by_role("status").first).to_contain_text(says("done.look"))
    assert look.get(context, fresh).radius == 3
