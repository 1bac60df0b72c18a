from __future__ import annotations

from typing import Any

import pytest
import sqlalchemy as sa

from plugin.services import front_door
from plugin.services.context import Context
from plugin.store.orders import orders
from tests.conftest import MovingClock
from tests.own_shop import (
    OwnShop,
    T,
    a_product,
    a_shipment,
    an_order,
    signature,
    with_script_tag,
)

LATER = "2026-11-20T11:00:00Z"


@pytest.fixture
def own(context: Context) -> OwnShop:
    return OwnShop(with_script_tag(context))


def test_an_order_comes_in_and_is_shown_without_the_person(own: OwnShop) -> None:
    assert own.call("PUT", "/orders", {"orders": [an_order()]}).json == {
        "taken": 1,
        "unchanged": 0,
    }
    shown = own.call("GET", "/orders/1007")
    assert shown.status_code == 200
    found: Any = shown.json
    assert found["total"] == "57.00"
    assert found["lines"][0]["product_id"] == "31"
    assert "mara" not in shown.text
    assert shown.headers["Cache-Control"] == "no-store"
    with own.context.db.read() as connection:
        row = connection.execute(sa.select(orders)).one()
    assert "mara" not in str(row)
    assert row.email_sealed


def test_the_newest_change_wins_in_whatever_order_they_come(own: OwnShop) -> None:
    newer = an_order(total="38.00", updated_at=LATER)
    own.call("PUT", "/orders", {"orders": [newer]})
    assert own.call("PUT", "/orders", {"orders": [an_order()]}).json == {
        "taken": 0,
        "unchanged": 1,
    }
    both = {"orders": [an_order(8, total="1.00", updated_at=LATER), an_order(8)]}
    assert own.call("PUT", "/orders", both).json == {"taken": 1, "unchanged": 1}
    found: Any = own.call("GET", "/orders/1007").json
    assert found["total"] == "38.00"
    found = own.call("GET", "/orders/8").json
    assert found["total"] == "1.00"


def test_an_order_can_be_deleted_and_told_again(own: OwnShop) -> None:
    own.call("PUT", "/orders", {"orders": [an_order(shipments=[a_shipment()])]})
    assert own.call("DELETE", "/orders/1007").status_code == 204
    assert own.call("GET", "/orders/1007").status_code == 404
    assert own.call("DELETE", "/orders/1007").status_code == 404
    assert own.call("PUT", "/orders", {"orders": [an_order()]}).json == {
        "taken": 1,
        "unchanged": 0,
    }


def test_parcels_of_an_order_are_replaced_but_never_by_older_ones(own: OwnShop) -> None:
    assert own.call("PUT", "/orders/1007/shipments", {"shipments": []}).status_code == 404
    own.call("PUT", "/orders", {"orders": [an_order()]})
    two = {"shipments": [a_shipment(status="delivered", updated_at=LATER), a_shipment(id="p2")]}
    assert own.call("PUT", "/orders/1007/shipments", two).json == {"taken": 2, "unchanged": 0}
    one = {"shipments": [a_shipment(status="in_transit")]}
    assert own.call("PUT", "/orders/1007/shipments", one).json == {"taken": 0, "unchanged": 1}
    found: Any = own.call("GET", "/orders/1007/shipments").json
    assert [(item["id"], item["status"]) for item in found["shipments"]] == [("p1", "delivered")]
    assert own.call("DELETE", "/orders/1007/shipments/p1").status_code == 204
    assert own.call("DELETE", "/orders/1007/shipments/p1").status_code == 404


def test_what_lies_in_a_parcel_stays_until_it_is_told_anew(own: OwnShop) -> None:
    packed = [{"line_id": "1", "quantity": 2}]
    own.call("PUT", "/orders", {"orders": [an_order(shipments=[a_shipment(lines=packed)])]})
    for told, held in (({}, packed), ({"lines": []}, None)):
        parcel = a_shipment(updated_at=LATER, status="held", **told)
        assert own.call("PUT", "/orders/1007/shipments", {"shipments": [parcel]}).status_code == 200
        found: Any = own.call("GET", "/orders/1007/shipments").json
        assert [item["lines"] for item in found["shipments"]] == [held]
    twice = a_shipment(lines=[*packed, *packed])
    assert own.call("PUT", "/orders/1007/shipments", {"shipments": [twice]}).status_code == 422


def test_two_orders_may_call_their_parcels_alike(own: OwnShop) -> None:
    told = [an_order(n, shipments=[a_shipment()]) for n in (1, 2)]
    own.call("PUT", "/orders", {"orders": told})
    for number in (1, 2):
        found: Any = own.call("GET", f"/orders/{number}/shipments").json
        assert [item["id"] for item in found["shipments"]] == ["p1"]


def test_products_come_change_and_go(own: OwnShop) -> None:
    own.call("PUT", "/products", {"products": [a_product(updated_at=LATER), a_product(32)]})
    old = own.call("PUT", "/products", {"products": [a_product(title="Alt")]})
    assert old.json == {"taken": 0, "unchanged": 1}
    found: Any = own.call("GET", "/products/31").json
    assert found["title"] == "Teeschale 31"
    assert found["variants"][0]["price"] == "19.00"
    assert own.call("DELETE", "/products/31").status_code == 204
    assert own.call("GET", "/products/31").status_code == 404


def test_codes_are_added_once_and_the_state_counts_them(own: OwnShop) -> None:
    body = {"codes": ["ABC-1", "abc-1", "ABC-2"], "kind": "amount", "value": "5.00"}
    assert own.call("POST", "/voucher-codes", body).json == {"added": 2, "known": 1}
    found: Any = own.call("GET", "").json
    assert found["voucher_codes"] == {"free": 2, "low": False}
    assert found["shop"] == own.shop.key


def test_a_person_is_forgotten(own: OwnShop) -> None:
    own.call("PUT", "/orders", {"orders": [an_order()]})
    told: Any = own.call("DELETE", "/customers", {"email": "MARA@post.example"}).json
    assert told["erased"]["orders"] == 1
    assert own.call("GET", "/orders/1007").status_code == 404
    # What is told of the forgotten order again is not taken in.
    again = own.call("PUT", "/orders", {"orders": [an_order(updated_at=LATER)]})
    assert again.json == {"taken": 0, "unchanged": 1}


def test_a_shop_that_said_goodbye_is_unknown(own: OwnShop) -> None:
    assert own.call("DELETE", "").status_code == 204
    assert own.call("GET", "").status_code == 404
    assert own.client.get(f"/v1/config/{own.shop.key}").status_code == 404


@pytest.mark.parametrize(
    ("change", "field", "code"),
    [
        ({"total": "-1"}, "orders[0].total", "too_small"),
        ({"total": "1e9"}, "orders[0].total", "too_large"),
        ({"total": True}, "orders[0].total", "amount"),
        ({"placed_at": "2026-11-20T10:00:00"}, "orders[0].placed_at", "time"),
        ({"placed_at": "1900-01-01T00:00:00Z"}, "orders[0].placed_at", "time_range"),
        ({"placed_at": 1763632800}, "orders[0].placed_at", "time"),
        ({"email": "mara"}, "orders[0].email", "email_invalid"),
        ({"id": "a/b"}, "orders[0].id", "pattern"),
        ({"id": "erased:x"}, "orders[0].id", "pattern"),
        ({"country": "de"}, "orders[0].country", "pattern"),
        ({"discounts": 1}, "orders[0].discounts", "unknown"),
        ({"number": 7}, "orders[0].number", "text"),
        ({"lines": [{}]}, "orders[0].lines[0].id", "missing"),
        ({"shipments": [a_shipment(status="weg")]}, "orders[0].shipments[0].status", "choice"),
        ({"shipments": [a_shipment(), a_shipment()]}, "orders[0]", "id_twice"),
    ],
)
def test_a_fault_is_named_with_its_place_in_both_languages(
    own: OwnShop, change: dict[str, Any], field: str, code: str
) -> None:
    answer = own.call("PUT", "/orders", {"orders": [an_order(**change)]})
    assert answer.status_code == 422
    told: Any = answer.json
    assert told["error"] == "invalid_fields"
    [first, *_] = told["problems"]
    assert (first["field"], first["code"]) == (field, code)
    assert first["de"] != first["en"]
    assert "{" not in first["de"] + first["en"]


@pytest.mark.parametrize(
    ("raw", "code"),
    [
        (b"", "json_invalid"),
        (b"[]", "json_not_an_object"),
        (b'{"orders": NaN}', "json_number_invalid"),
        (b'{"orders": [], "orders": []}', "json_duplicate_key"),
        (b"[" * 5000, "json_too_deep"),
        (b'{"orders": "\\ud800"}', "json_text_invalid"),
        (b'{"orders": "\xff"}', "json_invalid"),
    ],
)
def test_what_is_no_clean_json_is_refused(own: OwnShop, raw: bytes, code: str) -> None:
    answer = own.call("PUT", "/orders", raw)
    told: Any = answer.json
    assert (answer.status_code, told["error"]) == (400, code)


def test_more_than_a_hundred_at_once_are_too_many(own: OwnShop) -> None:
    many = {"orders": [an_order(n) for n in range(101)]}
    assert own.call("PUT", "/orders", many).status_code == 422
    assert own.call("PUT", "/orders", {"orders": many["orders"][:100]}).json == {
        "taken": 100,
        "unchanged": 0,
    }


def test_only_the_right_signature_gets_in(own: OwnShop) -> None:
    now = int(own.context.now().timestamp())
    target = f"/api/v1/{own.shop.key}/orders"
    good = signature(own.secret, now, "PUT", target, b"{}")
    wrong = [
        None,
        "",
        "t=1",
        f"{good} ",
        good.upper(),
        good.replace("v1", "v0"),
        f"t={now},v1={'0' * 64}",
        "t=" + "9" * 30 + ",v1=" + "0" * 64,
        signature(own.secret, now, "POST", target, b"{}"),
        signature(own.secret, now, "PUT", target + "?a=1", b"{}"),
        signature(own.secret, now, "PUT", target, b"{} "),
        signature(own.secret, now + 1, "PUT", target, b"{}").replace(str(now + 1), str(now)),
        signature("bleib_other", now, "PUT", target, b"{}"),
        signature("", now, "PUT", target, b"{}"),
        "\u00e4",
    ]
    for header in wrong:
        headers = {} if header is None else {"Bleib-Signature": header}
        answer = own.client.put(target, data=b"{}", headers=headers)
        assert answer.status_code == 401, header
    assert own.client.put(target, data=b"{}", headers={"Bleib-Signature": good}).status_code == 422


def test_the_query_is_part_of_what_is_signed(own: OwnShop) -> None:
    now = int(own.context.now().timestamp())
    signed = f"/api/v1/{own.shop.key}?a=%C3%A4&b=%2f"
    header = {"Bleib-Signature": signature(own.secret, now, "GET", signed, b"")}
    assert own.client.get(signed, headers=header).status_code == 200
    other = signed.replace("%2f", "/")
    assert own.client.get(other, headers=header).status_code == 401


@pytest.mark.parametrize("seconds", [-301, 301, -(10**9), 10**9])
def test_an_old_or_early_call_is_refused(own: OwnShop, seconds: int) -> None:
    at = int(own.context.now().timestamp()) + seconds
    answer = own.call("GET", "", at=at)
    told: Any = answer.json
    assert (answer.status_code, told["error"]) == (401, "timestamp_invalid")


def test_a_changing_call_counts_once(own: OwnShop) -> None:
    at = int(own.context.now().timestamp())
    body = {"orders": [an_order()]}
    assert own.call("PUT", "/orders", body, at=at).status_code == 200
    assert own.call("DELETE", "/orders/1007", at=at).status_code == 204
    # Caught on the way and sent again, it does not bring the order back.
    again = own.call("PUT", "/orders", body, at=at)
    assert (again.status_code, again.headers["Bleib-Repeated"], again.data) == (204, "yes", b"")
    assert own.call("GET", "/orders/1007").status_code == 404
    assert own.call("PUT", "/orders", body, at=at + 1).status_code == 200


def test_a_call_that_was_refused_may_be_sent_again_as_it_is(own: OwnShop) -> None:
    at = int(own.context.now().timestamp())
    body = {"shipments": [a_shipment()]}
    assert own.call("PUT", "/orders/1007/shipments", body, at=at).status_code == 404
    own.call("PUT", "/orders", {"orders": [an_order()]})
    assert own.call("PUT", "/orders/1007/shipments", body, at=at).status_code == 200


def test_the_old_secret_is_good_for_a_day(own: OwnShop, moving_clock: MovingClock) -> None:
    old = own.secret
    own.secret = front_door.renew_secret(own.context, own.shop)
    assert own.secret != old
    assert own.call("GET", "").status_code == 200
    assert own.call("GET", "", secret=old).status_code == 200
    moving_clock.move(hours=24, seconds=1)
    assert own.call("GET", "").status_code == 200
    assert own.call("GET", "", secret=old).status_code == 401


def test_three_hundred_calls_a_minute_are_enough(own: OwnShop, moving_clock: MovingClock) -> None:
    for _ in range(300):
        own.ticks = 0
        assert own.call("GET", "").status_code == 200
    busy = own.call("GET", "")
    assert busy.status_code == 429
    assert int(busy.headers["Retry-After"]) > 0
    moving_clock.move(minutes=2)
    assert own.call("GET", "").status_code == 200


def test_shops_of_other_platforms_have_no_such_api(own: OwnShop, make_shop: Any) -> None:
    other = make_shop()
    assert own.client.get(f"/api/v1/{other.key}").status_code == 404


def test_what_was_told_is_there_when_the_answer_comes(own: OwnShop) -> None:
    own.call("PUT", "/orders", {"orders": [an_order(placed_at=T)]})
    with own.context.db.read() as connection:
        assert connection.execute(sa.select(sa.func.count()).select_from(orders)).scalar() == 1
