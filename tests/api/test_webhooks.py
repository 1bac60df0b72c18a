"""Webhooks over HTTP: 401 for what is not genuine, 200 after the commit, large bodies refused."""

from __future__ import annotations

import json

import pytest
import sqlalchemy as sa
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from plugin.model import Shop
from plugin.services.context import Context
from plugin.store.shops import inbox
from tests.fakes.platform import FakePlatform

BODY = json.dumps({"admin_graphql_api_id": "gid://shopify/Order/1"}).encode()


def deliver(client: FlaskClient, signature: str, body: bytes = BODY) -> TestResponse:
    headers = {
        "X-Shopify-Hmac-Sha256": signature,
        "X-Shopify-Shop-Domain": "uferhaus.myshopify.com",
        "X-Shopify-Topic": "orders/create",
        "X-Shopify-Event-Id": "event-1",
    }
    return client.post("/webhooks/shopify", data=body, headers=headers)


def noted(context: Context) -> int:
    with context.db.read() as connection:
        return len(connection.execute(sa.select(inbox.c.id)).all())


def test_a_genuine_delivery_is_noted_and_acknowledged(
    client: FlaskClient, context: Context, shop: Shop, fake_platform: FakePlatform
) -> None:
    for _ in range(2):
        answer = deliver(client, fake_platform.webhook_signature(BODY))
        assert (answer.status_code, answer.data) == (200, b"")
    assert noted(context) == 1


@pytest.mark.parametrize("signature", ["", "AAAA", "é", "=" * 5000, "\u0430"])
def test_anything_else_is_401_and_leaves_no_trace(
    client: FlaskClient, context: Context, shop: Shop, signature: str
) -> None:
    signature = signature.encode().decode("latin-1")
    assert deliver(client, signature).status_code == 401
    assert noted(context) == 0


def test_the_raw_bytes_are_signed(
    client: FlaskClient, context: Context, shop: Shop, fake_platform: FakePlatform
) -> None:
    signature = fake_platform.webhook_signature(BODY)
    assert deliver(client, signature, BODY.replace(b" ", b"  ")).status_code == 401


def test_a_shop_that_we_do_not_know_is_404(
    client: FlaskClient, fake_platform: FakePlatform
) -> None:
    assert deliver(client, fake_platform.webhook_signature(BODY)).status_code == 404


def test_huge_bodies_are_refused(client: FlaskClient, shop: Shop) -> None:
    assert deliver(client, "x", b" " * (3 * 1024 * 1024)).status_code == 413
