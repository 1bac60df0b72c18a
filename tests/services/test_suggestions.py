"""Suggestions come from the shop's own orders, can be bought now, and have a reason."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest

from plugin.model import Shop
from plugin.services import campaigns, orders, stopping, suggestions
from plugin.services.context import Context
from plugin.services.steps import Step
from plugin.services.suggestions import CartQuestion
from plugin.services.tenants import shop_of_id
from plugin.store import catalogue, sync
from tests.conftest import START
from tests.fakes.things import a_line, a_product, a_variant, an_order
from tests.services.connected import connect

STEP = Step(1, 1, "suggestions.learn", "learn", {"generation": 1}, 1)


def gid(number: int) -> str:
    return f"gid://shopify/Product/{number}"


def cart_of(*references: str) -> CartQuestion:
    return CartQuestion(tuple((reference, 1) for reference in references))


def publish(context: Context, shop: Shop, widget: str) -> int:
    with context.db.write() as connection:
        campaigns.ensure_defaults(connection, context, shop.id)
    (found,) = [item for item in campaigns.all_of(context, shop) if item.widget == widget]
    return campaigns.publish(context, shop, found.id).id


def fill(context: Context, shop: Shop, products: int = 6) -> None:
    connect(context, shop)
    with context.db.write() as connection:
        catalogue.put_products(connection, shop.id, [a_product(n) for n in range(1, products + 1)])
        for number in range(40):
            lines = (a_line(number, 1), a_line(number, 2 + number % 4))
            past = START - timedelta(days=number)
            order = an_order(number, lines=lines, created_at=past, updated_at=past)
            orders.ingest(connection, context, shop, order)
        sync.update_run(connection, shop.id, "orders", state="done")


@pytest.fixture
def taught(context: Context, shop: Shop) -> Shop:
    fill(context, shop)
    suggestions.learn_from_orders(context, STEP)
    publish(context, shop, "cross_sell")
    return shop


def test_a_cart_gets_what_was_bought_with_it_and_says_so(context: Context, taught: Shop) -> None:
    found = suggestions.for_cart(context, taught, cart_of(gid(2)))
    assert found.campaign is not None
    assert [item.facts.product_id for item in found.items] == [gid(1)]
    assert found.items[0].because == "Teeschale 2"


def test_bare_numbers_are_understood(context: Context, taught: Shop) -> None:
    assert suggestions.for_cart(context, taught, cart_of("2")) == suggestions.for_cart(
        context, taught, cart_of(gid(2))
    )


def test_never_more_than_three_and_never_what_is_in_the_cart(
    context: Context, taught: Shop
) -> None:
    found = suggestions.for_cart(context, taught, cart_of(gid(1), gid(3)))
    products = [item.facts.product_id for item in found.items]
    assert 0 < len(products) <= 3
    assert not {gid(1), gid(3)} & set(products)


def test_unknown_products_count_for_nothing(context: Context, taught: Shop) -> None:
    strange = ["", "0", "'; DROP TABLE products; --", "gid://shopify/Product/999", "é" * 80]
    assert suggestions.for_cart(context, taught, cart_of(*strange)).items == ()


def test_what_cannot_be_bought_is_not_suggested(context: Context, taught: Shop) -> None:
    with context.db.write() as connection:
        sold_out = a_product(1, variants=(a_variant(1, available=False),))
        catalogue.put_products(connection, taught.id, [sold_out])
    assert suggestions.for_cart(context, taught, cart_of(gid(2))).items == ()


def test_nothing_without_a_published_campaign(context: Context, shop: Shop) -> None:
    fill(context, shop)
    suggestions.learn_from_orders(context, STEP)
    assert suggestions.for_cart(context, shop, cart_of(gid(2))) == suggestions.ForCart(None, ())


def test_nothing_while_the_shop_is_stopped(context: Context, taught: Shop) -> None:
    stopping.stop(context, taught)
    stopped = shop_of_id(context, taught.id)
    assert stopped is not None
    assert suggestions.for_cart(context, stopped, cart_of(gid(2))).items == ()


def test_another_shop_learns_nothing_from_this_one(
    context: Context, taught: Shop, make_shop: Callable[..., Shop]
) -> None:
    other = make_shop("other.myshopify.com")
    publish(context, other, "cross_sell")
    assert suggestions.for_cart(context, other, cart_of(gid(2))).items == ()


@pytest.mark.parametrize(
    ("name", "of_variant"),
    [
        (lambda number: str(100 + number), lambda number: str(200 + number)),  # WooCommerce
        (lambda number: f"{number:032x}", lambda number: f"f{number:031x}"),  # Shopware
        (lambda number: f"shop/teapots/{number}", lambda number: f"sku/{number}"),  # any shop
    ],
    ids=["numbers", "hexadecimal", "paths"],
)
def test_ids_of_every_platform_are_understood(
    context: Context,
    shop: Shop,
    name: Callable[[int], str],
    of_variant: Callable[[int], str],
) -> None:
    connect(context, shop)
    with context.db.write() as connection:
        catalogue.put_products(
            connection,
            shop.id,
            [
                a_product(n, id=name(n), variants=(a_variant(n, id=of_variant(n)),))
                for n in range(1, 4)
            ],
        )
        for number in range(40):
            lines = tuple(
                a_line(number, place, product_id=name(place), variant_id=of_variant(place))
                for place in (1, 2)
            )
            orders.ingest(connection, context, shop, an_order(number, lines=lines))
        sync.update_run(connection, shop.id, "orders", state="done")
    suggestions.learn_from_orders(context, STEP)
    publish(context, shop, "cross_sell")
    for reference in (name(2), of_variant(2)):  # some carts tell the variant alone
        (found,) = suggestions.for_cart(context, shop, cart_of(reference)).items
        assert (found.facts.product_id, found.form.variant_id) == (name(1), of_variant(1))
    assert suggestions.for_cart(context, shop, cart_of("2", "nothing")).items == ()
