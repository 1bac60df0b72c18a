"""Fixtures of the adapter tests: the scripted Admin API and the adapter in front of it."""

from __future__ import annotations

from collections.abc import Iterator
from importlib.util import find_spec
from typing import Any

import pytest
from graphql import OperationDefinitionNode, parse, validate
from graphql.execution.values import get_variable_values

from plugin.logs import configure_logs
from plugin.platforms.shopify import ShopifyPlatform
from tests.platforms.admin import VERSION, FakeAdmin, platform_for


@pytest.fixture(autouse=True)
def every_log_line() -> None:
    """Print every line: what a test looks for in the log must not hang on another test's level."""
    configure_logs("debug")


@pytest.fixture(scope="session")
def real_schema() -> Any:
    """Shopify's own schema, None where it cannot be had."""
    if find_spec("tests.shopify_schema") is None:
        return None
    from tests.shopify_schema import admin_schema

    try:
        return admin_schema(VERSION)
    except pytest.skip.Exception:  # without it the adapter is still worth testing
        return None


@pytest.fixture
def pauses() -> list[float]:
    return []


@pytest.fixture
def admin(real_schema: Any) -> Iterator[FakeAdmin]:
    fake = FakeAdmin()
    fake.server.start()
    yield fake
    fake.server.stop()
    for document, variables in fake.documents:
        assert not findings(real_schema, document, variables)


@pytest.fixture
def shopify(admin: FakeAdmin, pauses: list[float]) -> Iterator[ShopifyPlatform]:
    platform, http = platform_for(admin, pauses)
    yield platform
    http.close()


def findings(schema: Any, document: str, variables: dict[str, Any]) -> list[Any]:
    """Return what the real schema has against a call."""
    if schema is None:
        return []
    parsed = parse(document)
    problems: list[Any] = list(validate(schema, parsed))
    for definition in parsed.definitions:
        if isinstance(definition, OperationDefinitionNode):
            coerced = get_variable_values(schema, definition.variable_definitions or (), variables)
            problems += coerced if isinstance(coerced, list) else []
    return problems
