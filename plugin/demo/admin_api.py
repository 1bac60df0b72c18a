"""The Admin GraphQL endpoint: Shopify's own schema cut down to the operations the app uses."""

from __future__ import annotations

import time
from collections.abc import Callable
from functools import cache, lru_cache
from pathlib import Path
from typing import Any

from flask import Blueprint, Response, jsonify, request
from graphql import (
    DocumentNode,
    GraphQLError,
    GraphQLSchema,
    OperationDefinitionNode,
    build_schema,
    execute_sync,
    parse,
    validate,
)

from plugin.demo import admin_customers, admin_discounts, bulk, tokens
from plugin.demo.admin_customers import CUSTOMERS
from plugin.demo.admin_orders import ORDERS, order_by_id
from plugin.demo.admin_products import PRODUCTS, product_by_id
from plugin.demo.database import Row
from plugin.demo.metafields import set_metafields
from plugin.demo.pages import Listing, Node, connection, count, gid
from plugin.demo.settings import API_VERSION
from plugin.demo.shop import Shop, current_shop
from plugin.demo.throttle import Bucket, cost_of, objects_in

admin_api = Blueprint("admin_api", __name__)
VERSIONS = ("2026-04", "2026-07", API_VERSION)

NEEDED = {
    "orders": "read_orders",
    "order": "read_orders",
    "ordersCount": "read_orders",
    "products": "read_products",
    "product": "read_products",
    "productsCount": "read_products",
    "customers": "read_customers",
    "customersCount": "read_customers",
    "customerByIdentifier": "read_customers",
    "customerCreate": "write_customers",
    "customerEmailMarketingConsentUpdate": "write_customers",
    "codeDiscountNodeByCode": "read_discounts",
    "discountCodeBasicCreate": "write_discounts",
    "discountCodeDelete": "write_discounts",
}


@cache
def schema() -> GraphQLSchema:
    """Return the demo's schema."""
    return build_schema(Path(__file__).with_name("schema.graphql").read_text(encoding="utf-8"))


@lru_cache(maxsize=256)
def _checked(text: str) -> tuple[DocumentNode | None, tuple[GraphQLError, ...]]:
    try:
        document = parse(text, max_tokens=5000)
    except GraphQLError as error:
        return None, (error,)
    return document, tuple(validate(schema(), document))


def _install_node(shop: Shop, scopes: str) -> Node:
    install = shop.install
    return {
        "id": gid("AppInstallation", install["id"] if install else 0),
        "accessScopes": [{"handle": scope} for scope in sorted(tokens.effective(scopes))],
    }


def _shop_node(shop: Shop) -> Node:
    host = shop.settings.shop_url.partition("://")[2]
    return {
        "id": gid("Shop", 1),
        "name": shop.settings.shop_name,
        "email": "hallo@uferhaus.example",
        "contactEmail": "hallo@uferhaus.example",
        "myshopifyDomain": shop.settings.shop_domain,
        "currencyCode": shop.currency,
        "ianaTimezone": "Europe/Berlin",
        "primaryDomain": {"host": host, "url": shop.settings.shop_url},
    }


def _counted(shop: Shop, listing: Listing, query: str | None, limit: int | None) -> Node:
    found = count(shop, listing, query)
    if limit is not None and found > limit:
        return {"count": limit, "precision": "AT_LEAST"}
    return {"count": found, "precision": "EXACT"}


def _queries(shop: Shop, scopes: str) -> dict[str, Callable[..., Any]]:
    return {
        "shop": lambda _i: _shop_node(shop),
        "currentAppInstallation": lambda _i: _install_node(shop, scopes),
        "order": lambda _i, id: order_by_id(shop, id),
        "orders": lambda _i, **given: connection(shop, ORDERS, **given),
        "ordersCount": lambda _i, query=None, limit=10_000: _counted(shop, ORDERS, query, limit),
        "product": lambda _i, id: product_by_id(shop, id),
        "products": lambda _i, **given: connection(shop, PRODUCTS, **given),
        "productsCount": lambda _i: _counted(shop, PRODUCTS, None, 10_000),
        "customers": lambda _i, **given: connection(shop, CUSTOMERS, **given),
        "customersCount": lambda _i: _counted(shop, CUSTOMERS, None, 10_000),
        "customerByIdentifier": lambda _i, identifier: admin_customers.by_identifier(
            shop, identifier
        ),
        "codeDiscountNodeByCode": lambda _i, code: admin_discounts.by_code(shop, code),
        "bulkOperation": lambda _i, id: bulk.operation(shop, id),
    }


def _mutations(shop: Shop) -> dict[str, Callable[..., Any]]:
    return {
        "bulkOperationRunQuery": lambda _i, query, groupObjects: bulk.run(  # noqa: N803
            shop, schema(), query
        ),
        "customerCreate": lambda _i, input: admin_customers.create(shop, input),
        "customerEmailMarketingConsentUpdate": lambda _i, input: admin_customers.update_consent(
            shop, input
        ),
        "discountCodeBasicCreate": lambda _i, basicCodeDiscount: (  # noqa: N803
            admin_discounts.create(shop, basicCodeDiscount)
        ),
        "discountCodeDelete": lambda _i, id: admin_discounts.delete(shop, id),
        "metafieldsSet": lambda _i, metafields: set_metafields(shop, metafields),
    }


def _guarded(name: str, resolver: Callable[..., Any], scopes: str) -> Callable[..., Any]:
    needed = NEEDED.get(name)
    if needed is None or needed in tokens.effective(scopes):
        return resolver

    def denied(_info: object, **_: object) -> None:
        raise GraphQLError(
            f"Access denied for {name} field. Required access: `{needed}` access scope.",
            extensions={"code": "ACCESS_DENIED"},
        )

    return denied


def run_document(shop: Shop, scopes: str, document: DocumentNode, body: Node) -> Node:
    """Execute a checked document and return `data` and `errors` as the platform does."""
    root = _queries(shop, scopes) | _mutations(shop)
    result = execute_sync(
        schema(),
        document,
        {name: _guarded(name, resolver, scopes) for name, resolver in root.items()},
        variable_values=body.get("variables") or {},
        operation_name=body.get("operationName"),
    )
    answer: Node = {"data": result.data}
    if result.errors:
        answer["errors"] = [error.formatted for error in result.errors]
    return answer


def _operation(document: DocumentNode) -> str:
    for definition in document.definitions:
        if isinstance(definition, OperationDefinitionNode):
            first: Any = definition.selection_set.selections[0]
            return str(first.name.value)
    return "?"


def _about(body: Node) -> str:
    variables = body.get("variables") or {}
    for key in ("discount", "code"):
        found = variables.get(key)
        code = found.get("code") if isinstance(found, dict) else found
        if code:
            return f" {code}"
    return ""


def _holder(shop: Shop) -> Row | None:
    return tokens.holder(shop, request.headers.get("X-Shopify-Access-Token", ""))


def bucket_of(shop: Shop) -> Bucket:
    """Return the bucket of cost points of one shop."""
    return BUCKETS.setdefault(str(shop.settings.data), Bucket())


BUCKETS: dict[str, Bucket] = {}


@admin_api.post("/admin/api/<version>/graphql.json")
def graphql(version: str) -> tuple[Response, int] | Response:
    """Answer one GraphQL request of the app."""
    shop = current_shop()
    if shop.silent():
        return jsonify(errors="Service Unavailable"), 503
    holder = _holder(shop)
    if holder is None or shop.install is None:
        text = "[API] Invalid API key or access token (unrecognized login or wrong password)"
        return jsonify(errors=text), 401
    body = request.get_json(silent=True)
    if not isinstance(body, dict) or not isinstance(body.get("query"), str):
        return jsonify(errors={"query": "Required parameter missing or invalid"}), 400
    answer = _answer(shop, holder["scopes"], body)
    response = jsonify(answer)
    response.headers["X-Shopify-API-Version"] = version if version in VERSIONS else VERSIONS[0]
    return response


def _answer(shop: Shop, scopes: str, body: Node) -> Node:
    document, faults = _checked(body["query"])
    if document is None or faults:
        return {"errors": [error.formatted for error in faults]}
    cost, bucket = cost_of(schema(), document, body.get("variables") or {}), bucket_of(shop)
    paid = bucket.pay(cost)
    begun = time.monotonic()
    used: int | None = None
    if paid:
        answer = run_document(shop, scopes, document, body)
        used = min(cost, objects_in(answer["data"]))
        bucket.give_back(cost - used)
    else:
        fault = {"message": "Throttled", "extensions": {"code": "THROTTLED"}}
        answer = {"errors": [fault]}
    took = round((time.monotonic() - begun) * 1000)
    outcome = "gedrosselt" if not paid else _outcome(answer)
    shop.note(f"Bleib → {_operation(document)}{_about(body)}", outcome, f"{took} ms")
    answer["extensions"] = {
        "cost": {
            "requestedQueryCost": cost,
            "actualQueryCost": used,
            "throttleStatus": bucket.status(),
        }
    }
    return answer


def _outcome(answer: Node) -> str:
    if "errors" in answer:
        return "abgelehnt"
    for value in (answer.get("data") or {}).values():
        faults = value.get("userErrors") if isinstance(value, dict) else None
        if faults:
            return str(faults[0].get("code") or faults[0]["message"])
    return "200"
