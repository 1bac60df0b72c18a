"""The editor: the rule as a sentence, two people at one draft, repairs and earlier versions."""

from __future__ import annotations

import re
from html import unescape
from typing import TYPE_CHECKING, Any

import pytest

from plugin.model import Shop
from plugin.services import campaigns
from plugin.services.campaigns import Campaign
from plugin.services.context import Context
from plugin.services.insight import day_of
from plugin.store.exposures import Place, add_exposures

if TYPE_CHECKING:
    from tests.admin.conftest import Browser


@pytest.fixture
def window(context: Context, fresh: Shop) -> Campaign:
    return _window(context, fresh)


def _window(context: Context, shop: Shop) -> Campaign:
    return next(one for one in campaigns.all_of(context, shop) if one.widget == "exit_intent")


def _form(page: str) -> dict[str, list[str]]:
    """What a browser would post of the draft's form."""
    form = page[page.index('id="draft"') : page.index("</form>", page.index('id="draft"'))]
    posted: dict[str, list[str]] = {}
    for tag in re.findall(r"<input[^>]*>", form):
        name = re.search(r' name="([^"]*)"', tag)
        value = re.search(r' value="([^"]*)"', tag)
        boxed = 'type="checkbox"' in tag or 'type="radio"' in tag
        if name and (not boxed or " checked" in tag):
            posted.setdefault(name[1], []).append(unescape(value[1]) if value else "")
    for name, options in re.findall(r'<select[^>]* name="([^"]*)".*?>(.*?)</select>', form, re.S):
        value = re.search(r'<option value="([^"]*)" selected', options)
        posted.setdefault(name, []).append(value[1] if value else "")
    for name, text in re.findall(r'<textarea[^>]* name="([^"]*)"[^>]*>(.*?)</textarea>', form):
        posted.setdefault(name, []).append(unescape(text))
    return posted


def _post(browser: Browser, window: Campaign, posted: dict[str, Any]) -> Any:
    return browser.client.post(f"/admin/widgets/{window.id}", data=posted)


def test_the_sentence_is_read_back_as_it_was_shown(
    browser: Browser, context: Context, fresh: Shop, window: Campaign
) -> None:
    posted = _form(browser.get(f"/admin/widgets/{window.id}?section=target").text)
    assert _post(browser, window, posted).status_code == 303
    # Bleib's own answer to what a shopper gets out of it is the merchant's from now on.
    after = _window(context, fresh).draft
    assert after.pop("benefit").startswith("5 € auf die erste Bestellung")
    assert after == {name: value for name, value in window.draft.items() if name != "benefit"}


def test_each_gap_of_the_sentence_sets_what_it_says(
    browser: Browser, context: Context, fresh: Shop, window: Campaign
) -> None:
    path = f"/admin/widgets/{window.id}?section=target"
    posted = _form(browser.get(path).text) | {
        "audience.first.subscribers": ["not"],
        "audience.first.pages": ["product", "cart", ""],
        "target.leaving": ["desktop"],
        "trigger.after_seconds": ["20"],
        "trigger.scrolled": ["50"],
        "recontact_days": ["90"],
        "target.ends": ["at"],
    }
    assert _post(browser, window, posted).status_code == 303
    draft = _window(context, fresh).draft
    assert draft["audience"]["first"]["pages"] == ["product", "cart"]
    assert draft["audience"]["first"]["subscribers"] == "not"
    assert (draft["trigger"]["desktop"], draft["trigger"]["phone"]) == (True, False)
    assert (draft["trigger"]["after_seconds"], draft["trigger"]["scrolled"]) == (20, 50)
    assert (draft["recontact_days"], draft["schedule"]["starts"]) == (90, None)
    # An end that is wanted and not yet given lies a month ahead, at the end of that day.
    assert draft["schedule"]["ends"] == "2026-12-21T22:59:00Z"
    page = browser.get(path).text
    assert 'aria-label="Seiten: auf Produktseiten"' in page
    assert 'aria-label="Seiten: im Warenkorb"' in page
    assert 'value="2026-12-21T23:59"' in page
    back = _form(page) | {"target.ends": [""]}
    _post(browser, window, back)
    assert _window(context, fresh).draft["schedule"]["ends"] is None


def test_from_the_preset_again(
    browser: Browser, context: Context, fresh: Shop, window: Campaign
) -> None:
    posted = _form(browser.get(f"/admin/widgets/{window.id}?section=target").text)
    _post(browser, window, posted | {"audience.first.pages": ["home"]})
    changed = _window(context, fresh)
    path = f"/admin/widgets/{window.id}"
    done = browser.post(f"{path}/preset", path, revision=str(changed.revision))
    assert done.location.endswith("section=target&done=preset")
    assert _window(context, fresh).draft["audience"]["first"]["pages"] == []


def test_two_people_in_different_fields_both_keep_what_they_did(
    browser: Browser, context: Context, fresh: Shop, window: Campaign
) -> None:
    path = f"/admin/widgets/{window.id}?section=voucher"
    mine, theirs = _form(browser.get(path).text), _form(browser.get(path).text)
    assert _post(browser, window, theirs | {"voucher.days": ["60"]}).status_code == 303
    assert _post(browser, window, mine | {"voucher.minimum": ["50"]}).status_code == 303
    voucher = _window(context, fresh).draft["voucher"]
    assert (voucher["days"], voucher["minimum"]) == (60, "50.00")


def test_two_people_in_one_field_are_asked(
    browser: Browser, context: Context, fresh: Shop, window: Campaign
) -> None:
    path = f"/admin/widgets/{window.id}?section=voucher"
    mine, theirs = _form(browser.get(path).text), _form(browser.get(path).text)
    _post(browser, window, theirs | {"voucher.days": ["60"]})
    asked = _post(browser, window, mine | {"voucher.days": ["90"]})
    assert asked.status_code == 409
    assert "60" in asked.text
    assert _window(context, fresh).draft["voucher"]["days"] == 60


def test_what_a_check_found_is_mended_by_one_press(
    browser: Browser, context: Context, fresh: Shop, window: Campaign
) -> None:
    draft = window.draft | {"countdown": True}
    campaigns.save_draft(context, fresh, window.id, draft, revision=window.revision)
    path = f"/admin/widgets/{window.id}"
    page = browser.get(path).text
    assert 'value="countdown:end"' in page
    assert "Countdown entfernen" in page
    revision = str(window.revision + 1)
    done = browser.post(f"{path}/repair", path, revision=revision, cure="countdown:no_countdown")
    assert "done=mended" in done.location
    assert _window(context, fresh).draft["countdown"] is False
    late = browser.post(f"{path}/repair", path, revision=revision, cure="countdown:end")
    assert late.status_code == 303
    assert _window(context, fresh).draft["schedule"]["ends"] is None


def test_versions_say_what_they_changed_and_come_back_as_a_draft(
    browser: Browser, context: Context, fresh: Shop, window: Campaign
) -> None:
    campaigns.publish(context, fresh, window.id)
    second = window.draft | {"title": {"de": "Moment noch", "en": "One moment"}}
    campaigns.save_draft(context, fresh, window.id, second, revision=window.revision)
    campaigns.publish(context, fresh, window.id)
    path = f"/admin/widgets/{window.id}/versions"
    page = browser.get(path).text
    assert "Moment noch / One moment" in page
    assert "Fassung 1 in den Entwurf holen" in page
    revision = str(_window(context, fresh).revision)
    taken = browser.post(f"{path}/1", path, revision=revision)
    assert taken.status_code == 303
    found = _window(context, fresh)
    assert (found.draft["title"]["de"], found.version) == ("", 2)
    assert browser.post(f"{path}/9", path, revision=revision).status_code == 404


def test_the_reach_is_counted_with_the_holdout_apart(
    browser: Browser, context: Context, fresh: Shop, window: Campaign
) -> None:
    path = f"/admin/widgets/{window.id}?section=target"
    assert "Noch nicht gezählt." in browser.get(path).text
    day = day_of(fresh, context.now())
    sums = {
        Place(day, window.id, 1, "a", "real", "impression"): 1842,
        Place(day, window.id, 1, "a", "robot", "impression"): 999,
        Place(day, window.id, 1, "-", "real", "withheld"): 205,
        Place(day, 0, 0, "a", "real", "impression"): 6405,
        Place(day, 0, 0, "-", "real", "withheld"): 205,
        Place(day, window.id, 1, "a", "real", "confirmed"): 56,
    }
    with context.db.write() as connection:
        add_exposures(connection, fresh.id, sums)
    page = browser.get(path).text
    assert "1.842 sahen es, 205 zum Messen zurückgehalten, von 6.610 Aufrufen." in page
    assert "31\xa0%" in page
    assert "Etwa 2 bestätigte Anmeldungen am Tag." in page


def test_a_widget_that_stands_in_the_page_has_a_shorter_sentence(
    browser: Browser, context: Context, fresh: Shop
) -> None:
    form = next(one for one in campaigns.all_of(context, fresh) if one.widget == "newsletter")
    page = browser.get(f"/admin/widgets/{form.id}?section=target").text
    assert 'name="audience.first.pages"' in page
    assert 'name="trigger.after_seconds"' not in page
    assert "Was hat der Kunde davon?" not in page
