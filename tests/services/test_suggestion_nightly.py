"""After learning, the shop looks back: at what came back, and at what the slider costs."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

import pytest

from plugin.model import Shop
from plugin.services import orders, suggestions
from plugin.services.context import Context
from plugin.services.suggestions import margin_trial, nightly, slider
from plugin.store import catalogue, sync
from tests.conftest import START
from tests.fakes.things import a_line, a_product, a_variant, an_order
from tests.services.connected import connect
from tests.services.on_sqlite import db_url  # noqa: F401 - a fixture
from tests.services.test_suggestion_answer import products, show
from tests.services.test_suggestions import STEP, gid


def sell(context: Context, shop: Shop, cost: Decimal | None, kept: int | None = None) -> None:
    """Sell 80 orders of the first product with one of three others; all of the second come back."""
    connect(context, shop)
    with context.db.write() as connection:
        goods = [
            a_product(number, variants=(a_variant(number, unit_cost=cost),))
            for number in range(1, 5)
        ]
        catalogue.put_products(connection, shop.id, goods)
        for number in range(80):
            other = 2 + number % 3
            lines = (a_line(number, 1), a_line(number, other, kept=kept if other == 2 else 1))
            past = START - timedelta(days=1 + number)
            made = an_order(number, lines=lines, created_at=past, updated_at=past)
            orders.ingest(connection, context, shop, made)
        sync.update_run(connection, shop.id, "orders", state="done")
    step = replace(STEP, shop_id=shop.id)
    suggestions.learn_from_orders(context, step)
    nightly.look_back(context, replace(step, kind="suggestions.look_back"))


def test_the_slider_is_measured_on_the_last_orders(
    context: Context, shop: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(margin_trial, "FEWEST_CARTS", 5)
    sell(context, shop, Decimal(5))
    last = slider.last(context, shop)
    assert last is not None
    assert last.trial is not None
    assert (last.trial.carts, last.trial.known) == (8, 1.0)
    assert last.trial.at(0).hits > 0


def test_without_costs_there_is_nothing_to_measure(context: Context, shop: Shop) -> None:
    sell(context, shop, None)
    assert slider.last(context, shop) == slider.LastTrial(context.now(), None, costs=False)


def test_what_always_comes_back_is_not_suggested(context: Context, shop: Shop) -> None:
    sell(context, shop, None, kept=0)
    show(context, shop)
    assert products(context, shop, gid(1)) == {gid(3), gid(4)}
