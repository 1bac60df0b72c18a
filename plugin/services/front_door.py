"""A shop of its own comes in: named by its domain, let in by a link in a mail, never by a password.

What a visitor of the door learns never depends on who is registered: whoever asks gets a mail,
and only the owner of the mailbox sees what came of it.
"""

from __future__ import annotations

from datetime import timedelta

import structlog
from sqlalchemy.engine import Connection

from plugin.errors import ForbiddenError, NotAllowedError, NotFoundError
from plugin.model import Grant, Shop, ShopFacts
from plugin.security import digest, random_token
from plugin.services import door_links, installing, setup, sign_in, steps, team
from plugin.services.access import signing_secrets
from plugin.services.context import Context
from plugin.services.door_links import COUNTRIES, PLATFORM, Registration, Ticket
from plugin.services.sign_in import Entered
from plugin.store import front_door as store
from plugin.store import installs, shops
from plugin.store.team import Member

__all__ = [
    "ERASED_AFTER",
    "Entered",
    "Registration",
    "add",
    "enter",
    "leave",
    "renew_secret",
    "script_tag",
]

#: An unproven registration holds its domain so long against somebody else's.
HELD_FOR = timedelta(hours=24)
#: The old secret goes on working so long after a new one was made.
OLD_SECRET_FOR = timedelta(hours=24)
#: So long a shop that left can come back and find its things.
ERASED_AFTER = timedelta(days=30)
_log = structlog.get_logger("front_door")


def enter(context: Context, token: str) -> Entered:
    """Use a link up: sign in, or make the shop that was asked for.

    NotAllowedError ("link_invalid", "link_expired", "link_used"), ForbiddenError("domain_taken")
    if the domain belongs to somebody else, ForbiddenError("registration_closed").
    """
    ticket = door_links.read(context, token)
    if ticket.member:
        return sign_in.enter(context, ticket)
    _look_at_holder(context, ticket)
    with context.db.write() as connection:
        installs.drop_expired_states(connection, context.now())
        fresh = installs.use_once(
            connection,
            digest(f"door:{ticket.nonce}"),
            platform=PLATFORM,
            domain=ticket.domain,
            expires_at=ticket.until,
        )
        if not fresh:
            raise NotAllowedError("link_used")
        known = shops.shop_by_domain(connection, PLATFORM, ticket.domain)
        member = _member(connection, context, known, ticket)
        if known is not None and member is not None and known.state == "installed":
            return Entered(known, member)
        if known is not None and (member is None or member.role != "owner"):
            _take_over(connection, context, known)
        if ticket.registration is None:
            raise NotAllowedError("link_invalid")
        if context.config.registration == "closed":
            raise ForbiddenError("registration_closed")
        return _make(connection, context, ticket.registration)


def _look_at_holder(context: Context, ticket: Ticket) -> None:
    """See whether the tag of a domain's present holder is there, before anybody else gets it."""
    with context.db.read() as connection:
        known = shops.shop_by_domain(connection, PLATFORM, ticket.domain)
        strange = _member(connection, context, known, ticket) is None
    if known is not None and strange:
        setup.look_for_embed(context, known, asked=True)


def _member(
    connection: Connection, context: Context, shop: Shop | None, ticket: Ticket
) -> Member | None:
    """Return who of the shop's team asked: whoever was taken out of it is a stranger by now.

    Not by `normalised`, which takes look-alikes for one person: another mailbox is somebody else.
    """
    return None if shop is None else team.at_address(connection, context, shop, ticket.email)


def _take_over(connection: Connection, context: Context, holder: Shop) -> None:
    young = context.now() - holder.created_at < HELD_FOR
    if young or store.is_proven(connection, holder.id):
        raise ForbiddenError("domain_taken")
    _vacate(connection, context, holder)


def _vacate(connection: Connection, context: Context, holder: Shop) -> None:
    installing.uninstall(connection, context, holder)
    store.free_domain(connection, holder.id)
    steps.enqueue(
        connection, context, holder.id, "privacy.erase_shop", {"inbox": 0}, key="front_door:vacate"
    )
    _log.info("domain_vacated", shop=holder.id)


def _make(connection: Connection, context: Context, wish: Registration) -> Entered:
    country = COUNTRIES[wish.country]
    secret = f"bleib_{random_token()}"
    facts = ShopFacts(
        name=wish.name,
        email=wish.email,
        currency=country.currency,
        zone=country.zone,
        storefront_url=context.config.origins.get(wish.domain) or f"https://{wish.domain}",
        scopes=frozenset(),
    )
    # Nothing is ever asked of the shop, so there is no token: only what the shop signs with.
    grant = Grant("unused", None, None, None, frozenset())
    shop = installing.complete(
        connection, context, PLATFORM, wish.domain, grant, facts, secret=secret
    )
    # What other platforms do at the end of their first synchronisation: here there is none.
    steps.enqueue(
        connection,
        context,
        shop.id,
        "suggestions.learn",
        {"generation": shop.generation},
        key=f"suggestions.learn:first:{shop.generation}",
    )
    return Entered(shop, team.first_owner(connection, context, shop), secret)


def add(context: Context, wish: Registration) -> Entered:
    """Make a shop for an operator who knows whose it is, whether registration is open or not.

    InvalidFieldError names what is wrong; ForbiddenError("domain_taken") if the domain is proven
    to be somebody's.
    """
    wish = door_links.checked(context, wish)
    with context.db.write() as connection:
        known = shops.shop_by_domain(connection, PLATFORM, wish.domain)
        if known is not None and store.is_proven(connection, known.id):
            raise ForbiddenError("domain_taken")
        if known is not None:
            _vacate(connection, context, known)
        return _make(connection, context, wish)


def leave(context: Context, shop: Shop) -> None:
    """End everything at once; what is stored is erased after 30 days, unless the shop came back.

    Nobody else would ever ask for that: other shops' platforms do.
    """
    with context.db.write() as connection:
        installing.uninstall(connection, context, shop)
        steps.enqueue(
            connection,
            context,
            shop.id,
            "privacy.erase_shop",
            {"inbox": 0},
            key=f"front_door:leave:{shop.generation}",
            due_at=context.now() + ERASED_AFTER,
        )


def script_tag(context: Context, shop: Shop) -> str:
    """Return the tag that the merchant copies into every page of the shop."""
    source = context.url("/static/v1/bleib.js")
    return f'<script async src="{source}" data-shop="{shop.key}"></script>'


def renew_secret(context: Context, shop: Shop) -> str:
    """Make a new signing secret; the one before goes on working for 24 hours.

    Returned here for the only time: what is stored can be used, but is shown to nobody.
    """
    old = signing_secrets(context, shop)
    if not old and shop.state != "installed":
        raise NotFoundError("unknown_shop")
    secret = f"bleib_{random_token()}"
    with context.db.write() as connection:
        store.renew_secret(
            connection,
            shop.id,
            sealed=context.keys.seal(shop.id, "secret", secret),
            old=context.keys.seal(shop.id, "secret", old[0]) if old else None,
            until=context.now() + OLD_SECRET_FOR,
        )
    _log.info("secret_renewed", shop=shop.id)
    return secret
