"""Texts by language and form of address, and Babel's formats for money and dates."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from datetime import date, datetime
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from babel.dates import format_date as _babel_date
from babel.dates import format_time as _babel_time
from babel.numbers import format_currency

LANGUAGES = ("de", "en")
_HERE = Path(__file__).resolve().parent


class Texts:
    """The texts of one file pair, by dotted key."""

    def __init__(self, folder: Path) -> None:
        self._by_language = {
            language: dict(_flatten(json.loads(_read(folder / f"{language}.json"))))
            for language in LANGUAGES
        }

    def keys(self, language: str) -> set[str]:
        """Return every key of one language."""
        return set(self._by_language[language])

    def get(self, language: str, key: str, address: str = "sie", **values: object) -> str:
        """Return the text of `key` with its {placeholders} filled.

        `address` is "du" or "sie". Raises KeyError for a missing text: a test finds it first.
        """
        text = self._by_language[language if language in LANGUAGES else "en"][key]
        if isinstance(text, Mapping):
            text = text[address]
        for name, value in values.items():
            text = text.replace("{" + name + "}", str(value))
        return str(text)


def _read(path: Path) -> str:
    return path.read_text(encoding="utf-8")


def _flatten(tree: Mapping[str, Any], prefix: str = "") -> Iterator[tuple[str, Any]]:
    for key, value in tree.items():
        if isinstance(value, dict) and set(value) != {"du", "sie"}:
            yield from _flatten(value, f"{prefix}{key}.")
        else:
            yield prefix + key, value


@cache
def texts_in(folder: Path) -> Texts:
    """Return the texts of a folder with de.json and en.json, read once."""
    return Texts(folder)


def area_texts(area: str) -> Texts:
    """Return the texts of one area of the core: errors, mail, pages, parcels, admin."""
    return texts_in(_HERE / area)


def money(amount: Decimal, currency: str, locale: str) -> str:
    """Return e.g. "5,00 €" in the customs of `locale` (BCP 47, "de-DE")."""
    return format_currency(amount, currency, locale=locale.replace("-", "_"))


def day(moment: datetime | date, locale: str, zone: str = "UTC", style: str = "long") -> str:
    """Return the date in words, in the shop's time zone."""
    if isinstance(moment, datetime):
        moment = moment.astimezone(ZoneInfo(zone)).date()
    return _babel_date(moment, format=style, locale=locale.replace("-", "_"))


def clock_time(moment: datetime, locale: str, zone: str = "UTC") -> str:
    """Return the time of day in the shop's time zone, e.g. "14:02"."""
    return _babel_time(
        moment.astimezone(ZoneInfo(zone)), format="short", locale=locale.replace("-", "_")
    )
