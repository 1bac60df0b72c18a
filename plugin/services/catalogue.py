"""Products and customers: the first synchronisation and single changes afterwards."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy.engine import Connection

from plugin.contracts.platform import ReadsCatalogue, ReadsCustomers, ReadsShop
from plugin.errors import InvalidFieldError
from plugin.model import Customer, Product, Shop
from plugin.services import syncing
from plugin.services.access import access, connected, speaking
from plugin.services.context import Context
from plugin.services.identity import clean_email, identity_of
from plugin.services.inbound import handled, person_in
from plugin.services.steps import Handler, Step
from plugin.services.syncing import progress
from plugin.store import catalogue as store
from plugin.store import sync
from plugin.store.sync import SyncRun

__all__ = ["HANDLERS", "SyncRun", "progress"]


def sync_products(context: Context, step: Step) -> None:
    """Fetch all products; asks first how many there will be of everything."""
    shop = syncing.shop_of_step(context, step)
    if shop is None:
        return
    _learn_totals(context, shop)
    platform = context.able(shop, ReadsCatalogue)
    syncing.run_pages(
        context,
        shop,
        "products",
        lambda token, after: platform.products(token, after, None),
        lambda connection, items: store.put_products(connection, shop.id, items),
    )


def _learn_totals(context: Context, shop: Shop) -> None:
    with context.db.read() as connection:
        run = sync.run_of(connection, shop.id, "products")
    if run is None or run.total is not None or run.state == "done":
        return
    with syncing.running(context, shop, "products"):
        counts = context.able(shop, ReadsShop).counts(access(context, shop))
    with context.db.write() as connection:
        for kind in ("products", "customers", "orders"):
            sync.update_run(connection, shop.id, kind, total=getattr(counts, kind))


def reconcile_products(context: Context, step: Step) -> None:
    """Fetch the products that changed since the newest change known, whatever was announced."""
    shop = syncing.shop_of_step(context, step)
    if shop is None or not connected(context, shop):
        return
    platform = context.maybe(shop, ReadsCatalogue)
    if platform is None:  # such a shop tells us by itself
        return
    syncing.run_changes(
        context,
        shop,
        "products",
        platform.products,
        lambda connection, items: _keep_changed(connection, shop, items),
    )


def _keep_changed(connection: Connection, shop: Shop, items: Sequence[Product]) -> None:
    store.put_products(connection, shop.id, items)
    if items:
        newest = max(product.updated_at for product in items)
        sync.raise_watermark(connection, shop.id, "products", newest)


def sync_customers(context: Context, step: Step) -> None:
    """Fetch all customers; of each we keep a check value and the number of orders."""
    shop = syncing.shop_of_step(context, step)
    if shop is None:
        return
    platform = context.able(shop, ReadsCustomers)
    syncing.run_pages(
        context,
        shop,
        "customers",
        lambda token, after: platform.customers(token, after, None),
        lambda connection, items: _keep_customers(connection, context, shop, items),
    )


def _keep_customers(
    connection: Connection, context: Context, shop: Shop, items: tuple[Customer, ...]
) -> None:
    rows = [_row(context, shop, item) for item in items]
    store.put_customers(connection, shop.id, rows)


def _row(context: Context, shop: Shop, item: Customer) -> store.CustomerRow:
    identity = None
    if item.email:
        try:
            identity = identity_of(context.keys, shop.id, clean_email(item.email))
        except InvalidFieldError:
            identity = None
    return store.CustomerRow(item.id, identity, item.orders_count, item.updated_at)


def refresh_product(context: Context, step: Step) -> None:
    """Fetch one product anew: whatever order the messages came in, the present state wins."""
    shop = syncing.shop_of_step(context, step)
    if shop is None:
        return
    product_id = str(step.payload["product_id"])
    with speaking(context, shop) as token:
        product = context.able(shop, ReadsCatalogue).product(token, product_id)
    with context.db.write() as connection:
        if product is None:
            store.mark_gone(connection, shop.id, product_id)
        else:
            store.put_products(connection, shop.id, [product])


def refresh_customer(context: Context, step: Step) -> None:
    """Fetch one customer anew."""
    shop = syncing.shop_of_step(context, step)
    if shop is None:
        return
    _, email = person_in(context, shop.id, int(step.payload["inbox"]))
    found = None
    if email:
        with speaking(context, shop) as token:
            found = context.able(shop, ReadsCustomers).customer_by_email(token, email)
    with context.db.write() as connection:
        if found is not None:
            _keep_customers(connection, context, shop, (found,))
        handled(connection, shop.id, int(step.payload["inbox"]))


HANDLERS: dict[str, Handler] = {
    "sync.products": sync_products,
    "sync.customers": sync_customers,
    "product.reconcile": reconcile_products,
    "product.refresh": refresh_product,
    "customer.refresh": refresh_customer,
}
