"""Pages of lists in the Admin API: search syntax, sorting and cursors."""

from __future__ import annotations

import base64
import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from graphql import GraphQLError

from plugin.demo.database import Row
from plugin.demo.shop import Shop, stamp

Node = dict[str, Any]
MOST = 250
_TERM = re.compile(r"""(\w+):\s*(>=|<=|>|<)?\s*(?:'((?:\\.|[^'])*)'|"((?:\\.|[^"])*)"|(\S+))""")
_SORTS = {"UPDATED_AT": "updated_at", "CREATED_AT": "created_at", "ID": "id"}


@dataclass(frozen=True)
class Listing:
    """One kind of thing that can be listed: its table and the fields it can be searched by."""

    table: str
    fields: Mapping[str, str]
    node: Callable[[Shop, Row], Node]


def gid(kind: str, number: int) -> str:
    """Return the global id of a thing: "gid://shopify/Order/1"."""
    return f"gid://shopify/{kind}/{number}"


def number_of(global_id: str, kind: str) -> int:
    """Return the number in a global id; -1 if it is not one of that kind."""
    found = re.fullmatch(rf"gid://shopify/{kind}/(\d{{1,18}})", global_id)
    return int(found[1]) if found else -1


def _value(field: str, raw: str) -> str:
    if not field.endswith("_at"):
        return raw
    try:
        moment = datetime.fromisoformat(raw.replace("Z", "+00:00"))
    except ValueError:
        return raw
    return stamp(moment if moment.tzinfo else moment.replace(tzinfo=UTC))


def conditions(listing: Listing, query: str | None) -> tuple[str, list[Any]]:
    """Return a search text as SQL conditions and values; unknown fields are left out."""
    parts, values = ["1 = 1"], []
    for name, operator, single, double, bare in _TERM.findall(query or ""):
        column = listing.fields.get(name)
        if column is None:
            continue
        raw = re.sub(r"\\(.)", r"\1", single or double or bare)
        # Columns come from the listing and operators from the pattern, never from the text.
        parts.append(f"{column} {operator or '='} ?")
        values.append(_value(name, raw))
    return " AND ".join(parts), values


def _cursor(row: Row, column: str) -> str:
    return base64.urlsafe_b64encode(json.dumps([row[column], row["id"]]).encode()).decode()


def _after(cursor: str) -> tuple[str | int, int]:
    try:
        value, number = json.loads(base64.urlsafe_b64decode(cursor.encode()))
    except ValueError as error:
        raise GraphQLError("Invalid cursor for current pagination sort.") from error
    return value, int(number)


def connection(
    shop: Shop,
    listing: Listing,
    *,
    first: int | None = None,
    after: str | None = None,
    query: str | None = None,
    sortKey: str = "ID",  # noqa: N803 - the argument's name in the API
    reverse: bool = False,
) -> Node:
    """Return one page of a listing as a GraphQL connection."""
    if first is None or not 1 <= first <= MOST:
        raise GraphQLError(f"you must provide first, between 1 and {MOST}")
    column = _SORTS[sortKey]
    where, values = conditions(listing, query)
    if after:
        where += f" AND ({column}, id) {'<' if reverse else '>'} (?, ?)"
        values += _after(after)
    order = "DESC" if reverse else "ASC"
    rows = shop.db.all(
        f"SELECT * FROM {listing.table} WHERE {where} "  # noqa: S608 - constants, see above
        f"ORDER BY {column} {order}, id {order} LIMIT ?",
        *values,
        first + 1,
    )
    shown = rows[:first]
    cursors = [_cursor(row, column) for row in shown]
    return drawn([listing.node(shop, row) for row in shown], cursors, len(rows) > first)


def drawn(nodes: list[Node], cursors: list[str], more: bool) -> Node:
    """Return nodes and their cursors as a GraphQL connection."""
    return {
        "nodes": nodes,
        "edges": [
            {"node": node, "cursor": cursor} for node, cursor in zip(nodes, cursors, strict=True)
        ],
        "pageInfo": {
            "hasNextPage": more,
            "hasPreviousPage": False,
            "startCursor": cursors[0] if cursors else None,
            "endCursor": cursors[-1] if cursors else None,
        },
    }


def inner(nodes: list[Node], first: int | None, after: str | None = None) -> Node:
    """Return a list inside another thing as a connection; cursors are positions."""
    begin = int(after) + 1 if after and after.isdigit() else 0
    end = begin + min(first or MOST, MOST)
    cursors = [str(position) for position in range(len(nodes))]
    return drawn(nodes[begin:end], cursors[begin:end], len(nodes) > end)


def count(shop: Shop, listing: Listing, query: str | None = None) -> int:
    """Return how many things a search finds."""
    where, values = conditions(listing, query)
    return shop.db.number(
        f"SELECT count(*) FROM {listing.table} WHERE {where}",  # noqa: S608 - constants
        *values,
    )


def money(amount: int, currency: str) -> Node:
    """Return cents as MoneyV2."""
    sign = "-" if amount < 0 else ""
    return {
        "amount": f"{sign}{abs(amount) // 100}.{abs(amount) % 100:02d}",
        "currencyCode": currency,
    }


def bag(amount: int, currency: str) -> Node:
    """Return cents as MoneyBag."""
    return {"shopMoney": money(amount, currency)}
