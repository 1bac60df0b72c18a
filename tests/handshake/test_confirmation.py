"""The second request: under the new secret, once; the keys it brings work sooner or later."""

from __future__ import annotations

from dataclasses import replace

import pytest

from plugin.model import Shop
from plugin.services.access import access, connected, mark_revoked
from tests.contract.moves import rows, settle
from tests.contract.stages.shopware import DOMAIN, SECRET, ShopwareStage
from tests.fakes.shopware import FakeShopware
from tests.fakes.shopware_app import ShopwareApp, sign
from tests.handshake.moves import OTHER, confirm, shop_rows


def test_no_changed_byte_of_a_confirmation_is_taken(stage: ShopwareStage) -> None:
    call = stage.app.confirmation(stage.register().get_json(), stage.clock())
    for place in range(len(call.body)):
        letter = b"x" if call.body[place : place + 1] != b"x" else b"y"
        body = call.body[:place] + letter + call.body[place + 1 :]
        assert stage.call(replace(call, body=body)).status_code in (400, 401), body
    for body in (b"", b"{}", b"[]", call.body + b" ", b"\xff", b"[" * 5000, call.body * 2):
        assert stage.call(replace(call, body=body)).status_code in (400, 401)
    assert stage.call(replace(call, body=b" " * 20_000)).status_code == 413
    assert shop_rows(stage) == []
    assert stage.call(call).status_code == 204


def test_a_confirmation_needs_the_new_secret_and_its_own_state(stage: ShopwareStage) -> None:
    call = stage.app.confirmation(stage.register().get_json(), stage.clock())
    for secret in (SECRET, "", "0" * 64):
        headers = {**call.headers, "shopware-shop-signature": sign(secret, call.body)}
        assert stage.call(replace(call, headers=headers)).status_code == 401
    for path in (
        "/install/shopware/confirm",
        call.path[:-1],
        call.path.replace("=new.", "=proven."),
    ):
        assert stage.call(replace(call, path=path)).status_code == 401
    assert shop_rows(stage) == []


def test_a_confirmation_counts_once(stage: ShopwareStage) -> None:
    call = stage.app.confirmation(stage.register().get_json(), stage.clock())
    assert stage.call(call).status_code == 204
    assert stage.call(call).status_code == 401
    assert len(shop_rows(stage)) == 1


@pytest.mark.parametrize("minutes", [6, 11])
def test_a_confirmation_that_comes_late_is_refused(stage: ShopwareStage, minutes: int) -> None:
    told = stage.register().get_json()
    call = stage.app.confirmation(told, stage.clock())
    stage.clock.move(minutes=minutes)
    assert stage.call(call).status_code == 401
    stage.clock.move(minutes=5)
    assert confirm(stage, stage.app, told).status_code == 401
    assert shop_rows(stage) == []


def test_a_confirmation_of_another_shop_is_refused(
    stage: ShopwareStage, second: FakeShopware
) -> None:
    told = stage.register().get_json()
    for change in ("id", "url"):
        app = ShopwareApp(
            second, f"https://{OTHER}" if change == "url" else stage.app.shop_url, SECRET
        )
        app.shop_id = "AnotherShopId123" if change == "id" else stage.app.shop_id
        call = app.confirmation({**told, "proof": app.proof()}, stage.clock())
        assert stage.call(call).status_code == 401
    assert shop_rows(stage) == []


@pytest.mark.parametrize("days", [0, 3])
def test_an_app_that_is_switched_on_later_works_from_then_on(
    stage: ShopwareStage, days: int
) -> None:
    told = stage.register().get_json()
    assert confirm(stage, stage.app, told).status_code == 204
    stage.app.confirmed(told)
    shop = stage.shop(DOMAIN)
    product = stage.put_product(1)
    for _ in range(1 + 40 * days):
        stage.run_steps()
        stage.clock.move(hours=2)
    assert connected(stage.context, shop)
    asked = stage.requests()
    assert asked < 60 + 400 * days
    stage.held.active = True
    assert stage.call(stage.app.message("app.activated", {}, stage.clock())).status_code == 200
    settle(stage, shop)
    assert stage.shop(DOMAIN).name == "Uferhaus"
    assert stage.embedded() == shop.key
    assert [row.product_id for row in rows(stage, shop, "products")] == [product]


def test_an_app_that_was_switched_off_for_a_while_goes_on(stage: ShopwareStage, shop: Shop) -> None:
    settle(stage, shop)
    stage.held.active = False
    order = stage.place_order(email="anne@example.com", products=[stage.put_product(1)])
    stage.clock.move(minutes=20)
    for message in stage.deliveries(order):
        stage.send(message)
    stage.run_steps()
    assert not connected(stage.context, shop)
    stage.held.active = True
    assert stage.call(stage.app.message("app.activated", {}, stage.clock())).status_code == 200
    stage.run_steps()
    assert connected(stage.context, shop)
    assert [row.order_id for row in rows(stage, shop, "orders")] == [order]


def test_opening_an_app_that_works_again_is_enough(stage: ShopwareStage, shop: Shop) -> None:
    settle(stage, shop)
    mark_revoked(stage.context, shop)
    assert stage.visit(stage.app.opening(stage.clock())).status_code == 302
    assert connected(stage.context, shop)


def test_a_shop_that_cannot_answer_while_it_waits_is_asked_later(stage: ShopwareStage) -> None:
    told = stage.register().get_json()
    call = stage.app.confirmation(told, stage.clock())
    stage.held.active = True
    stage.trouble("failed", 50)
    assert stage.call(call).status_code == 204
    stage.calm()
    shop = stage.shop(DOMAIN)
    assert shop.name == DOMAIN
    stage.run_steps()
    assert stage.shop(DOMAIN).name == "Uferhaus"
    assert access(stage.context, shop).token in stage.held.tokens
