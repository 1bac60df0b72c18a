"""A shop that registers again: another secret, another address, another installation."""

from __future__ import annotations

from dataclasses import replace

from plugin.model import Shop
from plugin.services import registering
from plugin.services.access import signing_secrets
from tests.contract.stages.shopware import DOMAIN, ShopwareStage
from tests.fakes.shopware import FakeShopware
from tests.fakes.shopware_app import sign
from tests.handshake.moves import OTHER, confirm, present, register, untouched


def test_a_new_secret_counts_from_the_confirmation_on_and_the_old_one_a_minute_more(
    stage: ShopwareStage, shop: Shop
) -> None:
    old = stage.app.secret
    told = stage.register().get_json()
    assert untouched(stage, shop)
    assert confirm(stage, stage.app, told).status_code == 204
    assert signing_secrets(stage.context, shop) == (told["secret"], old)
    late = stage.app.message("app.updated", [], stage.clock())
    assert stage.call(late).status_code == 200
    stage.clock.move(seconds=61)
    assert signing_secrets(stage.context, shop) == (told["secret"],)
    assert stage.call(stage.app.message("app.updated", [], stage.clock())).status_code == 401
    assert present(stage, shop).generation == shop.generation


def test_a_shop_may_try_its_secrets_one_after_the_other(stage: ShopwareStage, shop: Shop) -> None:
    now = stage.clock()
    known = stage.app.secret
    for secret in ("a-secret-that-was-never-confirmed" * 2, "another-one-of-those" * 4):
        stage.app.secret = secret
        assert stage.call(stage.app.registration(now), method="GET").status_code == 403
    stage.app.secret = known
    told = stage.call(stage.app.registration(now), method="GET").get_json()
    assert confirm(stage, stage.app, told).status_code == 204
    assert present(stage, shop).generation == shop.generation


def test_a_wrong_previous_signature_at_the_confirmation_is_refused(
    stage: ShopwareStage, shop: Shop
) -> None:
    call = stage.app.confirmation(stage.register().get_json(), stage.clock())
    headers = {**call.headers, "shopware-shop-signature-previous": sign("x" * 64, call.body)}
    assert stage.call(replace(call, headers=headers)).status_code == 401
    assert untouched(stage, shop)


def test_a_shop_moves_with_its_own_signature(
    stage: ShopwareStage, shop: Shop, second: FakeShopware
) -> None:
    stage.app.shop_url = f"https://{OTHER}"
    told = stage.register().get_json()
    assert present(stage, shop).domain == DOMAIN
    call = stage.app.confirmation(told, stage.clock())
    second.keys = stage.held.keys
    assert stage.call(call).status_code == 204
    moved = present(stage, shop)
    assert (moved.domain, moved.storefront_url, moved.key) == (OTHER, second.url, shop.key)


def test_an_older_version_comes_back_after_its_goodbye(stage: ShopwareStage) -> None:
    stage.app.signs_twice = False
    shop = stage.install()
    stage.uninstall()
    again = stage.install()
    assert again.id == shop.id
    assert again.generation == shop.generation + 2


def test_an_older_version_whose_goodbye_got_lost_needs_the_operator(stage: ShopwareStage) -> None:
    stage.app.signs_twice = False
    shop = stage.install()
    assert register(stage).status_code == 403
    assert untouched(stage, shop)
    registering.allow_once(stage.context, shop)
    stage.clock.move(seconds=1)
    again = stage.install()
    assert again.id == shop.id
    assert register(stage).status_code == 403


def test_an_older_version_that_changed_its_keys_is_believed_at_its_own_word(
    stage: ShopwareStage,
) -> None:
    stage.app.signs_twice = False
    shop = stage.install()
    stage.revoke()
    assert stage.install().id == shop.id


def test_what_the_operator_allowed_ends_after_an_hour(stage: ShopwareStage) -> None:
    stage.app.signs_twice = False
    shop = stage.install()
    registering.allow_once(stage.context, shop)
    stage.clock.move(minutes=61)
    assert register(stage).status_code == 403
