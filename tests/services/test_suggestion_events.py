"""What browsers tell of single suggestions and of carts: by mark, once each, arms alike."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from plugin.errors import BadInputError
from plugin.model import Shop
from plugin.services import storefront_config, suggestion_events, tickets
from plugin.services.context import Context
from plugin.services.suggestion_events import Source
from plugin.store import relations
from plugin.store.events import event_days
from plugin.store.suggestion_days import cart_days, suggestion_days
from tests.beacons import NET, event, exposures, publish, send
from tests.services.test_suggestion_rules import a_rule


@pytest.fixture
def campaign(context: Context, shop: Shop) -> int:
    return publish(context, shop, "cross_sell")


def told(context: Context, campaign: int, kind: str, **values: Any) -> dict[str, Any]:
    return event(context, campaign, kind, widget="cross_sell", **values)


def a_rule_of(context: Context, shop: Shop) -> str:
    """Return the mark of a rule that the shop has."""
    with context.db.write() as connection:
        return f"r{relations.insert_rule(connection, shop.id, a_rule(), context.now())}"


def items(context: Context) -> dict[tuple[str, str], int]:
    with context.db.read() as connection:
        rows = connection.execute(suggestion_days.select()).mappings()
        return {(row["mark"], row["kind"]): row["count"] for row in rows}


def carts(context: Context) -> dict[str, tuple[float, ...]]:
    names = ("views", "grew", "shrank", "change", "squares", "added", "grown")
    with context.db.read() as connection:
        rows = connection.execute(cart_days.select()).mappings()
        return {row["arm"]: tuple(row[name] for name in names) for row in rows}


def test_a_suggestion_is_shown_once_and_counted_by_its_mark(
    context: Context, shop: Shop, campaign: int
) -> None:
    rule = a_rule_of(context, shop)
    ticket = tickets.issue(context, shop, NET)
    for kind in (f"item_shown {rule} 4711", f"item_shown {rule} 4711", "item_shown o a b"):
        send(context, shop, told(context, campaign, kind), ticket=ticket)
    kinds = [f"item_{kind} {rule} 4711" for kind in ("click", "add", "undo", "add")]
    send(context, shop, *(told(context, campaign, kind) for kind in kinds), ticket=ticket)
    assert items(context) == {
        (rule, "shown"): 1,
        ("o", "shown"): 1,
        (rule, "click"): 1,
        (rule, "add"): 2,
        (rule, "undo"): 1,
    }


def test_marks_that_the_shop_does_not_have_fill_no_table(
    context: Context, shop: Shop, campaign: int, make_shop: Callable[..., Shop]
) -> None:
    theirs = a_rule_of(context, make_shop("andere.myshopify.com"))
    made_up = (theirs, "r9999999", "r0", "r", "zzzz", "0", "rpp")
    send(context, shop, *(told(context, campaign, f"item_add {mark} 7") for mark in made_up))
    assert items(context) == {}
    # What comes along with them counts.
    send(context, shop, *(told(context, campaign, f"item_add {mark} 7") for mark in ("x", "h")))
    assert items(context) == {("h", "add"): 1}


def test_details_stand_apart_from_what_is_counted_of_the_widget(
    context: Context, shop: Shop, campaign: int
) -> None:
    send(context, shop, told(context, campaign, "add"), told(context, campaign, "item_add o 7"))
    assert exposures(context) == {("real", "a", "add"): 1}
    with context.db.read() as connection:
        assert [row.kind for row in connection.execute(event_days.select())] == ["add"]


def test_robots_and_tests_suggest_nothing_to_anybody(
    context: Context, shop: Shop, campaign: int
) -> None:
    one = told(context, campaign, "item_add o 7")
    send(context, shop, one, agent="Googlebot/2.1")
    send(context, shop, one, told(context, campaign, "cart 1 2 0"), test=True)
    assert (items(context), carts(context)) == ({}, {})


def test_carts_are_summed_up_by_arm_and_one_of_a_view(
    context: Context, shop: Shop, campaign: int
) -> None:
    for kind in ("cart 49.90 63.40 13.50", "cart 20 15.5 0", "cart 10 10 5"):
        ticket = tickets.issue(context, shop, NET)
        for _ in range(2):
            send(context, shop, told(context, campaign, kind), ticket=ticket)
    assert carts(context) == {"a": (3, 1, 1, 900, 1350.0**2 + 450.0**2, 1850, 1350)}


def test_who_is_held_out_draws_another_arm_and_counts_as_the_holdout(
    context: Context, shop: Shop, campaign: int
) -> None:
    drawn = storefront_config.config_now(context, shop)
    assert b'"arms":[["0",10],["a",90]]' in drawn
    held = [told(context, campaign, kind, arm="0") for kind in ("withheld", "cart 5 7 0")]
    send(context, shop, *held)
    assert exposures(context) == {("real", "-", "withheld"): 1}
    assert carts(context) == {"-": (1, 1, 0, 200, 200.0**2, 0, 0)}


def test_a_shopper_who_was_counted_before_is_no_further_cart(
    context: Context, shop: Shop, campaign: int
) -> None:
    later = [told(context, campaign, kind, again=True) for kind in ("cart 5 7 0", "item_shown o 7")]
    send(context, shop, *later)
    assert (carts(context), items(context)) == ({}, {("o", "shown"): 1})


def test_whatever_is_not_as_agreed_is_refused(context: Context, shop: Shop, campaign: int) -> None:
    for kind in (
        *("item_add", "item_add o", "item_add O 7", "item_add o " + "x" * 81, "add o 7"),
        *("item_sold o 7", "cart", "cart 1 2", "cart 1 2 -3", "cart 1 2 3 4", "cart 1e9 2 3"),
        "cart 12345678 2 3",
    ):
        with pytest.raises(BadInputError, match="events_invalid"):
            send(context, shop, told(context, campaign, kind))


def test_only_a_widget_that_suggests_may_tell_of_suggestions(context: Context, shop: Shop) -> None:
    window = publish(context, shop)
    for kind in ("item_add o 7", "cart 1 2 0"):
        with pytest.raises(BadInputError, match="events_invalid"):
            send(context, shop, event(context, window, kind))


@pytest.mark.parametrize(
    ("text", "source"),
    [
        ("cross_sell:5:r12", Source("cross_sell", 5, "r12")),
        ("cross_sell:5", Source("cross_sell", 5, "")),
        ("cross_sell:5:", None),
        ("cross_sell:x:o", None),
        ("<b>:5:o", None),
    ],
)
def test_line_marks_are_read_with_and_without_where_they_came_from(
    text: str, source: Source | None
) -> None:
    assert suggestion_events.source_of(text) == source
