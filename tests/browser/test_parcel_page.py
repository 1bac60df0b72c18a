"""The parcel page in a real browser: every state, both languages, narrow, dark, accessible."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from flask.testing import FlaskClient
from playwright.sync_api import Browser, Page, Route, expect

from plugin.model import Milestone, Shop
from plugin.services.context import Context
from plugin.services.parcels.links import page_link
from tests.browser.conftest import AXE
from tests.conftest import START
from tests.fakes.platform import FakePlatform
from tests.fakes.things import a_line, a_parcel
from tests.services.parcels.test_shipments import take

SIGHTS = [(1280, "light", "de"), (375, "dark", "en"), (320, "light", "de")]
MARK = Milestone("1", "in_transit", START, "Verteilzentrum Wien-Inzersdorf")
ITEM = a_line(title="Donaudampfschifffahrtsgesellschaftskapitänskaffeekannenuntersetzer")
STATES: dict[str, dict[str, Any]] = {
    "received": {"paid": False},
    "on its way": {"shipments": (a_parcel(milestones=(MARK,)),)},
    "late": {"shipments": (a_parcel(status="DELAYED", milestones=(MARK,)),)},
    "delivered": {"shipments": (a_parcel(status="DELIVERED", delivered_at=START),)},
    "two parcels": {
        "shipments": (
            a_parcel(1, status="DELIVERED", delivered_at=START),
            a_parcel(2, carrier="DPD", tracking_number="01905012345678", status="LABEL_PRINTED"),
        )
    },
    "lost": {"shipments": (a_parcel(status="LOST"),)},
    "cancelled": {"cancelled_at": START},
}


@pytest.fixture(params=["sqlite"])
def db_url(sqlite_template: Path, tmp_path: Path) -> str:
    """One database is enough here: what is looked at is a page."""
    path = tmp_path / "bleib.sqlite3"
    path.write_bytes(sqlite_template.read_bytes())
    return f"sqlite:///{path}"


@pytest.fixture
def page(chromium: Browser, client: FlaskClient, context: Context) -> Iterator[Page]:
    """A page whose requests the app answers, and whose complaints fail the test."""
    opened = chromium.new_page()
    complaints: list[str] = []

    def answer(route: Route) -> None:
        path = route.request.url.removeprefix(context.config.public_url)
        found = client.get(path, headers={"Accept": "text/html,*/*"})
        headers = dict(found.headers)
        route.fulfill(status=found.status_code, headers=headers, body=found.data)
        found.close()

    opened.on("console", lambda said: complaints.append(said.text))
    opened.on("pageerror", lambda error: complaints.append(str(error)))
    opened.route("**/*", answer)
    yield opened
    opened.close()
    assert complaints == []


def findings(page: Page) -> str:
    """Run axe from outside the page's own policy, which lets no script in."""
    session = page.context.new_cdp_session(page)
    session.send("Runtime.evaluate", {"expression": AXE.read_text(encoding="utf-8")})
    found = session.send(
        "Runtime.evaluate",
        {
            "expression": "axe.run().then(r => JSON.stringify(r.violations.map(v => v.id)))",
            "awaitPromise": True,
            "returnByValue": True,
        },
    )
    return str(found["result"]["value"])


@pytest.mark.parametrize("state", STATES)
def test_every_state_fits_and_is_accessible(
    page: Page, context: Context, shop: Shop, state: str
) -> None:
    order = take(context, shop, lines=(ITEM,), **STATES[state])
    for width, scheme, language in SIGHTS:
        page.set_viewport_size({"width": width, "height": 760})
        page.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]
        page.goto(page_link(context, shop, order.id) + f"?lang={language}")
        assert page.evaluate("document.documentElement.scrollWidth") <= width
        assert findings(page) == "[]", (width, scheme, language)
        assert page.locator("html").get_attribute("lang") == language


def test_the_present_stage_is_told_to_screen_readers(
    page: Page, context: Context, shop: Shop
) -> None:
    order = take(context, shop, shipments=(a_parcel(),))
    page.goto(page_link(context, shop, order.id))
    now = page.locator("[aria-current=step]")
    assert now.count() == 1
    assert "Paket ist in Lieferung" in now.inner_text()


def test_the_style_reaches_the_page_inside_the_shops_own_domain(
    page: Page, context: Context, shop: Shop, fake_platform: FakePlatform
) -> None:
    order = take(context, shop, shipments=(a_parcel(),))
    token = page_link(context, shop, order.id).rsplit("/", 1)[-1]
    query = fake_platform.sign(f"d={token}&shop={shop.domain}")
    page.goto(f"{context.config.public_url}/proxy/shopify/status?{query}")
    dot = page.locator(".dot").first
    assert dot.evaluate("dot => getComputedStyle(dot).borderRadius") == "50%"


def test_the_carriers_page_learns_nothing_of_ours(page: Page, context: Context, shop: Shop) -> None:
    order = take(context, shop, shipments=(a_parcel(),))
    page.goto(page_link(context, shop, order.id))
    carrier = page.get_by_role("link", name="Bei DHL ansehen")
    assert carrier.get_attribute("rel") == "noopener noreferrer"
    assert carrier.evaluate("a => a.getBoundingClientRect().height") >= 44


def test_what_is_new_is_shown_without_a_reload_unless_somebody_writes(
    page: Page, context: Context, shop: Shop
) -> None:
    order = take(context, shop, shipments=(a_parcel(),))
    page.clock.install()
    page.goto(page_link(context, shop, order.id))
    title = page.get_by_role("heading", level=1)
    expect(title).to_have_text("Ihr Paket kommt am Montag, 23.\u00a0November")
    arrived = a_parcel(status="DELIVERED", delivered_at=START)
    take(context, shop, shipments=(arrived,), updated_at=START)
    page.clock.fast_forward(61_000)
    expect(title).to_have_text("Zugestellt am Samstag, 21.\u00a0November")
    expect(page.get_by_role("status")).to_have_text("Zugestellt am Samstag, 21.\u00a0November")


def test_on_paper_stands_what_matters(page: Page, context: Context, shop: Shop) -> None:
    order = take(context, shop, shipments=(a_parcel(milestones=(MARK,)),))
    page.goto(page_link(context, shop, order.id))
    page.emulate_media(media="print")
    expect(page.get_by_text("Verteilzentrum Wien-Inzersdorf")).to_be_visible()
    expect(page.get_by_role("complementary")).to_be_hidden()
    expect(page.get_by_role("button", name="Seite drucken")).to_be_hidden()


def test_hostile_words_of_a_carrier_are_text(page: Page, context: Context, shop: Shop) -> None:
    evil = "<img src=x onerror=alert(1)>"
    parcel = a_parcel(
        carrier=evil, tracking_number=f"'\"{evil}", milestones=(replace(MARK, place=evil),)
    )
    order = take(context, shop, lines=(a_line(title=evil),), shipments=(parcel,))
    page.goto(page_link(context, shop, order.id))
    assert page.locator(".bo img, .bo .carrier a").count() == 0
    assert evil in page.locator(".carrier").inner_text()
    assert evil in page.locator(".items").inner_text()


def test_in_the_theme_of_a_shop_it_is_a_part_that_no_template_language_reads(
    page: Page, context: Context, shop: Shop, fake_platform: FakePlatform
) -> None:
    fake_platform.themed_type = "text/html"
    line = a_line(title="{{ shop.secret }}{% raw %}")
    order = take(context, shop, lines=(line,), shipments=(a_parcel(),))
    token = page_link(context, shop, order.id).rsplit("/", 1)[-1]
    query = fake_platform.sign(f"d={token}&shop={shop.domain}")
    answer = page.goto(f"{context.config.public_url}/proxy/shopify/status?{query}")
    assert answer is not None
    assert "{" not in answer.text()
    assert "<body" not in answer.text()
    assert line.title in page.locator(".items").inner_text()
    width = "dot => getComputedStyle(dot).width"
    assert page.locator(".themed .dot").first.evaluate(width) == "32px"
