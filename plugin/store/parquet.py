"""Sums and orders of a shop as Parquet files, written by DuckDB (the extra `bleib[analytics]`)."""

from __future__ import annotations

import csv
import importlib
import importlib.util
import os
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from plugin.errors import GiveUpError
from plugin.store.channel_costs import channel_costs
from plugin.store.customer_orders import active_days, customer_horizons, purchase_days, repeat_gaps
from plugin.store.db import Amount, Utc
from plugin.store.events import event_days
from plugin.store.exposures import exposure_days
from plugin.store.order_arms import margin_days
from plugin.store.orders import orders
from plugin.store.suggestion_days import cart_days, suggestion_days

#: What is known of an order without the person: no number, no check value, no code.
_OF_ORDERS = (
    "placed_at", "cancelled_at", "currency", "total", "discount", "paid", "country", "channel",
)  # fmt: skip
_SUMS = (
    exposure_days, event_days, margin_days, purchase_days, customer_horizons, active_days,
    repeat_gaps, suggestion_days, cart_days, channel_costs,
)  # fmt: skip
#: Every file by its name, with its columns.
FILES: Mapping[str, tuple[sa.Column[Any], ...]] = {
    **{table.name: tuple(one for one in table.c if one.name != "shop_id") for table in _SUMS},
    "orders": tuple(orders.c[name] for name in _OF_ORDERS),
}
#: A cell that stands for nothing; no text that we store looks so.
_NOTHING = "\\N"
_AT_ONCE = 5_000
#: Left to itself DuckDB would fetch extensions from the network.
_CONFIG = {
    "threads": "1",
    "autoinstall_known_extensions": "false",
    "autoload_known_extensions": "false",
}


def installed() -> bool:
    """Tell whether DuckDB is there."""
    return importlib.util.find_spec("duckdb") is not None


def write(connection: Connection, shop_id: int, folder: Path) -> dict[str, int]:
    """Write every file of a shop into a folder, in place of the one before; rows by file.

    Whoever reads a file meanwhile reads the old one or the new one, never half of it. Rows are
    handed on one by one: no table stands in memory. GiveUpError("analytics_missing") without
    DuckDB.
    """
    if not installed():
        raise GiveUpError("analytics_missing")
    duckdb = importlib.import_module("duckdb")
    folder.mkdir(parents=True, exist_ok=True)
    with duckdb.connect(":memory:", config=_CONFIG) as engine:
        return {
            name: _write(connection, shop_id, columns, engine, folder / f"{name}.parquet")
            for name, columns in FILES.items()
        }


def _write(
    connection: Connection,
    shop_id: int,
    columns: tuple[sa.Column[Any], ...],
    engine: Any,  # noqa: ANN401 - of an optional library
    target: Path,
) -> int:
    # Beside the target, for only within one file system a file takes the place of another at once.
    with tempfile.TemporaryDirectory(dir=target.parent, prefix=".writing-") as name:
        text, ready = Path(name) / "rows.csv", Path(name) / "rows.parquet"
        rows = _rows_as_text(connection, shop_id, columns, text)
        _convert(engine, columns, text, ready)
        os.replace(ready, target)
    return rows


def _rows_as_text(
    connection: Connection, shop_id: int, columns: tuple[sa.Column[Any], ...], target: Path
) -> int:
    query = sa.select(*columns).where(columns[0].table.c.shop_id == shop_id)
    found = connection.execute(query, execution_options={"yield_per": _AT_ONCE})
    count = 0
    with target.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        for count, row in enumerate(found, start=1):  # noqa: B007 - how many they were
            writer.writerow([_NOTHING if cell is None else cell for cell in row])
    return count


def _convert(
    engine: Any,  # noqa: ANN401 - of an optional library
    columns: tuple[sa.Column[Any], ...],
    text: Path,
    target: Path,
) -> None:
    kinds = {one.name: _kind(one) for one in columns}
    # Nothing is guessed from the cells: of a quiet month there may be none.
    query = (
        "SELECT * FROM read_csv($file, auto_detect = false, header = false, columns = $kinds, "
        "nullstr = $nothing, delim = ',', quote = '\"', escape = '\"', new_line = '\\n')"
    )
    values = {"file": str(text), "kinds": kinds, "nothing": _NOTHING}
    engine.sql(query, params=values).write_parquet(str(target), compression="zstd")


def _kind(column: sa.Column[Any]) -> str:
    kinds: tuple[tuple[type[Any], str], ...] = (
        (Amount, "DECIMAL(14, 4)"),
        (Utc, "TIMESTAMP WITH TIME ZONE"),
        (sa.Date, "DATE"),
        (sa.Boolean, "BOOLEAN"),
        (sa.Float, "DOUBLE"),
        (sa.Integer, "BIGINT"),
    )
    return next((name for kind, name in kinds if isinstance(column.type, kind)), "VARCHAR")
