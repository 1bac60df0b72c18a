"""Downloads go out while they are read."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from datetime import date
from decimal import Decimal
from itertools import count
from typing import Any

import pytest
from flask import Flask

from plugin.admin import figures
from plugin.admin.handed import lines_of, table
from plugin.model import Shop
from plugin.services import campaigns, insight
from plugin.services.context import Context
from plugin.services.insight import ArmSums, ReadArm, Reading
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


def test_the_table_of_tests_holds_no_formula_and_no_money_of_an_invalid_test(
    fresh: Shop,
    context: Context,
    sign_in: Callable[[Shop], Browser],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    campaign = replace(campaigns.all_of(context, fresh)[0], name="=HYPERLINK(0)")
    sums = ArmSums(50, 2, Decimal("119.00"), Decimal(9), Decimal("-12.05"), 0)
    arms = tuple(ReadArm(name, 45, sums, {"click": 3}, None) for name in ("a", "-"))
    none: dict[str, Any] = {
        "verdict": "undecidable",
        "difference": None,
        "detectable": None,
        "next_reading": None,
    }
    rest: dict[str, Any] = {
        "since": date(2026, 11, 1),
        "currency": "EUR",
        "per_day": 9,
        "even": None,
        **none,
    }
    found = Reading(campaign=campaign.id, version=1, arms=arms, **rest)
    monkeypatch.setattr(insight, "reading_of", lambda *_: found)
    monkeypatch.setattr(figures, "experiments_of", lambda *_: [campaign])
    lines = sign_in(fresh).get("/admin/figures.csv").text.splitlines()
    assert lines[1:] == [
        f"{campaign.id};'=HYPERLINK(0);1;undecidable;{arm};50;2;119,00;9;-12,05;0;EUR;click=3"
        for arm in ("a", "holdout")
    ]
    invalid = replace(found, verdict="invalid")
    monkeypatch.setattr(insight, "reading_of", lambda *_: invalid)
    lines = sign_in(fresh).get("/admin/figures.csv").text.splitlines()
    assert lines[1:] == [
        f"{campaign.id};'=HYPERLINK(0);1;invalid;{arm};50;2;;;;0;EUR;click=3"
        for arm in ("a", "holdout")
    ]


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
