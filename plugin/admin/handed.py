"""Tables that a merchant downloads, sent while they are read: however long, never whole in memory.

Lines are made after the request has been left: what makes them may not ask for it any more.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator, Sequence
from decimal import Decimal
from itertools import chain, islice

from flask import Response, make_response

from plugin.services.csv_cells import with_guard

#: So many lines are sent at once: one by one each would be a packet of its own.
_AT_ONCE = 200


def table(lines: str | Iterable[str], name: str) -> Response:
    """Answer with a table as the file `name`.csv; `lines` with their ends.

    What goes wrong at the first lines is answered as on any page.
    """
    response = make_response(lines if isinstance(lines, str) else _begun(_in_parts(lines)))
    response.headers["Content-Type"] = "text/csv; charset=utf-8"
    response.headers["Content-Disposition"] = f'attachment; filename="{name}.csv"'
    return response


def lines_of(head: Sequence[str], rows: Iterable[Sequence[object]], language: str) -> Iterator[str]:
    """Return the lines of a table, one by one, in the customs of a language's spreadsheets.

    Amounts are handed over as Decimal: with a point, a German spreadsheet takes "12.05" for a day
    in May. No text becomes a formula.
    """
    target, german = io.StringIO("\ufeff"), language == "de"
    target.seek(1)
    writer = csv.writer(target, delimiter=";" if german else ",")
    for row in chain([head], rows):
        writer.writerow([_cell(value, german) for value in row])
        yield target.getvalue()
        target.seek(0)
        target.truncate()


def _cell(value: object, german: bool) -> object:
    if isinstance(value, Decimal):
        return f"{value:f}".replace(".", ",") if german else f"{value:f}"
    return with_guard(value) if isinstance(value, str) else value


def _in_parts(lines: Iterable[str]) -> Iterator[str]:
    waiting = iter(lines)
    while some := list(islice(waiting, _AT_ONCE)):
        yield "".join(some)


def _begun(parts: Iterator[str]) -> Iterator[str]:
    first = next(parts, "")
    return chain([first], parts)
