"""Sheets of the gallery: several pictures side by side, each with what to look at."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from playwright.sync_api import Browser

from tests.journey.photos import encoded, photograph, whole
from tests.journey.state_photos import SAID_OF_STATES, STATES

#: Pictures that show several pages side by side.
SHEETS = {
    "telefon": ("telefon-uebersicht", "telefon-waechter", "telefon-notaus"),
    "demo-laden": ("demo-startseite", "demo-artikel"),
    "demo-hinter-den-kulissen": (
        "demo-warenkorb", "demo-zustimmung", "demo-hinterzimmer", "demo-postfach",
    ),
    "zustaende": ("zustand-angehalten", "zustand-leer", *STATES, "zustand-nichts-gefunden"),
}  # fmt: skip
#: What stands below a picture on its sheet.
CAPTIONS = {
    "telefon-uebersicht": "Übersicht. Der Notaus steht oben, nicht im Menü.",
    "telefon-waechter": "Wächter, dunkel. Speichern klebt unten.",
    "telefon-notaus": "Notaus. Eine Frage, zwei Listen, ein Knopf.",
    "demo-startseite": "Startseite",
    "demo-artikel": "Artikel",
    "demo-warenkorb": "Warenkorb: Vorschläge mit Grund, Gutschein vor der Kasse geprüft",
    "demo-zustimmung": "Zustimmung bei der Installation",
    "demo-hinterzimmer": "Hinterzimmer: Händler, Paketdienst und Zeit",
    "demo-postfach": "Postfach",
    "zustand-angehalten": "Angehalten: steht über jeder Seite, bis wieder eingeschaltet ist",
    "zustand-leer": "Leer: sagt, was als Nächstes geschieht",
    "zustand-nichts-gefunden": "Nichts gefunden: wonach gesucht wurde, und wie weiter",
    **SAID_OF_STATES,
}


def side_by_side(browser: Browser, folder: Path, name: str, parts: Sequence[str]) -> None:
    """Put several pictures onto one sheet."""
    images = "".join(
        f'<figure><img src="data:image/webp;base64,{encoded(folder / f"{part}.webp")}">'
        f"<figcaption>{CAPTIONS.get(part, '')}</figcaption></figure>"
        for part in parts
    )
    page = browser.new_page(viewport={"width": 1280, "height": 800})
    page.set_content(
        "<style>body{margin:24px;background:#dce3e0;display:flex;flex-wrap:wrap;gap:24px;"
        "align-items:flex-start;font:14px system-ui;color:#51605b}figure{margin:0}"
        "img{display:block;max-width:600px;max-height:1000px;border-radius:8px}"
        "figcaption{margin-top:8px;max-width:600px}</style>" + images
    )
    photograph(page, folder / f"{name}.webp", whole(page))
    page.close()
