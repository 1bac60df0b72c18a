"""The exit-intent widget as shoppers meet it: desktop, phone, keyboard, failures."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import LEAVE, PHONE, SMALL, Visitor, until
from tests.browser.shopfront import THEMES, Shopfront


@pytest.fixture(autouse=True)
def only_exit_intent(storefront: Shopfront) -> None:
    storefront.campaigns("exit_intent")


def test_it_opens_without_taking_focus_or_locking_the_scroll(
    storefront: Shopfront, visitor: Visitor
) -> None:
    shopper = visitor(storefront.page())
    page = shopper.page
    page.locator("#buy").focus()
    shopper.open_exit()
    assert page.evaluate("document.activeElement.id") == "buy"
    page.mouse.move(60, 600)
    page.mouse.wheel(0, 400)
    until(page, "scrollY > 0")
    expect(page.get_by_role("dialog", name="Newsletter gegen Gutschein")).to_be_visible()


def test_the_conditions_stand_beside_the_claim(storefront: Shopfront, visitor: Visitor) -> None:
    shopper = visitor(storefront.page())
    shopper.open_exit()
    claim = shopper.page.locator(".cl")
    expect(claim).to_contain_text("5\u00a0€")
    expect(claim.get_by_role("listitem")).to_have_text(
        [
            "ab 40\u00a0€ Warenwert, einmal pro Person",
            "nur für Ihre erste Bestellung",
            "30 Tage gültig, nicht auf Bücher",
        ]
    )


def test_both_boxes_are_unticked_and_both_buttons_equally_high(
    storefront: Shopfront, visitor: Visitor
) -> None:
    shopper = visitor(storefront.page())
    shopper.open_exit()
    page = shopper.page
    assert [box.is_checked() for box in page.get_by_role("checkbox").all()] == [False, False]
    boxes = [
        page.get_by_role("button", name=name).bounding_box()
        for name in ("Nein danke", "Newsletter anfordern")
    ]
    assert boxes[0]
    assert boxes[1]
    assert boxes[0]["height"] == boxes[1]["height"] >= 48


def test_a_click_inside_makes_it_modal_and_closing_gives_the_focus_back(
    storefront: Shopfront, visitor: Visitor
) -> None:
    shopper = visitor(storefront.page())
    page = shopper.page
    page.locator("#buy").focus()
    shopper.open_exit()
    page.get_by_label("E‑Mail-Adresse").click()
    assert page.evaluate(
        "document.activeElement.shadowRoot.querySelector('dialog').matches(':modal')"
    )
    for _ in range(8):
        page.keyboard.press("Tab")
        assert page.evaluate("document.activeElement.id") != "buy"
    page.keyboard.press("Escape")
    expect(page.get_by_role("dialog")).to_have_count(0)
    assert page.evaluate("document.activeElement.id") == "buy"


def test_the_keyboard_alone_can_sign_up(storefront: Shopfront, visitor: Visitor) -> None:
    shopper = visitor(storefront.page())
    page = shopper.page
    shopper.open_exit()
    page.get_by_label("E‑Mail-Adresse").focus()
    page.keyboard.type("marlene.ost@post.example")
    page.keyboard.press("Tab")
    page.keyboard.press("Space")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="Bitte bestätigen Sie Ihre E‑Mail")).to_be_focused()
    [body] = storefront.bodies("/subscriptions")
    assert body["email"] == "marlene.ost@post.example"
    assert body["purposes"] == ["newsletter"]
    assert body["campaign"] == 3
    assert body["version"] == 4
    assert body["website"] == ""
    assert body["lang"] == "de"
    assert len(body["id"]) == 36


@pytest.mark.parametrize("way", ["button", "close", "escape", "beside"])
def test_a_refusal_closes_it_and_is_kept_for_the_page(
    storefront: Shopfront, visitor: Visitor, way: str
) -> None:
    shopper = visitor(storefront.page())
    page = shopper.page
    shopper.open_exit()
    if way == "button":
        page.get_by_role("button", name="Nein danke").click()
    elif way == "close":
        page.get_by_role("button", name="Schließen").click()
    elif way == "escape":
        page.keyboard.press("Escape")
    else:
        page.mouse.click(20, 400)
    expect(page.get_by_role("dialog")).to_have_count(0)
    page.evaluate("dispatchEvent(new Event('pagehide'))")
    assert [one["kind"] for one in storefront.events(2)] == ["impression", "dismissal"]


def test_it_asks_once_per_page(storefront: Shopfront, visitor: Visitor) -> None:
    shopper = visitor(storefront.page())
    shopper.open_exit()
    shopper.page.keyboard.press("Escape")
    expect(shopper.page.get_by_role("dialog")).to_have_count(0)
    shopper.page.evaluate(LEAVE)
    expect(shopper.page.get_by_role("dialog")).to_have_count(0)
    shopper.state("exit_intent", "recontact")


def test_it_stays_away_while_a_field_has_the_focus(storefront: Shopfront, visitor: Visitor) -> None:
    shopper = visitor(storefront.page())
    shopper.page.locator("#quantity").focus()
    shopper.leave()
    shopper.state("exit_intent", "occupied")
    expect(shopper.page.get_by_role("dialog")).to_have_count(0)


def test_it_waits_for_a_consent_banner_and_comes_at_the_next_occasion(
    storefront: Shopfront, visitor: Visitor
) -> None:
    banner = (
        '<div role="dialog" aria-label="Cookies" id="banner">Cookies? <button>Nein</button></div>'
    )
    shopper = visitor(storefront.page(body=banner))
    shopper.leave()
    shopper.state("exit_intent", "occupied")
    shopper.page.evaluate("document.getElementById('banner').remove()")
    shopper.page.evaluate(LEAVE)
    expect(shopper.page.get_by_role("dialog", name="Newsletter gegen Gutschein")).to_be_visible()


@pytest.mark.parametrize("kind", ["checkout", "thankyou", "order"])
def test_it_never_comes_between_shopper_and_purchase(
    storefront: Shopfront, visitor: Visitor, kind: str
) -> None:
    shopper = visitor(storefront.page(kind=kind))
    shopper.state("exit_intent", "page_type")


def test_a_wrong_entry_is_explained_and_nothing_is_emptied(
    storefront: Shopfront, visitor: Visitor
) -> None:
    shopper = visitor(storefront.page())
    page = shopper.page
    shopper.open_exit()
    field = page.get_by_label("E‑Mail-Adresse")
    field.fill("marlene.ost@post")
    page.get_by_role("button", name="Newsletter anfordern").click()
    expect(field).to_be_focused()
    expect(field).to_have_value("marlene.ost@post")
    expect(field).to_have_accessible_description("Da fehlt etwas nach „post“, zum Beispiel „.de“.")
    expect(page.locator(".tk .er")).to_contain_text("Bitte setzen Sie hier den Haken.")
    assert storefront.bodies("/subscriptions") == []
    assert shopper.axe() == []


@pytest.mark.parametrize("status", [404, 409, 429, 500])
def test_a_failure_says_so_keeps_the_entry_and_can_be_tried_again(
    storefront: Shopfront, visitor: Visitor, status: int
) -> None:
    storefront.answers["/subscriptions"] = (status, {"error": "any"})
    shopper = visitor(storefront.page())
    page = shopper.page
    shopper.open_exit()
    page.get_by_label("E‑Mail-Adresse").fill("marlene.ost@post.example")
    page.get_by_role("checkbox").first.check()
    page.get_by_role("button", name="Newsletter anfordern").click()
    expect(page.get_by_role("alert")).to_contain_text("Das hat gerade nicht geklappt.")
    expect(page.get_by_role("button", name="Schließen").last).to_be_visible()
    storefront.answers.clear()
    page.get_by_role("button", name="Noch einmal").click()
    expect(page.get_by_role("heading", name="Bitte bestätigen Sie Ihre E‑Mail")).to_be_visible()
    first, second = storefront.bodies("/subscriptions")
    assert first["id"] == second["id"]


def test_offline_the_entry_stays(storefront: Shopfront, visitor: Visitor) -> None:
    shopper = visitor(storefront.page())
    page = shopper.page
    shopper.open_exit()
    page.get_by_label("E‑Mail-Adresse").fill("marlene.ost@post.example")
    page.get_by_role("checkbox").first.check()
    page.context.set_offline(True)
    page.get_by_role("button", name="Newsletter anfordern").click()
    expect(page.get_by_role("alert")).to_contain_text("Gerade keine Verbindung.")
    expect(page.get_by_label("E‑Mail-Adresse")).to_have_value("marlene.ost@post.example")
    page.context.set_offline(False)


def test_the_address_can_be_changed_after_sending(storefront: Shopfront, visitor: Visitor) -> None:
    shopper = visitor(storefront.page(lang="en"))
    page = shopper.page
    shopper.open_exit()
    page.get_by_label("Your email address").fill("jonas@post.example")
    page.get_by_role("checkbox").first.check()
    page.get_by_role("button", name="Request newsletter").click()
    expect(page.get_by_text("jonas@post.example")).to_be_visible()
    page.get_by_role("button", name="Change address").click()
    expect(page.get_by_label("Your email address")).to_be_focused()
    expect(page.get_by_label("Your email address")).to_have_value("jonas@post.example")


def test_on_a_phone_a_quick_scroll_up_brings_the_nudge_and_the_page_stays_usable(
    storefront: Shopfront, visitor: Visitor
) -> None:
    storefront.config["address"] = "du"
    shopper = visitor(storefront.page("steigwohl"), PHONE)
    page = shopper.page
    shopper.state("exit_intent", "waiting")
    page.evaluate("scrollTo(0, 1500)")
    until(page, "scrollY === 1500")
    page.evaluate(
        """async () => { const frame = () => new Promise(requestAnimationFrame)
          await frame(); await frame()
          for (let y = 1500; y > 900; y -= 100) { scrollTo(0, y); await frame() } }"""
    )
    sheet = page.get_by_role("dialog", name="Newsletter gegen Gutschein")
    expect(sheet).to_be_visible()
    box = sheet.bounding_box()
    assert box
    assert box["height"] <= 0.4 * PHONE[1]
    assert box["y"] + box["height"] == PHONE[1]
    page.evaluate("scrollTo(0, 0)")
    page.locator("#buy").click()
    page.get_by_role("button", name="Ja, gern").click()
    expect(page.get_by_label("Deine E‑Mail-Adresse")).to_be_focused()
    box = page.get_by_role("dialog").bounding_box()
    assert box
    assert box["height"] <= 0.85 * PHONE[1]
    assert shopper.axe() == []


def test_a_phone_on_its_side_is_left_alone(storefront: Shopfront, visitor: Visitor) -> None:
    shopper = visitor(storefront.page(), (640, 360))
    shopper.state("exit_intent", "waiting")
    shopper.page.evaluate("bleib.open('exit_intent')")
    shopper.state("exit_intent", "nothing_to_show")


@pytest.mark.parametrize("lang", ["de", "en"])
@pytest.mark.parametrize("address", ["du", "sie"])
def test_at_320_pixels_nothing_scrolls_sideways_or_is_cut(
    storefront: Shopfront, visitor: Visitor, lang: str, address: str
) -> None:
    storefront.config["address"] = address
    shopper = visitor(storefront.page(lang=lang), SMALL)
    page = shopper.page
    shopper.state("exit_intent", "waiting")
    page.evaluate("bleib.open('exit_intent')")
    page.get_by_role("button", name="Ja, gern" if lang == "de" else "Yes please").click()
    page.get_by_role("dialog").wait_for()
    too_wide = page.evaluate(
        """() => [...document.body.lastElementChild.shadowRoot.querySelectorAll('*')]
          .filter((e) => !e.matches('.hp') && e.getBoundingClientRect().right > innerWidth + 0.5)
          .map((e) => e.outerHTML)"""
    )
    assert too_wide == []


@pytest.mark.parametrize("theme", sorted(THEMES))
def test_axe_finds_nothing_in_any_theme(
    storefront: Shopfront, visitor: Visitor, theme: str
) -> None:
    shopper = visitor(storefront.page(theme))
    shopper.open_exit()
    assert shopper.axe() == []
    shopper.page.get_by_label("E‑Mail-Adresse").fill("marlene.ost@post.example")
    shopper.page.get_by_role("checkbox").first.check()
    shopper.page.get_by_role("button", name="Newsletter anfordern").click()
    shopper.page.get_by_role("button", name="Weiter einkaufen").wait_for()
    assert shopper.axe() == []


def test_without_a_voucher_no_condition_and_no_figure_is_shown(
    storefront: Shopfront, visitor: Visitor
) -> None:
    storefront.campaigns("exit_intent", voucher={"enabled": False})
    shopper = visitor(storefront.page())
    shopper.leave()
    page = shopper.page
    expect(page.get_by_role("dialog", name="Unser Newsletter")).to_be_visible()
    expect(page.locator(".cl")).to_have_count(0)
    expect(page.get_by_text("Gutschein")).to_have_count(0)


def test_a_low_screen_scrolls_the_entries_instead_of_squeezing_them(
    storefront: Shopfront, visitor: Visitor
) -> None:
    shopper = visitor(storefront.page(), (375, 560))
    page = shopper.page
    shopper.state("exit_intent", "waiting")
    page.evaluate("bleib.open('exit_intent')")
    page.get_by_role("button", name="Ja, gern").click()
    rows = [row.bounding_box() for row in page.locator(".tk").all()]
    assert rows[0]
    assert rows[1]
    assert rows[0]["y"] + rows[0]["height"] <= rows[1]["y"]
    text = page.locator(".tk .why").first.bounding_box()
    assert text
    assert text["y"] + text["height"] <= rows[0]["y"] + rows[0]["height"]
