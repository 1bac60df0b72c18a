"""Makes a large shop of a smaller one: the same days and amounts, again and again by other people.

The database copies the rows itself, under other names, and multiplies the sums: that is what the
same orders of so many times as many customers leave, in a tenth of the time.
"""

from __future__ import annotations

from collections.abc import Mapping

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from plugin.store.customer_orders import (
    active_days,
    customer_horizons,
    customer_orders,
    purchase_days,
    repeat_gaps,
)
from plugin.store.order_arms import margin_days, order_arms
from plugin.store.orders import counted_baskets, order_lines, orders, shipments

_ORDER = ("order_id",)
#: What is another one in each copy: names to which the copy's number is added, and check values,
#: which stay as long as they are.
_NAMED: Mapping[sa.Table, tuple[str, ...]] = {
    orders: ("order_id", "number", "customer_id"),
    order_lines: _ORDER,
    counted_baskets: _ORDER,
    shipments: ("shipment_id", "order_id", "tracking_number"),
    order_arms: _ORDER,
    customer_orders: ("order_id", "customer_id"),
}
_CHECKED: Mapping[sa.Table, tuple[str, ...]] = {
    orders: ("identity", "email_check", "postcode_check", "link_hash"),
    customer_orders: ("identity",),
}
_SUMS = (margin_days, customer_horizons, purchase_days, active_days, repeat_gaps)


def multiply(connection: Connection, shop_id: int, times: int) -> None:
    """Puts every order of a shop into it so many times altogether, with what hangs on it."""
    for table in _NAMED:
        _copy(connection, table, shop_id, times)
    for table in _SUMS:
        keys = {column.name for column in table.primary_key}
        changed = {one.name: one * times for one in table.c if one.name not in keys}
        connection.execute(sa.update(table).where(table.c.shop_id == shop_id).values(changed))


def _copy(connection: Connection, table: sa.Table, shop_id: int, times: int) -> None:
    # From a table of their own: the copies are not looked through again for each further one.
    held = sa.table(f"held_{table.name}", *(sa.column(one.name, one.type) for one in table.c))
    first = sa.select(table).where(table.c.shop_id == shop_id)
    text = first.compile(connection, compile_kwargs={"literal_binds": True})
    connection.execute(sa.text(f"CREATE TEMP TABLE {held.name} AS {text}"))
    for number in range(1, times):
        # No check value has a "g": none of the copies is another's customer.
        rows = sa.select(*(_cell(table, one, f"g{10 + number}") for one in held.c))
        connection.execute(sa.insert(table).from_select(list(table.c.keys()), rows))
    connection.execute(sa.text(f"DROP TABLE {held.name}"))


def _cell(table: sa.Table, column: sa.ColumnClause[str], mark: str) -> sa.ColumnElement[str]:
    if column.name in _NAMED[table]:
        return column + sa.literal(mark)
    if column.name in _CHECKED.get(table, ()):
        return sa.func.substr(column, 1, 61) + sa.literal(mark)
    return column
