"""The states of the merchant's pages, each brought about by what causes it, and photographed."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, Page, ViewportSize, expect

from tests.journey.parcel_photos import ask
from tests.journey.people import says
from tests.journey.photos import DESKTOP, photograph, whole
from tests.journey.running import RunningDemo
from tests.journey.stage import eventually

JONAS = "jonas@uferhaus.example"
#: What the sheet of the states says of each.
SAID_OF_STATES = {
    "zustand-gleichzeitig": "Gleichzeitig gespeichert: wer, wann, beide Werte, eine Wahl",
    "zustand-eingabe": "Eingabe falsch: oben die Liste, am Feld der Grund",
    "zustand-erfolg": "Erfolg: was geschah",
    "zustand-seite-fehlt": "Seite fehlt: im Rahmen, mit einem Weg zurück",
    "zustand-stoerung-aussen": "Störung außen: wer, seit wann, was Bleib tut",
    "zustand-recht-fehlt": "Recht fehlt: die Folge, dann der eine Knopf",
}
STATES = tuple(SAID_OF_STATES)
#: Of each page its top, without the menu.
_WIDE, _HIGH = 860, 560


def take_states(browser: Browser, demo: RunningDemo, out: Path) -> None:
    """Take every state; the last ones leave the shop disturbed."""
    anna = _window(browser)
    anna.goto(f"{demo.shop}/admin/apps/bleib")
    jonas = _jonas(browser, demo, anna)

    def shoot(name: str) -> None:
        photograph(anna, out / f"{name}.webp", _piece(anna))
        print(name)

    for page in (anna, jonas):
        page.goto(f"{demo.app}/admin/guard")
    _save_budget(jonas, "500")
    expect(jonas.get_by_role("status").first).to_contain_text(says("done.saved"))
    _save_budget(anna, "600")
    expect(anna.get_by_role("heading", level=1)).to_contain_text("Jonas")
    shoot("zustand-gleichzeitig")
    anna.goto(f"{demo.app}/admin/guard")
    anna.locator("[name=quiet_end_0]").fill("2026-11-24")
    _save_budget(anna, "1.20")
    expect(anna.locator("#budget[aria-invalid]")).to_be_visible()
    shoot("zustand-eingabe")
    anna.goto(f"{demo.app}/admin/guard")
    _save_budget(anna, "600")
    expect(anna.get_by_role("status").first).to_contain_text(says("done.saved"))
    shoot("zustand-erfolg")
    anna.goto(f"{demo.app}/admin/gutscheine-2025")
    shoot("zustand-seite-fehlt")
    ask(demo, "faults", {"silent": 120})
    ask(demo, "orders", {"email": "lena@example.com", "pieces": 1, "country": "DE"})
    _wait_for(anna, demo, "#outage-platform")
    shoot("zustand-stoerung-aussen")
    ask(demo, "faults", {"silent": 0})
    anna.get_by_role("button", name=says("outage.try")).click()
    ask(demo, "scopes", {"without": "read_orders"})
    ask(demo, "orders", {"email": "lena@example.com", "pieces": 1, "country": "DE"})
    _wait_for(anna, demo, "[id^=right-]")
    shoot("zustand-recht-fehlt")
    anna.get_by_role("link", name=says("rights.grant")).first.click()
    anna.locator('button[value="allow"]').click()
    anna.wait_for_url(f"{demo.app}/admin/*")
    for page in (anna, jonas):
        page.context.close()


def _piece(page: Page) -> dict[str, Any]:
    """Return where the page's own part stands, with its first panels."""
    left = page.locator("main").bounding_box()
    x = 0 if left is None else max(left["x"], 0)
    high = whole(page, _HIGH)["height"]
    return {"x": x, "y": 0, "width": _WIDE, "height": high, "scale": 1}


def _window(browser: Browser) -> Page:
    viewport = ViewportSize(width=DESKTOP["width"], height=DESKTOP["height"])
    page = browser.new_context(locale="de-DE", viewport=viewport).new_page()
    page.set_default_timeout(30_000)
    return page


def _jonas(browser: Browser, demo: RunningDemo, anna: Page) -> Page:
    """Invite a colleague, who comes in by the link of the mail."""
    anna.goto(f"{demo.app}/admin/team")
    anna.locator("#name").fill("Jonas")
    anna.locator("#email").fill(JONAS)
    anna.locator("#r-staff").check()
    anna.get_by_role("button", name=says("team.send"), exact=True).click()
    mail = eventually(lambda: next(iter(ask(demo, f"mails?to={JONAS}")), None), "the invitation")
    page = _window(browser)
    page.goto(next(link for link in mail["links"] if link.startswith(demo.app)))
    page.get_by_role("button").first.click()
    page.wait_for_url(f"{demo.app}/admin/*")
    return page


def _save_budget(page: Page, amount: str) -> None:
    page.locator("#budget").fill(amount)
    page.get_by_role("button", name=says("guard.save"), exact=True).click()
    page.wait_for_load_state("networkidle")


def _wait_for(page: Page, demo: RunningDemo, part: str) -> None:
    def stands() -> bool:
        page.goto(f"{demo.app}/admin/")
        return page.locator(part).count() > 0

    eventually(stands, f"{part} on the overview", 90, 1)
