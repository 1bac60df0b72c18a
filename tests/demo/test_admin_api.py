"""The Admin API answers the app's own documents as Shopify would."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from flask.testing import FlaskClient

from plugin.demo import tokens
from plugin.demo.admin_api import bucket_of
from plugin.demo.shop import Shop
from tests.demo.conftest import AdminApi

OPERATIONS = Path(__file__).resolve().parents[2] / "plugin/platforms/shopify/operations"


def document(name: str) -> str:
    return (OPERATIONS / f"{name}.graphql").read_text(encoding="utf-8")


def voucher(code: str = "WILLKOMMEN-7K2F", **changed: Any) -> dict[str, Any]:
    return {
        "title": "Willkommen",
        "code": code,
        "startsAt": "2026-01-01T00:00:00Z",
        "endsAt": "2099-01-01T00:00:00+01:00",
        "usageLimit": 1,
        "appliesOncePerCustomer": True,
        "context": {"all": "ALL"},
        "customerGets": {"value": {"percentage": 0.15}, "items": {"all": True}},
        "minimumRequirement": {"subtotal": {"greaterThanOrEqualToSubtotal": "50.00"}},
        "combinesWith": {"orderDiscounts": False, "shippingDiscounts": True},
        **changed,
    }


def test_installation_tells_shop_and_rights(api: AdminApi) -> None:
    data = api.data(document("installation"))
    handles = {scope["handle"] for scope in data["currentAppInstallation"]["accessScopes"]}
    assert {"read_orders", "write_discounts", "read_discounts"} <= handles
    assert data["shop"]["myshopifyDomain"] == "uferhaus.myshopify.com"


def test_every_product_comes_in_pages_without_gap_or_repeat(api: AdminApi) -> None:
    seen: list[str] = []
    after = None
    while True:
        page = api.data(document("products"), {"first": 20, "after": after})["products"]
        seen += [node["id"] for node in page["nodes"]]
        after = page["pageInfo"]["endCursor"]
        if not page["pageInfo"]["hasNextPage"]:
            break
    assert len(seen) == len(set(seen)) == 68


def test_product_has_picture_price_and_cost(api: AdminApi) -> None:
    node = api.data(document("products"), {"first": 1})["products"]["nodes"][0]
    again = api.data(document("product"), {"id": node["id"]})["product"]
    assert again == node
    assert again["featuredMedia"]["preview"]["image"]["url"].endswith(".svg")
    assert again["variants"]["nodes"][0]["inventoryItem"]["unitCost"]["currencyCode"] == "EUR"


def test_what_a_product_goes_with_and_measures_is_told_as_the_platform_tells_it(
    api: AdminApi,
) -> None:
    nodes = api.data(document("products"), {"first": 100})["products"]["nodes"]
    known = {node["handle"]: node for node in nodes}
    cosy, wash = known["kannenwaermer-hoehenzug"], known["wollwaschmittel-quelle"]
    assert "Wolle" in cosy["tags"]
    assert cosy["complementary"]["value"] == f'["{wash["id"]}"]'
    assert (cosy["related"], cosy["rating"]) == (None, None)
    measured = wash["variants"]["nodes"][0]["unitPriceMeasurement"]
    assert measured == {
        "quantityValue": 250.0, "quantityUnit": "ML", "referenceValue": 1, "referenceUnit": "L"
    }  # fmt: skip
    forms = known["sencha-erste-ernte"]["variants"]["nodes"]
    assert [form["selectedOptions"] for form in forms] == [
        [{"name": "Packung", "value": "100 g"}], [{"name": "Packung", "value": "250 g"}]
    ]  # fmt: skip


def test_orders_can_be_asked_for_by_time_of_change(api: AdminApi) -> None:
    every = api.data(document("orders"), {"first": 250})["orders"]["nodes"]
    assert [node["updatedAt"] for node in every] == sorted(node["updatedAt"] for node in every)
    middle = every[20]["updatedAt"]
    query = f"updated_at:>='{middle}'"
    newer = api.data(document("orders"), {"first": 250, "query": query})["orders"]["nodes"]
    assert newer == [node for node in every if node["updatedAt"] >= middle]


def test_order_has_lines_and_parcel(api: AdminApi, demo_shop: Shop) -> None:
    row = demo_shop.db.one("SELECT id, name FROM orders WHERE stage = 3")
    assert row is not None
    order = api.data(document("order"), {"id": f"gid://shopify/Order/{row['id']}"})["order"]
    assert order["lineItems"]["nodes"]
    parcel = order["fulfillments"][0]
    assert parcel["displayStatus"] == "IN_TRANSIT"
    assert [event["status"] for event in parcel["events"]["nodes"]] == ["IN_TRANSIT", "CONFIRMED"]


def test_order_by_its_quoted_name(api: AdminApi) -> None:
    found = api.data(document("orders"), {"first": 5, "query": "name:'#1001'"})["orders"]["nodes"]
    assert [node["name"] for node in found] == ["#1001"]


def test_search_text_cannot_reach_the_database(api: AdminApi) -> None:
    query = "name:'x\\' OR 1=1 --' email:\"a'b\""
    assert api.data(document("orders"), {"first": 5, "query": query})["orders"]["nodes"] == []


def test_counts(api: AdminApi) -> None:
    data = api.data(document("counts"))
    assert data["productsCount"]["count"] == 68
    assert data["ordersCount"] == {"count": 40, "precision": "EXACT"}


def test_unknown_things_are_null(api: AdminApi) -> None:
    assert api.data(document("order"), {"id": "gid://shopify/Order/1"})["order"] is None
    assert api.data(document("product"), {"id": "nonsense"})["product"] is None
    assert api.data(document("discount_by_code"), {"code": "X"})["codeDiscountNodeByCode"] is None
    given = {"email": "x@example.com"}
    assert api.data(document("customer_by_email"), given)["customerByIdentifier"] is None


def test_customer_is_created_once_with_consent(api: AdminApi) -> None:
    consent = {
        "marketingState": "SUBSCRIBED",
        "marketingOptInLevel": "CONFIRMED_OPT_IN",
        "consentUpdatedAt": "2026-11-21T10:00:00Z",
    }
    given = {"input": {"email": "neu@example.com", "emailMarketingConsent": consent}}
    made = api.data(document("customer_create"), given)["customerCreate"]
    assert made["userErrors"] == []
    again = api.data(document("customer_create"), given)["customerCreate"]
    assert again["userErrors"][0]["message"] == "Email has already been taken"
    found = api.data(document("customer_by_email"), {"email": "NEU@example.com"})
    address = found["customerByIdentifier"]["defaultEmailAddress"]
    assert address["marketingState"] == "SUBSCRIBED"
    assert address["marketingUpdatedAt"] == "2026-11-21T10:00:00Z"


def test_consent_can_be_withdrawn_but_not_set_to_redacted(api: AdminApi) -> None:
    customer = api.data(document("customers"), {"first": 1})["customers"]["nodes"][0]["id"]

    def change(state: str) -> Any:
        given = {"customerId": customer, "emailMarketingConsent": {"marketingState": state}}
        return api.data(document("customer_consent"), {"input": given})[
            "customerEmailMarketingConsentUpdate"
        ]

    assert change("REDACTED")["userErrors"][0]["code"] == "INCLUSION"
    changed = change("UNSUBSCRIBED")["customer"]
    assert changed["defaultEmailAddress"]["marketingState"] == "UNSUBSCRIBED"


def test_code_is_taken_once_whatever_its_case(api: AdminApi) -> None:
    made = api.data(document("discount_create"), {"discount": voucher()})
    assert made["discountCodeBasicCreate"]["userErrors"] == []
    again = api.data(document("discount_create"), {"discount": voucher("willkommen-7k2f")})
    assert again["discountCodeBasicCreate"]["userErrors"][0]["code"] == "TAKEN"
    found = api.data(document("discount_by_code"), {"code": "willkommen-7k2f"})
    code = found["codeDiscountNodeByCode"]["codeDiscount"]
    assert code["status"] == "ACTIVE"
    assert (code["usageLimit"], code["asyncUsageCount"]) == (1, 0)
    assert code["endsAt"] == "2098-12-31T23:00:00Z"


def test_deleted_code_is_gone(api: AdminApi) -> None:
    made = api.data(document("discount_create"), {"discount": voucher()})
    node = made["discountCodeBasicCreate"]["codeDiscountNode"]["id"]
    gone = api.data(document("discount_delete"), {"id": node})["discountCodeDelete"]
    assert gone["deletedCodeDiscountId"] == node
    again = api.data(document("discount_delete"), {"id": node})["discountCodeDelete"]
    assert again["userErrors"]


def test_wrong_discounts_are_refused_with_the_platforms_codes(api: AdminApi) -> None:
    def codes(**changed: Any) -> set[str]:
        made = api.data(document("discount_create"), {"discount": voucher(**changed)})
        return {fault["code"] for fault in made["discountCodeBasicCreate"]["userErrors"]}

    assert codes(code="") == {"BLANK"}
    percent = {"value": {"percentage": 15}, "items": {"all": True}}
    assert codes(customerGets=percent) == {"VALUE_OUTSIDE_RANGE"}
    assert codes(context={"customers": {"add": ["gid://shopify/Customer/1"]}}) == {"INVALID"}


def test_metafield_is_written_for_the_own_installation_only(api: AdminApi) -> None:
    own = api.data(document("installation"))["currentAppInstallation"]["id"]
    field = {
        "namespace": "bleib",
        "key": "shop_key",
        "value": "k",
        "type": "single_line_text_field",
    }

    def write(owner: str) -> Any:
        given = {"metafields": [{**field, "ownerId": owner}]}
        return api.data(document("metafields_set"), given)["metafieldsSet"]

    assert write(own)["metafields"][0]["key"] == "shop_key"
    assert write("gid://shopify/Product/1")["userErrors"][0]["code"] == "APP_NOT_AUTHORIZED"


def test_metafields_are_written_together_or_not_at_all(api: AdminApi) -> None:
    own = api.data(document("installation"))["currentAppInstallation"]["id"]
    key = {"ownerId": own, "namespace": "bleib", "key": "shop_key", "value": "k"}

    def write(config: str) -> Any:
        field = {**key, "key": "config", "type": "json", "value": config}
        return api.data(document("metafields_set"), {"metafields": [key, field]})["metafieldsSet"]

    assert [item["key"] for item in write("{}")["metafields"]] == ["shop_key", "config"]
    assert write("{")["userErrors"][0]["code"] == "INVALID_VALUE"
    assert write("{")["metafields"] is None
    assert write('"' + "x" * 131_072 + '"')["userErrors"][0]["code"] == "TOO_LONG"


def test_wrong_token_is_a_401(visitor: FlaskClient, pair: dict[str, Any]) -> None:
    answer = visitor.post("/admin/api/2026-10/graphql.json", json={"query": "{ shop { name } }"})
    assert answer.status_code == 401


def test_missing_right_is_an_error_with_status_200(visitor: FlaskClient, demo_shop: Shop) -> None:
    pair = tokens.redeem(demo_shop, tokens.grant(demo_shop, ["read_products"]))
    assert pair is not None
    body = AdminApi(visitor, pair["access_token"]).call(document("orders"), {"first": 1})
    assert body["errors"][0]["extensions"]["code"] == "ACCESS_DENIED"


def test_empty_bucket_throttles_with_status_200(api: AdminApi, demo_shop: Shop) -> None:
    bucket_of(demo_shop).drain()
    body = api.call(document("products"), {"first": 250})
    assert body["errors"][0]["extensions"]["code"] == "THROTTLED"
    cost = body["extensions"]["cost"]
    assert cost["requestedQueryCost"] > cost["throttleStatus"]["currentlyAvailable"]


def test_query_pays_for_what_it_found_not_for_what_it_might_have(api: AdminApi) -> None:
    cost = api.call(document("orders"), {"first": 250})["extensions"]["cost"]
    assert cost["requestedQueryCost"] == 1000
    assert 0 < cost["actualQueryCost"] <= 1000
    single = api.call(document("orders"), {"first": 100, "query": "name:'#1001'"})
    assert single["extensions"]["cost"]["actualQueryCost"] < 30


def test_version_that_answered_is_named(visitor: FlaskClient, pair: dict[str, Any]) -> None:
    answer = visitor.post(
        "/admin/api/2020-01/graphql.json",
        json={"query": "{ shop { name } }"},
        headers={"X-Shopify-Access-Token": pair["access_token"]},
    )
    assert answer.headers["X-Shopify-API-Version"] == "2026-04"


def test_silent_platform_answers_503(api: AdminApi, visitor: FlaskClient) -> None:
    visitor.post("/__demo/faults", json={"silent": 60})
    answer = visitor.post(
        "/admin/api/2026-10/graphql.json",
        json={"query": "{ shop { name } }"},
        headers={"X-Shopify-Access-Token": api.token},
    )
    assert answer.status_code == 503
    assert visitor.get("/").status_code == 200
