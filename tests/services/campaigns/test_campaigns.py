"""Campaigns: drafts, versions, pausing; on both databases."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from plugin.errors import ConflictError, InvalidFieldError, NotFoundError
from plugin.model import Shop
from plugin.services import campaigns
from plugin.services.context import Context
from tests.services.campaigns.drafts import campaign_of, config_version_of, draft_with


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
    before = config_version_of(context, filled)
    newsletter = campaign_of(context, filled, "newsletter")
    published = campaigns.publish(context, filled, newsletter.id)
    assert (published.state, published.version) == ("published", 1)
    assert config_version_of(context, filled) > before
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
    campaign = campaigns.publish(context, filled, campaign_of(context, filled, "cross_sell").id)
    saved = campaigns.save_draft(
        context, filled, campaign.id, draft_with(campaign, limit=2), revision=campaign.revision
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
    campaign = campaign_of(context, filled, "cross_sell")
    campaigns.publish(context, filled, campaign.id)
    assert campaigns.publish(context, filled, campaign.id).version == 1


def test_of_two_people_saving_the_second_is_told(context: Context, filled: Shop) -> None:
    campaign = campaign_of(context, filled, "cross_sell")
    campaigns.save_draft(
        context, filled, campaign.id, draft_with(campaign, limit=2), revision=campaign.revision
    )
    with pytest.raises(ConflictError):
        campaigns.save_draft(
            context, filled, campaign.id, draft_with(campaign, limit=1), revision=campaign.revision
        )
    assert campaign_of(context, filled, "cross_sell").draft["limit"] == 2


def test_saving_what_is_saved_already_is_no_conflict(context: Context, filled: Shop) -> None:
    campaign = campaign_of(context, filled, "cross_sell")
    draft = draft_with(campaign, limit=2)
    saved = campaigns.save_draft(context, filled, campaign.id, draft, revision=campaign.revision)
    again = campaigns.save_draft(context, filled, campaign.id, draft, revision=campaign.revision)
    assert again.revision == saved.revision


def test_publishing_a_draft_that_changed_meanwhile_is_refused(
    context: Context, filled: Shop
) -> None:
    campaign = campaign_of(context, filled, "cross_sell")
    campaigns.save_draft(
        context, filled, campaign.id, draft_with(campaign, limit=2), revision=campaign.revision
    )
    with pytest.raises(ConflictError):
        campaigns.publish(context, filled, campaign.id, revision=campaign.revision)


@pytest.mark.parametrize(
    "wrong",
    [
        {"limit": 7},
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
    campaign = campaign_of(context, filled, "cross_sell")
    with pytest.raises(InvalidFieldError, match="settings_invalid"):
        campaigns.save_draft(
            context, filled, campaign.id, draft_with(campaign, **wrong), revision=campaign.revision
        )


def test_pausing_takes_it_off_and_resuming_brings_the_same_version_back(
    context: Context, filled: Shop
) -> None:
    campaign = campaigns.publish(context, filled, campaign_of(context, filled, "newsletter").id)
    campaigns.pause(context, filled, campaign.id)
    with context.db.read() as connection:
        assert campaigns.published(connection, filled.id) == []
    campaigns.resume(context, filled, campaign.id)
    with context.db.read() as connection:
        assert [item.version for item in campaigns.published(connection, filled.id)] == [1]


def test_what_was_never_published_can_be_neither_paused_nor_resumed(
    context: Context, filled: Shop
) -> None:
    campaign = campaign_of(context, filled, "newsletter")
    for switch in (campaigns.pause, campaigns.resume):
        with pytest.raises(NotFoundError):
            switch(context, filled, campaign.id)


def test_campaigns_of_another_shop_do_not_exist(
    context: Context, filled: Shop, make_shop: Callable[..., Shop]
) -> None:
    other = make_shop("andere.myshopify.com")
    campaign = campaigns.publish(context, filled, campaign_of(context, filled, "newsletter").id)
    for act in (campaigns.find, campaigns.pause, campaigns.resume, campaigns.publish):
        with pytest.raises(NotFoundError):
            act(context, other, campaign.id)
    with pytest.raises(NotFoundError):
        campaigns.save_draft(context, other, campaign.id, campaign.draft, revision=1)
    with context.db.read() as connection:
        assert campaigns.version_settings(connection, other.id, campaign.id, 1) is None
