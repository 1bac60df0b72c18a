"""Several campaigns of a widget: added, copied, named, put in order, taken away."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from plugin.model import Shop
from plugin.services import campaigns
from plugin.services.context import Context

if TYPE_CHECKING:
    from tests.admin.conftest import Browser
    from tests.conftest import MovingClock


def _names(context: Context, shop: Shop) -> list[str]:
    found = campaigns.all_of(context, shop)
    return [item.name for item in found if item.widget == "exit_intent"]


def _add(browser: Browser, name: str, kind: str = "exit_intent:letter") -> str:
    answer = browser.post("/admin/widgets/new", "/admin/widgets/new", name=name, kind=kind)
    assert answer.status_code == 303
    return answer.location.partition("?")[0]


def test_who_has_one_campaign_of_each_sees_four_widgets_by_their_names(browser: Browser) -> None:
    page = browser.get("/admin/widgets").text
    for name in ("Beim Verlassen", "Newsletter", "Passt dazu", "Sendungsstatus"):
        assert f">{name}</a>" in page
    assert "Nach vorn" not in page
    assert "Zwei Fenster wollen" not in page


def test_a_new_campaign_begins_with_its_design_and_is_not_visible(
    browser: Browser, context: Context, fresh: Shop
) -> None:
    assert "Angelegt, als Entwurf." in browser.get(_add(browser, "Advent") + "?done=added").text
    added = campaigns.all_of(context, fresh)[-1]
    assert (added.name, added.state, added.draft["frame"]) == ("Advent", "draft", "corner")
    assert "<h1>Advent</h1>" in browser.get(f"/admin/widgets/{added.id}").text
    page = browser.get("/admin/widgets").text
    assert "Beim Verlassen. Für alle Besucher. Öffnet sich, wenn" in page


def test_a_window_that_waits_for_time_is_not_called_after_leaving(
    browser: Browser, context: Context, fresh: Shop
) -> None:
    window = next(one for one in campaigns.all_of(context, fresh) if one.widget == "exit_intent")
    waits = {"desktop": False, "phone": False, "after_seconds": 20}
    draft = {**window.draft, "trigger": {**window.draft["trigger"], **waits}}
    campaigns.save_draft(context, fresh, window.id, draft, revision=window.revision)
    page = browser.get("/admin/widgets").text
    assert ">Fenster</a>" in page
    assert "Öffnet sich nach 20 Sekunden auf der Seite." in page
    assert "Beim Verlassen" not in page


@pytest.mark.parametrize(
    ("name", "kind", "reason"),
    [
        ("", "newsletter", "Bitte einen Namen mit höchstens 60 Zeichen eingeben."),
        ("x" * 61, "newsletter", "Bitte einen Namen mit höchstens 60 Zeichen eingeben."),
        ("Advent", "gibt_es_nicht", "Art der Kampagne"),
    ],
)
def test_a_campaign_without_name_or_kind_is_refused_and_the_entry_stays(
    browser: Browser, context: Context, fresh: Shop, name: str, kind: str, reason: str
) -> None:
    before = len(campaigns.all_of(context, fresh))
    refused = browser.post("/admin/widgets/new", "/admin/widgets/new", name=name, kind=kind)
    assert refused.status_code == 422
    assert reason in refused.text
    assert f'value="{name}"' in refused.text
    assert len(campaigns.all_of(context, fresh)) == before


def test_campaigns_are_copied_renamed_and_put_in_order(
    browser: Browser, context: Context, fresh: Shop
) -> None:
    path = _add(browser, "Advent")
    browser.post(f"{path}/duplicate", "/admin/widgets")
    assert _names(context, fresh) == ["", "Advent", "Advent (Kopie)"]
    browser.post(f"{path}/rename", "/admin/widgets", name="  Winter ")
    browser.post(f"{path}/move", "/admin/widgets", to="earlier")
    assert _names(context, fresh) == ["Winter", "", "Advent (Kopie)"]
    browser.post(f"{path}/move", "/admin/widgets", to="later")
    browser.post(f"{path}/move", "/admin/widgets", to="later")
    assert _names(context, fresh) == ["", "Advent (Kopie)", "Winter"]
    refused = browser.post(f"{path}/rename", "/admin/widgets", name="x" * 61)
    assert refused.status_code == 422
    assert f'value="{"x" * 61}"' in refused.text
    assert "höchstens 60 Zeichen" in refused.text


def test_what_goes_and_what_stays_is_said_before_a_campaign_is_deleted(
    browser: Browser, context: Context, fresh: Shop
) -> None:
    path = _add(browser, "Advent")
    page = browser.get(f"{path}/delete").text
    assert "„Advent“ löschen?" in page
    assert "als Nachweis der Einwilligung" in page
    assert _names(context, fresh) == ["", "Advent"]
    assert browser.post(f"{path}/delete", f"{path}/delete").status_code == 303
    assert _names(context, fresh) == [""]
    assert browser.get(path).status_code == 404


def _answer(context: Context, shop: Shop, **values: object) -> None:
    """Say of each new window what it is good for, with more of its draft."""
    for item in campaigns.all_of(context, shop):
        if item.name:
            draft = item.draft | {"benefit": "Ein Gutschein"} | values
            campaigns.save_draft(context, shop, item.id, draft, revision=item.revision)


def test_a_new_window_runs_only_once_its_benefit_is_named(
    browser: Browser, context: Context, fresh: Shop
) -> None:
    path = _add(browser, "Advent")
    refused = browser.post(f"{path}/on", "/admin/widgets")
    assert refused.location == f"{path}?blocked=1#checks"
    assert "Was hat der Kunde davon?" in browser.get(f"{path}?section=target").text
    _answer(context, fresh)
    assert browser.post(f"{path}/on", "/admin/widgets").location.endswith("?done=on")


def test_two_windows_for_the_same_page_are_told_who_comes_first(
    browser: Browser, context: Context, fresh: Shop
) -> None:
    paths = [_add(browser, "Advent"), _add(browser, "Winter")]
    _answer(context, fresh)
    for path in paths:
        browser.post(f"{path}/on", "/admin/widgets")
    page = browser.get("/admin/widgets").text
    assert "Zwei Fenster wollen auf dieselben Seiten." in page
    assert "nimmt zuerst „Advent“." in page
    beside = browser.get(f"{paths[1]}?section=target").text
    assert "„Advent“ will dieselben Seiten." in beside
    assert "diese Kampagne wartet" in beside


def test_the_list_says_what_is_planned_and_what_is_over(
    browser: Browser, context: Context, fresh: Shop, moving_clock: MovingClock
) -> None:
    path = _add(browser, "Advent")
    start = (moving_clock() + timedelta(days=3)).isoformat()
    end = (moving_clock() + timedelta(days=9)).isoformat()
    schedule = {"starts": start, "ends": end, "weekdays": [], "hours_from": "", "hours_to": ""}
    _answer(context, fresh, schedule=schedule)
    browser.post(f"{path}/on", "/admin/widgets")
    assert "geplant ab" in browser.get("/admin/widgets").text
    moving_clock.move(days=4)
    assert "läuft seit" in browser.get("/admin/widgets").text
    moving_clock.move(days=6)
    assert "beendet am" in browser.get("/admin/widgets").text


def test_a_shop_without_campaigns_begins_with_the_parcel_status(
    browser: Browser, context: Context, fresh: Shop
) -> None:
    for item in campaigns.all_of(context, fresh):
        campaigns.delete(context, fresh, item.id)
    assert "Noch keine Kampagne." in browser.get("/admin/widgets").text
    assert browser.post("/admin/widgets/first", "/admin/widgets").status_code == 303
    (only,) = campaigns.all_of(context, fresh)
    assert (only.widget, only.state) == ("shipment_status", "published")


def test_a_goal_leads_to_a_draft_with_its_benefit_and_the_discount_is_last(
    browser: Browser, context: Context, fresh: Shop
) -> None:
    page = browser.get("/admin/widgets/goals?goal=new").text
    order = [page.index(f'value="{name}"') for name in ("letter", "question", "voucher")]
    assert order == sorted(order)
    taken = browser.post(
        "/admin/widgets/goals", "/admin/widgets/goals?goal=new", proposal="voucher"
    )
    assert taken.location.endswith("?done=added")
    added = next(one for one in campaigns.all_of(context, fresh) if one.name)
    assert added.draft["benefit"] == "Ein Gutschein für die erste Bestellung"
    assert added.draft["audience"]["first"]["subscribers"] == "not"
    refused = browser.post("/admin/widgets/goals", "/admin/widgets/goals?goal=new", proposal="x")
    assert refused.status_code == 422


def test_where_there_are_too_many_the_way_out_is_said(
    browser: Browser, context: Context, fresh: Shop
) -> None:
    present = len(campaigns.all_of(context, fresh))
    for number in range(campaigns.MOST_CAMPAIGNS - present):
        campaigns.create(context, fresh, "newsletter", f"Nummer {number}")
    assert "Löschen Sie zuerst eine." in browser.get("/admin/widgets/new").text
    refused = browser.post("/admin/widgets/new", "/admin/widgets/new", name="A", kind="newsletter")
    assert refused.status_code == 409
    copied = browser.post("/admin/widgets/1/duplicate", "/admin/widgets")
    assert copied.status_code == 409
    assert "Löschen Sie zuerst eine." in copied.text


def test_campaigns_of_another_shop_cannot_be_touched(
    browser: Browser, context: Context, installed: Callable[..., Shop]
) -> None:
    foreign = installed("andere.myshopify.com")
    path = f"/admin/widgets/{campaigns.all_of(context, foreign)[0].id}"
    before = campaigns.all_of(context, foreign)
    for act in ("rename", "duplicate", "move", "delete"):
        assert browser.post(f"{path}/{act}", name="X", to="later").status_code == 404
    assert browser.get(f"{path}/delete").status_code == 404
    assert campaigns.all_of(context, foreign) == before


def test_counts_are_short_and_say_once_of_which_days_they_are(
    browser: Browser, context: Context, fresh: Shop
) -> None:
    parcels = next(x for x in campaigns.all_of(context, fresh) if x.widget == "shipment_status")
    browser.post(f"/admin/widgets/{parcels.id}/on")
    page = browser.get("/admin/widgets").text
    assert "<b>0</b> Aufrufe</p>" in page
    assert page.count("28 Tagen") == 1
    assert "zählen zusammen" not in page
    _add(browser, "Zweites Fenster")
    assert "Kampagnen desselben Widgets zählen zusammen." in browser.get("/admin/widgets").text
