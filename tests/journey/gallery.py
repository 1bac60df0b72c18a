"""Takes the pictures of docs/gallery/merchant and docs/gallery/parcels from the running demo.

Run by hand: `python -m tests.journey.gallery [--only uebersicht] [--out docs/gallery]`. Every
picture is of the demo with its seeded shop, opened in Chromium as a merchant opens it: 1440 px wide
on a computer, 375 px on a phone. Bleib ships no fonts, so the pictures stand in Inter for what a
machine calls `system-ui`, and in TeX Gyre Pagella for the demo shop's Palatino (`fonts.py`); that
needs Debian's packages fonts-inter, fonts-texgyre and, for dates in German, chromium-l10n.
"""

from __future__ import annotations

import argparse
import os
import sys
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from playwright.sync_api import Browser, sync_playwright

from tests.dns_server import NameServer, name_server
from tests.journey.arrivals import (
    MAIL_DOMAIN,
    OWN_DOMAIN,
    begin_the_setup,
    in_the_frame,
    let_bleib_write,
)
from tests.journey.fonts import missing_packages
from tests.journey.parcel_photos import take_parcels
from tests.journey.photos import start_browser
from tests.journey.running import RunningDemo
from tests.journey.sheets import SHEETS, draw_sheet
from tests.journey.shots import ENGLISH, NEW_SHOTS, SHOTS, STOPPED, YOUNG, Shot, take, take_all
from tests.journey.stage import eventually
from tests.journey.state_photos import STATES, take_states

ROOT = Path(__file__).resolve().parents[2]
OUT = ROOT / "docs" / "gallery"
PORT = 24195

Taking = Callable[[Browser, RunningDemo, Path], None]


def parcels(browser: Browser, demo: RunningDemo, out: Path) -> None:
    """Take the pictures of an order in two parcels."""
    let_bleib_write(browser, demo)
    take_parcels(browser, demo, out / "parcels")


def states(browser: Browser, demo: RunningDemo, out: Path) -> None:
    """Take the states; the last of them is that everything has been stopped."""
    take_states(browser, demo, out / "merchant")
    take(browser, demo, STOPPED, out / "merchant")


@dataclass(frozen=True)
class Special:
    """Pictures that are taken together, and how."""

    names: tuple[str, ...]
    taken: Taking

    def wanted(self, only: str) -> bool:
        """Tell whether the name of one of them begins with `only`."""
        return any(name.startswith(only) for name in self.names)


@dataclass(frozen=True)
class Run:
    """One run of the demo: how it is started, and what is taken of it, in this order."""

    options: tuple[str, ...]
    begin: Special | None = None
    shots: tuple[Shot, ...] = ()
    #: These change what the others show.
    end: tuple[Special, ...] = ()

    @property
    def names(self) -> tuple[str, ...]:
        """The pictures of this run."""
        specials = (*((self.begin,) if self.begin else ()), *self.end)
        return (
            *(shot.name for shot in self.shots),
            *(f"{shot.name}-en" for shot in self.shots if shot.name in ENGLISH),
            *(name for special in specials for name in special.names),
        )

    def take(
        self, browsers: dict[str, Browser], demo: RunningDemo, out: Path, only: str = ""
    ) -> None:
        """Take the pictures whose names begin with `only`."""
        if self.begin:  # What comes after needs what it does.
            self.begin.taken(browsers["de"], demo, out)
        take_all(browsers, demo, self.shots, out / "merchant", only)
        for special in self.end:
            if special.wanted(only):
                special.taken(browsers["de"], demo, out)


RUNS = (
    Run(("--past", "0"), Special(("demo-zustimmung", "zustand-leer"), begin_the_setup), NEW_SHOTS),
    Run(("--past", "5"), shots=(YOUNG,)),
    Run(
        (),
        shots=SHOTS,
        end=(Special(("parcels",), parcels), Special((*STATES, STOPPED.name), states)),
    ),
    Run(
        ("--embedded", "--past", "90"),
        end=(Special(("widgets-im-shopify-rahmen",), in_the_frame),),
    ),
)
#: Every picture of docs/gallery/merchant.
PICTURES = frozenset(name for run in RUNS for name in (*run.names, *SHEETS)) - {"parcels"}


def known_names(server: NameServer) -> None:
    """Let the name server know the shop's domain: two of three records are there."""
    server.texts[OWN_DOMAIN] = [f"v=spf1 include:{MAIL_DOMAIN} -all"]
    server.texts[MAIL_DOMAIN] = ["v=spf1 -all"]
    server.texts[f"_dmarc.{OWN_DOMAIN}"] = ["v=DMARC1; p=none"]
    os.environ["BLEIB_DNS_SERVER"] = server.address


def main() -> None:
    """Start the demo and take the pictures."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--only", default="", help="names that begin with this")
    parser.add_argument("--out", type=Path, default=OUT)
    given = parser.parse_args()
    missing = missing_packages()
    if missing:
        sys.exit(f"The pictures need Debian's packages: apt-get install {' '.join(missing)}")
    with (
        tempfile.TemporaryDirectory() as folder,
        name_server() as names,
        sync_playwright() as play,
    ):
        known_names(names)
        browsers = {lang: start_browser(play, Path(folder), lang) for lang in ("de", "en")}
        for number, run in enumerate(RUNS):
            if any(name.startswith(given.only) for name in run.names):
                data, port = Path(folder) / str(number), PORT + 3 * number
                with RunningDemo(data, port, *run.options) as demo:
                    eventually(demo.caught_up, "the parcels are read", 300, 1)
                    run.take(browsers, demo, given.out, given.only)
        draw_sheets(browsers["de"], given.out / "merchant", given.only)
        for browser in browsers.values():
            browser.close()


def draw_sheets(browser: Browser, folder: Path, only: str = "") -> None:
    """Draw every sheet anew of which a picture was taken, once all of them are there."""
    for name, sheet in SHEETS.items():
        touched = any(one.startswith(only) for one in (name, *sheet.parts))
        if touched and all((folder / f"{one}.webp").exists() for one in sheet.parts):
            draw_sheet(browser, folder, name, sheet)


if __name__ == "__main__":
    main()
