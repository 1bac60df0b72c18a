"""Settings of the widgets: strict, lawful by default, and public in the agreed shape only."""

from __future__ import annotations

import json
from typing import Any

import pytest
from pydantic import ValidationError

from plugin.app import load_widgets
from plugin.services.campaigns import settings_of

WIDGETS = load_widgets()
VOUCHER = {"enabled", "kind", "value", "minimum", "days", "exclusions"}
PUBLIC = {
    "exit_intent": {
        "frame",
        "content",
        "title",
        "lead",
        "newsletter_name",
        "personalised",
        "voucher",
        "fields",
        "gift",
        "nudge",
        "picture",
        "button",
        "facts",
        "service",
        "teaser",
        "recontact_days",
    },
    "newsletter": {
        "title",
        "lead",
        "voucher",
        "newsletter_name",
        "personalised",
        "fields",
        "gift",
        "layout",
    },
    "cross_sell": {"title", "limit", "places", "quantity", "free_shipping_from", "at"},
    "shipment_status": {"title"},
}
_EMPTY = {"de": "", "en": ""}
_OFFER = {
    "title": {"de": "Hallo", "en": "Hello"},
    "lead": _EMPTY,
    "newsletter_name": _EMPTY,
    "personalised": True,
    "voucher": {
        "enabled": True,
        "kind": "percent",
        "value": "10.00",
        "minimum": "60.00",
        "days": 14,
        "exclusions": _EMPTY,
    },
}
#: What version 0.1 stored.
EARLIER: dict[str, dict[str, Any]] = {
    "exit_intent": {
        **_OFFER,
        "trigger": {"desktop": False, "phone": True, "min_seconds": 12},
        "recontact_days": 60,
    },
    "newsletter": _OFFER,
    "cross_sell": {"title": _EMPTY, "limit": 2},
    "shipment_status": {"title": _EMPTY},
}


def _raw(name: str) -> dict[str, Any]:
    return WIDGETS[name].settings().model_dump(mode="json")


def _public(name: str, **values: Any) -> dict[str, Any]:
    widget = WIDGETS[name]
    return widget.public(settings_of(widget, {**_raw(name), **values}))


@pytest.mark.parametrize("name", WIDGETS)
def test_defaults_survive_the_way_through_the_database(name: str) -> None:
    widget = WIDGETS[name]
    assert settings_of(widget, json.loads(json.dumps(_raw(name)))) == widget.settings()


@pytest.mark.parametrize("name", WIDGETS)
def test_public_settings_have_exactly_the_agreed_fields(name: str) -> None:
    public = _public(name)
    assert set(public) == PUBLIC[name]
    if "voucher" in public:
        assert set(public["voucher"]) == VOUCHER
    json.dumps(public)


@pytest.mark.parametrize("name", WIDGETS)
def test_texts_left_empty_are_left_to_bleib(name: str) -> None:
    assert _public(name)["title"] is None
    assert _public(name, title={"de": " Hallo ", "en": ""})["title"] == {"de": "Hallo"}


@pytest.mark.parametrize("name", WIDGETS)
def test_settings_of_an_earlier_version_still_load_and_mean_the_same(name: str) -> None:
    widget = WIDGETS[name]
    settings = settings_of(widget, EARLIER[name])
    whole = settings.model_dump(mode="json")
    assert {**whole, **EARLIER[name]}.keys() == whole.keys()
    for field, value in EARLIER[name].items():
        kept = whole[field]
        assert kept == value or {part: kept[part] for part in value} == value


def test_nothing_is_ticked_before_the_shopper_does_it() -> None:
    assert _public("newsletter")["personalised"] is False
    assert _public("exit_intent")["personalised"] is False


def test_peace_after_no_thanks_cannot_be_shorter_than_thirty_days() -> None:
    with pytest.raises(ValidationError):
        _public("exit_intent", recontact_days=29)


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("value", "0"),
        ("value", "-5"),
        ("value", "5.005"),
        ("value", "NaN"),
        ("value", "Infinity"),
        ("minimum", "-1"),
        ("days", 6),
        ("days", 366),
        ("days", "30"),
        ("kind", "free_goods"),
        ("enabled", 1),
        ("extra", 1),
    ],
)
def test_vouchers_out_of_their_limits_are_refused(field: str, value: object) -> None:
    with pytest.raises(ValidationError):
        _public("newsletter", voucher={**_raw("newsletter")["voucher"], field: value})


def test_a_percentage_beyond_half_the_price_is_refused() -> None:
    voucher = {**_raw("newsletter")["voucher"], "kind": "percent"}
    with pytest.raises(ValidationError):
        _public("newsletter", voucher={**voucher, "value": "51"})
    assert _public("newsletter", voucher={**voucher, "value": "50"})["voucher"]["value"] == "50.00"


def _window(path: str, value: object) -> dict[str, Any]:
    """Settings of the exit window with one value, by dotted path, over the defaults."""
    raw = _raw("exit_intent")
    *heads, last = path.split(".")
    place = raw
    for head in heads:
        place = place[head]
    assert last in place
    place[last] = value
    return raw


@pytest.mark.parametrize(
    ("path", "value"),
    [
        ("button.url", "javascript:alert(1)"),
        ("button.url", "//else.example/"),
        ("button.url", "http://uferhaus.example/"),
        ("picture.url", "/picture.jpg"),
        ("picture.url", 'https://uferhaus.example/"onerror=1'),
        ("service.phone", "call me"),
        ("service.email", "nobody"),
        ("facts.returns.days", 13),
        ("facts.delivery.max_days", 0),
        ("facts.delivery.cutoff", "24:00"),
        ("facts.shipping.cost", "4.905"),
        ("trigger.min_seconds", 2),
        ("trigger.idle_seconds", 0),
        ("trigger.event", "a b"),
        ("schedule.starts", "2026-12-01T00:00:00"),
        ("schedule.weekdays", [0]),
        ("schedule.hours_from", "09:00"),
        ("audience.first.urls", ["no-path"]),
        ("audience.first.urls", ["/x"] * 21),
        ("audience.first.devices", ["watch"]),
        ("experiment.holdout", 0),
        ("experiment.holdout", 51),
        ("experiment.b.share", 5),
        ("experiment.b.frame", "wheel"),
    ],
)
def test_what_no_shop_should_show_or_do_cannot_be_stored(path: str, value: object) -> None:
    with pytest.raises(ValidationError):
        settings_of(WIDGETS["exit_intent"], _window(path, value))


@pytest.mark.parametrize(
    ("path", "typed", "stored"),
    [
        # A copied address is meant as its path.
        (
            "audience.first.urls",
            [" https://uferhaus.example/sale?x=* ", "https://uferhaus.example"],
            ["/sale?x=*", "/"],
        ),
        ("audience.first.devices", ["phone", "phone"], ["phone"]),
        ("schedule.ends", "2026-12-24T18:00:59+01:00", "2026-12-24T17:00:00Z"),
        ("schedule.weekdays", [7, 1, 7], [1, 7]),
        ("audience.first.cart_min", "40", "40.00"),
    ],
)
def test_what_means_the_same_is_stored_the_same(path: str, typed: object, stored: object) -> None:
    whole = settings_of(WIDGETS["exit_intent"], _window(path, typed)).model_dump(mode="json")
    assert whole == _window(path, stored)


def test_a_browser_gets_what_belongs_to_the_content_and_nothing_else() -> None:
    facts = {**_raw("exit_intent")["facts"], "returns": {"enabled": True, "days": 30, "free": True}}
    service = {**_raw("exit_intent")["service"], "phone": " 030 1234 "}
    shown = {"facts": facts, "service": service}
    assert _public("exit_intent", **shown)["facts"] is None
    question = _public("exit_intent", content="question", **shown)
    assert (question["voucher"], question["service"]) == (None, None)
    assert question["facts"] == {
        "shipping": None,
        "delivery": None,
        "returns": {"days": 30, "free": True},
        "size": None,
    }
    assert _public("exit_intent", content="service", **shown)["service"] == {
        "phone": "030 1234",
        "email": None,
        "hours": None,
        "promise": None,
    }


def test_a_question_comes_with_its_reason_in_every_language_and_is_never_required() -> None:
    asked = _public("newsletter", fields={"name": {"enabled": True}})["fields"]
    assert [one["id"] for one in asked] == ["name"]
    for one in asked:
        assert one["why"].keys() == one["label"].keys() == {"de", "en"}
        assert "freiwillig" in one["label"]["de"]
    own = {"name": {"enabled": True, "reason": {"de": "Für die Karte.", "en": ""}}}
    assert _public("newsletter", fields=own)["fields"][0]["why"] == {"de": "Für die Karte."}
    assert _public("newsletter")["fields"] is None


def test_topics_are_numbered_as_they_stand_and_those_without_a_name_are_none() -> None:
    topics = {"enabled": True, "topic_2": {"de": "Leinen", "en": "Linen"}}
    [asked] = _public("newsletter", fields={"interests": topics})["fields"]
    assert asked["options"] == [["topic_2", {"de": "Leinen", "en": "Linen"}]]
    assert _public("newsletter", fields={"interests": {"enabled": True}})["fields"] is None


def test_the_address_of_a_gift_is_not_public() -> None:
    gift = {"enabled": True, "title": {"de": "Heft", "en": "Book"}, "url": "https://a.example/x"}
    public = _public("newsletter", gift=gift)["gift"]
    assert set(public) == {"title", "text", "why"}
    assert "a.example" not in json.dumps(public)


@pytest.mark.parametrize("url", ["http://a.example", "javascript:alert(1)", "//a.example", "a b"])
def test_a_gift_leads_to_https_or_into_the_shop(url: str) -> None:
    with pytest.raises(ValidationError):
        _public("newsletter", gift={"url": url})
