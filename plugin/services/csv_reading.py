"""Reads tables the way spreadsheets write them: any separator, German or English, old encodings."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, tzinfo
from decimal import Decimal
from itertools import islice
from typing import Any
from zoneinfo import ZoneInfo

from plugin.errors import BadInputError, InvalidFieldError, TooLargeError

MAX_BYTES = 10 * 1024 * 1024
_MOST_ROWS = 50_000
#: No table of a shop is wider; each title is looked at.
_MOST_COLUMNS = 1_000
_SEPARATORS = ";,\t"
_YES = {"ja", "j", "yes", "y", "true", "wahr", "1", "x"}
_NO = {"nein", "n", "no", "false", "falsch", "0", ""}
#: Day, and time with or without seconds; a zone only in the international form.
_GERMAN = re.compile(
    r"(\d{1,2})\.(\d{1,2})\.(\d{4})(?:,?\s+(\d{1,2}):(\d{2})(?::(\d{2}))?(?: Uhr)?)?"
)
_BARE = re.compile(r"[\s€$£]|EUR|CHF|GBP|USD|[’']", re.IGNORECASE)


class CellError(ValueError):
    """A cell that cannot be read; `code` names the reason (text `api.problem.<code>`)."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


@dataclass(frozen=True)
class Column:
    """One column of a file: the field it fills, its titles, how a cell is read."""

    field: str
    de: str
    en: str
    read: Callable[[str, ZoneInfo], Any]
    needed: bool = False


@dataclass(frozen=True)
class Row:
    """One row: its number in the file and its cells by field, as written."""

    number: int
    cells: Mapping[str, str]


@dataclass(frozen=True)
class Table:
    """A file that could be read; `titles` are its own words for each field."""

    titles: Mapping[str, str]
    rows: Sequence[Row]


def read_table(raw: bytes, columns: Sequence[Column]) -> Table:
    """Return the rows of a file.

    BadInputError ("file_unreadable", "file_empty"), TooLargeError ("body_too_large",
    "file_too_long"), InvalidFieldError("columns_missing") whose field lists them.
    """
    if len(raw) > MAX_BYTES:
        raise TooLargeError("body_too_large")
    text = _decode(raw)
    separator = max(_SEPARATORS, key=text.partition("\n")[0].count)
    try:
        found = csv.reader(io.StringIO(text, newline=""), delimiter=separator)
        # No further than that: a file of empty lines would fill the memory.
        lines = list(islice(found, _MOST_ROWS + 1))
    except csv.Error:
        raise BadInputError("file_unreadable") from None
    if len(lines) > _MOST_ROWS:
        raise TooLargeError("file_too_long")
    if not lines:
        raise BadInputError("file_empty")
    if len(lines[0]) > _MOST_COLUMNS:
        raise BadInputError("file_unreadable")
    places = _places(lines[0], columns)
    rows = [
        Row(number, {field: line[at].strip() for field, at in places.items() if at < len(line)})
        for number, line in enumerate(lines[1:], start=2)
        if any(cell.strip() for cell in line)
    ]
    if not rows:
        raise BadInputError("file_empty")
    return Table({field: lines[0][at].strip() for field, at in places.items()}, rows)


def _decode(raw: bytes) -> str:
    if raw.startswith((b"\xff\xfe", b"\xfe\xff")):
        encodings = ["utf-16"]
    else:
        encodings = ["utf-8-sig", "cp1252"]
    for encoding in encodings:
        try:
            text = raw.decode(encoding)
        except UnicodeDecodeError:
            continue
        if "\x00" not in text:
            return text
    raise BadInputError("file_unreadable")


def _places(head: Sequence[str], columns: Sequence[Column]) -> dict[str, int]:
    known: dict[str, str] = {}
    for column in columns:
        for title in (column.field, column.de, column.en):
            known[_plain(title)] = column.field
    found: dict[str, int] = {}
    for place, title in enumerate(head):
        field = known.get(_plain(title))
        if field is not None:
            found.setdefault(field, place)
    missing = [column.de for column in columns if column.needed and column.field not in found]
    if missing:
        raise InvalidFieldError("columns_missing", field=", ".join(missing))
    return found


def _plain(title: str) -> str:
    return "".join(filter(str.isalnum, title.casefold()))


def as_text(text: str, _zone: ZoneInfo) -> str:
    """Return a text as it is."""
    return text


def as_id(text: str, _zone: ZoneInfo) -> str:
    """Return a number of the shop's as an id: what an address cannot hold becomes a dash."""
    return re.sub(r"[^A-Za-z0-9._~]+", "-", text).strip("-._~")


def as_upper(text: str, _zone: ZoneInfo) -> str:
    """Return a code of a country or a currency."""
    return text.upper()


def as_amount(text: str, _zone: ZoneInfo) -> Decimal:
    """Return an amount: "1.234,50", "1,234.50", "12,5"; CellError("ambiguous") for "1.234"."""
    bare = _BARE.sub("", text)
    marks = re.findall(r"[.,]", bare)
    if len(marks) == 1 and re.fullmatch(r"[1-9]\d{0,2}[.,]\d{3}", bare):
        raise CellError("ambiguous")
    point = marks[-1] if marks and bare.count(marks[-1]) == 1 else ""
    whole, _, cents = bare.rpartition(point) if point else (bare, "", "")
    groups = re.split(r"[.,]", whole)
    grouped = len(groups) == 1 or all(len(group) == 3 for group in groups[1:])
    digits = "".join(groups)
    if not (digits.isascii() and digits.isdigit() and grouped and re.fullmatch(r"\d{0,4}", cents)):
        raise CellError("amount")
    return Decimal(f"{digits}.{cents or 0}")


def as_whole(text: str, _zone: ZoneInfo) -> int:
    """Return a whole number; "2,00" is one."""
    found = re.fullmatch(r"(\d{1,9})(?:[.,]0+)?", text, re.ASCII)
    if found is None:
        raise CellError("whole")
    return int(found[1])


def as_list(text: str, _zone: ZoneInfo) -> tuple[str, ...]:
    """Return the parts of a cell that holds several, between commas or "|"."""
    parts = (part.strip() for part in re.split("[,|]", text))
    return tuple(dict.fromkeys(part for part in parts if part))


def as_ids(text: str, zone: ZoneInfo) -> tuple[str, ...]:
    """Return the ids of a cell that holds several."""
    return tuple(dict.fromkeys(as_id(part, zone) for part in as_list(text, zone)))


def as_pairs(text: str, _zone: ZoneInfo) -> tuple[dict[str, str], ...]:
    """Return names and values: "Größe: 42, Farbe: Rot"."""
    # A comma may belong to a value: "Inhalt: 0,5 l".
    pairs = [part.partition(":") for part in re.split(r"\||,(?=[^,:|]+:)", text)]
    if any(not mark for _, mark, _ in pairs):
        raise CellError("pattern")
    return tuple({"name": name.strip(), "value": value.strip()} for name, _, value in pairs)


def as_quantity(text: str, zone: ZoneInfo) -> tuple[Decimal, str]:
    """Return an amount and its unit: "250 ml"."""
    found = re.fullmatch(r"([0-9][0-9.,]*)\s*([^\d\s].*)", text)
    if found is None:
        raise CellError("pattern")
    return as_amount(found[1], zone), found[2].strip()


def as_flag(text: str, _zone: ZoneInfo) -> bool:
    """Return whether a cell says yes."""
    word = text.casefold()
    if word not in _YES | _NO:
        raise CellError("flag")
    return word in _YES


def as_moment(text: str, zone: ZoneInfo) -> datetime:
    """Return a time in UTC; without a zone it is where the shop is."""
    found = _GERMAN.fullmatch(text)
    try:
        if found is not None:
            day, month, year, hour, minute, second = (int(part or 0) for part in found.groups())
            moment = datetime(year, month, day, hour, minute, second, tzinfo=zone)
        else:
            moment = datetime.fromisoformat(text)
    except ValueError:
        raise CellError("time") from None
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=zone)
    return _elsewhere(moment, UTC)


def _elsewhere(moment: datetime, zone: tzinfo) -> datetime:
    try:
        return moment.astimezone(zone)
    except (OverflowError, ValueError):
        raise CellError("time_range") from None


def as_day(text: str, zone: ZoneInfo) -> date:
    """Return a day."""
    return _elsewhere(as_moment(text, zone), zone).date()


def as_last_moment(text: str, zone: ZoneInfo) -> datetime:
    """Return the end of a day where the shop is."""
    return _elsewhere(datetime.combine(as_day(text, zone), time(23, 59, 59), zone), UTC)
