"""Installing: from the platform's signed entry over consent to a shop that works, and back."""

from __future__ import annotations

import hmac
import string
from dataclasses import dataclass, field
from datetime import timedelta
from secrets import choice
from typing import Any

import structlog
from sqlalchemy.engine import Connection

from plugin.contracts.platform import Callback, ShopPlatform
from plugin.errors import (
    AccessRevokedError,
    BadInputError,
    ForbiddenError,
    NotAllowedError,
    NotFoundError,
    PlatformRefusedError,
)
from plugin.manifest import load_manifest
from plugin.model import Access, Grant, Shop, ShopFacts
from plugin.security import LIFETIMES, digest, random_token
from plugin.services import campaigns, steps, syncing
from plugin.services.access import access, grant_columns, speaking
from plugin.services.context import Context
from plugin.services.steps import Handler, Step
from plugin.store import installs as store
from plugin.store import shops, sync
from plugin.store.catalogue import mark_all_gone
from plugin.store.steps import drop_steps

__all__ = ["HANDLERS", "Entry", "access", "begin", "finish", "uninstall"]

_log = structlog.get_logger("installing")
#: Longer than any platform's signed opening stays valid.
_ENTRY_REMEMBERED = timedelta(minutes=10)
_KEY_LETTERS = string.ascii_lowercase + string.digits
_KEY_LENGTH = 16
#: What the first day's customs are taken from; the merchant can change them.
_LOCALE_OF_ZONE = {
    "Europe/Berlin": "de-DE",
    "Europe/Vienna": "de-AT",
    "Europe/Zurich": "de-CH",
    "Europe/Busingen": "de-DE",
    "Europe/Vaduz": "de-CH",
}
#: Where a platform puts the privacy policy of a shop that did nothing special about it.
_PRIVACY_PATH = {"shopify": "/policies/privacy-policy"}
#: Steps that are pointless, or would fail, once the shop has taken its token back.
_NEEDS_THE_SHOP = (
    "embed.publish",
    "sync.products",
    "sync.customers",
    "sync.orders",
    "orders.reconcile",
    "product.reconcile",
    "order.refresh",
    "product.refresh",
    "customer.refresh",
    "suggestions.learn",
)


@dataclass(frozen=True)
class Entry:
    """What answers an opening of the app: a known shop's session, or the way to consent.

    `state` is the secret for the browser's cookie; it is empty when no consent is needed.
    """

    shop: Shop | None
    redirect: str
    state: str = field(default="", repr=False)


def begin(
    context: Context, platform_name: str, raw_query: bytes, *, inside: Shop | None = None
) -> Entry:
    """Answer a signed opening of the app.

    NotAllowedError if the platform did not sign it, and for one that was used before: who reads
    it later in a log or over a shoulder must not get in. Only a browser that is `inside` the same
    shop already may come with it again. A shop whose connection works is let in; every other one
    is sent to the platform's consent page with a fresh one-time state.
    """
    platform = context.platform(platform_name)
    now = context.now()
    domain = platform.verify_entry(raw_query, now)
    state = random_token()
    with context.db.write() as connection:
        shop = shops.shop_by_domain(connection, platform_name, domain)
        fresh = _used_now(
            connection, context, platform_name, domain, platform.entry_mark(raw_query)
        )
        if not fresh and (shop is None or inside is None or inside.id != shop.id):
            raise NotAllowedError("link_used")
        if shop is not None and _connected(connection, context, shop):
            return Entry(shop, "/admin/")
        store.add_state(
            connection,
            digest(state),
            platform=platform_name,
            domain=domain,
            expires_at=now + timedelta(seconds=LIFETIMES["oauth_state"] or 600),
        )
    return Entry(
        None, platform.authorise_url(domain, state, _callback(context, platform_name)), state
    )


def _used_now(
    connection: Connection, context: Context, platform_name: str, domain: str, mark: str
) -> bool:
    now = context.now()
    store.drop_expired_states(connection, now)
    return store.use_once(
        connection,
        digest(f"entry:{mark}"),
        platform=platform_name,
        domain=domain,
        expires_at=now + _ENTRY_REMEMBERED,
    )


def finish(context: Context, platform_name: str, raw_query: bytes, cookie_state: str) -> Shop:
    """Complete an installation after the consent page; returns the installed shop.

    Raises NotAllowedError for a wrong signature or for a state that is missing, used, expired,
    of another browser or of another shop, ForbiddenError("scopes_missing") if the merchant did
    not grant what we need. In all of these cases nothing is stored.
    """
    platform = context.platform(platform_name)
    now = context.now()
    back = platform.verify_callback(raw_query, now)
    same = hmac.compare_digest(back.state.encode(), cookie_state.encode())
    if not back.state or not same:
        raise NotAllowedError("state_invalid")
    if not back.code:
        raise BadInputError("request_refused")
    with context.db.write() as connection:
        known = store.take_state(
            connection, digest(back.state), platform=platform_name, domain=back.domain, now=now
        )
    if not known:
        raise NotAllowedError("state_invalid")
    grant = _exchange(platform, back)
    if not covers(grant.scopes, _wanted(platform_name)):
        raise ForbiddenError("scopes_missing")
    facts = platform.shop_facts(Access(0, back.domain, grant.access_token))
    with context.db.write() as connection:
        return _store(connection, context, platform_name, back.domain, grant, facts)


def _exchange(platform: ShopPlatform, back: Callback) -> Grant:
    try:
        return platform.exchange(back.domain, back.code)
    except (PlatformRefusedError, AccessRevokedError):
        # A code that is used, expired or made up: the merchant starts again, nothing is broken.
        raise NotAllowedError("state_invalid") from None


def uninstall(connection: Connection, context: Context, shop: Shop) -> None:
    """Forget the tokens and stop serving the shop, within the caller's transaction.

    The shop's rows and the evidence of consents stay until the platform asks for their erasure;
    links to unsubscribe go on working. Doing it twice changes nothing.
    """
    store.delete_install(connection, shop.id)
    if shop.state == "uninstalled":
        return
    store.next_generation(connection, shop.id, state="uninstalled")
    store.update_shop(connection, shop.id, {"uninstalled_at": context.now()})
    store.cancel_queued_mail(connection, shop.id)
    drop_steps(connection, shop.id, _NEEDS_THE_SHOP)
    _log.info("uninstalled", shop=shop.id)


def covers(granted: frozenset[str], wanted: frozenset[str]) -> bool:
    """Tell whether scopes hold everything that is wanted; writing includes reading."""
    implied = {scope.replace("write_", "read_", 1) for scope in granted}
    return wanted <= granted | implied


def _wanted(platform_name: str) -> frozenset[str]:
    return frozenset(load_manifest().platforms[platform_name].scopes)


def _callback(context: Context, platform_name: str) -> str:
    return context.url(f"/auth/{platform_name}/callback")


def _connected(connection: Connection, context: Context, shop: Shop) -> bool:
    install = store.install_of(connection, shop.id)
    if shop.state != "installed" or install is None or install.revoked_at is not None:
        return False
    end = install.refresh_expires_at or install.expires_at
    alive = end is None or end > context.now()
    return alive and covers(install.scopes, _wanted(shop.platform))


def _store(
    connection: Connection,
    context: Context,
    platform_name: str,
    domain: str,
    grant: Grant,
    facts: ShopFacts,
) -> Shop:
    values = _facts(facts)
    shop = shops.shop_by_domain(connection, platform_name, domain)
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
    store.put_install(connection, shop_id, columns)
    sync.reset_runs(connection, shop_id)
    campaigns.ensure_defaults(connection, context, shop_id)
    installed = _installed(connection, platform_name, domain)
    _first_steps(connection, context, installed)
    _log.info("installed", shop=shop_id, generation=installed.generation)
    return installed


def _facts(facts: ShopFacts) -> dict[str, Any]:
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


def _first_steps(connection: Connection, context: Context, shop: Shop) -> None:
    for kind in ("embed.publish", "sync.products", "sync.customers", "sync.orders"):
        steps.enqueue(
            connection,
            context,
            shop.id,
            kind,
            {"generation": shop.generation},
            key=f"{kind}:{shop.generation}",
        )


def publish_embed(context: Context, step: Step) -> None:
    """Give the storefront the public key by which its embed finds us."""
    shop = syncing.shop_of_step(context, step)
    if shop is not None:
        with speaking(context, shop) as token:
            context.platform_of(shop).publish_embed(token, shop.key)


HANDLERS: dict[str, Handler] = {"embed.publish": publish_embed}
