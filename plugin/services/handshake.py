"""Shops that register themselves: a signed request, our proof and a new secret, a confirmation.

Until the confirmation nothing is kept but a one-time mark: the new secret follows from it. Who may
register is the policy of `registering.py`.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import timedelta
from typing import cast
from urllib.parse import quote

import structlog
from sqlalchemy.engine import Connection

from plugin.contracts.handshake import Confirmation, RegistersByHandshake
from plugin.contracts.platform import Inbound, ReadsShop
from plugin.errors import (
    AccessRevokedError,
    ForbiddenError,
    NotAllowedError,
    PlatformError,
    PlatformRefusedError,
)
from plugin.model import Grant, Shop, ShopFacts
from plugin.security import digest, random_token
from plugin.services import installing, registering, steps, syncing
from plugin.services.access import access, grant_columns, signing_secrets, speaking
from plugin.services.context import Context, able
from plugin.services.registering import Found
from plugin.services.steps import Handler, Step
from plugin.store import installs as store
from plugin.store import shops

_log = structlog.get_logger("handshake")
#: How long a shop may take to confirm.
_PENDING = timedelta(minutes=10)
#: Longer than any registration stays valid by its own time.
_REMEMBERED = timedelta(minutes=15)
#: Messages that were under way when the secret changed are still taken.
_OLD_SECRET = timedelta(minutes=1)


@dataclass(frozen=True)
class Registered:
    """Our answer to a registration."""

    proof: str = field(repr=False)
    secret: str = field(repr=False)
    confirm_path: str = field(repr=False)


def register(
    context: Context, platform_name: str, raw_query: bytes, headers: dict[str, str]
) -> Registered:
    """Answer a genuine registration of a shop that may register; nothing takes effect yet.

    NotAllowedError if it is not genuine or was used before, ForbiddenError
    ("registration_refused") if the shop is known and this may be somebody else.
    """
    platform = able(context.platform(platform_name), RegistersByHandshake)
    now = context.now()
    asked = platform.verify_registration(raw_query, headers, now)
    found = registering.find_shop(context, platform_name, asked.platform_id, asked.domain)
    ground = registering.allow(context, platform, asked, found)
    state = f"{ground}.{random_token()}"
    with context.db.write() as connection:
        store.drop_expired_states(connection, now)
        # Who reads it later in a log must not be given a secret as well. What was refused may
        # come again: a shop tries its secrets one after the other within the same second.
        fresh = store.use_once(
            connection,
            digest(f"registration:{asked.mark}"),
            platform=platform_name,
            domain=asked.domain,
            expires_at=now + _REMEMBERED,
        )
        if not fresh:
            raise NotAllowedError("link_used")
        store.add_state(
            connection,
            digest(state),
            platform=platform_name,
            domain=asked.domain,
            expires_at=now + _PENDING,
        )
    return Registered(
        proof=platform.registration_proof(asked),
        secret=_secret(context, platform_name, asked.platform_id, asked.domain, state, found),
        confirm_path=f"/install/{platform_name}/confirm?state={quote(state, safe='')}",
    )


def confirm(context: Context, platform_name: str, state: str, inbound: Inbound) -> Shop:
    """Complete a registration: keys, address and secret take effect; returns the shop.

    NotAllowedError for a wrong signature or a state that is used, expired or of another shop,
    ForbiddenError if the shop refuses its own keys, PlatformError if a shop that is still
    connected does not answer and has no other proof. Then everything stays as it was.
    """
    platform = able(context.platform(platform_name), RegistersByHandshake)
    said = platform.read_confirmation(inbound, context.now())
    found = registering.find_shop(context, platform_name, said.platform_id, said.domain)
    secret = _secret(context, platform_name, said.platform_id, said.domain, state, found)
    platform.check_signature(said.message, said.signature, [secret])
    ground = state.partition(".")[0]
    if said.second and ground == registering.PROVEN and found.installed is not None:
        current = signing_secrets(context, found.installed)[:1]
        platform.check_signature(said.message, said.second, current)
    with context.db.write() as connection:
        known = store.take_state(
            connection,
            digest(state),
            platform=platform_name,
            domain=said.domain,
            now=context.now(),
        )
    if not known:
        raise NotAllowedError("state_invalid")
    grant, facts = _tried(context, platform, said, found, ground)
    with context.db.write() as connection:
        return _keep(connection, context, platform_name, said, found, grant, facts, secret, ground)


def open_shop(context: Context, platform_name: str, raw_query: bytes) -> Shop:
    """Return the shop whose administration opened the app; NotAllowedError if not genuine."""
    platform = able(context.platform(platform_name), RegistersByHandshake)
    platform_id = platform.opening_claim(raw_query)
    with context.db.read() as connection:
        shop = shops.shop_by_platform_id(connection, platform_name, platform_id)
    secrets = () if shop is None else signing_secrets(context, shop)
    platform.verify_opening(raw_query, secrets, context.now())
    if shop is None:  # without a secret nothing is genuine
        raise NotAllowedError("signature_invalid")
    if registering.is_unproven(context, shop):
        # Whoever registered has shown no key that works: nobody gets in before one does.
        access(context, shop)
    return shop


def refresh_facts(context: Context, step: Step) -> None:
    """Ask a shop for its facts that could not answer while it registered (step `shop.facts`)."""
    shop = syncing.shop_of_step(context, step)
    if shop is None:
        return
    with speaking(context, shop) as token:
        facts = context.able(shop, ReadsShop).shop_facts(token)
    with context.db.write() as connection:
        store.update_shop(connection, shop.id, installing.columns_of(facts))


def _secret(
    context: Context, platform_name: str, platform_id: str, domain: str, state: str, found: Found
) -> str:
    # Nothing is stored of it. Once any registration of this shop is complete, its generation has
    # risen, and every other one that was begun before has another secret than the shop was given.
    generation = 0 if found.shop is None else found.shop.generation
    text = "\n".join((platform_name, platform_id, domain, state, str(generation)))
    return context.keys.check_value(0, "handshake", text)


def _tried(
    context: Context,
    platform: RegistersByHandshake,
    said: Confirmation,
    found: Found,
    ground: str,
) -> tuple[Grant, ShopFacts | None]:
    try:
        return platform.try_credentials(said.domain, said.credentials)
    except AccessRevokedError:
        raise ForbiddenError("grant_refused") from None
    except PlatformRefusedError:
        raise ForbiddenError("scopes_missing") from None
    except PlatformError as error:
        if ground == registering.AGAIN and found.installed is not None:
            raise
        # A shop that serves one request at a time cannot answer us while it waits for us.
        _log.info("asked_later", reason=error.code)
        scopes = installing.wanted(found.platform_name)
        return Grant(registering.UNPROVEN, said.credentials, context.now(), None, scopes), None


def _keep(
    connection: Connection,
    context: Context,
    platform_name: str,
    said: Confirmation,
    found: Found,
    grant: Grant,
    facts: ShopFacts | None,
    secret: str,
    ground: str,
) -> Shop:
    if found.loser is not None:
        store.update_shop(connection, found.loser.id, {"platform_id": None})
    if ground == registering.PROVEN and _goes_on(connection, found):
        shop = cast(Shop, found.shop)
        _renew(connection, context, shop, said, grant, facts, secret)
    else:
        if found.installed is not None:
            # Nothing of a connection that was lost, or of one that nobody saw working, counts on.
            store.delete_install(connection, found.installed.id)
        shop = installing.complete(
            connection,
            context,
            platform_name,
            said.domain,
            grant,
            facts or _first_facts(said.domain, grant),
            secret=secret,
            platform_id=said.platform_id,
        )
    if facts is None:
        key = f"shop.facts:{digest(secret)}"
        steps.enqueue(connection, context, shop.id, "shop.facts", {}, key=key)
    return shop


def _goes_on(connection: Connection, found: Found) -> bool:
    """Tell whether nothing was missed: a connection that was broken is synchronised anew."""
    install = None if found.installed is None else store.install_of(connection, found.installed.id)
    return install is not None and install.revoked_at is None


def _first_facts(domain: str, grant: Grant) -> ShopFacts:
    return ShopFacts(
        name=domain,
        email="",
        currency="EUR",
        zone="Europe/Berlin",
        storefront_url=f"https://{domain}",
        scopes=grant.scopes,
    )


def _renew(
    connection: Connection,
    context: Context,
    shop: Shop,
    said: Confirmation,
    grant: Grant,
    facts: ShopFacts | None,
    secret: str,
) -> None:
    """Give a shop that goes on being installed its new keys, secret and address."""
    install = store.install_of(connection, shop.id)
    if install is None:
        raise NotAllowedError("state_invalid")
    columns = {**grant_columns(context, shop.id, grant), "revoked_at": None}
    store.replace_tokens(connection, shop.id, install.access_sealed, columns)
    sealed = context.keys.seal(shop.id, "secret", secret)
    store.replace_secret(connection, shop.id, sealed, old_until=context.now() + _OLD_SECRET)
    values = {} if facts is None else installing.columns_of(facts)
    place = {"domain": said.domain, "platform_id": said.platform_id}
    store.update_shop(connection, shop.id, {**values, **place})
    _log.info("registered_anew", shop=shop.id)


HANDLERS: dict[str, Handler] = {"shop.facts": refresh_facts}
