"""The shipment page: look-up, link of the mail, every state."""

from __future__ import annotations

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
    [
        ("78462", {"postcode": "78462", "lang": "de"}),
        ("a@b.example", {"email": "a@b.example", "lang": "de"}),
    ],
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
    assert "/v1/uferhaus/shipments/abc-1.x_y?lang=de" in [path for _, path, _ in storefront.asked]
    expect(page.locator("[aria-current=step]")).to_contain_text("Paket ist in Lieferung")
    expect(page.get_by_text("Verteilzentrum Wien-Inzersdorf")).to_be_visible()
    link = page.get_by_role("link", name="Beim Zusteller ansehen")
    expect(link).to_have_attribute("href", "https://www.post.at/")
    expect(link).to_have_attribute("rel", "noopener noreferrer")


def test_a_link_that_is_too_old_asks_instead(storefront: Shopfront, visitor: Visitor) -> None:
    storefront.answers["/old"] = (404, {"error": "not_found"})
    page = visitor(storefront.page(body=PLACE) + "?d=old").page
    expect(page.get_by_role("heading", name="Wo ist mein Paket?")).to_be_visible()


def test_several_parcels_have_titles_of_their_own_and_regret_is_a_note(
    storefront: Shopfront, visitor: Visitor
) -> None:
    [parcel] = ORDER["parcels"]
    several = [
        {**parcel, "title": "Paket 1", "badge": "Zugestellt", "tone": "good", "arrived": True},
        {**parcel, "title": "Paket 2", "stages": ORDER["stages"]},
    ]
    regret = "Das tut uns leid; Sie müssen nichts tun."
    told = {**ORDER, "stages": [], "parcels": several, "note": regret}
    storefront.answers["/abc"] = (200, told)
    shopper = visitor(storefront.page("steigwohl", body=PLACE) + "?d=abc")
    expect(shopper.page.get_by_role("alert")).to_have_text(regret)
    expect(shopper.page.get_by_role("heading", level=3)).to_have_text(
        ["Paket 1", "Paket 2", "In diesem Paket", "Doch nicht das Richtige?"]
    )
    expect(shopper.page.get_by_text("Zugestellt", exact=True)).to_be_visible()
    expect(shopper.page.locator("ol")).to_have_count(1)
    assert shopper.axe() == []


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
    hostile = {**ORDER, "title": evil, "lead": {"onclick": evil}, "note": [evil]}
    hostile["parcels"] = [{**ORDER["parcels"][0], "carrier": evil, "url": "javascript:hacked=1"}]
    hostile["stages"] = [{"state": evil, "label": evil, "when": {"onclick": evil}}]
    hostile["items"] = [{"title": evil, "note": {"onclick": evil}, "picture": "javascript:1"}]
    form = {"action": "javascript:hacked=1", "fields": [], "sends": [], "folded": evil}
    hostile["beside"] = [
        {**ORDER["beside"][0], "title": evil, "tone": evil, "button": [evil, evil]}
    ]
    hostile["first"] = [{**hostile["beside"][0], "form": form}]
    storefront.answers["/abc"] = (200, hostile)
    page = visitor(storefront.page(body=PLACE) + "?d=abc").page
    expect(page.get_by_role("heading", name=evil, level=2)).to_be_visible()
    assert page.locator("[data-bleib] img, [data-bleib] a, [data-bleib] form").count() == 0
    assert page.evaluate("window.hacked") is None


def test_a_tag_of_its_own_needs_nothing_else_of_the_page(
    storefront: Shopfront, visitor: Visitor
) -> None:
    url = storefront.page()
    storefront.html = f"""<!doctype html><title>Sendung</title><link rel="icon" href="data:,">
        <script async src="{storefront.app}/static/v1/shipment.js"></script>
        <bleib-shipment shop="uferhaus" order="abc-1"></bleib-shipment>"""
    page = visitor(url).page
    expect(page.get_by_role("heading", level=2)).to_have_text(ORDER["title"])
    assert "/v1/uferhaus/shipments/abc-1?lang=de" in [path for _, path, _ in storefront.asked]


def test_what_is_new_is_shown_without_a_reload(storefront: Shopfront, visitor: Visitor) -> None:
    page = visitor("about:blank").page
    page.clock.install()
    page.goto(storefront.page(body=PLACE) + "?d=abc")
    title = page.get_by_role("heading", level=2)
    expect(title).to_have_text(ORDER["title"])
    storefront.answers["/abc"] = (200, {**ORDER, "title": "Ihr Paket kommt heute"})
    page.clock.fast_forward(61_000)
    expect(title).to_have_text("Ihr Paket kommt heute")


@pytest.mark.parametrize(("theme", "size"), SIGHTS)
def test_axe_finds_nothing_in_any_theme(
    storefront: Shopfront, visitor: Visitor, theme: str, size: tuple[int, int]
) -> None:
    shopper = visitor(storefront.page(theme, body=PLACE, lang="en") + "?d=abc", size)
    shopper.state("shipment_status", "shown")
    assert shopper.axe() == []
    assert shopper.page.evaluate("document.documentElement.scrollWidth") <= size[0]
