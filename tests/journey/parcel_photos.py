"""Pictures of what a buyer sees of an order in two parcels: page, mails, flyer, withdrawal."""

from __future__ import annotations

import json
import urllib.request
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, Page

from tests.journey.flyer_photo import take_flyer
from tests.journey.photos import DESKTOP, PHONE, open_up, photograph, window
from tests.journey.running import RunningDemo
from tests.journey.stage import eventually

EMAIL = "nora.winter@example.com"
SIZES = {"desktop": DESKTOP, "phone": PHONE}


def ask(demo: RunningDemo, path: str, body: dict[str, Any] | None = None) -> Any:
    """Ask the demo shop's own interface."""
    request = urllib.request.Request(
        f"{demo.shop}/__demo/{path}",
        data=None if body is None else json.dumps(body).encode(),
        headers={"Content-Type": "application/json"},
    )
    with urllib.request.urlopen(request, timeout=15) as answer:
        return json.load(answer)


def mail_about(demo: RunningDemo, subject: str) -> dict[str, Any]:
    """Return the mail with these words in its subject, once it has arrived."""

    def arrived() -> dict[str, Any] | None:
        found = [one for one in ask(demo, f"mails?to={EMAIL}") if subject in one["subject"]]
        return found[0] if found else None

    return eventually(arrived, f"mail: {subject}", pause=0.3)


def take_parcels(browser: Browser, demo: RunningDemo, out: Path) -> None:
    """Let an order go out in two parcels, one of them late, and take every picture of it."""
    order = ask(demo, "orders", {"email": EMAIL, "pieces": 3, "country": "DE"})
    received = mail_about(demo, "eingegangen")
    take_flyer(browser, demo, order, out / "flyer.webp")
    ask(demo, f"orders/{order['id']}/split", {})
    late, here = ask(demo, f"orders/{order['name'].lstrip('#')}")["parcels"]
    for parcel in (late, here):
        ask(demo, f"parcels/{parcel['id']}/step", {})
    sent = mail_about(demo, "unterwegs")
    ask(demo, f"parcels/{late['id']}/delay", {})
    delayed = mail_about(demo, "kommt später")
    ask(demo, f"parcels/{here['id']}/step", {})
    arrived = mail_about(demo, "ist da")
    link = next(address for address in delayed["links"] if "/s/" in address)
    for device, size in SIZES.items():
        page = window(browser, size)
        for lang in ("de", "en"):
            page.goto(f"{link}?lang={lang}")
            _shoot(page, out / f"order-{device}-{lang}.webp")
        page.goto(f"{link}?lang=de")
        page.locator('a[href*="/withdrawal"]').first.click()
        _shoot(page, out / f"withdrawal-{device}-de.webp")
        page.context.close()
    page = window(browser, {"width": 640, "height": 800})
    mails = {"received": received, "sent": sent, "delayed": delayed, "arrived": arrived}
    for name, mail in mails.items():
        page.goto(f"{demo.shop}/postfach/{mail['id']}/html")
        _shoot(page, out / f"mail-{name}.webp")
    page.context.close()


def _shoot(page: Page, path: Path) -> None:
    page.wait_for_load_state("networkidle")
    open_up(page)
    photograph(page, path)
