"""Several campaigns of a widget: added, copied, named, put in order, taken away."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import pytest

from plugin.model import Shop
from plugin.services import campaigns
from plugin.services.context import Context

if TYPE_CHECKING:
    from tests.admin.conftest import Browser


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
    assert "Mehrere Fenster sind an." not in page


def test_a_new_campaign_begins_with_its_design_and_is_not_visible(
    browser: Browser, context: Context, fresh: Shop
) -> None:
    assert "Angelegt, als Entwurf." in browser.get(_add(browser, "Advent") + "?done=added").text
    added = campaigns.all_of(context, fresh)[-1]
    assert (added.name, added.state, added.draft["frame"]) == ("Advent", "draft", "corner")
    assert "<h1>Advent</h1>" in browser.get(f"/admin/widgets/{added.id}").text
    page = browser.get("/admin/widgets").text
    assert "Beim Verlassen. Für alle Besucher. Öffnet sich, wenn" in page


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


def test_two_windows_that_run_are_told_who_comes_first(browser: Browser) -> None:
    for path in (_add(browser, "Advent"), _add(browser, "Winter")):
        browser.post(f"{path}/on", "/admin/widgets")
    page = browser.get("/admin/widgets").text
    assert "Zuerst kommt „Advent“." in page


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
