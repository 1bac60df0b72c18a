"""Every stored operation is used, named after its file, and valid against the real schema."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
from graphql import parse, validate

import plugin.platforms.shopify as package
from plugin.platforms.shopify.graphql import document
from tests.platforms.conftest import findings

FOLDER = Path(package.__file__).parent
NAMES = sorted(path.stem for path in FOLDER.glob("operations/*.graphql"))
SOURCE = "".join(path.read_text(encoding="utf-8") for path in FOLDER.glob("*.py"))


@pytest.mark.parametrize("name", NAMES)
def test_stored_operation_parses_and_is_used(name: str) -> None:
    assert parse(document(name))
    assert re.search(rf'"{name}"', SOURCE)


@pytest.mark.parametrize("name", [name for name in NAMES if name != "order_history"])
def test_stored_operation_is_named_after_its_file(name: str) -> None:
    named = "".join(part.capitalize() for part in name.split("_"))
    assert re.match(rf"(query|mutation) {named}\b", document(name))


@pytest.mark.parametrize("name", NAMES)
def test_stored_operation_is_valid_against_the_real_schema(name: str, real_schema: Any) -> None:
    if real_schema is None:
        pytest.skip("Shopify's schema cannot be had here")
    assert validate(real_schema, parse(document(name))) == []


def test_call_that_the_real_schema_refuses_would_be_noticed(real_schema: Any) -> None:
    if real_schema is None:
        pytest.skip("Shopify's schema cannot be had here")
    assert findings(real_schema, document("products"), {"first": 1}) == []
    assert findings(real_schema, document("products"), {"first": "many"})
    assert findings(real_schema, document("discount_create"), {"discount": {"colour": "red"}})
    assert findings(real_schema, "query Wrong { shop { colour } }", {})
