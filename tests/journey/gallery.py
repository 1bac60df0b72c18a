"""Takes the pictures of docs/gallery/merchant and docs/gallery/parcels from the running demo.

Run by hand: `python -m tests.journey.gallery [--only uebersicht] [--out docs/gallery]`. Every
picture is of the demo with its seeded shop, opened in Chromium as a merchant opens it.
"""

from __future__ import annotations

import argparse
import tempfile
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, Page, sync_playwright

from tests.conftest import CHROMIUM_ARGS
from tests.journey.parcel_photos import take_parcels
from tests.journey.photos import DESKTOP, HIGHEST, PHONE, photograph, whole
from tests.journey.running import RunningDemo

ROOT = Path(__file__).resolve().parents[2]
OUT = ROOT / "docs" / "gallery"
PORT = 24195

Act = Callable[[Page], None]


def look(_page: Page) -> None:
    """Do nothing before the picture is taken."""


def first_of(table: str) -> Act:
    """Follow the first link in a list."""
    return lambda page: page.locator(table).first.click()


@dataclass(frozen=True)
class Shot:
    """One picture: its name, the path in the admin or shop, who looks, and what is done before."""

    name: str
    path: str
    act: Act = look
    where: str = "app"
    size: dict[str, int] = field(default_factory=lambda: DESKTOP)
    dark: bool = False
    lang: str = "de"
    most: int = HIGHEST


def campaign(name: str, section: str = "") -> Act:
    """Open a campaign of the list, and one of its sections."""

    def act(page: Page) -> None:
        page.get_by_role("link", name=name, exact=True).first.click()
        page.wait_for_load_state("networkidle")
        if section:
            page.goto(page.url.split("?")[0] + f"?{section}")

    return act


SHOTS = (
    Shot("uebersicht", "/admin/"),
    Shot("zahlen", "/admin/figures"),
    Shot("widgets", "/admin/widgets"),
    Shot("editor", "/admin/widgets", campaign("Newsletter mit Gutschein"), most=1240),
    Shot("editor-blockiert", "/admin/widgets", campaign("Exit-Intent-Fenster"), most=1240),
    Shot(
        "zielgruppe-englisch",
        "/admin/widgets",
        campaign("Newsletter mit Gutschein", "section=who&lang=en"),
    ),
    Shot("rabatt-waechter", "/admin/guard"),
    Shot("empfaenger-nachweis", "/admin/people", first_of("main table a[href*='/people/']")),
    Shot("sendungen", "/admin/parcels"),
    Shot("recht-und-daten", "/admin/law"),
    Shot("einrichtung", "/admin/setup"),
    Shot("telefon-uebersicht", "/admin/", size=PHONE),
    Shot("telefon-waechter", "/admin/guard", size=PHONE, dark=True),
    Shot("telefon-notaus", "/admin/stop", size=PHONE),
    Shot("uebersicht-dunkel", "/admin/", dark=True),
    Shot("demo-laden", "/", where="shop"),
    Shot("demo-artikel", "/products/teekanne-seeufer", where="shop"),
    Shot("demo-hinterzimmer", "/hinterzimmer", where="shop"),
    Shot("demo-postfach", "/postfach", where="shop"),
)


def sign_in(browser: Browser, demo: RunningDemo, shot: Shot) -> Page:
    """Open a browser of this size and light that the shop's admin has let into Bleib."""
    context = browser.new_context(
        locale="de-DE" if shot.lang == "de" else "en-GB",
        viewport={"width": shot.size["width"], "height": shot.size["height"]},
        color_scheme="dark" if shot.dark else "light",
    )
    page = context.new_page()
    page.set_default_timeout(30_000)
    page.goto(f"{demo.shop}/admin/apps/bleib")
    return page


def take(browser: Browser, demo: RunningDemo, shot: Shot, out: Path) -> None:
    """Take one picture of the whole page."""
    page = sign_in(browser, demo, shot)
    page.goto((demo.app if shot.where == "app" else demo.shop) + shot.path)
    shot.act(page)
    page.wait_for_load_state("networkidle")
    photograph(page, out / f"{shot.name}.webp", whole(page, shot.most))
    page.context.close()


def main() -> None:
    """Start the demo and take the pictures."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--only", default="", help="names that begin with this")
    parser.add_argument("--out", type=Path, default=OUT)
    parser.add_argument("--running", nargs=2, metavar=("SHOP", "APP"), help="a demo that runs")
    given = parser.parse_args()
    out: Path = given.out
    (out / "merchant").mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as play:
        browser = play.chromium.launch(executable_path="/usr/bin/chromium", args=CHROMIUM_ARGS)
        demo: Any = RunningDemo(Path(folder), PORT)
        if given.running:
            demo.shop, demo.app = given.running
            take_all(browser, demo, out, given.only)
        else:
            with demo:
                take_all(browser, demo, out, given.only)
        browser.close()


def take_all(browser: Browser, demo: RunningDemo, out: Path, only: str) -> None:
    """Take every picture whose name begins with `only`."""
    for shot in SHOTS:
        if shot.name.startswith(only):
            take(browser, demo, shot, out / "merchant")
            print(shot.name)
    if "parcels".startswith(only):
        take_parcels(browser, demo, out / "parcels")


if __name__ == "__main__":
    main()
