"""Campaigns: drafts, versions, checks; on both databases."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest

from plugin.errors import ConflictError, InvalidFieldError, NotFoundError
from plugin.model import Shop
from plugin.services import campaigns, guard_limits
from plugin.services.campaign_checks import Check
from plugin.services.campaigns import Campaign
from plugin.services.context import Context
from plugin.store.shops import shop_by_id


@pytest.fixture
def filled(context: Context, shop: Shop) -> Shop:
    with context.db.write() as connection:
        campaigns.ensure_defaults(connection, context, shop.id)
    return shop


def _of(context: Context, shop: Shop, widget: str) -> Campaign:
    return next(item for item in campaigns.all_of(context, shop) if item.widget == widget)


def _changed(campaign: Campaign, **values: Any) -> dict[str, Any]:
    return {**campaign.draft, **values}


def _config_version(context: Context, shop: Shop) -> int:
    with context.db.read() as connection:
        found = shop_by_id(connection, shop.id)
    assert found is not None
    return found.config_version


def test_a_new_shop_gets_one_draft_of_each_widget_and_nothing_is_published(
    context: Context, filled: Shop
) -> None:
    found = campaigns.all_of(context, filled)
    assert [item.widget for item in found] == list(context.widgets)
    assert {item.state for item in found} == {"draft"}
    with context.db.read() as connection:
        assert campaigns.published(connection, filled.id) == []


def test_asking_for_defaults_twice_adds_nothing(context: Context, filled: Shop) -> None:
    with context.db.write() as connection:
        campaigns.ensure_defaults(connection, context, filled.id)
    assert len(campaigns.all_of(context, filled)) == len(context.widgets)


def test_publishing_makes_a_version_and_tells_the_storefront(
    context: Context, filled: Shop
) -> None:
    before = _config_version(context, filled)
    newsletter = _of(context, filled, "newsletter")
    published = campaigns.publish(context, filled, newsletter.id)
    assert (published.state, published.version) == ("published", 1)
    assert _config_version(context, filled) > before
    with context.db.read() as connection:
        live = campaigns.published(connection, filled.id)
        same = campaigns.version_settings(connection, filled.id, newsletter.id, 1)
    assert [(item.id, item.widget, item.version) for item in live] == [
        (newsletter.id, "newsletter", 1)
    ]
    assert same == live[0]


def test_old_versions_stay_readable_and_the_draft_does_not_change_what_runs(
    context: Context, filled: Shop
) -> None:
    campaign = campaigns.publish(context, filled, _of(context, filled, "cross_sell").id)
    saved = campaigns.save_draft(
        context, filled, campaign.id, _changed(campaign, limit=2), revision=campaign.revision
    )
    with context.db.read() as connection:
        assert campaigns.published(connection, filled.id)[0].settings["limit"] == 3
    campaigns.publish(context, filled, campaign.id, revision=saved.revision)
    with context.db.read() as connection:
        assert campaigns.published(connection, filled.id)[0].settings["limit"] == 2
        first = campaigns.version_settings(connection, filled.id, campaign.id, 1)
        assert first is not None
        assert first.settings["limit"] == 3
        assert campaigns.version_settings(connection, filled.id, campaign.id, 9) is None


def test_publishing_an_unchanged_draft_makes_no_further_version(
    context: Context, filled: Shop
) -> None:
    campaign = _of(context, filled, "cross_sell")
    campaigns.publish(context, filled, campaign.id)
    assert campaigns.publish(context, filled, campaign.id).version == 1


def test_of_two_people_saving_the_second_is_told(context: Context, filled: Shop) -> None:
    campaign = _of(context, filled, "cross_sell")
    campaigns.save_draft(
        context, filled, campaign.id, _changed(campaign, limit=2), revision=campaign.revision
    )
    with pytest.raises(ConflictError):
        campaigns.save_draft(
            context, filled, campaign.id, _changed(campaign, limit=1), revision=campaign.revision
        )
    assert _of(context, filled, "cross_sell").draft["limit"] == 2


def test_saving_what_is_saved_already_is_no_conflict(context: Context, filled: Shop) -> None:
    campaign = _of(context, filled, "cross_sell")
    draft = _changed(campaign, limit=2)
    saved = campaigns.save_draft(context, filled, campaign.id, draft, revision=campaign.revision)
    again = campaigns.save_draft(context, filled, campaign.id, draft, revision=campaign.revision)
    assert again.revision == saved.revision


def test_publishing_a_draft_that_changed_meanwhile_is_refused(
    context: Context, filled: Shop
) -> None:
    campaign = _of(context, filled, "cross_sell")
    campaigns.save_draft(
        context, filled, campaign.id, _changed(campaign, limit=2), revision=campaign.revision
    )
    with pytest.raises(ConflictError):
        campaigns.publish(context, filled, campaign.id, revision=campaign.revision)


@pytest.mark.parametrize(
    "wrong",
    [
        {"limit": 4},
        {"limit": "2"},
        {"limit": True},
        {"unknown": 1},
        {"title": {"de": "x" * 61, "en": ""}},
        {"title": None},
    ],
)
def test_settings_that_do_not_fit_the_model_are_refused(
    context: Context, filled: Shop, wrong: dict[str, Any]
) -> None:
    campaign = _of(context, filled, "cross_sell")
    with pytest.raises(InvalidFieldError, match="settings_invalid"):
        campaigns.save_draft(
            context, filled, campaign.id, _changed(campaign, **wrong), revision=campaign.revision
        )


def test_pausing_takes_it_off_and_resuming_brings_the_same_version_back(
    context: Context, filled: Shop
) -> None:
    campaign = campaigns.publish(context, filled, _of(context, filled, "newsletter").id)
    campaigns.pause(context, filled, campaign.id)
    with context.db.read() as connection:
        assert campaigns.published(connection, filled.id) == []
    campaigns.resume(context, filled, campaign.id)
    with context.db.read() as connection:
        assert [item.version for item in campaigns.published(connection, filled.id)] == [1]


def test_what_was_never_published_can_be_neither_paused_nor_resumed(
    context: Context, filled: Shop
) -> None:
    campaign = _of(context, filled, "newsletter")
    for switch in (campaigns.pause, campaigns.resume):
        with pytest.raises(NotFoundError):
            switch(context, filled, campaign.id)


def test_campaigns_of_another_shop_do_not_exist(
    context: Context, filled: Shop, make_shop: Callable[..., Shop]
) -> None:
    other = make_shop("andere.myshopify.com")
    campaign = campaigns.publish(context, filled, _of(context, filled, "newsletter").id)
    for act in (campaigns.find, campaigns.pause, campaigns.resume, campaigns.publish):
        with pytest.raises(NotFoundError):
            act(context, other, campaign.id)
    with pytest.raises(NotFoundError):
        campaigns.save_draft(context, other, campaign.id, campaign.draft, revision=1)
    with context.db.read() as connection:
        assert campaigns.version_settings(connection, other.id, campaign.id, 1) is None


def _failed(context: Context, shop: Shop, widget: str, **values: Any) -> list[Check]:
    campaign = _of(context, shop, widget)
    saved = campaigns.save_draft(
        context, shop, campaign.id, _changed(campaign, **values), revision=campaign.revision
    )
    failed = [check for check in campaigns.checks(context, shop, saved) if not check.passed]
    if failed:
        with pytest.raises(InvalidFieldError, match="checks_failed"):
            campaigns.publish(context, shop, campaign.id)
    return failed


def _voucher(**values: Any) -> dict[str, Any]:
    plain = {"enabled": True, "kind": "amount", "value": "5.00", "minimum": "40.00", "days": 30}
    return {**plain, "exclusions": {"de": "", "en": ""}, **values}


def test_the_defaults_pass_every_check(context: Context, filled: Shop) -> None:
    for campaign in campaigns.all_of(context, filled):
        assert all(check.passed for check in campaigns.checks(context, filled, campaign))


def test_a_text_in_one_language_only_blocks(context: Context, filled: Shop) -> None:
    (failed,) = _failed(context, filled, "cross_sell", title={"de": "Dazu", "en": ""})
    assert (failed.name, failed.fields) == ("language", ("title.en",))


@pytest.mark.parametrize(
    ("title", "passes"),
    [
        ("5 € zur Begrüßung", True),
        ("Ab 40 € gibt es 5,00 € zurück", True),
        ("Zwei Mal im Monat", True),
        ("20 % auf alles", False),
        ("10,00 € geschenkt", False),
        ("€10 off", False),
        ("20 percent off", False),
    ],
)
def test_the_headline_may_promise_only_what_the_voucher_gives(
    context: Context, filled: Shop, title: str, passes: bool
) -> None:
    failed = _failed(context, filled, "newsletter", title={"de": title, "en": title})
    assert [check.name for check in failed] == ([] if passes else ["claim"])


def test_without_a_voucher_no_discount_may_be_promised(context: Context, filled: Shop) -> None:
    failed = _failed(
        context,
        filled,
        "newsletter",
        title={"de": "5 € für Sie", "en": "€5 for you"},
        voucher=_voucher(enabled=False),
    )
    assert [check.name for check in failed] == ["claim"]


def test_a_voucher_worth_the_whole_order_blocks(context: Context, filled: Shop) -> None:
    failed = _failed(context, filled, "newsletter", voucher=_voucher(minimum="5.00"))
    assert [check.name for check in failed] == ["conditions"]


def test_a_budget_that_cannot_pay_one_voucher_blocks(context: Context, filled: Shop) -> None:
    guard_limits.set_budget(context, filled, Decimal(4), seen=guard_limits.CAREFUL_BUDGET)
    failed = _failed(context, filled, "newsletter")
    assert [check.name for check in failed] == ["budget"]


def test_a_window_that_never_opens_blocks(context: Context, filled: Shop) -> None:
    trigger = {"desktop": False, "phone": False, "min_seconds": 5}
    failed = _failed(context, filled, "exit_intent", trigger=trigger)
    assert [check.name for check in failed] == ["opens"]


def test_forms_need_imprint_and_privacy_page_but_the_parcel_status_does_not(
    context: Context, make_shop: Callable[..., Shop]
) -> None:
    bare = make_shop("ohne.myshopify.com", imprint="")
    with context.db.write() as connection:
        campaigns.ensure_defaults(connection, context, bare.id)
    blocked = {
        campaign.widget
        for campaign in campaigns.all_of(context, bare)
        if any(not check.passed for check in campaigns.checks(context, bare, campaign))
    }
    assert blocked == {"newsletter", "exit_intent"}
