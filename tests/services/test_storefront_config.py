"""The config is small, cached, changes when the merchant changes something, and tells no secret."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from plugin.model import Shop
from plugin.services import storefront_config
from plugin.services.context import Context
from plugin.services.stopping import restart, stop
from plugin.services.storefront_config import config_bytes
from plugin.services.tenants import shop_of_id
from tests.services.test_suggestions import publish


@pytest.fixture(autouse=True)
def _no_memory(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Look the version up at every call."""
    monkeypatch.setattr(storefront_config, "TTL_SECONDS", -1.0)
    storefront_config._answers.clear()
    yield
    storefront_config._answers.clear()


def config(context: Context, shop: Shop) -> dict[str, Any]:
    found = config_bytes(context, shop.key)
    assert found is not None
    return dict(json.loads(found[0]))


def test_only_agreed_fields_leave_the_house(context: Context, shop: Shop) -> None:
    publish(context, shop, "cross_sell")
    found = config(context, shop)
    assert set(found) == {
        "v",
        "shop",
        "name",
        "version",
        "languages",
        "address",
        "currency",
        "locale",
        "cart",
        "privacy",
        "zone",
        "why",
        "look",
        "manners",
        "widgets",
        "campaigns",
    }
    assert set(found["campaigns"][0]) == {"id", "widget", "version", "settings"}
    assert "hallo@uferhaus.example" not in json.dumps(found)


def test_drafts_stay_inside(context: Context, shop: Shop) -> None:
    publish(context, shop, "cross_sell")
    assert [item["widget"] for item in config(context, shop)["campaigns"]] == ["cross_sell"]
    assert set(config(context, shop)["widgets"]) == {"cross_sell"}


def test_only_texts_in_the_shops_form_of_address(context: Context, shop: Shop) -> None:
    publish(context, shop, "cross_sell")
    texts = config(context, shop)["widgets"]["cross_sell"]["texts"]
    assert set(texts) == {"de-sie", "en"}


def test_unknown_and_uninstalled_shops_are_the_same(
    context: Context, make_shop: Callable[..., Shop]
) -> None:
    gone = make_shop(state="uninstalled")
    for key in (gone.key, "a" * 16, "", "../../etc/passwd", "A" * 16, "a" * 16 + "\n", "é" * 16):
        assert config_bytes(context, key) is None


def test_the_etag_changes_with_the_content_and_only_then(context: Context, shop: Shop) -> None:
    publish(context, shop, "cross_sell")
    first, second = config_bytes(context, shop.key), config_bytes(context, shop.key)
    assert first is not None
    assert first == second
    publish(context, shop, "shipment_status")
    third = config_bytes(context, shop.key)
    assert third is not None
    assert third[1] != first[1]


def test_a_stopped_shop_keeps_nothing_but_the_parcels(context: Context, shop: Shop) -> None:
    publish(context, shop, "cross_sell")
    publish(context, shop, "shipment_status")
    stop(context, shop)
    assert set(config(context, shop)["widgets"]) == {"shipment_status"}
    stopped = shop_of_id(context, shop.id)
    assert stopped is not None
    restart(context, stopped)
    assert set(config(context, shop)["widgets"]) == {"shipment_status", "cross_sell"}


def test_within_two_seconds_the_database_is_not_asked(
    context: Context, shop: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(storefront_config, "TTL_SECONDS", 60.0)
    first = config_bytes(context, shop.key)

    def fails() -> None:
        raise AssertionError("asked")

    monkeypatch.setattr(context.db, "read", fails)
    assert config_bytes(context, shop.key) == first
