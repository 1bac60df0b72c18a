"""A shop that is connected, however it got here; connected again; and gone."""

from __future__ import annotations

import string
from collections.abc import Mapping
from datetime import timedelta
from secrets import choice
from typing import Any

import structlog
from sqlalchemy.engine import Connection

from plugin.contracts.platform import (
    Embeds,
    ManagesWebhooks,
    ReadsCatalogue,
    ReadsCustomers,
    ReadsOrders,
)
from plugin.errors import NotFoundError
from plugin.manifest import load_manifest
from plugin.model import Grant, Shop, ShopFacts
from plugin.services import campaigns, steps
from plugin.services.access import grant_columns
from plugin.services.context import Context
from plugin.services.rights import REFUSED
from plugin.store import installs as store
from plugin.store import mail_connections, shops, sync
from plugin.store.catalogue import mark_all_gone
from plugin.store.dead_steps import wake_steps
from plugin.store.steps import drop_steps

__all__ = ["columns_of", "complete", "covers", "is_connected", "uninstall", "wake", "wanted"]

_log = structlog.get_logger("installing")
_KEY_LETTERS = string.ascii_lowercase + string.digits
_KEY_LENGTH = 16
#: So long the secret of an earlier connection is good after the shop was connected anew.
_FORMER_SECRET = timedelta(hours=1)
#: What the first day's customs are taken from; the merchant can change them.
_LOCALE_OF_ZONE = {
    "Europe/Berlin": "de-DE",
    "Europe/Vienna": "de-AT",
    "Europe/Zurich": "de-CH",
    "Europe/Busingen": "de-DE",
    "Europe/Vaduz": "de-CH",
}
#: What is done first for a shop whose platform can do it.
_FIRST_STEPS: Mapping[str, type] = {
    "embed.publish": Embeds,
    "webhooks.ensure": ManagesWebhooks,
    "sync.products": ReadsCatalogue,
    "sync.customers": ReadsCustomers,
    "sync.orders": ReadsOrders,
}
#: Where a platform puts the privacy policy of a shop that did nothing special about it.
_PRIVACY_PATH = {"shopify": "/policies/privacy-policy"}
#: Why work fails while an app is not switched on in its shop.
_OF_A_SHOP_ASLEEP = ("not_active_yet", "access_revoked", "token_refresh_failed")
#: Steps that are pointless, or would fail, once the shop has taken its token back.
_NEEDS_THE_SHOP = (
    "embed.publish",
    "webhooks.ensure",
    "parcels.reconcile",
    "parcels.catch_up",
    "sync.products",
    "sync.customers",
    "sync.orders",
    "orders.reconcile",
    "product.reconcile",
    "order.refresh",
    "product.refresh",
    "customer.refresh",
    "suggestions.learn",
    "welcome.mail",
)


def uninstall(connection: Connection, context: Context, shop: Shop) -> None:
    """Forget the tokens and stop serving the shop, within the caller's transaction.

    The shop's rows and the evidence of consents stay until the platform asks for their erasure;
    links to unsubscribe go on working. Doing it twice changes nothing.
    """
    store.delete_install(connection, shop.id)
    mail_connections.delete_connection(connection, shop.id)
    if shop.state == "uninstalled":
        return
    store.next_generation(connection, shop.id, state="uninstalled")
    store.update_shop(connection, shop.id, {"uninstalled_at": context.now()})
    store.cancel_queued_mail(connection, shop.id)
    drop_steps(connection, shop.id, _NEEDS_THE_SHOP)
    _log.info("uninstalled", shop=shop.id)


def wake(connection: Connection, context: Context, shop: Shop) -> None:
    """Go on with a shop that was switched on, for the first time or again.

    What it refused meanwhile counts no longer, and the work that failed of that is due at once.
    """
    store.unrevoke(connection, shop.id)
    wake_steps(connection, shop.id, _OF_A_SHOP_ASLEEP, context.now())


def covers(granted: frozenset[str], wanted: frozenset[str]) -> bool:
    """Tell whether scopes hold everything that is wanted; writing includes reading."""
    implied = {scope.replace("write_", "read_", 1) for scope in granted}
    return wanted <= granted | implied


def wanted(platform_name: str) -> frozenset[str]:
    """Return the rights that a platform must have granted."""
    return frozenset(load_manifest().platforms[platform_name].scopes)


def is_connected(connection: Connection, context: Context, shop: Shop) -> bool:
    """Tell whether the shop's connection works, as far as we know."""
    install = store.install_of(connection, shop.id)
    if shop.state != "installed" or install is None or install.revoked_at is not None:
        return False
    # What can be renewed is good until renewing ends, which on some platforms is never.
    end = install.expires_at if install.refresh_sealed is None else install.refresh_expires_at
    alive = end is None or end > context.now()
    return alive and covers(install.scopes, wanted(shop.platform))


def complete(
    connection: Connection,
    context: Context,
    platform_name: str,
    domain: str,
    grant: Grant,
    facts: ShopFacts,
    *,
    secret: str = "",
    platform_id: str | None = None,
) -> Shop:
    """Store an installation, or one anew, and queue the first steps; returns the installed shop.

    `secret` is what the platform signs with for this shop alone. A shop that was here before
    keeps its rows and the evidence of consents; sessions of the earlier installation are dead.
    """
    values = columns_of(facts)
    if platform_id is not None:
        values |= {"platform_id": platform_id, "domain": domain}
    shop = _known(connection, platform_name, domain, platform_id)
    if shop is None:
        fresh = _fresh_shop(context, platform_name, domain, values)
        shop_id = store.insert_shop(connection, fresh)
        if shop_id is None:  # installed in another window at the same moment
            return _installed(connection, platform_name, domain)
    else:
        shop_id = shop.id
        store.next_generation(connection, shop_id, state="installed")
        store.update_shop(connection, shop_id, {**values, "uninstalled_at": None})
        mark_all_gone(connection, shop_id)
    columns = grant_columns(context, shop_id, grant)
    columns["secret_sealed"] = context.keys.seal(shop_id, "secret", secret) if secret else None
    store.put_install(connection, shop_id, columns | _former_secret(connection, context, shop_id))
    sync.reset_runs(connection, shop_id, _awaited(context, platform_name))
    campaigns.ensure_defaults(connection, context, shop_id)
    installed = _installed(connection, platform_name, domain)
    # What was given up for a right that is granted now is due at once.
    wake_steps(connection, shop_id, [REFUSED], context.now())
    _first_steps(connection, context, installed)
    _log.info("installed", shop=shop_id, generation=installed.generation)
    return installed


def _former_secret(connection: Connection, context: Context, shop_id: int) -> dict[str, Any]:
    # The shop signs with it until our first steps have told it the new one.
    install = store.install_of(connection, shop_id)
    if install is None or install.secret_sealed is None:
        return {}
    until = context.now() + _FORMER_SECRET
    return {"old_secret_sealed": install.secret_sealed, "old_secret_until": until}


def _known(
    connection: Connection, platform_name: str, domain: str, platform_id: str | None
) -> Shop | None:
    if platform_id is not None:
        found = shops.shop_by_platform_id(connection, platform_name, platform_id)
        if found is not None:
            return found
    return shops.shop_by_domain(connection, platform_name, domain)


def columns_of(facts: ShopFacts) -> dict[str, Any]:
    """Return the columns that hold what the platform says of a shop."""
    return {
        "name": facts.name[:200],
        "email": facts.email[:320],
        "currency": facts.currency,
        "zone": facts.zone,
        "storefront_url": facts.storefront_url.rstrip("/"),
    }


def _fresh_shop(
    context: Context, platform_name: str, domain: str, facts: dict[str, Any]
) -> dict[str, Any]:
    privacy = _PRIVACY_PATH.get(platform_name, "")
    return {
        **facts,
        "key": "".join(choice(_KEY_LETTERS) for _ in range(_KEY_LENGTH)),
        "platform": platform_name,
        "domain": domain,
        "locale": _LOCALE_OF_ZONE.get(facts["zone"], "en-GB"),
        "languages": "de,en",
        "address": "sie",
        "state": "installed",
        "generation": 1,
        "config_version": 1,
        "privacy_url": facts["storefront_url"] + privacy if privacy else "",
        "imprint": "",
        "created_at": context.now(),
    }


def _installed(connection: Connection, platform_name: str, domain: str) -> Shop:
    shop = shops.shop_by_domain(connection, platform_name, domain)
    if shop is None:
        raise NotFoundError("unknown_shop")
    return shop


def _awaited(context: Context, platform_name: str) -> list[str]:
    """Return what the platform is asked for; what a shop tells by itself is not waited for."""
    platform = context.platform(platform_name)
    asked = {kind for kind, ability in _FIRST_STEPS.items() if isinstance(platform, ability)}
    return [kind for kind in sync.KINDS if kind == "suggestions" or f"sync.{kind}" in asked]


def _first_steps(connection: Connection, context: Context, shop: Shop) -> None:
    platform = context.platform_of(shop)
    for kind, ability in _FIRST_STEPS.items():
        if isinstance(platform, ability):
            steps.enqueue(
                connection,
                context,
                shop.id,
                kind,
                {"generation": shop.generation},
                key=f"{kind}:{shop.generation}",
            )
