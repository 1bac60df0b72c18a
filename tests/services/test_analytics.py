"""Figures handed on as Parquet files: complete, exact, and nothing about a person."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import duckdb
import pytest
import sqlalchemy as sa

from plugin.errors import GiveUpError
from plugin.model import Shop
from plugin.services import analytics
from plugin.services.analytics import KIND, export, nightly
from plugin.services.context import Context
from plugin.services.steps import Step
from plugin.store import parquet
from plugin.store.exposures import Place, add_exposures
from plugin.store.orders import orders

DAY = date(2026, 11, 2)
PLACED = datetime(2026, 11, 2, 9, 30, tzinfo=UTC)


@pytest.fixture
def filled(context: Context, shop: Shop) -> Shop:
    person = {name: f"secret-{name}" for name in ("identity", "email_check", "customer_id")}
    row = {
        "shop_id": shop.id,
        "order_id": "secret-id",
        "number": "secret-number",
        "currency": "EUR",
        "total": Decimal("59.9000"),
        "discount": Decimal(0),
        "codes": ["secret-code"],
        "paid": True,
        "placed_at": PLACED,
        "updated_at": PLACED,
    }
    with context.db.write() as connection:
        connection.execute(sa.insert(orders), {**row, **person, "channel": 'say "news", \\n'})
        connection.execute(sa.insert(orders), {**row, "order_id": "second", "channel": None})
        add_exposures(connection, shop.id, {Place(DAY, 0, 0, "-", "real", "withheld"): 7})
    return shop


def rows(file: Path, columns: str = "*") -> list[tuple[Any, ...]]:
    with duckdb.connect() as engine:
        return list(engine.execute(f"SELECT {columns} FROM '{file}' ORDER BY ALL").fetchall())  # noqa: S608


def test_what_is_stored_stands_in_the_files(context: Context, filled: Shop, tmp_path: Path) -> None:
    found = export(context, filled, tmp_path)
    folder = tmp_path / filled.key
    assert {path.stem for path in folder.iterdir()} == set(found) == set(parquet.FILES)
    assert rows(folder / "exposure_days.parquet") == [(DAY, 0, 0, "-", "real", "withheld", 7)]
    columns = "channel, total, paid, cancelled_at::VARCHAR, epoch(placed_at)"
    order = (Decimal("59.9000"), True, None, PLACED.timestamp())
    assert rows(folder / "orders.parquet", columns) == [('say "news", \\n', *order), (None, *order)]
    assert rows(folder / "margin_days.parquet") == []


def test_nothing_leads_to_a_person(context: Context, filled: Shop, tmp_path: Path) -> None:
    export(context, filled, tmp_path)
    every = rows(tmp_path / filled.key / "orders.parquet", "COLUMNS(*)::VARCHAR")
    assert "EUR" in repr(every)
    assert "secret" not in repr(every)
    for columns in parquet.FILES.values():
        assert [column for column in columns if "personal" in column.info] == []


def test_each_shop_has_its_own_and_the_next_night_takes_its_place(
    context: Context, filled: Shop, make_shop: Callable[..., Shop], tmp_path: Path
) -> None:
    other = make_shop("andere.myshopify.com")
    config = context.config.model_copy(update={"analytics_folder": str(tmp_path)})
    at_night = replace(context, config=config)
    for _ in range(2):
        for shop in analytics.shops(at_night):
            nightly(at_night, Step(1, shop.id, KIND, KIND, {}, 1))
    counts = [rows(tmp_path / one.key / "orders.parquet", "count(*)") for one in (filled, other)]
    assert counts == [[(2,)], [(0,)]]


def test_without_a_folder_nothing_is_written(context: Context, filled: Shop) -> None:
    assert context.config.analytics_folder == ""
    nightly(context, Step(1, filled.id, KIND, KIND, {}, 1))


def test_without_duckdb_it_is_said(
    context: Context, filled: Shop, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(parquet, "installed", lambda: False)
    with pytest.raises(GiveUpError, match="analytics_missing"):
        export(context, filled, tmp_path)
    assert not (tmp_path / filled.key).exists()
