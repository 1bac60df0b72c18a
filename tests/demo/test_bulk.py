"""The whole order history as a bulk operation."""

from __future__ import annotations

import json
import time
from typing import Any

import pytest
from flask.testing import FlaskClient

from plugin.demo import bulk
from plugin.demo.admin_api import schema
from plugin.demo.shop import Shop
from tests.demo.conftest import AdminApi
from tests.demo.test_admin_api import document


def finished(api: AdminApi, operation: str) -> Any:
    deadline = time.monotonic() + 20
    while time.monotonic() < deadline:
        found = api.data(document("bulk_operation"), {"id": operation})["bulkOperation"]
        if found["status"] != "RUNNING":
            return found
        time.sleep(0.02)
    raise AssertionError("the bulk operation did not end")


def test_history_holds_every_order_with_its_lines(
    api: AdminApi, visitor: FlaskClient, demo_shop: Shop
) -> None:
    started = api.data(document("bulk_run"), {"query": document("order_history")})
    operation = started["bulkOperationRunQuery"]["bulkOperation"]
    assert operation["status"] == "CREATED"
    done = finished(api, operation["id"])
    assert done["status"] == "COMPLETED"
    path = done["url"].removeprefix(demo_shop.settings.shop_url)
    answer = visitor.get(path)
    nodes = [json.loads(line) for line in answer.text.splitlines()]
    assert int(done["objectCount"]) == len(nodes)
    assert int(done["fileSize"]) == len(answer.data)
    orders = {node["id"]: node for node in nodes if "__parentId" not in node}
    assert len(orders) == int(done["rootObjectCount"]) == 40
    lines = [node for node in nodes if "__parentId" in node]
    assert {line["__parentId"] for line in lines} == set(orders)
    single = api.data(document("order"), {"id": lines[0]["__parentId"]})["order"]
    node = single["lineItems"]["nodes"][0]
    assert lines[0] == {
        **{name: node[name] for name in node if name != "customAttributes"},
        "__parentId": lines[0]["__parentId"],
    }


def test_lines_follow_their_order(demo_shop: Shop) -> None:
    plan = bulk.plan_of(schema(), document("order_history"))
    parent = ""
    for is_order, node in bulk.rows(demo_shop, plan):
        if is_order:
            parent = node["id"]
        else:
            assert node["__parentId"] == parent


@pytest.mark.parametrize("query", ["{", "{ nix }", "{ shop { name } }", "mutation { x }"])
def test_query_that_cannot_run_in_bulk_is_refused(api: AdminApi, query: str) -> None:
    answer = api.data(document("bulk_run"), {"query": query})["bulkOperationRunQuery"]
    assert answer["bulkOperation"] is None
    assert answer["userErrors"][0]["code"] == "INVALID"


def test_only_one_bulk_operation_runs_at_a_time(api: AdminApi, demo_shop: Shop) -> None:
    with demo_shop.db.write() as connection:
        connection.execute("INSERT INTO bulk_operations (file, status) VALUES ('x', 'RUNNING')")
    answer = api.data(document("bulk_run"), {"query": document("order_history")})
    fault = answer["bulkOperationRunQuery"]["userErrors"][0]
    assert fault["code"] == "OPERATION_IN_PROGRESS"
    assert "gid://shopify/BulkOperation/" in fault["message"]
    bulk.clean_up(demo_shop)
    found = api.data(document("bulk_operation"), {"id": "gid://shopify/BulkOperation/1"})
    assert found["bulkOperation"]["status"] == "FAILED"


def test_result_has_an_address_that_cannot_be_guessed(visitor: FlaskClient) -> None:
    assert visitor.get("/bulk/1.jsonl").status_code == 404
    assert visitor.get("/bulk/..%2fdemo-shop.jsonl").status_code == 404
