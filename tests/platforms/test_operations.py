"""Every stored operation is used, valid with its variables in each version that we support, and
needs exactly the rights that the manifest declares."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from graphql import (
    FieldNode,
    GraphQLSchema,
    NoDeprecatedCustomRule,
    OperationDefinitionNode,
    TypeInfo,
    TypeInfoVisitor,
    Visitor,
    get_named_type,
    parse,
    validate,
    visit,
)

import plugin.platforms.shopify as package
from plugin.manifest import load_manifest
from plugin.platforms.shopify.graphql import document
from tests.platforms.admin import VERSION
from tests.platforms.conftest import VERSIONS, findings
from tests.shopify_schema import admin_data, admin_schema

FOLDER = Path(package.__file__).parent
NAMES = sorted(path.stem for path in FOLDER.glob("operations/*.graphql"))
SOURCE = "".join(path.read_text(encoding="utf-8") for path in FOLDER.glob("*.py"))
ENTRY = load_manifest().platforms["shopify"]
PAGE = {"first": 50, "after": "eyJsYXN0X2lkIjo3fQ==", "query": "updated_at:>='2026-11-21'"}
CONSENT = {
    "marketingState": "SUBSCRIBED",
    "marketingOptInLevel": "CONFIRMED_OPT_IN",
    "consentUpdatedAt": "2026-11-21T10:00:00Z",
}
#: One call of each operation, as rich as the adapter ever makes it.
VARIABLES: dict[str, dict[str, Any]] = {
    "bulk_operation": {"id": "gid://shopify/BulkOperation/1"},
    "bulk_run": {"query": "{ orders { edges { node { id } } } }"},
    "counts": {"orders": "created_at:>='2024-11-21T00:00:00Z'"},
    "customer_by_email": {"email": "a@example.com"},
    "customer_consent": {
        "input": {"customerId": "gid://shopify/Customer/1", "emailMarketingConsent": CONSENT}
    },
    "customer_create": {
        "input": {"email": "a@example.com", "locale": "de", "emailMarketingConsent": CONSENT}
    },
    "customers": PAGE,
    "discount_by_code": {"code": "WELCOME-8K2P"},
    "discount_create": {
        "discount": {
            "title": "Bleib WELCOME-8K2P",
            "code": "WELCOME-8K2P",
            "startsAt": "2026-11-21T00:00:00Z",
            "endsAt": "2026-12-21T00:00:00Z",
            "usageLimit": 1,
            "appliesOncePerCustomer": True,
            "context": {"all": "ALL"},
            "customerGets": {
                "value": {"discountAmount": {"amount": "5.00", "appliesOnEachItem": False}},
                "items": {"all": True},
            },
            "minimumRequirement": {"subtotal": {"greaterThanOrEqualToSubtotal": "40.00"}},
            "combinesWith": {
                "orderDiscounts": False,
                "productDiscounts": False,
                "shippingDiscounts": True,
            },
        }
    },
    "discount_delete": {"id": "gid://shopify/DiscountCodeNode/1"},
    "installation": {},
    "metafields_set": {
        "metafields": [
            {
                "ownerId": "gid://shopify/AppInstallation/1",
                "namespace": "bleib",
                "key": "config",
                "type": "json",
                "value": "{}",
            }
        ]
    },
    "order": {"id": "gid://shopify/Order/1"},
    "order_history": {},
    "orders": PAGE,
    "product": {"id": "gid://shopify/Product/1"},
    "products": PAGE,
}


@pytest.fixture(params=VERSIONS)
def schema(request: pytest.FixtureRequest) -> GraphQLSchema:
    return admin_schema(request.param)


@pytest.mark.parametrize("name", NAMES)
def test_stored_operation_parses_and_is_used(name: str) -> None:
    assert parse(document(name))
    assert re.search(rf'"{name}"', SOURCE)


@pytest.mark.parametrize("name", [name for name in NAMES if name != "order_history"])
def test_stored_operation_is_named_after_its_file(name: str) -> None:
    named = "".join(part.capitalize() for part in name.split("_"))
    assert re.match(rf"(query|mutation) {named}\b", document(name))


@pytest.mark.parametrize("name", NAMES)
def test_stored_operation_is_valid_with_its_variables_in_every_version(
    name: str, schema: GraphQLSchema
) -> None:
    assert findings(schema, document(name), VARIABLES[name]) == []


@pytest.mark.parametrize("name", NAMES)
def test_stored_operation_asks_for_nothing_that_is_deprecated(
    name: str, schema: GraphQLSchema
) -> None:
    assert validate(schema, parse(document(name)), [NoDeprecatedCustomRule]) == []


def test_call_that_the_real_schema_refuses_would_be_noticed(schema: GraphQLSchema) -> None:
    assert findings(schema, document("products"), {"first": 1}) == []
    assert findings(schema, document("products"), {"first": "many"})
    assert findings(schema, document("discount_create"), {"discount": {"colour": "red"}})
    assert findings(schema, "query Wrong { shop { colour } }", {})
    old = "query Old($id: ID!) { customer(id: $id) { email } }"
    assert validate(schema, parse(old), [NoDeprecatedCustomRule])


def test_our_version_is_one_of_those_that_are_checked() -> None:
    assert VERSION in VERSIONS
    assert ENTRY.api_version == VERSION


# Rights: each need is a set of rights of which one is enough.
Need = frozenset[str]


def needs_of(version: str, text: str) -> set[Need]:
    """Return what a document needs, as Shopify's own list of rights has it."""
    rights: dict[tuple[str, str], Need] = {
        (item["typeName"], item.get("fieldName", "")): frozenset(item["offlineScopes"])
        for item in admin_data(version)["offline_scopes"]["items"]
        if item["offlineScopes"]
    }
    schema = admin_schema(version)
    info = TypeInfo(schema)
    found: set[Need] = set()

    class Fields(Visitor):
        def enter_field(self, node: FieldNode, *_: Any) -> None:
            parent, kind = info.get_parent_type(), info.get_type()
            assert parent is not None
            assert kind is not None
            places = [(parent.name, node.name.value), (get_named_type(kind).name, "")]
            found.update(rights[place] for place in places if place in rights)

    parsed = parse(text)
    assert any(isinstance(item, OperationDefinitionNode) for item in parsed.definitions)
    visit(parsed, TypeInfoVisitor(info, Fields()))
    return found


def topic_needs(version: str, topic: str) -> Iterator[Need]:
    """Return what a webhook's topic needs: the schema says it in the topic's own words."""
    kind = admin_schema(version).type_map["WebhookSubscriptionTopic"]
    value = kind.values[re.sub(r"\W", "_", topic).upper()]  # type: ignore[attr-defined]
    words = re.sub(r"\s+", " ", value.description or "")
    # "Requires the `read_products` scope." or "at least one of the following scopes: a, b."
    said = re.search(r"Requires (?:the|at least one of).*", words)
    if said:
        yield frozenset(re.findall(r"(?:read|write)_\w+", said[0]))


def all_needs(version: str) -> set[Need]:
    needs = {need for name in NAMES for need in needs_of(version, document(name))}
    needs |= {need for topic in ENTRY.webhooks for need in topic_needs(version, topic)}
    if ENTRY.proxy_subpath:
        needs.add(frozenset({"write_app_proxy"}))
    return needs


@pytest.mark.parametrize("version", VERSIONS)
def test_declared_rights_are_enough_for_every_document_and_topic(version: str) -> None:
    declared = set(ENTRY.scopes)
    assert [sorted(need) for need in all_needs(version) if not need & declared] == []


@pytest.mark.parametrize("version", VERSIONS)
@pytest.mark.parametrize("scope", ENTRY.scopes)
def test_no_declared_right_could_be_left_out(scope: str, version: str) -> None:
    rest = set(ENTRY.scopes) - {scope}
    assert any(not need & rest for need in all_needs(version)), f"{scope} is not needed"


def test_list_of_rights_tells_one_document_from_another() -> None:
    assert frozenset({"write_discounts"}) in needs_of(VERSION, document("discount_create"))
    assert needs_of(VERSION, document("bulk_operation")) == set()
    assert any("read_fulfillments" in need for need in topic_needs(VERSION, "fulfillments/create"))
    assert list(topic_needs(VERSION, "app/uninstalled")) == []


@pytest.mark.parametrize("version", VERSIONS)
def test_every_topic_exists_in_every_version(version: str) -> None:
    kind = admin_schema(version).type_map["WebhookSubscriptionTopic"]
    names = {re.sub(r"\W", "_", topic).upper() for topic in ENTRY.webhooks}
    assert names <= set(kind.values)  # type: ignore[attr-defined]
