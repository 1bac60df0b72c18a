"""Reads past orders from a CSV file, plain or gzipped."""

from __future__ import annotations

import csv
import gzip
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import TextIO

from plugin.services.suggestions.co_occurrence import Basket

REQUIRED = ("basket_id", "timestamp", "item_id")


class UnusableFileError(Exception):
    """The file is missing or lacks a column; the message says which."""


def read_baskets(path: Path) -> list[Basket]:
    """The baskets of the file in the order of their first line's time (equal times as they come).

    Needs the columns basket_id, timestamp (ISO 8601, UTC where nothing else is said) and item_id;
    others are not looked at.
    """
    if not path.is_file():
        raise UnusableFileError(f"{path}: no such file. Give a CSV with {', '.join(REQUIRED)}.")
    started: dict[str, datetime] = {}
    lines: dict[str, list[str]] = {}
    with _opened(path) as file:
        for basket, at, item in _lines(path, file):
            lines.setdefault(basket, []).append(item)
            started[basket] = min(at, started.get(basket, at))
    baskets = [Basket(tuple(items), started[basket]) for basket, items in lines.items()]
    return sorted(baskets, key=lambda basket: basket.at)


def _lines(path: Path, file: TextIO) -> Iterator[tuple[str, datetime, str]]:
    reader = csv.DictReader(file)
    missing = [name for name in REQUIRED if name not in (reader.fieldnames or ())]
    if missing:
        raise UnusableFileError(f"{path}: missing columns: {', '.join(missing)}.")
    for row in reader:
        at = datetime.fromisoformat(row["timestamp"])
        yield row["basket_id"], at if at.tzinfo else at.replace(tzinfo=UTC), row["item_id"]


@contextmanager
def _opened(path: Path) -> Iterator[TextIO]:
    opener = gzip.open if path.suffix == ".gz" else open
    with opener(path, "rt", encoding="utf-8", newline="") as file:
        yield file
