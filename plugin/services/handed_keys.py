"""What becomes of the keys that a registering shop handed over, whether they work already or not.

The keys of an app work once it is switched on, which may be long after its installation. So keys
that are refused, or a shop that does not answer while it waits for us, hold nobody up: they are
looked at again, and until they were seen to work nobody gets in.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from datetime import datetime, timedelta

import structlog
from sqlalchemy.engine import Connection

from plugin.contracts.handshake import Confirmation, RegistersByHandshake
from plugin.contracts.platform import ReadsShop
from plugin.errors import PlatformError
from plugin.model import Grant, Shop, ShopFacts
from plugin.security import digest
from plugin.services import installing, registering, steps, syncing
from plugin.services.access import AWAITED, UNPROVEN, grant_columns, speaking
from plugin.services.context import Context
from plugin.services.registering import Found
from plugin.services.steps import Handler, Postpone, Step
from plugin.store import installs as store

_log = structlog.get_logger("handed_keys")
#: Messages that were under way when the secret changed are still taken.
_OLD_SECRET = timedelta(minutes=1)
#: How long a shop that replaces a connected one may take to be switched on.
_PATIENCE = timedelta(hours=1)
_LOOK_AGAIN_SECONDS = 20.0
_PURPOSE = "registration"


@dataclass(frozen=True)
class _Keys:
    """What a shop handed over, and what came of trying it."""

    platform_name: str
    platform_id: str
    domain: str
    secret: str = field(repr=False)
    grant: Grant = field(repr=False)
    facts: ShopFacts | None


def take(
    context: Context,
    platform: RegistersByHandshake,
    said: Confirmation,
    found: Found,
    ground: str,
    secret: str,
) -> Shop:
    """Let a confirmed registration take effect, at once or as soon as its keys work."""
    tried = _tried(context, platform, said.domain, said.credentials)
    grant, facts = tried or (_unseen(context, said.credentials, found, ground), None)
    keys = _Keys(found.platform_name, said.platform_id, said.domain, secret, grant, facts)
    with context.db.write() as connection:
        shop = found.installed
        if shop is None or (tried is not None and ground != registering.PROVEN):
            return _connect(connection, context, keys, found)
        if ground == registering.PROVEN:
            return _prove(connection, context, keys, found, shop)
        if found.unproven:
            return _connect(connection, context, keys, found)
        _wait(connection, context, shop, keys)
        return shop


def _tried(
    context: Context, platform: RegistersByHandshake, domain: str, credentials: str
) -> tuple[Grant, ShopFacts] | None:
    try:
        return platform.try_credentials(domain, credentials)
    except PlatformError as error:
        _log.info("keys_not_seen_yet", reason=error.code)
        return None


def _unseen(context: Context, credentials: str, found: Found, ground: str) -> Grant:
    token = AWAITED if ground == registering.PROVEN else UNPROVEN
    scopes = installing.wanted(found.platform_name)
    return Grant(token, credentials, context.now(), None, scopes)


def _connect(connection: Connection, context: Context, keys: _Keys, found: Found) -> Shop:
    """Store an installation, and synchronise from the beginning."""
    if found.loser is not None:
        store.update_shop(connection, found.loser.id, {"platform_id": None})
    if found.installed is not None:
        # Nothing of a connection that was lost, or of one that nobody saw working, counts on.
        store.delete_install(connection, found.installed.id)
    shop = installing.complete(
        connection,
        context,
        keys.platform_name,
        keys.domain,
        keys.grant,
        keys.facts or _first_facts(keys),
        secret=keys.secret,
        platform_id=keys.platform_id,
    )
    if keys.facts is None:
        _ask_facts(connection, context, shop, keys)
    return shop


def _first_facts(keys: _Keys) -> ShopFacts:
    return ShopFacts(
        name=keys.domain,
        email="",
        currency="EUR",
        zone="Europe/Berlin",
        storefront_url=f"https://{keys.domain}",
        scopes=keys.grant.scopes,
    )


def _prove(connection: Connection, context: Context, keys: _Keys, found: Found, shop: Shop) -> Shop:
    """Give a shop that signed with its own secret its new keys, secret and address.

    One that works goes on as before. One whose keys do not work yet was installed anew without a
    goodbye, or was broken before: it is synchronised from the beginning.
    """
    install = store.install_of(connection, shop.id)
    if install is None or install.revoked_at is not None or keys.facts is None:
        return _connect(connection, context, keys, found)
    columns = grant_columns(context, shop.id, keys.grant)
    store.replace_tokens(connection, shop.id, install.access_sealed, columns)
    sealed = context.keys.seal(shop.id, "secret", keys.secret)
    store.replace_secret(connection, shop.id, sealed, old_until=context.now() + _OLD_SECRET)
    place = {"domain": keys.domain, "platform_id": keys.platform_id}
    store.update_shop(connection, shop.id, {**installing.columns_of(keys.facts), **place})
    _log.info("registered_anew", shop=shop.id)
    return shop


def _wait(connection: Connection, context: Context, shop: Shop, keys: _Keys) -> None:
    """Leave a connected shop as it is until the keys of who replaces it are seen to work."""
    content = [keys.platform_id, keys.domain, keys.secret, keys.grant.refresh_token]
    payload = {
        "sealed": context.keys.seal(shop.id, _PURPOSE, json.dumps(content)),
        "generation": shop.generation,
        "until": (context.now() + _PATIENCE).isoformat(),
    }
    key = f"shop.replace:{digest(keys.secret)}"
    steps.enqueue(connection, context, shop.id, "shop.replace", payload, key=key)


def replace(context: Context, step: Step) -> None:
    """Replace a connected shop once the new keys work at its address (step `shop.replace`)."""
    shop = syncing.shop_of_step(context, step)
    if shop is None or datetime.fromisoformat(step.payload["until"]) < context.now():
        return
    platform = context.able(shop, RegistersByHandshake)
    sealed = context.keys.unseal(shop.id, _PURPOSE, step.payload["sealed"])
    platform_id, domain, secret, credentials = json.loads(sealed)
    tried = _tried(context, platform, domain, credentials)
    if tried is None:
        raise Postpone(_LOOK_AGAIN_SECONDS)
    keys = _Keys(shop.platform, platform_id, domain, secret, *tried)
    found = registering.find_shop(context, shop.platform, platform_id, domain)
    if found.shop is None or found.shop.id != shop.id:
        return
    with context.db.write() as connection:
        _connect(connection, context, keys, found)


def _ask_facts(connection: Connection, context: Context, shop: Shop, keys: _Keys) -> None:
    key = f"shop.facts:{digest(keys.secret)}"
    steps.enqueue(connection, context, shop.id, "shop.facts", {}, key=key)


def refresh_facts(context: Context, step: Step) -> None:
    """Ask a shop for its facts that could not answer while it registered (step `shop.facts`)."""
    shop = syncing.shop_of_step(context, step)
    if shop is None:
        return
    with speaking(context, shop) as token:
        facts = context.able(shop, ReadsShop).shop_facts(token)
    with context.db.write() as connection:
        store.update_shop(connection, shop.id, installing.columns_of(facts))


HANDLERS: dict[str, Handler] = {"shop.facts": refresh_facts, "shop.replace": replace}
