"""Takes the pictures of docs/gallery: the six designs in two invented shops.

Run by hand: `python -m tests.browser.gallery [--only modal] [--out docs/gallery]`. Shops and
app are those of the browser tests, the scripts are the built ones, and every window is opened as
shoppers open it: by leaving.
"""

from __future__ import annotations

import argparse
import base64
import json
import re
import shutil
import sys
from collections.abc import Callable
from dataclasses import dataclass
from itertools import product
from pathlib import Path
from typing import Any

import segno
from playwright.sync_api import Browser, Error, Page, Route, sync_playwright

from tests.browser.conftest import DESKTOP, LEAVE, PHONE, Visit, until
from tests.browser.shopfront import EXIT, ROOT, Shopfront, fresh, serving
from tests.conftest import CHROMIUM_ARGS

PAGES = Path(__file__).parent / "gallery_pages"
OUT = ROOT / "docs" / "gallery"
MOST_BYTES = 4_000_000
QUALITY = 80
DEVICES = {"phone": PHONE, "desktop": DESKTOP}
LANGUAGES = ("de", "en")
LIGHTS = ("light", "dark")

# A quick flick of the thumb from further down the page to its top.
FLICK = """async () => {
  const scroll = (y) => new Promise((done) => {
    addEventListener("scroll", () => requestAnimationFrame(done), { once: true }); scrollTo(0, y) })
  await scroll(700); await scroll(0) }"""

# Nothing fades any more, in the page or in the windows' own roots.
AT_REST = """() => [document, ...[...document.querySelectorAll("div")].map((one) => one.shadowRoot)]
  .every((root) => !root?.getAnimations().some((one) => one.playState === "running"))"""


@dataclass(frozen=True)
class Shop:
    """An invented shop: its page's frame, its look, and how it speaks to people."""

    name: str
    look: str
    address: str
    locale: str


AMSEL = Shop("Haus Amsel", "amsel", "sie", "de-AT")
STEIGWOHL = Shop("steigwohl", "steigwohl", "du", "de-DE")

Act = Callable[[Page], None]


@dataclass(frozen=True)
class Design:
    """One design: where it is photographed, with which settings, and what comes after it."""

    shop: Shop
    #: What stands on the page below the shop's header.
    parts: tuple[str, ...]
    kind: str
    settings: dict[str, Any]
    #: Further pictures in German and by daylight: device, name, and what leads to it.
    further: tuple[tuple[str, str, Act], ...] = ()


def press(label: str) -> Act:
    """Press a button of the window."""
    return lambda page: page.get_by_role("button", name=label, exact=True).click()


def sign_up(page: Page) -> None:
    """Fill in the form of the window and send it."""
    page.get_by_label("E‑Mail-Adresse").fill("jonas@post.example")
    page.get_by_role("checkbox").first.check()
    page.locator("form button[type=submit]").click()


def accept_and_sign_up(page: Page) -> None:
    """Say yes to the short question, and sign up."""
    press("Ja, gern")(page)
    sign_up(page)


def accept_and_ask(page: Page) -> None:
    """Say yes to the short question, and choose one."""
    press("Ja, gern")(page)
    press("Wann es ankommt")(page)


VOUCHER = {
    "enabled": True,
    "kind": "amount",
    "days": 30,
    "value": "6.00",
    "minimum": "60.00",
    "exclusions": {"de": "Gutscheinkarten", "en": "gift cards"},
}
BOOKS = {"value": "5.00", "minimum": "40.00", "exclusions": {"de": "Bücher", "en": "books"}}
NOTHING: dict[str, Any] = {
    "frame": "modal",
    "content": "sign_up",
    "title": None,
    "lead": None,
    "newsletter_name": None,
    "personalised": False,
    "voucher": None,
    "nudge": False,
    "picture": None,
    "button": None,
    "facts": None,
    "service": None,
    "teaser": False,
    "recontact_days": 30,
}
LETTER = {
    "newsletter_name": {"de": "Tourenbrief", "en": "tour letter"},
    "title": {"de": "Der Tourenbrief", "en": "The tour letter"},
    "lead": {
        "de": "Zwei Mal im Monat: eine Tour zum Nachgehen, ein Tipp zur Pflege, und was neu im "
        "Laden ist. Ohne Rabattgetöse.",
        "en": "Twice a month: a tour to walk, a care tip, what is new. No discount noise.",
    },
}
SHEET_LEAD = {
    "de": "Zwei Mal im Monat der Tourenbrief, dafür 6\u00a0€.",
    "en": "Twice a month the tour letter, in return €6.",
}
FACTS = {
    "shipping": {
        "country": {"de": "Österreich", "en": "Austria"},
        "cost": "4.90",
        "free_from": "60.00",
    },
    "delivery": {"cutoff": "14:00", "min_days": 2, "max_days": 3},
    "returns": {"days": 30, "free": True},
    "size": {"de": "Höhe 7 cm, fasst 180 ml.", "en": "7 cm high, holds 180 ml."},
}
DESIGNS = {
    "modal": Design(
        AMSEL,
        ("bowl",),
        "product",
        {"voucher": VOUCHER | BOOKS, "personalised": True},
        (("phone", "form", press("Ja, gern")), ("desktop", "thanks", sign_up)),
    ),
    "letter": Design(
        STEIGWOHL,
        ("autumn",),
        "collection",
        LETTER | {"frame": "corner"},
        (("phone", "form", press("Ja, gern")),),
    ),
    "sheet": Design(
        STEIGWOHL,
        ("rucksack", "shelf"),
        "product",
        {"frame": "sheet", "nudge": True, "voucher": VOUCHER, "personalised": True}
        | {"newsletter_name": LETTER["newsletter_name"], "lead": SHEET_LEAD},
        (("phone", "form", press("Ja, gern")), ("phone", "thanks", accept_and_sign_up)),
    ),
    "bar": Design(
        AMSEL,
        ("bowl",),
        "product",
        {"frame": "bar", "voucher": VOUCHER | BOOKS, "personalised": True},
        (("desktop", "form", press("Ansehen")), ("phone", "form", press("Ansehen"))),
    ),
    "question": Design(
        AMSEL,
        ("bowl",),
        "product",
        {"content": "question", "frame": "corner", "facts": FACTS},
        (
            ("desktop", "answer", press("Die Versandkosten")),
            ("phone", "answer", accept_and_ask),
        ),
    ),
    "basket": Design(
        STEIGWOHL,
        ("cart", "shelf"),
        "cart",
        {"content": "basket"},
        (("phone", "form", press("Ja, gern")),),
    ),
}

COLOURS = {"sock": "#64747c", "hat": "#b9542d", "bowl": "", "cloth": ""}
BASKETS = {
    "amsel": (
        ("bowl", {"de": "Teeschale Ruß", "en": "Tea bowl, soot"}, 1, "19.80"),
        ("cloth", {"de": "Untersetzer Leinen", "en": "Linen coaster"}, 1, "7.80"),
    ),
    "steigwohl": (
        ("sock", {"de": "Wandersocke Merino", "en": "Hiking sock, merino"}, 2, "18.00"),
        ("hat", {"de": "Mütze Firn", "en": "Hat Firn"}, 1, "29.00"),
    ),
}
LINK = "https://bleib.example/b/Kq3vXr0m1TzYw8Lh5NcGdA"


def square(link: str) -> dict[str, Any]:
    """A link as the square code that phones read, as the app draws it."""
    rows = segno.make_qr(link, error="m").matrix
    dots = [(x, y) for y, row in enumerate(rows) for x, dot in enumerate(row) if dot]
    return {"qr": "".join(f"M{x} {y}h1v1h-1z" for x, y in dots), "size": len(rows)}


def drawing(name: str) -> str:
    """One of the drawings as a picture of its own, on the tile of the shop."""
    text = (PAGES / "drawings.svg").read_text("utf-8")
    inner = re.search(rf'<symbol id="{name}" viewBox="([^"]+)">(.*?)</symbol>', text, re.S)
    defs = re.search(r"<defs>.*?</defs>", text, re.S)
    assert inner, name
    assert defs
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="{inner[1]}"'
        f' style="--c:{COLOURS[name]}">{defs[0]}'
        f'<rect width="300" height="300" fill="#ecf1ee"/>{inner[2]}</svg>'
    )


def cart(shop: Shop, lang: str) -> list[dict[str, Any]]:
    """What lies in the shop's basket."""
    lines = [
        {
            "title": title[lang],
            "quantity": quantity,
            "price": price,
            "image": f"/pictures/{name}.svg",
        }
        for name, title, quantity, price in BASKETS[shop.look]
    ]
    return [
        {"key": f"{number}", "product_id": number, "variant": f"{number}1", **line}
        for number, line in enumerate(lines, start=1)
    ]


def lay_out(front: Shopfront, design: Design, lang: str, light: str) -> str:
    """Puts the shop's page in place and returns its address."""

    def part(name: str) -> str:
        return (PAGES / name).read_text("utf-8")

    body = part("drawings.svg")
    for name in (design.shop.look, *design.parts):
        body += part(f"{name}.html")
    items = json.dumps(cart(design.shop, lang))
    chosen = LANGUAGES.index(lang) + 1
    body = re.sub(r"\[\[(.*?)\|(.*?)\]\]", lambda both: both[chosen], body, flags=re.S)
    front.html = f"""<!doctype html><html lang="{lang}" class="{light}"><head>
        <meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
        <title>{design.shop.name}</title><link rel="icon" href="data:,">
        <style>{part(f"{design.shop.look}.css")}</style>
        <script>window.bleib = {{ cart: {{ read: async () => ({{ items: {items} }}),
          add: async () => undefined, change: async () => undefined }} }}</script>
        </head><body>{body}
        <script async src="{front.app}/static/v1/bleib.js" data-shop="gallery"
          data-page="{design.kind}"></script></body></html>"""
    return f"{front.shop}/"


def publish(front: Shopfront, design: Design) -> None:
    """Makes the design the shop's only campaign."""
    settings = NOTHING | design.settings
    front.config |= {
        "name": design.shop.name,
        "address": design.shop.address,
        "locale": design.shop.locale,
        "campaigns": [
            {"id": 3, "widget": "exit_intent", "version": 1, "when": EXIT, "settings": settings}
        ],
    }
    front.answers["/carts"] = (201, {"link": LINK, **square(LINK)})


def photograph(page: Page, path: Path) -> None:
    """Saves what is to be seen, small enough for a page full of pictures."""
    until(page, AT_REST)
    session = page.context.new_cdp_session(page)
    shot = session.send("Page.captureScreenshot", {"format": "webp", "quality": QUALITY})
    path.write_bytes(base64.b64decode(shot["data"]))


def picture(name: str) -> Callable[[Route], None]:
    """Answer with one of the drawings."""
    return lambda route: route.fulfill(body=drawing(name), content_type="image/svg+xml")


def enter(chromium: Browser, url: str, device: str) -> Visit:
    """Opens the shop on a device."""
    width, height = DEVICES[device]
    phone = device == "phone"
    context = chromium.new_context(
        viewport={"width": width, "height": height},
        device_scale_factor=2,
        is_mobile=phone,
        has_touch=phone,
        reduced_motion="reduce",
    )
    context.set_default_timeout(8000)
    for name in COLOURS:
        context.route(f"**/pictures/{name}.svg", picture(name))
    visit = Visit(context.new_page())
    visit.page.goto(url)
    return visit


def leave(visit: Visit, device: str) -> None:
    """Gives the sign of leaving; the window is then to be seen."""
    visit.state("exit_intent", "waiting")
    visit.page.evaluate(FLICK if device == "phone" else LEAVE)
    visit.page.get_by_role("dialog").wait_for()


def take(chromium: Browser, front: Shopfront, name: str, out: Path) -> list[str]:
    """Takes every picture of a design; returns what the pages complained about."""
    design = DESIGNS[name]
    publish(front, design)
    complaints: list[str] = []

    def shoot(device: str, lang: str, light: str, suffix: str = "", act: Act | None = None) -> None:
        visit = enter(chromium, lay_out(front, design, lang, light), device)
        picture = f"{name}-{device}-{lang}-{light}{suffix}.webp"
        try:
            leave(visit, device)
            if act:
                act(visit.page)
                # Where the pointer was left, nothing shall look touched.
                visit.page.mouse.move(2, 2)
            photograph(visit.page, out / picture)
            if visit.page.evaluate("document.documentElement.scrollWidth > innerWidth"):
                visit.errors.append("scrolls sideways")
        except (AssertionError, Error) as error:
            visit.errors.append(f"{error}".splitlines()[0])
        complaints.extend(f"{picture}: {error}" for error in visit.errors)
        visit.page.context.close()

    for device, lang, light in product(DEVICES, LANGUAGES, LIGHTS):
        shoot(device, lang, light)
    for device, step, act in design.further:
        shoot(device, "de", "light", f"-{step}", act)
    return complaints


def main() -> int:
    """Takes the pictures and tells how large they are together."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--only", choices=DESIGNS, help="take the pictures of one design")
    parser.add_argument("--out", type=Path, default=OUT, help="where the pictures go")
    given = parser.parse_args()
    given.out.mkdir(parents=True, exist_ok=True)
    path = shutil.which("chromium")
    if path is None:
        sys.exit("chromium is missing: install the package chromium")
    complaints: list[str] = []
    with serving(fresh()) as front, sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=path, args=CHROMIUM_ARGS)
        for name in [given.only] if given.only else DESIGNS:
            complaints += take(chromium, front, name, given.out)
        chromium.close()
    for complaint in complaints:
        print(complaint)
    pictures = list(given.out.glob("*.webp"))
    size = sum(one.stat().st_size for one in pictures)
    print(f"{len(pictures)} pictures, {size / 1000:,.0f} kB")
    return int(bool(complaints) or size > MOST_BYTES)


if __name__ == "__main__":
    sys.exit(main())
