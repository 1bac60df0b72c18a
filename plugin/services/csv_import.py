"""Files of the merchant: read and checked at once, taken in by a step, slice by slice.

A slice is taken in and deleted in one transaction, so that a crash costs nothing; and what it
holds is idempotent, so that the same file may be handed in again.
"""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterator, Sequence
from datetime import timedelta
from itertools import islice
from typing import Any
from zoneinfo import ZoneInfo

from pydantic import ValidationError
from sqlalchemy.engine import Connection

from plugin.errors import ConflictError, NotFoundError
from plugin.model import Shop
from plugin.services import (
    any_shop,
    import_slices,
    limits,
    orders,
    steps,
    subscriber_import,
    syncing,
    voucher_pool,
)
from plugin.services.any_shop_models import CodesIn, OrderIn, Told
from plugin.services.any_shop_products import ProductIn
from plugin.services.context import Context
from plugin.services.csv_kinds import KINDS, Cells, Kind, ParcelsIn
from plugin.services.csv_reading import MAX_BYTES, CellError, Row, Table, as_id, read_table
from plugin.services.steps import Handler, Postpone, Step
from plugin.store import catalogue
from plugin.store import imports as store
from plugin.store.imports import Import

__all__ = ["HANDLERS", "KINDS", "MAX_BYTES", "Import", "hand_in", "kind_of", "look", "newest"]

#: Things in one slice: as many as the API takes in one call.
_SLICE = 100
#: Problems that are kept; all are counted.
_MOST_PROBLEMS = 50
_TURN_SECONDS = 5.0
#: Files of one shop: the largest keeps a process busy for some seconds.
_PER_HOUR, _HOUR = 60, timedelta(hours=1)


def kind_of(name: str) -> Kind:
    """Return a kind of file by its name; NotFoundError("unknown_kind")."""
    try:
        return KINDS[name.replace("-", "_")]
    except KeyError:
        raise NotFoundError("unknown_kind") from None


def hand_in(context: Context, shop: Shop, kind: Kind, raw: bytes, *, start: bool = False) -> Import:
    """Read and check a file; rows that do not fit are named, the others wait for `start_import`.

    `start`: take in at once what fits. BadInputError, TooLargeError or
    InvalidFieldError("columns_missing") for a file that cannot be read at all; TooManyError after
    sixty files in an hour.
    """
    with context.db.write() as connection:
        limits.hit(connection, context, shop.id, "import", "", limit=_PER_HOUR, window=_HOUR)
    table = read_table(raw, kind.columns)
    found = _Reading(context, shop, kind, table)
    slices, good, things = [], 0, found.things()
    while some := list(islice(things, _SLICE)):
        good += len(some)
        slices.append(_sealed(context, shop, some))
    with context.db.write() as connection:
        import_id = store.insert_import(
            connection,
            shop.id,
            slices,
            kind=kind.name,
            state="checked",
            rows=len(table.rows),
            good=good,
            problems=found.first_problems(_MOST_PROBLEMS),
            problem_count=len(found.problems),
            created_at=context.now(),
        )
        if start:
            _start(connection, context, shop, import_id)
        return _known(connection, shop, import_id)


def start_import(context: Context, shop: Shop, import_id: int) -> None:
    """Let the worker take in what fits; doing it twice changes nothing.

    ConflictError("import_over") for a file that was dropped.
    """
    with context.db.write() as connection:
        found = _known(connection, shop, import_id, lock=True)
        if found.state == "dropped":
            raise ConflictError("import_over")
        if found.state == "checked":
            _start(connection, context, shop, import_id)


def drop_import(context: Context, shop: Shop, import_id: int) -> None:
    """Forget a file that was only checked; one that is being taken in goes on."""
    with context.db.write() as connection:
        found = _known(connection, shop, import_id, lock=True)
        if found.state == "checked":
            store.drop_slices(connection, shop.id, import_id)
            store.update_import(connection, shop.id, import_id, state="dropped")


def look(context: Context, shop: Shop, import_id: int) -> Import:
    """Return what became of a file; NotFoundError("unknown_import")."""
    with context.db.read() as connection:
        return _known(connection, shop, import_id)


def newest(context: Context, shop: Shop) -> list[Import]:
    """Return the files that were handed in last."""
    with context.db.read() as connection:
        return store.newest_imports(connection, shop.id)


def _known(connection: Connection, shop: Shop, import_id: int, *, lock: bool = False) -> Import:
    found = store.import_of(connection, shop.id, import_id, lock=lock)
    if found is None:
        raise NotFoundError("unknown_import")
    return found


def _start(connection: Connection, context: Context, shop: Shop, import_id: int) -> None:
    store.update_import(connection, shop.id, import_id, state="running")
    steps.enqueue(
        connection, context, shop.id, "import.run", {"import": import_id}, key=f"import:{import_id}"
    )


def _sealed(context: Context, shop: Shop, things: Sequence[Told]) -> str:
    return import_slices.seal(context, shop, [thing.model_dump(mode="json") for thing in things])


class _Reading:
    """Turns the rows of one file into things, and notes what does not fit."""

    def __init__(self, context: Context, shop: Shop, kind: Kind, table: Table) -> None:
        self.problems: list[dict[str, Any]] = []
        self._kind, self._table, self._shop = kind, table, shop
        self._zone, self._now = ZoneInfo(shop.zone), context.now()

    def things(self) -> Iterator[Told]:
        """Hand out everything that fits, one after the other: a file may be large."""
        groups: dict[str, list[Row]] = {}
        for row in self._table.rows:
            groups.setdefault(row.cells.get(self._kind.key, ""), []).append(row)
        for rows in groups.values():
            thing = self._thing(rows)
            if thing is not None:
                yield thing

    def first_problems(self, most: int) -> list[dict[str, Any]]:
        """Return what did not fit, in the order of the file."""
        return sorted(self.problems, key=lambda problem: int(problem["row"]))[:most]

    def _read(self, row: Row) -> Cells | None:
        cells: dict[str, Any] = {}
        fine = True
        for column in self._kind.columns:
            text = row.cells.get(column.field, "")
            if not text:
                if column.needed:
                    self._note(row, column.field, "missing")
                    fine = False
                continue
            try:
                cells[column.field] = column.read(text, self._zone)
            except CellError as error:
                self._note(row, column.field, error.code)
                fine = False
        if "number" in cells:
            cells["id"] = as_id(cells["number"], self._zone)
        return cells if fine else None

    def _thing(self, rows: list[Row]) -> Told | None:
        read = [cells for cells in map(self._read, rows) if cells is not None]
        if len(read) < len(rows):
            return None  # half an order would count as a whole one
        try:
            values = self._kind.build(read, self._shop.currency, self._now)
            return self._kind.model.model_validate(values)
        except ValidationError as error:
            for item in error.errors(include_url=False, include_input=False):
                row, field = self._place(item["loc"], rows)
                self._note(row, field, _CODES.get(item["type"], item["type"]))
            return None

    def _place(self, loc: tuple[int | str, ...], rows: list[Row]) -> tuple[Row, str]:
        names = [part for part in loc if isinstance(part, str)]
        numbers = [part for part in loc if isinstance(part, int)]
        row = rows[numbers[0]] if numbers and names[:1] == [self._kind.parts] else rows[0]
        return row, names[-1] if names else ""

    def _note(self, row: Row, field: str, code: str) -> None:
        title = self._table.titles.get(field) or self._title(field)
        self.problems.append({"row": row.number, "column": title, "code": code})

    def _title(self, field: str) -> str:
        return next((c.de for c in self._kind.columns if c.field == field), field)


_CODES = {
    "string_too_short": "missing",
    "string_too_long": "too_long",
    "string_pattern_mismatch": "pattern",
    "greater_than": "too_small",
    "greater_than_equal": "too_small",
    "less_than_equal": "too_large",
    "decimal_max_digits": "too_large",
    "decimal_whole_digits": "too_large",
    "decimal_max_places": "places",
    "literal_error": "choice",
    "too_long": "too_large",
    "datetime_type": "missing",
}


def run(context: Context, step: Step) -> None:
    """Take in a file, slice by slice (step `import.run`)."""
    shop = syncing.shop_of_step(context, step)
    import_id = int(step.payload["import"])
    end = time.monotonic() + _TURN_SECONDS
    while shop is not None:
        with context.db.write() as connection:
            part = store.next_slice(connection, shop.id, import_id)
            found = store.import_of(connection, shop.id, import_id, lock=True)
            if found is None or found.state != "running":
                return
            if part is None:
                _finish(connection, context, shop, found)
                return
            text = import_slices.unseal(context, shop, part)
            if store.drop_slice(connection, shop.id, part.id):
                taken = _TAKE[found.kind](connection, context, shop, text)
                store.update_import(connection, shop.id, import_id, taken=found.taken + taken)
        if time.monotonic() > end:
            raise Postpone(0)


def _finish(connection: Connection, context: Context, shop: Shop, found: Import) -> None:
    store.update_import(connection, shop.id, found.id, state="done", finished_at=context.now())
    if found.kind in ("orders", "products"):
        steps.enqueue(
            connection,
            context,
            shop.id,
            "suggestions.learn",
            {"generation": shop.generation},
            key=f"suggestions.learn:import:{found.id}",
        )


def _take_orders(connection: Connection, context: Context, shop: Shop, text: str) -> int:
    told = [OrderIn.model_validate_json(json.dumps(item)) for item in json.loads(text)]
    return orders.ingest_many(connection, context, shop, [order.to_model() for order in told])


def _take_parcels(connection: Connection, context: Context, shop: Shop, text: str) -> int:
    told = [ParcelsIn.model_validate_json(json.dumps(item)) for item in json.loads(text)]
    return sum(
        any_shop.add_shipments(
            connection, context, shop, item.order_id,
            [parcel.to_model(item.order_id) for parcel in item.shipments],
        )
        for item in told
    )  # fmt: skip


def _take_products(connection: Connection, _context: Context, shop: Shop, text: str) -> int:
    told = [ProductIn.model_validate_json(json.dumps(item)) for item in json.loads(text)]
    return catalogue.put_products(connection, shop.id, [item.to_model() for item in told])


def _take_codes(connection: Connection, context: Context, shop: Shop, text: str) -> int:
    told = [CodesIn.model_validate_json(json.dumps(item)) for item in json.loads(text)]
    return voucher_pool.add_within(connection, context, shop, told).fresh


_TAKE: dict[str, Callable[[Connection, Context, Shop, str], int]] = {
    "orders": _take_orders,
    "shipments": _take_parcels,
    "products": _take_products,
    "voucher_codes": _take_codes,
    subscriber_import.NAME: subscriber_import.take,
}

HANDLERS: dict[str, Handler] = {"import.run": run}
