"""Messages from the platform: checked, noted once, answered after the commit, worked on later."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

import structlog
from sqlalchemy.engine import Connection

from plugin.contracts.platform import ShopPlatform
from plugin.errors import NotAllowedError, NotFoundError
from plugin.model import Delivery, Shop
from plugin.services import installing, steps
from plugin.services.context import Context
from plugin.services.inbound import seal_person
from plugin.services.privacy import DATA_REQUEST
from plugin.services.steps import Handler
from plugin.store import installs as store
from plugin.store import shops

UNINSTALLED = "app/uninstalled"
#: These come for shops that left as well; for one we never knew there is nothing to do.
_COMPLIANCE = {DATA_REQUEST, "customers/redact", "shop/redact"}
_TOPICS_OF_PERSONS = {DATA_REQUEST, "customers/redact", "customers/update"}
_MOST_KEY = 128
_CLOCKS_DIFFER = timedelta(seconds=5)
_log = structlog.get_logger("webhooks")


def receive(context: Context, platform_name: str, headers: Mapping[str, str], body: bytes) -> bool:
    """Take in one delivery; False if it had come before.

    NotAllowedError for a wrong signature, and for a signed body that names another shop than its
    headers do; NotFoundError for a shop that is not installed. When this returns, everything that
    follows from the delivery is in the database.
    """
    platform = context.platform(platform_name)
    delivery = platform.verify_webhook(headers, body)
    _check_named_shop(delivery)
    with context.db.write() as connection:
        shop = shops.shop_by_domain(connection, platform_name, delivery.domain)
        if shop is None and delivery.topic in _COMPLIANCE:
            return False
        if shop is None or not _concerns(shop, delivery.topic):
            raise NotFoundError("unknown_shop")
        return _note(connection, context, platform, shop, delivery)


def _check_named_shop(delivery: Delivery) -> None:
    # The signature covers the body, not the header with the shop's domain: where the body names
    # a shop, that must be the same one.
    named = delivery.body.get("myshopify_domain") or delivery.body.get("shop_domain")
    if named is None and delivery.topic not in {*_COMPLIANCE, UNINSTALLED}:
        return
    if named != delivery.domain:
        raise NotAllowedError("signature_invalid")


def _concerns(shop: Shop, topic: str) -> bool:
    return shop.state == "installed" or topic in {*_COMPLIANCE, UNINSTALLED}


def _note(
    connection: Connection,
    context: Context,
    platform: ShopPlatform,
    shop: Shop,
    delivery: Delivery,
) -> bool:
    sealed = None
    if delivery.topic in _TOPICS_OF_PERSONS:
        sealed = seal_person(context, shop.id, *platform.person_of(delivery))
    inbox_id = store.put_inbox(
        connection,
        shop.id,
        topic=delivery.topic[:64],
        key=delivery.key[:_MOST_KEY],
        received_at=context.now(),
        body_sealed=sealed,
    )
    if inbox_id is None:
        return False
    if delivery.topic == UNINSTALLED:
        if not _is_past(connection, shop, delivery):
            installing.uninstall(connection, context, shop)
        return True
    work = _work(platform, delivery, inbox_id)
    if work is not None:
        kind, payload = work
        steps.enqueue(connection, context, shop.id, kind, payload, key=f"{kind}:inbox:{inbox_id}")
    return True


def _is_past(connection: Connection, shop: Shop, delivery: Delivery) -> bool:
    """Tell whether the shop was installed anew since what a late delivery speaks of."""
    install = store.install_of(connection, shop.id)
    if install is None or install.installed_at is None or delivery.triggered_at is None:
        return False
    return delivery.triggered_at < install.installed_at - _CLOCKS_DIFFER


def _work(
    platform: ShopPlatform, delivery: Delivery, inbox_id: int
) -> tuple[str, dict[str, Any]] | None:
    topic = delivery.topic
    if topic.startswith(("orders/", "fulfillments/")):
        order_id = platform.order_of(delivery)
        return None if order_id is None else ("order.refresh", {"order_id": order_id})
    if topic.startswith("products/"):
        product_id = platform.product_of(delivery)
        return None if product_id is None else ("product.refresh", {"product_id": product_id})
    known = {
        "customers/update": "customer.refresh",
        "customers/redact": "privacy.erase",
        "shop/redact": "privacy.erase_shop",
    }
    kind = known.get(topic)
    if kind is None and topic != DATA_REQUEST:
        _log.info("topic_not_used", topic=topic)
    return None if kind is None else (kind, {"inbox": inbox_id})


#: Deliveries become steps of other services.
HANDLERS: dict[str, Handler] = {}
