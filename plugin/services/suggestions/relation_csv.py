"""Rules as a file for spreadsheets, out and in again: formulas stay text, what is new is added."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from zoneinfo import ZoneInfo

from plugin.model import Shop
from plugin.services.context import Context
from plugin.services.csv_cells import without_guard
from plugin.services.csv_reading import (
    CellError,
    Column,
    Row,
    Table,
    as_day,
    as_flag,
    as_text,
    read_table,
)
from plugin.services.csv_tables import Problem, Taken, written
from plugin.services.suggestions import rules
from plugin.services.suggestions.rules import KINDS, MOST_RULES, Typed
from plugin.store import relations as store
from plugin.store import shops
from plugin.store.relations import Rule

COLUMNS = (
    Column("kind", "Art", "kind", as_text, needed=True),
    Column("of", "Zu", "with", as_text, needed=True),
    Column("to", "Zeige", "show", as_text, needed=True),
    Column("pinned", "Angeheftet", "pinned", as_flag),
    Column("since", "Von", "from", as_text),
    Column("until", "Bis", "until", as_text),
    Column("words_de", "Grund deutsch", "reason German", as_text),
    Column("words_en", "Grund englisch", "reason English", as_text),
    Column("active", "An", "on", as_flag),
)
_TITLES = {column.field: column.de for column in COLUMNS}
_GERMAN = {
    "accessory": "Zubehör", "fits": "passt zu", "refill": "Nachfüllung",
    "alternative": "Alternative", "never": "nie zusammen", "product": "Artikel",
    "tag": "Schlagwort", "category": "Kategorie", "any": "alles",
}  # fmt: skip
_CODES = {word.casefold(): code for code, word in _GERMAN.items()} | {
    code: code for code in _GERMAN
}
_ENGLISH_ANY = {"everything": "any", "all": "any"}
#: A day of every year: "24.12." or "12-24".
_YEARLY = re.compile(r"(?:(\d{1,2})\.(\d{1,2})\.?|(\d{2})-(\d{2}))", re.ASCII)
#: A year that has every day.
_LEAP = 2024


def file_of(context: Context, shop: Shop, language: str) -> str:
    """Return the shop's rules as a table in the customs of a language."""
    with context.db.read() as connection:
        found = [one.rule for one in store.rules(connection, shop.id)]
    return written(COLUMNS, (_cells(rule, german=language == "de") for rule in found), language)


def _cells(rule: Rule, *, german: bool) -> tuple[str, ...]:
    return (
        _word(rule.kind, german=german),
        _side(rule.of_kind, rule.of, german=german),
        _side(rule.to_kind, rule.to, german=german),
        _flag(rule.pinned, german=german),
        _day(rule.since, german=german),
        _day(rule.until, german=german),
        rules.as_typed(rule.words.get("de", ""), "de"),
        rules.as_typed(rule.words.get("en", ""), "en"),
        _flag(rule.active, german=german),
    )


def _word(code: str, *, german: bool) -> str:
    return _GERMAN[code] if german else code


def _side(kind: str, name: str, *, german: bool) -> str:
    word = _word(kind, german=german)
    return word if kind == "any" else f"{word}: {name}"


def _flag(value: bool, *, german: bool) -> str:
    return ("ja" if value else "nein") if german else ("yes" if value else "no")


def _day(day: str | None, *, german: bool) -> str:
    if day is None or not german:
        return day or ""
    return ".".join(reversed(day.split("-"))) + ("." if len(day) == len("12-24") else "")


def take(context: Context, shop: Shop, raw: bytes) -> Taken:
    """Take in a file: a rule for the same two sides is changed, any other one is added.

    Rows that do not fit are named, the others count at once. BadInputError, TooLargeError or
    InvalidFieldError("columns_missing") for a file that cannot be read at all.
    """
    table = read_table(raw, COLUMNS)
    read, problems = _read_all(context, shop, table)
    taken = 0
    with context.db.write() as connection:
        shops.lock_shop(connection, shop.id)
        known = {_key(one.rule): one.id for one in store.rules(connection, shop.id)}
        for number, rule in read:
            if _key(rule) in known:
                store.update_rule(connection, shop.id, known[_key(rule)], rule)
            elif len(known) < MOST_RULES:
                known[_key(rule)] = store.insert_rule(connection, shop.id, rule, context.now())
            else:
                problems.append(_problem(table, number, "kind", "too_many"))
                continue
            taken += 1
    return Taken(taken, tuple(sorted(problems, key=lambda one: one.row)))


def _read_all(
    context: Context, shop: Shop, table: Table
) -> tuple[list[tuple[int, Rule]], list[Problem]]:
    """Return the rules that fit with their rows; nothing is locked meanwhile."""
    zone = ZoneInfo(shop.zone)
    rules_read: list[tuple[int, Rule]] = []
    problems = [
        _problem(table, row.number, "kind", "too_many") for row in table.rows[MOST_RULES:][:1]
    ]
    rows = [(row.number, *_typed(row, zone)) for row in table.rows[:MOST_RULES]]
    with context.db.read() as connection:
        named = rules.meant(connection, shop, (typed for _, typed, _, _ in rows))
        for number, typed, active, wrong in rows:
            rule, more = rules.checked(connection, shop, typed, named)
            found = wrong or more
            problems += [_problem(table, number, name, code) for name, code in found.items()]
            if rule is not None and not found:
                rules_read.append((number, replace(rule, active=active)))
    return rules_read, problems


def _problem(table: Table, row: int, name: str, code: str) -> Problem:
    return Problem(row, table.titles.get(name) or _TITLES.get(name, name), code)


def _key(rule: Rule) -> tuple[str, ...]:
    return rule.kind, rule.of_kind, rule.of.casefold(), rule.to_kind, rule.to.casefold()


def _typed(row: Row, zone: ZoneInfo) -> tuple[Typed, bool, Mapping[str, str]]:
    """Return what a row says, whether its rule is on, and what could not be read."""
    cells = {name: without_guard(text) for name, text in row.cells.items()}
    problems: dict[str, str] = {}
    kind = _CODES.get(cells.get("kind", "").casefold(), "")
    of_kind, of = _told_side(cells.get("of", ""))
    to_kind, to = _told_side(cells.get("to", ""))
    days = {name: _told_day(cells.get(name, ""), zone, name, problems) for name in _DAYS}
    if all(day for day, _ in days.values()) and len({yearly for _, yearly in days.values()}) > 1:
        problems["until"] = "time"  # every year, or once: who says both has mistyped one
    flags = {name: _told_flag(cells.get(name, ""), zone, name, problems) for name in _FLAGS}
    typed = Typed(
        kind if kind in KINDS else "", of_kind, of, to_kind, to,
        pinned=bool(flags["pinned"]),
        since=days["since"][0],
        until=days["until"][0],
        yearly=days["since"][1] or days["until"][1],
        words={language: cells.get(f"words_{language}", "") for language in ("de", "en")},
    )  # fmt: skip
    return typed, flags["active"] is not False, problems


_DAYS = ("since", "until")
_FLAGS = ("pinned", "active")


def _told_side(text: str) -> tuple[str, str]:
    """Return the kind and name of "Schlagwort: Wolle"; a bare name is a product's."""
    word, mark, name = text.partition(":")
    code = _CODES.get(word.strip().casefold()) or _ENGLISH_ANY.get(word.strip().casefold())
    if code == "any" and not mark:
        return "any", ""
    if code in rules.SIDES and mark:
        return code, name
    return "product", text


def _told_day(
    text: str, zone: ZoneInfo, name: str, problems: dict[str, str]
) -> tuple[date | None, bool]:
    """Return a day, and whether it comes back each year."""
    if not text:
        return None, False
    yearly = _YEARLY.fullmatch(text)
    try:
        if yearly is None:
            return as_day(text, zone), False
        day, month = (yearly[1], yearly[2]) if yearly[1] else (yearly[4], yearly[3])
        return date(_LEAP, int(month), int(day)), True
    except (CellError, ValueError):
        problems[name] = "time"
        return None, False


def _told_flag(text: str, zone: ZoneInfo, name: str, problems: dict[str, str]) -> bool | None:
    if not text:
        return None
    try:
        return as_flag(text, zone)
    except CellError as error:
        problems[name] = error.code
        return None
