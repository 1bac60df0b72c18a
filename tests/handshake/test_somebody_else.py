"""Whoever holds the secret of the app and nothing more gets no shop, and locks none out."""

from __future__ import annotations

from typing import Any

import pytest

from plugin.model import Shop
from plugin.services import registering
from plugin.services.access import signing_secrets
from tests.contract.moves import rows, settle
from tests.contract.stages.shopware import DOMAIN, ShopwareStage
from tests.fakes.shopware_app import ShopwareApp
from tests.handshake.moves import OTHER, confirm, present, register, shop_rows, untouched


def test_the_secret_of_the_app_alone_takes_over_no_connected_shop(
    stage: ShopwareStage, shop: Shop, stranger: ShopwareApp
) -> None:
    for signed in ("", stage.app.secret[::-1]):
        stranger.secret = signed
        stage.clock.move(seconds=1)
        assert register(stage, stranger).status_code == 403
    stranger.shop_url, stranger.secret = stage.app.shop_url, ""
    stage.clock.move(seconds=1)
    assert register(stage, stranger).status_code == 403
    assert untouched(stage, shop)


@pytest.mark.parametrize("kind", ["failed", "html", "truncated", "elsewhere", "wrong_types"])
def test_a_shop_that_is_down_cannot_be_taken_over(
    stage: ShopwareStage, shop: Shop, stranger: ShopwareApp, kind: Any
) -> None:
    stage.trouble(kind, 50)
    assert register(stage, stranger).status_code == 403
    stage.calm()
    assert untouched(stage, shop)


def test_a_shop_whose_goodbye_got_lost_is_not_taken_over_from_another_address(
    stage: ShopwareStage, shop: Shop, stranger: ShopwareApp
) -> None:
    stage.revoke()
    stranger.secret = ""
    assert register(stage, stranger).status_code == 403
    assert untouched(stage, shop)


def test_a_fresh_id_at_a_known_address_is_the_shop_that_is_known(
    stage: ShopwareStage, shop: Shop, stranger: ShopwareApp
) -> None:
    stranger.shop_id, stranger.shop_url = "AnotherShopId123", stage.app.shop_url
    assert register(stage, stranger).status_code == 403
    assert untouched(stage, shop)


def test_a_shop_that_left_hands_nothing_on_to_another_address(
    stage: ShopwareStage, shop: Shop, stranger: ShopwareApp
) -> None:
    stage.uninstall()
    told = register(stage, stranger).get_json()
    assert confirm(stage, stranger, told).status_code == 204
    old, new = shop_rows(stage)
    assert (old.id, old.domain, old.state, old.platform_id) == (
        shop.id, DOMAIN, "uninstalled", None,
    )  # fmt: skip
    assert (new.domain, new.platform_id) == (OTHER, stranger.shop_id)
    assert new.key != shop.key
    stage.clock.move(seconds=1)
    stage.app.shop_id = "TheShopsFreshId1"
    assert stage.install().id == shop.id


def test_a_shop_that_left_is_not_led_away_in_two_steps(
    stage: ShopwareStage, shop: Shop, stranger: ShopwareApp
) -> None:
    stage.uninstall()
    elsewhere = stranger.shop_url
    stranger.shop_id = "AnIdOfStrangers1"
    for address in (stage.app.shop_url, elsewhere):
        stranger.shop_url, stranger.secret = address, ""
        told = register(stage, stranger).get_json()
        assert confirm(stage, stranger, told).status_code == 204
        stranger.confirmed(told)
        stage.clock.move(seconds=1)
    stranger.shop.active = True
    stage.run_steps()
    assert stage.visit(stranger.opening(stage.clock())).status_code == 302
    assert present(stage, shop).domain == DOMAIN
    stage.clock.move(seconds=1)
    assert stage.install().id == shop.id


def test_a_shop_that_left_is_taken_back_only_with_keys_that_work_there(
    stage: ShopwareStage, shop: Shop, stranger: ShopwareApp
) -> None:
    stage.uninstall()
    stranger.shop_url = stage.app.shop_url
    told = register(stage, stranger).get_json()
    assert confirm(stage, stranger, told).status_code == 204
    stranger.confirmed(told)
    stage.run_steps()
    assert stage.visit(stranger.opening(stage.clock())).status_code == 502
    stage.clock.move(seconds=1)
    again = stage.install()
    assert again.id == shop.id
    assert stage.visit(stranger.opening(stage.clock())).status_code == 401


@pytest.mark.parametrize("known", [True, False])
def test_whoever_registers_while_the_shop_is_down_gets_not_in_and_locks_nobody_out(
    stage: ShopwareStage, stranger: ShopwareApp, *, known: bool
) -> None:
    if known:
        stage.install()
        stage.uninstall()
    stranger.shop_url = stage.app.shop_url
    told = register(stage, stranger).get_json()
    stage.trouble("failed", 50)
    assert confirm(stage, stranger, told).status_code == 204
    stranger.confirmed(told)
    stage.clock.move(seconds=1)
    assert stage.visit(stranger.opening(stage.clock())).status_code == 502
    stage.calm()
    assert stage.visit(stranger.opening(stage.clock())).status_code == 502
    stage.clock.move(minutes=2)
    assert stage.visit(stranger.opening(stage.clock())).status_code == 502
    shop = stage.install()
    assert stage.visit(stage.app.opening(stage.clock())).status_code == 302
    assert stage.visit(stranger.opening(stage.clock())).status_code == 401
    assert signing_secrets(stage.context, shop) == (stage.app.secret,)


def test_a_connected_shop_is_not_replaced_by_one_whose_keys_nobody_saw(
    stage: ShopwareStage, shop: Shop, stranger: ShopwareApp
) -> None:
    registering.allow_once(stage.context, shop)
    stranger.shop_url = stage.app.shop_url
    told = register(stage, stranger).get_json()
    assert confirm(stage, stranger, told).status_code == 204
    stranger.confirmed(told)
    for _ in range(8):
        stage.run_steps()
        assert stage.visit(stranger.opening(stage.clock())).status_code == 401
        stage.clock.move(minutes=10)
    stage.run_steps()
    assert untouched(stage, shop)
    (waited,) = (row for row in rows(stage, shop, "steps") if row.kind == "shop.replace")
    assert waited.state == "done"
    assert stage.app.secret not in repr(waited)


def test_an_older_version_is_replaced_once_its_new_keys_work(stage: ShopwareStage) -> None:
    stage.app.signs_twice = False
    shop = stage.install()
    stage.app.removed()  # without a goodbye
    registering.allow_once(stage.context, shop)
    told = register(stage).get_json()
    assert confirm(stage, stage.app, told).status_code == 204
    stage.app.confirmed(told)
    stage.run_steps()
    assert present(stage, shop).generation == shop.generation
    stage.held.active = True
    stage.clock.move(seconds=30)
    stage.run_steps()
    assert present(stage, shop).generation == shop.generation + 1
    assert stage.visit(stage.app.opening(stage.clock())).status_code == 302
    settle(stage, shop)
    assert stage.embedded() == shop.key


def test_a_newer_version_that_was_installed_anew_without_a_goodbye_is_taken(
    stage: ShopwareStage, shop: Shop
) -> None:
    settle(stage, shop)
    stage.app.removed()
    again = stage.install()
    assert (again.id, again.generation) == (shop.id, shop.generation + 1)
    settle(stage, again)
    assert stage.embedded() == shop.key


def test_registrations_begun_before_another_one_was_confirmed_are_dead(
    stage: ShopwareStage, stranger: ShopwareApp
) -> None:
    stranger.shop_url = stage.app.shop_url
    prepared = register(stage, stranger).get_json()
    stage.clock.move(seconds=1)
    shop = stage.install()
    stranger.shop = stage.held
    keys = dict(stage.held.keys)
    assert confirm(stage, stranger, prepared).status_code == 401
    stage.held.keys = keys
    assert untouched(stage, shop)
