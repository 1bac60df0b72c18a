"""The page of rules: made, ordered, switched, deleted; and as a file for spreadsheets."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING

import pytest

from plugin.model import Shop
from plugin.services import campaigns
from plugin.services.context import Context
from plugin.services.suggestions import cart_trial, relation_csv, rules
from plugin.store import catalogue
from tests.fakes.things import a_product

if TYPE_CHECKING:
    from tests.admin.conftest import Browser

A_RULE = {
    "kind": "accessory", "of_kind": "tag", "of": "Wolle", "to_kind": "product",
    "to": "Wollwaschmittel", "words_de": "Zum Waschen von [Artikel]",
    "since": "2026-12-01", "until": "2027-01-06", "yearly": "1", "pinned": "1",
}  # fmt: skip


@pytest.fixture(autouse=True)
def stocked(context: Context, fresh: Shop) -> None:
    items = [
        a_product(1, title="Wandersocke", tags=("Wolle",), categories=("Socken",)),
        a_product(2, title="Wollwaschmittel"),
        a_product(3, title="=Holzöl", handle="holzoel"),
    ]
    with context.db.write() as connection:
        catalogue.put_products(connection, fresh.id, items)


def test_a_rule_is_made_changed_moved_switched_and_deleted(
    browser: Browser, context: Context, fresh: Shop
) -> None:
    assert browser.post("/admin/suggestions", **A_RULE).status_code == 303
    other = {"kind": "never", "of_kind": "any", "to_kind": "category", "to": "socken"}
    browser.post("/admin/suggestions", **other)
    page = browser.get("/admin/suggestions").text
    assert "Zu allem mit Schlagwort „Wolle“: Wollwaschmittel" in page
    assert "jedes Jahr 1. Dez. bis 6. Jan." in page
    assert "Was in „socken“ steht" in page
    first, second = rules.lines(context, fresh)
    assert first.rule.words == {"de": "Zum Waschen von {with}"}
    assert "2028-12-01" in browser.get(f"/admin/suggestions?rule={first.id}").text
    browser.post("/admin/suggestions", **{**A_RULE, "kind": "fits", "rule": str(first.id)})
    browser.post(f"/admin/suggestions/{second.id}/up")
    browser.post(f"/admin/suggestions/{first.id}/off")
    found = rules.lines(context, fresh)
    assert [(one.rule.kind, one.state) for one in found] == [("never", "on"), ("fits", "off")]
    browser.post(f"/admin/suggestions/{second.id}/delete")
    assert len(rules.lines(context, fresh)) == 1
    assert browser.post(f"/admin/suggestions/{second.id}/delete").status_code == 404


def test_a_cart_is_tried_before_a_shopper_sees_it(
    browser: Browser, context: Context, fresh: Shop
) -> None:
    browser.post("/admin/suggestions", **A_RULE, page="/admin/stop")
    assert "laufen noch nicht" in browser.get("/admin/suggestions?cart=Wandersocke").text
    assert "gibt es nicht" in browser.get("/admin/suggestions?cart=Seide").text
    found = next(one for one in campaigns.all_of(context, fresh) if one.widget == "cross_sell")
    campaigns.publish(context, fresh, found.id)
    once = {name: text for name, text in A_RULE.items() if name not in ("yearly", "since", "until")}
    browser.post("/admin/suggestions", **{**once, "of": "wolle", "words_de": "Wäscht [Artikel]"})
    tried = browser.get("/admin/suggestions?cart=wandersocke").text
    assert "Wäscht Wandersocke" in tried
    assert "Ihre Regel" in tried


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"to": "Seife"}, "gibt es nicht"),
        ({"of": "Seide"}, "Kein Artikel hat dieses Schlagwort"),
        ({"to": ""}, "fehlt eine Angabe"),
        ({"until": ""}, "braucht beide Tage"),
        ({"since": "gestern"}, "kein Tag"),
        ({"words_de": "{x}"}, "keine anderen Klammern"),
        ({"kind": "x"}, "Wählen Sie"),
        ({"of_kind": "product", "of": "wollwaschmittel", "to": "2"}, "Beide Seiten sind dasselbe"),
        ({"of_kind": "product", "of": "teeschale-2"}, "Beide Seiten sind dasselbe"),
    ],
)
def test_what_does_not_fit_is_said_at_its_field_and_nothing_is_lost(
    browser: Browser, context: Context, fresh: Shop, changes: dict[str, str], said: str
) -> None:
    refused = browser.post("/admin/suggestions", **{**A_RULE, **changes})
    assert refused.status_code == 422
    assert said in refused.text
    assert rules.lines(context, fresh) == []


@pytest.mark.parametrize("text", ["\x00", "\ud800", "'; DROP TABLE products; --", "<script>", "%s"])
def test_hostile_names_are_unknown_names(context: Context, fresh: Shop, text: str) -> None:
    typed = rules.Typed("fits", "product", text, "tag", text, words={"de": text})
    assert set(rules.save(context, fresh, typed)) >= {"of", "to"}
    assert cart_trial.tried(context, fresh, text, "de").problem == "unknown_product"


def test_the_file_goes_out_and_in_again_and_holds_no_formula(
    browser: Browser, context: Context, fresh: Shop
) -> None:
    browser.post("/admin/suggestions", **A_RULE)
    once = {name: text for name, text in A_RULE.items() if name not in ("yearly", "since")}
    browser.post("/admin/suggestions", **{**once, "of_kind": "any", "words_en": "=1+1"})
    before = [line.rule for line in rules.lines(context, fresh)]
    file = browser.get("/admin/suggestions/rules.csv").data
    assert b"'=1+1" in file
    token = browser.token("/admin/stop")
    for _ in range(2):
        sent = {"csrf_token": token, "file": (io.BytesIO(file), "rules.csv")}
        assert browser.client.post("/admin/suggestions/file", data=sent).status_code == 200
    assert [line.rule for line in rules.lines(context, fresh)] == before
    for line in rules.lines(context, fresh):
        rules.delete(context, fresh, line.id)
    assert relation_csv.take(context, fresh, file).taken == 2
    assert [line.rule for line in rules.lines(context, fresh)] == before


def test_a_file_says_row_and_column_of_what_does_not_fit(context: Context, fresh: Shop) -> None:
    file = (
        "Art;Zu;Zeige;Von;Grund deutsch\n"
        "Zubehör;Schlagwort: wolle;Wollwaschpulver;;\n"
        "nie zusammen;Wandersocke;holzoel;;\n"
        "Nachfüllung;alles;Wollwaschmittel;24.12.;'=HEUTE()\n"
        "nie zusammen;alles;Kategorie: Socken;;\n"
    )
    found = relation_csv.take(context, fresh, file.encode())
    assert found.taken == 2
    assert [(one.row, one.column, one.code) for one in found.problems] == [
        (2, "Zeige", "unknown_product"),
        (4, "Bis", "both_days"),
    ]
    said = [(line.rule.kind, line.of_name, line.to_name) for line in rules.lines(context, fresh)]
    assert said == [("never", "Wandersocke", "=Holzöl"), ("never", "", "Socken")]


def test_a_season_is_of_every_year_or_once_and_nobody_guesses_which(
    context: Context, fresh: Shop
) -> None:
    file = "Art;Zu;Zeige;Von;Bis\nZubehör;Wandersocke;Schlagwort: Wolle;24.12.;31.12.2026\n"
    found = relation_csv.take(context, fresh, file.encode())
    assert [(one.row, one.column, one.code) for one in found.problems] == [(2, "Bis", "time")]
    assert rules.lines(context, fresh) == []
