"""What is checked before a campaign may be published."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest

from plugin.errors import InvalidFieldError
from plugin.model import Shop
from plugin.services import campaigns, guard_limits
from plugin.services.campaign_checks import Check
from plugin.services.context import Context
from plugin.services.guard_rules import Limits
from plugin.store.storefront_settings import put_settings
from plugin.texts import area_texts
from tests.fakes.platform import FakePlatform
from tests.services.campaigns.drafts import campaign_of, draft_with
from widgets.exit_intent.settings import ExitIntentSettings


def _failed(context: Context, shop: Shop, widget: str, **values: Any) -> list[Check]:
    campaign = campaign_of(context, shop, widget)
    saved = campaigns.save_draft(
        context, shop, campaign.id, draft_with(campaign, **values), revision=campaign.revision
    )
    failed = [check for check in campaigns.checks(context, shop, saved) if not check.passed]
    if failed:
        with pytest.raises(InvalidFieldError, match="checks_failed"):
            campaigns.publish(context, shop, campaign.id)
    return failed


def _voucher(**values: Any) -> dict[str, Any]:
    plain = {"enabled": True, "kind": "amount", "value": "5.00", "minimum": "40.00", "days": 30}
    return {**plain, "exclusions": {"de": "", "en": ""}, **values}


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
    campaign = campaign_of(context, filled, "exit_intent")
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
