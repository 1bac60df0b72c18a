"""Connecting a shop that hands over keys: an opening of our own, its one answer, the way back.

The shop's message with the keys is not signed and names no shop. All that binds it is the mark we
gave along: signed by us, unguessable, used once, gone after an hour, and the only place from which
the shop's address is taken.
"""

from __future__ import annotations

import contextlib
import hmac
import json
from dataclasses import dataclass
from datetime import timedelta
from typing import Literal

from sqlalchemy.engine import Connection

from plugin.contracts.key_handover import HandedKeys, HandsOverKeys
from plugin.contracts.platform import ReadsShop
from plugin.errors import BleibError, ForbiddenError, NotAllowedError
from plugin.model import Access, Grant, Shop
from plugin.security import LIFETIMES, digest, random_token
from plugin.services import installing, limits
from plugin.services.context import Context, able
from plugin.store import installs as store
from plugin.store import shops

__all__ = ["Arrival", "arrival", "begin", "take_keys"]

#: How long the outcome waits for the merchant's browser.
_OUTCOME_KEPT = timedelta(minutes=30)
_TRIES = 60
_TRIES_WINDOW = timedelta(hours=1)
_SEAL = "handed_keys"
_Outcome = Literal["done", "failed", "untried"]


@dataclass(frozen=True)
class Arrival:
    """What has become of an opening, as far as the shop's own message tells.

    `waiting` for that message, or `untried`: it is there, but the shop does not answer us.
    """

    state: Literal["connected", "waiting", "untried", "failed", "over"]
    domain: str
    shop: Shop | None = None


def begin(context: Context, platform_name: str, text: str, browser: str, net_address: str) -> str:
    """Return the page of the shop on which the merchant hands over keys.

    `browser` is a secret that only the merchant's browser keeps: the way back is open to it alone.
    BadInputError says what is wrong with the address; PlatformError if nothing answers there;
    TooManyError after sixty tries in an hour from one address of the net.
    """
    platform = able(context.platform(platform_name), HandsOverKeys)
    with context.db.write() as connection:  # each try sends a request to a host of their choice
        limits.hit_door(
            connection, context, "keys_net", net_address, limit=_TRIES, window=_TRIES_WINDOW
        )
    domain = platform.find_shop(text)
    mark = context.keys.sign(
        "key_handover", [platform_name, domain, random_token(), digest(browser)]
    )
    now = context.now()
    with context.db.write() as connection:
        store.drop_expired_states(connection, now)
        store.add_state(
            connection,
            digest(mark),
            platform=platform_name,
            domain=domain,
            expires_at=now + timedelta(seconds=LIFETIMES["key_handover"] or 3600),
        )
    back = context.url(f"/auth/{platform_name}/return")
    return platform.key_page(domain, mark, back, context.url(f"/auth/{platform_name}/keys"))


def take_keys(context: Context, platform_name: str, body: bytes) -> Shop | None:
    """Take in the shop's message; returns the connected shop.

    The keys count only after the shop of the mark has accepted them. A shop that cannot answer
    while it waits for us (small hosts do one thing at a time) is asked when the merchant is back:
    None. NotAllowedError for a mark that is not ours, too old or used before, ForbiddenError
    ("scopes_missing") if the keys may not do what we need; whatever is raised, nothing of the keys
    is stored and the mark is used up.
    """
    platform = able(context.platform(platform_name), HandsOverKeys)
    handed = platform.read_keys(body)
    domain, _ = _read(context, platform_name, handed.mark)
    with context.db.write() as connection:
        known = store.take_state(
            connection,
            digest(handed.mark),
            platform=platform_name,
            domain=domain,
            now=context.now(),
        )
    if not known:
        raise NotAllowedError("state_invalid")
    return _try(context, platform_name, domain, handed)


def arrival(context: Context, platform_name: str, mark: str, browser: str) -> Arrival:
    """Tell a merchant who comes back what has become of the opening.

    Tries keys that the shop could not confirm before. NotAllowedError("state_invalid") for any
    browser but the one that began.
    """
    domain, kept = _read(context, platform_name, mark)
    if not browser or not hmac.compare_digest(digest(browser).encode(), kept.encode()):
        raise NotAllowedError("state_invalid")
    with contextlib.suppress(BleibError):
        _try_kept(context, platform_name, domain, mark)
    now = context.now()
    with context.db.read() as connection:
        shop = shops.shop_by_domain(connection, platform_name, domain)
        if store.holds_state(connection, _outcome(mark, "done"), now) and shop is not None:
            return Arrival("connected", domain, shop if shop.state == "installed" else None)
        if store.holds_state(connection, _outcome(mark, "failed"), now):
            return Arrival("failed", domain)
        if store.holds_state(connection, _outcome(mark, "untried"), now):
            return Arrival("untried", domain)
        waiting = store.holds_state(connection, digest(mark), now)
    return Arrival("waiting" if waiting else "over", domain)


def _try_kept(context: Context, platform_name: str, domain: str, mark: str) -> None:
    with context.db.write() as connection:
        sealed = store.take_keys(connection, _outcome(mark, "untried"), context.now())
    if sealed is not None:
        key, rights = json.loads(context.keys.unseal(0, _SEAL, sealed))
        grant = Grant(key, None, None, None, frozenset(rights))
        _try(context, platform_name, domain, HandedKeys(mark, grant))


def _try(context: Context, platform_name: str, domain: str, handed: HandedKeys) -> Shop | None:
    """Connect with keys, or keep them for a later try if the shop cannot answer just now."""
    try:
        return _connect(context, platform_name, domain, handed)
    except BleibError as error:
        final = error.advice != "retry"
        with context.db.write() as connection:
            if final:
                _note(connection, context, platform_name, domain, handed.mark, "failed")
            else:
                _keep(connection, context, platform_name, domain, handed)
        if final:
            raise
    return None


def _keep(
    connection: Connection, context: Context, platform_name: str, domain: str, handed: HandedKeys
) -> None:
    content = json.dumps([handed.grant.access_token, sorted(handed.grant.scopes)])
    store.keep_keys(
        connection,
        _outcome(handed.mark, "untried"),
        context.keys.seal(0, _SEAL, content),
        platform=platform_name,
        domain=domain,
        expires_at=context.now() + _OUTCOME_KEPT,
    )


def _connect(context: Context, platform_name: str, domain: str, handed: HandedKeys) -> Shop:
    if not installing.covers(handed.grant.scopes, installing.wanted(platform_name)):
        raise ForbiddenError("scopes_missing")
    # No transaction is open here: the shop may take seconds to answer.
    reader = able(context.platform(platform_name), ReadsShop)
    facts = reader.shop_facts(Access(0, domain, handed.grant.access_token))
    with context.db.write() as connection:
        shop = installing.complete(
            connection,
            context,
            platform_name,
            domain,
            handed.grant,
            facts,
            secret=random_token(),
        )
        _note(connection, context, platform_name, domain, handed.mark, "done")
    return shop


def _read(context: Context, platform_name: str, mark: str) -> tuple[str, str]:
    """Return domain and check value of the browser of a mark of ours."""
    try:
        name, domain, _, browser = context.keys.unsign("key_handover", mark)
    except (ValueError, TypeError):
        raise NotAllowedError("state_invalid") from None
    if name != platform_name:
        raise NotAllowedError("state_invalid")
    return str(domain), str(browser)


def _outcome(mark: str, outcome: _Outcome) -> str:
    return digest(f"{outcome}:{mark}")


def _note(
    connection: Connection,
    context: Context,
    platform_name: str,
    domain: str,
    mark: str,
    outcome: _Outcome,
) -> None:
    store.use_once(
        connection,
        _outcome(mark, outcome),
        platform=platform_name,
        domain=domain,
        expires_at=context.now() + _OUTCOME_KEPT,
    )
