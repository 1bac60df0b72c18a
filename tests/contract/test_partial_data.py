"""What a shop leaves out: no customer, no address, no product any more, nothing at all."""

from __future__ import annotations

from plugin.contracts.platform import ReadsCatalogue, ReadsCustomers, ReadsOrders
from plugin.model import Shop
from tests.contract.moves import capable, later, put_products, rows, settle, token
from tests.contract.stage import Stage


def test_an_order_with_nobody_behind_it_is_kept(stage: Stage, shop: Shop) -> None:
    settle(stage, shop)
    order = stage.place_order(email=None, products=put_products(stage, 1))
    for message in stage.deliveries(order):
        assert stage.send(message).status_code < 300
    later(stage, minutes=1)
    (row,) = rows(stage, shop, "orders")
    assert row.order_id == order
    assert row.email_sealed is None


def test_a_bare_order_in_the_history_does_not_stop_the_others(stage: Stage, shop: Shop) -> None:
    product = put_products(stage, 1)
    placed = [
        stage.place_order(email="anne@example.com", products=product),
        stage.place_order(email=None, products=product),
        stage.place_order(email="ben@example.com", products=product),
    ]
    settle(stage, shop)
    if capable(stage, shop, ReadsOrders):
        assert sorted(row.order_id for row in rows(stage, shop, "orders")) == sorted(placed)


def test_an_order_outlives_its_product(stage: Stage, shop: Shop) -> None:
    settle(stage, shop)
    products = put_products(stage, 2)
    order = stage.place_order(email="anne@example.com", products=products)
    stage.delete_product(products[0])
    for message in stage.deliveries(order):
        assert stage.send(message).status_code < 300
    later(stage, minutes=1)
    lines = rows(stage, shop, "order_lines")
    assert len(lines) == 2
    assert all(line.title for line in lines)
    assert products[1] in {line.product_id for line in lines}


def test_what_does_not_exist_is_none(stage: Stage, shop: Shop) -> None:
    product, order = put_products(stage, 1)[0], ""
    order = stage.place_order(email="anne@example.com", products=[product])
    held = token(stage, shop)
    catalogue = capable(stage, shop, ReadsCatalogue)
    orders = capable(stage, shop, ReadsOrders)
    customers = capable(stage, shop, ReadsCustomers)
    if catalogue:
        assert catalogue.product(held, product) is not None
        stage.delete_product(product)
        assert catalogue.product(held, product) is None
    if orders:
        assert orders.order(held, order) is not None
        assert orders.order(held, _unknown(order)) is None
    if customers:
        assert customers.customer_by_email(held, "nobody@example.com") is None


def test_a_customer_is_found_by_the_mail_address(stage: Stage, shop: Shop) -> None:
    customers = capable(stage, shop, ReadsCustomers)
    if customers is None:
        return
    known = stage.put_customer("ada.ufer@example.com")
    found = customers.customer_by_email(token(stage, shop), "ada.ufer@example.com")
    assert found is not None
    assert found.id == known
    assert not found.subscribed


def _unknown(order_id: str) -> str:
    """Return an id of the same form that no order has."""
    head, digits = order_id.rstrip("0123456789"), order_id[len(order_id.rstrip("0123456789")) :]
    if digits == order_id or head.endswith("/"):
        return f"{head}999999999"
    return "f" * len(order_id)
