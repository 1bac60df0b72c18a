"""Bulk operations: a whole order history as JSONL, without running the query engine per line."""

from __future__ import annotations

import json
import logging
import secrets
import sqlite3
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path

from flask import Blueprint, Response, abort
from graphql import (
    FieldNode,
    GraphQLError,
    GraphQLSchema,
    OperationDefinitionNode,
    SelectionSetNode,
    parse,
    validate,
)

from plugin.demo.admin_orders import line_node, order_head
from plugin.demo.database import Row
from plugin.demo.pages import Node, gid, number_of
from plugin.demo.shop import Shop, current_shop

bulk = Blueprint("bulk", __name__)
Projection = Callable[[Node], Node]


@dataclass(frozen=True)
class Plan:
    """What to write: the fields of an order and, where asked for, those of its lines."""

    order: Projection
    line: Projection | None


def _projection(selections: SelectionSetNode, skip: tuple[str, ...] = ()) -> Projection:
    """Return a function that picks the selected fields out of a node, as deep as selected."""
    plain: list[tuple[str, str]] = []
    deep: list[tuple[str, str, Projection]] = []
    for selection in selections.selections:
        if not isinstance(selection, FieldNode) or selection.name.value in skip:
            continue
        shown = selection.alias.value if selection.alias else selection.name.value
        if selection.selection_set is None:
            plain.append((shown, selection.name.value))
        else:
            deep.append((shown, selection.name.value, _projection(selection.selection_set)))

    def pick(node: Node) -> Node:
        picked = {shown: node[name] for shown, name in plain}
        for shown, name, below in deep:
            value = node[name]
            if isinstance(value, list):
                picked[shown] = [below(item) for item in value]
            else:
                picked[shown] = below(value) if value is not None else None
        return picked

    return pick


def _below(selections: SelectionSetNode, name: str) -> SelectionSetNode | None:
    for selection in selections.selections:
        if isinstance(selection, FieldNode) and selection.name.value == name:
            return selection.selection_set
    return None


def _path(selections: SelectionSetNode, *names: str) -> SelectionSetNode | None:
    found: SelectionSetNode | None = selections
    for name in names:
        found = _below(found, name) if found is not None else None
    return found


def plan_of(schema: GraphQLSchema, query: str) -> Plan:
    """Return how to answer a bulk query. Raises ValueError for one this shop cannot run."""
    try:
        document = parse(query, max_tokens=2000)
        faults = validate(schema, document)
    except GraphQLError as error:
        raise ValueError(error.message) from error
    if faults:
        raise ValueError(faults[0].message)
    operation = document.definitions[0]
    if not isinstance(operation, OperationDefinitionNode):
        raise ValueError("Bulk queries must hold one query")
    node = _path(operation.selection_set, "orders", "edges", "node")
    if node is None:
        raise ValueError("Bulk queries must contain at least one connection: orders")
    lines = _path(node, "lineItems", "edges", "node")
    skip = ("lineItems", "fulfillments")
    return Plan(_projection(node, skip), _projection(lines) if lines else None)


def rows(shop: Shop, plan: Plan) -> Iterator[tuple[bool, Node]]:
    """Yield every order followed by its lines, each told whether it is an order."""
    connection = shop.db.connection()
    lines: Iterator[tuple[int, Iterator[Row]]] = iter(())
    if plan.line is not None:
        found = connection.execute("SELECT * FROM lines ORDER BY order_id, id")
        lines = groupby(found, key=lambda line: line["order_id"])
    ahead = next(lines, None)
    for order in connection.execute("SELECT * FROM orders ORDER BY id"):
        head = plan.order(order_head(order))
        yield True, head
        if ahead is not None and plan.line is not None and ahead[0] == order["id"]:
            for line in ahead[1]:
                picked = plan.line(line_node(line, order["currency"]))
                picked["__parentId"] = gid("Order", order["id"])
                yield False, picked
            ahead = next(lines, None)


def _folder(shop: Shop) -> Path:
    folder = shop.settings.data / "bulk"
    folder.mkdir(exist_ok=True)
    return folder


def run(shop: Shop, schema: GraphQLSchema, query: str) -> Node:
    """Answer bulkOperationRunQuery; the file is written in the background, the app polls."""
    try:
        plan = plan_of(schema, query)
    except ValueError as error:
        return _refused("INVALID", str(error))
    name = secrets.token_hex(16)
    with shop.db.write() as connection:
        running = connection.execute(
            "SELECT id FROM bulk_operations WHERE status = 'RUNNING'"
        ).fetchone()
        if running:
            own = f"gid://shopify/BulkOperation/{running['id']}"
            text = f"A bulk query operation for this app and shop is already in progress: {own}."
            return _refused("OPERATION_IN_PROGRESS", text)
        made = connection.execute(
            "INSERT INTO bulk_operations (file, status) VALUES (?, 'RUNNING')", (name,)
        )
        number = int(made.lastrowid or 0)
    threading.Thread(
        target=_work, args=(shop, plan, number, name), name="bulk", daemon=True
    ).start()
    operation_id = gid("BulkOperation", number)
    return {"bulkOperation": {"id": operation_id, "status": "CREATED"}, "userErrors": []}


def _refused(code: str, message: str) -> Node:
    fault = {"field": ["query"], "message": message, "code": code}
    return {"bulkOperation": None, "userErrors": [fault]}


def _work(shop: Shop, plan: Plan, number: int, name: str) -> None:
    objects = roots = 0
    write = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode
    try:
        with (_folder(shop) / f"{name}.jsonl").open("w", encoding="utf-8") as file:
            for is_order, node in rows(shop, plan):
                file.write(write(node) + "\n")
                objects += 1
                roots += is_order
        state: tuple[str, str | None] = ("COMPLETED", None)
    except (OSError, KeyError, sqlite3.Error):
        logging.getLogger(__name__).exception("bulk operation %d failed", number)
        state = ("FAILED", "INTERNAL_SERVER_ERROR")
    with shop.db.write() as connection:
        connection.execute(
            "UPDATE bulk_operations SET status = ?, error = ?, objects = ?, roots = ? WHERE id = ?",
            (*state, objects, roots, number),
        )
    shop.note("Uferhaus: bulkOperation", state[0], f"{objects:,} Zeilen")
    shop.db.close()


def clean_up(shop: Shop) -> None:
    """Mark operations that an earlier run of the demo did not finish as failed."""
    with shop.db.write() as connection:
        connection.execute(
            "UPDATE bulk_operations SET status = 'FAILED', error = 'INTERNAL_SERVER_ERROR' "
            "WHERE status = 'RUNNING'"
        )


def operation(shop: Shop, global_id: str) -> Node | None:
    """Return the state of a bulk operation."""
    number = number_of(global_id, "BulkOperation")
    row = shop.db.one("SELECT * FROM bulk_operations WHERE id = ?", number)
    if row is None:
        return None
    path = _folder(shop) / f"{row['file']}.jsonl"
    done = row["status"] == "COMPLETED" and path.exists()
    size = path.stat().st_size if done else 0
    return {
        "id": global_id,
        "status": row["status"],
        "errorCode": row["error"],
        "objectCount": str(row["objects"]),
        "rootObjectCount": str(row["roots"]),
        "fileSize": str(size),
        "url": f"{shop.settings.shop_url}/bulk/{row['file']}.jsonl" if done else None,
        "partialDataUrl": None,
    }


@bulk.get("/bulk/<name>.jsonl")
def download(name: str) -> Response:
    """Stream the result of a bulk operation; the name is the only key, as on the platform."""
    path = _folder(current_shop()) / f"{name}.jsonl"
    if not name.isalnum() or not path.is_file():
        abort(404)

    def pieces() -> Iterator[bytes]:
        with path.open("rb") as file:
            while piece := file.read(1 << 16):
                yield piece

    return Response(pieces(), mimetype="application/jsonl")
