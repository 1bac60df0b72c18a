"""Why something is shown or not: in words for developers, as a panel for merchants."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import DESKTOP, PHONE, Visitor, until
from tests.browser.shopfront import EXIT, Shopfront

TOLD = """async () => (await bleib.why()).map((one) => one.sentence)"""
COVERED = """() => {
  const panel = [...document.body.children].map((one) => one.shadowRoot?.querySelector('section'))
    .find((one) => one?.textContent.includes('Kampagne')).getBoundingClientRect()
  return [...document.body.children].flatMap((one) => [...one.shadowRoot?.querySelectorAll('dialog')
    ?? []]).map((one) => one.getBoundingClientRect()).some((box) => box.width
      && box.left < panel.right && box.right > panel.left
      && box.top < panel.bottom && box.bottom > panel.top)
}"""


def opened(storefront: Shopfront, visitor: Visitor, *, good: bool, **options: object) -> Page:
    """The page with a link of the admin in its address."""
    storefront.answers["/why"] = (204, None) if good else (404, {"error": "not_found"})
    shopper = visitor(storefront.page() + "?bleib=why.a-token", **options)
    until(shopper.page, "window.bleib?.why")
    return shopper.page


def test_developers_read_one_sentence_for_each_campaign(
    storefront: Shopfront, visitor: Visitor
) -> None:
    shopper = visitor(storefront.page(body='<div data-bleib="newsletter"></div>'))
    page = shopper.page
    shopper.state("newsletter", "shown")
    shopper.open_exit()
    page.get_by_role("dialog").get_by_role("button", name="Nein danke").click()
    told = page.evaluate(TOLD)
    assert "gezeigt" in told
    assert "nicht gezeigt: kein Platz dafür auf dieser Seite" in told
    page.reload()
    until(page, "window.bleib?.why")
    until(
        page,
        "async () => (await bleib.why()).some((one) => "
        "/^nicht gezeigt: Ruhe nach einer Ablehnung bis \\d+\\. \\w+/.test(one.sentence))",
    )
    assert [path for _, path, _ in storefront.asked if "/why" in path] == []


@pytest.mark.parametrize("size", [DESKTOP, PHONE])
def test_a_link_of_the_admin_opens_a_panel_that_covers_nothing(
    storefront: Shopfront, visitor: Visitor, size: tuple[int, int]
) -> None:
    storefront.campaigns("exit_intent")
    storefront.config["campaigns"][0]["when"] = ["all", EXIT, ["scrolled", 20]]
    page = opened(storefront, visitor, good=True, size=size)
    panel = page.get_by_role("region", name="Warum?")
    expect(panel).to_contain_text("nicht gezeigt: die Bedingungen gelten gerade nicht")
    seen = panel.get_by_role("listitem").filter(has_text="20 % der Seite gesehen").last
    expect(seen).to_contain_text("gilt nicht")
    page.evaluate("scrollTo(0, 2000)")
    expect(seen).not_to_contain_text("gilt nicht")
    expect(panel).to_contain_text("bereit, wartet auf den nächsten Anlass")

    panel.get_by_role("button", name="Einklappen").press("Enter")
    expect(panel.get_by_text("bereit")).to_be_hidden()
    panel.get_by_role("button", name="Ausklappen").press("Enter")
    panel.get_by_role("button", name="Jetzt zeigen").press("Enter")
    page.get_by_role("dialog").wait_for()
    until(page, f"!({COVERED})()")
    page.keyboard.press("Escape")
    expect(panel).to_contain_text("hier ist Schluss")
    expect(panel).to_contain_text("Auf dem Gerät: bleib.no")

    page.evaluate("history.pushState({}, '', '/anderswo')")
    expect(panel).to_be_visible()
    page.get_by_role("link", name="Start").click()
    page.wait_for_url("**/?bleib=why.a-token")
    expect(panel).to_be_visible()
    page.goto("about:blank")
    assert all(body["test"] for body in storefront.bodies("/events"))


def test_without_a_valid_link_nothing_opens(storefront: Shopfront, visitor: Visitor) -> None:
    page = opened(storefront, visitor, good=False)
    page.evaluate("bleib.why()")
    until(page, "async () => (await bleib.why()).length")
    assert [path for _, path, _ in storefront.asked if "/why" in path] == [
        "/v1/uferhaus/why?token=a-token"
    ]
    expect(page.get_by_role("region", name="Warum?")).to_have_count(0)


def test_the_panel_is_accessible(storefront: Shopfront, visitor: Visitor) -> None:
    storefront.answers["/why"] = (204, None)
    shopper = visitor(storefront.page(lang="en") + "?bleib=why.a-token")
    shopper.page.get_by_role("region", name="Why?").wait_for()
    assert shopper.axe() == []
