"""Texts by language in the editor: the one of the preview stands there, and none gets lost."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import pytest

from plugin.admin.editor_tabs import TARGET, tab_of
from plugin.admin.fields import fields_of
from plugin.model import Shop
from plugin.services import campaigns
from plugin.services.campaigns import Campaign
from plugin.services.context import Context
from tests.admin.test_editor import _form

if TYPE_CHECKING:
    from tests.admin.conftest import Browser


@pytest.fixture
def newsletter(context: Context, fresh: Shop) -> Campaign:
    found = _newsletter(context, fresh)
    draft = found.draft | {"title": {"de": "Post vom See", "en": "Post from the lake"}}
    return campaigns.save_draft(context, fresh, found.id, draft, revision=found.revision)


def _newsletter(context: Context, shop: Shop) -> Campaign:
    return next(one for one in campaigns.all_of(context, shop) if one.widget == "newsletter")


def _shown(browser: Browser, campaign: Campaign, show: str) -> str:
    return browser.get(f"/admin/widgets/{campaign.id}?section=content&show={show}").text


def _save(browser: Browser, campaign: Campaign, posted: dict[str, Any]) -> Any:
    return browser.client.post(f"/admin/widgets/{campaign.id}", data=posted)


def test_a_text_stands_in_the_language_of_the_preview_and_the_other_stays(
    browser: Browser, context: Context, fresh: Shop, newsletter: Campaign
) -> None:
    page = _shown(browser, newsletter, "en")
    assert 'name="title.en"' in page
    assert 'name="title.de"' not in page
    posted = _form(page) | {"title.en": ["Letters"], "lead.en": [""]}
    assert _save(browser, newsletter, posted).location.endswith("show=en")
    assert _newsletter(context, fresh).draft["title"] == {"de": "Post vom See", "en": "Letters"}


def test_a_text_that_was_emptied_is_empty_in_this_language_alone(
    browser: Browser, context: Context, fresh: Shop, newsletter: Campaign
) -> None:
    posted = _form(_shown(browser, newsletter, "en")) | {"title.en": [""]}
    _save(browser, newsletter, posted)
    assert _newsletter(context, fresh).draft["title"] == {"de": "Post vom See", "en": ""}


def test_a_missing_language_is_marked_at_its_field_and_at_its_section(
    browser: Browser, newsletter: Campaign
) -> None:
    posted = _form(_shown(browser, newsletter, "en")) | {"title.en": [""]}
    assert "Englisch fehlt" not in _shown(browser, newsletter, "de")
    _save(browser, newsletter, posted)
    page = _shown(browser, newsletter, "de")
    way = f"/admin/widgets/{newsletter.id}?section=content&amp;show=en#f-title-en"
    assert re.search(f'<a class="lacks" href="{re.escape(way)}" aria-label="Englisch fehlt', page)
    tab = re.search(r'<a href="[^"]*" aria-current="page">Inhalt(.*?)</a>', page)
    assert tab is not None
    assert "Ein Text fehlt in einer Sprache" in tab[1]
    # In the language itself the field says it.
    assert re.search(r'id="f-title-en"[^>]* aria-invalid="true"', _shown(browser, newsletter, "en"))


def test_two_people_in_two_languages_of_a_text_both_keep_what_they_wrote(
    browser: Browser, context: Context, fresh: Shop, newsletter: Campaign
) -> None:
    mine = _form(_shown(browser, newsletter, "de")) | {"title.de": ["Briefe"]}
    theirs = _form(_shown(browser, newsletter, "en")) | {"title.en": ["Letters"]}
    assert _save(browser, newsletter, theirs).status_code == 303
    assert _save(browser, newsletter, mine).status_code == 303
    assert _newsletter(context, fresh).draft["title"] == {"de": "Briefe", "en": "Letters"}


def test_two_people_in_one_language_are_asked_and_the_other_language_is_kept(
    browser: Browser, context: Context, fresh: Shop, newsletter: Campaign
) -> None:
    mine = _form(_shown(browser, newsletter, "de")) | {"title.de": ["Briefe"]}
    theirs = _form(_shown(browser, newsletter, "de")) | {"title.de": ["Karten"]}
    english = _form(_shown(browser, newsletter, "en")) | {"title.en": ["Cards"]}
    _save(browser, newsletter, theirs)
    _save(browser, newsletter, english)
    asked = _save(browser, newsletter, mine)
    assert asked.status_code == 409
    assert "Karten / Cards" in asked.text
    hidden = dict(re.findall(r'type="hidden" name="([^"]+)" value="([^"]*)"', asked.text))
    assert _save(browser, newsletter, hidden).status_code == 303
    assert _newsletter(context, fresh).draft["title"] == {"de": "Briefe", "en": "Cards"}


@pytest.mark.parametrize("seen", ['{"title": "x"}', '{"title": {}}', "[]", "{", '{"title": null}'])
def test_a_form_that_carries_along_what_never_stood_there_is_no_fault_of_ours(
    browser: Browser, newsletter: Campaign, seen: str
) -> None:
    late = {"csrf_token": browser.token(f"/admin/widgets/{newsletter.id}"), "revision": "1",
            "section": "content", "fields": "title", "title.de": "Neu"}  # fmt: skip
    assert _save(browser, newsletter, late | {"seen": seen}).status_code == 409


def test_what_was_refused_stays_in_sight_in_the_language_it_was_written_in(
    browser: Browser, newsletter: Campaign
) -> None:
    posted = _form(_shown(browser, newsletter, "de")) | {"title.de": ["x" * 61]}
    refused = _save(browser, newsletter, posted | {"show": ["en"]})
    assert refused.status_code == 422
    assert f'value="{"x" * 61}"' in refused.text
    assert 'href="#f-title-de"' in refused.text


def test_a_shop_with_one_language_shows_no_switch(
    installed: Callable[..., Shop], sign_in: Callable[[Shop], Browser], context: Context
) -> None:
    shop = installed("nurdeutsch.myshopify.com", languages="de")
    page = sign_in(shop).get(f"/admin/widgets/{_newsletter(context, shop).id}?show=en").text
    assert 'name="title.de"' in page
    assert 'type="radio" name="show"' not in page


def test_every_text_by_language_stands_beside_a_preview(context: Context) -> None:
    """The tab of the sentence has none: there the switch of languages would be missing."""
    for widget in context.widgets.values():
        fields = fields_of(widget.settings)
        texts = [field for field in fields if field.control == "words"]
        assert [text.path for text in texts if tab_of(text.section) == TARGET] == []
