"""People of a shop come in: by the link of a mail, and by a code where a second factor is set."""

from __future__ import annotations

from dataclasses import dataclass, field

import structlog

from plugin.errors import NotAllowedError
from plugin.model import Shop
from plugin.security import digest
from plugin.services import door_links, limits, mailing, second_factor, team
from plugin.services.context import Context
from plugin.services.door_links import Ticket
from plugin.services.identity import clean_email
from plugin.services.tenants import shop_of_id
from plugin.store import installs
from plugin.store import team as store
from plugin.store.shops import shop_by_domain, shop_by_id
from plugin.store.team import Member

#: Invitations in an hour from one shop, so that nobody sends letters to strangers with them.
_INVITATIONS = 20
_log = structlog.get_logger("sign_in")


@dataclass(frozen=True)
class Entered:
    """Somebody who came in by a link; `secret` only if the shop was made just now."""

    shop: Shop
    member: Member
    secret: str = field(default="", repr=False)


def ask(context: Context, domain: str, email: str, language: str, net_address: str) -> None:
    """Send a link to somebody of a shop; says the same whoever and whatever is unknown.

    `domain` is that of any platform's shop; `email` "" asks for the owner. InvalidFieldError
    ("shop_invalid", "email_invalid"), TooManyError.
    """
    named = door_links.shops_named(context, domain)
    email = clean_email(email) if email else ""
    # However an address is written, it is one mailbox that gets the letters.
    door_links.limit(context, net_address, f"shop:{next(iter(named.values()))}:{email.lower()}")
    with context.db.write() as connection:
        for platform, clean in named.items():
            shop = shop_by_domain(connection, platform, clean)
            if shop is None or shop.state != "installed":
                continue
            member = team.at_address(connection, context, shop, email)
            if member is None or member.email_sealed is None:
                continue
            ticket = door_links.ticket_of(context, shop, member, door_links.GOOD_FOR)
            mailing.queue(
                connection,
                context,
                shop,
                "sign_in",
                f"sign_in:{ticket.nonce}",
                context.keys.unseal(shop.id, "team", member.email_sealed),
                language,
                door_links.values_of(context, ticket),
            )


def invite(
    context: Context, shop: Shop, *, by: str, name: str, email: str, role: str, language: str
) -> None:
    """Add somebody and send the link that lets them in, good for a week and one use.

    `by` is who invites, as the mail says it. InvalidFieldError names a field, TooManyError.
    """
    with context.db.write() as connection:
        limits.hit(
            connection,
            context,
            shop.id,
            "invitation",
            "",
            limit=_INVITATIONS,
            window=door_links.AN_HOUR,
        )
        member = team.invite(connection, context, shop, name=name, email=email, role=role)
        ticket = door_links.ticket_of(context, shop, member, door_links.INVITED_FOR)
        mailing.queue(
            connection,
            context,
            shop,
            "invitation",
            f"invitation:{ticket.nonce}",
            clean_email(email),
            language,
            {**door_links.values_of(context, ticket), "by": by, "shop": shop.name},
        )


def enter(context: Context, ticket: Ticket) -> Entered:
    """Use the link of a mail to a person up; the second factor, if set, is still to be asked.

    NotAllowedError ("link_invalid", "link_used").
    """
    with context.db.write() as connection:
        installs.drop_expired_states(connection, context.now())
        shop = shop_by_id(connection, ticket.shop)
        member = store.member(connection, ticket.shop, ticket.member)
        if shop is None or shop.state != "installed" or member is None or member.left_at:
            raise NotAllowedError("link_invalid")
        if member.epoch != ticket.epoch:  # signed out everywhere since: that means links, too
            raise NotAllowedError("link_invalid")
        fresh = installs.use_once(
            connection,
            digest(f"door:{ticket.nonce}"),
            platform=shop.platform,
            domain=shop.domain,
            expires_at=ticket.until,
        )
        if not fresh:
            raise NotAllowedError("link_used")
        if member.joined_at is None:
            store.change(connection, shop.id, member.id, joined_at=context.now())
    _log.info("signed_in_by_mail", shop=shop.id, member=member.id)
    return Entered(shop, member)


def half_way(context: Context, entered: Entered) -> str:
    """Return what proves for ten minutes that the link was right and only the code is missing."""
    member = entered.member
    return context.keys.sign(
        "second", [entered.shop.id, entered.shop.generation, member.id, member.epoch]
    )


def finish(context: Context, token: str, code: str) -> Entered:
    """Come in with a code after the link.

    NotAllowedError ("link_invalid", "link_expired"), InvalidFieldError("code_wrong"), TooManyError.
    """
    try:
        shop_id, generation, member_id, epoch = context.keys.unsign("second", token)
    except (ValueError, TypeError):
        raise NotAllowedError("link_invalid") from None
    shop = shop_of_id(context, shop_id)
    if shop is None or shop.state != "installed" or shop.generation != generation:
        raise NotAllowedError("link_invalid")
    member = team.of_session(context, shop, member_id, epoch)
    if member is None:
        raise NotAllowedError("link_invalid")
    second_factor.check(context, shop, member, code)
    return Entered(shop, member)
