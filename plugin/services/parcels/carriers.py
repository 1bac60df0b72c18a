"""Carriers by the names that shops write, with links from our own templates only."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache, cached_property
from pathlib import Path
from typing import Any, get_args

from plugin.model import ParcelKind
from plugin.services.parcels.check_digits import CHECKS

FILE = Path(__file__).with_name("carriers.toml")
#: The longest number that anybody is asked about.
LONGEST = 40
_SEPARATORS = re.compile(r"[\s.\-]+")
_BETWEEN_WORDS = re.compile(r"[\s_\-]+")
#: Kinds that leave open what a sentence beside them may tell.
_OPEN = frozenset({"in_transit", "held", "unknown"})


@dataclass(frozen=True)
class Form:
    """One shape of a carrier's numbers; `own`: nobody else's numbers look like it."""

    shape: re.Pattern[str]
    check: str | None
    own: bool

    @property
    def sure(self) -> bool:
        """Tell whether a number of this form is known to be the carrier's."""
        return self.own or self.check is not None

    def fits(self, number: str) -> bool:
        """Tell whether a compact number is of this form, check digit and all."""
        shaped = self.shape.fullmatch(number) is not None
        return shaped and (self.check is None or CHECKS[self.check](number))


@dataclass(frozen=True)
class Carrier:
    """One carrier: its proper name, its numbers, its public page, what the APIs call it."""

    key: str
    name: str
    names: tuple[str, ...]
    number: re.Pattern[str]
    link: str
    forms: tuple[Form, ...]
    asks: Mapping[str, str]


@dataclass(frozen=True)
class Book:
    """All carriers with the words in which is spoken of their parcels."""

    carriers: tuple[Carrier, ...]
    words: Mapping[str, Mapping[str, ParcelKind]]
    phrases: tuple[tuple[ParcelKind, tuple[str, ...]], ...]
    #: What shops write when they name nobody.
    unnamed: frozenset[str]

    @cached_property
    def _names(self) -> dict[str, Carrier]:
        return {one: each for each in self.carriers for one in (*each.names, each.key)}

    def known(self, name: str | None) -> Carrier | None:
        """Return the carrier that a shop means, by its key or the first words of its name."""
        words = _plain(name).split()
        for count in range(len(words), 0, -1):
            for joined in (" ".join(words[:count]), "_".join(words[:count])):
                if joined in self._names:
                    return self._names[joined]
        return None

    def guess(self, number: str | None) -> Carrier | None:
        """Return the only carrier whose numbers look like this one, None for none or several."""
        wanted = compact(number)
        fitting = {
            carrier.key: (carrier, any(form.sure for form in forms))
            for carrier in self.carriers
            if (forms := [form for form in carrier.forms if form.fits(wanted)])
        }
        if len(fitting) != 1:
            return None
        carrier, sure = next(iter(fitting.values()))
        return carrier if sure else None

    def meant(self, name: str | None, number: str | None) -> Carrier | None:
        """Return the carrier that the shop names; where it names nobody, the only one that fits."""
        plain = _plain(name)
        return self.guess(number) if not plain or plain in self.unnamed else self.known(name)

    def kind_of(self, speaker: str | None, word: str, text: str | None = None) -> ParcelKind:
        """Return the kind of event that `speaker` (platform, API or carrier) means by a word.

        `text` is the sentence beside it, which may make an open kind clearer; "unknown" for a
        word that nobody knows.
        """
        plain = _BETWEEN_WORDS.sub("_", word.strip().casefold())
        own, common = self.words.get(speaker or "", {}), self.words["any"]
        stem = plain.split(":", 1)[0]
        found: ParcelKind = own.get(plain) or own.get(stem) or common.get(plain) or "unknown"
        if found not in _OPEN or not text:
            return found
        said = text.casefold()
        return next((kind for kind, some in self.phrases if any(p in said for p in some)), found)


def compact(number: str | None) -> str:
    """Return a parcel number without blanks, dots and hyphens, in capitals."""
    return _SEPARATORS.sub("", (number or "")[: 2 * LONGEST]).upper()


def read(text: str) -> Book:
    """Return the carriers that a file like carriers.toml describes; ValueError for a wrong kind."""
    content = tomllib.loads(text)
    words = {
        speaker: {word: _kind(kind) for kind, some in kinds.items() for word in some}
        for speaker, kinds in content["words"].items()
    }
    phrases = tuple((_kind(kind), tuple(some)) for kind, some in content["phrases"].items())
    found = tuple(_carrier(key, entry) for key, entry in content["carriers"].items())
    return Book(found, words, phrases, frozenset(content["unnamed"]))


@cache
def book() -> Book:
    """Return the carriers of carriers.toml."""
    return read(FILE.read_text(encoding="utf-8"))


def known(name: str | None) -> Carrier | None:
    """Return the carrier that a shop means by a name, None for an unknown one."""
    return book().known(name)


def guess(number: str | None) -> Carrier | None:
    """Return the only carrier whose numbers look like this one, None for none or several."""
    return book().guess(number)


def kind_of(speaker: str | None, word: str, text: str | None = None) -> ParcelKind:
    """Return the kind of event that a platform, an API or a carrier means (`Book.kind_of`)."""
    return book().kind_of(speaker, word, text)


def meant(carrier: str | None, number: str | None) -> Carrier | None:
    """Return the carrier of a parcel (`Book.meant`)."""
    return book().meant(carrier, number)


def tracking_link(carrier: str | None, number: str | None) -> str | None:
    """Return the carrier's page for a parcel; None for an unknown carrier or an odd number."""
    found, plain = meant(carrier, number), compact(number)
    if found is None or not found.number.fullmatch(plain):
        return None
    return found.link.replace("{number}", plain)


def proper_name(carrier: str | None, number: str | None = None) -> str | None:
    """Return a known carrier's own name, an unknown one as it was written.

    None where the shop names nobody and the number is not known to be somebody's.
    """
    found = meant(carrier, number)
    if found is not None:
        return found.name
    return None if _plain(carrier) in book().unnamed else carrier


def _plain(name: str | None) -> str:
    return _BETWEEN_WORDS.sub(" ", (name or "")[:120].casefold()).strip()


def _kind(word: str) -> ParcelKind:
    for kind in get_args(ParcelKind):
        if kind == word:
            found: ParcelKind = kind
            return found
    raise ValueError(f"no kind of event: {word}")


def _carrier(key: str, entry: Mapping[str, Any]) -> Carrier:
    return Carrier(
        key=key,
        name=entry["name"],
        names=tuple(entry["names"]),
        number=re.compile(entry["number"], re.ASCII),
        link=entry["link"],
        forms=tuple(
            Form(re.compile(form["shape"], re.ASCII), form.get("check"), form.get("own", False))
            for form in entry["forms"]
        ),
        asks=entry["asks"],
    )
