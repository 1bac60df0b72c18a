"""When a shop's suggestions are learned, from which orders, and how a process holds them."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from unittest import mock

import pytest

from plugin.model import Shop
from plugin.services import orders, rounds
from plugin.services.context import Context
from plugin.services.steps import Postpone, Step
from plugin.services.suggestions import absorbing, rebuilding, snapshots
from plugin.services.suggestions.fair_cache import FairCache
from plugin.services.suggestions.model import FORMAT
from plugin.store import models, pairs, sync
from plugin.store.models import ModelFacts
from tests.conftest import START, MovingClock
from tests.fakes.things import a_line, an_order
from tests.services.connected import connect

#: What a database makes of this is the matter of test_suggestion_counting.py.
pytestmark = pytest.mark.parametrize("db_url", ["sqlite"], indirect=True)


def gid(number: int) -> str:
    return f"gid://shopify/Product/{number}"


def step(shop: Shop, kind: str = "learn", **payload: int) -> Step:
    return Step(1, shop.id, f"suggestions.{kind}", kind, payload, 1)


def learn(context: Context, shop: Shop) -> None:
    rebuilding.learn_from_orders(context, step(shop, generation=1))


def sell(context: Context, shop: Shop, numbers: range, *products: int, **values: object) -> None:
    """Orders of these products, each on a day of its own."""
    with context.db.write() as connection:
        for number in numbers:
            past = START - timedelta(days=number)
            lines = tuple(a_line(number, product) for product in products)
            order = an_order(number, lines=lines, created_at=past, **values)
            orders.ingest(connection, context, shop, order)


def facts(context: Context, shop: Shop) -> ModelFacts | None:
    with context.db.read() as connection:
        return models.model_facts(connection, shop.id, FORMAT)


def suggested(context: Context, shop: Shop, *cart: str) -> list[str]:
    found = snapshots.model(context, shop)
    assert found is not None
    return [one.product for one in found.score(cart) if one.source == "orders"]


@pytest.fixture
def selling(context: Context, shop: Shop) -> Shop:
    connect(context, shop)
    with context.db.write() as connection:
        sync.update_run(connection, shop.id, "orders", state="done")
    sell(context, shop, range(1, 31), 1, 2)
    return shop


def test_nothing_is_learned_before_the_history_is_there(context: Context, shop: Shop) -> None:
    connect(context, shop)
    learn(context, shop)
    with context.db.read() as connection:
        run = sync.run_of(connection, shop.id, "suggestions")
    assert run is not None
    assert run.state == "waiting"
    assert snapshots.model(context, shop) is None


def test_what_was_learned_is_known_with_the_choice_that_it_stands_on(
    context: Context, selling: Shop
) -> None:
    learn(context, selling)
    assert suggested(context, selling, gid(2)) == [gid(1)]
    known = facts(context, selling)
    assert known is not None
    assert (known.version, known.baskets, known.learned_at) == (1, 30, START)
    assert "setting" in known.choice


def test_cancelled_orders_teach_nothing(context: Context, selling: Shop) -> None:
    sell(context, selling, range(1, 31), 1, 2, cancelled_at=START, updated_at=START)
    learn(context, selling)
    assert suggested(context, selling, gid(2)) == []


def test_learning_again_forgets_what_no_longer_holds(context: Context, selling: Shop) -> None:
    learn(context, selling)
    sell(context, selling, range(1, 31), 2, 3, updated_at=START)
    learn(context, selling)
    assert suggested(context, selling, gid(2)) == [gid(3)]


def test_the_daily_round_learns_once_a_day(
    context: Context, selling: Shop, moving_clock: MovingClock
) -> None:
    learn(context, selling)
    rebuilding.learn_from_orders(context, step(selling))
    assert _version(context, selling) == 1
    moving_clock.move(hours=13)
    rebuilding.learn_from_orders(context, step(selling))
    assert _version(context, selling) == 2


def test_a_shop_that_grows_learns_before_the_night(context: Context, selling: Shop) -> None:
    hourly = step(selling, "absorb")
    rebuilding.absorb_orders(context, hourly)
    assert _version(context, selling) == 1
    sell(context, selling, range(31, 41), 1, 2)
    rebuilding.absorb_orders(context, hourly)  # ten more are no reason
    assert _version(context, selling) == 1
    sell(context, selling, range(41, 61), 1, 2)
    rebuilding.absorb_orders(context, hourly)
    assert _version(context, selling) == 2
    assert ("suggestions.absorb", timedelta(hours=1)) in rounds.ROUNDS


def test_counting_gives_others_a_turn_and_goes_on(
    context: Context, selling: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(rebuilding, "TURN_SECONDS", -1.0)
    monkeypatch.setattr(absorbing.absorb, "__defaults__", (12,))
    for _ in range(3):
        with pytest.raises(Postpone):
            learn(context, selling)
        assert facts(context, selling) is None
    learn(context, selling)
    assert _version(context, selling) == 1


def test_another_rule_of_counting_counts_all_anew(
    context: Context, selling: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    learn(context, selling)
    monkeypatch.setattr(absorbing, "RULE", 99)
    learn(context, selling)
    with context.db.read() as connection:
        state = pairs.state_of(connection, selling.id)
    assert (state.rule, state.epoch, state.baskets) == (99, 2, 30)
    assert suggested(context, selling, gid(2)) == [gid(1)]


def test_no_shop_sees_what_another_one_taught(
    context: Context, selling: Shop, make_shop: Callable[..., Shop]
) -> None:
    other = make_shop("andere.myshopify.com")
    learn(context, selling)
    learn(context, other)
    assert suggested(context, other, gid(2)) == []


def test_a_model_is_loaded_once_and_again_when_there_is_a_later_one(
    context: Context, selling: Shop
) -> None:
    learn(context, selling)
    first = snapshots.model(context, selling)
    assert snapshots.model(context, selling) is first
    learn(context, selling)
    assert snapshots.model(context, selling) is not first


def test_a_model_beyond_the_share_of_the_memory_keeps_its_best_pairs(
    context: Context, selling: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    sell(context, selling, range(31, 40), 3, *range(10, 40))
    learn(context, selling)
    whole = snapshots.model(context, selling)
    assert whole is not None
    monkeypatch.setattr(snapshots, "_snapshots", FairCache(whole.nbytes * 2, 1 / 4))
    held = snapshots.model(context, selling)
    assert held is not None
    assert held.nbytes < whole.nbytes / 2
    assert snapshots.model(context, selling) is held


def test_a_model_that_cannot_be_read_is_none(context: Context, selling: Shop) -> None:
    with context.db.write() as connection:
        models.put_model(connection, selling.id, b"old", at=START, baskets=1, choice={})
    assert snapshots.model(context, selling) is None
    # Each question for a cart would read all of it again, in vain.
    with mock.patch.object(snapshots.Model, "from_bytes") as reading:
        assert snapshots.model(context, selling) is None
    reading.assert_not_called()
    rebuilding.learn_from_orders(context, step(selling))
    assert suggested(context, selling, gid(2)) == [gid(1)]


def _version(context: Context, shop: Shop) -> int:
    with context.db.read() as connection:
        return models.versions(connection, shop.id).model
