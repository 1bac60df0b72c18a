"""The config is small, cached, changes when the merchant changes something, and tells no secret."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from plugin.model import Shop
from plugin.services import campaigns, storefront_config
from plugin.services.context import Context
from plugin.services.stopping import restart, stop
from plugin.services.storefront_config import config_bytes, signed_end
from plugin.services.tenants import shop_of_id
from tests.beacons import publish as compare
from tests.services.test_suggestions import publish
from widgets.exit_intent.settings import ExitIntentSettings


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
        "whole",
    }
    fields = {"id", "widget", "version", "settings", "arms", "salt", "holdout"}
    assert set(found["campaigns"][0]) == fields
    assert "hallo@uferhaus.example" not in json.dumps(found)


def test_the_whole_shop_is_compared_by_the_smallest_holdout_of_all(
    context: Context, shop: Shop
) -> None:
    compare(context, shop, "exit_intent", {"experiment": {"holdout": 20}})
    compare(context, shop, "exit_intent", {"experiment": {"holdout": 5}})
    compare(context, shop, "exit_intent", {"experiment": {"no_holdout": True}})
    found = config(context, shop)
    assert [one.get("holdout") for one in found["campaigns"]] == [20, 5, None]
    arms = [["-", 5], ["a", 95]]
    assert found["whole"] == {"id": 0, "version": 5, "holdout": 5, "arms": arms}


def test_without_a_holdout_nothing_is_compared_with_the_whole_shop(
    context: Context, shop: Shop
) -> None:
    compare(context, shop, "exit_intent", {"experiment": {"no_holdout": True}})
    assert "whole" not in config(context, shop)


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


def exit_window(context: Context, shop: Shop, **values: Any) -> dict[str, Any]:
    """Publish an exit window and return it as a storefront gets it."""
    with context.db.write() as connection:
        campaigns.ensure_defaults(connection, context, shop.id)
    found = next(one for one in campaigns.all_of(context, shop) if one.widget == "exit_intent")
    draft = {**found.draft, **values}
    campaigns.save_draft(context, shop, found.id, draft, revision=found.revision)
    campaigns.publish(context, shop, found.id)
    sent, *_ = config(context, shop)["campaigns"]
    return dict(sent)


def test_a_browser_gets_the_rule_the_arms_and_what_version_b_changes(
    context: Context, shop: Shop
) -> None:
    title = {"de": "Kurz gefragt", "en": "A short question"}
    plain = ExitIntentSettings().model_dump(mode="json")["experiment"]
    sent = exit_window(
        context,
        shop,
        experiment={**plain, "b": {**plain["b"], "enabled": True, "title": title, "frame": "bar"}},
    )
    assert sent["when"] == ["all", ["any", ["exit", "desktop"], ["exit", "phone"]], ["seconds", 5]]
    assert sent["arms"] == [["-", 10], ["a", 41], ["b", 41], ["h", 8]]
    assert re.fullmatch("[0-9a-f]{8}", sent["salt"])
    assert sent["variants"] == {"b": {"title": title, "frame": "bar"}, "h": {"voucher": None}}
    # How many are held out is nobody's business but the draw's.
    assert not {"experiment", "trigger", "audience", "schedule"} & set(sent["settings"])


def test_without_a_control_group_and_a_second_version_nothing_is_drawn(
    context: Context, shop: Shop
) -> None:
    plain = ExitIntentSettings().model_dump(mode="json")["experiment"]
    nothing = {**ExitIntentSettings().model_dump(mode="json")["voucher"], "enabled": False}
    sent = exit_window(context, shop, experiment={**plain, "no_holdout": True}, voucher=nothing)
    assert not {"arms", "salt", "variants"} & set(sent)


def test_an_announced_end_is_proven_to_be_the_merchants(context: Context, shop: Shop) -> None:
    plain = ExitIntentSettings().model_dump(mode="json")["schedule"]
    schedule = {**plain, "ends": "2026-12-01T23:00:00Z"}
    sent = exit_window(context, shop, schedule=schedule, countdown=True)
    ends = sent["settings"]["ends"]
    assert ends["at"] == "2026-12-01T23:00:00Z"
    assert sent["when"][1] == ["between", None, ends["at"]]
    end = datetime(2026, 12, 1, 23, tzinfo=UTC)
    assert signed_end(context, shop, sent["id"], end) == ends
    for other in (
        signed_end(context, shop, sent["id"] + 1, end),
        signed_end(context, replace(shop, id=shop.id + 1), sent["id"], end),
        signed_end(context, shop, sent["id"], end + timedelta(hours=1)),
    ):
        assert other["signature"] != ends["signature"]


def test_an_end_that_nobody_is_to_see_is_not_sent(context: Context, shop: Shop) -> None:
    plain = ExitIntentSettings().model_dump(mode="json")["schedule"]
    sent = exit_window(context, shop, schedule={**plain, "ends": "2026-12-01T23:00:00Z"})
    assert "ends" not in sent["settings"]


def test_within_two_seconds_the_database_is_not_asked(
    context: Context, shop: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(storefront_config, "TTL_SECONDS", 60.0)
    first = config_bytes(context, shop.key)

    def fails() -> None:
        raise AssertionError("asked")

    monkeypatch.setattr(context.db, "read", fails)
    assert config_bytes(context, shop.key) == first
