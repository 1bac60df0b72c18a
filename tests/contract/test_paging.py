"""Listings come whole: nothing lost, nothing twice, whatever the number and whatever changes."""

from __future__ import annotations

from datetime import timedelta

import pytest
import sqlalchemy as sa

from plugin.contracts.platform import ReadsCatalogue, ReadsCustomers, ReadsOrders, ReadsShop
from plugin.model import Shop
from plugin.services import rounds
from plugin.store.db import metadata
from tests.contract.moves import capable, every_page, ids, put_products, rows, settle, token
from tests.contract.stage import Stage

#: More than the largest page any of the platforms gives out.
MANY = 110


def test_an_empty_shop_has_one_empty_page(stage: Stage, shop: Shop) -> None:
    catalogue = capable(stage, shop, ReadsCatalogue)
    if catalogue is None:
        return
    page = catalogue.products(token(stage, shop), None, None)
    assert (page.items, page.after) == ((), None)


def test_many_products_come_once_each_and_in_the_order_of_their_change(
    stage: Stage, shop: Shop
) -> None:
    catalogue = capable(stage, shop, ReadsCatalogue)
    if catalogue is None:
        return
    put = put_products(stage, MANY)
    held = token(stage, shop)
    pages = every_page(lambda after: catalogue.products(held, after, None))
    assert len(pages) > 1
    assert sorted(ids(pages)) == sorted(put)
    times = [product.updated_at for page in pages for product in page.items]
    assert times == sorted(times)


def test_a_last_page_that_is_exactly_full_ends_the_listing(stage: Stage, shop: Shop) -> None:
    catalogue = capable(stage, shop, ReadsCatalogue)
    if catalogue is None:
        return
    put = put_products(stage, MANY)
    held = token(stage, shop)
    size = len(catalogue.products(held, None, None).items)
    assert 0 < size < MANY
    put += put_products(stage, -MANY % size, first=MANY + 1)
    pages = every_page(lambda after: catalogue.products(held, after, None))
    assert sorted(ids(pages)) == sorted(put)
    assert [len(page.items) for page in pages if page.items] == [size] * (len(put) // size)


def test_what_changes_while_pages_are_turned_is_neither_lost_nor_lets_others_get_lost(
    stage: Stage, shop: Shop
) -> None:
    catalogue = capable(stage, shop, ReadsCatalogue)
    if catalogue is None:
        return
    put = put_products(stage, MANY)
    held = token(stage, shop)
    first = catalogue.products(held, None, None)
    for product in first.items[:3]:
        stage.touch_product(product.id)
    new = stage.put_product(MANY + 1)
    rest = every_page(lambda after: catalogue.products(held, after or first.after, None))
    found = ids([first, *rest])
    assert set(put) <= set(found)
    assert new in found
    untouched = set(put) - {product.id for product in first.items[:3]}
    assert all(found.count(product) == 1 for product in untouched)


def test_what_is_deleted_while_pages_are_turned_takes_no_other_along(
    stage: Stage, shop: Shop
) -> None:
    catalogue = capable(stage, shop, ReadsCatalogue)
    if catalogue is None:
        return
    put = put_products(stage, MANY)
    held = token(stage, shop)
    first = catalogue.products(held, None, None)
    gone = [product.id for product in first.items[:2]]
    for product in gone:
        stage.delete_product(product)
    rest = every_page(lambda after: catalogue.products(held, after or first.after, None))
    assert set(put) - set(gone) <= set(ids([first, *rest]))


def test_only_what_changed_since_is_listed(stage: Stage, shop: Shop) -> None:
    catalogue = capable(stage, shop, ReadsCatalogue)
    if catalogue is None:
        return
    put = put_products(stage, 5)
    held = token(stage, shop)
    third = next(
        product
        for page in every_page(lambda after: catalogue.products(held, after, None))
        for product in page.items
        if product.id == put[2]
    )
    since = every_page(lambda after: catalogue.products(held, after, third.updated_at))
    assert set(put[2:]) <= set(ids(since))
    tomorrow = stage.context.now() + timedelta(days=1)
    assert catalogue.products(held, None, tomorrow).items == ()


def test_many_orders_come_once_each(stage: Stage, shop: Shop) -> None:
    orders = capable(stage, shop, ReadsOrders)
    if orders is None:
        return
    products = put_products(stage, 2)
    put = [
        stage.place_order(email=f"anne{number}@example.com", products=products)
        for number in range(MANY)
    ]
    held = token(stage, shop)
    pages = every_page(lambda after: orders.orders(held, after, None))
    assert sorted(ids(pages)) == sorted(put)


def test_the_first_synchronisation_keeps_every_product_order_and_customer(
    stage: Stage, shop: Shop
) -> None:
    products = put_products(stage, MANY)
    put = [
        stage.place_order(email=f"anne{number}@example.com", products=products[number : number + 2])
        for number in range(30)
    ]
    settle(stage, shop)
    if capable(stage, shop, ReadsCatalogue):
        kept = [row.product_id for row in rows(stage, shop, "products") if not row.gone]
        assert sorted(kept) == sorted(products)
    if capable(stage, shop, ReadsOrders):
        assert sorted(row.order_id for row in rows(stage, shop, "orders")) == sorted(put)
        assert len(rows(stage, shop, "order_lines")) == 60
    if capable(stage, shop, ReadsCustomers):
        assert len(rows(stage, shop, "customers")) == 30


def test_much_that_changed_at_one_moment_is_asked_for_once_however_short_the_turns(
    stage: Stage, shop: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    if capable(stage, shop, ReadsCatalogue) is None:
        return
    products = put_products(stage, MANY)
    settle(stage, shop)
    _know_changes_until(stage, shop, hours_ago=4)
    for product in products:
        stage.touch_product(product)
    monkeypatch.setattr("plugin.services.syncing.TURN_SECONDS", -1.0)
    before = stage.requests()
    stage.clock.move(hours=1)
    rounds.enqueue_due(stage.context)
    stage.run_steps()  # fails if the steps come to no end
    assert stage.requests() - before < 100


def _know_changes_until(stage: Stage, shop: Shop, *, hours_ago: int) -> None:
    runs = metadata.tables["sync_runs"]
    moment = stage.context.now() - timedelta(hours=hours_ago)
    with stage.context.db.write() as connection:
        connection.execute(
            sa.update(runs).where(runs.c.shop_id == shop.id).values(watermark=moment)
        )


def test_counts_tell_what_the_listings_bring(stage: Stage, shop: Shop) -> None:
    put_products(stage, 4)
    reader = capable(stage, shop, ReadsShop)
    if reader is None:
        return
    counts = reader.counts(token(stage, shop))
    assert counts.products in (4, None)
    assert counts.orders in (0, None)
