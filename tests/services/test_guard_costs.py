"""Costs: from the platform, from a file, from a form; unknown ones stay unknown."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from pathlib import Path

import pytest

from plugin.errors import BadInputError, InvalidFieldError
from plugin.model import Shop
from plugin.services import guard_costs
from plugin.services.context import Context
from plugin.services.guard_costs import StatedCost
from tests.services.sign_up_stage import Stage
from tests.services.test_guard import stock


@pytest.fixture
def db_url(sqlite_template: Path, tmp_path: Path) -> str:
    """One database is enough here: the guard's own queries run on both in test_guard.py."""
    path = tmp_path / "bleib.sqlite3"
    path.write_bytes(sqlite_template.read_bytes())
    return f"sqlite:///{path}"


@pytest.fixture
def stage(context: Context, shop: Shop) -> Stage:
    stage = Stage(context, shop)
    stock(stage, {"=1+1": ("20.00", None), "b": ("30.00", "12.00"), "c": ("9.90", None)})
    return stage


def test_a_downloaded_table_is_taken_back_filled(stage: Stage) -> None:
    text = guard_costs.file_of(stage.context, stage.shop, "de")
    lines = text.lstrip("\ufeff").splitlines()
    assert lines[0].startswith("Kennung;Artikel;Variante;Preis;Einkaufspreis netto")
    assert lines[1] == "'=1+1-1;'=1+1;;20,00;;"
    filled = [
        line.removesuffix(";") + "7,50;" if line.endswith("20,00;;") else line for line in lines
    ]
    filled = [line + "55 %" if line.startswith("c-1") else line for line in filled]
    taken = guard_costs.take(stage.context, stage.shop, "\r\n".join(filled).encode())
    assert (taken.taken, taken.problems) == (2, ())
    report = guard_costs.report(stage.context, stage.shop)
    assert (report.products, report.known, report.missing_count) == (3, 3, 0)
    assert [(one.stated_cost, one.stated_margin) for one in report.stated] == [
        (Decimal("7.50"), None),
        (None, Decimal(55)),
    ]
    again = guard_costs.file_of(stage.context, stage.shop, "en")
    assert "c-1,c,,9.90,,55.00" in again


def test_no_name_of_a_product_is_a_formula_in_the_table(stage: Stage) -> None:
    stock(stage, {"＝SUM(A1)": ("20.00", None), "\n=2": ("30.00", None)})
    text = guard_costs.file_of(stage.context, stage.shop, "de")
    assert ";'＝SUM(A1);" in text
    assert ';"\'\n=2";' in text


def test_rows_that_do_not_fit_are_named(stage: Stage) -> None:
    raw = "Kennung;Einkaufspreis netto;Marge in Prozent\nc-1;viel;\nx-9;5;\nc-1;;120\nc-1;;\n"
    taken = guard_costs.take(stage.context, stage.shop, raw.encode())
    assert taken.taken == 0
    assert [(one.row, one.code) for one in taken.problems] == [
        (2, "amount"),
        (3, "unknown_variant"),
        (4, "too_large"),
    ]


@pytest.mark.parametrize(
    ("raw", "error"), [(b"", BadInputError), (b"Wann;Wo\n1;2\n", InvalidFieldError)]
)
def test_a_file_that_is_none_is_refused(stage: Stage, raw: bytes, error: type[Exception]) -> None:
    with pytest.raises(error):
        guard_costs.take(stage.context, stage.shop, raw)


def test_what_is_stated_of_another_shop_changes_nothing(
    stage: Stage, make_shop: Callable[..., Shop], context: Context
) -> None:
    other = make_shop("andere.myshopify.com")
    assert guard_costs.state(context, other, [StatedCost("c-1", Decimal(5), None)]) == 0
    assert guard_costs.report(context, stage.shop).missing_count == 2
