"""Every page of the admin without a mouse: what can be pressed is reached, is seen, and works.

The pages with the most kinds of controls, one after the other in one browser.
"""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from plugin.services.campaigns import Campaign
from tests.admin.test_in_browser import admin_url as admin_url
from tests.admin.test_in_browser import open_page as open_page
from tests.admin.test_in_browser import window as window

#: Remembers what the key leads to, and whether that can be seen.
WATCH = """() => {
  const marked = (e) => {
    const style = getComputedStyle(e)
    return (style.outlineStyle !== 'none' && parseFloat(style.outlineWidth) > 0)
      || style.boxShadow !== 'none'
  }
  window.met = new Map()
  addEventListener('focusin', ({ target }) => {
    // What is drawn in place of a control shows it for the control.
    const shown = [target, target.nextElementSibling, target.closest('label')]
    window.met.set(target, shown.some((e) => e && marked(e)))
  })
}"""
#: All that can be pressed or filled in, as it stands on the page now.
PLACES = """() => [...document.querySelectorAll(
    'a[href], button, input:not([type=hidden]), select, textarea, summary')]
  .filter((e) => !e.disabled && e.checkVisibility({ visibilityProperty: true }))"""
COUNT = f"() => ({PLACES})().length"
MISSED = f"""() => ({PLACES})()
  .filter((e) => !window.met.has(e))
  // One of a group is reached by Tab, the others by the arrows.
  .filter((e) => !(e.type === 'radio' && [...window.met.keys()].some((o) => o.name === e.name)))
  .map((e) => e.outerHTML.slice(0, 160))"""
UNSEEN = """() => [...window.met].filter(([e, seen]) => !seen && e.tagName !== 'IFRAME')
  .map(([e]) => e.outerHTML.slice(0, 160))"""
PAGES = ["/", "/widgets", "/guard", "/people", "/figures", "/law", "/team"]
#: Pages with a frame of their own document; {id} is a window, which the preview opens.
FRAMED = ["/widgets/{id}", "/look", "/mails/voucher"]
#: A frame has places of its own, which only the frame can count.
IN_FRAMES = 45


def walk(page: Page, more: int = 12) -> None:
    page.evaluate(WATCH)
    # A few more: tables that scroll sideways are stations of their own.
    for _ in range(page.evaluate(COUNT) + more):
        page.keyboard.press("Tab")


def test_tab_leads_to_everything_and_shows_where_it_is(open_page: Callable[..., Page]) -> None:
    page = open_page("/")
    home = page.url
    missed, unseen = [], []
    for path in PAGES:
        page.goto(home.rstrip("/") + path)
        walk(page)
        missed += [(path, one) for one in page.evaluate(MISSED)]
        unseen += [(path, one) for one in page.evaluate(UNSEEN)]
    assert missed == []
    assert unseen == []


def test_tab_leads_into_a_preview_and_out_of_it_both_ways(
    open_page: Callable[..., Page], window: Campaign
) -> None:
    page = open_page("/")
    home = page.url.rstrip("/")
    missed, trapped = [], []
    for path in FRAMED:
        page.goto(home + path.format(id=window.id))
        expect(page.frame_locator("iframe").locator("body")).not_to_be_empty()
        walk(page, IN_FRAMES)
        missed += [(path, one) for one in page.evaluate(MISSED)]
        page.locator("#after-preview").focus()
        for _ in range(IN_FRAMES):
            page.keyboard.press("Shift+Tab")
            if page.evaluate("document.activeElement.className") == "skip-frame":
                break
        else:
            trapped.append(path)
    assert missed == []
    assert trapped == []


def test_a_preview_can_be_passed_by(open_page: Callable[..., Page], window: Campaign) -> None:
    page = open_page(f"/widgets/{window.id}")
    page.locator(".skip-frame").focus()
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    expect(page.get_by_role("link", name="Vorschau als Seite öffnen")).to_be_focused()


@pytest.mark.parametrize("key", ["Enter", "Space"])
def test_what_is_folded_opens_and_closes(open_page: Callable[..., Page], key: str) -> None:
    page = open_page("/law")
    folded = page.locator("main summary:visible").first
    folded.focus()
    for opened in (True, False):
        page.keyboard.press(key)
        assert folded.evaluate("e => e.parentElement.open") is opened


def test_a_switch_is_turned_by_the_space_bar(open_page: Callable[..., Page]) -> None:
    page = open_page("/guard")
    switch = page.locator("main input[type=checkbox]").first
    before = switch.is_checked()
    switch.focus()
    page.keyboard.press("Space")
    assert switch.is_checked() is not before
