"""What comes back clearly more often than usual in the shop is suggested no longer."""

from __future__ import annotations

from datetime import timedelta

import pytest

from plugin.model import Shop
from plugin.services import orders
from plugin.services.context import Context
from plugin.services.suggestions.returned import lower_end, too_often
from plugin.store import returned as store
from plugin.store.returned import Returns
from tests.conftest import START
from tests.fakes.things import a_line, an_order

USUAL = Returns("usual", 1000, 50)


@pytest.mark.parametrize(
    ("sold", "back", "often"), [(100, 30, True), (100, 12, False), (19, 19, False), (20, 10, True)]
)
def test_too_often_is_clearly_more_than_usual_and_of_enough_pieces(
    sold: int, back: int, often: bool
) -> None:
    assert too_often([USUAL, Returns("this", sold, back)]) == (["this"] if often else [])


def test_where_much_comes_back_that_is_usual() -> None:
    shoes = [Returns(str(number), 200, 100) for number in range(5)]
    assert too_often(shoes) == []
    assert too_often([]) == []


def test_the_interval_is_wilsons() -> None:
    assert lower_end(10, 100) == pytest.approx(0.0552, abs=1e-4)


def test_pieces_are_counted_where_the_platform_says_what_was_kept(
    context: Context, shop: Shop
) -> None:
    past = START - timedelta(days=3)
    with context.db.write() as connection:
        for number, kept in enumerate((2, 0, None)):
            lines = (a_line(number, 1, quantity=2, kept=kept),)
            order = an_order(number, lines=lines, created_at=past, updated_at=past)
            orders.ingest(connection, context, shop, order)
    with context.db.read() as connection:
        found = store.returns_since(connection, shop.id, START - timedelta(days=30))
        nothing = store.returns_since(connection, shop.id, START)
    assert (found, nothing) == ([Returns("gid://shopify/Product/1", 4, 2)], [])


def test_what_is_noted_anew_stands_in_place_of_what_was(context: Context, shop: Shop) -> None:
    for noted in (["a", "b"], ["b", "c"]):
        with context.db.write() as connection:
            store.put_often_returned(connection, shop.id, noted)
    with context.db.read() as connection:
        assert store.often_returned_of(connection, shop.id) == {"b", "c"}
