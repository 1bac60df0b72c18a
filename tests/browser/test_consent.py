"""Consent in the browser: what is stored, when, and that a withdrawal empties it at once."""

from __future__ import annotations

import json
from typing import Any

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import LEAVE, Visit, Visitor, until
from tests.browser.shopfront import ROOT, SETTINGS, Shopfront

LEDGER: dict[str, Any] = json.loads(
    (ROOT / "widgets" / "_runtime" / "ledger.json").read_text(encoding="utf-8")
)
PLACES = "".join(f'<div data-bleib="{name}"></div>' for name in SETTINGS if name != "exit_intent")
NOTHING = {"local": [], "session": [], "cookies": "", "databases": 0, "caches": 0}
#: Where everything is counted and drawn for somebody in particular.
COMPARED = {"arms": [["-", 0], ["a", 50], ["b", 50]], "salt": "x7f3q", "variants": {"b": {}}}


def refuse(shopper: Visit) -> None:
    shopper.page.get_by_role("dialog").get_by_role("button", name="Nein danke").click()
    expect(shopper.page.get_by_role("dialog")).to_have_count(0)


def compared(storefront: Shopfront, **manners: Any) -> None:
    """Campaigns that use all there is: arms, visits, a cart."""
    for campaign in storefront.config["campaigns"]:
        if campaign["widget"] == "exit_intent":
            never = ["all", ["returning", True], ["views", 99], ["cart_value", 9999, None]]
            campaign |= {"when": ["any", campaign["when"], never], **COMPARED}
    storefront.config["manners"] = manners


def test_nothing_is_stored_before_the_shopper_refuses_and_then_only_that(
    storefront: Shopfront, visitor: Visitor
) -> None:
    compared(storefront)
    shopper = visitor(storefront.page(body=PLACES, kind="cart"))
    page = shopper.page
    page.get_by_role("button", name="Hinzufügen").first.click()
    page.get_by_role("button", name="Rückgängig").wait_for()
    page.locator("#buy").focus()
    shopper.open_exit()
    assert shopper.stored() == NOTHING
    refuse(shopper)
    assert shopper.stored() == NOTHING | {"local": ["bleib.no"]}

    page.reload()
    shopper.state("exit_intent", "recontact")
    page.evaluate(LEAVE)
    [trace] = [one for one in page.evaluate("bleib.why()") if one["widget"] == "exit_intent"]
    assert not trace["shown"]
    page.evaluate("bleib.consent({ necessary: false })")
    until(page, "localStorage.length === 0")
    # What was said on this page is honoured as long as it lives.
    assert shopper.stored() == NOTHING


def test_a_strict_shop_stores_nothing_until_its_consent_tool_has_spoken(
    storefront: Shopfront, visitor: Visitor
) -> None:
    compared(storefront, strict=True)
    shopper = visitor(storefront.page(body=PLACES))
    page = shopper.page
    shopper.open_exit()
    refuse(shopper)
    page.evaluate(LEAVE)
    expect(page.get_by_role("dialog")).to_have_count(0)
    assert shopper.stored() == NOTHING

    page.reload()
    until(page, "window.bleib")
    page.evaluate(
        "document.dispatchEvent(new CustomEvent('bleib:consent', { detail: { necessary: true } }))"
    )
    shopper.open_exit()
    refuse(shopper)
    assert shopper.stored() == NOTHING | {"local": ["bleib.no"]}


def test_with_consent_only_the_ledger_is_stored_and_a_withdrawal_empties_it_at_once(
    storefront: Shopfront, visitor: Visitor
) -> None:
    compared(storefront)
    shopper = visitor(storefront.page(body=PLACES, kind="cart"))
    page = shopper.page
    page.evaluate("localStorage.setItem('of.the.shop', '1')")
    until(page, "window.bleib")
    page.evaluate("bleib.consent({ preferences: true })")
    shopper.open_exit()
    dialog = page.get_by_role("dialog")
    dialog.get_by_label("E‑Mail-Adresse").fill("marlene.ost@post.example")
    dialog.get_by_role("checkbox").first.check()
    dialog.get_by_role("button", name="Newsletter anfordern").click()
    dialog.get_by_role("button", name="Weiter einkaufen").click()
    page.locator("[data-bleib=cross_sell]").get_by_role("button", name="Ausblenden").click()
    stored = shopper.stored()
    assert stored == NOTHING | {"local": stored["local"]}
    # Nobody has come with a voucher's link.
    assert set(stored["local"]) - {"of.the.shop"} == set(LEDGER) - {"bleib.voucher"}
    kept = page.evaluate("({ ...localStorage })")
    now = page.evaluate("Date.now()")
    for key, entry in LEDGER.items():
        if key not in kept:
            continue
        until_ms, _ = json.loads(kept[key])
        assert now < until_ms <= now + entry["days"] * 864e5, key

    # The tool of the shop says no on the next page, before any sign of an exit.
    page.add_init_script(
        "window.Shopify = { customerPrivacy: { preferencesProcessingAllowed: () => false } }"
    )
    page.reload()
    until(page, "localStorage.length === 1")
    assert shopper.stored() == NOTHING | {"local": ["of.the.shop"]}


def test_the_consent_tool_of_the_page_is_followed_both_ways(
    storefront: Shopfront, visitor: Visitor
) -> None:
    storefront.campaigns("exit_intent")
    shopper = visitor("about:blank")
    page = shopper.page
    page.add_init_script(
        "window.Shopify = { customerPrivacy: { preferencesProcessingAllowed: () => window.yes } }"
    )
    page.goto(storefront.page())
    decide = """(allowed) => { window.yes = allowed
      document.dispatchEvent(new CustomEvent('visitorConsentCollected')) }"""
    page.evaluate(decide, True)
    shopper.open_exit()
    until(page, "'bleib.seen' in localStorage")
    page.evaluate(decide, False)
    until(page, "localStorage.length === 0")


@pytest.mark.parametrize("how", ["a click on the tool's button", "a word of the page"])
def test_what_is_taken_back_before_anything_else_happened_is_deleted_as_well(
    storefront: Shopfront, visitor: Visitor, how: str
) -> None:
    storefront.campaigns("exit_intent")
    tool = (
        "window.Shopify = { customerPrivacy: { preferencesProcessingAllowed: () => window.yes } }"
    )
    shopper = visitor("about:blank")
    page = shopper.page
    if "click" in how:
        page.add_init_script(f"window.yes = true; {tool}")
    page.goto(storefront.page(body="<button id='no' onclick='window.yes = false'>Nein</button>"))
    until(page, "window.bleib")
    if "word" in how:
        page.evaluate("bleib.consent({ preferences: true })")
    shopper.open_exit()
    until(page, "'bleib.seen' in localStorage")

    page.reload()
    page.wait_for_load_state("networkidle")
    if "click" in how:
        page.click("#no")
    else:
        page.evaluate("bleib.consent({ preferences: false })")
    until(page, "localStorage.length === 0")
