"""The demo shop's own texts, by language, and dates as a reader expects them."""

from __future__ import annotations

import json
from datetime import datetime
from functools import cache
from pathlib import Path
from zoneinfo import ZoneInfo

from babel.dates import format_date, format_time
from flask import g
from markupsafe import Markup, escape

from plugin.demo.amounts import LOCALES, shown

LANGUAGES = ("de", "en")
ZONE = ZoneInfo("Europe/Berlin")


@cache
def texts(language: str) -> dict[str, str]:
    """Return every text of one language by its key."""
    path = Path(__file__).with_name("texts") / f"{language}.json"
    loaded: dict[str, str] = json.loads(path.read_text(encoding="utf-8"))
    return loaded


def current() -> str:
    """Return the language of the page being drawn."""
    return str(g.get("language", "de"))


def say(key: str, **values: object) -> str:
    """Return a text in the language of the page; a missing key is a programming error."""
    return texts(current())[key].format(**values)


def say_markup(key: str, **values: object) -> Markup:
    """Return a text whose own tags count, while the values put in are escaped."""
    safe = {name: escape(value) for name, value in values.items()}
    return Markup(texts(current())[key].format(**safe))  # noqa: S704 - our own text files


def money(amount: int, currency: str = "EUR") -> str:
    """Return cents in the language of the page."""
    return shown(amount, currency, current())


def parsed(moment: str) -> datetime:
    """Return a stored moment as an aware time in the shop's zone."""
    return datetime.fromisoformat(moment.replace("Z", "+00:00")).astimezone(ZONE)


def long_day(moment: datetime) -> str:
    """Return "Dienstag, 24. November" in the language of the page."""
    pattern = "EEEE, d. MMMM" if current() == "de" else "EEEE d MMMM"
    return str(format_date(moment.astimezone(ZONE), pattern, locale=LOCALES[current()]))


def short_day(moment: datetime) -> str:
    """Return "Do., 19. Nov." in the language of the page."""
    pattern = "EEE, d. MMM" if current() == "de" else "EEE d MMM"
    return str(format_date(moment.astimezone(ZONE), pattern, locale=LOCALES[current()]))


def full_day(moment: datetime) -> str:
    """Return "19. November 2026" in the language of the page."""
    return str(format_date(moment.astimezone(ZONE), "long", locale=LOCALES[current()]))


def clock_time(moment: datetime, pattern: str = "HH:mm") -> str:
    """Return "14:02" in the shop's zone."""
    return str(format_time(moment.astimezone(ZONE), pattern, locale=LOCALES[current()]))
