"""Fixtures of the adapter tests: the scripted Admin API and the adapter in front of it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from graphql import GraphQLSchema, OperationDefinitionNode, parse, validate
from graphql.execution.values import get_variable_values

from plugin.logs import configure_logs
from plugin.platforms.shopify import ShopifyPlatform
from tests.platforms.admin import FakeAdmin, platform_for
from tests.platforms.shopware import Pair, open_pair
from tests.shopify_schema import DIGESTS, admin_schema

#: The versions that our calls must be good in: ours, and those that still answer.
VERSIONS = tuple(DIGESTS)


@pytest.fixture(autouse=True)
def every_log_line() -> None:
    """Print every line: what a test looks for in the log must not hang on another test's level."""
    configure_logs("debug")


@pytest.fixture(scope="session")
def real_schemas() -> list[GraphQLSchema]:
    """Shopify's own schemas of each version; none where they cannot be had."""
    try:
        return [admin_schema(version) for version in VERSIONS]
    except pytest.skip.Exception:  # without them the adapter is still worth testing
        return []


@pytest.fixture
def pauses() -> list[float]:
    return []


@pytest.fixture
def admin(real_schemas: list[GraphQLSchema]) -> Iterator[FakeAdmin]:
    fake = FakeAdmin()
    fake.server.start()
    yield fake
    fake.server.stop()
    for document, variables in fake.documents:
        for schema in real_schemas:
            assert not findings(schema, document, variables)


@pytest.fixture
def shopify(admin: FakeAdmin, pauses: list[float]) -> Iterator[ShopifyPlatform]:
    platform, http = platform_for(admin, pauses)
    yield platform
    http.close()


def findings(schema: GraphQLSchema, document: str, variables: dict[str, Any]) -> list[Any]:
    """Return what a real schema has against a call."""
    parsed = parse(document)
    problems: list[Any] = list(validate(schema, parsed))
    for definition in parsed.definitions:
        if isinstance(definition, OperationDefinitionNode):
            coerced = get_variable_values(schema, definition.variable_definitions or (), variables)
            problems += coerced if isinstance(coerced, list) else []
    return problems


@pytest.fixture
def pair() -> Iterator[Pair]:
    """A Shopware shop and its adapter; the real schema has nothing against their messages."""
    opened, server, http = open_pair()
    yield opened
    http.close()
    server.stop()
    assert not opened.shop.problems, opened.shop.problems[:5]
