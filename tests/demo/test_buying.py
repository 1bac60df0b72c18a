"""Carts, codes and the till: a code holds exactly when the real discount would."""

from __future__ import annotations

from typing import Any

import pytest
from flask.testing import FlaskClient

from plugin.demo.catalogue import FIRST_VARIANT
from plugin.demo.ordering import somebody_buys
from plugin.demo.shop import Shop
from tests.demo.conftest import AdminApi
from tests.demo.test_admin_api import document, voucher

POT = FIRST_VARIANT
ADDRESS = {
    "email": "lena@example.com",
    "first_name": "Lena",
    "last_name": "Brandt",
    "street": "Seestraße 1",
    "zip": "78462",
    "city": "Konstanz",
    "country": "DE",
}


def put(visitor: FlaskClient, variant: int = POT, quantity: int = 1, **more: Any) -> Any:
    answer = visitor.post("/cart/add.js", json={"id": variant, "quantity": quantity, **more})
    assert answer.status_code == 200, answer.text
    return answer.get_json()


def issue(api: AdminApi, **changed: Any) -> str:
    made = api.data(document("discount_create"), {"discount": voucher(**changed)})
    assert made["discountCodeBasicCreate"]["userErrors"] == []
    return str(changed.get("code", "WILLKOMMEN-7K2F"))


def apply(visitor: FlaskClient, code: str) -> Any:
    return visitor.post("/cart/update.js", json={"discount": code}).get_json()


def order(visitor: FlaskClient, **changed: str) -> Any:
    return visitor.post("/checkout", data={**ADDRESS, "action": "order", **changed})


def test_cart_counts_in_cents(visitor: FlaskClient) -> None:
    put(visitor, quantity=2)
    cart = visitor.get("/cart.js").get_json()
    assert cart["item_count"] == 2
    assert cart["total_price"] == 2 * 8900
    assert cart["items"][0]["product_title"] == "Teekanne „Seeufer“"
    assert cart["currency"] == "EUR"


def test_equal_lines_add_up_and_properties_keep_them_apart(visitor: FlaskClient) -> None:
    put(visitor)
    put(visitor)
    put(visitor, properties={"_bleib": "cross_sell:5"})
    quantities = [item["quantity"] for item in visitor.get("/cart.js").get_json()["items"]]
    assert quantities == [2, 1]


def test_a_permanent_link_fills_the_cart_in_place_of_what_was_in_it(visitor: FlaskClient) -> None:
    put(visitor)
    answer = visitor.get(f"/cart/{POT + 1}:2,999:1,rubbish?storefront=true")
    assert (answer.status_code, answer.headers["Location"]) == (303, "/cart")
    items = visitor.get("/cart.js").get_json()["items"]
    assert [(item["variant_id"], item["quantity"]) for item in items] == [(POT + 1, 2)]


def test_line_changes_by_key_variant_and_position(visitor: FlaskClient) -> None:
    key = put(visitor)["key"]
    put(visitor, POT + 1)
    visitor.post("/cart/change.js", json={"id": key, "quantity": 3})
    visitor.post("/cart/change.js", json={"line": 2, "quantity": 4})
    assert visitor.get("/cart.js").get_json()["item_count"] == 7
    visitor.post("/cart/update.js", json={"updates": {str(POT): 0}})
    assert visitor.get("/cart.js").get_json()["item_count"] == 4
    assert visitor.post("/cart/clear.js").get_json()["item_count"] == 0


@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("/cart/add.js", {"id": 1}),
        ("/cart/add.js", {"id": "x"}),
        ("/cart/add.js", {"id": POT, "quantity": 0}),
        ("/cart/add.js", {"items": "x"}),
        ("/cart/add.js", []),
        ("/cart/change.js", {"id": "nope", "quantity": 1}),
        ("/cart/change.js", {"line": 9, "quantity": 1}),
    ],
)
def test_nonsense_is_a_cart_error(visitor: FlaskClient, path: str, body: Any) -> None:
    answer = visitor.post(path, json=body)
    assert (answer.status_code, answer.get_json()["status"]) == (422, 422)


def test_forms_work_without_javascript(visitor: FlaskClient) -> None:
    assert visitor.post("/cart/add", data={"id": POT, "quantity": 2}).location == "/cart"
    key = visitor.get("/cart.js").get_json()["items"][0]["key"]
    visitor.post("/cart/change", data={"key": key, "quantity": 1})
    assert visitor.get("/cart.js").get_json()["item_count"] == 1


def test_code_is_checked_in_the_cart_already(visitor: FlaskClient, api: AdminApi) -> None:
    code = issue(api)
    put(visitor)
    cart = apply(visitor, code.lower())
    assert cart["discount_codes"] == [{"code": code, "applicable": True}]
    assert cart["total_discount"] == 1335
    assert "15 %, gilt, weil über 50,00" in visitor.get("/cart").text


def test_discount_link_puts_the_code_into_the_cart(visitor: FlaskClient, api: AdminApi) -> None:
    code = issue(api)
    put(visitor)
    assert visitor.get(f"/discount/{code}?redirect=/cart").location == "/cart"
    assert visitor.get("/cart.js").get_json()["total_discount"] == 1335
    for elsewhere in ("https://evil.example/", "//evil.example", "/\\evil.example"):
        location = visitor.get("/discount/X", query_string={"redirect": elsewhere}).location
        assert "//" not in location


def test_missing_amount_is_named(visitor: FlaskClient, api: AdminApi) -> None:
    code = issue(api, minimumRequirement={"subtotal": {"greaterThanOrEqualToSubtotal": "100"}})
    put(visitor)
    assert apply(visitor, code)["discount_codes"] == [{"code": code, "applicable": False}]
    page = visitor.get("/cart").text.replace("\xa0", " ")
    assert f"{code} gilt ab 100,00 €. Es fehlen noch 11,00 €." in page


def test_unknown_expired_and_early_codes_are_refused(visitor: FlaskClient, api: AdminApi) -> None:
    issue(api, code="ALT", endsAt="2026-02-01T00:00:00Z")
    issue(api, code="BALD", startsAt="2099-01-01T00:00:00Z", endsAt=None)
    put(visitor)
    for code, sentence in {
        "ALT": "abgelaufen", "BALD": "gilt erst ab", "NIX": "kennen wir nicht",
    }.items():  # fmt: skip
        apply(visitor, code)
        assert sentence in visitor.get("/cart").text


def test_code_for_one_customer_refuses_everybody_else(
    visitor: FlaskClient, api: AdminApi, demo_shop: Shop
) -> None:
    made = api.data(document("customer_create"), {"input": {"email": "lena@example.com"}})
    owner = made["customerCreate"]["customer"]["id"]
    code = issue(api, context={"customers": {"add": [owner]}})
    put(visitor)
    apply(visitor, code)
    refused = order(visitor, email="jemand@example.com")
    assert refused.status_code == 422
    assert "nur für die E‑Mail-Adresse" in refused.text
    assert order(visitor).status_code == 303


def test_first_order_code_refuses_a_customer_with_an_order(
    visitor: FlaskClient, api: AdminApi, demo_shop: Shop
) -> None:
    segment = {"customerSegments": {"add": ["gid://shopify/Segment/1"]}}
    code = issue(api, context=segment)
    somebody_buys(demo_shop, "lena@example.com")
    put(visitor)
    apply(visitor, code)
    assert "nur für die erste Bestellung" in order(visitor).text
    assert order(visitor, email="neu@example.com").status_code == 303


def test_code_works_once(visitor: FlaskClient, api: AdminApi, demo_shop: Shop) -> None:
    code = issue(api)
    put(visitor)
    apply(visitor, code)
    assert order(visitor).status_code == 303
    placed = demo_shop.db.one("SELECT * FROM orders ORDER BY id DESC")
    assert placed is not None
    assert (placed["code"], placed["discount"]) == (code, 1335)
    assert placed["total"] == 8900 - 1335 + placed["shipping"]
    found = api.data(document("discount_by_code"), {"code": code})["codeDiscountNodeByCode"]
    assert found["codeDiscount"]["asyncUsageCount"] == 1
    put(visitor)
    apply(visitor, code)
    assert "schon eingelöst" in order(visitor, email="zweite@example.com").text


def test_two_codes_only_stand_together_if_both_may(visitor: FlaskClient, api: AdminApi) -> None:
    issue(api, code="EINS")
    issue(api, code="ZWEI")
    together = {"orderDiscounts": True}
    issue(api, code="DREI", combinesWith=together)
    issue(api, code="VIER", combinesWith=together)
    put(visitor)
    assert [c["applicable"] for c in apply(visitor, "EINS,ZWEI")["discount_codes"]] == [True, False]
    assert [c["applicable"] for c in apply(visitor, "DREI,VIER")["discount_codes"]] == [True, True]


def test_fixed_amount_never_exceeds_the_cart(visitor: FlaskClient, api: AdminApi) -> None:
    value = {"value": {"discountAmount": {"amount": "500.00", "appliesOnEachItem": False}}}
    code = issue(api, customerGets={**value, "items": {"all": True}}, minimumRequirement=None)
    put(visitor)
    assert apply(visitor, code)["total_price"] == 0


def test_line_discounts_add_up_to_the_order_discount(
    visitor: FlaskClient, api: AdminApi, demo_shop: Shop
) -> None:
    code = issue(api)
    for variant in range(POT, POT + 3):
        put(visitor, variant, 3)
    apply(visitor, code)
    order(visitor)
    placed = demo_shop.db.one("SELECT id, discount FROM orders ORDER BY id DESC")
    assert placed is not None
    lines = demo_shop.db.number("SELECT sum(discount) FROM lines WHERE order_id = ?", placed["id"])
    assert lines == placed["discount"] > 0


def test_till_names_every_missing_entry(visitor: FlaskClient) -> None:
    put(visitor)
    answer = order(visitor, email="kein-ort", zip="123", city="")
    assert answer.status_code == 422
    assert answer.text.count('aria-invalid="true"') == 3
    assert 'value="Lena"' in answer.text


def test_thanks_and_order_page_are_found_by_token_only(
    visitor: FlaskClient, demo_shop: Shop
) -> None:
    put(visitor)
    location = order(visitor).location
    assert "Danke, Lena." in visitor.get(location).text
    placed = demo_shop.db.one("SELECT token, name FROM orders ORDER BY id DESC")
    assert placed is not None
    assert placed["name"] in visitor.get(f"/orders/{placed['token']}").text
    assert visitor.get("/orders/1").status_code == 404
    assert visitor.get("/cart.js").get_json()["item_count"] == 0


def test_suggestion_mark_arrives_in_the_order(visitor: FlaskClient, demo_shop: Shop) -> None:
    put(visitor, properties={"_bleib": "cross_sell:5"})
    assert "_bleib" not in visitor.get("/cart").text
    order(visitor)
    line = demo_shop.db.one("SELECT properties FROM lines ORDER BY id DESC")
    assert line is not None
    assert line["properties"] == '{"_bleib": "cross_sell:5"}'
