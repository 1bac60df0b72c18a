"""The shipment page: look-up, link of the mail, every state."""

from __future__ import annotations

from copy import deepcopy
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import SIGHTS, Visitor
from tests.browser.shopfront import ORDER, Shopfront

PLACE = '<div data-bleib="shipment_status"></div>'
DELIVERED = {"stage": 4, "delivered_at": "2026-11-20T11:31:00Z"}


@pytest.fixture(autouse=True)
def only_shipment_status(storefront: Shopfront) -> None:
    storefront.campaigns("shipment_status")


def look_up(page: Page, number: str, proof: str) -> None:
    page.get_by_label("Bestellnummer").fill(number)
    page.get_by_label("E‑Mail oder Postleitzahl").fill(proof)
    page.get_by_label("E‑Mail oder Postleitzahl").press("Enter")


@pytest.mark.parametrize(
    ("proof", "sent"),
    [("78462", {"postcode": "78462"}), ("a@b.example", {"email": "a@b.example"})],
)
def test_number_and_one_more_thing_find_the_order(
    storefront: Shopfront, visitor: Visitor, proof: str, sent: dict[str, str]
) -> None:
    page = visitor(storefront.page(body=PLACE)).page
    look_up(page, " #1007 ", proof)
    expect(
        page.get_by_role("heading", name="Ihr Paket kommt am Montag, 23. November")
    ).to_be_focused()
    assert storefront.bodies("/lookup") == [{"order": "#1007", **sent}]
    page.get_by_role("button", name="Andere Bestellung ansehen").click()
    expect(page.get_by_role("heading", name="Wo ist mein Paket?")).to_be_focused()


def test_nothing_found_is_said_the_same_way_for_every_cause(
    storefront: Shopfront, visitor: Visitor
) -> None:
    storefront.answers["/lookup"] = (200, {"found": False})
    page = visitor(storefront.page(body=PLACE)).page
    look_up(page, "30417", "78462")
    expect(page.get_by_role("alert")).to_contain_text("Dazu haben wir nichts gefunden.")
    expect(page.get_by_label("Bestellnummer")).to_have_value("30417")


def test_missing_entries_are_named_and_the_first_gets_the_focus(
    storefront: Shopfront, visitor: Visitor
) -> None:
    shopper = visitor(storefront.page(body=PLACE))
    page = shopper.page
    page.get_by_role("button", name="Nachsehen").click()
    expect(page.get_by_label("Bestellnummer")).to_be_focused()
    expect(page.locator(".er")).to_have_count(2)
    assert storefront.bodies("/lookup") == []
    assert shopper.axe() == []


@pytest.mark.parametrize("status", [429, 500])
def test_a_failure_is_a_note_and_the_entry_stays(
    storefront: Shopfront, visitor: Visitor, status: int
) -> None:
    storefront.answers["/lookup"] = (status, {"error": "too_many"})
    page = visitor(storefront.page(body=PLACE)).page
    look_up(page, "30417", "78462")
    expect(page.get_by_role("alert")).to_contain_text("Das hat gerade nicht geklappt.")
    expect(page.get_by_label("Bestellnummer")).to_have_value("30417")


def test_the_link_of_the_mail_shows_the_order_without_a_question(
    storefront: Shopfront, visitor: Visitor
) -> None:
    page = visitor(storefront.page(body=PLACE) + "?d=abc-1.x_y").page
    expect(
        page.get_by_role("heading", name="Ihr Paket kommt am Montag, 23. November")
    ).to_be_visible()
    assert "/v1/uferhaus/shipments/abc-1.x_y" in [path for _, path, _ in storefront.asked]
    expect(page.locator("[aria-current=step]")).to_contain_text("Paket ist in Lieferung")
    expect(page.get_by_text("Verteilzentrum Wien-Inzersdorf")).to_be_visible()
    link = page.get_by_role("link", name="Beim Zusteller ansehen")
    expect(link).to_have_attribute("href", "https://www.post.at/")
    expect(link).to_have_attribute("rel", "noopener noreferrer")


def test_a_link_that_is_too_old_asks_instead(storefront: Shopfront, visitor: Visitor) -> None:
    storefront.answers["/old"] = (404, {"error": "not_found"})
    page = visitor(storefront.page(body=PLACE) + "?d=old").page
    expect(page.get_by_role("heading", name="Wo ist mein Paket?")).to_be_visible()


def order(shipment: dict[str, Any] | None = None, **changes: Any) -> dict[str, Any]:
    result = deepcopy(ORDER)
    result["shipments"][0] |= shipment or {}
    return result | changes


@pytest.mark.parametrize(
    ("state", "title", "sentence"),
    [
        (order(title_date=None), "Paket ist in Lieferung", ""),
        (
            order(state="delayed", title_date="2026-11-25"),
            "Ihr Paket kommt später: Mittwoch, 25. November",
            "Das tut uns leid; Sie müssen nichts tun.",
        ),
        (order(state="delayed", title_date=None), "Ihr Paket kommt später", "Das tut uns leid"),
        (order(DELIVERED, stage=4), "Zugestellt am Freitag, 20. November", "Uhr."),
        (order({"stage": 4}, stage=4, title_date=None), "Paket wird zugestellt", ""),
        (order(state="lost"), "Das Paket ist verloren gegangen", "Wir schicken Ihnen Ersatz"),
        (
            order(state="returned"),
            "Das Paket ist auf dem Weg zurück zu uns",
            "Wir schreiben Ihnen, wie es weitergeht.",
        ),
        (order(state="cancelled"), "Diese Bestellung ist storniert", "Bezahltes kommt zurück"),
        (order(stage=1, shipments=[], title_date=None), "Bestellung ist eingegangen", ""),
        (
            order(stage=3, shipments=[ORDER["shipments"][0] | DELIVERED, ORDER["shipments"][0]]),
            "Ihre Bestellung kommt in zwei Paketen",
            "Paket 1: zugestellt am Freitag, 20. November",
        ),
    ],
)
def test_the_title_is_the_answer(
    storefront: Shopfront, visitor: Visitor, state: dict[str, Any], title: str, sentence: str
) -> None:
    storefront.answers["/abc"] = (200, state)
    shopper = visitor(storefront.page(body=PLACE) + "?d=abc")
    section = shopper.page.locator("[data-bleib] section")
    heading = section.get_by_role("heading", level=2)
    expect(heading).to_have_text(title.replace(". November", ".\u00a0November"))
    expect(section).to_contain_text(sentence.replace(". November", ".\u00a0November"))


def test_a_parcel_that_nobody_scanned_says_so(storefront: Shopfront, visitor: Visitor) -> None:
    announced = {"stage": 2, "milestones": [], "expected": None}
    storefront.answers["/abc"] = (200, order(announced, stage=2, title_date=None))
    page = visitor(storefront.page(body=PLACE) + "?d=abc").page
    expect(page.locator("[aria-current=step]")).to_contain_text("angekündigt, noch nicht gescannt")


@pytest.mark.parametrize("rubbish", [None, [], {"found": True}, {"found": True, "order": {}}])
def test_rubbish_from_the_app_is_a_failure_and_no_error(
    storefront: Shopfront, visitor: Visitor, rubbish: Any
) -> None:
    storefront.answers["/lookup"] = (200, rubbish)
    page = visitor(storefront.page(body=PLACE)).page
    look_up(page, "30417", "78462")
    expect(page.get_by_role("alert")).to_contain_text("Das hat gerade nicht geklappt.")


def test_hostile_words_of_an_order_are_text(storefront: Shopfront, visitor: Visitor) -> None:
    evil = "<img src=x onerror=window.hacked=1>"
    hostile = order({"carrier": evil, "url": "javascript:window.hacked=1"}, number=evil)
    hostile["items"] = [{"title": evil, "quantity": evil}]
    storefront.answers["/abc"] = (200, hostile)
    page = visitor(storefront.page(body=PLACE) + "?d=abc").page
    expect(page.get_by_text(f"Bestellung {evil}")).to_be_visible()
    assert page.locator("[data-bleib] img, [data-bleib] a").count() == 0
    assert page.evaluate("window.hacked") is None


@pytest.mark.parametrize(("theme", "size"), SIGHTS)
def test_axe_finds_nothing_in_any_theme(
    storefront: Shopfront, visitor: Visitor, theme: str, size: tuple[int, int]
) -> None:
    shopper = visitor(storefront.page(theme, body=PLACE, lang="en") + "?d=abc", size)
    shopper.state("shipment_status", "shown")
    assert shopper.axe() == []
    assert shopper.page.evaluate("document.documentElement.scrollWidth") <= size[0]


def test_axe_finds_nothing_with_two_parcels_one_of_them_late(
    storefront: Shopfront, visitor: Visitor
) -> None:
    parcels = [ORDER["shipments"][0] | DELIVERED, ORDER["shipments"][0]]
    storefront.answers["/abc"] = (200, order(state="delayed", shipments=parcels))
    shopper = visitor(storefront.page("steigwohl", body=PLACE) + "?d=abc")
    shopper.state("shipment_status", "shown")
    assert shopper.axe() == []
