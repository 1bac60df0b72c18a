"""Tables that a merchant downloads, sent while they are read: however long, never whole in memory.

Lines are made after the request has been left: what makes them may not ask for it any more.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator, Sequence
from itertools import chain, islice

from flask import Response, make_response

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


def lines_of(head: Sequence[str], rows: Iterable[Sequence[object]]) -> Iterator[str]:
    """Return the lines of a table, one after the other."""
    target = io.StringIO()
    writer = csv.writer(target)
    for row in chain([head], rows):
        writer.writerow(row)
        yield target.getvalue()
        target.seek(0)
        target.truncate()


def _in_parts(lines: Iterable[str]) -> Iterator[str]:
    waiting = iter(lines)
    while some := list(islice(waiting, _AT_ONCE)):
        yield "".join(some)


def _begun(parts: Iterator[str]) -> Iterator[str]:
    first = next(parts, "")
    return chain([first], parts)
