"""The loss of relevance beside the slider is measured on orders that nothing was learned from."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

import pytest

from plugin.model import Shop
from plugin.services.context import Context
from plugin.services.suggestions import slider
from plugin.services.suggestions.margin_trial import FEWEST_CARTS, POSITIONS, Trial, measure

#: Everybody who buys tea buys a cup; a pot is bought by few, and earns ten times as much.
ORDERS = [("tea", "cup")] * 300 + [("tea", "pot")] * 100
EARNED = {"cup": Decimal(1), "pot": Decimal(10), "tea": Decimal(1)}


def score(cart: Sequence[str]) -> list[tuple[str, float]]:
    return [("cup", 0.75), ("pot", 0.25)] if "tea" in cart else [("tea", 1.0)]


def tried(limit: int = 1) -> Trial:
    trial = measure(ORDERS, score, EARNED, limit)
    assert trial is not None
    return trial


def test_what_fits_best_is_what_is_compared_with() -> None:
    plain = tried().at(0)
    assert (plain.lost, plain.lost_from, plain.lost_to) == (0, 0, 0)


def test_the_loss_is_that_of_the_same_carts_with_its_range() -> None:
    plain, most = tried().at(0), tried().at(100)
    assert most.hits < plain.hits
    assert most.lost == pytest.approx(1 - most.hits / plain.hits)
    assert most.lost_from < most.lost < most.lost_to
    assert most.earned > plain.earned


def test_where_everything_is_shown_nothing_is_lost() -> None:
    assert {one.lost for one in tried(limit=3).positions} == {0}


def test_without_known_costs_the_slider_moves_nothing() -> None:
    trial = measure(ORDERS, score, {}, 1)
    assert trial is not None
    assert trial.known == 0
    assert {(one.lost, one.earned) for one in trial.positions} == {(0, 0)}


def test_too_few_orders_say_nothing() -> None:
    assert measure(ORDERS[: FEWEST_CARTS - 1], score, EARNED, 1) is None
    assert measure([("tea",)] * 500, score, EARNED, 1) is None


def test_the_nearest_measured_position_speaks_for_the_slider() -> None:
    assert [tried().at(position).at for position in (0, 12, 13, 60, 100)] == [0, 0, 25, 50, 100]
    assert [one.at for one in tried().positions] == list(POSITIONS)


def test_the_newest_measurement_is_kept(context: Context, shop: Shop) -> None:
    assert slider.last(context, shop) is None
    for trial in (tried(), None, tried()):
        slider.keep(context, shop, trial, costs=True)
        last = slider.last(context, shop)
        assert last is not None
        assert last == slider.LastTrial(context.now(), trial, costs=True)
