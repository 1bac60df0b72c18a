"""Tables that a merchant takes out and hands back: how they are written, what came of them."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from plugin.services.csv_cells import with_guard
from plugin.services.csv_reading import Column


@dataclass(frozen=True)
class Problem:
    """A row that does not fit: its number in the file, the column, and why."""

    row: int
    column: str
    code: str


@dataclass(frozen=True)
class Taken:
    """What became of a file: how many rows count now, and which do not fit."""

    taken: int
    problems: tuple[Problem, ...]


def written(columns: Sequence[Column], rows: Iterable[Sequence[str]], language: str) -> str:
    """Return a table in the customs of a language's spreadsheets; no cell becomes a formula."""
    german = language == "de"
    text = io.StringIO()
    writer = csv.writer(text, delimiter=";" if german else ",", lineterminator="\r\n")
    writer.writerow([column.de if german else column.en for column in columns])
    writer.writerows([with_guard(cell) for cell in cells] for cells in rows)
    return "\ufeff" + text.getvalue()
