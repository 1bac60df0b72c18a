"""The inline newsletter sign-up."""

from __future__ import annotations

import hashlib
import json
from typing import Any

import pytest
from playwright.sync_api import Route, expect

from tests.browser.conftest import SIGHTS, Visitor
from tests.browser.shopfront import Shopfront

PLACE = '<div data-bleib="newsletter"></div>'


@pytest.fixture(autouse=True)
def only_the_newsletter(storefront: Shopfront) -> None:
    storefront.campaigns("newsletter")


def test_a_sign_up_with_both_purposes_is_sent_and_thanked_for(
    storefront: Shopfront, visitor: Visitor
) -> None:
    shopper = visitor(storefront.page(body=PLACE) + "?utm=secret")
    page = shopper.page
    page.get_by_label("E‑Mail-Adresse").fill(" marlene.ost@post.example ")
    for box in page.get_by_role("checkbox").all():
        box.check()
    page.get_by_role("button", name="Newsletter anfordern").click()
    expect(page.get_by_role("heading", name="Bitte bestätigen Sie Ihre E‑Mail")).to_be_focused()
    [body] = storefront.bodies("/subscriptions")
    assert body["purposes"] == ["newsletter", "personalised"]
    assert body["email"] == "marlene.ost@post.example"
    assert body["page"] == f"{storefront.shop}/"
    assert [one["kind"] for one in storefront.events(2)] == ["impression", "sign_up"]


def test_there_is_nothing_to_refuse_in_the_page(storefront: Shopfront, visitor: Visitor) -> None:
    shopper = visitor(storefront.page(body=PLACE))
    shopper.state("newsletter", "shown")
    expect(shopper.page.get_by_role("button", name="Nein danke")).to_have_count(0)


def test_the_name_of_the_newsletter_is_used_in_the_familiar_form(
    storefront: Shopfront, visitor: Visitor
) -> None:
    storefront.config["address"] = "du"
    storefront.campaigns("newsletter", newsletter_name={"de": "Tourenbrief", "en": "tour letter"})
    page = visitor(storefront.page("steigwohl", body=PLACE)).page
    expect(page.get_by_label("Ja, schickt mir den Tourenbrief von Uferhaus.")).to_be_visible()
    expect(page.get_by_role("button", name="Tourenbrief anfordern")).to_be_visible()


def test_a_second_press_while_it_is_sent_does_nothing(
    storefront: Shopfront, visitor: Visitor
) -> None:
    shopper = visitor(storefront.page(body=PLACE))
    page = shopper.page
    page.get_by_label("E‑Mail-Adresse").fill("marlene.ost@post.example")
    page.get_by_role("checkbox").first.check()
    page.route("**/subscriptions", lambda route: None)
    send = page.get_by_role("button", name="Newsletter anfordern")
    width = send.bounding_box()
    send.click()
    busy = page.get_by_role("button", name="Wird gesendet")
    expect(busy).to_have_attribute("aria-disabled", "true")
    assert width
    assert busy.bounding_box() == width
    busy.click(force=True)
    assert storefront.bodies("/subscriptions") == []
    page.unroute_all(behavior="ignoreErrors")


@pytest.mark.parametrize(
    ("answer", "sentence"),
    [
        ({"error": "email_invalid", "field": "email"}, "Bitte prüfen Sie die Adresse."),
        ({"error": "consent_missing", "field": "purposes"}, "Bitte setzen Sie hier den Haken."),
    ],
)
def test_what_the_app_refuses_is_said_at_the_entry(
    storefront: Shopfront, visitor: Visitor, answer: dict[str, str], sentence: str
) -> None:
    storefront.answers["/subscriptions"] = (422, answer)
    page = visitor(storefront.page(body=PLACE)).page
    page.get_by_label("E‑Mail-Adresse").fill("marlene.ost@post.example")
    page.get_by_role("checkbox").first.check()
    page.get_by_role("button", name="Newsletter anfordern").click()
    expect(page.locator(".er")).to_contain_text(sentence)


@pytest.mark.parametrize(
    ("kind", "value", "shown"), [("percent", "10", "10\u00a0%"), ("amount", "7.50", "7,50\u00a0€")]
)
def test_the_claim_shows_the_figure_as_it_is_written_here(
    storefront: Shopfront, visitor: Visitor, kind: str, value: str, shown: str
) -> None:
    voucher = {"enabled": True, "kind": kind, "value": value, "minimum": None, "days": 14}
    storefront.campaigns("newsletter", voucher=voucher | {"exclusions": None})
    page = visitor(storefront.page(body=PLACE)).page
    expect(page.locator(".fig")).to_have_text(shown)
    expect(page.locator(".cl li")).to_have_text(
        ["nur für Ihre erste Bestellung", "begrenzte Anzahl, 14 Tage gültig"]
    )


def test_a_form_that_is_asked_to_proves_work_and_leaves_the_page_its_turn(
    storefront: Shopfront, visitor: Visitor
) -> None:
    page = visitor(storefront.page(body=PLACE)).page
    asked = {"error": "proof_needed", "task": "signed", "salt": "salt", "bits": 11, "parts": 8}
    sent: list[dict[str, str]] = []

    def answer(route: Route) -> None:
        sent.append(json.loads(route.request.post_data or ""))
        status, body = (202, {"state": "pending"}) if len(sent) > 1 else (428, asked)
        route.fulfill(status=status, json=body, headers={"Access-Control-Allow-Origin": "*"})

    page.route("**/subscriptions", answer)
    page.get_by_label("E‑Mail-Adresse").fill("marlene.ost@post.example")
    page.get_by_role("checkbox").first.check()
    page.evaluate("() => { window.turns = 0; setInterval(() => window.turns++) }")
    page.get_by_role("button", name="Newsletter anfordern").click()
    expect(page.get_by_role("heading", name="Bitte bestätigen Sie Ihre E‑Mail")).to_be_focused()
    first, second = sent
    task, *numbers = second.pop("proof").split("~")
    assert (task, len(numbers)) == ("signed", 8)
    for part, number in enumerate(numbers):
        found = hashlib.sha256(f"salt.{part}.{number}".encode()).digest()
        assert int.from_bytes(found[:2], "big") >> 5 == 0
    assert first == second
    assert page.evaluate("window.turns") >= 16


@pytest.mark.parametrize(("theme", "size"), SIGHTS)
def test_axe_finds_nothing_in_any_theme(
    storefront: Shopfront, visitor: Visitor, theme: str, size: tuple[int, int]
) -> None:
    shopper = visitor(storefront.page(theme, body=PLACE), size)
    shopper.state("newsletter", "shown")
    assert shopper.axe() == []
    assert shopper.page.evaluate("document.documentElement.scrollWidth") <= size[0]


def test_a_newsletter_in_a_dark_footer_takes_its_colours_from_there(
    storefront: Shopfront, visitor: Visitor
) -> None:
    head = '<link rel="stylesheet" href="/theme/footer.css">'
    page = visitor(storefront.page(body=f'<div class="dark-footer">{PLACE}</div>', head=head)).page
    card = page.locator("[data-bleib] section")
    colour = card.evaluate("(e) => getComputedStyle(e).backgroundColor")
    assert max(int(float(part)) for part in colour[4:-1].split(",")) < 60


QUESTIONS: list[dict[str, Any]] = [
    {"id": "name", "kind": "text", "label": {"de": "Vorname"}, "why": {"de": "Für die Anrede."}},
    {
        "id": "birth_month",
        "kind": "one",
        "label": {"de": "Geburtsmonat"},
        "why": {"de": "Für einen Gruß."},
        "options": [["", {"de": "Keine Angabe"}], ["5", {"de": "Mai"}]],
    },
    {
        "id": "interests",
        "kind": "several",
        "label": {"de": "Themen"},
        "why": {"de": "Damit nur kommt, was interessiert."},
        "options": [["topic_1", {"de": "Bretter"}], ["topic_2", {"de": "Leinen"}]],
    },
]


def test_in_the_footer_it_asks_says_why_and_sends_the_answers(
    storefront: Shopfront, visitor: Visitor
) -> None:
    gift = {"title": {"de": "Pflegeheft"}, "text": None, "why": {"de": "Kommt per E‑Mail."}}
    storefront.campaigns("newsletter", fields=QUESTIONS, gift=gift, layout="footer")
    head = '<link rel="stylesheet" href="/theme/footer.css">'
    body = f'<footer class="dark-footer">{PLACE}</footer>'
    shopper = visitor(storefront.page(body=body, head=head))
    page = shopper.page
    expect(page.get_by_text("Für die Anrede.")).to_be_visible()
    for width in (1280, 320):
        page.set_viewport_size({"width": width, "height": 800})
        assert shopper.axe() == []
        assert page.evaluate("document.documentElement.scrollWidth") <= width
    page.get_by_label("E‑Mail-Adresse").fill("marlene.ost@post.example")
    page.get_by_label("Vorname").fill("Marlene")
    page.get_by_label("Geburtsmonat").select_option("Mai")
    page.get_by_label("Leinen").check()
    page.get_by_label("Ja, ich möchte den Newsletter").check()
    page.get_by_role("button", name="Newsletter anfordern").click()
    expect(page.get_by_role("heading", name="Bitte bestätigen Sie Ihre E‑Mail")).to_be_visible()
    [sent] = storefront.bodies("/subscriptions")
    assert sent["fields"] == {"name": "Marlene", "birth_month": "5", "interests": ["topic_2"]}
