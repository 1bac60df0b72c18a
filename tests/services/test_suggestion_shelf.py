"""What cannot be bought, came back, or is kept away takes nobody's place among the suggestions."""

from __future__ import annotations

import pytest

from plugin.model import Shop
from plugin.services import orders
from plugin.services.context import Context
from plugin.services.suggestions import facts
from plugin.store import catalogue, returned, shelf
from tests.fakes.things import a_line, a_product, a_variant, an_order
from tests.services.connected import connect
from tests.services.on_sqlite import db_url  # noqa: F401 - a fixture
from tests.services.test_suggestion_answer import products, sell, show
from tests.services.test_suggestion_rules import a_rule
from tests.services.test_suggestion_rules_shown import rule
from tests.services.test_suggestions import gid


@pytest.fixture
def shown(context: Context, shop: Shop) -> Shop:
    connect(context, shop)
    care = [a_product(number, tags=("Pflege",)) for number in (2, 3, 4)]
    sell(context, shop, a_product(1, kind="Kanne", tags=("Nebel",)), *care)
    show(context, shop)
    return shop


def test_a_rule_of_a_tag_passes_over_what_is_sold_out_hidden_or_gone(
    context: Context, shown: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(facts, "_MOST_CARRYING", 1)
    rule(context, shown, a_rule(of=gid(1), to="Pflege", to_kind="tag"))
    assert products(context, shown, gid(1)) == {gid(2)}
    sold_out = (a_variant(2, available=False),)
    sell(context, shown, a_product(2, tags=("Pflege",), variants=sold_out))
    assert products(context, shown, gid(1)) == {gid(3)}
    with context.db.write() as connection:
        catalogue.mark_gone(connection, shown.id, gid(3))
    assert products(context, shown, gid(1)) == {gid(4)}
    sell(context, shown, a_product(4, tags=("Pflege",), published=False))
    assert products(context, shown, gid(1)) == set()


def test_what_comes_back_too_often_is_not_shown_for_being_similar_either(
    context: Context, shown: Shop
) -> None:
    others = [a_product(number, kind="Tuch", tags=("Ufer",)) for number in (6, 7, 8)]
    sell(context, shown, a_product(5, kind="Becher", tags=("Nebel",)), *others)
    assert products(context, shown, gid(1)) == {gid(5)}
    with context.db.write() as connection:
        returned.put_often_returned(connection, shown.id, [gid(5)])
        catalogue.mark_gone(connection, shown.id, gid(8))  # raises the version
    assert products(context, shown, gid(1)) == set()


def test_what_was_sent_back_is_neither_owned_nor_bought_again(
    context: Context, shown: Shop
) -> None:
    lines = (a_line(1, 2, kept=0), a_line(1, 3, kept=1), a_line(1, 4, kept=None))
    with context.db.write() as connection:
        orders.ingest(connection, context, shown, an_order(1, lines=lines, customer_id="7"))
    with context.db.read() as connection:
        bought = shelf.bought_by(connection, shown.id, None, "7")
    assert bought == {gid(3): 1, gid(4): 1}
