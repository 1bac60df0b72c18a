"""Forms: what does not fit is refused with its reason, and nothing typed gets lost."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import pytest

from plugin.model import Shop
from plugin.services import campaigns
from plugin.services.campaigns import Campaign
from plugin.services.context import Context
from plugin.store.shops import shop_by_id

if TYPE_CHECKING:
    from tests.admin.conftest import Browser

VOUCHER = {
    "section": "voucher",
    "voucher.enabled": "1",
    "voucher.kind": "amount",
    "voucher.value": "5",
    "voucher.minimum": "40",
    "voucher.days": "30",
    "voucher.exclusions.de": "",
    "voucher.exclusions.en": "",
    "voucher.excluded_products": "",
    "voucher.thanks.kind": "plain",
    "gift.kind": "guide",
}


@pytest.fixture
def newsletter(context: Context, fresh: Shop) -> Campaign:
    return _newsletter(context, fresh)


def _newsletter(context: Context, shop: Shop) -> Campaign:
    return next(item for item in campaigns.all_of(context, shop) if item.widget == "newsletter")


def _save(browser: Browser, campaign: Campaign, **fields: str) -> Any:
    values = {"revision": str(campaign.revision), **VOUCHER, **fields}
    return browser.post(f"/admin/widgets/{campaign.id}", f"/admin/widgets/{campaign.id}", **values)


def test_a_section_is_saved_and_the_others_stay_as_they_were(
    browser: Browser, context: Context, fresh: Shop, newsletter: Campaign
) -> None:
    fields = {"section": "content", "title.de": "Post vom See", "title.en": "Post from the lake"}
    assert _save(browser, newsletter, **fields).status_code == 303
    draft = _newsletter(context, fresh).draft
    assert draft["title"] == {"de": "Post vom See", "en": "Post from the lake"}
    assert draft["voucher"] == newsletter.draft["voucher"]


def test_an_unticked_box_is_off(
    browser: Browser, context: Context, fresh: Shop, newsletter: Campaign
) -> None:
    _save(browser, newsletter, **{"voucher.enabled": ""})
    assert _newsletter(context, fresh).draft["voucher"]["enabled"] is False


@pytest.mark.parametrize(
    ("field", "typed", "reason"),
    [
        ("voucher.minimum", "1.20", "Meinten Sie 1,20"),
        ("voucher.minimum", "viel", "Bitte eine Zahl eingeben"),
        ("voucher.minimum", "", "Bitte eine Zahl eingeben"),
        ("voucher.value", "5000", "Zwischen"),
        ("voucher.days", "3", "Zwischen 7 und 365."),
        ("voucher.days", "30,5", "Bitte eine Zahl eingeben"),
        ("voucher.exclusions.de", "x" * 241, "Höchstens 240 Zeichen, jetzt 241."),
        ("voucher.kind", "gratis", "Dieser Wert passt hier nicht."),
    ],
)
def test_bad_input_is_named_at_its_field_and_the_entry_is_kept(
    browser: Browser, context: Context, fresh: Shop, newsletter: Campaign,
    field: str, typed: str, reason: str,
) -> None:  # fmt: skip
    response = _save(browser, newsletter, **{field: typed})
    assert response.status_code == 422
    assert reason in response.text
    assert "1 Angabe fehlt oder passt nicht." in response.text
    if field != "voucher.kind":
        assert f'value="{typed}"' in response.text or f">{typed}</textarea>" in response.text
    assert _newsletter(context, fresh).draft == newsletter.draft


def test_german_amounts_are_read_as_germans_write_them(
    browser: Browser, context: Context, fresh: Shop, newsletter: Campaign
) -> None:
    _save(browser, newsletter, **{"voucher.minimum": "1.200,50"})
    assert _newsletter(context, fresh).draft["voucher"]["minimum"] == "1200.50"


def test_what_a_merchant_types_stays_text(browser: Browser, newsletter: Campaign) -> None:
    hostile = '"><script>alert(1)</script>'
    _save(browser, newsletter, section="content", **{"title.de": hostile, "title.en": hostile})
    for path in (f"/admin/widgets/{newsletter.id}", f"/admin/widgets/{newsletter.id}/preview"):
        assert "<script>alert" not in browser.get(path).text


def test_the_second_of_two_people_sees_both_values_and_decides(
    browser: Browser, context: Context, fresh: Shop, newsletter: Campaign
) -> None:
    assert _save(browser, newsletter, **{"voucher.days": "60"}).status_code == 303
    conflict = _save(browser, newsletter, **{"voucher.days": "90"})
    assert conflict.status_code == 409
    assert "60" in conflict.text
    assert _newsletter(context, fresh).draft["voucher"]["days"] == 60
    hidden = dict(re.findall(r'type="hidden" name="([^"]+)" value="([^"]*)"', conflict.text))
    hidden.pop("csrf_token")
    mine = browser.post(f"/admin/widgets/{newsletter.id}", **hidden)
    assert mine.status_code == 303
    assert _newsletter(context, fresh).draft["voucher"]["days"] == 90


def test_publishing_what_may_be_published(
    browser: Browser, context: Context, fresh: Shop, newsletter: Campaign
) -> None:
    path = f"/admin/widgets/{newsletter.id}"
    response = browser.post(f"{path}/publish", path, revision=str(newsletter.revision))
    assert response.status_code == 303
    assert _newsletter(context, fresh).state == "published"


def test_a_blocked_draft_says_why_and_offers_the_way_out(
    browser: Browser, context: Context, fresh: Shop, newsletter: Campaign
) -> None:
    _save(browser, newsletter, section="content", **{"title.de": "20 % auf alles"})
    path = f"/admin/widgets/{newsletter.id}"
    page = browser.get(path).text
    assert "So können Sie nicht veröffentlichen: 2 Punkte" in page
    assert 'href="/admin/widgets/2?section=content&amp;show=en#f-title-en"' in page
    revision = str(_newsletter(context, fresh).revision)
    refused = browser.post(f"{path}/publish", path, revision=revision)
    assert refused.status_code == 422
    assert _newsletter(context, fresh).state == "draft"


def test_publishing_something_else_than_one_looked_at_is_refused(
    browser: Browser, context: Context, fresh: Shop, newsletter: Campaign
) -> None:
    _save(browser, newsletter, **{"voucher.days": "60"})
    path = f"/admin/widgets/{newsletter.id}"
    response = browser.post(f"{path}/publish", path, revision=str(newsletter.revision))
    assert response.status_code == 409
    assert "inzwischen geändert" in response.text
    assert _newsletter(context, fresh).state == "draft"


@pytest.mark.parametrize("revision", ["", "x", "-1", "²", "9" * 40])
def test_a_revision_that_is_none_is_refused(
    browser: Browser, newsletter: Campaign, revision: str
) -> None:
    assert _save(browser, newsletter, revision=revision).status_code == 400


def test_the_switch_publishes_pauses_and_resumes(
    browser: Browser, context: Context, fresh: Shop, newsletter: Campaign
) -> None:
    states = []
    for act in ("on", "off", "on"):
        browser.post(f"/admin/widgets/{newsletter.id}/{act}", "/admin/widgets")
        states.append(_newsletter(context, fresh).state)
    assert states == ["published", "paused", "published"]
    assert _newsletter(context, fresh).version == 1


def test_the_switch_of_a_blocked_draft_leads_to_what_is_missing(
    installed: Callable[..., Shop], sign_in: Callable[[Shop], Browser], context: Context
) -> None:
    shop = installed("ohne.myshopify.com", imprint="")
    campaign = _newsletter(context, shop)
    response = sign_in(shop).post(f"/admin/widgets/{campaign.id}/on", "/admin/widgets")
    assert response.location == f"/admin/widgets/{campaign.id}?blocked=1#checks"
    assert _newsletter(context, shop).state == "draft"


def test_campaigns_of_another_shop_do_not_exist(
    browser: Browser, context: Context, installed: Callable[..., Shop]
) -> None:
    foreign = _newsletter(context, installed("andere.myshopify.com"))
    path = f"/admin/widgets/{foreign.id}"
    assert browser.get(path).status_code == 404
    assert browser.get(f"{path}/preview").status_code == 404
    for act in ("", "/publish", "/on", "/off"):
        assert browser.post(path + act, revision="1", **VOUCHER).status_code == 404


def test_the_preview_runs_the_real_bundle_with_the_draft_and_asks_nobody(
    browser: Browser, newsletter: Campaign, fresh: Shop
) -> None:
    fields = {"section": "content", "title.de": "Post vom See", "title.en": "Lake post"}
    _save(browser, newsletter, **fields)
    page = browser.get(f"/admin/widgets/{newsletter.id}/preview?state=thanks&show=en").text
    assert 'src="/static/v1/bleib.js"' in page
    assert 'data-preview="thanks"' in page
    assert "Post vom See" in page
    assert 'id="bleib-config"' in page


def test_sender_details_are_saved_and_bad_ones_refused(
    browser: Browser, context: Context, fresh: Shop
) -> None:
    good = {
        "imprint": "Uferhaus GmbH\nSeestraße 1",
        "privacy_url": "https://uferhaus.example/datenschutz",
        "address": "du",
    }
    assert browser.post("/admin/setup/sender", **good).status_code == 303
    with context.db.read() as connection:
        saved = shop_by_id(connection, fresh.id)
    assert saved is not None
    assert (saved.privacy_url, saved.address) == (good["privacy_url"], "du")
    assert saved.config_version > fresh.config_version
    for field, typed in (
        ("imprint", " "),
        ("imprint", "x" * 501),
        ("privacy_url", "javascript:alert(1)"),
        ("privacy_url", "uferhaus.example"),
        ("privacy_url", "https://a b"),
        ("privacy_url", "https://[x"),
    ):
        refused = browser.post("/admin/setup/sender", **{**good, field: typed})
        assert refused.status_code == 422, (field, typed)


def test_the_look_at_the_storefront_is_remembered_and_not_repeated_at_once(
    browser: Browser, context: Context, fake_platform: Any, moving_clock: Any
) -> None:
    fake_platform.calls.clear()
    browser.get("/admin/setup/embed")
    browser.get("/admin/setup/embed")
    assert fake_platform.calls.count("embed_state") == 1
    moving_clock.move(seconds=20)
    browser.post("/admin/setup/embed", "/admin/setup?step=2")
    assert fake_platform.calls.count("embed_state") == 2
