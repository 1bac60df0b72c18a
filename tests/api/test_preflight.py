"""The route that is asked about a voucher: strict about its body, silent to strangers."""

from __future__ import annotations

from typing import Any

import pytest
from flask.testing import FlaskClient

from plugin.model import Shop
from plugin.services import preflight
from plugin.services.context import Context
from plugin.store import vouchers as store
from tests.conftest import KeptMail
from tests.services.sign_up_stage import Stage

ITEM = {"product": "1", "variant": "91", "quantity": 2, "price": "13.80"}

#: Nothing here depends on the database.
pytestmark = pytest.mark.parametrize("db_url", ["sqlite"], indirect=True)


@pytest.fixture
def body(context: Context, shop: Shop, kept_mail: KeptMail) -> dict[str, Any]:
    stage = Stage(context, shop)
    stage.confirmed(kept_mail)
    stage.work()
    with context.db.read() as connection:
        found = store.voucher_by_id(connection, shop.id, stage.rows(store.vouchers)[0].id)
    assert found is not None
    token = preflight.link_mark(context, found).removeprefix(preflight.MARK)
    return {"voucher": token, "items": [ITEM], "currency": "EUR", "lang": "de"}


def test_the_holder_of_the_link_is_answered_and_no_cache_keeps_it(
    client: FlaskClient, shop: Shop, body: dict[str, Any]
) -> None:
    answer = client.post(f"/v1/{shop.key}/vouchers/check", json=body)
    assert answer.status_code == 200
    assert answer.json is not None
    assert (answer.json["state"], answer.json["strong"]) == ("missing", "12,40\u00a0€")
    assert answer.headers["Cache-Control"] == "no-store"
    assert answer.headers["Access-Control-Allow-Origin"] == "*"


def test_a_stranger_learns_nothing(client: FlaskClient, shop: Shop, body: dict[str, Any]) -> None:
    wrong = {**body, "voucher": body["voucher"][:-1] + "x"}
    assert client.post(f"/v1/{shop.key}/vouchers/check", json=wrong).status_code == 404


@pytest.mark.parametrize(
    "changed",
    [
        {"more": 1},
        {"voucher": 7},
        {"items": "all"},
        {"items": [7]},
        {"items": [{**ITEM, "quantity": 0}]},
        {"items": [{**ITEM, "quantity": True}]},
        {"items": [{**ITEM, "quantity": "2"}]},
        {"items": [{**ITEM, "price": "NaN"}]},
        {"items": [{**ITEM, "price": "-1"}]},
        {"items": [{**ITEM, "price": "1e400"}]},
        {"items": [{**ITEM, "price": "ten"}]},
        {"items": [{**ITEM, "colour": "blue"}]},
        {"items": [ITEM] * 101},
        {"lang": "x" * 81},
    ],
)
def test_what_no_storefront_sends_is_refused(
    client: FlaskClient, shop: Shop, body: dict[str, Any], changed: dict[str, Any]
) -> None:
    answer = client.post(f"/v1/{shop.key}/vouchers/check", json={**body, **changed})
    assert answer.status_code == 400
