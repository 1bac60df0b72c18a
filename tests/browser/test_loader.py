"""The loader: it never hurts the shop, stores nothing unasked and shows only what it was told."""

from __future__ import annotations

import json
from typing import Any

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import LEAVE, PHONE, Visitor, until
from tests.browser.shopfront import SETTINGS, Shopfront

PLACES = "".join(f'<div data-bleib="{name}"></div>' for name in SETTINGS if name != "exit_intent")
# What has come into view is told with the next picture.
TWO_FRAMES = "new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))"
NOTHING = {"local": [], "session": [], "cookies": "", "databases": 0, "caches": 0}


def inlined(storefront: Shopfront) -> str:
    """The config inside the page."""
    config = json.dumps(storefront.config).replace("<", "\\u003c")
    return f'<script type="application/json" id="bleib-config">{config}</script>'


@pytest.mark.parametrize("fault", ["500", "html", "down"])
def test_the_shop_works_when_the_app_does_not(
    storefront: Shopfront, visitor: Visitor, fault: str
) -> None:
    url = storefront.page(body=PLACES)
    if fault == "down":
        storefront.html = storefront.html.replace(storefront.app, "http://127.0.0.1:9")
    storefront.broken = fault
    shopper = visitor(url)
    page = shopper.page
    page.wait_for_load_state("networkidle")
    page.evaluate(LEAVE)
    page.locator("#quantity").fill("2")
    page.locator("#buy").click()
    assert page.locator("[data-bleib] > *").count() == 0
    assert page.get_by_role("dialog").count() == 0


def test_a_slow_app_holds_nothing_up(storefront: Shopfront, visitor: Visitor) -> None:
    storefront.broken = "slow"
    shopper = visitor(storefront.page(body=PLACES))
    page = shopper.page
    until(page, "window.bleib && document.readyState === 'complete'")
    page.locator("#buy").click()
    # The answer is still on its way, and nothing waits for it.
    assert page.evaluate("bleib.why()") == []


@pytest.mark.parametrize(
    "rubbish",
    [
        None,
        [],
        "x",
        {"v": 2},
        {"v": 1},
        {"v": 1, "campaigns": "x", "widgets": {}},
        {"v": 1, "campaigns": [None, 3, {"id": 1}, {"widget": "exit_intent"}], "widgets": {}},
        {
            "v": 1,
            "campaigns": [{"id": 1, "widget": "newsletter", "settings": {}}],
            "widgets": {"newsletter": {"js": "https://evil.example/x.js", "texts": {"en": "x"}}},
        },
        {
            "v": 1,
            "campaigns": [{"id": 1, "widget": "newsletter", "settings": {}}],
            "widgets": {"newsletter": {"js": "../../x.js", "texts": 3}},
        },
    ],
)
def test_a_configuration_that_is_rubbish_draws_nothing(
    storefront: Shopfront, visitor: Visitor, rubbish: Any
) -> None:
    storefront.config = rubbish
    asked: list[str] = []
    shopper = visitor("about:blank")
    shopper.page.on("request", lambda request: asked.append(request.url))
    shopper.page.goto(storefront.page(body=PLACES))
    shopper.page.wait_for_load_state("networkidle")
    assert shopper.page.locator("[data-bleib] > *").count() == 0
    assert not [url for url in asked if "evil" in url or url.endswith("/x.js")]


def test_one_broken_widget_does_not_take_the_others_along(
    storefront: Shopfront, visitor: Visitor
) -> None:
    shopper = visitor("about:blank")
    broken = "export default () => { throw new Error('broken') }"
    shopper.page.route(
        "**/newsletter.*.js",
        lambda route: route.fulfill(
            body=broken,
            content_type="text/javascript",
            headers={"Access-Control-Allow-Origin": "*"},
        ),
    )
    shopper.page.goto(storefront.page(body=PLACES))
    shopper.state("newsletter", "failed")
    expect(shopper.page.get_by_role("heading", name="Wo ist mein Paket?")).to_be_visible()


def test_texts_of_the_merchant_are_never_markup(storefront: Shopfront, visitor: Visitor) -> None:
    evil = '<img src=x onerror="window.hacked=1"><script>window.hacked=1</script>{value}{name}'
    both = {"de": evil, "en": evil}
    voucher = SETTINGS["newsletter"]["voucher"] | {"exclusions": both}
    storefront.campaigns("newsletter", title=both, lead=both, voucher=voucher)
    storefront.config |= {"name": evil, "privacy": "javascript:window.hacked=1"}
    shopper = visitor(storefront.page(body=PLACES))
    page = shopper.page
    expect(page.get_by_role("heading", name=evil)).to_be_visible()
    assert page.evaluate("window.hacked") is None
    assert page.locator("[data-bleib] img, [data-bleib] script").count() == 0
    expect(page.get_by_role("link", name="Datenschutz")).to_have_count(0)


def test_it_works_under_a_strict_policy_with_trusted_types(
    storefront: Shopfront, visitor: Visitor
) -> None:
    storefront.headers["Content-Security-Policy"] = (
        f"default-src 'none'; script-src {storefront.app}; style-src 'self'; img-src 'self' data:; "
        f"connect-src 'self' {storefront.app}; "
        "require-trusted-types-for 'script'; trusted-types 'none'"
    )
    shopper = visitor(storefront.page(body=PLACES, kind="cart"))
    page = shopper.page
    expect(page.get_by_role("button", name="Hinzufügen").first).to_be_visible()
    shopper.open_exit()
    assert page.get_by_role("dialog").evaluate("(e) => getComputedStyle(e).position") == "fixed"
    page.get_by_role("button", name="Nein danke").click()
    expect(page.get_by_role("dialog")).to_have_count(0)


def test_nothing_on_the_page_moves(storefront: Shopfront, visitor: Visitor) -> None:
    shopper = visitor("about:blank")
    page = shopper.page
    page.add_init_script(
        """window.shift = 0; new PerformanceObserver((list) => {
          for (const entry of list.getEntries()) window.shift += entry.value
        }).observe({ type: 'layout-shift', buffered: true })"""
    )
    page.goto(storefront.page(body='<div style="height:1200px"></div>' + PLACES, filler=0))
    shopper.open_exit()
    page.evaluate("scrollTo(0, document.body.scrollHeight)")
    expect(page.get_by_role("heading", name="Wo ist mein Paket?")).to_be_visible()
    page.evaluate("new Promise((done) => setTimeout(done, 100))")
    assert page.evaluate("window.shift") == 0


def test_nothing_is_fetched_before_it_is_about_to_be_needed_and_then_once(
    storefront: Shopfront, visitor: Visitor
) -> None:
    far = '<div style="height:9000px"></div>'
    shopper = visitor("about:blank")
    page = shopper.page
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.goto(storefront.page(body=inlined(storefront) + far + PLACES, filler=0))
    page.wait_for_load_state("networkidle")
    page.evaluate("new Promise((done) => setTimeout(done, 200))")
    assert [url for url in asked if storefront.app in url] == [
        f"{storefront.app}/static/v1/bleib.js"
    ]
    page.evaluate("scrollTo(0, 9000)")
    expect(page.get_by_role("heading", name="Newsletter gegen Gutschein")).to_be_visible()
    expect(page.get_by_role("heading", name="Wo ist mein Paket?")).to_be_visible()
    shopper.open_exit()
    files = [url for url in asked if "/static/v1/" in url]
    assert len(files) == len(set(files))


def test_events_are_sent_once_when_the_page_is_left(
    storefront: Shopfront, visitor: Visitor
) -> None:
    shopper = visitor(storefront.page(body=PLACES, filler=0))
    page = shopper.page
    for heading in ("Newsletter gegen Gutschein", "Wo ist mein Paket?"):
        page.get_by_role("heading", name=heading).scroll_into_view_if_needed()
        page.evaluate(TWO_FRAMES)
    page.goto("about:blank")
    events = storefront.events(2)
    assert {one["kind"].split()[0] for one in events} <= {"impression", "item_shown", "cart"}
    assert len({one["id"] for one in events}) == len(events)
    assert {one["arm"] for one in events} == {"a"}
    assert {body["ticket"] for body in storefront.bodies("/events")} == {"a-ticket"}
    assert all(one["at"] > 1_700_000_000_000 for one in events)
    assert {"newsletter", "shipment_status"} <= {one["widget"] for one in events}


def test_the_first_tag_wins_and_the_others_say_so_once(
    storefront: Shopfront, visitor: Visitor
) -> None:
    shopper = visitor(storefront.page(body='<div data-bleib="newsletter"></div>'))
    page = shopper.page
    shopper.state("newsletter", "shown")
    more = """(src) => new Promise((done) => document.body.append(
      Object.assign(document.createElement('script'), { src, onload: done })))"""
    for _ in range(2):
        page.evaluate(more, f"{storefront.app}/static/v1/bleib.js")
    assert page.locator('[data-bleib="newsletter"] > *').count() == 1
    assert [path for _, path, _ in storefront.asked if "config" in path] == ["/v1/config/uferhaus"]
    [said] = shopper.errors
    assert "second tag" in said
    shopper.errors.clear()


#: What a page may hold that has our name, or the names of what we look for.
ODD = {
    "a frame": '<iframe name="bleib" srcdoc="x"></iframe>',
    "a form": '<form id="bleib"><input name="cart"><input name="stop"></form>',
    "the tools": "".join(f'<i id="{name}"></i>' for name in ("dataLayer", "__tcfapi", "Shopify")),
    "more in each list": "<script>Array.prototype.more = 1; Object.prototype.more = 1</script>",
    "frozen": "<script>Object.freeze(Object.prototype); Object.freeze(Array.prototype)</script>",
}


def test_what_a_page_calls_by_our_name_and_does_to_the_language_is_no_obstacle(
    storefront: Shopfront, visitor: Visitor
) -> None:
    storefront.campaigns("exit_intent")
    for body in ODD.values():
        head = '<base href="https://elsewhere.example/">'
        shopper = visitor(storefront.page(head=head, body=body))
        until(shopper.page, "window.bleib?.why && document.readyState === 'complete'")
        shopper.open_exit()


def test_an_inlined_configuration_needs_no_request(storefront: Shopfront, visitor: Visitor) -> None:
    shopper = visitor(storefront.page(body=inlined(storefront) + PLACES))
    shopper.state("newsletter", "shown")
    assert not [path for _, path, _ in storefront.asked if "config" in path]


# Counts every listener, timer and observer of the page until it is taken back.
COUNTED = """
  window.left = { listeners: 0, timers: new Set(), observers: 0 }
  const add = EventTarget.prototype.addEventListener
  const remove = EventTarget.prototype.removeEventListener
  EventTarget.prototype.addEventListener = function (name, heard, options) {
    const { signal, once } = Object(options)
    if (this instanceof AbortSignal || signal?.aborted || once)
      return add.call(this, name, heard, options)
    // What an element hears goes with the element.
    if (!(this instanceof Element)) {
      left.listeners++
      if (signal) add.call(signal, 'abort', () => { left.listeners-- })
    }
    return add.call(this, name, heard, options)
  }
  EventTarget.prototype.removeEventListener = function (name, heard, options) {
    if (!(this instanceof Element)) left.listeners--
    return remove.call(this, name, heard, options)
  }
  const begin = window.setTimeout, end = window.clearTimeout
  window.setTimeout = (work, ms, ...rest) => {
    const id = begin(() => { left.timers.delete(id); work(...rest) }, ms)
    left.timers.add(id)
    return id
  }
  window.clearTimeout = (id) => { left.timers.delete(id); end(id) }
  for (const name of ['MutationObserver', 'IntersectionObserver']) {
    const { observe, disconnect } = window[name].prototype
    const watching = new WeakSet()
    window[name].prototype.observe = function (...of) {
      if (!watching.has(this)) left.observers++
      watching.add(this)
      return observe.apply(this, of)
    }
    window[name].prototype.disconnect = function () {
      if (watching.delete(this)) left.observers--
      return disconnect.call(this)
    }
  }"""


def test_stop_takes_everything_away(storefront: Shopfront, visitor: Visitor) -> None:
    shopper = visitor("about:blank")
    page = shopper.page
    page.add_init_script(COUNTED)
    rare = ["any", ["idle", 9], ["scrolled", 99], ["clicked", "#x"], ["event", "x"], ["returned"]]
    for campaign in storefront.config["campaigns"]:
        if campaign["widget"] == "exit_intent":
            campaign["when"] = ["any", campaign["when"], rare]
    page.goto(storefront.page(body=PLACES, kind="cart"))
    shopper.open_exit()
    page.get_by_role("heading", name="Wo ist mein Paket?").wait_for()
    page.evaluate("bleib.stop()")
    expect(page.get_by_role("dialog")).to_have_count(0)
    assert page.locator("[data-bleib] > *").count() == 0
    # What was being drawn at that moment is thrown away as soon as it stands.
    until(page, "left.timers.size === 0 && left.listeners === 0 && left.observers === 0")
    assert page.evaluate("document.body.lastElementChild.tagName") == "SCRIPT"


def test_the_shop_hears_what_happens_and_its_own_mistakes_stay_its_own(
    storefront: Shopfront, visitor: Visitor
) -> None:
    storefront.campaigns("exit_intent")
    shopper = visitor(storefront.page())
    page = shopper.page
    shopper.state("exit_intent", "waiting")
    page.evaluate(
        """() => { window.heard = []
          bleib.on('impression', () => { throw new Error('of the shop') })
          bleib.on('impression', ({ widget }) => heard.push(widget))
          bleib.on('impression', () => heard.push('again'))() }"""
    )
    shopper.open_exit()
    until(page, "heard.length === 1")
    assert shopper.errors == ["of the shop"]
    shopper.errors.clear()


@pytest.mark.parametrize("size", [(1280, 800), PHONE])
def test_the_preview_opens_at_once_and_tells_nobody(
    storefront: Shopfront, visitor: Visitor, size: tuple[int, int]
) -> None:
    for widget, sight in {
        "exit_intent": "Newsletter gegen Gutschein",
        "newsletter": "Newsletter gegen Gutschein",
        "cross_sell": "Passt zu Ihrem Warenkorb",
        "shipment_status": "Ihr Paket kommt am Montag, 23. November",
    }.items():
        shopper = visitor(f"{storefront.shop}/widgets/{widget}/preview.html", size)
        expect(shopper.page.get_by_role("heading", name=sight)).to_be_visible()
        assert shopper.stored() == NOTHING
    assert storefront.asked == []


def test_a_sign_up_in_the_preview_is_not_sent(storefront: Shopfront, visitor: Visitor) -> None:
    shopper = visitor(f"{storefront.shop}/widgets/newsletter/preview.html")
    page = shopper.page
    page.get_by_label("E‑Mail-Adresse").fill("marlene.ost@post.example")
    page.get_by_role("checkbox").first.check()
    page.get_by_role("button", name="Newsletter anfordern").click()
    expect(page.get_by_role("heading", name="Bitte bestätigen Sie Ihre E‑Mail")).to_be_visible()
    assert storefront.asked == []
