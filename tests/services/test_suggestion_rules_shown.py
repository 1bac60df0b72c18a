"""What rules and the platform propose is shown first, with their words, and only where honest."""

from __future__ import annotations

from decimal import Decimal

import pytest

from plugin.model import PlatformRelation, Product, Shop
from plugin.services.context import Context
from plugin.store import catalogue, relations
from plugin.store.relations import Rule
from tests.fakes.things import a_product, a_variant
from tests.services.connected import connect
from tests.services.on_sqlite import db_url  # noqa: F401 - a fixture
from tests.services.test_suggestion_answer import items, order, products, show
from tests.services.test_suggestion_rules import a_rule
from tests.services.test_suggestions import gid


@pytest.fixture
def taught(context: Context, shop: Shop) -> Shop:
    connect(context, shop)
    sell(context, shop, *(a_product(number) for number in range(1, 7)))
    order(context, shop, (1, 2), (1, 3))
    show(context, shop)
    return shop


def sell(context: Context, shop: Shop, *goods: Product) -> None:
    with context.db.write() as connection:
        catalogue.put_products(connection, shop.id, list(goods))


def rule(context: Context, shop: Shop, one: Rule) -> int:
    with context.db.write() as connection:
        return relations.insert_rule(connection, shop.id, one, context.now())


def test_a_rule_stands_first_in_the_merchants_own_words(context: Context, taught: Shop) -> None:
    words = {"de": "Zum Waschen deiner {with}", "en": "For washing your {with}"}
    number = rule(context, taught, a_rule(of=gid(1), to=gid(6), words=words))
    first, *rest = items(context, taught, gid(1))
    assert (first["product"], first["mark"]) == (gid(6), f"r{number}")
    assert first["reason"] == {
        "kind": "accessory", "with": "Teeschale 1", "text": "Zum Waschen deiner Teeschale 1",
    }  # fmt: skip
    assert {item["product"] for item in rest} == {gid(2), gid(3)}


def test_what_never_goes_together_is_not_shown_whatever_was_ordered(
    context: Context, taught: Shop
) -> None:
    rule(context, taught, a_rule("never", of=gid(1), to=gid(2)))
    assert products(context, taught, gid(1)) == {gid(3)}


@pytest.mark.parametrize(
    ("price", "cost", "text"),
    [
        ("16.50", "1.00", "Statt Teeschale 1: 2,50\u00a0€ günstiger"),
        ("19.00", "1.00", "Statt Teeschale 1, nicht teurer"),
        ("19.01", "1.00", None),
        ("16.50", "15.00", None),
    ],
    ids=["cheaper", "as dear", "dearer", "earns less"],
)
def test_an_alternative_of_the_platform_must_be_good_for_both(
    context: Context, taught: Shop, price: str, cost: str, text: str | None
) -> None:
    instead = a_variant(5, price=Decimal(price), unit_cost=Decimal(cost))
    related = (PlatformRelation("alternative", gid(5)),)
    sell(context, taught, a_product(1, relations=related), a_product(5, variants=(instead,)))
    found = [item for item in items(context, taught, gid(1)) if item["product"] == gid(5)]
    assert [item["reason"]["text"] for item in found] == ([text] if text else [])
    assert all((item["replaces"], item["mark"]) == (gid(1), "rp") for item in found)
