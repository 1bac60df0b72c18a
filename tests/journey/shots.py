"""The pictures of single pages: which page, in which window, and what is done there before."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from playwright.sync_api import Browser, Page, expect

from plugin.texts import area_texts
from tests.journey.photos import (
    DESKTOP,
    HIGHEST,
    SHOP,
    TALL_PHONE,
    open_up,
    photograph,
    window,
)
from tests.journey.running import RunningDemo

Act = Callable[[Page], None]
#: Chromium by the language it speaks.
Browsers = Mapping[str, Browser]

#: Where the button of a voucher's mail leads.
_TO_REDEEM = re.compile(r"/discount/|/use(\?|$)")
#: The list of people stands beside a person, and is longer.
_PERSON = 960
#: A page of many parts, of which the first ones tell what it is for.
_BEGINNING = 1240
_LADEN = 1190
_BEHIND = 1000


@dataclass(frozen=True)
class Shot:
    """One picture: its name, the path in the admin or shop, who looks, and what is done before.

    `most` is how much of a high page is shown; `only` is the one element of a page that is.
    """

    name: str
    path: str
    act: Act = lambda _page: None
    where: str = "app"
    size: dict[str, int] = field(default_factory=lambda: DESKTOP)
    dark: bool = False
    lang: str = "de"
    most: int = HIGHEST
    only: str = ""
    sharp: float | None = None


def a_redeemer(page: Page) -> None:
    """Open the first person in the list whose voucher was redeemed."""
    language = page.locator("html").get_attribute("lang") or "de"
    redeemed = area_texts("admin").get(language, "people.vouchers.redeemed")
    row = page.locator("main table tbody tr").filter(has_text=redeemed).first
    row.locator("a[href*='/people/']").first.click()
    expect(page.locator("main tr.here")).to_be_visible()


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
    page.evaluate("scrollTo(0, 0)")


def asked_to_confirm(page: Page) -> None:
    """Open the newest mail that asks somebody to confirm an address."""
    page.locator("main a", has_text="Bitte bestätigen Sie").first.click()
    expect(page.locator("main a[aria-current]").first).to_contain_text("Bitte bestätigen Sie")
    mail = page.frame_locator("main iframe").locator("body")
    expect(mail).to_contain_text("bestätigen")


def stop_everything(page: Page) -> None:
    """Press the red button."""
    page.locator("button.stop-all").click()


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
    headings = {
        "de": "Ein Brief im Monat, 15 % auf die erste Bestellung",
        "en": "One letter a month, 15% off your first order",
    }

    def act(page: Page) -> None:
        campaign(name, "section=content&state=open")(page)
        language = str(page.locator("html").get_attribute("lang"))
        field, heading = page.locator(f"#f-title-{language}"), headings[language]
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
    Shot("editor", "/admin/widgets", edited("Newsletter mit Gutschein"), most=_BEGINNING),
    Shot("editor-blockiert", "/admin/widgets", campaign("Exit-Intent-Fenster"), most=_BEGINNING),
    Shot(
        "zielgruppe-englisch",
        "/admin/widgets",
        campaign("Newsletter mit Gutschein", "section=who&lang=en"),
        lang="en",
    ),
    Shot("zielgruppe", "/admin/widgets", campaign("Newsletter mit Gutschein", "section=who")),
    Shot("rabatt-waechter", "/admin/guard"),
    Shot("empfaenger-nachweis", "/admin/people", a_redeemer, most=_PERSON),
    Shot("sendungen", "/admin/parcels"),
    Shot("sendungen-zahlen", "/admin/figures/parcels"),
    Shot("sendungen-beilage", "/admin/parcels/inserts"),
    Shot("recht-und-daten", "/admin/law"),
    Shot("ziele", "/admin/widgets/goals?goal=new"),
    Shot("aussehen", "/admin/look", most=_BEGINNING),
    Shot("wie-oft", "/admin/manners"),
    Shot("vorschlagsregeln", "/admin/suggestions", most=_BEGINNING),
    Shot("einkaufspreise", "/admin/guard/costs", most=_BEGINNING),
    Shot("gutscheine", "/admin/vouchers"),
    Shot("streichpreise", "/admin/prices"),
    Shot("mailtexte", "/admin/mails"),
    Shot("mailversand", "/admin/mail", most=_BEGINNING),
    Shot("anmeldeschutz", "/admin/protection"),
    Shot("verbindungen", "/admin/connections", most=_BEGINNING),
    Shot("nachrichten", "/admin/parcels/messages"),
    Shot("widerrufe", "/admin/parcels/withdrawals"),
    Shot("benachrichtigungen", "/admin/parcels/notices"),
    Shot("zusteller", "/admin/parcels/carriers", most=_BEGINNING),
    Shot("kunden", "/admin/figures/customers"),
    Shot("werbekosten", "/admin/figures/costs"),
    Shot("vorschlagszahlen", "/admin/figures/suggestions"),
    Shot("einwilligung", "/admin/law/consent", most=_BEGINNING),
    Shot("team", "/admin/team"),
    Shot("zugriffe", "/admin/law/access-log", most=1000),
    Shot("liegen-geblieben", "/admin/work"),
    Shot("telefon-uebersicht", "/admin/", size=TALL_PHONE, most=980),
    Shot("telefon-waechter", "/admin/guard", size=TALL_PHONE, dark=True, most=980),
    Shot("telefon-notaus", "/admin/stop", size=TALL_PHONE, most=980),
    Shot("uebersicht-dunkel", "/admin/", dark=True),
    Shot("demo-startseite", "/", where="shop", size=SHOP, most=_LADEN),
    Shot("demo-artikel", "/products/teekanne-seeufer", where="shop", size=SHOP, most=_LADEN),
    Shot(
        "demo-warenkorb",
        "/products/teekanne-seeufer",
        into_the_cart,
        where="shop",
        size=SHOP,
        most=_BEHIND,
    ),
    Shot("demo-hinterzimmer", "/hinterzimmer", where="shop", size=SHOP, most=_BEHIND),
    Shot("demo-postfach", "/postfach", asked_to_confirm, where="shop", size=SHOP, most=_BEHIND),
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

#: Of a shop that has just installed Bleib.
NEW_SHOTS = (Shot("einrichtung", "/admin/setup?step=2"),)
#: Of a shop in its first week.
YOUNG = Shot("uebersicht-zu-wenig-daten-dunkel", "/admin/", dark=True)
#: Taken last: who stops Bleib stops it for every picture.
STOPPED = Shot("zustand-angehalten", "/admin/stop", stop_everything, only="form.banner", sharp=2)


def sign_in(browser: Browser, demo: RunningDemo, shot: Shot) -> Page:
    """Open a browser of this size and light that the shop's admin has let into Bleib."""
    page = window(browser, shot.size, lang=shot.lang, dark=shot.dark, sharp=shot.sharp)
    page.goto(f"{demo.shop}/admin/apps/bleib")
    if shot.lang == "en":
        page.goto(f"{demo.app}/admin/?lang=en")
    return page


def take(browser: Browser, demo: RunningDemo, shot: Shot, out: Path) -> None:
    """Take one picture: of the whole page, or of one element."""
    page = sign_in(browser, demo, shot)
    page.goto((demo.app if shot.where == "app" else demo.shop) + shot.path)
    shot.act(page)
    page.wait_for_load_state("networkidle")
    if shot.only:
        photograph(page, out / f"{shot.name}.webp", page.locator(shot.only).first)
    else:
        open_up(page, shot.most)
        page.wait_for_load_state("networkidle")
        photograph(page, out / f"{shot.name}.webp")
    page.context.close()


def take_all(
    browsers: Browsers, demo: RunningDemo, shots: Sequence[Shot], out: Path, only: str
) -> None:
    """Take every picture whose name begins with `only`."""
    english = [
        replace(shot, name=f"{shot.name}-en", lang="en") for shot in shots if shot.name in ENGLISH
    ]
    for shot in (*shots, *english):
        if shot.name.startswith(only):
            take(browsers[shot.lang], demo, shot, out)
            print(shot.name)
