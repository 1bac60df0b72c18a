"""Products and customers come in page by page, resume after a crash, and show their progress."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from plugin.errors import PlatformRefusedError
from plugin.model import Shop
from plugin.services import catalogue, orders
from plugin.services.context import Context
from plugin.services.identity import identity_of
from plugin.services.steps import Step
from plugin.store import catalogue as store
from tests.conftest import START
from tests.fakes.platform import FakePlatform
from tests.fakes.things import a_customer, a_product
from tests.services.connected import connect

STEP = Step(1, 1, "sync", "sync", {"generation": 1}, 1)


@pytest.fixture
def connected(context: Context, shop: Shop) -> Shop:
    connect(context, shop)
    return shop


def run(context: Context, shop: Shop, kind: str) -> catalogue.SyncRun:
    return next(run for run in catalogue.progress(context, shop.id) if run.kind == kind)


def test_all_pages_of_products_come_in(
    context: Context, connected: Shop, fake_platform: FakePlatform
) -> None:
    fake_platform.products_held = [a_product(number) for number in range(5)]
    catalogue.sync_products(context, STEP)
    with context.db.read() as connection:
        known = connection.execute(store.products.select()).all()
    assert [row.shop_id for row in known] == [connected.id] * 5
    progress = run(context, connected, "products")
    assert (progress.state, progress.done, progress.total) == ("done", 5, 5)


def test_totals_of_everything_are_known_from_the_start(
    context: Context, connected: Shop, fake_platform: FakePlatform
) -> None:
    fake_platform.customers_held = [a_customer(number) for number in range(3)]
    catalogue.sync_products(context, STEP)
    assert run(context, connected, "customers").total == 3
    assert run(context, connected, "customers").state == "waiting"


def test_a_crash_costs_one_page_at_most(
    context: Context, connected: Shop, fake_platform: FakePlatform
) -> None:
    fake_platform.products_held = [a_product(number) for number in range(5)]
    real = fake_platform.products

    def dies_on_the_last_page(access: object, after: str | None, since: object) -> object:
        if after == "4":
            raise KeyboardInterrupt
        return real(access, after, since)  # type: ignore[arg-type]

    fake_platform.products = dies_on_the_last_page  # type: ignore[assignment, method-assign]
    with pytest.raises(KeyboardInterrupt):
        catalogue.sync_products(context, STEP)
    assert run(context, connected, "products").done == 4
    fake_platform.products = real  # type: ignore[method-assign]
    fake_platform.calls.clear()
    catalogue.sync_products(context, STEP)
    assert fake_platform.calls == ["products"]
    assert run(context, connected, "products").done == 5


def test_a_refusal_is_shown_to_the_merchant(
    context: Context, connected: Shop, fake_platform: FakePlatform
) -> None:
    fake_platform.fail("customers", PlatformRefusedError("query_refused"))
    with pytest.raises(PlatformRefusedError):
        catalogue.sync_customers(context, STEP)
    progress = run(context, connected, "customers")
    assert (progress.state, progress.error) == ("failed", "query_refused")


def test_of_a_customer_only_a_check_value_stays(
    context: Context, connected: Shop, fake_platform: FakePlatform
) -> None:
    fake_platform.customers_held = [a_customer(1), a_customer(2, email=None, orders_count=0)]
    catalogue.sync_customers(context, STEP)
    with context.db.read() as connection:
        kept = connection.execute(store.customers.select()).all()
        known = identity_of(context.keys, connected.id, "kunde1@post.example")
        assert orders.has_ordered(connection, connected.id, known)
    assert "kunde1" not in repr(kept)


def test_a_customer_without_an_order_has_not_ordered(
    context: Context, connected: Shop, fake_platform: FakePlatform
) -> None:
    fake_platform.customers_held = [a_customer(1, orders_count=0)]
    catalogue.sync_customers(context, STEP)
    known = identity_of(context.keys, connected.id, "kunde1@post.example")
    with context.db.read() as connection:
        assert not orders.has_ordered(connection, connected.id, known)


def test_an_older_product_never_overwrites_a_newer_one(context: Context, connected: Shop) -> None:
    newer = a_product(1, title="Neu")
    older = replace(newer, title="Alt", updated_at=newer.updated_at - timedelta(days=1))
    with context.db.write() as connection:
        store.put_products(connection, connected.id, [newer])
        store.put_products(connection, connected.id, [older])
        assert store.titles(connection, connected.id, ["1"]) == {newer.id: "Neu"}


def test_changed_products_are_fetched_though_no_message_came(
    context: Context, connected: Shop, fake_platform: FakePlatform
) -> None:
    fake_platform.products_held = [a_product(number) for number in range(3)]
    catalogue.sync_products(context, STEP)
    later = START + timedelta(hours=1)
    fake_platform.products_held[1] = a_product(1, title="Neu", updated_at=later)
    catalogue.reconcile_products(context, Step(1, 1, "product.reconcile", "r", {}, 1))
    with context.db.read() as connection:
        assert store.titles(connection, connected.id, ["1"]) == {a_product(1).id: "Neu"}
    assert run(context, connected, "products").watermark == later
