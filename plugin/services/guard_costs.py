"""What products cost: told by the platform, stated by the merchant, or unknown; never guessed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from plugin.model import Shop
from plugin.services import guard_watch
from plugin.services.context import Context
from plugin.services.csv_cells import without_guard
from plugin.services.csv_reading import CellError, Column, Row, as_amount, as_text, read_table
from plugin.services.csv_tables import Problem, Taken, written
from plugin.services.guard_margin import unit_cost
from plugin.services.insight import margins
from plugin.store import costs as store
from plugin.store.costs import CostedVariant, StatedCost

__all__ = ["CostReport", "StatedCost", "file_of", "report", "state", "take"]

_MOST_COST = Decimal(1_000_000)
_MOST_MARGIN = Decimal(99)
#: Variants that a page lists; a shop with more of them takes the file.
LISTED = 50


@dataclass(frozen=True)
class CostReport:
    """For how many products every cost is known, and what is missing.

    `stated` are those that the merchant stated and may state anew.
    """

    products: int
    known: int
    missing: tuple[CostedVariant, ...]
    missing_count: int
    stated: tuple[CostedVariant, ...]


def report(context: Context, shop: Shop) -> CostReport:
    """Return what is known of the shop's costs."""
    products, unknown = set[str](), set[str]()
    missing: list[CostedVariant] = []
    stated: list[CostedVariant] = []
    count = 0
    with context.db.read() as connection:
        for variant in store.costed_variants(connection, shop.id):
            products.add(variant.product_id)
            if unit_cost(variant, Decimal(0)) is None:
                unknown.add(variant.product_id)
                count += 1
                missing += [variant] if len(missing) < LISTED else []
            elif variant.platform_cost is None and len(stated) < LISTED:
                stated.append(variant)
    known = len(products) - len(unknown)
    return CostReport(len(products), known, tuple(missing), count, tuple(stated))


def state(context: Context, shop: Shop, stated: Sequence[StatedCost]) -> int:
    """Keep what the merchant states of variants that the shop has; returns of how many."""
    with context.db.write() as connection:
        known = store.costs_of(connection, shop.id, [one.variant_id for one in stated])
        ours = [one for one in stated if one.variant_id in known]
        store.put_stated_costs(connection, shop.id, ours, context.now())
        if ours:
            mark = f"costs:{context.now().isoformat()}"
            guard_watch.look_soon(connection, context, shop, mark)
            margins.look_again(connection, context, shop, mark)
    return len(ours)


def _margin(text: str, zone: ZoneInfo) -> Decimal:
    return as_amount(text.replace("%", ""), zone)


COLUMNS = (
    Column("variant_id", "Kennung", "identifier", as_text, needed=True),
    Column("title", "Artikel", "product", as_text),
    Column("variant", "Variante", "variant", as_text),
    Column("price", "Preis", "price", as_text),
    Column("unit_cost", "Einkaufspreis netto", "unit cost net", as_amount),
    Column("margin", "Marge in Prozent", "margin in percent", _margin),
)


def file_of(context: Context, shop: Shop, language: str) -> str:
    """Return everything that the shop sells as a table to fill in, with what is stated so far."""
    german = language == "de"
    with context.db.read() as connection:
        sold = store.costed_variants(connection, shop.id)
        return written(COLUMNS, (_cells(variant, german=german) for variant in sold), language)


def _cells(variant: CostedVariant, *, german: bool) -> list[str]:
    cost = variant.stated_cost if variant.platform_cost is None else variant.platform_cost
    amounts = (variant.price, cost, variant.stated_margin)
    names = (variant.variant_id, variant.title, variant.variant_title)
    return [*names, *(_written(amount, german=german) for amount in amounts)]


def _written(amount: Decimal | None, *, german: bool) -> str:
    if amount is None:
        return ""
    text = format(amount.quantize(Decimal("0.01")), "f")
    return text.replace(".", ",") if german else text


def take(context: Context, shop: Shop, raw: bytes) -> Taken:
    """Take in a file of costs; rows that do not fit are named, the others count at once.

    A row without cost and margin says nothing. BadInputError, TooLargeError or
    InvalidFieldError("columns_missing") for a file that cannot be read at all.
    """
    table = read_table(raw, COLUMNS)
    zone = ZoneInfo(shop.zone)
    with context.db.read() as connection:
        ids = [_id_of(row) for row in table.rows]
        known = store.costs_of(connection, shop.id, ids)
    stated: dict[str, StatedCost] = {}
    problems: list[Problem] = []
    for row in table.rows:
        try:
            one = _read(row, known, zone)
        except _RowError as error:
            title = table.titles.get(error.field, error.field)
            problems.append(Problem(row.number, title, error.code))
            continue
        if one is not None:
            stated[one.variant_id] = one
    return Taken(state(context, shop, list(stated.values())), tuple(problems))


class _RowError(ValueError):
    def __init__(self, field: str, code: str) -> None:
        super().__init__(code)
        self.field, self.code = field, code


def _id_of(row: Row) -> str:
    return without_guard(row.cells.get("variant_id", ""))


def _read(row: Row, known: Mapping[str, CostedVariant], zone: ZoneInfo) -> StatedCost | None:
    read: dict[str, Any] = {}
    for column, most in ((COLUMNS[4], _MOST_COST), (COLUMNS[5], _MOST_MARGIN)):
        text = row.cells.get(column.field, "")
        if not text:
            continue
        try:
            value = column.read(text, zone)
        except CellError as error:
            raise _RowError(column.field, error.code) from None
        if value > most:
            raise _RowError(column.field, "too_large")
        read[column.field] = value
    if not read:
        return None
    found = known.get(_id_of(row))
    if found is None:
        raise _RowError("variant_id", "unknown_variant")
    if found.platform_cost is not None:
        return None  # what the platform says is what holds
    return StatedCost(found.variant_id, read.get("unit_cost"), read.get("margin"))
