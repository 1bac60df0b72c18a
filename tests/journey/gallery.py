"""Takes the pictures of docs/gallery/merchant and docs/gallery/parcels from the running demo.

Run by hand: `python -m tests.journey.gallery [--only uebersicht] [--out docs/gallery]`. Every
picture is of the demo with its seeded shop, opened in Chromium as a merchant opens it.
"""

from __future__ import annotations

import argparse
import os
import re
import tempfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from playwright.sync_api import Browser, Page, expect, sync_playwright

from tests.conftest import CHROMIUM_ARGS
from tests.dns_server import NameServer, name_server
from tests.journey.parcel_photos import take_parcels
from tests.journey.people import says, shop_says
from tests.journey.photos import DESKTOP, HIGHEST, PHONE, photograph, whole
from tests.journey.running import RunningDemo
from tests.journey.sheets import SHEETS, side_by_side
from tests.journey.stage import eventually
from tests.journey.state_photos import STATES, take_states

ROOT = Path(__file__).resolve().parents[2]
OUT = ROOT / "docs" / "gallery"
PORT = 24195
#: Where the shop's own mails are to come from, and whose list of senders its domain includes.
OWN_DOMAIN = "keramik-uferhaus.example"
MAIL_DOMAIN = "uferhaus.example"
#: Native fields of dates speak German.
ARGS = [*CHROMIUM_ARGS, "--lang=de"]

#: Where the button of a voucher's mail leads.
_TO_REDEEM = re.compile(r"/discount/|/use(\?|$)")

Act = Callable[[Page], None]
Taking = Callable[[Browser, RunningDemo, Path], None]


def look(_page: Page) -> None:
    """Do nothing before the picture is taken."""


def first_of(table: str) -> Act:
    """Follow the first link in a list."""
    return lambda page: page.locator(table).first.click()


def into_the_cart(page: Page) -> None:
    """Put two products into the cart, redeem a voucher, and look at it."""
    shop = page.url.split("/products/")[0]
    for handle in ("teekanne-seeufer", "schale-untersee"):
        page.goto(f"{shop}/products/{handle}")
        page.locator('form[action="/cart/add"] button[name="add"]').click()
        expect(page.locator("[data-added]")).not_to_be_empty()
    mails = page.request.get(f"{shop}/__demo/mails").json()
    links = [link for mail in mails for link in mail["links"] if _TO_REDEEM.search(link)]
    page.goto(links[-1])
    page.goto(f"{shop}/cart")
    page.locator('[data-bleib="cross_sell"]').scroll_into_view_if_needed()


def search_in_vain(page: Page) -> None:
    """Look for a piece of an address."""
    page.locator("#wanted").fill("brant")
    page.locator("#wanted").press("Enter")


def stop_everything(page: Page) -> None:
    """Press the red button."""
    page.locator("button.stop-all").click()


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


def edited(name: str) -> Act:
    """Open a campaign, change its heading, and look at its form."""
    heading = "Ein Brief im Monat, 15 % auf die erste Bestellung"

    def act(page: Page) -> None:
        campaign(name, "section=content&state=open")(page)
        field = page.locator("#f-title-de")
        if field.input_value() != heading:
            field.fill(heading)
            with page.expect_response(lambda answer: answer.request.method == "POST"):
                field.press("Tab")
        # Anew: a page whose frame was exchanged is never said to be at rest.
        page.reload()
        page.evaluate("scrollTo(0, 0)")
        expect(field).to_have_value(heading)

    return act


SHOTS = (
    Shot("uebersicht", "/admin/"),
    Shot("zahlen", "/admin/figures"),
    Shot("widgets", "/admin/widgets"),
    Shot("editor", "/admin/widgets", edited("Newsletter mit Gutschein"), most=1240),
    Shot("editor-blockiert", "/admin/widgets", campaign("Exit-Intent-Fenster"), most=1240),
    Shot(
        "zielgruppe-englisch",
        "/admin/widgets",
        campaign("Newsletter mit Gutschein", "section=who&lang=en"),
    ),
    Shot("zielgruppe", "/admin/widgets", campaign("Newsletter mit Gutschein", "section=who")),
    Shot("rabatt-waechter", "/admin/guard"),
    Shot(
        "empfaenger-nachweis",
        "/admin/people",
        first_of("main table a[href*='/people/']"),
        most=1240,
    ),
    Shot("zustand-nichts-gefunden", "/admin/people", search_in_vain, most=700),
    Shot("sendungen", "/admin/parcels"),
    Shot("sendungen-zahlen", "/admin/figures/parcels"),
    Shot("sendungen-beilage", "/admin/parcels/inserts"),
    Shot("recht-und-daten", "/admin/law"),
    Shot("ziele", "/admin/widgets/goals?goal=new"),
    Shot("aussehen", "/admin/look", most=1240),
    Shot("wie-oft", "/admin/manners"),
    Shot("vorschlagsregeln", "/admin/suggestions", most=1240),
    Shot("einkaufspreise", "/admin/guard/costs", most=1240),
    Shot("gutscheine", "/admin/vouchers"),
    Shot("streichpreise", "/admin/prices"),
    Shot("mailtexte", "/admin/mails"),
    Shot("mailversand", "/admin/mail", most=1240),
    Shot("anmeldeschutz", "/admin/protection"),
    Shot("verbindungen", "/admin/connections", most=1240),
    Shot("nachrichten", "/admin/parcels/messages"),
    Shot("widerrufe", "/admin/parcels/withdrawals"),
    Shot("benachrichtigungen", "/admin/parcels/notices"),
    Shot("zusteller", "/admin/parcels/carriers", most=1240),
    Shot("kunden", "/admin/figures/customers"),
    Shot("werbekosten", "/admin/figures/costs"),
    Shot("vorschlagszahlen", "/admin/figures/suggestions"),
    Shot("einwilligung", "/admin/law/consent", most=1240),
    Shot("team", "/admin/team"),
    Shot("zugriffe", "/admin/law/access-log", most=1000),
    Shot("liegen-geblieben", "/admin/work"),
    Shot("telefon-uebersicht", "/admin/", size=PHONE, most=812),
    Shot("telefon-waechter", "/admin/guard", size=PHONE, dark=True, most=812),
    Shot("telefon-notaus", "/admin/stop", size=PHONE, most=812),
    Shot("uebersicht-dunkel", "/admin/", dark=True),
    Shot("demo-startseite", "/", where="shop"),
    Shot("demo-artikel", "/products/teekanne-seeufer", where="shop"),
    Shot("demo-warenkorb", "/products/teekanne-seeufer", into_the_cart, where="shop"),
    Shot("demo-hinterzimmer", "/hinterzimmer", where="shop"),
    Shot("demo-postfach", "/postfach", where="shop", most=1000),
)
#: Pages of the admin that are shown in English, too.
ENGLISH = (
    "uebersicht", "zahlen", "widgets", "editor", "editor-blockiert", "rabatt-waechter",
    "empfaenger-nachweis", "sendungen", "recht-und-daten", "telefon-notaus", "einrichtung",
    "ziele", "aussehen", "wie-oft", "vorschlagsregeln", "einkaufspreise", "gutscheine",
    "streichpreise", "mailtexte", "mailversand", "anmeldeschutz", "verbindungen", "nachrichten",
    "widerrufe", "benachrichtigungen", "zusteller", "kunden", "werbekosten", "vorschlagszahlen",
    "einwilligung", "team", "zugriffe", "liegen-geblieben", "sendungen-beilage", "sendungen-zahlen",
)  # fmt: skip

#: Of a shop that has just installed Bleib; the first is of the installation itself.
NEW_SHOTS = (
    Shot("einrichtung", "/admin/setup?step=2"),
    Shot("zustand-leer", "/admin/people"),
)
#: Of a shop in its first week.
YOUNG = Shot("uebersicht-zu-wenig-daten-dunkel", "/admin/", dark=True)
#: Taken last: who stops Bleib stops it for every picture.
STOPPED = Shot("zustand-angehalten", "/admin/stop", stop_everything, most=700)


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
    if shot.lang == "en":
        page.goto(f"{demo.app}/admin/?lang=en")
    return page


def take(browser: Browser, demo: RunningDemo, shot: Shot, out: Path) -> None:
    """Take one picture of the whole page."""
    page = sign_in(browser, demo, shot)
    page.goto((demo.app if shot.where == "app" else demo.shop) + shot.path)
    shot.act(page)
    page.wait_for_load_state("networkidle")
    photograph(page, out / f"{shot.name}.webp", whole(page, shot.most))
    page.context.close()


def nothing(_browser: Browser, _demo: RunningDemo, _out: Path) -> None:
    """Take no picture."""


def parcels_and_stop(browser: Browser, demo: RunningDemo, out: Path) -> None:
    """Take the pictures that change what the others show."""
    let_bleib_write(browser, demo)
    take_parcels(browser, demo, out / "parcels")
    take_states(browser, demo, out / "merchant")
    take(browser, demo, STOPPED, out / "merchant")


@dataclass(frozen=True)
class Run:
    """One run of the demo: how it is started, and what is taken of it, in this order."""

    options: tuple[str, ...]
    begin: Taking = nothing
    shots: tuple[Shot, ...] = ()
    end: Taking = nothing
    #: Pictures that `begin` and `end` take.
    more: tuple[str, ...] = ()

    @property
    def names(self) -> tuple[str, ...]:
        """The pictures of this run."""
        return (*(shot.name for shot in self.shots), *self.more)


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
    merchant = given.out / "merchant"
    with (
        tempfile.TemporaryDirectory() as folder,
        name_server() as names,
        sync_playwright() as play,
    ):
        known_names(names)
        browser = play.chromium.launch(
            executable_path="/usr/bin/chromium", args=[*CHROMIUM_ARGS, "--lang=de"]
        )
        for number, run in enumerate(RUNS):
            if any(name.startswith(given.only) for name in run.names):
                data, port = Path(folder) / str(number), PORT + 3 * number
                with RunningDemo(data, port, *run.options) as demo:
                    eventually(demo.caught_up, "the parcels are read", 300, 1)
                    run.begin(browser, demo, given.out)
                    take_all(browser, demo, run.shots, merchant, given.only)
                    if any(name.startswith(given.only) for name in run.more):
                        run.end(browser, demo, given.out)
        for name, parts in SHEETS.items():
            if all((merchant / f"{part}.webp").exists() for part in parts):
                side_by_side(browser, merchant, name, parts)
        browser.close()


def take_all(
    browser: Browser, demo: RunningDemo, shots: Sequence[Shot], out: Path, only: str
) -> None:
    """Take every picture whose name begins with `only`."""
    english = [
        replace(shot, name=f"{shot.name}-en", lang="en") for shot in shots if shot.name in ENGLISH
    ]
    for shot in (*shots, *english):
        if shot.name.startswith(only):
            take(browser, demo, shot, out)
            print(shot.name)


def ask_for_consent(browser: Browser, demo: RunningDemo, out: Path) -> None:
    """Install Bleib, with a picture of what it asks for."""
    path = out / "merchant" / "demo-zustimmung.webp"
    page = browser.new_page(locale="de-DE")
    page.goto(f"{demo.shop}/admin/apps/bleib")
    photograph(page, path, whole(page))
    page.locator('button[value="allow"]').click()
    page.wait_for_url(f"{demo.app}/admin/setup*")
    page.close()


def begin_the_setup(browser: Browser, demo: RunningDemo, out: Path) -> None:
    """Install Bleib, switch it on in the theme, and name a sender whose signature is missing."""
    ask_for_consent(browser, demo, out)
    page = sign_in(browser, demo, SHOTS[0])
    page.goto(f"{demo.app}/admin/setup")
    expect(page.locator("#sync-title")).to_have_text(says("setup.sync.title_done"), timeout=90_000)
    page.get_by_role("link", name=says("platforms.shopify.embed_open")).click()
    page.get_by_role("button", name=shop_says("editor.save")).click()
    page.get_by_role("link", name=shop_says("editor.back")).click()
    page.wait_for_url(f"{demo.app}/admin/*")
    page.goto(f"{demo.app}/admin/setup")
    if page.get_by_role("button", name=says("setup.embed.look")).count():
        page.get_by_role("button", name=says("setup.embed.look")).click()
    page.goto(f"{demo.app}/admin/setup?step=2")
    page.locator("#imprint").fill("Uferhaus GmbH, Seestraße 1, 78464 Konstanz")
    page.locator("#privacy_url").fill("https://uferhaus.example/datenschutz")
    page.get_by_role("button", name=says("setup.sender.save")).click()
    expect(page.get_by_role("status").filter(has_text=says("done.saved"))).to_be_visible()
    page.goto(f"{demo.app}/admin/setup?step=2")
    page.locator("#own-sender").fill(f"post@{OWN_DOMAIN}")
    page.get_by_role("button", name=says("mail.check")).click()
    expect(page.locator("#step-sender .record")).to_be_visible()
    page.context.close()


def let_bleib_write(browser: Browser, demo: RunningDemo) -> None:
    """Answer who writes to buyers about their parcels."""
    page = sign_in(browser, demo, SHOTS[0])
    page.goto(f"{demo.app}/admin/parcels/notices")
    page.get_by_role("button", name=says("notices.ask.bleib"), exact=True).click()
    page.wait_for_load_state("networkidle")
    page.context.close()


def in_the_frame(browser: Browser, demo: RunningDemo, out: Path) -> None:
    """Open the list of widgets inside the shop's own admin."""
    path = out / "merchant" / "widgets-im-shopify-rahmen.webp"
    page = browser.new_page(locale="de-DE", viewport={"width": 1440, "height": 900})
    page.goto(f"{demo.shop}/admin/apps/bleib")
    menu = page.get_by_role("navigation", name="Bleib")
    menu.get_by_role("link", name="Widgets", exact=True).click()
    expect(page.frame_locator("#app").get_by_role("heading", level=1)).to_have_text("Widgets")
    page.wait_for_load_state("networkidle")
    # Only what is in sight: beyond it, what stands in a foreign frame is not drawn.
    photograph(page, path)
    page.close()


RUNS = (
    Run(("--past", "0"), begin_the_setup, NEW_SHOTS, more=("demo-zustimmung",)),
    Run(("--past", "5"), shots=(YOUNG,)),
    Run((), shots=SHOTS, end=parcels_and_stop, more=("parcels", *STATES, "zustand-angehalten")),
    Run(("--embedded", "--past", "90"), in_the_frame, more=("widgets-im-shopify-rahmen",)),
)
#: Every picture of docs/gallery/merchant.
PICTURES = frozenset(
    name + end
    for run in RUNS
    for name in (*run.names, *SHEETS)
    for end in ("", *(("-en",) if name in ENGLISH else ()))
)


if __name__ == "__main__":
    main()
