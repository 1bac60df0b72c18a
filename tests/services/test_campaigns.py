"""Campaigns: drafts, versions, checks; on both databases."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor, wait
from decimal import Decimal
from typing import Any

import pytest

from plugin.errors import ConflictError, InvalidFieldError, NotFoundError
from plugin.model import Shop
from plugin.services import campaigns, guard_limits
from plugin.services.campaign_checks import Check
from plugin.services.campaigns import Campaign
from plugin.services.context import Context
from plugin.services.guard_rules import Limits
from plugin.store.campaigns import add_version, remove_campaign, replace_draft
from plugin.store.shops import lock_shop, shop_by_id
from plugin.store.storefront_settings import put_settings
from plugin.texts import area_texts
from tests.fakes.platform import FakePlatform
from widgets.exit_intent.settings import ExitIntentSettings


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
    guard_limits.save(context, filled, Limits(budget=Decimal(4)), seen=0)
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


def _exit(**values: Any) -> dict[str, Any]:
    """Settings of the exit window by dotted path, over its defaults."""
    settings = ExitIntentSettings().model_dump(mode="json")
    for path, value in values.items():
        *heads, last = path.split("__")
        place = settings
        for head in heads:
            place = place[head]
        place[last] = value
    return settings


_BOTH = {"de": "Ein Satz", "en": "A sentence"}
_OWN_PICTURE = {"url": "https://cdn.shopify.com/s/files/1/a.jpg", "alt": _BOTH, "ratio": "1/1"}
#: What is wrong, by the check that has to say so and the field that it names.
WRONG: list[tuple[str, str, dict[str, Any]]] = [
    ("length", "title.de", {"title": {"de": "Ü" * 51, "en": "U"}}),
    ("picture", "picture.url", {"picture": {**_OWN_PICTURE, "url": "https://else.example/a.jpg"}}),
    ("alt", "picture.alt.de", {"picture": {**_OWN_PICTURE, "alt": {"de": "", "en": ""}}}),
    (
        "picture",
        "experiment.b.picture.url",
        {
            "experiment__b__enabled": True,
            "experiment__b__picture": {
                **_OWN_PICTURE,
                "url": "https://cdn.shopify.com.evil.example/",
            },
        },
    ),
    ("message", "title", {"content": "message"}),
    (
        "link",
        "button.url",
        {
            "content": "message",
            "title": _BOTH,
            "button": {"label": _BOTH, "url": "https://else.example/x"},
        },
    ),
    (
        "link",
        "button.url",
        {"content": "message", "title": _BOTH, "button": {"label": _BOTH, "url": ""}},
    ),
    ("facts", "facts.shipping.enabled", {"content": "question", "facts__returns__enabled": True}),
    ("contact", "service.phone", {"content": "service"}),
    ("opens", "trigger.desktop", {"trigger__desktop": False, "trigger__phone": False}),
    ("schedule", "schedule.ends", {"schedule__ends": "2026-11-21T08:59:00Z"}),
    (
        "schedule",
        "schedule.ends",
        {"schedule__starts": "2026-12-02T00:00:00Z", "schedule__ends": "2026-12-01T00:00:00Z"},
    ),
    (
        "schedule",
        "schedule.hours_to",
        {"schedule__hours_from": "17:00", "schedule__hours_to": "09:00"},
    ),
    # The end is on a Sunday, 10:00 in Berlin; the shop opens on Sundays at 12.
    (
        "schedule",
        "schedule.weekdays",
        {
            "schedule__ends": "2026-11-22T09:00:00Z",
            "schedule__weekdays": [7],
            "schedule__hours_from": "12:00",
            "schedule__hours_to": "14:00",
        },
    ),
    (
        "audience",
        "audience.first.cart_max",
        {"audience__first__cart_min": "50", "audience__first__cart_max": "40"},
    ),
    (
        "audience",
        "audience.second.cart",
        {"audience__second__cart": "empty", "audience__second__cart_min": "1"},
    ),
    (
        "audience",
        "audience.first.devices",
        {"trigger__phone": False, "audience__first__devices": ["phone"]},
    ),
    ("countdown", "schedule.ends", {"countdown": True}),
]
RIGHT: list[dict[str, Any]] = [
    {"title": {"de": "Ü" * 50, "en": "U"}},
    {"picture": _OWN_PICTURE},
    {"picture": {**_OWN_PICTURE, "url": "https://media.uferhaus.myshopify.com/a.jpg"}},
    {"content": "message", "title": _BOTH},
    {"content": "message", "title": _BOTH, "button": {"label": _BOTH, "url": "/pages/versand"}},
    {
        "content": "message",
        "title": _BOTH,
        "button": {"label": _BOTH, "url": "https://www.uferhaus.myshopify.com/versand"},
    },
    # Bleib promises nothing here, so the merchant may name prices.
    {"content": "message", "title": {"de": "Ab 60 € ohne Versandkosten", "en": "Free from €60"}},
    {
        "content": "question",
        "facts__returns__enabled": True,
        "facts__delivery__enabled": True,
    },
    {"content": "basket"},
    {"content": "service", "service__phone": "+49 30 1234"},
    {"trigger__desktop": False, "trigger__phone": False, "trigger__scrolled": 60},
    {
        "schedule__ends": "2026-11-22T12:00:00Z",
        "schedule__weekdays": [7],
        "schedule__hours_from": "12:00",
        "schedule__hours_to": "14:00",
    },
    # One group that nobody belongs to does no harm beside one that somebody can.
    {
        "audience__first__cart": "empty",
        "audience__first__cart_min": "1",
        "audience__second__cart": "filled",
    },
    {"countdown": True, "schedule__ends": "2026-12-01T00:00:00Z"},
    # What is switched off is not looked at.
    {"experiment__b__title": {"de": "Nur deutsch", "en": ""}},
    {"facts__size": {"de": "Nur deutsch", "en": ""}},
]


def test_what_would_mislead_or_break_is_not_published(context: Context, filled: Shop) -> None:
    for name, field, values in WRONG:
        failed = _failed(context, filled, "exit_intent", **_exit(**values))
        assert [(check.name, check.fields[0]) for check in failed] == [(name, field)], values


def test_what_is_in_order_may_be_published(context: Context, filled: Shop) -> None:
    for values in RIGHT:
        assert _failed(context, filled, "exit_intent", **_exit(**values)) == [], values


def test_a_heading_that_is_too_long_says_by_how_much(context: Context, filled: Shop) -> None:
    title = {"de": "Ü" * 57, "en": "U"}
    (failed,) = _failed(context, filled, "exit_intent", title=title)
    assert failed.values == {"over": 7, "most": 50}


def test_a_cart_that_the_platform_keeps_to_itself_cannot_be_taken_along(
    context: Context, filled: Shop, fake_platform: FakePlatform, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(fake_platform, "support", {**fake_platform.support, "cart": "no"})
    (failed,) = _failed(context, filled, "exit_intent", content="basket")
    assert (failed.name, failed.fields) == ("cart", ("content",))


def test_an_end_that_was_announced_stays(context: Context, filled: Shop) -> None:
    end = "2026-12-01T00:00:00Z"
    campaign = _of(context, filled, "exit_intent")
    first = _exit(countdown=True, schedule__ends=end)
    campaigns.save_draft(context, filled, campaign.id, first, revision=campaign.revision)
    campaigns.publish(context, filled, campaign.id)
    for later in ("2026-12-02T00:00:00Z", "2026-11-30T00:00:00Z", None):
        (failed,) = _failed(
            context, filled, "exit_intent", **_exit(countdown=False, schedule__ends=later)
        )
        assert (failed.name, failed.fields) == ("end_kept", ("schedule.ends",))
    assert _failed(context, filled, "exit_intent", **_exit(schedule__ends=end)) == []
    # A new campaign may announce another end.
    other = campaigns.duplicate(context, filled, campaign.id, "Zweite Runde")
    new = _exit(countdown=True, schedule__ends="2026-12-09T00:00:00Z")
    campaigns.save_draft(context, filled, other.id, new, revision=other.revision)
    assert campaigns.publish(context, filled, other.id).state == "published"


def test_an_unreadable_look_blocks_and_names_the_pair(context: Context, filled: Shop) -> None:
    with context.db.write() as connection:
        pale = {"accent": "#88bbee", "on": "#ffffff", "button_height": 40}
        put_settings(connection, filled.id, "look", pale, context.now())
    contrast, target = _failed(context, filled, "exit_intent")
    assert contrast.name == "contrast"
    assert contrast.values == {
        "pair": "on_accent",
        "ratio": Decimal("2.0"),
        "floor": Decimal("4.5"),
    }
    assert (target.name, target.values) == ("target", {"least": 44})


def test_every_check_has_its_words_in_both_languages() -> None:
    texts = area_texts("admin")
    names = {name for name, _, _ in WRONG} | {"contrast", "target", "cart", "end_kept"}
    for language in ("de", "en"):
        for name in names:
            for part in ("short", "title", "text", "button"):
                assert f"check.{name}.{part}" in texts.keys(language)


def _names(context: Context, shop: Shop) -> list[str]:
    return [item.name for item in campaigns.all_of(context, shop) if item.widget == "exit_intent"]


def test_a_widget_may_have_several_campaigns_in_the_merchants_order(
    context: Context, filled: Shop
) -> None:
    first = _of(context, filled, "exit_intent")
    campaigns.rename(context, filled, first.id, "Für  alle\n")
    second = campaigns.create(context, filled, "exit_intent", "Nur am Telefon")
    third = campaigns.duplicate(context, filled, first.id, "Probe")
    assert _names(context, filled) == ["Für alle", "Nur am Telefon", "Probe"]
    assert (second.state, second.version, third.draft) == ("draft", 0, first.draft)
    for campaign in (first, second, third):
        campaigns.publish(context, filled, campaign.id)
    before = _config_version(context, filled)
    campaigns.move(context, filled, third.id, earlier=True)
    campaigns.move(context, filled, third.id, earlier=True)
    campaigns.move(context, filled, third.id, earlier=True)
    assert _names(context, filled) == ["Probe", "Für alle", "Nur am Telefon"]
    assert _config_version(context, filled) > before
    with context.db.read() as connection:
        live = campaigns.published(connection, filled.id)
    assert [item.id for item in live] == [third.id, first.id, second.id]
    campaigns.move(context, filled, third.id, earlier=False)
    assert _names(context, filled) == ["Für alle", "Probe", "Nur am Telefon"]


def test_a_deleted_campaign_is_gone_but_its_versions_stay_as_evidence(
    context: Context, filled: Shop
) -> None:
    live = campaigns.publish(context, filled, _of(context, filled, "exit_intent").id)
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
    campaign = _of(context, filled, "exit_intent")
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
    live = campaigns.publish(context, filled, _of(context, filled, "newsletter").id)
    draft = _of(context, filled, "cross_sell")
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
    campaign = _of(context, filled, "cross_sell")
    with ThreadPoolExecutor() as pool:
        with context.db.write() as connection:
            lock_shop(connection, filled.id)
            add_version(connection, filled.id, campaign.id, campaign.draft, context.now())
            second = pool.submit(campaigns.publish, context, filled, campaign.id)
            wait([second], timeout=0.5)
        assert second.result().version == 1
