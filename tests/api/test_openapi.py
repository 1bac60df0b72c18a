"""The document of the API is valid and up to date, and calls made from it find nothing broken."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest
import schemathesis
from flask.testing import FlaskClient
from hypothesis import HealthCheck, given, settings
from openapi_spec_validator import validate

from plugin.api.any_shop import OPERATIONS, ROOT
from plugin.api.any_shop_openapi import document, document_text
from plugin.services.context import Context
from tests.own_shop import OwnShop, a_product, a_shipment, an_order, with_script_tag

COMMITTED = Path(__file__).resolve().parents[2] / "docs" / "api" / "openapi.json"
SCHEMA = schemathesis.openapi.from_dict(document())
CALLS = {found.ok().label: found.ok() for found in SCHEMA.get_all_operations()}


@pytest.fixture
def own(context: Context) -> OwnShop:
    own = OwnShop(with_script_tag(context))
    own.call("PUT", "/orders", {"orders": [an_order(shipments=[a_shipment()])]})
    own.call("PUT", "/products", {"products": [a_product()]})
    return own


def test_the_document_is_valid_and_the_committed_one_is_up_to_date(client: FlaskClient) -> None:
    validate(document())
    update = "python -m tests.api.test_openapi > docs/api/openapi.json"
    assert COMMITTED.read_text("utf-8") == document_text(), update
    served = client.get("/v1/openapi.json")
    assert served.status_code == 200
    assert served.json == json.loads(document_text())


def test_every_operation_and_every_answer_is_described() -> None:
    paths = document()["paths"]
    assert sum(len(item) - 1 for item in paths.values()) == len(OPERATIONS)
    for item in paths.values():
        for name, operation in item.items():
            if name != "parameters":
                assert operation["summary"]
                assert {"401", "404", "429", "503"} <= operation["responses"].keys()


# One database is enough: this is about shapes, and each call is a transaction.
@pytest.mark.parametrize("db_url", ["sqlite"], indirect=True)
@pytest.mark.parametrize("name", CALLS)
def test_calls_made_up_from_the_document_find_nothing_broken(name: str, own: OwnShop) -> None:
    operation = CALLS[name]
    described = document()["paths"][operation.path][operation.method]["responses"]

    @given(case=operation.as_strategy())
    @settings(
        max_examples=15,
        deadline=None,
        derandomize=True,
        database=None,
        suppress_health_check=list(HealthCheck),
    )
    def fire(case: Any) -> None:
        values = {**case.path_parameters, "key": own.shop.key}
        path = operation.path.replace(ROOT + "/{key}", "")
        for key, value in values.items():
            path = path.replace("{" + key + "}", quote(str(value), safe=""))
        answer = own.call(case.method, path, _raw(case.body), secret=own.secret)
        assert answer.status_code < 500, (path, case.body, answer.text)
        if case.method != "DELETE" or path:
            assert str(answer.status_code) in described, (answer.status_code, answer.text)

    if name.endswith("/{key}") and operation.method == "delete":
        assert own.call("DELETE", "").status_code == 204
    else:
        fire()


def _raw(body: Any) -> bytes:
    if isinstance(body, bytes | str):
        return body.encode("utf-8", "surrogatepass") if isinstance(body, str) else body
    try:
        return json.dumps(body).encode()
    except (TypeError, ValueError):
        return b""


if __name__ == "__main__":
    print(document_text(), end="")
