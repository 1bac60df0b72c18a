"""Messages from the platform: checked, noted once, answered after the commit, worked on later."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

import structlog
from sqlalchemy.engine import Connection

from plugin.contracts.platform import Claim, Inbound, ReceivesWebhooks
from plugin.errors import NotAllowedError, NotFoundError
from plugin.model import Delivery, DeliveryKind, Shop
from plugin.services import installing, person_requests, steps
from plugin.services.access import signing_secrets
from plugin.services.context import Context, able
from plugin.services.inbound import seal_person
from plugin.services.person_requests import Person
from plugin.store import inbox, shops
from plugin.store import installs as store

#: These come for shops that left as well; for one we never knew there is nothing to do.
_COMPLIANCE: set[DeliveryKind] = {"data_request", "erase_person", "erase_shop"}
_OF_PERSONS: set[DeliveryKind] = {"data_request", "erase_person", "customer"}
_REQUESTS: Mapping[DeliveryKind, person_requests.Kind] = {
    "data_request": "access",
    "erase_person": "erasure",
}
_MOST_KEY = 128
_CLOCKS_DIFFER = timedelta(seconds=5)
_log = structlog.get_logger("webhooks")


def receive(context: Context, platform_name: str, inbound: Inbound) -> bool:
    """Take in one delivery; False if it had come before or means nothing.

    NotAllowedError for a wrong signature, and for a signed body that names another shop than its
    headers do; NotFoundError for a shop that is not installed. When this returns, everything that
    follows from the delivery is in the database.
    """
    platform = able(context.platform(platform_name), ReceivesWebhooks)
    claim = platform.claim(inbound)
    if claim is None:
        return False
    claimed = _claimed(context, platform_name, claim)
    secrets = () if claimed is None else signing_secrets(context, claimed)
    delivery = platform.verify_webhook(inbound, secrets)
    _check_named_shop(delivery)
    with context.db.write() as connection:
        shop = None if claimed is None else shops.shop_by_id(connection, claimed.id)
        if shop is None and delivery.kind in _COMPLIANCE:
            return False
        if shop is None or not _concerns(shop, delivery) or not _is_of(shop, delivery):
            raise NotFoundError("unknown_shop")
        return _note(connection, context, shop, delivery)


def _claimed(context: Context, platform_name: str, claim: Claim) -> Shop | None:
    with context.db.read() as connection:
        if claim.kind == "key":
            shop = shops.shop_by_key(connection, claim.value)
            return shop if shop is not None and shop.platform == platform_name else None
        if claim.kind == "platform_id":
            return shops.shop_by_platform_id(connection, platform_name, claim.value)
        return shops.shop_by_domain(connection, platform_name, claim.value)


def _is_of(shop: Shop, delivery: Delivery) -> bool:
    return delivery.domain is None or delivery.domain == shop.domain


def _check_named_shop(delivery: Delivery) -> None:
    # One secret signs for all shops, and not the header with the shop's domain: where the body
    # names a shop, that must be the same one.
    if delivery.domain is None:
        return
    named = delivery.body.get("myshopify_domain") or delivery.body.get("shop_domain")
    if named is None and delivery.kind not in {*_COMPLIANCE, "uninstalled"}:
        return
    if named != delivery.domain:
        raise NotAllowedError("signature_invalid")


def _concerns(shop: Shop, delivery: Delivery) -> bool:
    return shop.state == "installed" or delivery.kind in {*_COMPLIANCE, "uninstalled"}


def _note(connection: Connection, context: Context, shop: Shop, delivery: Delivery) -> bool:
    sealed = None
    if delivery.kind in _OF_PERSONS and delivery.kind != "data_request":
        sealed = seal_person(context, shop.id, *delivery.person)
    inbox_id = inbox.put_inbox(
        connection,
        shop.id,
        topic=delivery.topic[:64],
        key=delivery.key[:_MOST_KEY],
        received_at=context.now(),
        body_sealed=sealed,
    )
    if inbox_id is None:
        return False
    if delivery.kind in _REQUESTS:
        person = Person(email=delivery.person[1], customer_id=delivery.person[0])
        asked = _REQUESTS[delivery.kind]
        person_requests.note(
            connection, context, shop, asked, person, source="platform", inbox_id=inbox_id
        )
    if delivery.kind == "uninstalled":
        if not _is_past(connection, shop, delivery):
            installing.uninstall(connection, context, shop)
        return True
    if delivery.kind == "activated":
        installing.wake(connection, context, shop)
        return True
    work = _work(delivery, inbox_id)
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


def _work(delivery: Delivery, inbox_id: int) -> tuple[str, dict[str, Any]] | None:
    if delivery.kind in ("order", "product"):
        kind = f"{delivery.kind}.refresh"
        return (kind, {f"{delivery.kind}_id": delivery.subject}) if delivery.subject else None
    if delivery.kind == "other":
        _log.info("topic_not_used", topic=delivery.topic)
    step = _STEPS.get(delivery.kind)
    return None if step is None else (step, {"inbox": inbox_id})


_STEPS: Mapping[DeliveryKind, str] = {
    "customer": "customer.refresh",
    "erase_person": "privacy.erase",
    "erase_shop": "privacy.erase_shop",
}
