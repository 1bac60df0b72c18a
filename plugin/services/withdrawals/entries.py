"""What somebody entered in the form: cleaned, checked, and put into the words of a declaration."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace

from plugin.errors import InvalidFieldError
from plugin.model import OrderLine, Shop
from plugin.security import digest
from plugin.services.identity import clean_email
from plugin.services.withdrawals.cases import Case
from plugin.services.wording import Voice

LONGEST = {"name": 120, "order": 40, "email": 254, "what": 300}
#: What mail programs make a link of: the receipt goes to whoever is named. Bare names of the net
#: are told from words with a dot in them ("Dr.Meier") by the endings that are sold most.
_LINK = re.compile(
    r"://|@|www\.|[.。．｡](?:[a-z]{2,6}/|(?:com|net|org|info|biz|shop|store|online|site|app|xyz|top"
    r"|click|link|live|club|icu|vip|pro|dev|io|me|co|cc|ly|to|tk|ml|de|at|ch|li|eu|uk|us|ru|cn)\b)",
    re.IGNORECASE,
)


@dataclass(frozen=True)
class Entry:
    """A filled-in form; nothing in it is believed yet.

    `chosen` are quantities by line id; `whole` is the tick for all of the order. `what` names
    the items where the order is not known.
    """

    name: str = ""
    order: str = ""
    email: str = ""
    whole: bool = False
    chosen: Mapping[str, int] | None = None
    what: str = ""
    mark: str = ""
    language: str = "de"


def cleaned(entry: Entry, case: Case) -> Entry:
    """Return the entry without what cannot be meant: odd characters, lines of other orders."""
    most = {line.id: line.quantity for line in case.lines}
    chosen = {
        line: min(max(number, 1), most[line])
        for line, number in (entry.chosen or {}).items()
        if line in most
    }
    return replace(
        entry,
        name=_one_line(entry.name, "name"),
        order=case.order.number if case.order else _one_line(entry.order, "order").lstrip("#"),
        email=_one_line(entry.email, "email"),
        what=_one_line(entry.what, "what"),
        whole=entry.whole or not case.choice,
        chosen=chosen,
    )


def faults_of(entry: Entry, case: Case) -> dict[str, str]:
    """Return what keeps a cleaned entry from being a declaration, by field, as keys of texts.

    No reason is asked for, and nothing but a way to answer and what it is about is needed.
    """
    faults: dict[str, str] = {}
    if not entry.name:
        faults["name"] = "fault.name"
    elif _LINK.search(entry.name):
        faults["name"] = "fault.link"
    if case.order is None and (not entry.order or _LINK.search(entry.order)):
        faults["order"] = "fault.order"
    if entry.email or not answers_alone(case):
        try:
            clean_email(entry.email)
        except InvalidFieldError:
            faults["email"] = "fault.email"
    if case.order is not None and not entry.whole and not entry.chosen:
        faults["items"] = "fault.items"
    if _LINK.search(entry.what):
        faults["what"] = "fault.link"
    return faults


def answers_alone(case: Case) -> bool:
    """Tell whether the receipt can go to the address of the order, with none entered."""
    return case.order is not None and case.order.email_sealed is not None


def items_of(entry: Entry, case: Case) -> tuple[tuple[str, int], ...]:
    """Return title and quantity of everything that a cleaned entry is about."""
    if case.order is None:
        return ()
    picked = entry.chosen or {}
    return tuple(
        (line.title, line.quantity if entry.whole else picked[line.id])
        for line in case.lines
        if entry.whole or line.id in picked
    )


def shown_mark(entry: Entry, case: Case, shop: Shop) -> str:
    """Return a mark of what a declaration says: only what was shown before is taken in."""
    return digest(f"{declaration(entry, case, shop)}\n{items_of(entry, case)}")


def declaration(entry: Entry, case: Case, shop: Shop) -> str:
    """Return the declaration in words, as the shopper is shown it before the last button."""
    voice = Voice("withdrawals", shop, entry.language, prefix=f"{case.kind or 'statutory'}.")
    if case.order is not None and not _is_all(entry, case.lines):
        items = _listed(voice, items_of(entry, case))
        return voice.say("declaration.items", items=items, order=entry.order)
    if entry.what:
        return voice.say("declaration.items", items=entry.what, order=entry.order)
    return voice.say("declaration.order", order=entry.order)


def _is_all(entry: Entry, lines: tuple[OrderLine, ...]) -> bool:
    # One item in the order: naming it says more than the number alone.
    return len(lines) != 1 and entry.whole


def _listed(voice: Voice, items: tuple[tuple[str, int], ...]) -> str:
    told = [title if number == 1 else f"{number}\u00a0×\u00a0{title}" for title, number in items]
    if len(told) < 2:
        return "".join(told)
    return voice.say("declaration.and", first=", ".join(told[:-1]), last=told[-1])


def _one_line(text: str, field: str) -> str:
    readable = "".join(char if char.isprintable() else " " for char in text[: 4 * LONGEST[field]])
    return " ".join(readable.split())[: LONGEST[field]].strip()
