"""Failed publish checks are mended by one press, and what was mended passes."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from plugin.errors import ConflictError
from plugin.model import Shop
from plugin.services import campaigns, guard_limits, look
from plugin.services.campaigns import Campaign
from plugin.services.context import Context
from plugin.services.guard_rules import Limits
from plugin.store.storefront_settings import put_settings
from plugin.texts import area_texts
from tests.services.on_sqlite import db_url

__all__ = ["db_url"]

_BOTH = {"de": "Ein Satz", "en": "A sentence"}
_FOREIGN = {"url": "https://else.example/a.jpg", "alt": _BOTH, "ratio": "1/1"}
#: What is wrong with the draft of a window, by its check and the way out that is pressed.
WRONG: list[tuple[str, str, dict[str, Any]]] = [
    ("language", "own_words", {"title": {"de": "Dazu", "en": ""}}),
    ("claim", "no_sentence", {"title": {"de": "20 % auf alles! Bis bald", "en": "Soon"}}),
    ("claim", "true_voucher", {"title": {"de": "−20 % auf alles", "en": "20% off"}}),
    ("conditions", "minimum", {"voucher.minimum": "5.00"}),
    ("thanks", "plain_thanks", {"voucher.thanks.kind": "gift"}),
    ("topics", "no_topics", {"fields.interests.enabled": True}),
    ("gift", "no_gift", {"gift.enabled": True}),
    ("picture", "no_picture", {"picture": _FOREIGN}),
    (
        "link",
        "no_button",
        {"content": "message", "title": _BOTH, "button": {"label": _BOTH, "url": ""}},
    ),
    ("opens", "leaving", {"trigger.desktop": False, "trigger.phone": False}),
    ("countdown", "end", {"countdown": True}),
    ("countdown", "no_countdown", {"countdown": True}),
    ("schedule", "any_time", {"schedule.ends": "2026-11-21T08:59:00Z"}),
    (
        "audience",
        "everybody",
        {"audience.first.cart_min": "50", "audience.first.cart_max": "40"},
    ),
    (
        "price_claim",
        "no_sentence",
        {"content": "message", "title": _BOTH, "lead": {"de": "20 % auf alles.", "en": "So."}},
    ),
]


@pytest.fixture
def window(context: Context, shop: Shop) -> Campaign:
    with context.db.write() as connection:
        campaigns.ensure_defaults(connection, context, shop.id)
    return _window(context, shop)


def _window(context: Context, shop: Shop) -> Campaign:
    return next(one for one in campaigns.all_of(context, shop) if one.widget == "exit_intent")


def _with(context: Context, shop: Shop, window: Campaign, values: dict[str, Any]) -> Campaign:
    draft = context.widgets["exit_intent"].settings().model_dump(mode="json")
    for path, value in values.items():
        *heads, last = path.split(".")
        place = draft
        for head in heads:
            place = place[head]
        place[last] = value
    revision = campaigns.find(context, shop, window.id).revision
    return campaigns.save_draft(context, shop, window.id, draft, revision=revision)


def _open(context: Context, shop: Shop) -> list[str]:
    found = campaigns.checks(context, shop, _window(context, shop))
    return [check.name for check in found if not check.passed]


def test_each_way_out_mends_what_it_is_offered_for(
    context: Context, shop: Shop, window: Campaign
) -> None:
    for check, cure, values in WRONG:
        wrong = _with(context, shop, window, values)
        assert _open(context, shop) == [check], values
        campaigns.repair(context, shop, wrong.id, check, cure, revision=wrong.revision)
        assert _open(context, shop) == [], (check, cure)


def test_only_the_sentence_with_the_promise_is_taken_out(
    context: Context, shop: Shop, window: Campaign
) -> None:
    title = {"de": "20 % auf alles! Nur hier.", "en": "20% off everything! Only here."}
    wrong = _with(context, shop, window, {"title": title})
    campaigns.repair(context, shop, wrong.id, "claim", "no_sentence", revision=wrong.revision)
    assert _window(context, shop).draft["title"] == {"de": "Nur hier.", "en": "Only here."}


def test_in_place_of_a_wrong_promise_stands_what_the_voucher_gives(
    context: Context, shop: Shop, window: Campaign
) -> None:
    title = {"de": "Hallo! 20 % auf alles! Bis 30 %. Nur hier.", "en": ""}
    wrong = _with(context, shop, window, {"title": title})
    check = next(c for c in campaigns.checks(context, shop, wrong) if c.name == "claim")
    first = campaigns.cures(context, shop, wrong, check)[0]
    said = "Gutschein: 5\u00a0€ ab 40\u00a0€ Warenwert"
    assert (first.name, first.values) == ("true_voucher", {"sentence": said})
    campaigns.repair(context, shop, wrong.id, "claim", first.name, revision=wrong.revision)
    mended = _window(context, shop).draft["title"]
    assert mended == {"de": f"Hallo! {said}. Nur hier.", "en": "Voucher: €5 from €40"}
    assert _open(context, shop) == []


def test_only_the_earlier_price_is_taken_out(
    context: Context, shop: Shop, window: Campaign
) -> None:
    lead = {"de": "Teekanne jetzt 39 € statt 49,90 €.", "en": "Was £49, now £39."}
    values = {"content": "message", "title": _BOTH, "lead": lead}
    wrong = _with(context, shop, window, values)
    campaigns.repair(context, shop, wrong.id, "price_before", "no_earlier", revision=wrong.revision)
    assert _window(context, shop).draft["lead"] == {"de": "Teekanne jetzt 39 €.", "en": "now £39."}
    assert "price_before" not in _open(context, shop)


def test_where_no_voucher_can_arrive_the_form_does_without(
    context: Context, shop: Shop, window: Campaign
) -> None:
    guard_limits.save(context, shop, Limits(budget=Decimal(0)), seen=0)
    assert _open(context, shop) == ["budget"]
    campaigns.repair(context, shop, window.id, "budget", "no_voucher", revision=window.revision)
    assert _open(context, shop) == []


def test_a_look_that_cannot_be_read_is_mended_for_the_whole_shop(
    context: Context, shop: Shop, window: Campaign
) -> None:
    pale = {"accent": "#d9a93a", "on": "#ffffff", "button_height": 36}
    with context.db.write() as connection:
        put_settings(connection, shop.id, "look", pale, context.now())
    contrast = next(c for c in campaigns.checks(context, shop, window) if c.name == "contrast")
    ways = campaigns.cures(context, shop, window, contrast)
    assert [(way.name, way.colour[:1]) for way in ways] == [("button", "#"), ("label_dark", "#")]
    for check, cure in (("contrast", "label_dark"), ("target", "height")):
        campaigns.repair(context, shop, window.id, check, cure, revision=window.revision)
    assert (look.get(context, shop).on, look.get(context, shop).button_height) == ("#000000", 44)
    assert _open(context, shop) == []


def test_what_somebody_else_changed_meanwhile_is_not_overwritten(
    context: Context, shop: Shop, window: Campaign
) -> None:
    wrong = _with(context, shop, window, {"countdown": True})
    with pytest.raises(ConflictError):
        campaigns.repair(context, shop, wrong.id, "countdown", "end", revision=wrong.revision - 1)
    assert _open(context, shop) == ["countdown"]


def test_every_way_out_has_its_words() -> None:
    for language in ("de", "en"):
        keys = area_texts("admin").keys(language)
        assert {f"repair.{cure}" for _, cure, _ in WRONG} <= keys
