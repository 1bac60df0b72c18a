"""Every admin page: for a fresh shop, in both languages, signed out, and from texts alone."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from flask import Flask

import plugin.admin
from plugin.model import Shop
from plugin.services import campaigns, insight, stopping
from plugin.services.context import Context
from plugin.store import steps
from plugin.texts import area_texts

if TYPE_CHECKING:
    from tests.admin.conftest import Browser

PAGES = [
    "/admin/",
    "/admin/setup",
    "/admin/setup?step=2",
    "/admin/overview/table",
    "/admin/overview.csv",
    "/admin/figures",
    "/admin/team",
    "/admin/account",
    "/admin/law/access-log",
    "/admin/figures.csv",
    "/admin/figures/costs",
    "/admin/figures/costs.csv",
    "/admin/figures/customers",
    "/admin/figures/customers.csv",
    "/admin/figures/customers/due.csv",
    "/admin/figures/parcels",
    "/admin/figures/parcels.csv",
    "/admin/figures/suggestions",
    "/admin/figures/suggestions.csv",
    "/admin/suggestions",
    "/admin/suggestions/rules.csv",
    "/admin/widgets",
    "/admin/widgets/new",
    "/admin/widgets/goals?goal=new",
    "/admin/look",
    "/admin/manners",
    "/admin/guard",
    "/admin/vouchers",
    "/admin/prices",
    "/admin/connections",
    "/admin/connections/subscribers.csv",
    "/admin/work",
    "/admin/law",
    "/admin/law/person",
    "/admin/law/documents/processing",
    "/admin/law/documents/accessibility",
    "/admin/law/documents/privacy",
    "/admin/law/documents/processors",
    "/admin/law/documents/record.pdf",
    "/admin/stop",
    "/admin/mail",
    "/admin/more",
    "/admin/protection",
    "/admin/people",
    "/admin/parcels",
    "/admin/parcels/inserts",
    "/admin/parcels/inserts/settings",
    "/admin/parcels/inserts/cards.csv",
    "/admin/parcels/inserts/sample.pdf",
    "/admin/parcels/messages",
    "/admin/parcels/messages/promise",
    "/admin/parcels/notices",
    "/admin/parcels/notices/late",
    "/admin/parcels/carriers",
    "/admin/parcels/withdrawals",
    "/admin/parcels/withdrawals.csv",
    "/admin/parcels/withdrawals/rules",
    "/admin/guard/costs",
    "/admin/guard/costs.csv",
    "/admin/law/consent",
    "/admin/mails",
]
TEMPLATES = Path(plugin.admin.__file__).parent / "templates" / "admin"


@pytest.mark.parametrize("path", PAGES)
@pytest.mark.parametrize("language", ["de", "en"])
def test_every_page_opens_for_a_fresh_shop(browser: Browser, path: str, language: str) -> None:
    browser.client.set_cookie("bleib-language", language, path="/admin")
    response = browser.get(path)
    assert response.status_code == 200
    assert response.headers["Cache-Control"] == "no-store"
    if response.mimetype == "text/html":
        assert f'<html lang="{language}">' in response.text
        assert "{" not in re.sub(r"<script.*?</script>|content='.*?'", "", response.text)


def test_every_page_of_a_route_without_id_is_in_this_test(app: Flask) -> None:
    plain = {
        rule.rule
        for rule in app.url_map.iter_rules()
        if rule.rule.startswith("/admin/") and "GET" in (rule.methods or ()) and not rule.arguments
    }
    elsewhere = {"/admin/setup/embed", "/admin/bounce", "/admin/connections/list", "/admin/grant"}
    elsewhere.add("/admin/static/admin.css")  # test_styles.py
    own = ("/admin/data", "/admin/leave")  # test_data.py, test_team.py: of shops of their own
    own_shops = {path for path in plain if path.startswith(own)}
    tried = {path.split("?")[0] for path in PAGES if not path.startswith("/admin/law/documents/")}
    assert plain - elsewhere - own_shops == tried


@pytest.mark.parametrize("path", [*PAGES, "/admin/widgets/1", "/admin/widgets/1/preview"])
def test_without_a_session_there_is_nothing_but_the_way_back(app: Flask, path: str) -> None:
    response = app.test_client().get(path)
    assert response.status_code == 401
    assert "Uferhaus" not in response.text


def test_after_the_session_ended_the_page_leads_back_into_the_shop(browser: Browser) -> None:
    browser.get("/admin/")
    browser.client.delete_cookie("bleib")
    assert "uferhaus.myshopify.com" in browser.get("/admin/").text


def test_a_session_of_an_earlier_install_is_dead(
    browser: Browser, context: Context, installed: Callable[..., Shop], app: Flask
) -> None:
    again = installed("neu.myshopify.com", generation=3)
    client = app.test_client()
    client.set_cookie("bleib", context.keys.sign("session", [again.id, 2]))
    assert client.get("/admin/").status_code == 401


def test_the_language_follows_the_shop_and_can_be_switched(
    installed: Callable[..., Shop], sign_in: Callable[[Shop], Browser]
) -> None:
    browser = sign_in(installed("london.myshopify.com", locale="en-GB"))
    assert '<html lang="en">' in browser.get("/admin/").text
    switched = browser.get("/admin/guard?lang=de&step=2")
    assert (switched.status_code, switched.location) == (302, "/admin/guard?step=2")
    assert '<html lang="de">' in browser.get("/admin/guard").text


def test_pages_carry_no_inline_script_or_style(browser: Browser, fresh: Shop) -> None:
    for path in [*PAGES, "/admin/widgets/1", "/admin/widgets/1/preview"]:
        if path.endswith(".pdf"):
            continue
        text = browser.get(path).text
        assert not re.search(r"\sstyle=|<style|\son[a-z]+=", text), path
        for script in re.findall(r"<script([^>]*)>", text):
            assert "src=" in script or "application/json" in script, path


def test_only_the_preview_may_stand_in_a_frame(browser: Browser) -> None:
    policy = "Content-Security-Policy"
    assert "frame-ancestors 'none'" in browser.get("/admin/widgets").headers[policy]
    preview = browser.get("/admin/widgets/1/preview")
    assert "frame-ancestors 'self'" in preview.headers[policy]
    assert "unsafe-inline" not in preview.headers[policy]


def test_a_page_that_does_not_exist_leads_to_the_overview(browser: Browser) -> None:
    response = browser.get("/admin/widgets/999", Accept="text/html")
    assert response.status_code == 404
    assert 'href="/admin/"' in response.text


def test_counted_figures_reach_the_overview_and_its_table(
    browser: Browser, context: Context, fresh: Shop
) -> None:
    today = insight.day_of(fresh, context.now())
    with context.db.write() as connection:
        for kind, count in (("sign_up", 7), ("confirmed", 5)):
            insight.count(
                connection, fresh.id, day=today, widget="newsletter", kind=kind, count=count
            )
    overview = browser.get("/admin/").text
    assert "<b>5</b></dd>" in overview
    assert "von 7 Anmeldungen" in overview
    assert '<td class="n">7</td>' in browser.get("/admin/overview/table").text
    assert "newsletter;sign_up;7" in browser.get("/admin/overview.csv?days=28").text


def test_another_shop_sees_none_of_it(
    browser: Browser,
    context: Context,
    fresh: Shop,
    installed: Callable[..., Shop],
    sign_in: Callable[[Shop], Browser],
) -> None:
    today = insight.day_of(fresh, context.now())
    with context.db.write() as connection:
        insight.count(connection, fresh.id, day=today, widget="newsletter", kind="sign_up", count=7)
    other = sign_in(installed("andere.myshopify.com"))
    assert "sign_up" not in other.get("/admin/overview.csv").text


def test_a_dead_step_is_named_with_its_reason_and_runs_again_on_request(
    browser: Browser, context: Context, fresh: Shop
) -> None:
    step = _dead_step(context, fresh)
    page = browser.get("/admin/work").text
    assert "Der Mailserver des Empfängers nimmt die Mail nicht an." in page
    assert browser.post(f"/admin/work/{step}/again", "/admin/work").status_code == 303
    assert "Nichts blieb liegen." in browser.get("/admin/work").text


def test_a_dead_step_of_another_shop_does_not_exist(
    browser: Browser, context: Context, installed: Callable[..., Shop]
) -> None:
    step = _dead_step(context, installed("andere.myshopify.com"))
    assert browser.post(f"/admin/work/{step}/again").status_code == 404


def _dead_step(context: Context, shop: Shop) -> int:
    now = context.now()
    with context.db.write() as connection:
        inserted = connection.execute(
            steps.steps.insert()
            .values(
                shop_id=shop.id,
                kind="mail.send",
                key="mail:1",
                payload={},
                state="dead",
                due_at=now,
                attempts=3,
                error="mail_rejected",
                created_at=now,
                finished_at=now,
            )
            .returning(steps.steps.c.id)
        )
        return int(inserted.scalar_one())


def test_stopping_shows_a_band_on_every_page_until_it_is_switched_on_again(
    browser: Browser,
) -> None:
    assert browser.post("/admin/stop").status_code == 303
    for path in ("/admin/", "/admin/widgets", "/admin/guard"):
        assert "Bleib ist angehalten" in browser.get(path).text
    browser.post("/admin/restart", "/admin/")
    assert "Bleib ist angehalten" not in browser.get("/admin/").text


def test_stopping_twice_keeps_the_first_time(context: Context, fresh: Shop) -> None:
    stopping.stop(context, fresh)
    with context.db.read() as connection:
        from plugin.store.shops import shop_by_id

        first = shop_by_id(connection, fresh.id)
    assert first is not None
    stopping.stop(context, first)
    with context.db.read() as connection:
        assert shop_by_id(connection, fresh.id) == first


@pytest.mark.parametrize(
    "path",
    [
        "/admin/stop",
        "/admin/restart",
        "/admin/guard",
        "/admin/setup/embed",
        "/admin/setup/sender",
        "/admin/widgets/1",
        "/admin/widgets/1/publish",
        "/admin/widgets/1/on",
        "/admin/widgets/1/off",
        "/admin/widgets/new",
        "/admin/widgets/goals?goal=new",
        "/admin/widgets/1/rename",
        "/admin/widgets/1/duplicate",
        "/admin/widgets/1/move",
        "/admin/widgets/1/delete",
        "/admin/look",
        "/admin/manners",
        "/admin/work/1/again",
    ],
)
def test_a_form_without_its_token_changes_nothing(
    browser: Browser, context: Context, fresh: Shop, path: str
) -> None:
    response = browser.client.post(path, data={"budget": "1", "seen": "200"})
    assert response.status_code == 400
    assert browser.client.post(path, data={"csrf_token": "made-up"}).status_code == 400
    assert {item.state for item in campaigns.all_of(context, fresh)} == {"draft"}
    assert "Bleib ist angehalten" not in browser.get("/admin/").text


def test_both_languages_have_the_same_texts() -> None:
    texts = area_texts("admin")
    assert texts.keys("de") == texts.keys("en")


def test_templates_hold_no_words_of_their_own() -> None:
    for path in TEMPLATES.glob("*.html"):
        text = re.sub(r"\{% block width %\}.*?\{% endblock %\}", "", path.read_text())
        text = re.sub(r"\{#.*?#\}|\{%.*?%\}|\{\{.*?\}\}", " ", text, flags=re.DOTALL)
        text = re.sub(r"<(script|style|svg)\b.*?</\1>|<[^>]*>|&[a-z]+;", " ", text, flags=re.DOTALL)
        text = re.sub(r'aria-[a-z]+="[^"]*"', " ", text)
        assert not re.search(r"[A-Za-zÄÖÜäöüß]{2,}", text), (path.name, text.split())


def test_every_text_that_a_template_names_exists() -> None:
    keys = area_texts("admin").keys("de")
    for path in TEMPLATES.glob("*.html"):
        for key in re.findall(r"\bt\(\"([a-z_0-9.]+)\"[,)]", path.read_text()):
            assert key in keys, (path.name, key)
