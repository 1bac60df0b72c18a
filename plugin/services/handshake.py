"""Shops that register themselves: a signed request, our proof and a new secret, a confirmation.

Until the confirmation nothing is kept but a one-time mark: the new secret follows from it. Who may
register is the policy of `registering.py`.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import timedelta
from urllib.parse import quote

from plugin.contracts.handshake import RegistersByHandshake
from plugin.contracts.platform import Inbound, ReadsShop
from plugin.errors import NotAllowedError
from plugin.model import Shop
from plugin.security import digest, random_token
from plugin.services import handed_keys, installing, registering
from plugin.services.access import access, is_waiting, signing_secrets
from plugin.services.context import Context, able
from plugin.services.registering import Found
from plugin.store import installs as store
from plugin.store import shops

#: How long a shop may take to confirm.
_PENDING = timedelta(minutes=10)
#: Longer than any registration stays valid by its own time.
_REMEMBERED = timedelta(minutes=15)


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

    One that replaces a connected shop without its signature takes effect once its keys work.

    NotAllowedError for a wrong signature or a state that is used, expired or of another shop,
    ForbiddenError if its id and its address belong to different shops of ours. Then everything
    stays as it was.
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
    return handed_keys.take(context, platform, said, found, ground, secret)


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
    _see_keys(context, shop)
    return shop


def _see_keys(context: Context, shop: Shop) -> None:
    """Let in nobody whose keys were never seen to work; a shop that shows us has us switched on."""
    with context.db.read() as connection:
        install = store.install_of(connection, shop.id)
    if install is None or not (install.revoked_at or is_waiting(context, shop, install)):
        return
    with context.db.write() as connection:
        store.unrevoke(connection, shop.id)
    facts = context.able(shop, ReadsShop).shop_facts(access(context, shop))
    with context.db.write() as connection:
        store.update_shop(connection, shop.id, installing.columns_of(facts))
        installing.wake(connection, context, shop)


def _secret(
    context: Context, platform_name: str, platform_id: str, domain: str, state: str, found: Found
) -> str:
    # Nothing is stored of it. Once any registration of this shop is complete, its generation has
    # risen, and every other one that was begun before has another secret than the shop was given.
    generation = 0 if found.shop is None else found.shop.generation
    text = "\n".join((platform_name, platform_id, domain, state, str(generation)))
    return context.keys.check_value(0, "handshake", text)
