"""Sheets of the gallery: several pictures side by side, each with what to look at."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from playwright.sync_api import Browser

from tests.journey.photos import SHARP, encoded, open_up, photograph, window


@dataclass(frozen=True)
class Cell:
    """What a sheet shows in one place: pictures one below the other, and what is said of them."""

    said: str
    parts: tuple[str, ...]


@dataclass(frozen=True)
class Sheet:
    """Cells in columns, in one style; `width` pixels wide, `sharp` dots to the pixel."""

    style: str
    cells: tuple[Cell, ...]
    width: int
    sharp: float = SHARP

    @property
    def parts(self) -> tuple[str, ...]:
        """The pictures that the sheet is made of."""
        return tuple(part for cell in self.cells for part in cell.parts)


SHEETS = {
    "telefon": Sheet(
        "phones",
        (
            Cell("Übersicht. Der Notaus steht oben, nicht im Menü.", ("telefon-uebersicht",)),
            Cell("Wächter, dunkel. Speichern klebt unten.", ("telefon-waechter",)),
            Cell("Notaus. Eine Frage, zwei Listen, ein Knopf.", ("telefon-notaus",)),
        ),
        1277,
    ),
    "zustaende": Sheet(
        "states",
        (
            Cell(
                "Angehalten: steht über jeder Seite, bis wieder eingeschaltet ist",
                ("zustand-angehalten",),
            ),
            Cell("Leer: sagt, was als Nächstes geschieht", ("zustand-leer",)),
            Cell("Störung außen: wer, seit wann, was Bleib tut", ("zustand-stoerung-aussen",)),
            Cell("Gleichzeitig gespeichert: beide Werte, eine Wahl", ("zustand-gleichzeitig",)),
            Cell(
                "Eingabe falsch: oben die Liste, am Feld der Grund",
                ("zustand-eingabe", "zustand-eingabe-budget", "zustand-eingabe-ruhezeit"),
            ),
            Cell(
                "Erfolg: was geschah und was folgt",
                ("zustand-veroeffentlicht", "zustand-geloescht", "zustand-nichts-gefunden"),
            ),
            Cell("Recht fehlt: die Folge, dann der eine Knopf", ("zustand-recht-fehlt",)),
            Cell("Seite fehlt: im Rahmen, mit einem Weg zurück", ("zustand-seite-fehlt",)),
            Cell("Abgemeldet: was eingegeben war, bleibt", ("zustand-abgemeldet",)),
        ),
        1440,
    ),
    "demo-laden": Sheet(
        "pages",
        (Cell("Startseite", ("demo-startseite",)), Cell("Artikel", ("demo-artikel",))),
        2470,
        1,
    ),
    "demo-hinter-den-kulissen": Sheet(
        "pages",
        (
            Cell(
                "Warenkorb: Vorschläge mit Grund, Gutschein vor der Kasse geprüft",
                ("demo-warenkorb",),
            ),
            Cell("Zustimmung bei der Installation", ("demo-zustimmung",)),
            Cell("Hinterzimmer: Händler, Paketdienst und Zeit", ("demo-hinterzimmer",)),
            Cell("Postfach: Bestätigungsmail ohne Werbung", ("demo-postfach",)),
        ),
        2470,
        1,
    ),
}
_STYLES = """
body { margin: 36px; background: #dce3e0; font: 14px/20px system-ui; color: #51605b;
  display: grid; gap: 26px 38px; }
figure { margin: 0; }
img { display: block; width: 100%; }
.phones { grid-template-columns: repeat(3, 375px); gap: 40px; }
.phones img { border-radius: 30px; box-shadow: 0 0 0 1px #b9c4c0, 0 10px 26px #15201d1c; }
.phones figcaption { margin-top: 14px; }
.pages { grid-template-columns: 1fr 1fr; font-size: 17px; }
.pages img { border-radius: 8px; box-shadow: 0 6px 26px #15201d22; }
.pages figcaption { margin-top: 14px; }
.states { background: #f4f6f5; grid-template-columns: repeat(3, 1fr); gap: 26px 20px; }
.states figure { display: flex; flex-direction: column-reverse; justify-content: flex-end; }
.states figure:first-child { grid-column: 1 / -1; }
.states figure:first-child img { border-radius: 10px; }
.states figcaption { margin-bottom: 10px; font-size: 13px; }
.states figure:not(:first-child) div { flex: 1; padding: 11px; background: #fff;
  border: 1px solid #dbe1df; border-radius: 10px; }
.states figure div:has(img + img) { padding: 20px 22px; display: grid; gap: 12px;
  align-content: start; }
.states div img + img, .states div:has(img + img) img { border-radius: 7px; }
"""


def draw_sheet(browser: Browser, folder: Path, name: str, sheet: Sheet) -> None:
    """Put the pictures of a sheet side by side."""
    figures = "".join(
        "<figure><div>"
        + "".join(
            f'<img src="data:image/webp;base64,{encoded(folder / f"{one}.webp")}">'
            for one in cell.parts
        )
        + f"</div><figcaption>{cell.said}</figcaption></figure>"
        for cell in sheet.cells
    )
    page = window(browser, {"width": sheet.width, "height": 300}, sharp=sheet.sharp)
    page.set_content(f'<style>{_STYLES}</style><body class="{sheet.style}">{figures}')
    open_up(page, 4000)
    photograph(page, folder / f"{name}.webp")
    page.context.close()
