"""Manners on a page: who has the floor, which campaign comes first, who sees nothing."""

from __future__ import annotations

from typing import Any

from playwright.sync_api import expect

from tests.browser.conftest import LEAVE, Visit, Visitor, until
from tests.browser.shopfront import EXIT, SETTINGS, Shopfront

#: What consent tools, chats and popups put over a page, each with what it is for us.
FLOORS = {
    "consent": [
        "<div id='CybotCookiebotDialog' STYLE>Cookies?</div>",
        "<div id='onetrust-consent-sdk'><div id='onetrust-banner-sdk' STYLE>Cookies?</div></div>",
        "<div class='cmplz-cookiebanner' STYLE>Cookies?</div>",
        "<div id='cmpbox' STYLE>Cookies?</div>",
        "<div class='cookie-permission-container' STYLE>Cookies?</div>",
        "<div id='shopify-pc__banner' STYLE>Cookies?</div>",
        "<div id='usercentrics-root' data-shadow>STYLED</div>",
        "<div id='usercentrics-cmp-ui' data-shadow>STYLED</div>",
    ],
    "dialog": [
        "<div role='dialog' aria-label='x' STYLE>Only today!</div>",
        "<section aria-modal='true' STYLE>Only today!</section>",
    ],
    "overlay": [
        "<div class='popup' STYLE>Only today!</div>",
        "<aside data-shadow>STYLED</aside>",
    ],
    "": [
        "<div role='dialog' style='position:fixed;left:-400px;top:0;width:300px'>Menu</div>",
        "<div role='dialog' style='display:none'>Menu</div>",
        "<div id='onetrust-banner-sdk' style='visibility:hidden'>Cookies?</div>",
        "<nav style='position:fixed;inset:0 auto 0 0;width:250px;z-index:10'>Menu</nav>",
        "<div style='position:fixed;inset:0 0 auto;height:60px;z-index:9999'>Head</div>",
        "<div style='position:fixed;inset:auto 0 0;height:60px;z-index:9999'>Buy</div>",
    ],
}
OPEN = """async (html) => {
  const style = 'position:fixed;inset:auto 0 0 0;height:220px;z-index:9999;background:#fff'
  const box = document.createElement('div')
  box.innerHTML = html.replace('STYLED', '').replace('STYLE', `style="${style}"`)
  const host = box.querySelector('[data-shadow]')
  if (host) host.attachShadow({ mode: 'open' }).innerHTML =
    `<div style="${style}"><button>x</button></div>`
  document.body.append(box)
  const [{ gates }] = await bleib.why()
  box.remove()
  return gates.find(({ gate }) => gate === 'occupied').detail ?? '' }"""


def state_of(shopper: Visit, campaign: int) -> dict[str, Any]:
    traces = shopper.page.evaluate("bleib.why()")
    return next(one for one in traces if one["campaign"] == campaign)


def test_it_never_comes_over_a_banner_a_dialog_or_another_popup(
    storefront: Shopfront, visitor: Visitor
) -> None:
    storefront.campaigns("exit_intent")
    shopper = visitor(storefront.page())
    shopper.state("exit_intent", "waiting")
    found = [
        (said, html, shopper.page.evaluate(OPEN, html))
        for said, floors in FLOORS.items()
        for html in floors
    ]
    assert [(said, html) for said, html, was in found if said != was] == []


def test_the_first_campaign_that_may_be_shown_is_shown_and_no_other(
    storefront: Shopfront, visitor: Visitor
) -> None:
    title = {"de": "Die zweite", "en": "The second"}
    settings = SETTINGS["exit_intent"]
    common = {"widget": "exit_intent", "version": 1}
    storefront.config["campaigns"] = [
        common | {"id": 1, "settings": settings, "when": ["all", EXIT, ["utm", "source", "x"]]},
        common | {"id": 2, "settings": settings | {"title": title}, "when": ["all", EXIT]},
        common | {"id": 3, "settings": settings, "when": EXIT},
    ]
    shopper = visitor(storefront.page())
    shopper.open_exit()
    expect(shopper.page.get_by_role("dialog", name="Die zweite")).to_be_visible()
    assert not state_of(shopper, 1)["shown"]
    assert state_of(shopper, 2)["shown"]
    shopper.page.keyboard.press("Escape")
    expect(shopper.page.get_by_role("dialog")).to_have_count(0)
    shopper.page.evaluate(LEAVE)
    # One interruption on a page is enough, whatever else is waiting.
    shopper.page.evaluate("dispatchEvent(new Event('pagehide'))")
    assert [one["campaign"] for one in storefront.events(2)] == [2, 2]


def test_who_is_held_out_sees_nothing_and_is_counted_once(
    storefront: Shopfront, visitor: Visitor
) -> None:
    storefront.campaigns("exit_intent")
    [campaign] = storefront.config["campaigns"]
    campaign |= {"arms": [["-", 100]], "salt": "x"}
    shopper = visitor(storefront.page())
    shopper.leave()
    until(
        shopper.page,
        "performance.getEntriesByType('resource').some((one) => "
        "one.name.includes('/exit_intent.'))",
    )
    shopper.state("exit_intent", "holdout")
    shopper.page.evaluate(LEAVE)
    shopper.page.evaluate("new Promise((done) => setTimeout(done, 400))")
    expect(shopper.page.get_by_role("dialog")).to_have_count(0)
    shopper.page.evaluate("dispatchEvent(new Event('pagehide'))")
    [event] = storefront.events(1)
    assert (event["kind"], event["arm"]) == ("withheld", "-")


def test_an_arm_changes_what_it_says_it_changes(storefront: Shopfront, visitor: Visitor) -> None:
    storefront.campaigns("exit_intent", title={"de": "Fassung A", "en": "A"})
    [campaign] = storefront.config["campaigns"]
    changed = {"title": {"de": "Fassung B", "en": "B"}}
    campaign |= {"arms": [["-", 0], ["b", 100]], "salt": "x", "variants": {"b": changed}}
    shopper = visitor(storefront.page())
    shopper.open_exit()
    expect(shopper.page.get_by_role("dialog", name="Fassung B")).to_be_visible()
    shopper.page.evaluate("dispatchEvent(new Event('pagehide'))")
    assert {one["arm"] for one in storefront.events(1)} == {"b"}
