"""Overview and figures in every state: what is stated, what is not, and what needs the merchant."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING, Any, Literal

import pytest

from plugin.admin.overview_needs import MOST, Need
from plugin.admin.wording import words_for
from plugin.model import Shop
from plugin.services import campaigns, insight
from plugin.services.context import Context
from plugin.services.insight import CampaignEarned, Earned
from plugin.services.insight.results import State, Verdict
from plugin.services.statistics import Interval
from plugin.store import campaigns as campaign_rows
from plugin.store import steps
from tests.fakes.readings import END, GAIN, reading, sums

if TYPE_CHECKING:
    from tests.admin.conftest import Browser


@pytest.fixture
def running(context: Context, fresh: Shop) -> dict[str, int]:
    """Publish a campaign of each widget but one; returns their numbers by widget."""
    found = campaigns.all_of(context, fresh)
    with context.db.write() as connection:
        for one in found:
            if one.widget != "exit_intent":
                campaign_rows.add_version(connection, fresh.id, one.id, one.draft, context.now())
    return {one.widget: one.id for one in found}


@pytest.fixture
def brought(monkeypatch: pytest.MonkeyPatch) -> Callable[[Earned], None]:
    def make(earned: Earned) -> None:
        monkeypatch.setattr(insight, "earned", lambda *_: earned)

    return make


def test_a_gain_is_stated_with_its_range_and_with_whom_it_is_compared(
    browser: Browser, brought: Callable[[Earned], None]
) -> None:
    brought(GAIN)
    text = browser.get("/admin/").text
    assert '<p class="figure">+13.000\xa0€</p>' in text
    assert "mehr Deckungsbeitrag als ohne Bleib." in text
    assert "Sehr wahrscheinlich zwischen 3.000\xa0€ und 23.000\xa0€." in text
    assert "Verglichen mit 21.248 Besuchern (10\u202f%)" in text
    assert 'class="span gain"' in text
    assert "62,60\xa0€" in text
    table = browser.get("/admin/overview/table").text
    assert "55,80\xa0€" in table


def test_a_range_with_zero_in_it_is_no_figure(
    browser: Browser, brought: Callable[[Earned], None]
) -> None:
    brought(replace(GAIN, state="unclear", estimate=Interval(1_800, -1_200, 4_800)))
    text = browser.get("/admin/").text
    assert 'class="figure"' not in text
    assert "Zwischen −1.200\xa0€ und 4.800\xa0€ ist alles möglich." in text.replace("\u2060", "")
    assert 'class="span unclear"' in text


def test_a_loss_is_shown_as_plainly_as_a_gain_with_its_cause(
    browser: Browser, brought: Callable[[Earned], None], running: dict[str, int]
) -> None:
    cause = running["newsletter"]
    brought(replace(GAIN, state="loss", estimate=Interval(-2_100, -4_000, -300), cause=cause))
    text = browser.get("/admin/").text
    assert '<p class="figure">−2.100\xa0€</p>' in text
    assert "Die größte Ursache: Newsletter." in text
    assert f'href="/admin/figures/tests/{cause}"' in text


def test_too_little_is_no_figure_but_a_day_and_what_is_counted(
    browser: Browser, brought: Callable[[Earned], None]
) -> None:
    ready = END + timedelta(days=66)
    few = replace(GAIN, state="too_few", estimate=None, ready_on=ready, per_day=88)
    brought(replace(few, held=sums(2_480, 30, "900")))
    text = browser.get("/admin/").text
    assert "Noch nicht genug Daten" in text
    assert "2.480 von etwa 3.100" in text
    assert "Bei 88 Besuchern am Tag voraussichtlich am 26. Jan. 2027." in text
    assert "Das wissen wir schon" in text
    assert "62,60" not in text.split("<svg")[1].split("aria-label")[0]


@pytest.mark.parametrize(
    ("state", "says", "way_out"),
    [
        ("no_holdout", "Ohne Holdout weiß niemand, was Bleib bringt.", "section=test"),
        ("uneven", "21.248 von 212.480 Besuchern sahen nichts von Bleib", "/admin/setup"),
        ("no_costs", "Bei 2 von 4.400 ist ein Einkaufspreis unbekannt", "/admin/guard/costs"),
    ],
)
def test_what_keeps_bleib_from_measuring_is_named_with_a_way_out(
    browser: Browser, brought: Callable[[Earned], None], state: State, says: str, way_out: str
) -> None:
    brought(replace(GAIN, state=state, estimate=None, curve=()))
    text = browser.get("/admin/").text
    assert says in text
    assert way_out in text.split('id="brought"')[1].split("</section>")[0]


def test_each_widget_has_its_own_comparison_on_one_axis(
    browser: Browser, monkeypatch: pytest.MonkeyPatch, running: dict[str, int]
) -> None:
    many, few = sums(24_910, 200, "900"), sums(2_491, 20, "80")

    def of(widget: str, state: State | Literal["service"], *rest: Any) -> CampaignEarned:
        return CampaignEarned(running[widget], widget, "", state, *rest)

    rows = (
        CampaignEarned(
            running["cross_sell"],
            "cross_sell",
            "",
            "gain",
            Interval(8_100, 1_200, 15_000),
            many,
            few,
        ),
        CampaignEarned(running["newsletter"], "newsletter", "", "too_few", None, many, few),
        CampaignEarned(
            running["shipment_status"], "shipment_status", "", "service", None, few, few
        ),
    )
    monkeypatch.setattr(insight, "by_campaign", lambda *_: rows)
    table = browser.get("/admin/").text.split('id="widgets"')[1]
    assert "+8.000\xa0€" in table
    assert "1.000 bis 15.000\xa0€" in table
    assert ">24.910<" in table
    assert "noch zu wenige Daten" in table
    assert "Service: sieht jeder, auch der Holdout." in table
    assert "läuft noch nicht" in table
    assert "Die Zeilen ergeben nicht die Summe oben" in table


def test_the_most_costly_come_first_and_never_more_than_five(
    browser: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    seven = [Need("dead", "octagon", "/admin/work", {"n": n}) for n in range(1, 8)]
    monkeypatch.setattr("plugin.admin.overview.needs_of", lambda *_: seven)
    shown = browser.get("/admin/").text.split('id="needs"')[1].split("</section>")[0]
    assert shown.count("Aufgaben blieben liegen") == MOST
    assert "6 Aufgaben" not in shown
    assert "Und 2 weitere" in shown
    monkeypatch.setattr("plugin.admin.overview.needs_of", lambda *_: [])
    assert "Im Moment nichts." in browser.get("/admin/").text


def test_with_nothing_to_do_the_daily_mail_is_named_to_whoever_gets_it(
    browser: Browser, monkeypatch: pytest.MonkeyPatch, fresh: Shop
) -> None:
    monkeypatch.setattr("plugin.admin.overview.needs_of", lambda *_: [])
    assert f"steht es hier und in der Tagesmail an {fresh.email}." in browser.get("/admin/").text
    browser.post("/admin/account/mail", page="/admin/account", on="0")
    assert "Entscheidung braucht, steht es hier." in browser.get("/admin/").text


def test_work_that_stands_still_comes_before_what_is_unfinished(
    browser: Browser, context: Context, fresh: Shop
) -> None:
    newsletter = next(x for x in campaigns.all_of(context, fresh) if x.widget == "newsletter")
    draft = {**newsletter.draft, "title": {"de": "Post vom See", "en": ""}}
    campaigns.save_draft(context, fresh, newsletter.id, draft, revision=newsletter.revision)
    now = context.now()
    with context.db.write() as connection:
        connection.execute(
            steps.steps.insert().values(
                shop_id=fresh.id, kind="mail.send", key="mail:1", payload={}, state="dead",
                due_at=now, attempts=3, error="mail_rejected", created_at=now, finished_at=now,
            )
        )  # fmt: skip
    text = browser.get("/admin/").text
    dead, draft_line = (
        text.index("1 Aufgabe blieb liegen"),
        text.index("kann nicht veröffentlicht"),
    )
    assert dead < draft_line < text.index("Die Einrichtung ist noch nicht fertig")
    menu = text.split('class="side"')[1].split("</header>")[0]
    assert menu.split("Widgets")[1].startswith('</span><b class="badge">1</b>')
    assert menu.split("Recht &amp; Daten")[1].startswith('</span><b class="badge">1</b>')


def test_a_platform_that_does_not_answer_is_named_with_the_time(
    browser: Browser, context: Context, fresh: Shop
) -> None:
    now = context.now()
    with context.db.write() as connection:
        for key, state, attempts, at in (("1", "waiting", 3, 40), ("2", "done", 1, 90)):
            connection.execute(
                steps.steps.insert().values(
                    shop_id=fresh.id, kind="sync.products", key=key, payload={}, state=state,
                    due_at=now, attempts=attempts, created_at=now - timedelta(minutes=at),
                    finished_at=now - timedelta(minutes=30) if state == "done" else None,
                    error="platform_unreachable" if state == "waiting" else None,
                )
            )  # fmt: skip
    since = words_for(fresh, "de").time(now - timedelta(minutes=30))
    page = browser.get("/admin/").text
    assert f"antwortet nicht seit {since}." in page.split('id="state-line"')[1]
    with context.db.write() as connection:
        connection.execute(steps.steps.update().values(attempts=1))
    assert "antwortet nicht" not in browser.get("/admin/").text


def test_mail_that_a_server_puts_off_is_counted_with_its_next_try(
    browser: Browser, context: Context, fresh: Shop
) -> None:
    now = context.now()
    with context.db.write() as connection:
        for key, attempts in (("1", 2), ("2", 1), ("3", 0)):
            connection.execute(
                steps.steps.insert().values(
                    shop_id=fresh.id, kind="mail.send", key=key, payload={}, state="waiting",
                    due_at=now + timedelta(minutes=attempts), attempts=attempts, created_at=now,
                    error="mail_deferred" if attempts else None,
                )
            )  # fmt: skip
    text = browser.get("/admin/").text
    assert "2 Mails warten auf einen Mailserver" in text
    next_try = words_for(fresh, "de").moment(now + timedelta(minutes=1))
    assert f"Nächster Versuch: {next_try}." in text


@pytest.mark.parametrize(
    ("verdict", "says"),
    [
        ("undecidable", "noch nicht entscheidbar"),
        ("b_more", "B bringt mehr"),
        ("a_more", "A bringt mehr"),
        ("no_difference", "kein Unterschied ab 13\xa0€"),
    ],
)
def test_a_test_says_its_verdict_and_what_it_can_find(
    browser: Browser,
    monkeypatch: pytest.MonkeyPatch,
    running: dict[str, int],
    verdict: Verdict,
    says: str,
) -> None:
    number = running["newsletter"]
    monkeypatch.setattr(insight, "reading_of", lambda *_: reading(number, verdict))
    for path in ("/admin/figures", f"/admin/figures/tests/{number}"):
        text = browser.get(path).text
        assert says in text
        assert "findet nur Unterschiede ab etwa 15\xa0€ je 100 Besucher" in text
        assert "Nächste Ablesung: 3. Dez. 2026." in text
        assert "58,90\xa0€" in text
        assert "+3\xa0€" in text
        assert "−15 bis 21" in text


def test_a_campaign_that_brings_less_than_nothing_is_told_so(
    browser: Browser, monkeypatch: pytest.MonkeyPatch, running: dict[str, int]
) -> None:
    number = running["newsletter"]
    monkeypatch.setattr(insight, "reading_of", lambda *_: reading(number, "less"))
    text = browser.get(f"/admin/figures/tests/{number}").text
    assert "bringt weniger als nichts zu zeigen" in text
    assert "Sieht die Kampagne" in text
    assert "B gegen A" not in text


def test_where_visitors_are_unevenly_split_no_figure_of_money_is_shown(
    browser: Browser, monkeypatch: pytest.MonkeyPatch, running: dict[str, int]
) -> None:
    number = running["newsletter"]
    monkeypatch.setattr(insight, "reading_of", lambda *_: reading(number, "invalid"))
    for path in ("/admin/figures", f"/admin/figures/tests/{number}"):
        text = browser.get(path).text
        assert "ungültig: Besucher ungleich verteilt" in text
        assert "58,90" not in text
        assert 'class="span ' not in text


def test_a_test_of_another_shop_or_version_does_not_exist(
    browser: Browser, context: Context, installed: Callable[..., Shop], running: dict[str, int]
) -> None:
    other = campaigns.all_of(context, installed("andere.myshopify.com"))[0]
    assert browser.get(f"/admin/figures/tests/{other.id}").status_code == 404
    assert browser.get(f"/admin/figures/tests/{running['newsletter']}?version=2").status_code == 404
    assert "lief noch nie" in browser.get(f"/admin/figures/tests/{running['exit_intent']}").text


def test_the_funnel_says_which_share_took_each_step(
    browser: Browser, context: Context, fresh: Shop
) -> None:
    today = insight.day_of(fresh, context.now())
    with context.db.write() as connection:
        for kind, count in (("impression", 18_420), ("sign_up", 418), ("confirmed", 312)):
            insight.count(
                connection, fresh.id, day=today, widget="newsletter", kind=kind, count=count
            )
    funnel = browser.get("/admin/figures").text.split('id="funnel"')[1].split("</section>")[0]
    assert "<b>18.420</b>" in funnel
    assert "2,3\u202f%" in funnel
    assert "74,6\u202f%" in funnel
    assert "Eingelöst" not in funnel
