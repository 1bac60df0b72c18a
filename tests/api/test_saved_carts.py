"""The routes of a saved cart: strict about what comes in, alike whatever address it is for."""

from __future__ import annotations

import json
import re
import uuid
from typing import Any

import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from plugin.model import Shop
from plugin.services.context import Context
from tests.conftest import MovingClock
from tests.services.saved_cart_stage import offer, save
from tests.services.test_saved_carts import name

ITEM = {"variant": "41", "product": "7001", "quantity": 2}


@pytest.fixture(autouse=True)
def campaign(context: Context, shop: Shop) -> int:
    return offer(context, shop)


def post(client: FlaskClient, shop: Shop, path: str, body: object) -> TestResponse:
    return client.post(f"/v1/{shop.key}/{path}", data=json.dumps(body), content_type="text/plain")


def cart(**values: Any) -> dict[str, Any]:
    return {"id": str(uuid.uuid4()), "items": [ITEM], "lang": "de", **values}


def test_a_cart_gets_a_link_and_the_link_as_a_square_code(client: FlaskClient, shop: Shop) -> None:
    answer = post(client, shop, "carts", cart())
    assert answer.status_code == 201
    assert answer.headers["Access-Control-Allow-Origin"] == "*"
    assert answer.headers["Cache-Control"] == "no-store"
    given = answer.json or {}
    assert re.search(r"/b/[\w-]{22}$", given["link"])
    # The corner that every reader looks for: seven dark modules and a light one.
    assert given["qr"].startswith("".join(f"M{x} 0h1v1h-1z" for x in range(7)))
    assert "M7 0h" not in given["qr"]
    assert 21 <= given["size"] <= 41
    token = given["link"].rpartition("/")[2]
    found = client.get(f"/v1/{shop.key}/carts/{token}").json
    assert found == {"items": [{**ITEM, "title": ""}]}


WRONG = [
    {"id": "1"},
    {"id": "0b3a2d1e-e62e-11f1-9db8-02fc00000001"},
    {"id": None},
    {"items": []},
    {"items": [ITEM] * 51},
    {"items": [{**ITEM, "title": "Buy now"}]},
    {"items": [{**ITEM, "quantity": True}]},
    {"items": [{**ITEM, "quantity": 1000}]},
    {"items": [{**ITEM, "variant": "4\u00001"}]},
    {"items": [{**ITEM, "product": 7}]},
    {"more": 1},
]


@pytest.mark.parametrize("values", WRONG, ids=str)
def test_what_is_no_cart_is_refused(
    client: FlaskClient, shop: Shop, values: dict[str, Any]
) -> None:
    assert post(client, shop, "carts", cart(**values)).status_code == 400


def test_every_address_gets_the_same_answer(
    client: FlaskClient, context: Context, shop: Shop
) -> None:
    used = save(context, shop)
    wishes: list[tuple[str, dict[str, object]]] = [
        (used, {"email": "new@post.example"}),
        (used, {"email": "second@post.example"}),
        (save(context, shop), {"email": "robot@post.example", "website": "x"}),
        (save(context, shop), {"email": "quick@post.example", "elapsed": 3}),
    ]
    answers = [
        post(client, shop, f"carts/{token}/mail", {"website": "", "elapsed": 9000, **wish})
        for token, wish in wishes
    ]
    assert {(one.status_code, one.data) for one in answers} == {(202, answers[0].data)}
    wrong = post(client, shop, f"carts/{used}/mail", {"email": "a@b", "elapsed": 9000})
    assert (wrong.status_code, (wrong.json or {})["field"]) == (422, "email")


@pytest.mark.parametrize("token", ["A" * 22, "short", "A" * 400, "%00" * 22])
def test_a_made_up_link_leads_nowhere(client: FlaskClient, shop: Shop, token: str) -> None:
    body = {"email": "a@post.example", "website": "", "elapsed": 9000}
    assert client.get(f"/v1/{shop.key}/carts/{token}").status_code == 404
    assert post(client, shop, f"carts/{token}/mail", body).status_code == 404
    assert client.get(f"/b/{token}").status_code == 410


def test_the_page_names_the_articles_and_has_one_button(
    client: FlaskClient, context: Context, shop: Shop, moving_clock: MovingClock
) -> None:
    name(context, shop, "gid://shopify/Product/7001", "Socke <b>")
    token = save(context, shop)
    page = client.get(f"/b/{token}")
    assert page.status_code == 200
    assert page.headers["Cache-Control"] == "no-store"
    assert "2 × Socke &lt;b&gt;" in page.text
    assert "1 weitere" in page.text
    assert page.text.count('class="button') == 1
    assert "<form" not in page.text
    moving_clock.move(days=14)
    over = client.get(f"/b/{token}")
    assert over.status_code == 410
    assert "abgelaufen" in over.text
