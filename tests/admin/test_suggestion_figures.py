"""The page of suggestions: states a figure only with its range, a loss plainly, doubt as doubt."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest

from plugin.model import Shop
from plugin.services import campaigns, orders
from plugin.services.context import Context
from plugin.store import relations, suggestion_days
from plugin.store.relations import Rule
from plugin.store.suggestion_days import CartPlace, CartSums, ItemPlace
from tests.conftest import START
from tests.fakes.things import a_line, an_order

if TYPE_CHECKING:
    from tests.admin.conftest import Browser

REPORT = "/admin/figures/suggestions"
TODAY = START.date()


def carts(views: int, grew: int, worth: int = 2500, added: int = 0) -> CartSums:
    """Carts of which some grew, all by the same worth."""
    return CartSums(views, grew, 0, grew * worth, float(grew * worth**2), added, added * 4 // 5)


class Suggesting:
    """A shop whose suggestions are running."""

    def __init__(self, context: Context, shop: Shop) -> None:
        self.context, self.shop = context, shop
        found = campaigns.all_of(context, shop)
        self.campaign = next(one.id for one in found if one.widget == "cross_sell")
        self.set()

    def set(self, **settings: Any) -> None:
        found = campaigns.find(self.context, self.shop, self.campaign)
        campaigns.save_draft(
            self.context,
            self.shop,
            self.campaign,
            {**found.draft, **settings},
            revision=found.revision,
        )
        campaigns.publish(self.context, self.shop, self.campaign)

    def counted(self, mark: str, *numbers: int, days_ago: int = 1) -> None:
        day = TODAY - timedelta(days=days_ago)
        kinds = zip(("shown", "click", "add", "undo"), numbers, strict=True)
        sums = {ItemPlace(day, self.campaign, mark, kind): number for kind, number in kinds}
        with self.context.db.write() as connection:
            suggestion_days.add_items(connection, self.shop.id, sums)

    def carts(self, shown: CartSums, held: CartSums) -> None:
        sums = {
            CartPlace(TODAY, self.campaign, 1, "a"): shown,
            CartPlace(TODAY, self.campaign, 1, "-"): held,
        }
        with self.context.db.write() as connection:
            suggestion_days.add_carts(connection, self.shop.id, sums)

    def ordered(self, number: int, mark: str, days_ago: int = 1, **values: Any) -> None:
        at = START - timedelta(days=days_ago)
        line = a_line(number, source=f"cross_sell:{self.campaign}:{mark}", **values)
        order = replace(an_order(number), created_at=at, updated_at=at, lines=(line,))
        with self.context.db.write() as connection:
            orders.ingest(connection, self.context, self.shop, order)


@pytest.fixture
def suggesting(context: Context, fresh: Shop) -> Suggesting:
    return Suggesting(context, fresh)


def test_before_anything_runs_the_page_says_what_to_do(browser: Browser) -> None:
    assert "Noch keine Vorschläge im Shop." in browser.get(REPORT).text


def test_with_too_little_it_says_how_much_is_missing(
    browser: Browser, suggesting: Suggesting
) -> None:
    suggesting.carts(carts(800, 90), carts(90, 3))
    page = browser.get(REPORT).text
    assert "Noch nicht genug Daten." in page
    assert "Es fehlen noch 10 Warenkörbe" in page
    assert "Voraussichtlich am 22. Nov. 2026" in page


@pytest.mark.parametrize(
    ("grew", "told"),
    [
        (
            1800,
            (
                "+12 von 100",
                "Sehr wahrscheinlich zwischen",
                "20 von 100 mit Vorschlägen, 8 von 100",
            ),
        ),
        (720, ("Kein klarer Unterschied.", "ist alles möglich")),
        (180, ("−6 von 100", "weniger wachsen", "Ein Verlust ist ein Verlust")),
    ],
)
def test_gain_doubt_and_loss_are_told_with_their_range(
    browser: Browser, suggesting: Suggesting, grew: int, told: tuple[str, ...]
) -> None:
    suggesting.carts(carts(9000, grew), carts(1000, 80))
    page = browser.get(REPORT).text
    for words in told:
        assert words in page, words


def test_groups_that_cannot_be_compared_give_no_figure(
    browser: Browser, suggesting: Suggesting
) -> None:
    suggesting.carts(carts(9000, 1800), carts(400, 20))
    page = browser.get(REPORT).text
    assert "Ungültig: ungleich verteilt." in page
    assert "+12" not in page


def test_who_compares_with_nobody_is_told_so(browser: Browser, suggesting: Suggesting) -> None:
    suggesting.set(experiment={"no_holdout": True})
    assert "Sie messen nicht." in browser.get(REPORT).text


def test_each_origin_has_its_row_and_the_export_every_number(
    browser: Browser, suggesting: Suggesting
) -> None:
    suggesting.counted("r12", 400, 20, 30, 2)
    suggesting.counted("o", 60, 3, 4, 0)
    suggesting.ordered(1, "r12")
    suggesting.ordered(2, "o", quantity=2, kept=1)
    page = browser.get(REPORT).text
    for words in (
        "Ihre Regel 12, gelöscht",
        "Oft zusammen bestellt",
        "7\u202f%, zwischen",
        "noch zu wenige",
    ):
        assert words in page, words
    rows = browser.get(f"{REPORT}.csv").text.splitlines()
    assert rows[0] == "\ufeffday;campaign;origin;kind;count;amount;currency"
    assert f"2026-11-20;{suggesting.campaign};r12;shown;400;;EUR" in rows
    assert f"2026-11-20;{suggesting.campaign};o;kept;1;19,00;EUR" in rows


def test_rules_are_called_by_what_they_say_and_deleted_ones_by_their_number(
    browser: Browser, suggesting: Suggesting
) -> None:
    rule = Rule("accessory", "tag", "Tee", "category", "Siebe", False, True, None, None, {})
    with suggesting.context.db.write() as connection:
        kept = relations.insert_rule(connection, suggesting.shop.id, rule, START)
    for number in (kept, kept + 1):
        suggesting.counted(f"r{number}", 5, 0, 0, 0)
    page = browser.get(REPORT).text
    assert "Ihre Regel: Stichwort Tee → Kategorie Siebe" in page
    assert f"Ihre Regel {kept + 1}, gelöscht" in page


def test_a_campaign_of_nobody_is_not_found(browser: Browser, suggesting: Suggesting) -> None:
    assert browser.get(f"{REPORT}?campaign=999").status_code == 404
    assert browser.get(f"{REPORT}?campaign={suggesting.campaign}").status_code == 200
