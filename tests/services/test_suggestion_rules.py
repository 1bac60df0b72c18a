"""What rules and the platform propose for a cart, what they keep away, and when."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime
from typing import Any

import pytest

from plugin.model import PlatformRelation, Shop
from plugin.services.context import Context
from plugin.services.suggestions import relations, remembering
from plugin.services.suggestions.relations import Ruled, in_season
from plugin.store import catalogue
from plugin.store import relations as store
from plugin.store.relations import Rule
from tests.conftest import MovingClock
from tests.fakes.things import a_product, a_variant

SOCK, WASH, OIL, TRAY, SCARF = (f"gid://shopify/Product/{number}" for number in range(1, 6))


def a_rule(kind: str = "accessory", of: str = "", to: str = "", **values: Any) -> Rule:
    return Rule(
        **{
            "kind": kind,
            "of_kind": "product",
            "of": of,
            "to_kind": "product",
            "to": to,
            "pinned": False,
            "active": True,
            "since": None,
            "until": None,
            "words": {},
            **values,
        }
    )


@pytest.fixture
def stocked(context: Context, shop: Shop) -> Shop:
    items = [
        a_product(1, tags=("Wolle",), categories=("Socken", "Kleidung")),
        a_product(2, tags=("Pflege", "wolle ")),
        a_product(3, tags=("Pflege",)),
        a_product(4, relations=(PlatformRelation("alternative", SCARF),
                                PlatformRelation("accessory", "gid://shopify/ProductVariant/3"))),
        a_product(5, tags=("WOLLE",), categories=("Kleidung",)),
    ]  # fmt: skip
    with context.db.write() as connection:
        catalogue.put_products(connection, shop.id, items)
    return shop


def ruled(context: Context, shop: Shop, rules: list[Rule], *cart: str) -> Ruled:
    with context.db.write() as connection:
        for rule in rules:
            store.insert_rule(connection, shop.id, rule, context.now())
    return relations.for_cart(remembering.known(context, shop), cart)


def said(found: Ruled) -> list[tuple[str, str, str]]:
    return [(one.product, one.because, one.kind) for one in found.first]


def kept_away(context: Context, shop: Shop, found: Ruled) -> frozenset[str]:
    every = (SOCK, WASH, OIL, TRAY, SCARF)
    return found.never.among(remembering.known(context, shop), every)


def test_a_rule_of_a_tag_reaches_every_product_that_carries_it(
    context: Context, stocked: Shop
) -> None:
    rule = a_rule(of="wolle", of_kind="tag", to=WASH, words={"de": "Zum Waschen deiner {with}"})
    found = ruled(context, stocked, [rule], TRAY, SCARF)
    first = found.first[0]
    assert (first.product, first.because, first.kind) == (WASH, SCARF, "accessory")
    assert first.words == {"de": "Zum Waschen deiner {with}"}
    assert first.rule is not None


def test_a_rule_may_propose_a_whole_category_and_never_what_lies_in_the_cart(
    context: Context, stocked: Shop
) -> None:
    rule = a_rule("fits", WASH, "kleidung", to_kind="category")
    assert said(ruled(context, stocked, [rule], WASH, SOCK)) == [(SCARF, WASH, "fits")]


def test_pins_come_first_then_rules_in_their_order_then_the_platform(
    context: Context, stocked: Shop
) -> None:
    rules = [a_rule("fits", TRAY, WASH), a_rule("refill", "", SOCK, of_kind="any", pinned=True)]
    assert said(ruled(context, stocked, rules, TRAY)) == [
        (SOCK, TRAY, "refill"),
        (WASH, TRAY, "fits"),
        (OIL, TRAY, "accessory"),
        (SCARF, TRAY, "alternative"),
    ]


def test_of_two_rules_for_one_product_the_first_counts(context: Context, stocked: Shop) -> None:
    rules = [a_rule("refill", SOCK, WASH), a_rule("accessory", SOCK, WASH)]
    assert said(ruled(context, stocked, rules, SOCK)) == [(WASH, SOCK, "refill")]


def test_what_never_goes_together_does_not_in_either_direction(
    context: Context, stocked: Shop
) -> None:
    rules = [a_rule("never", OIL, "Wolle", to_kind="tag"), a_rule("accessory", SOCK, OIL)]
    assert kept_away(context, stocked, ruled(context, stocked, rules, OIL)) == {SOCK, WASH, SCARF}
    found = ruled(context, stocked, [], SOCK)
    assert kept_away(context, stocked, found) == {OIL}
    assert said(found) == []


def test_an_excluded_product_is_kept_from_every_cart(context: Context, stocked: Shop) -> None:
    rules = [a_rule("never", "", OIL, of_kind="any")]
    found = ruled(context, stocked, rules, TRAY)
    assert kept_away(context, stocked, found) == {OIL}
    assert OIL not in {one.product for one in found.first}
    assert kept_away(context, stocked, ruled(context, stocked, [], OIL)) == {OIL}


def test_rules_that_are_off_and_rules_of_other_shops_say_nothing(
    context: Context, stocked: Shop, make_shop: Callable[..., Shop]
) -> None:
    assert ruled(context, stocked, [a_rule(of=SOCK, to=WASH, active=False)], SOCK).first == ()
    assert ruled(context, make_shop("other"), [a_rule(of=SOCK, to=WASH)], WASH).first == ()
    assert relations.for_cart(remembering.known(context, stocked), [SOCK]).first == ()


def test_a_product_that_changes_its_tags_leaves_the_rules_of_the_old_ones(
    context: Context, stocked: Shop
) -> None:
    rules = [a_rule(of="Wolle", of_kind="tag", to=OIL)]
    assert ruled(context, stocked, rules, SOCK).first
    with context.db.write() as connection:
        catalogue.put_products(connection, stocked.id, [a_product(1, variants=(a_variant(1),))])
    assert ruled(context, stocked, [], SOCK).first == ()


@pytest.mark.parametrize(
    ("since", "until", "day", "within"),
    [
        (None, None, "2026-11-22", True),
        ("11-15", "12-24", "2026-11-15", True),
        ("11-15", "12-24", "2026-12-25", False),
        ("12-01", "01-06", "2027-01-06", True),
        ("12-01", "01-06", "2027-01-07", False),
        ("2026-11-23", None, "2026-11-22", False),
        (None, "2026-11-22", "2026-11-22", True),
        (None, "2026-11-22", "2026-11-23", False),
    ],
)
def test_seasons_come_back_each_year_or_once(
    since: str | None, until: str | None, day: str, *, within: bool
) -> None:
    assert in_season(since, until, date.fromisoformat(day)) is within


def test_a_day_begins_where_the_shop_is(
    context: Context, stocked: Shop, moving_clock: MovingClock
) -> None:
    moving_clock.time = datetime(2026, 11, 30, 23, 30, tzinfo=UTC)  # 0:30 in Berlin
    rules = [a_rule(of=SOCK, to=WASH, since="12-01", until="12-24")]
    assert said(ruled(context, stocked, rules, SOCK)) == [(WASH, SOCK, "accessory")]
