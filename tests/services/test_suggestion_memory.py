"""What is remembered of a shop's products is never older than the version it is remembered for."""

from __future__ import annotations

import importlib
from dataclasses import replace
from typing import Any
from unittest import mock

from plugin.model import Shop
from plugin.services.context import Context
from plugin.services.suggestions.for_cart import ForCart, for_cart
from tests.fakes.things import a_product
from tests.services.on_sqlite import db_url  # noqa: F401 - a fixture
from tests.services.test_suggestion_answer import items, sell, show, taught  # noqa: F401
from tests.services.test_suggestions import gid

#: The package gives the module's name to its function.
answering = importlib.import_module("plugin.services.suggestions.answer")


def titles(context: Context, shop: Shop) -> list[str]:
    return [item["title"] for item in items(context, shop, gid(2))]


def test_what_changes_while_an_answer_is_made_is_in_the_next_one(
    context: Context,
    taught: Shop,  # noqa: F811
) -> None:
    show(context, taught)

    def and_then_it_changes(*asked: Any) -> ForCart:
        found = for_cart(*asked)
        sell(context, taught, a_product(1, title="Neuer Name"))
        return found

    with mock.patch.object(answering, "for_cart", and_then_it_changes):
        assert titles(context, taught) == ["Teeschale 1"]
    assert titles(context, taught) == ["Neuer Name"]


def test_a_shop_that_sells_in_another_currency_says_so_at_once(
    context: Context,
    taught: Shop,  # noqa: F811
) -> None:
    show(context, taught)
    (before,) = items(context, taught, gid(2))
    (after,) = items(context, replace(taught, currency="CHF"), gid(2))
    assert [one["price"]["currency"] for one in (before, after)] == ["EUR", "CHF"]
