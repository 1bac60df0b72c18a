"""The mails and the pages behind their links, as a person sees them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
import sqlalchemy as sa
from flask.testing import FlaskClient
from playwright.sync_api import Browser, Page, Route, expect

from plugin.contracts.shopwide import Look
from plugin.model import Shop
from plugin.services import look, mailing
from plugin.services.context import Context
from plugin.store.shops import shops
from plugin.store.subscribers import subscribers
from tests.browser.conftest import AXE
from tests.conftest import KeptMail, MovingClock
from tests.fakes.letters import VALUES
from tests.services.sign_up_stage import MAIL, Stage, html
from tests.services.test_gifts import GIFT
from tests.services.test_sign_up_questions import FIELDS

ORIGIN = "https://bleib.test"
#: A bright colour of the shop that needs help to be read, on warm paper.
QUINCE = Look(accent="#d9a93a", surface="#fffdfa", ink="#2a2420", radius=12, font="Georgia, serif")
SIGHTS = [(1280, "light"), (375, "dark"), (320, "light")]


@pytest.fixture(params=["sqlite"])
def db_url(request: pytest.FixtureRequest, sqlite_template: Any, tmp_path: Any) -> str:
    """One database is enough here: what is looked at are pages."""
    path = tmp_path / "bleib.sqlite3"
    path.write_bytes(sqlite_template.read_bytes())
    return f"sqlite:///{path}"


@pytest.fixture
def stage(context: Context, shop: Shop) -> Stage:
    return Stage(context, shop)


@pytest.fixture
def page(chromium: Browser, client: FlaskClient) -> Iterator[Page]:
    """A page whose requests the app answers, and whose complaints fail the test."""
    opened = chromium.new_page()
    complaints: list[str] = []
    opened.on("console", lambda said: complaints.append(said.text))
    opened.route("**/*", lambda route: _answer(route, client))
    yield opened
    opened.close()
    assert [text for text in complaints if "Failed to load resource" not in text] == []


def _answer(route: Route, client: FlaskClient) -> None:
    request = route.request
    path = request.url.removeprefix(ORIGIN)
    content_type = request.headers.get("content-type")
    data = request.post_data_buffer
    answer = client.open(path, method=request.method, data=data, content_type=content_type)
    headers = dict(answer.headers)
    route.fulfill(status=answer.status_code, headers=headers, body=answer.data)
    answer.close()


def _looks_right(page: Page) -> None:
    for width, scheme in SIGHTS:
        page.set_viewport_size({"width": width, "height": 760})
        page.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]
        assert page.evaluate("document.documentElement.scrollWidth") <= width
        # From outside the page's own policy, which lets no script in.
        session = page.context.new_cdp_session(page)
        session.send("Runtime.evaluate", {"expression": AXE.read_text(encoding="utf-8")})
        found = session.send(
            "Runtime.evaluate",
            {
                "expression": "axe.run().then(r => JSON.stringify(r.violations.map(v => v.id)))",
                "awaitPromise": True,
                "returnByValue": True,
            },
        )
        assert found["result"]["value"] == "[]", (width, scheme)
        small = page.evaluate(
            """[...document.querySelectorAll('.button')]
               .filter(b => b.getBoundingClientRect().height < 44).length"""
        )
        assert small == 0


def test_a_person_confirms_with_the_keyboard_and_unsubscribes_again(
    stage: Stage, page: Page, kept_mail: KeptMail
) -> None:
    look.save(stage.context, stage.shop, QUINCE, seen=Look())
    stage.ask()
    stage.work()
    page.goto(f"{ORIGIN}/c/{stage.link_in(kept_mail.sent[0][0])}")
    _looks_right(page)
    button = "getComputedStyle(document.querySelector('.button'))"
    assert page.evaluate(f"{button}.borderRadius") == "12px"
    assert page.evaluate(f"{button}.backgroundColor") == "rgb(217, 169, 58)"
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.textContent") == "Ja, bestätigen"
    page.keyboard.press("Enter")
    page.get_by_role("heading", name="Bestätigt.").wait_for()
    _looks_right(page)
    assert page.get_by_role("link", name="Gutschein einlösen").is_visible()
    page.get_by_role("link", name="Wieder abmelden").click()
    page.get_by_role("heading", name="Newsletter abbestellen?").wait_for()
    _looks_right(page)
    page.get_by_role("button", name="Ja, abmelden").click()
    page.get_by_role("heading", name="Sie sind abgemeldet").wait_for()
    _looks_right(page)


@pytest.mark.parametrize("language", ["de", "en"])
@pytest.mark.parametrize("address", ["du", "sie"])
def test_long_names_and_addresses_stay_on_the_page(
    stage: Stage,
    page: Page,
    kept_mail: KeptMail,
    context: Context,
    moving_clock: MovingClock,
    address: str,
    language: str,
) -> None:
    with context.db.write() as connection:
        connection.execute(
            sa.update(shops).values(
                name="Donaudampfschifffahrtsgesellschaftsladen", address=address
            )
        )
    email = "x" * 60 + "@" + "y" * 60 + ".example"
    stage.ask(email, language=language)
    stage.work()
    link = f"{ORIGIN}/c/{stage.link_in(kept_mail.sent[0][0])}"
    page.goto(link)
    assert email in page.inner_text("main")
    _looks_right(page)
    moving_clock.move(days=8)
    page.goto(link)
    _looks_right(page)


def test_every_mail_reads_well_on_small_and_large_screens_light_and_dark(
    stage: Stage, chromium: Browser, kept_mail: KeptMail
) -> None:
    stage.confirmed(kept_mail, language="en")
    stage.work()
    parcel = {
        "order": "#1007",
        "link": "https://bleib.example/s/abc",
        "carrier": "Österreichische Post",
        "number": "1000 4827 3361 9054 21",
        "expected_on": "2026-11-23",
        "items": [{"title": "Teeschale " + "Ruß" * 30, "quantity": 2}],
    }
    look.save(stage.context, stage.shop, QUINCE, seen=Look())
    name = {"first_name": "Wolf-Dietrich-Maximilian" * 2}
    with stage.context.db.write() as connection:
        for kind, values in (("on_its_way", parcel), ("welcome_3", VALUES["welcome_3"] | name)):
            mailing.queue(connection, stage.context, stage.shop, kind, kind, MAIL, "de", values)
    stage.work()
    assert len(kept_mail.sent) == 4
    for mail, _ in kept_mail.sent:
        opened = chromium.new_page()
        opened.set_content(html(mail))
        _looks_right(opened)
        opened.close()


def test_the_sign_up_page_is_filled_in_corrected_and_sent_without_script(
    page: Page, context: Context, shop: Shop, moving_clock: MovingClock
) -> None:
    stage = Stage(context, shop, fields=FIELDS, gift=GIFT, personalised=True)
    page.goto(f"{context.config.public_url}/n/{shop.key}?lang=de")
    moving_clock.move(seconds=8)
    _looks_right(page)
    page.get_by_label("Vorname (freiwillig)").fill("Marlene")
    page.get_by_label("Leinen").check()
    page.get_by_label("E‑Mail-Adresse").fill("marlene@post")
    page.keyboard.press("Enter")
    expect(page.get_by_text("Bitte setzen Sie hier den Haken.")).to_be_visible()
    expect(page.get_by_label("E‑Mail-Adresse")).to_be_focused()
    expect(page.get_by_label("Leinen")).to_be_checked()
    _looks_right(page)
    page.get_by_label("E‑Mail-Adresse").fill(MAIL)
    page.get_by_label("Ja, ich möchte den Newsletter von Uferhaus.").check()
    page.get_by_role("button", name="Newsletter anfordern").click()
    expect(page.get_by_role("heading")).to_have_text("Bitte bestätigen Sie Ihre E‑Mail")
    _looks_right(page)
    assert len(stage.rows(subscribers)) == 1
