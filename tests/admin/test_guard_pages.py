"""The guard's pages: limits are saved without overwriting anybody, tried, and fed with costs."""

from __future__ import annotations

import io
import re
from datetime import timedelta
from decimal import Decimal
from typing import TYPE_CHECKING

import sqlalchemy as sa

from plugin.model import Product, Shop, Variant
from plugin.services import guard_limits
from plugin.services.context import Context
from plugin.store import catalogue
from plugin.store.orders import orders
from tests.conftest import START

if TYPE_CHECKING:
    from tests.admin.conftest import Browser


def test_the_budget_is_saved_and_bad_ones_are_kept_beside_their_reason(
    browser: Browser, context: Context, fresh: Shop
) -> None:
    assert browser.post("/admin/guard", budget="350,50", seen="0").status_code == 303
    assert guard_limits.monthly_budget(context, fresh) == Decimal("350.50")
    for typed in ("", "viel", "1.20", "99999999", "-5", "5,005"):
        refused = browser.post("/admin/guard", budget=typed, seen="1")
        assert refused.status_code == 422, typed
        assert f'value="{typed}"' in refused.text
    assert guard_limits.monthly_budget(context, fresh) == Decimal("350.50")


def test_of_two_budgets_the_second_is_asked(
    browser: Browser, context: Context, fresh: Shop
) -> None:
    browser.post("/admin/guard", budget="500", seen="0")
    conflict = browser.post("/admin/guard", budget="600", holdout="25", holdout_on="1", seen="0")
    assert conflict.status_code == 409
    for told in ("500", "600", "10", "25"):
        assert re.search(rf">{told}\s[€%]</td>", conflict.text), told
    assert "Jemand über die Verwaltung von Shopify hat auch gerade gespeichert" in conflict.text
    assert guard_limits.monthly_budget(context, fresh) == Decimal(500)
    asked_again = re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)"', conflict.text)
    assert browser.post("/admin/guard", **dict(asked_again)).status_code == 303
    saved = guard_limits.limits_of(context, fresh)
    assert [saved.limits.budget, saved.limits.holdout, saved.revision] == [600, 25, 2]


def test_what_a_form_does_not_name_stays_and_an_empty_box_switches_off(
    browser: Browser, context: Context, fresh: Shop
) -> None:
    browser.post("/admin/guard", budget="300", seen="0")
    saved = guard_limits.limits_of(context, fresh).limits
    assert (saved.share_on, saved.held_back) == (True, 10)
    fields = {"quiet": "1", "quiet_on": "1", "quiet_start_0": "2026-12-01"}
    fields |= {"quiet_end_0": "2026-12-24"}
    assert browser.post("/admin/guard", holdout="10", seen="1", **fields).status_code == 303
    saved = guard_limits.limits_of(context, fresh).limits
    assert [saved.budget, saved.held_back, saved.quiet[0].start.day] == [300, 0, 1]
    assert 'value="2026-12-24"' in browser.get("/admin/guard").text
    wrong = browser.post("/admin/guard", seen="2", **{**fields, "quiet_end_0": "2026-11-30"})
    assert wrong.status_code == 422
    assert 'id="quiet_end_0-problem"' in wrong.text


def october(context: Context, shop: Shop) -> None:
    """Let the shop have sold sixty times, with a code of 10 € each but once, mostly in October."""
    now = context.now()
    rows = [
        {
            "shop_id": shop.id, "order_id": f"{n}", "number": f"{n}", "currency": "EUR",
            "total": Decimal(60), "discount": Decimal(10), "codes": ["HERBST"] if n else [],
            "paid": True, "placed_at": now - timedelta(days=70 - n), "updated_at": now,
        }
        for n in range(60)
    ]  # fmt: skip
    with context.db.write() as connection:
        connection.execute(sa.insert(orders), rows)


def test_a_trial_recomputes_and_saves_nothing(
    browser: Browser, context: Context, fresh: Shop
) -> None:
    october(context, fresh)
    shown = _tried(browser, budget="50", share="5")
    assert "Mit diesen Grenzen hätte der Oktober 50 € statt 310 € gekostet." in shown
    assert 'value="50"' in shown
    assert guard_limits.limits_of(context, fresh).revision == 0
    other = _tried(browser, budget="500", share="5", month="x")
    assert "hätte der Oktober 310 € statt 310 € gekostet." in other


def _tried(browser: Browser, **fields: str) -> str:
    return browser.post("/admin/guard/trial", seen="0", **fields).text.replace("\u00a0", " ")


def test_costs_are_stated_in_the_list_and_by_a_file(
    browser: Browser, context: Context, fresh: Shop
) -> None:
    with context.db.write() as connection:
        catalogue.put_products(connection, fresh.id, [_product("p1"), _product("p2")])
    assert "0 von 2 Artikeln" in browser.get("/admin/guard/costs").text
    fields = {"id_0": "p1-1", "cost_0": "7,50", "id_1": "p2-1", "margin_1": "abc"}
    refused = browser.post("/admin/guard/costs", **fields)
    assert (refused.status_code, 'value="abc"' in refused.text) == (422, True)
    assert browser.post("/admin/guard/costs", **{**fields, "margin_1": "40"}).status_code == 303
    page = browser.get("/admin/guard/costs").text
    assert "2 von 2 Artikeln" in page
    assert 'value="7,50"' in page
    table = browser.get("/admin/guard/costs.csv")
    assert "p1-1" in table.text
    token = browser.token("/admin/stop")
    for raw, status in ((table.data, 200), (b"\x00", 422)):
        sent = {"csrf_token": token, "file": (io.BytesIO(raw), "costs.csv")}
        assert browser.client.post("/admin/guard/costs/file", data=sent).status_code == status


def _product(name: str) -> Product:
    variant = Variant(f"{name}-1", "", Decimal(20), None, None, True, 1)
    return Product(name, name, name, f"/{name}", None, "", True, START, (variant,))
