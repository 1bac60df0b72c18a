"""The states of the merchant's pages, each brought about by what causes it, and photographed.

Of each state the panels or notes that tell of it are kept, at the size at which they are read.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

from playwright.sync_api import Browser, Locator, Page, ViewportSize, expect

from tests.journey.parcel_photos import ask
from tests.journey.people import says
from tests.journey.photos import DESKTOP, SHARP, photograph, window
from tests.journey.running import RunningDemo
from tests.journey.stage import eventually

JONAS = "jonas@uferhaus.example"
#: In a window this wide, a panel is as wide as a column of the sheet.
PANEL = ViewportSize(width=474, height=900)
#: A panel's own edge, which its place on the sheet draws anew.
CUT = 12
STATES = (
    "zustand-gleichzeitig", "zustand-eingabe", "zustand-eingabe-budget", "zustand-eingabe-ruhezeit",
    "zustand-veroeffentlicht", "zustand-geloescht", "zustand-nichts-gefunden",
    "zustand-seite-fehlt", "zustand-abgemeldet", "zustand-stoerung-aussen", "zustand-recht-fehlt",
)  # fmt: skip
_RIGHT = "[id^=right-]"

#: Keeps the picture of a state: its name, and the panel, note or part of a form that tells of it.
Keep = Callable[[str, Locator], None]


def take_states(browser: Browser, demo: RunningDemo, out: Path) -> None:
    """Take every state; the last ones leave the shop disturbed."""
    anna = window(browser, {"width": PANEL["width"], "height": PANEL["height"]}, sharp=SHARP)
    anna.goto(f"{demo.shop}/admin/apps/bleib")
    jonas = _jonas(browser, demo, anna)

    def keep(name: str, element: Locator) -> None:
        anna.wait_for_load_state("networkidle")
        of_panel = "panel" in (element.get_attribute("class") or "").split()
        reason = element.locator(".problem")
        photograph(
            anna,
            out / f"{name}.webp",
            element,
            cut=CUT if of_panel else 0,
            until=reason.last if reason.count() else None,
        )
        print(name)

    _two_save_at_once(anna, jonas, demo, keep)
    _wrong_input(anna, demo, keep)
    _success(anna, demo, keep)
    anna.goto(f"{demo.app}/admin/gutscheine-2025")
    keep("zustand-seite-fehlt", _panel(anna))
    _signed_out(anna, demo, keep)
    _right_is_missing(anna, demo, keep)
    _shop_does_not_answer(anna, demo, keep)
    for page in (anna, jonas):
        page.context.close()


def _two_save_at_once(anna: Page, jonas: Page, demo: RunningDemo, keep: Keep) -> None:
    for page in (anna, jonas):
        page.goto(f"{demo.app}/admin/guard")
    _save_budget(jonas, "500")
    expect(jonas.get_by_role("status").first).to_contain_text(says("done.saved"))
    _save_budget(anna, "600")
    expect(anna.get_by_role("heading", level=1)).to_contain_text("Jonas")
    keep("zustand-gleichzeitig", _panel(anna))


def _wrong_input(anna: Page, demo: RunningDemo, keep: Keep) -> None:
    anna.goto(f"{demo.app}/admin/guard")
    end = anna.locator("[name=quiet_end_0]")
    end.fill("2026-11-24")
    _save_budget(anna, "1.20")
    expect(anna.locator("#budget[aria-invalid]")).to_be_visible()
    anna.evaluate("document.activeElement.blur()")
    limits = anna.locator("form#limits > .limit")
    keep("zustand-eingabe", anna.locator("main .note.bad").first)
    keep("zustand-eingabe-budget", limits.filter(has=anna.locator("#budget")))
    keep("zustand-eingabe-ruhezeit", limits.filter(has=end))


def _success(anna: Page, demo: RunningDemo, keep: Keep) -> None:
    """Publish a draft, erase a person, look for a piece of an address."""
    good = anna.locator("main .note.good[role=status]").first
    anna.goto(f"{demo.app}/admin/widgets")
    anna.get_by_role("link", name="Newsletter mit Gutschein", exact=True).first.click()
    heading = anna.locator("#f-title-de")
    heading.fill("Zwei Mails im Monat, 15 % auf die erste Bestellung")
    with anna.expect_response(lambda answer: answer.request.method == "POST"):
        heading.press("Tab")
    anna.reload()
    anna.get_by_role("button", name=says("editor.publish"), exact=True).first.click()
    expect(good).to_contain_text(says("done.published"))
    keep("zustand-veroeffentlicht", good)
    anna.goto(f"{demo.app}/admin/people")
    address = anna.locator("main table tbody a").last.inner_text()
    anna.goto(f"{demo.app}/admin/law/person")
    anna.locator("#wanted").fill(address)
    anna.locator("#wanted").press("Enter")
    anna.get_by_role("button", name=says("law.person_erase")).click()
    anna.locator("button.stop-all").click()
    expect(good).to_contain_text(says("law.erased"))
    keep("zustand-geloescht", good)
    anna.goto(f"{demo.app}/admin/people")
    anna.locator("#wanted").fill("brant")
    anna.locator("#wanted").press("Enter")
    missed = anna.locator("main .note[role=status]").first
    expect(missed).to_contain_text("brant")
    keep("zustand-nichts-gefunden", missed)


def _signed_out(anna: Page, demo: RunningDemo, keep: Keep) -> None:
    """Save when the session is over: what was entered is kept."""
    anna.goto(f"{demo.app}/admin/guard")
    anna.context.clear_cookies(name=re.compile(r"^(__Host-)?bleib$"))
    _save_budget(anna, "650")
    expect(anna.get_by_role("heading", level=1)).to_have_text(says("stay.over"))
    keep("zustand-abgemeldet", _panel(anna))
    anna.goto(f"{demo.shop}/admin/apps/bleib")


def _shop_does_not_answer(anna: Page, demo: RunningDemo, keep: Keep) -> None:
    ask(demo, "faults", {"silent": 120})
    ask(demo, "orders", {"email": "lena@example.com", "pieces": 1, "country": "DE"})
    keep("zustand-stoerung-aussen", _shown(anna, demo, "#outage-platform"))
    ask(demo, "faults", {"silent": 0})
    anna.get_by_role("button", name=says("outage.try")).click()


def _right_is_missing(anna: Page, demo: RunningDemo, keep: Keep) -> None:
    """Take a right away while vouchers are to be made; then grant it again.

    Whoever waits may be promised none: then it is the right to read orders that is missed.
    """
    ask(demo, "scopes", {"without": "write_discounts"})
    _confirm_what_waits(anna, demo)
    if not _stands(anna, demo, _RIGHT, 45):
        ask(demo, "scopes", {"without": "read_orders"})
        ask(demo, "orders", {"email": "lena@example.com", "pieces": 1, "country": "DE"})
    keep("zustand-recht-fehlt", _shown(anna, demo, _RIGHT))
    anna.get_by_role("link", name=says("rights.grant")).first.click()
    anna.locator('button[value="allow"]').click()
    anna.wait_for_url(f"{demo.app}/admin/*")


def _confirm_what_waits(anna: Page, demo: RunningDemo) -> None:
    """Confirm the addresses that got their mail, as their owners do."""
    anna.goto(f"{demo.app}/admin/people?list=waiting")
    waiting = anna.locator("main table tbody a").all_inner_texts()
    mails = [mail for address in waiting for mail in ask(demo, f"mails?to={address}")]
    for link in {link for mail in mails for link in mail["links"] if "/c/" in link}:
        anna.goto(link)
        if anna.get_by_role("button").count():
            anna.get_by_role("button").first.click()
            anna.wait_for_load_state("networkidle")


def _panel(page: Page) -> Locator:
    return page.locator("main section.panel").first


def _jonas(browser: Browser, demo: RunningDemo, anna: Page) -> Page:
    """Invite a colleague, who comes in by the link of the mail."""
    anna.goto(f"{demo.app}/admin/team")
    anna.locator("#name").fill("Jonas")
    anna.locator("#email").fill(JONAS)
    anna.locator("#r-staff").check()
    anna.get_by_role("button", name=says("team.send"), exact=True).click()
    mail = eventually(lambda: next(iter(ask(demo, f"mails?to={JONAS}")), None), "the invitation")
    page = window(browser, DESKTOP)
    page.goto(next(link for link in mail["links"] if link.startswith(demo.app)))
    page.get_by_role("button").first.click()
    page.wait_for_url(f"{demo.app}/admin/*")
    return page


def _save_budget(page: Page, amount: str) -> None:
    page.locator("#budget").fill(amount)
    page.get_by_role("button", name=says("guard.save"), exact=True).click()
    page.wait_for_load_state("networkidle")


def _shown(page: Page, demo: RunningDemo, selector: str) -> Locator:
    """Return a part of the overview, once it is there."""
    assert _stands(page, demo, selector, 90), f"{selector} on the overview"
    return page.locator(selector).first


def _stands(page: Page, demo: RunningDemo, selector: str, seconds: int) -> bool:
    """Open the overview until a part of it is there; tell whether it came in time."""
    for _ in range(seconds):
        page.goto(f"{demo.app}/admin/")
        if page.locator(selector).count():
            return True
        page.wait_for_timeout(1000)
    return False
