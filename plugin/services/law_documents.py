"""Papers that data protection asks for, written anew from what this installation really does."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, Literal

from plugin.contracts.widget import Widget
from plugin.errors import NotFoundError
from plugin.manifest import bundled
from plugin.model import Shop
from plugin.services import consent_rules, recipients, stored_data
from plugin.services.context import Context
from plugin.services.person_requests import Request
from plugin.services.wording import Voice
from plugin.texts import area_texts, texts_in

#: In the order in which a merchant is asked for them.
NAMES = ("processing", "privacy", "accessibility", "processors", "record")


@dataclass(frozen=True)
class Part:
    """One piece of a document; a table's first row is its head."""

    kind: Literal["head", "text", "table"]
    text: str = ""
    rows: tuple[tuple[str, ...], ...] = ()


@dataclass(frozen=True)
class Document:
    """One paper in one language."""

    name: str
    title: str
    lead: str
    parts: tuple[Part, ...]


def receipt(context: Context, shop: Shop, asked: Request, language: str) -> Document:
    """Return the receipt of a request that was answered; it names nobody.

    NotFoundError("not_found") for one that still waits.
    """
    if asked.done_at is None:
        raise NotFoundError("not_found")
    writer = _Writer(context, shop, Voice("documents", shop, language))
    say, voice = writer.say, writer.voice
    at = f"{voice.day(asked.done_at)}, {voice.time(asked.done_at)}"
    lead = say(f"receipt.lead_{asked.kind}", at=at, by=asked.done_by or "–")
    came, due = voice.day(asked.received_at), voice.day(asked.due)
    parts = [Part("text", say("receipt.received", at=came, due=due))]
    for side, rows in asked.receipt.items():
        if rows:
            head = (say("receipt.table"), say("receipt.rows"))
            table = [(name, str(number)) for name, number in sorted(rows.items())]
            parts += [Part("head", say(f"receipt.{side}")), Part("table", rows=(head, *table))]
    if len(parts) == 1:
        parts.append(Part("text", say("receipt.nothing")))
    return Document("receipt", say("receipt.title", n=asked.id), lead, tuple(parts))


def document(context: Context, shop: Shop, name: str, language: str) -> Document:
    """Return one of the papers; NotFoundError("not_found") for a name that there is not."""
    if name not in NAMES:
        raise NotFoundError("not_found")
    writer = _Writer(context, shop, Voice("documents", shop, language))
    say = writer.say
    return Document(name, say(f"{name}.title"), say(f"{name}.lead"), tuple(_PARTS[name](writer)))


class _Writer:
    """What all papers draw on."""

    def __init__(self, context: Context, shop: Shop, voice: Voice) -> None:
        self.context, self.shop, self.voice = context, shop, voice
        self._values = {
            "shop": shop.name,
            "domain": shop.domain,
            "day": voice.day(context.now()),
            "operator": context.config.public_url,
        }

    def say(self, key: str, **values: object) -> str:
        return self.voice.say(key, **{**self._values, **values})

    def sections(self, name: str) -> Iterator[Part]:
        """Write the numbered sections of a paper, with the tables that belong into them."""
        known = area_texts("documents").keys(self.voice.language)
        number = 1
        while f"{name}.{number}.head" in known:
            yield Part("head", f"{number}. {self.say(f'{name}.{number}.head')}")
            yield Part("text", self.say(f"{name}.{number}.text"))
            table = _TABLES.get((name, number))
            if table is not None:
                yield Part("table", rows=tuple(table(self)))
            number += 1

    def datum(self, name: str) -> str:
        """Return what the merchant's pages call a kind of data."""
        return Voice("admin", self.shop, self.voice.language).say(f"law.datum.{name}")

    def head(self, *names: str) -> tuple[str, ...]:
        return tuple(self.say(f"col.{name}") for name in names)


def _stored(writer: _Writer) -> Iterator[tuple[str, ...]]:
    yield writer.head("data", "people", "period")
    for one in stored_data.held(writer.context, writer.shop):
        yield (
            writer.datum(one.datum),
            writer.say(f"people.{_WHOSE.get(one.datum, 'shoppers')}"),
            _period(writer, one),
        )
    # What is counted names nobody, and is said so.
    yield writer.say("none", n=stored_data.without_people()), "–", writer.say("period.none")


#: Whose data it is, where it is not a buyer's or a visitor's.
_WHOSE = {
    "subscription": "subscribers",
    "unconfirmed": "subscribers",
    "profile": "subscribers",
    "evidence": "subscribers",
    "team": "staff",
}


def _period(writer: _Writer, one: stored_data.Held) -> str:
    if one.ends in ("consent", "row", "never"):
        return writer.say(f"period.{one.ends}")
    shortest, longest = one.days or (0, 0)
    key = "period.days" if shortest == longest else "period.range"
    return writer.say(key, n=longest, m=shortest)


def _device(writer: _Writer) -> Iterator[tuple[str, ...]]:
    yield writer.head("key", "purpose", "when", "period")
    for key, entry in _ledger().items():
        purpose = entry["purpose"][writer.voice.language]
        period = writer.say("period.days", n=entry["days"])
        yield key, purpose, writer.say(f"tier.{entry['tier']}"), period


@cache
def _ledger() -> dict[str, Any]:
    text = bundled("widgets/_runtime/ledger.json").read_text(encoding="utf-8")
    return dict(json.loads(text))


def _others(writer: _Writer) -> Iterator[tuple[str, ...]]:
    yield writer.head("who", "why", "whose")
    for one in recipients.of(writer.context, writer.shop):
        yield one.name, writer.say(f"recipient.{one.kind}"), writer.say(f"contract.{one.contract}")


def _consent(writer: _Writer) -> Iterator[tuple[str, ...]]:
    with writer.context.db.read() as connection:
        rules = consent_rules.of(connection, writer.shop)
    yield writer.head("country", "basis")
    for country in rules.countries:
        yield writer.say(f"country.{country}"), writer.say(f"basis.{country}")


def _accessibility(writer: _Writer) -> Iterator[Part]:
    yield from writer.sections("accessibility")
    for widget in writer.context.widgets.values():
        yield Part("head", _name(widget, writer))
        yield Part("table", rows=tuple(_criteria(widget, writer)))


def _name(widget: Widget, writer: _Writer) -> str:
    return texts_in(widget.folder / "texts").get(writer.voice.language, "merchant.name")


def _criteria(widget: Widget, writer: _Writer) -> Iterator[tuple[str, ...]]:
    yield writer.head("clause", "criterion", "result", "proof")
    language = writer.voice.language
    for one in _clauses():
        applies = one["for"] == "all" or one["for"] in _features(widget)
        result = ("built" if one["by"] == "hand" else "met") if applies else "none"
        proof = writer.say(f"proof.{one['by']}") if applies else writer.say(f"without.{one['for']}")
        yield one["clause"], one[language], writer.say(f"result.{result}"), proof


def _features(widget: Widget) -> set[str]:
    """Return what a widget has that criteria speak of."""
    has = {"dialog"} if widget.interrupts else set()
    return has | ({"form"} if widget.collects_consent or widget.has_fields else set())


@cache
def _clauses() -> list[dict[str, str]]:
    path = Path(__file__).with_name("en_301_549.json")
    return list(json.loads(path.read_text(encoding="utf-8")))


_TABLES: dict[tuple[str, int], Callable[[_Writer], Iterator[tuple[str, ...]]]] = {
    ("processing", 2): _stored,
    ("processing", 6): _others,
    ("privacy", 2): _stored,
    ("privacy", 3): _device,
    ("privacy", 1): _consent,
    ("processors", 1): _others,
    ("record", 2): _stored,
    ("record", 3): _others,
}
_PARTS: dict[str, Callable[[_Writer], Iterator[Part]]] = {
    "processing": lambda writer: writer.sections("processing"),
    "privacy": lambda writer: writer.sections("privacy"),
    "accessibility": _accessibility,
    "processors": lambda writer: writer.sections("processors"),
    "record": lambda writer: writer.sections("record"),
}
