"""Carriers by the names that shops write, with links from our own templates only."""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass
from functools import cache
from pathlib import Path

_FILE = Path(__file__).with_name("carriers.toml")
_SEPARATORS = re.compile(r"[\s.\-]+")


@dataclass(frozen=True)
class Carrier:
    """One carrier: its proper name, the shape of its numbers, its public tracking page."""

    name: str
    number: re.Pattern[str]
    link: str


def tracking_link(carrier: str | None, number: str | None) -> str | None:
    """Return the carrier's page for a parcel; None for an unknown carrier or an odd number."""
    known = _find(carrier)
    compact = _SEPARATORS.sub("", number or "").upper()
    if known is None or not known.number.fullmatch(compact):
        return None
    return known.link.replace("{number}", compact)


def proper_name(carrier: str | None) -> str | None:
    """Return a known carrier's own name, an unknown one as it was written."""
    known = _find(carrier)
    return known.name if known else carrier


def _find(carrier: str | None) -> Carrier | None:
    words = " ".join((carrier or "").casefold().split())
    return _by_name().get(words) or _by_name().get(words.split(" ", 1)[0])


@cache
def _by_name() -> dict[str, Carrier]:
    found: dict[str, Carrier] = {}
    for entry in tomllib.loads(_FILE.read_text(encoding="utf-8")).values():
        number = re.compile(entry["number"], re.ASCII)
        carrier = Carrier(entry["name"], number, entry["link"])
        found.update(dict.fromkeys(entry["names"], carrier))
    return found
