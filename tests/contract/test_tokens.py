"""Tokens end, get lost and are taken back: renewed once, and otherwise one clear state."""

from __future__ import annotations

import pytest
import sqlalchemy as sa
from markupsafe import escape

from plugin.contracts.connecting import OpensInAdmin, RenewsTokens
from plugin.contracts.platform import ReadsCatalogue, ReadsShop
from plugin.errors import AccessRevokedError, PlatformError
from plugin.model import Shop
from plugin.services import rounds
from plugin.services.access import connected
from plugin.store.db import metadata
from tests.contract.moves import capable, present, put_products, rows, settle, together, token
from tests.contract.stage import Stage


def test_an_ended_token_is_renewed_without_the_merchant_noticing(stage: Stage, shop: Shop) -> None:
    settle(stage, shop)
    if capable(stage, shop, RenewsTokens) is None:
        return
    reader = stage.context.able(shop, ReadsShop)
    old = token(stage, shop).token
    stage.expire()
    new = token(stage, shop)
    assert new.token != old
    assert reader.shop_facts(new).name == shop.name
    assert connected(stage.context, shop)


def test_many_who_find_the_token_ended_renew_it_once(stage: Stage, shop: Shop) -> None:
    if capable(stage, shop, RenewsTokens) is None:
        return
    stage.expire()
    before = stage.requests()
    found = together(6, lambda: token(stage, shop).token)
    assert len(set(found)) == 1
    assert stage.requests() - before == 1


def test_a_second_end_is_as_good_as_the_first(stage: Stage, shop: Shop) -> None:
    if capable(stage, shop, RenewsTokens) is None:
        return
    reader = stage.context.able(shop, ReadsShop)
    seen = set()
    for _ in range(3):
        stage.expire()
        held = token(stage, shop)
        seen.add(held.token)
        assert reader.shop_facts(held).name == shop.name
    assert len(seen) == 3


def test_a_platform_that_fails_while_renewing_is_asked_later_and_not_at_once(
    stage: Stage, shop: Shop
) -> None:
    if capable(stage, shop, RenewsTokens) is None:
        return
    stage.expire()
    stage.trouble("failed", 100)
    before = stage.requests()
    with pytest.raises(PlatformError, match="token_refresh_failed"):
        token(stage, shop)
    first = stage.requests() - before
    assert first <= 3
    stage.calm()
    stage.clock.move(minutes=2)
    assert stage.context.able(shop, ReadsShop).shop_facts(token(stage, shop)).name == shop.name


def test_a_connection_that_was_taken_back_is_one_state_and_costs_no_more_calls(
    stage: Stage, shop: Shop
) -> None:
    settle(stage, shop)
    if not stage.requests():
        return  # nothing of the shop's is held that could be taken back
    stage.revoke()
    stage.clock.move(minutes=20)
    rounds.enqueue_due(stage.context)
    stage.run_steps()
    assert not connected(stage.context, shop)
    with pytest.raises(AccessRevokedError, match="access_revoked"):
        token(stage, shop)
    after = stage.requests()
    for _ in range(12):
        stage.clock.move(minutes=30)
        rounds.enqueue_due(stage.context)
        stage.run_steps()
    assert stage.requests() == after
    assert present(stage, shop).state == "installed"


def test_the_merchant_reads_once_that_the_connection_was_taken_back_and_where_to_go(
    stage: Stage, shop: Shop
) -> None:
    settle(stage, shop)
    where = capable(stage, shop, OpensInAdmin)
    if where is None or not stage.requests():
        return
    cookie = stage.context.keys.sign("session", [shop.id, shop.generation])
    stage.client.set_cookie("bleib", cookie)
    sentence = "Ihr Shop nimmt unseren Zugang nicht mehr an."
    assert sentence not in stage.client.get("/admin/").text
    stage.revoke()
    stage.clock.move(minutes=20)
    rounds.enqueue_due(stage.context)
    stage.run_steps()
    page = stage.client.get("/admin/").text
    assert page.count(sentence) == 1
    assert escape(where.app_url(shop.domain)) in page


def test_work_that_meets_a_taken_back_connection_ends_for_the_merchant_to_see(
    stage: Stage, shop: Shop
) -> None:
    settle(stage, shop)
    if not capable(stage, shop, ReadsCatalogue):
        return
    order = stage.place_order(email="anne@example.com", products=put_products(stage, 1))
    for message in stage.deliveries(order):
        stage.send(message)
    stage.revoke()
    stage.run_steps()
    dead = [row.error for row in rows(stage, shop, "steps") if row.state == "dead"]
    assert dead
    assert set(dead) == {"access_revoked"}


def test_connecting_again_makes_all_well(stage: Stage, shop: Shop) -> None:
    settle(stage, shop)
    if not stage.requests():
        return
    stage.revoke()
    stage.clock.move(minutes=20)
    rounds.enqueue_due(stage.context)
    stage.run_steps()
    again = stage.install()
    assert again.id == shop.id
    assert connected(stage.context, again)
    products = put_products(stage, 3)
    settle(stage, again)
    if capable(stage, again, ReadsCatalogue):
        kept = [row.product_id for row in rows(stage, again, "products") if not row.gone]
        assert sorted(kept) == sorted(products)


def test_tokens_lie_sealed_in_the_database(stage: Stage, shop: Shop) -> None:
    settle(stage, shop)
    secrets = [secret for secret in stage.secrets() if len(secret) > 8]
    assert secrets
    with stage.context.db.read() as connection:
        for table in metadata.sorted_tables:
            text = repr(connection.execute(sa.select(table)).all())
            assert not [secret for secret in secrets if secret in text], table.name
