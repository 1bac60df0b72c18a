"""The guesses of `python -m bench.finding`, a small share of them."""

from __future__ import annotations

import pytest

from bench import finding, parcel_shop
from plugin.api import shipments
from plugin.model import Shop
from plugin.services.context import Context
from plugin.services.parcels import tries
from tests.services.on_sqlite import db_url  # noqa: F401 - a fixture

ORDERS = 6


@pytest.fixture
def filled(context: Context, shop: Shop) -> Shop:
    parcel_shop.fill(context, shop, ORDERS)
    return shop


def test_guesses_disclose_nothing_beyond_the_limits(
    context: Context, filled: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tries, "OF_SHOP", 12)
    found = finding.guess(context, filled, 150, ORDERS)
    assert {name: one.tried for name, one in found.items()} == dict.fromkeys(found, 30)
    postcodes = [found["one postcode, every order"], found["one order, every postcode"]]
    assert sum(one.answered for one in postcodes) <= 12
    assert found["parcels by number alone"].answered == 12
    assert found["addresses of other people"].found == 0
    assert found["links"].found == 0


def test_pairs_are_right_and_wrong_in_turn(
    context: Context, filled: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(shipments, "ANSWER_AFTER", 0.0)
    timed = finding.time_pairs(context, filled, 4)
    counts = {name: len(took) for name, took in timed.took.items()}
    assert counts == {"hit": 4, "wrong proof": 2, "unknown number": 2}
