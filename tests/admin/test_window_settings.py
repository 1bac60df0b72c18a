"""The sections of a window: each control reads what was typed, and the rule is told in words."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import pytest

from plugin.admin.fields import fields_of
from plugin.model import Shop
from plugin.services import campaigns
from plugin.services.campaigns import Campaign
from plugin.services.context import Context

if TYPE_CHECKING:
    from tests.admin.conftest import Browser

WHO = {"section": "who", "fields": "audience.first.urls audience.first.pages audience.first.cart"}
WHEN = {"section": "when", "fields": "schedule.starts schedule.ends schedule.hours_from "
        "schedule.hours_to schedule.weekdays trigger.after_seconds"}  # fmt: skip


@pytest.fixture
def window(context: Context, fresh: Shop) -> Campaign:
    return _window(context, fresh)


def _window(context: Context, shop: Shop) -> Campaign:
    found = campaigns.all_of(context, shop)
    return next(item for item in found if item.widget == "exit_intent")


def _save(browser: Browser, campaign: Campaign, values: dict[str, Any]) -> Any:
    path = f"/admin/widgets/{campaign.id}"
    data = {"csrf_token": browser.token(path), "revision": str(campaign.revision), **values}
    return browser.client.post(path, data=data)


def _summary(browser: Browser, campaign: Campaign, section: str) -> str:
    page = browser.get(f"/admin/widgets/{campaign.id}?section={section}").text
    found = re.search(r'id="sum-up">(.*?)</div>', page)
    assert found
    return found.group(1)


def test_whom_a_window_is_for_is_read_and_told_in_one_sentence(
    browser: Browser, context: Context, fresh: Shop, window: Campaign
) -> None:
    values = {
        **WHO,
        "audience.first.urls": "/tee/*\n\n https://uferhaus.example/tassen \n",
        "audience.first.pages": ["product", "cart"],
        "audience.first.cart": "filled",
    }
    assert _save(browser, window, values).status_code == 303
    first = _window(context, fresh).draft["audience"]["first"]
    assert first["urls"] == ["/tee/*", "/tassen"]
    assert (first["pages"], first["cart"]) == (["product", "cart"], "filled")
    assert (
        "Nur für Besucher auf Produktseiten oder Warenkorb, auf Seiten wie /tee/* oder /tassen "
        "und mit Ware im Korb." in _summary(browser, window, "who")
    )


def test_a_further_group_is_offered_once_the_one_before_says_something(
    browser: Browser, context: Context, fresh: Shop, window: Campaign
) -> None:
    path = f"/admin/widgets/{window.id}?section=who"
    assert "audience.third" not in browser.get(path).text
    fields = "audience.second.visitor audience.second.devices"
    _save(browser, window, {
        "section": "who", "fields": fields, "audience.second.visitor": "returning",
    })  # fmt: skip
    page = browser.get(path).text
    assert "audience.third" in page
    assert "Nur für Besucher beim wiederholten Besuch." in page
    _save(browser, _window(context, fresh), {**WHO, "audience.first.cart": "empty"})
    sentence = _summary(browser, window, "who")
    assert "mit leerem Korb; oder für Besucher beim wiederholten Besuch." in sentence


def test_a_schedule_is_typed_in_the_time_of_the_shop(
    browser: Browser, context: Context, fresh: Shop, window: Campaign
) -> None:
    values = {
        **WHEN,
        "schedule.starts": "2026-12-01T09:00",
        "schedule.ends": "2026-12-24T18:00",
        "schedule.weekdays": ["2", "1"],
        "schedule.hours_from": "09:00",
        "schedule.hours_to": "17:00:00",
        "trigger.after_seconds": "20",
    }
    assert _save(browser, window, values).status_code == 303
    schedule = _window(context, fresh).draft["schedule"]
    assert schedule["starts"] == "2026-12-01T08:00:00Z"
    assert (schedule["weekdays"], schedule["hours_to"]) == ([1, 2], "17:00")
    page = browser.get(f"/admin/widgets/{window.id}?section=when").text
    assert 'value="2026-12-01T09:00"' in page
    assert "ab 1. Dez. 2026, 09:00\xa0Uhr, bis 24. Dez. 2026, 18:00\xa0Uhr" in page
    assert "nur Montag und Dienstag, nur von 09:00 bis 17:00\xa0Uhr." in page
    assert "nach 20 Sekunden auf der Seite" in page


@pytest.mark.parametrize(
    ("values", "field", "reason"),
    [
        ({**WHO, "audience.first.urls": "tee"}, "audience-first-urls", "beginnt mit / oder *"),
        ({**WHO, "audience.first.urls": "/x\n" * 21}, "audience-first-urls", "Höchstens 20"),
        ({**WHEN, "schedule.hours_from": "09:00"}, "schedule-hours_to", "Beginn und Ende"),
        ({**WHEN, "schedule.hours_from": "9 Uhr", "schedule.hours_to": "10:00"},
         "schedule-hours_from", "Bitte eine Uhrzeit angeben"),
        ({**WHEN, "schedule.starts": "morgen"}, "schedule-starts", "Bitte Datum und Uhrzeit"),
        ({**WHEN, "trigger.after_seconds": "2"}, "trigger-after_seconds", "Zwischen 5 und 600."),
        ({"section": "test", "fields": "experiment.holdout", "experiment.holdout": "0"},
         "experiment-holdout", "Zwischen 1 und 50."),
        ({"section": "content", "fields": "picture.url", "picture.url": "http://x.example/a.jpg"},
         "picture-url", "die mit https:// beginnt"),
    ],
)  # fmt: skip
def test_what_does_not_fit_is_said_at_its_field_and_stays_there(
    browser: Browser, context: Context, fresh: Shop, window: Campaign,
    values: dict[str, str], field: str, reason: str,
) -> None:  # fmt: skip
    refused = _save(browser, window, values)
    assert refused.status_code == 422
    said = re.search(rf'id="f-{field}-problem".*?</p>', refused.text)
    assert said
    assert reason in said.group(0)
    typed = list(values.values())[-1]
    assert typed.strip() in refused.text
    assert _window(context, fresh).draft == window.draft


def test_nothing_that_was_not_on_the_form_is_changed_by_it(
    browser: Browser, context: Context, fresh: Shop, window: Campaign
) -> None:
    _save(browser, window, {"section": "when", "fields": "trigger.returned",
                            "trigger.returned": "1", "trigger.desktop": ""})  # fmt: skip
    trigger = _window(context, fresh).draft["trigger"]
    assert (trigger["desktop"], trigger["returned"]) == (True, True)


def test_only_what_matters_for_the_content_is_asked(
    browser: Browser, context: Context, fresh: Shop, window: Campaign
) -> None:
    path = f"/admin/widgets/{window.id}"
    page = browser.get(path).text
    assert "newsletter_name" in page
    assert "section=voucher" in page
    assert "facts.shipping" not in page
    _save(browser, window, {"section": "content", "fields": "content", "content": "question"})
    page = browser.get(path).text
    assert "facts.shipping.cost" in page
    assert "section=voucher" not in page
    assert "Zu wenige Antworten" in page
    assert "Einwilligung, wie sie im Nachweis steht" not in page


def test_a_design_sets_form_and_content_and_keeps_the_texts(
    browser: Browser, context: Context, fresh: Shop, window: Campaign
) -> None:
    words = {"section": "content", "fields": "title", "title.de": "Ein Brief", "title.en": "Post"}
    _save(browser, window, words)
    form = {"section": "design", "fields": "frame nudge teaser", "frame": "modal"}
    _save(browser, _window(context, fresh), {**form, "design": "letter"})
    draft = _window(context, fresh).draft
    assert (draft["frame"], draft["voucher"]["enabled"]) == ("corner", False)
    assert draft["title"]["de"] == "Ein Brief"
    # The design that is chosen already does not undo another choice.
    _save(browser, _window(context, fresh), {**form, "design": "letter", "frame": "bar"})
    draft = _window(context, fresh).draft
    assert draft["frame"] == "bar"
    page = browser.get(f"/admin/widgets/{window.id}?section=design").text
    assert "Ihre eigene Zusammenstellung." in page
    assert page.count('name="design"') == 6


def test_the_test_says_how_many_see_what_and_what_is_lost_without_a_control_group(
    browser: Browser, context: Context, fresh: Shop, window: Campaign
) -> None:
    assert "10 sehen nichts, 90 sehen das Fenster." in _summary(browser, window, "test")
    form = {"section": "test", "fields": "experiment.no_holdout experiment.b.enabled "
            "experiment.b.share experiment.b.title", "experiment.b.share": "50",
            "experiment.b.enabled": "1", "experiment.b.title.de": "Moment noch",
            "experiment.b.title.en": "One moment"}  # fmt: skip
    _save(browser, window, form)
    path = f"/admin/widgets/{window.id}"
    page = browser.get(f"{path}?section=test").text
    assert "10 sehen nichts, 45 sehen Fassung A, 45 sehen Fassung B." in page
    assert "Dann kann niemand sagen, ob das Fenster mehr bringt" in page
    assert "Moment noch" in browser.get(f"{path}/preview?arm=b").text
    assert "Moment noch" not in browser.get(f"{path}/preview").text
    _save(browser, _window(context, fresh), {**form, "experiment.no_holdout": "1"})
    assert "niemand wird ausgenommen, 50 sehen" in _summary(browser, window, "test")


def test_the_preview_shows_what_each_content_can_be_in(
    browser: Browser, context: Context, fresh: Shop, window: Campaign
) -> None:
    path = f"/admin/widgets/{window.id}"
    states = {}
    for content in ("sign_up", "question", "basket", "message", "service"):
        form = {"section": "content", "fields": "content", "content": content}
        _save(browser, _window(context, fresh), form)
        states[content] = re.findall(r'<option value="(\w*)"', browser.get(path).text)
        preview = browser.get(f"{path}/preview?state=thanks").text
        assert f'"content": "{content}"' in preview
        assert ('data-preview="thanks"' in preview) is (content in ("sign_up", "basket"))
    assert states == {
        "sign_up": ["", "open", "thanks", "error", "failure", "offline"],
        "question": ["", "open", "answer"],
        "basket": ["", "open", "thanks"],
        "message": [],
        "service": [],
    }


def test_both_values_of_a_list_and_a_moment_stand_on_the_conflict_page(
    browser: Browser, context: Context, fresh: Shop, window: Campaign
) -> None:
    _save(browser, window, {**WHEN, "schedule.ends": "2026-12-24T18:00", "schedule.weekdays": "1"})
    late = _save(browser, window, {**WHEN, "schedule.weekdays": ["6", "7"]})
    assert late.status_code == 409
    assert "24. Dez. 2026, 18:00\xa0Uhr" in late.text
    assert "Sa, So" in late.text
    assert late.text.count('name="schedule.weekdays"') == 2


def test_every_setting_of_every_widget_has_a_control(context: Context) -> None:
    for widget in context.widgets.values():
        paths = [field.path for field in fields_of(widget.settings)]
        assert len(paths) == len(set(paths)) > 0


def test_the_way_to_see_why_leads_into_the_shop_and_is_signed(
    browser: Browser, context: Context, fresh: Shop, installed: Callable[..., Shop]
) -> None:
    page = browser.get("/admin/widgets").text
    found = re.search(r'href="(https://uferhaus\.myshopify\.com/\?bleib=why\.[^"]{20,})"', page)
    assert found
