"""Several campaigns of a widget: order, names, deleting, and two people at once."""

from __future__ import annotations

from concurrent.futures import Future, ThreadPoolExecutor, wait
from typing import Any

import pytest

from plugin.errors import ConflictError, InvalidFieldError, NotFoundError
from plugin.model import Shop
from plugin.services import campaigns
from plugin.services.context import Context
from plugin.store.campaigns import add_version, remove_campaign, replace_draft
from plugin.store.shops import lock_shop
from tests.services.campaigns.drafts import campaign_of, config_version_of


def _names(context: Context, shop: Shop) -> list[str]:
    return [item.name for item in campaigns.all_of(context, shop) if item.widget == "exit_intent"]


def test_a_widget_may_have_several_campaigns_in_the_merchants_order(
    context: Context, filled: Shop
) -> None:
    first = campaign_of(context, filled, "exit_intent")
    campaigns.rename(context, filled, first.id, "Für  alle\n")
    second = campaigns.create(context, filled, "exit_intent", "Nur am Telefon")
    third = campaigns.duplicate(context, filled, first.id, "Probe")
    assert _names(context, filled) == ["Für alle", "Nur am Telefon", "Probe"]
    assert (second.state, second.version, third.draft) == ("draft", 0, first.draft)
    for campaign in (first, second, third):
        campaigns.publish(context, filled, campaign.id)
    before = config_version_of(context, filled)
    campaigns.move(context, filled, third.id, earlier=True)
    campaigns.move(context, filled, third.id, earlier=True)
    campaigns.move(context, filled, third.id, earlier=True)
    assert _names(context, filled) == ["Probe", "Für alle", "Nur am Telefon"]
    assert config_version_of(context, filled) > before
    with context.db.read() as connection:
        live = campaigns.published(connection, filled.id)
    assert [item.id for item in live] == [third.id, first.id, second.id]
    campaigns.move(context, filled, third.id, earlier=False)
    assert _names(context, filled) == ["Für alle", "Probe", "Nur am Telefon"]


def test_a_deleted_campaign_is_gone_but_its_versions_stay_as_evidence(
    context: Context, filled: Shop
) -> None:
    live = campaigns.publish(context, filled, campaign_of(context, filled, "exit_intent").id)
    draft = campaigns.create(context, filled, "exit_intent", "Entwurf")
    for campaign in (live, draft):
        campaigns.delete(context, filled, campaign.id)
        with pytest.raises(NotFoundError):
            campaigns.find(context, filled, campaign.id)
    assert _names(context, filled) == []
    with context.db.read() as connection:
        assert campaigns.published(connection, filled.id) == []
        kept = campaigns.version_settings(connection, filled.id, live.id, 1)
        assert kept is not None
        assert campaigns.version_settings(connection, filled.id, draft.id, 1) is None


def test_names_and_numbers_of_campaigns_have_their_limits(context: Context, filled: Shop) -> None:
    for name in ("", " \n", "x" * 61):
        with pytest.raises(InvalidFieldError, match="name_invalid"):
            campaigns.create(context, filled, "exit_intent", name)
    with pytest.raises(NotFoundError):
        campaigns.create(context, filled, "wheel_of_fortune", "Rad")
    for number in range(campaigns.MOST_CAMPAIGNS - len(context.widgets)):
        campaigns.create(context, filled, "exit_intent", f"Nummer {number}")
    with pytest.raises(ConflictError, match="too_many_campaigns"):
        campaigns.create(context, filled, "exit_intent", "Eine zu viel")


def test_a_draft_of_an_earlier_version_is_filled_up_with_the_defaults(
    context: Context, filled: Shop
) -> None:
    campaign = campaign_of(context, filled, "exit_intent")
    earlier = {
        name: campaign.draft[name]
        for name in ("title", "lead", "newsletter_name", "personalised", "voucher")
    } | {"trigger": {"desktop": True, "phone": True, "min_seconds": 9}, "recontact_days": 30}
    with context.db.write() as connection:
        add_version(connection, filled.id, campaign.id, earlier, context.now())
        replace_draft(
            connection,
            filled.id,
            campaign.id,
            draft=earlier,
            revision=campaign.revision,
            now=context.now(),
        )
    found = campaigns.find(context, filled, campaign.id)
    assert found.draft == {
        **campaign.draft,
        "trigger": {**campaign.draft["trigger"], "min_seconds": 9},
    }
    assert campaigns.live_settings(context, filled, found) == found.draft
    # Nothing was changed by the merchant, so no version comes of publishing again.
    assert campaigns.publish(context, filled, campaign.id).version == 1


def test_what_is_deleted_meanwhile_does_not_come_back(context: Context, filled: Shop) -> None:
    live = campaigns.publish(context, filled, campaign_of(context, filled, "newsletter").id)
    draft = campaign_of(context, filled, "cross_sell")
    with ThreadPoolExecutor() as pool:
        with context.db.write() as connection:
            lock_shop(connection, filled.id)
            for campaign in (live, draft):
                remove_campaign(connection, filled.id, campaign.id)
            late: list[Future[Any]] = [
                pool.submit(campaigns.publish, context, filled, live.id),
                pool.submit(campaigns.publish, context, filled, draft.id),
                pool.submit(campaigns.pause, context, filled, live.id),
                pool.submit(campaigns.move, context, filled, live.id, earlier=True),
            ]
            wait(late, timeout=0.5)
        assert {type(one.exception()) for one in late} == {NotFoundError}
    left = {item.id for item in campaigns.all_of(context, filled)}
    assert not left & {live.id, draft.id}


def test_publishing_twice_at_once_makes_one_version(context: Context, filled: Shop) -> None:
    campaign = campaign_of(context, filled, "cross_sell")
    with ThreadPoolExecutor() as pool:
        with context.db.write() as connection:
            lock_shop(connection, filled.id)
            add_version(connection, filled.id, campaign.id, campaign.draft, context.now())
            second = pool.submit(campaigns.publish, context, filled, campaign.id)
            wait([second], timeout=0.5)
        assert second.result().version == 1
