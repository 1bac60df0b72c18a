"""Tokens that lasting keys make: one that is refused too early is replaced, dead keys end it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from plugin.errors import AccessRevokedError, PlatformError
from plugin.services.access import access, connected, speaking
from tests.contract.moves import later, rows, settle
from tests.contract.stages.shopware import ShopwareStage, open_stage


@pytest.fixture
def stage(tmp_path: Path, sqlite_template: Path) -> Iterator[ShopwareStage]:
    database = tmp_path / "app.sqlite3"
    database.write_bytes(sqlite_template.read_bytes())
    opened = open_stage(tmp_path, f"sqlite:///{database}")
    yield opened
    opened.close()


def test_a_shop_that_forgot_its_tokens_is_still_connected(stage: ShopwareStage) -> None:
    shop = stage.install()
    settle(stage, shop)
    stage.clock.move(minutes=3)
    stage.held.tokens = {}
    order = stage.place_order(email="anne@example.com", products=[stage.put_product(1)])
    for message in stage.deliveries(order):
        assert stage.send(message).status_code == 200
    stage.run_steps()
    assert connected(stage.context, shop)
    later(stage, minutes=2)
    assert [row.order_id for row in rows(stage, shop, "orders")] == [order]
    assert [row for row in rows(stage, shop, "steps") if row.state == "dead"] == []


def test_a_token_that_was_never_good_is_not_replaced_for_ever(stage: ShopwareStage) -> None:
    shop = stage.install()
    access(stage.context, shop)
    stage.held.tokens = {}
    before = stage.requests()
    with pytest.raises(AccessRevokedError), speaking(stage.context, shop) as held:
        stage.context.platforms["shopware"].shop_facts(held)  # type: ignore[attr-defined]
    assert stage.requests() == before + 1
    assert not connected(stage.context, shop)


def test_keys_that_are_gone_end_the_connection(stage: ShopwareStage) -> None:
    shop = stage.install()
    stage.clock.move(minutes=3)
    stage.revoke()
    with pytest.raises(AccessRevokedError), speaking(stage.context, shop) as held:
        stage.context.platforms["shopware"].shop_facts(held)  # type: ignore[attr-defined]
    assert not connected(stage.context, shop)


def test_a_shop_that_does_not_answer_just_then_is_asked_later(stage: ShopwareStage) -> None:
    shop = stage.install()
    stage.clock.move(minutes=3)
    stage.held.tokens = {}
    with (
        pytest.raises(PlatformError, match="token_refresh_failed"),
        speaking(stage.context, shop),
    ):
        stage.trouble("failed", 3)
        raise AccessRevokedError("access_revoked")
    stage.calm()
    assert connected(stage.context, shop)
