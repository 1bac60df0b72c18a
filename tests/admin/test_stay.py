"""A session that ends: announced, begun anew by one press, and nothing that was typed is lost."""

from __future__ import annotations

import re
from collections.abc import Callable
from html import unescape
from types import SimpleNamespace

import pytest
from flask import Flask
from playwright.sync_api import Page, expect

from plugin.model import Shop
from plugin.security import LIFETIMES
from plugin.services.context import Context
from plugin.services.frame_sessions import own_token, who_holds
from plugin.store import team
from tests.admin.conftest import Browser
from tests.admin.test_in_browser import admin_url as admin_url
from tests.admin.test_in_browser import open_page as open_page
from tests.fakes.framed_platform import ScriptlessPlatform

HIDDEN = re.compile(r'<input type="hidden" name="([^"]+)" value="([^"]*)">')


def test_one_press_begins_the_session_anew(browser: Browser) -> None:
    answer = browser.post("/admin/stay")
    assert answer.get_json()["left"] == LIFETIMES["session"]
    assert answer.headers["Set-Cookie"].startswith("bleib=")
    token = {"csrf_token": answer.get_json()["csrf_token"]}
    assert browser.client.post("/admin/stay", data=token).status_code == 200


def test_in_a_frame_the_press_begins_a_new_chain_of_tokens(
    app: Flask, context: Context, fresh: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(context.platforms, fresh.platform, ScriptlessPlatform())
    since = int(context.now().timestamp()) - 11 * 3600
    old = own_token(context, fresh, "frame", since=since)
    client = app.test_client()
    answer = client.post("/admin/stay", headers={"Authorization": f"Bearer {old}"})
    assert "Set-Cookie" not in answer.headers
    held = who_holds(context, answer.headers["Bleib-Frame-Token"], "frame")
    assert held is not None
    assert held.since == int(context.now().timestamp())


def test_what_is_sent_after_the_end_can_be_sent_once_more(
    browser: Browser, context: Context, fresh: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    token = browser.token("/admin/stop")
    monkeypatch.setitem(LIFETIMES, "session", 0)
    late = browser.client.post(
        "/admin/people?x=1",
        data={"csrf_token": token, "wanted": '"><b>kim@team.example'},
        headers={"Sec-Fetch-Site": "same-origin"},
    )
    assert late.status_code == 401
    assert "Noch einmal senden" in late.text
    assert "<b>kim" not in late.text
    form = dict(HIDDEN.findall(late.text))
    assert unescape(form["wanted"]) == '"><b>kim@team.example'
    assert 'action="/admin/people?x=1"' in late.text
    monkeypatch.undo()
    browser.client.set_cookie("bleib", context.keys.sign("session", [fresh.id, fresh.generation]))
    again = browser.client.post("/admin/people", data=form)
    assert again.status_code == 200


@pytest.mark.parametrize("site", ["cross-site", "same-site", None])
def test_what_another_site_sends_is_not_given_back(app: Flask, site: str | None) -> None:
    # Without the token that such a form lacks anyhow, so that the second wall is tried.
    app.config["WTF_CSRF_ENABLED"] = False
    headers = {} if site is None else {"Sec-Fetch-Site": site}
    late = app.test_client().post("/admin/people", data={"wanted": "theirs"}, headers=headers)
    assert late.status_code == 401
    assert "theirs" not in late.text


def test_whoever_comes_with_a_session_that_is_over_is_noted_by_number(
    app: Flask, context: Context, fresh: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    noted: list[tuple[str, dict[str, object]]] = []
    log = SimpleNamespace(info=lambda event, **values: noted.append((event, values)))
    monkeypatch.setattr("plugin.api.session._log", log)
    with context.db.write() as connection:
        member = team.add(
            connection,
            fresh.id,
            name="Kim",
            role="staff",
            email_check="x",
            email_sealed="x",
            at=context.now(),
            joined=True,
        )
    who = [fresh.id, fresh.generation, member.id, member.epoch + 1]
    client = app.test_client()
    client.set_cookie("bleib", context.keys.sign("session", who))
    assert client.get("/admin/").status_code == 401
    line = {"shop": fresh.id, "person": f"team:{member.id}", "why": "ended"}
    assert noted == [("session_closed", line)]


def test_two_minutes_before_the_end_the_page_says_so(open_page: Callable[..., Page]) -> None:
    page = open_page("/guard")
    page.clock.install()
    page.reload()
    page.locator("#limits input[name=share]").fill("7")
    stay = page.get_by_role("alert").filter(has_text="Ihre Sitzung")
    expect(stay).to_have_count(0)
    page.clock.fast_forward("11:58:30")
    expect(stay).to_contain_text("endet in zwei Minuten")
    stay.get_by_role("button", name="Angemeldet bleiben").press("Enter")
    expect(stay).to_have_count(0)
    assert page.locator("#limits input[name=share]").input_value() == "7"
    page.clock.fast_forward("12:00:30")
    expect(stay).to_contain_text("Ihre Sitzung ist zu Ende.")
