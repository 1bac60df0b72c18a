"""Single-page shops, the back button and editors: each route is a page, and nothing grows."""

from __future__ import annotations

from playwright.sync_api import expect

from tests.browser.conftest import LEAVE, Visitor, until
from tests.browser.shopfront import Shopfront
from tests.browser.test_loader import COUNTED

PLACE = '<div data-bleib="newsletter"></div>'
GO = """(path) => { history.pushState({}, '', path)
  document.getElementById('route').innerHTML = path.includes('news')
    ? '<p>x</p>' : '<p>y</p>'
  if (path.includes('news')) setTimeout(() => {
    document.getElementById('route').innerHTML = '<div data-bleib="newsletter"></div>' }, 50) }"""


def test_each_route_is_a_page_of_its_own(storefront: Shopfront, visitor: Visitor) -> None:
    storefront.campaigns("newsletter", "exit_intent")
    storefront.config["campaigns"][1]["when"] = [
        "all",
        ["url", "/b*"],
        storefront.config["campaigns"][1]["when"],
    ]
    shopper = visitor(storefront.page(body='<div id="route"></div>'))
    page = shopper.page
    until(page, "window.bleib && document.readyState === 'complete'")
    shopper.state("newsletter", "no_placement")
    page.evaluate(LEAVE)
    page.evaluate("new Promise((done) => setTimeout(done, 300))")
    expect(page.get_by_role("dialog")).to_have_count(0)

    page.evaluate(GO, "/news")
    expect(page.get_by_role("heading", name="Newsletter gegen Gutschein")).to_be_visible()
    page.evaluate(GO, "/b?x=1")
    page.evaluate(LEAVE)
    expect(page.get_by_role("dialog")).to_be_visible()
    # Going on closes nothing that a shopper may be typing in.
    page.get_by_label("E‑Mail-Adresse").fill("marlene")
    page.evaluate(GO, "/news")
    expect(page.get_by_label("E‑Mail-Adresse").last).to_have_value("marlene")
    page.go_back()
    page.keyboard.press("Escape")
    expect(page.get_by_role("dialog")).to_have_count(0)
    page.evaluate(LEAVE)
    expect(page.get_by_role("dialog")).to_have_count(0)


def test_a_thousand_routes_leave_nothing_behind(storefront: Shopfront, visitor: Visitor) -> None:
    shopper = visitor("about:blank")
    page = shopper.page
    page.add_init_script(COUNTED)
    page.goto(storefront.page(body='<div id="route"></div>' + PLACE))
    until(page, "window.bleib && document.readyState === 'complete'")
    shopper.state("newsletter", "shown")
    # The note for the cart listens as well, once and from the first thing on that counts.
    until(page, "!!window.bleib.note")
    page.evaluate(GO, "/first")
    before = page.evaluate("[left.listeners, left.observers]")
    page.evaluate(
        f"""async () => {{ for (let n = 0; n < 1000; n++) {{ ({GO})(`/route/${{n}}`)
          if (n % 50 === 0) await new Promise((done) => setTimeout(done)) }} }}"""
    )
    assert page.evaluate("[left.listeners, left.observers]") == before
    assert page.evaluate("left.timers.size") <= 3


def test_a_page_that_comes_back_with_the_back_button_is_a_new_view(
    storefront: Shopfront, visitor: Visitor
) -> None:
    storefront.campaigns("exit_intent")
    shopper = visitor(storefront.page())
    page = shopper.page
    shopper.open_exit()
    page.keyboard.press("Escape")
    expect(page.get_by_role("dialog")).to_have_count(0)
    page.evaluate("dispatchEvent(new PageTransitionEvent('pageshow', { persisted: true }))")
    shopper.state("exit_intent", "recontact")
    states = page.evaluate("bleib.why()")[0]["gates"]
    assert [one["passes"] for one in states if one["gate"] == "page"] == [True]


PREPARED = """window.prepared = true
for (const name of ['hidden', 'prerendering'])
  Object.defineProperty(document, name, { get: () => window.prepared })"""


def test_a_page_that_is_prepared_before_anybody_asks_for_it_begins_once_it_is_seen(
    storefront: Shopfront, visitor: Visitor
) -> None:
    storefront.campaigns("exit_intent")
    storefront.config["campaigns"][0]["when"] = ["seconds", 1]
    shopper = visitor("about:blank")
    page = shopper.page
    page.add_init_script(PREPARED)
    page.goto(storefront.page())
    until(page, "window.bleib")
    page.evaluate("bleib.consent({ preferences: true })")
    shopper.state("exit_intent", "occupied")
    until(page, "bleib.why().then(([one]) => one.state === 'occupied')")
    assert page.evaluate("localStorage['bleib.was'] ?? null") is None
    ready = page.evaluate(
        """async () => { prepared = false
          document.dispatchEvent(new Event('prerenderingchange'))
          const [{ gates }] = await bleib.why()
          return gates.find(({ gate }) => gate === 'rule').passes }"""
    )
    assert not ready, "its seconds begin with the first look at it"
    page.get_by_role("dialog").wait_for()
    assert page.evaluate("JSON.parse(localStorage['bleib.was'])[1][2]") == 1


def test_in_the_editor_of_a_theme_nothing_interrupts_and_nothing_counts(
    storefront: Shopfront, visitor: Visitor
) -> None:
    shopper = visitor("about:blank")
    page = shopper.page
    page.add_init_script("window.Shopify = { designMode: true }")
    page.goto(storefront.page(body=PLACE))
    expect(page.get_by_role("heading", name="Newsletter gegen Gutschein")).to_be_visible()
    page.evaluate(LEAVE)
    page.evaluate("dispatchEvent(new Event('pagehide'))")
    page.evaluate("new Promise((done) => setTimeout(done, 300))")
    expect(page.get_by_role("dialog")).to_have_count(0)
    assert [path for _, path, _ in storefront.asked if "config" not in path] == []
