"""Downloads go out while they are read."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from datetime import date
from decimal import Decimal
from itertools import count

import pytest
from flask import Flask

from plugin.admin.handed import lines_of, table
from plugin.model import Shop
from tests.admin.conftest import Browser

pytestmark = pytest.mark.usefixtures("fresh")

#: What may be as long as a shop is old or as it has customers.
_LONG = (
    "/admin/overview.csv",
    "/admin/figures.csv",
    "/admin/figures/customers.csv",
    "/admin/figures/customers/due.csv",
    "/admin/connections/subscribers.csv",
)


def test_a_table_without_an_end_begins_at_once(app: Flask) -> None:
    numbers: Iterator[Sequence[object]] = ([number, "a;b"] for number in count(1))
    with app.test_request_context():
        answer = table(lines_of(["n", "text"], numbers, "en"), "endless")
    first = next(iter(answer.iter_encoded()))
    assert first.decode("utf-8-sig").startswith("n,text\r\n1,a;b\r\n2,a;b\r\n")
    assert answer.headers["Content-Disposition"] == 'attachment; filename="endless.csv"'
    assert "Content-Length" not in answer.headers
    answer.close()
    # What was read for it: some hundred lines, not all there are.
    read = next(numbers)[0]
    assert isinstance(read, int)
    assert read < 1_000


def test_a_table_opens_in_the_spreadsheet_of_the_merchants_language() -> None:
    rows = [[date(2026, 5, 12), "Müller; Söhne", Decimal("12.05"), 3], ["=1+1", "", Decimal(-5), 0]]
    german = list(lines_of(["day", "name", "amount", "count"], rows, "de"))
    assert german == [
        "\ufeffday;name;amount;count\r\n",
        '2026-05-12;"Müller; Söhne";12,05;3\r\n',
        "'=1+1;;-5;0\r\n",
    ]
    assert list(lines_of(["day"], rows, "en"))[1] == "2026-05-12,Müller; Söhne,12.05,3\r\n"


def test_what_goes_wrong_at_the_beginning_is_no_half_file(app: Flask) -> None:
    def broken() -> Iterator[str]:
        raise RuntimeError("nothing to be read")
        yield ""

    with app.test_request_context(), pytest.raises(RuntimeError):
        table(broken(), "broken")


def test_every_long_table_is_sent_in_parts(fresh: Shop, sign_in: Callable[[Shop], Browser]) -> None:
    browser = sign_in(fresh)
    for path in _LONG:
        answer = browser.get(path)
        assert "Content-Length" not in answer.headers, path
        assert answer.text.count("\n") >= 1, path
