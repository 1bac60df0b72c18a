"""The pages of the mail texts: the list with the series, the editor, the preview, the trial."""

from __future__ import annotations

import re
from html import unescape
from typing import TYPE_CHECKING

import pytest

from plugin.contracts.welcome import Welcome
from plugin.model import Shop
from plugin.services import mail_texts, welcome
from plugin.services.context import Context
from plugin.services.mails.parts import EDITABLE

if TYPE_CHECKING:
    from tests.admin.conftest import Browser

DAYS = {"first_days": "2", "second_days": "6", "third_days": "20"}


def _seen(page: str) -> str:
    found = re.search(r'name="seen" value="([^"]*)"', page)
    assert found
    return unescape(found[1])


def _save(browser: Browser, kind: str, **parts: str) -> int:
    path = f"/admin/mails/{kind}"
    page = browser.get(path).text
    answer = browser.post(path, path, seen=_seen(page), show="de", **parts)
    return answer.status_code


def test_the_list_says_whose_text_is_sent(browser: Browser) -> None:
    page = browser.get("/admin/mails").text
    assert page.count("Text von Bleib") == len(EDITABLE)
    assert _save(browser, "voucher", heading="Bitte sehr") == 303
    edited = browser.get("/admin/mails/voucher?show=de").text
    assert "Entwurf, gesichert" in edited
    browser.post("/admin/mails/voucher/publish", "/admin/mails/voucher", seen=_seen(edited))
    assert "Ihr Text auf Deutsch" in browser.get("/admin/mails").text
    assert "Ihr Text, Fassung 1" in browser.get("/admin/mails/voucher").text


@pytest.mark.parametrize("kind", EDITABLE)
def test_every_mail_has_its_editor_and_its_preview_in_every_form(
    browser: Browser, kind: str
) -> None:
    page = browser.get(f"/admin/mails/{kind}")
    assert page.status_code == 200
    source = re.search(r'id="preview"[^>]*src="([^"]+)"', page.text)
    assert source
    shown = browser.get(unescape(source[1]))
    assert "Uferhaus" in shown.text
    assert "script-src" not in shown.headers["Content-Security-Policy"]
    assert "frame-ancestors 'self'" in shown.headers["Content-Security-Policy"]
    dark = browser.get(f"/admin/mails/{kind}/preview?light=dark&show=en").text
    assert "@media (min-width: 0)" in dark
    assert '<html lang="en">' in dark
    assert "<pre>Uferhaus" in browser.get(f"/admin/mails/{kind}/preview?view=plain").text


def test_a_placeholder_that_is_none_is_refused_and_the_entry_stays(
    browser: Browser, context: Context, fresh: Shop
) -> None:
    path = "/admin/mails/voucher"
    seen = _seen(browser.get(path).text)
    refused = browser.post(path, path, seen=seen, subject="Hallo {name}", show="de")
    assert refused.status_code == 422
    assert "Den Platzhalter {name} kennt diese Mail nicht." in refused.text
    assert "{vorname}" in refused.text
    assert 'value="Hallo {name}"' in refused.text
    assert mail_texts.find(context, fresh, "voucher", "de").draft == {}


def test_a_confirmation_lets_nobody_advertise(browser: Browser) -> None:
    path = "/admin/mails/confirmation"
    seen = _seen(browser.get(path).text)
    refused = browser.post(path, path, seen=seen, subject="10 % für Sie", show="de")
    assert "Eine Bestätigung darf nicht werben. Nehmen Sie „%“ heraus." in refused.text
    assert 'name="text"' not in refused.text
    assert "wurde auf uferhaus.myshopify.com" in refused.text


def test_somebody_elses_draft_is_not_overwritten(browser: Browser) -> None:
    path = "/admin/mails/voucher"
    old = _seen(browser.get(path).text)
    assert _save(browser, "voucher", heading="Anna") == 303
    late = browser.post(path, path, seen=old, heading="Ben", show="de")
    assert late.status_code == 409
    assert 'value="Anna"' in late.text


def test_bleibs_text_is_one_press_away(browser: Browser, context: Context, fresh: Shop) -> None:
    _save(browser, "voucher", heading="Anna")
    path = "/admin/mails/voucher"
    assert "Wiederherstellen" in browser.get(path).text
    again = browser.post(f"{path}/reuse", path, version="0", show="de")
    assert again.status_code == 303
    assert mail_texts.find(context, fresh, "voucher", "de").draft == {}
    assert browser.post(f"{path}/reuse", path, version="7", show="de").status_code == 404
    assert browser.post(f"{path}/reuse", path, version="x", show="de").status_code == 400


def test_a_trial_says_where_it_went(browser: Browser, fresh: Shop) -> None:
    path = "/admin/mails/voucher"
    sent = browser.post(f"{path}/sample", path, show="en")
    assert sent.status_code == 303
    assert fresh.email in browser.get(sent.location).text


def test_the_series_is_switched_on_mail_by_mail(
    browser: Browser, context: Context, fresh: Shop
) -> None:
    page = browser.get("/admin/mails").text
    seen = _seen(page)
    saved = browser.post("/admin/mails/series", "/admin/mails", seen=seen, second="1", **DAYS)
    assert saved.status_code == 303
    assert welcome.get(context, fresh) == Welcome(second=True)
    late = browser.post("/admin/mails/series", "/admin/mails", seen=seen, first="1", **DAYS)
    assert late.status_code == 409


@pytest.mark.parametrize(
    ("days", "reason"),
    [("1", "Jede Mail muss nach der vorigen kommen."), ("91", "Zwischen 1 und 90."), ("zwei", "")],
)
def test_days_that_do_not_fit_are_refused(
    browser: Browser, context: Context, fresh: Shop, days: str, reason: str
) -> None:
    posted = browser.post("/admin/mails/series", "/admin/mails", **(DAYS | {"third_days": days}))
    assert posted.status_code == 422
    assert reason in posted.text
    assert f'value="{days}"' in posted.text
    assert welcome.get(context, fresh) == Welcome()


def test_a_mail_that_nobody_may_change_is_not_found(browser: Browser) -> None:
    for kind in ("sign_in", "sample", "on_its_way", "nothing"):
        assert browser.get(f"/admin/mails/{kind}").status_code == 404
        assert browser.get(f"/admin/mails/{kind}/preview").status_code == 404
