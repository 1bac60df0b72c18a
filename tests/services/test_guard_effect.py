"""What the vouchers brought: silent without data, negative where it is, right in the long run."""

from __future__ import annotations

import random
from collections.abc import Iterator
from datetime import timedelta
from decimal import Decimal

import pytest
import sqlalchemy as sa

from plugin.model import Shop
from plugin.services import guard_effect, guard_limits
from plugin.services.context import Context
from plugin.services.guard_rules import Limits
from plugin.services.statistics import Interval, Sums, mean_difference
from plugin.store import catalogue
from plugin.store.exposures import Place, add_exposures
from plugin.store.orders import order_lines, orders
from plugin.store.subscribers import subscribers
from tests.conftest import START, MovingClock
from tests.services.sign_up_stage import Stage
from tests.services.test_guard import stock


@pytest.fixture
def stage(context: Context, shop: Shop) -> Stage:
    return Stage(context, shop)


def shown(stage: Stage, arm: str, exposures: int, sign_ups: int) -> None:
    day = START.date()
    counts = {"impression": exposures, "sign_up": sign_ups}
    with stage.context.db.write() as connection:
        add_exposures(
            connection,
            stage.shop.id,
            {
                Place(day, stage.campaign, 1, arm, "real", kind): number
                for kind, number in counts.items()
            },
        )


def bought(stage: Stage, arm: str, people: int, *, total: str, discount: str = "0") -> None:
    """Let people of an arm sign up and order one piece of the product "a" each."""
    now = stage.context.now()
    names = [f"{arm}{n:063d}" for n in range(people)]
    with stage.context.db.write() as connection:
        for name in names:
            connection.execute(
                sa.insert(subscribers).values(
                    shop_id=stage.shop.id, identity=name, email_sealed="", state="confirmed",
                    language="de", purposes=["newsletter"], campaign_id=stage.campaign,
                    campaign_version=1, widget="newsletter", requested_at=now,
                    confirmed_at=now, mails_sent=1,
                    arms={"traffic": "real", "arms": [[stage.campaign, 1, arm]]},
                )
            )  # fmt: skip
            connection.execute(
                sa.insert(orders).values(
                    shop_id=stage.shop.id, order_id=name, number=name[:40], identity=name,
                    currency="EUR", total=Decimal(total), discount=Decimal(discount), codes=[],
                    paid=True, placed_at=now + timedelta(hours=1), updated_at=now,
                )
            )  # fmt: skip
            connection.execute(
                sa.insert(order_lines).values(
                    shop_id=stage.shop.id, order_id=name, line_id="1", product_id="a",
                    variant_id="a-1", title="a", quantity=1, price=Decimal(total),
                )
            )  # fmt: skip


def test_without_data_nothing_is_said_but_what_was_counted(stage: Stage) -> None:
    shown(stage, "a", 900, 40)
    shown(stage, "h", 99, 1)
    found = guard_effect.effect(stage.context, stage.shop)
    assert not found.enough
    assert (found.given.exposures, found.held.exposures) == (900, 99)
    assert found.revenue is None
    assert found.margin is None


def test_what_came_on_top_is_told_with_its_range_also_where_it_is_a_loss(
    stage: Stage, moving_clock: MovingClock
) -> None:
    stock(stage, {"a": ("50.00", "20.00")})
    shown(stage, "a", 9000, 450)
    shown(stage, "h", 1000, 20)
    bought(stage, "a", 120, total="45.00", discount="5.00")
    bought(stage, "h", 15, total="50.00")
    found = guard_effect.effect(stage.context, stage.shop)
    assert found.sign_ups is not None
    assert round(found.sign_ups.value) == 270
    assert 0 < found.sign_ups.low < 270 < found.sign_ups.high
    assert found.revenue is not None
    assert round(found.revenue.value) == -1350  # 9,000 times 0.60 against 0.75
    assert found.margin is not None
    # Each: the 45 or 50 that were paid, without 19 % tax, less 20.
    given, held = 45 / 1.19 - 20, 50 / 1.19 - 20
    assert found.margin.value == pytest.approx(9000 * (120 * given / 9000 - 15 * held / 1000))
    assert [found.given.buyers, found.held.buyers, found.given.discount] == [120, 15, 600]


def test_no_margin_is_stated_where_a_cost_is_unknown(stage: Stage) -> None:
    shown(stage, "a", 900, 40)
    shown(stage, "h", 100, 12)
    bought(stage, "a", 20, total="45.00")
    bought(stage, "h", 12, total="50.00")
    found = guard_effect.effect(stage.context, stage.shop)
    assert found.revenue is not None
    assert (found.margin, found.unknown_orders) == (None, 32)


def test_another_share_begins_the_comparison_anew(stage: Stage, moving_clock: MovingClock) -> None:
    shown(stage, "a", 900, 40)
    shown(stage, "h", 100, 12)
    moving_clock.move(days=3)
    guard_limits.save(stage.context, stage.shop, Limits(holdout=20), seen=0)
    found = guard_effect.effect(stage.context, stage.shop)
    assert (found.given.exposures, found.held.exposures) == (0, 0)
    assert found.since == (START + timedelta(days=3)).date()


def test_who_looks_every_day_for_half_a_year_sees_a_difference_of_nothing_in_5_of_100() -> None:
    dice = random.Random(20261122)
    shops, daily, once = 200, 0, 0
    for _ in range(shops):
        looks = list(_looks(dice))
        daily += any(_clear(guard_effect.lasting(*look)) for look in looks)
        once += any(_clear(mean_difference(*look)) for look in looks)
    assert daily <= shops * 0.05
    # With ranges for a single look it would be every fourth: the drawing is able to find that.
    assert once > shops * 0.2


def test_a_planted_difference_is_found() -> None:
    dice = random.Random(7)
    *_, last = _looks(dice, better=1.5)
    assert guard_effect.lasting(*last).low > 0


def _looks(dice: random.Random, *, better: float = 1.0) -> Iterator[tuple[Sums, Sums]]:
    """Yield what two groups bought so far, on each of the days that the page looks back."""
    groups = [Sums(0.0, 0.0, 0), Sums(0.0, 0.0, 0)]
    for day in range(guard_effect.LOOK_BACK.days):
        for number, (views, share) in enumerate(((270, 0.04 * better), (30, 0.04))):
            values = [dice.lognormvariate(3.5, 0.7) for _ in range(_poisson(dice, views * share))]
            total, squares, tries = groups[number]
            squares += sum(value * value for value in values)
            groups[number] = Sums(total + sum(values), squares, tries + views)
        if day >= 10:
            yield groups[0], groups[1]


def _poisson(dice: random.Random, mean: float) -> int:
    """Draw how many of many views, each with a small chance, buy."""
    found, left = 0, dice.expovariate(mean)
    while left < 1:
        found, left = found + 1, left + dice.expovariate(mean)
    return found


def _clear(found: Interval) -> bool:
    return found.low > 0 or found.high < 0


def test_products_can_go_and_their_cost_stays_known(stage: Stage) -> None:
    stock(stage, {"a": ("50.00", "20.00")})
    with stage.context.db.write() as connection:
        catalogue.mark_all_gone(connection, stage.shop.id)
    shown(stage, "a", 900, 40)
    shown(stage, "h", 100, 12)
    bought(stage, "a", 20, total="45.00")
    bought(stage, "h", 12, total="50.00")
    assert guard_effect.effect(stage.context, stage.shop).margin is not None
