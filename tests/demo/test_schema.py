"""The demo's schema is a part of Shopify's own, and the app's rights fit what it asks for."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from graphql import (
    GraphQLSchema,
    NoDeprecatedCustomRule,
    TypeInfo,
    TypeInfoVisitor,
    Visitor,
    build_schema,
    get_named_type,
    is_enum_type,
    is_input_object_type,
    is_interface_type,
    is_object_type,
    is_required_argument,
    is_required_input_field,
    is_union_type,
    parse,
    validate,
    visit,
)

from plugin.demo.admin_api import schema
from plugin.manifest import load_manifest
from tests.shopify_schema import DIGESTS, admin_data, admin_schema

ROOT = Path(__file__).resolve().parents[2]
DOCUMENTS = sorted((ROOT / "plugin/platforms/shopify/operations").glob("*.graphql"))
VERSIONS = sorted(DIGESTS)
# read_fulfillments is what the webhooks need, write_app_proxy the app proxy: no document does.
BEYOND_DOCUMENTS = {"read_fulfillments", "write_app_proxy"}


def _fields(ours: Any, real: Any, place: str) -> Iterator[str]:
    for name, field in ours.fields.items():
        other = real.fields.get(name)
        if other is None:
            yield f"{place}.{name} is not Shopify's"
            continue
        if str(field.type) != str(other.type):
            yield f"{place}.{name}: {field.type} instead of {other.type}"
        if is_object_type(real):
            yield from _arguments(field, other, f"{place}.{name}")
    if is_input_object_type(real):
        required = {name for name, field in real.fields.items() if is_required_input_field(field)}
        yield from (f"{place} lacks {name}" for name in required - set(ours.fields))


def _values(enum: Any) -> set[str]:
    return set(enum.values)


def _arguments(ours: Any, real: Any, place: str) -> Iterator[str]:
    for name, argument in ours.args.items():
        other = real.args.get(name)
        if other is None or str(argument.type) != str(other.type):
            yield f"{place}({name}) is not Shopify's"
    required = {name for name, argument in real.args.items() if is_required_argument(argument)}
    yield from (f"{place} lacks ({name})" for name in required - set(ours.args))


def _differences(ours: GraphQLSchema, real: GraphQLSchema) -> Iterator[str]:
    kind: Any
    other: Any
    for name, kind in ours.type_map.items():
        if name.startswith("__"):
            continue
        other = real.type_map.get(name)
        if other is None or type(other) is not type(kind):
            yield f"{name} is not Shopify's"
        elif is_enum_type(kind):
            yield from (
                f"{name}.{v} is not Shopify's" for v in set(kind.values) - set(other.values)
            )
        elif is_union_type(kind):
            known = {member.name for member in other.types}
            yield from (f"{name}: {m.name}" for m in kind.types if m.name not in known)
        elif is_object_type(kind) or is_interface_type(kind) or is_input_object_type(kind):
            yield from _fields(kind, other, name)


def test_every_type_field_and_argument_of_the_demo_is_shopifys() -> None:
    assert list(_differences(schema(), admin_schema("2026-10"))) == []


def test_a_schema_that_differs_would_be_noticed() -> None:
    text = (
        "type QueryRoot { shop: Shop nix: Int } type Shop { name: Int } schema { query: QueryRoot }"
    )
    found = list(_differences(build_schema(text), admin_schema("2026-10")))
    assert len(found) == 3, found


@pytest.mark.parametrize("version", VERSIONS)
@pytest.mark.parametrize("path", DOCUMENTS, ids=lambda path: path.stem)
def test_every_operation_is_valid_and_free_of_deprecated_fields(path: Path, version: str) -> None:
    document = parse(path.read_text(encoding="utf-8"))
    real = admin_schema(version)
    assert validate(real, document) == []
    assert validate(real, document, [NoDeprecatedCustomRule]) == []


@pytest.mark.parametrize("path", DOCUMENTS, ids=lambda path: path.stem)
def test_every_operation_is_valid_in_the_demo(path: Path) -> None:
    assert validate(schema(), parse(path.read_text(encoding="utf-8"))) == []


def _needs() -> list[frozenset[str]]:
    """Return the alternatives of every right that the stored documents need."""
    scopes: dict[tuple[str, str], frozenset[str]] = {}
    for item in admin_data("2026-10")["offline_scopes"]["items"]:
        if item["offlineScopes"]:
            key = (item["typeName"], item.get("fieldName") or "")
            scopes[key] = frozenset(item["offlineScopes"])
    info = TypeInfo(admin_schema("2026-10"))
    needed: set[frozenset[str]] = set()

    class Fields(Visitor):
        def enter_field(self, node: Any, *_: Any) -> None:
            parent, kind = info.get_parent_type(), info.get_type()
            assert parent is not None
            for key in ((parent.name, node.name.value), (str(get_named_type(kind)), "")):
                if key in scopes:
                    needed.add(scopes[key])

    for path in DOCUMENTS:
        visit(parse(path.read_text(encoding="utf-8")), TypeInfoVisitor(info, Fields()))
    return sorted(needed, key=sorted)


def test_declared_rights_cover_what_the_operations_need() -> None:
    declared = set(load_manifest().platforms["shopify"].scopes)
    assert [sorted(need) for need in _needs() if not need & declared] == []


def test_no_right_is_declared_that_nothing_needs() -> None:
    declared = set(load_manifest().platforms["shopify"].scopes)
    spare = {scope for scope in declared if all(need & (declared - {scope}) for need in _needs())}
    assert spare == BEYOND_DOCUMENTS
