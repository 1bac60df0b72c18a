"""The figures of suggestions: counted by mark, kept after returns, compared with the holdout."""

from __future__ import annotations

import random
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

import numpy as np
import pytest

from plugin.model import OrderLine, Shop
from plugin.services import orders, suggestion_effect, suggestion_figures
from plugin.services.context import Context
from plugin.services.statistics import Sums, lasting_difference, mean_difference
from plugin.services.suggestion_figures import Article, Figures
from plugin.services.suggestion_sales import Sold, sold_of
from plugin.store import campaigns, suggestion_days
from plugin.store.costs import CostedVariant
from plugin.store.suggested_lines import SuggestedLine
from plugin.store.suggestion_days import CartPlace, CartSums, ItemPlace
from tests.beacons import publish
from tests.fakes.things import a_line, an_order

TODAY = date(2026, 11, 20)
START = TODAY - timedelta(days=27)
MORNING = datetime(2026, 11, 20, tzinfo=UTC)
NONE = Decimal(0)


@pytest.fixture
def campaign(context: Context, shop: Shop) -> int:
    return publish(context, shop, "cross_sell")


def counted(context: Context, shop: Shop, campaign: int, mark: str, *numbers: int) -> None:
    kinds = zip(("shown", "click", "add", "undo"), numbers, strict=True)
    sums = {ItemPlace(TODAY, campaign, mark, kind): number for kind, number in kinds}
    with context.db.write() as connection:
        suggestion_days.add_items(connection, shop.id, sums)


def ordered(context: Context, shop: Shop, number: int, *lines: OrderLine, **values: Any) -> None:
    order = replace(an_order(lines=lines), id=f"gid://shopify/Order/{number}", **values)
    with context.db.write() as connection:
        orders.ingest(connection, context, shop, order)


def figures(context: Context, shop: Shop, campaign: int) -> Figures:
    return suggestion_figures.figures(context, shop, campaign, START, TODAY)


def test_each_mark_has_its_own_figures_and_all_of_them_together(
    context: Context, shop: Shop, campaign: int
) -> None:
    counted(context, shop, campaign, "r12", 200, 9, 12, 2)
    counted(context, shop, campaign, "o", 50, 1, 5, 0)
    counted(context, shop, campaign + 1, "o", 999, 9, 9, 9)
    found = figures(context, shop, campaign)
    assert (found.all.shown, found.all.clicked, found.all.stayed) == (250, 10, 15)
    rule, model = found.ways
    assert (rule.mark, rule.stayed, model.mark, model.rate) == ("r12", 10, "o", None)
    assert rule.rate is not None
    assert rule.rate.value == 0.05
    assert sum(day.added for day in found.days) == 15
    assert len(found.days) == 28


def test_what_was_bought_is_counted_as_it_stands_today(
    context: Context, shop: Shop, campaign: int
) -> None:
    line = a_line(quantity=2, source=f"cross_sell:{campaign}:r12")
    ordered(context, shop, 1, line)
    ordered(context, shop, 2, replace(line, kept=1))
    ordered(context, shop, 3, line, cancelled_at=an_order().created_at)
    ordered(context, shop, 4, replace(line, source=f"cross_sell:{campaign}"))
    ordered(context, shop, 5, replace(line, source=f"cross_sell:{campaign}0:o"), a_line(place=2))
    found = figures(context, shop, campaign)
    price = line.price
    assert found.all.sold == Sold(4, 8 * price, 2 * price, price, 3, Decimal(0), 3)
    assert found.all.sold.kept == 5 * price
    assert [(way.mark, way.sold.lines) for way in found.ways] == [("r12", 3), ("", 1)]
    assert found.articles == (Article(line.title, 4, 5 * price),)
    assert sum(day.bought for day in found.days) == 4


def test_an_order_paid_back_in_full_kept_nothing_where_single_lines_are_unknown(
    context: Context, shop: Shop, campaign: int
) -> None:
    line = a_line(source=f"cross_sell:{campaign}:o")
    ordered(context, shop, 1, line, total=Decimal(0))
    ordered(context, shop, 2, replace(line, kept=1), total=Decimal(0))
    assert figures(context, shop, campaign).all.sold.kept == line.price


def test_what_is_earned_is_that_of_what_was_kept_without_tax() -> None:
    cost = CostedVariant("7", "1", "Sieb", "", Decimal(119), Decimal(40), None, None)
    line = SuggestedLine("", MORNING, False, Decimal(9), "1", "7", "Sieb", 3, 2, Decimal(119))
    assert sold_of(line, {"7": cost}, Decimal(19)).margin == 2 * (100 - 40)
    assert sold_of(line, {}, Decimal(19)) == Sold(1, Decimal(357), NONE, Decimal(119), 1, NONE, 1)
    cancelled = replace(line, cancelled=True)
    assert sold_of(cancelled, {"7": cost}, Decimal(19)).kept == NONE


def test_the_export_has_every_day_and_mark(context: Context, shop: Shop, campaign: int) -> None:
    counted(context, shop, campaign, "o", 5, 0, 1, 0)
    line = a_line(source=f"cross_sell:{campaign}:o")
    ordered(context, shop, 1, line)
    rows = suggestion_figures.by_day(context, shop, campaign, START, TODAY)
    assert {(one.kind, one.count, one.amount) for one in rows} == {
        ("shown", 5, 0),
        ("click", 0, 0),
        ("add", 1, 0),
        ("undo", 0, 0),
        ("bought", 1, line.price),
        ("kept", 1, line.price),
    }


def sums_of(carts: list[int], added: int = 0) -> CartSums:
    return CartSums(
        len(carts),
        sum(cart > 0 for cart in carts),
        sum(cart < 0 for cart in carts),
        sum(carts),
        float(sum(cart * cart for cart in carts)),
        added,
        added // 2,
    )


def carts(context: Context, shop: Shop, campaign: int, **arms: list[int]) -> None:
    names = {"shown": "a", "held": "-"}
    with context.db.write() as connection:
        suggestion_days.add_carts(
            connection,
            shop.id,
            {
                CartPlace(TODAY, campaign, 1, names[arm]): sums_of(some, 500)
                for arm, some in arms.items()
            },
        )


def drawn(seed: int, number: int, share: float) -> list[int]:
    dice = random.Random(seed)
    return [dice.randint(500, 4000) if dice.random() < share else 0 for _ in range(number)]


@pytest.mark.parametrize(("share", "verdict"), [(0.25, "more"), (0.1, "unclear"), (0.02, "less")])
def test_growth_and_loss_are_told_as_plainly_and_doubt_as_doubt(
    context: Context, shop: Shop, campaign: int, share: float, verdict: str
) -> None:
    carts(context, shop, campaign, shown=drawn(1, 9000, share), held=drawn(2, 1000, 0.1))
    found, _ = suggestion_effect.effect(context, shop, campaign)
    for interval in (found.grew, found.worth):
        assert interval is not None
        told = "more" if interval.low > 0 else "less" if interval.high < 0 else "unclear"
        assert told == verdict
    assert (found.shown.views, found.held.views, found.held_out) == (9000, 1000, 10)


def test_who_looks_every_day_is_not_fooled_more_often_than_said() -> None:
    dice = np.random.default_rng(7)
    lasting = fixed = 0
    for _ in range(400):
        grown = [dice.binomial(size, 0.08, 60).cumsum() for size in (180, 20)]
        looks = [
            [Sums(int(one[day]), int(one[day]), size * (day + 1)) for one, size in both]
            for day in range(5, 60)
            for both in [zip(grown, (180, 20), strict=True)]
        ]
        found = [
            (lasting_difference(one, other), mean_difference(one, other)) for one, other in looks
        ]
        lasting += any(one.low > 0 or one.high < 0 for one, _ in found)
        fixed += any(one.low > 0 or one.high < 0 for _, one in found)
    assert lasting <= 20
    assert fixed > 60


def test_from_too_few_carts_nothing_is_stated(context: Context, shop: Shop, campaign: int) -> None:
    carts(context, shop, campaign, shown=drawn(1, 800, 0.2), held=drawn(2, 90, 0.1))
    found, stayed = suggestion_effect.effect(context, shop, campaign)
    assert (found.grew, found.worth, found.to_come) == (None, None, 10)
    assert stayed.share == 0.5


def test_groups_of_another_size_than_drawn_state_nothing(
    context: Context, shop: Shop, campaign: int
) -> None:
    carts(context, shop, campaign, shown=drawn(1, 9000, 0.2), held=drawn(2, 500, 0.1))
    found, _ = suggestion_effect.effect(context, shop, campaign)
    assert found.sample_ratio.suspicious
    assert (found.grew, found.worth) == (None, None)


def test_versions_that_drew_otherwise_are_left_out(
    context: Context, shop: Shop, campaign: int
) -> None:
    carts(context, shop, campaign, shown=drawn(1, 900, 0.2), held=drawn(2, 100, 0.1))
    for settings, views in (({"limit": 2}, 900), ({"experiment": {"holdout": 50}}, 0)):
        with context.db.write() as connection:
            campaigns.add_version(connection, shop.id, campaign, settings, context.now())
        found, _ = suggestion_effect.effect(context, shop, campaign)
        assert found.shown.views == views
    assert found.held_out == 50
