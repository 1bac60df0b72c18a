"""The Admin API's price of a query and the leaky bucket that pays for it."""

from __future__ import annotations

import threading
import time
from typing import Any

from graphql import (
    DocumentNode,
    FieldNode,
    GraphQLObjectType,
    GraphQLSchema,
    InlineFragmentNode,
    IntValueNode,
    OperationDefinitionNode,
    SelectionSetNode,
    VariableNode,
    get_named_type,
    is_leaf_type,
)

MAXIMUM = 20_000.0
RESTORE = 1_000.0
DEAREST = 1_000
MUTATION = 10


def cost_of(schema: GraphQLSchema, document: DocumentNode, variables: dict[str, Any]) -> int:
    """Return what a query is asked to pay: objects 1, lists their `first`, mutations 10."""
    total = 0
    for definition in document.definitions:
        if not isinstance(definition, OperationDefinitionNode):
            continue
        root = schema.get_root_type(definition.operation)
        if definition.operation.value == "mutation":
            total += MUTATION
        elif root is not None:
            total += _selected(schema, root, definition.selection_set, variables)
    return min(total, DEAREST)


def objects_in(data: object) -> int:
    """Return how many objects an answer holds: what a query costs in the end."""
    if isinstance(data, dict):
        return 1 + sum(objects_in(value) for value in data.values())
    if isinstance(data, list):
        return sum(objects_in(item) for item in data)
    return 0


def _selected(
    schema: GraphQLSchema,
    parent: GraphQLObjectType,
    selections: SelectionSetNode,
    variables: dict[str, Any],
) -> int:
    total = 0
    for selection in selections.selections:
        if isinstance(selection, InlineFragmentNode):
            total += _selected(schema, parent, selection.selection_set, variables)
        elif isinstance(selection, FieldNode):
            total += _field(schema, parent, selection, variables)
    return total


def _field(
    schema: GraphQLSchema, parent: GraphQLObjectType, node: FieldNode, variables: dict[str, Any]
) -> int:
    definition = getattr(parent, "fields", {}).get(node.name.value)
    if definition is None or node.selection_set is None:
        return 0
    kind: Any = get_named_type(definition.type)
    if is_leaf_type(kind):
        return 0
    inside = _selected(schema, kind, node.selection_set, variables)
    if kind.name.endswith("Connection"):
        return 2 + _first(node, variables) * max(1, inside)
    return 1 + inside


def _first(node: FieldNode, variables: dict[str, Any]) -> int:
    for argument in node.arguments or ():
        if argument.name.value == "first":
            if isinstance(argument.value, VariableNode):
                return int(variables.get(argument.value.name.value) or 1)
            if isinstance(argument.value, IntValueNode):
                return int(argument.value.value)
    return 1


class Bucket:
    """A leaky bucket of cost points, shared by all requests of the app."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._left = MAXIMUM
        self._at = time.monotonic()

    def pay(self, cost: int) -> bool:
        """Take `cost` points; tell whether enough were there."""
        with self._lock:
            now = time.monotonic()
            self._left = min(MAXIMUM, self._left + (now - self._at) * RESTORE)
            self._at = now
            if self._left < cost:
                return False
            self._left -= cost
            return True

    def give_back(self, cost: int) -> None:
        """Return points that a query was asked for but did not use."""
        with self._lock:
            self._left = min(MAXIMUM, self._left + cost)

    def drain(self) -> None:
        """Empty the bucket, so that the next query is throttled."""
        with self._lock:
            self._left = 0.0
            self._at = time.monotonic()

    def status(self) -> dict[str, float]:
        """Return `throttleStatus` as the platform writes it."""
        with self._lock:
            return {
                "maximumAvailable": MAXIMUM,
                "currentlyAvailable": int(self._left),
                "restoreRate": RESTORE,
            }
