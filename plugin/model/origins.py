"""Where an order came from: the note that its cart carried, and its channel in a few words."""

from __future__ import annotations

import re
from dataclasses import dataclass

#: What a cart, and the order that comes of it, call the note that the storefront leaves there.
NOTE = "_bleib"
#: More campaigns runs no shop at once; what comes behind them was not written by us.
MOST_ARMS = 40
MOST_CHANNEL = 60
_ARM = re.compile(r"(\d{1,9})\.(\d{1,9})([a-z-])", re.ASCII)
_PLAIN = re.compile(r"[^\w .&+/-]+")
#: Long rows of signs are ids of clicks and people, not names of channels.
#: So are the numbers of telephones and machines, whatever stands between their figures.
_ID = re.compile(r"\w{25,}|\d{7,}|(?:\d[^\w]?){9,}|(?:\d{1,3}\.){3}\d", re.ASCII)
_ADDRESS = re.compile("@|%40")
#: Where an id changes between small letters, capitals and figures; names of channels seldom do.
_CHANGE = re.compile(r"(?<=[a-z])(?=[A-Z\d])|(?<=[A-Z])(?=\d)|(?<=\d)(?=[A-Za-z])", re.ASCII)
_LEAST_ID, _LEAST_CHANGES = 16, 5
#: What platforms say where they know nothing.
_UNKNOWN = frozenset({"", "unknown", "undefined", "null", "none", "(none)", "(not set)", "not set"})
_DIRECT = frozenset({"direct", "(direct)", "typein"})


@dataclass(frozen=True)
class OrderArm:
    """One arm that the shopper of an order was in, as the shop's own cart noted it.

    Campaign 0 in version 0 is the whole shop: "-" for those who saw nothing of any campaign,
    "a" for everyone else. Any other `arm` is a letter of that campaign's published version.
    """

    campaign: int
    version: int
    arm: str


def arms_of_note(note: object) -> tuple[OrderArm, ...]:
    """Return the arms that a note names, "0.10a,33.4b"; of a campaign the first word stands.

    The note comes from a shopper's browser: what is not exactly so is left out, and whether such
    a campaign was ever published is for others to ask.
    """
    if not isinstance(note, str):
        return ()
    found: dict[int, OrderArm] = {}
    for part in note[:2000].split(",")[:MOST_ARMS]:
        named = _ARM.fullmatch(part)
        if named:
            arm = OrderArm(int(named[1]), int(named[2]), named[3])
            found.setdefault(arm.campaign, arm)
    return tuple(found.values())


def channel_of(source: str | None, medium: str | None = None) -> str | None:
    """Return a channel as "source / medium" in small letters, at most MOST_CHANNEL signs.

    "direct" for those who came by themselves, None where nothing is known. Addresses of pages keep
    their host alone; what looks like an address of a person or the id of a click is left out.
    """
    name, way = _words(source), _words(medium)
    if name in _DIRECT:
        return "direct"
    parts = [part for part in (name, way) if part not in _UNKNOWN and part not in _DIRECT]
    return " / ".join(parts)[:MOST_CHANNEL].rstrip(" /") or None


def _words(text: str | None) -> str:
    told = (text or "").strip()
    if "://" in told:
        told = told.split("://", 1)[1]
    told = re.split(r"[/?#]", told, maxsplit=1)[0]
    plain = told.lower().removeprefix("www.")
    if plain in _UNKNOWN | _DIRECT:
        return plain
    if _ADDRESS.search(plain) or _ID.search(plain) or any(map(_is_mixed, told.split())):
        return ""
    return " ".join(_PLAIN.sub(" ", plain).split())


def _is_mixed(word: str) -> bool:
    """Tell whether a word is an id with dashes in it: a UUID, the click of an advertisement."""
    return len(word) >= _LEAST_ID and len(_CHANGE.findall(word)) >= _LEAST_CHANGES
