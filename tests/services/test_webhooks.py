"""Deliveries work once, for the shop they are about, and only if the platform sent them."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest
import sqlalchemy as sa

from plugin.contracts.platform import Inbound
from plugin.errors import NotAllowedError, NotFoundError
from plugin.model import Shop
from plugin.services import person_requests, webhooks
from plugin.services.context import Context
from plugin.services.steps import Runner
from plugin.services.tenants import shop_of_id
from plugin.store import catalogue, orders, shelf
from plugin.store.shops import inbox, shops
from plugin.store.steps import steps
from tests.fakes.platform import FakePlatform
from tests.fakes.things import a_customer, a_product, an_order
from tests.services.connected import connect


@pytest.fixture
def connected(context: Context, shop: Shop) -> Shop:
    connect(context, shop)
    return shop


@pytest.fixture
def runner(context: Context) -> Runner:
    from plugin.app import handlers

    return Runner(context, handlers(), "test")


def send(
    context: Context,
    platform: FakePlatform,
    topic: str,
    body: dict[str, Any],
    *,
    key: str = "event-1",
    domain: str = "uferhaus.myshopify.com",
) -> bool:
    raw = json.dumps(body).encode()
    headers = {
        "x-shopify-hmac-sha256": platform.webhook_signature(raw),
        "x-shopify-shop-domain": domain,
        "x-shopify-topic": topic,
        "x-shopify-event-id": key,
    }
    return webhooks.receive(context, "shopify", Inbound(headers, raw))


def waiting(context: Context) -> list[tuple[str, dict[str, Any]]]:
    with context.db.read() as connection:
        query = sa.select(steps.c.kind, steps.c.payload).order_by(steps.c.id)
        return [(row.kind, row.payload) for row in connection.execute(query)]


ORDER = {"admin_graphql_api_id": "gid://shopify/Order/1007"}
PERSON = {
    "shop_domain": "uferhaus.myshopify.com",
    "customer": {"id": "gid://shopify/Customer/1", "email": "mara@post.example"},
}


def test_an_order_message_becomes_a_step_that_fetches_it(
    context: Context, connected: Shop, fake_platform: FakePlatform, runner: Runner
) -> None:
    order = an_order()
    fake_platform.orders_held[order.id] = order
    assert send(context, fake_platform, "orders/create", ORDER)
    assert waiting(context) == [("order.refresh", {"order_id": order.id})]
    runner.run_due()
    with context.db.read() as connection:
        assert list(orders.known_orders(connection, connected.id, [order.id])) == [order.id]


def test_a_repeated_delivery_works_once(
    context: Context, connected: Shop, fake_platform: FakePlatform
) -> None:
    assert send(context, fake_platform, "orders/create", ORDER)
    assert not send(context, fake_platform, "orders/create", ORDER)
    assert len(waiting(context)) == 1


def test_the_body_of_an_order_is_not_kept(
    context: Context, connected: Shop, fake_platform: FakePlatform
) -> None:
    send(context, fake_platform, "orders/create", {**ORDER, "email": "mara@post.example"})
    with context.db.read() as connection:
        assert connection.execute(sa.select(inbox.c.body_sealed)).scalars().all() == [None]


def test_a_forged_delivery_stores_nothing(
    context: Context, connected: Shop, fake_platform: FakePlatform
) -> None:
    headers = {
        "x-shopify-hmac-sha256": "Zm9yZ2Vk",
        "x-shopify-shop-domain": connected.domain,
        "x-shopify-topic": "orders/create",
        "x-shopify-event-id": "1",
    }
    with pytest.raises(NotAllowedError):
        webhooks.receive(context, "shopify", Inbound(headers, json.dumps(ORDER).encode()))
    with context.db.read() as connection:
        assert connection.execute(sa.select(inbox.c.id)).all() == []


def test_a_signed_body_of_one_shop_cannot_uninstall_another(
    context: Context, connected: Shop, fake_platform: FakePlatform
) -> None:
    own = {"myshopify_domain": "attacker.myshopify.com"}
    with pytest.raises(NotAllowedError):
        send(context, fake_platform, "app/uninstalled", own)
    with pytest.raises(NotAllowedError):  # a replayed body of another topic names no shop
        send(context, fake_platform, "app/uninstalled", ORDER)
    with pytest.raises(NotAllowedError):
        send(context, fake_platform, "shop/redact", {"shop_domain": "attacker.myshopify.com"})
    assert shop_of_id(context, connected.id) == connected


def test_messages_of_a_shop_that_left_or_never_was_are_refused(
    context: Context, make_shop: Callable[..., Shop], fake_platform: FakePlatform
) -> None:
    make_shop(state="uninstalled")
    with pytest.raises(NotFoundError):
        send(context, fake_platform, "orders/create", ORDER)
    with pytest.raises(NotFoundError):
        send(context, fake_platform, "orders/create", ORDER, domain="nobody.myshopify.com")


def test_uninstalling_takes_effect_at_once(
    context: Context, connected: Shop, fake_platform: FakePlatform
) -> None:
    body = {"myshopify_domain": connected.domain}
    assert send(context, fake_platform, "app/uninstalled", body)
    assert not send(context, fake_platform, "app/uninstalled", body)
    left = shop_of_id(context, connected.id)
    assert left is not None
    assert left.state == "uninstalled"


def test_a_product_that_is_gone_is_offered_no_more(
    context: Context, connected: Shop, fake_platform: FakePlatform, runner: Runner
) -> None:
    product = a_product()
    with context.db.write() as connection:
        catalogue.put_products(connection, connected.id, [product])
    send(context, fake_platform, "products/update", {"admin_graphql_api_id": product.id})
    runner.run_due()
    with context.db.read() as connection:
        (row,) = shelf.shelf(connection, connected.id, [product.id])
    assert not row.published


def test_a_customer_message_updates_the_count_and_keeps_no_address(
    context: Context, connected: Shop, fake_platform: FakePlatform, runner: Runner
) -> None:
    fake_platform.customers_held.append(a_customer(email="mara@post.example", orders_count=2))
    send(context, fake_platform, "customers/update", PERSON)
    with context.db.read() as connection:
        assert "mara" not in repr(connection.execute(sa.select(inbox)).all())
    runner.run_due()
    with context.db.read() as connection:
        assert connection.execute(sa.select(catalogue.customers.c.orders_count)).scalar() == 2
        assert connection.execute(sa.select(inbox.c.body_sealed)).scalars().all() == [None]


def test_a_wish_to_see_ones_data_waits_for_the_merchant(
    context: Context, connected: Shop, fake_platform: FakePlatform
) -> None:
    send(context, fake_platform, "customers/data_request", PERSON)
    (wish,) = person_requests.listed(context, connected)
    assert (wish.kind, wish.person, wish.days_left) == ("access", "mara@post.example", 30)
    _, person = person_requests.get(context, connected, wish.id)
    export = person_requests.hand_out(context, connected, person, "Anna", "staff:1")
    assert export["email"] == "mara@post.example"
    (wish,) = person_requests.listed(context, connected)
    assert (wish.days_left, wish.done_by) == (None, "Anna")


def test_compliance_for_an_unknown_shop_is_acknowledged_without_a_trace(
    context: Context, fake_platform: FakePlatform
) -> None:
    body = {"shop_domain": "nobody.myshopify.com"}
    assert not send(context, fake_platform, "shop/redact", body, domain="nobody.myshopify.com")
    assert waiting(context) == []


def test_erasing_a_shop_that_left_deletes_every_row_of_it(
    context: Context, connected: Shop, fake_platform: FakePlatform, runner: Runner
) -> None:
    send(context, fake_platform, "app/uninstalled", {"myshopify_domain": connected.domain})
    body = {"shop_domain": connected.domain}
    send(context, fake_platform, "shop/redact", body, key="event-2")
    runner.run_due()
    with context.db.read() as connection:
        assert connection.execute(sa.select(shops.c.id)).all() == []
        assert connection.execute(sa.select(steps.c.id)).all() == []


def test_erasing_a_shop_that_came_back_is_ignored(
    context: Context, connected: Shop, fake_platform: FakePlatform, runner: Runner
) -> None:
    send(context, fake_platform, "shop/redact", {"shop_domain": connected.domain})
    runner.run_due()
    assert shop_of_id(context, connected.id) == connected
