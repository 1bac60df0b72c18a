"""A storefront that holds our config has the present one, given once, and learns each change."""

from __future__ import annotations

import json

import pytest
import sqlalchemy as sa

from plugin.contracts.platform import Embed
from plugin.errors import PlatformError
from plugin.model import Access, Shop
from plugin.services import embeds, rounds, setup, stopping, storefront_config
from plugin.services.context import Context
from plugin.services.steps import Runner, Step
from plugin.services.tenants import shop_of_id
from plugin.store import installs as store
from plugin.store.shops import touch_config
from plugin.store.steps import steps as step_rows
from tests.fakes.platform import FakePlatform
from tests.services.connected import connect


@pytest.fixture
def connected(context: Context, shop: Shop) -> Shop:
    connect(context, shop)
    return shop


@pytest.fixture
def given(fake_platform: FakePlatform, monkeypatch: pytest.MonkeyPatch) -> list[Embed]:
    kept: list[Embed] = []

    def take(access: Access, embed: Embed) -> bool:
        fake_platform._called("publish_embed")
        kept.append(embed)
        return True

    monkeypatch.setattr(fake_platform, "publish_embed", take)
    return kept


def run_all(context: Context) -> None:
    from plugin.app import handlers

    while Runner(context, handlers(), "test").run_due():
        pass


def a_step(shop: Shop) -> Step:
    return Step(1, shop.id, "embed.publish", "k", {}, 1)


def test_the_storefront_gets_the_config_that_a_loader_would_fetch(
    context: Context, connected: Shop, given: list[Embed]
) -> None:
    embeds.publish(context, a_step(connected))
    [embed] = given
    config = json.loads(embed.config)
    assert (embed.shop_key, config["shop"]) == (connected.key, connected.key)
    assert embed.app_url == context.config.public_url


def test_what_the_storefront_has_already_is_not_given_again(
    context: Context, connected: Shop, given: list[Embed]
) -> None:
    for _ in range(3):
        embeds.publish(context, a_step(connected))
    assert len(given) == 1


@pytest.mark.parametrize("change", ["stop", "details"])
def test_a_change_of_the_merchant_reaches_the_storefront(
    context: Context, connected: Shop, given: list[Embed], change: str
) -> None:
    embeds.publish(context, a_step(connected))
    if change == "stop":
        stopping.stop(context, connected)
    else:
        setup.save_details(
            context, connected, imprint="Seestr. 1", privacy_url="https://x.example/p", address="du"
        )
    run_all(context)
    assert len(given) == 2
    assert json.loads(given[1].config)["version"] != json.loads(given[0].config)["version"]


def test_a_failed_publication_is_tried_again_by_its_step(
    context: Context, connected: Shop, given: list[Embed], fake_platform: FakePlatform
) -> None:
    fake_platform.fail("publish_embed", PlatformError("platform_failed"))
    with pytest.raises(PlatformError):
        embeds.publish(context, a_step(connected))
    embeds.publish(context, a_step(connected))
    assert len(given) == 1


def test_a_change_while_it_is_published_is_published_as_well(
    context: Context,
    connected: Shop,
    given: list[Embed],
    fake_platform: FakePlatform,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    take = fake_platform.publish_embed

    def slow(access: Access, embed: Embed) -> bool:
        if not given:
            with context.db.write() as connection:
                touch_config(connection, connected.id)
        return take(access, embed)

    monkeypatch.setattr(fake_platform, "publish_embed", slow)
    embeds.publish(context, a_step(connected))
    now = shop_of_id(context, connected.id)
    assert now is not None
    assert json.loads(given[-1].config)["version"] == str(now.config_version)


def test_a_shop_without_our_package_is_asked_again_later(
    context: Context, connected: Shop, fake_platform: FakePlatform, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(fake_platform, "publish_embed", lambda *_: False)
    embeds.publish(context, a_step(connected))
    with context.db.read() as connection:
        install = store.install_of(connection, connected.id)
    assert install is not None
    assert install.published is None


def test_an_upgrade_is_published_by_the_first_turn_of_a_worker(
    context: Context, connected: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    rounds.enqueue_due(context)
    run_all(context)
    monkeypatch.setattr(storefront_config, "edition", lambda: "another")
    monkeypatch.setattr(rounds, "_handed_out", {})  # a process that has just begun
    rounds.enqueue_due(context)
    with context.db.read() as connection:
        waiting = step_rows.c.state == "waiting"
        query = sa.select(step_rows.c.kind).where(waiting, step_rows.c.kind != "needs.tell")
        assert connection.execute(query).scalars().all() == ["embed.publish"]
