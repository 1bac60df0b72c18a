"""The mails that let a merchant of an own shop in: asked for at the door, good for one use."""

from __future__ import annotations

import json
import secrets
import uuid
from dataclasses import asdict, dataclass, replace
from datetime import datetime, timedelta
from typing import Any

import structlog

from plugin.errors import (
    BadInputError,
    BleibError,
    ForbiddenError,
    GiveUpError,
    InvalidFieldError,
    NotAllowedError,
    UnavailableError,
)
from plugin.model import Shop
from plugin.services import limits, mailing
from plugin.services.context import Context
from plugin.services.identity import clean_email, normalised
from plugin.services.mails.message import compose
from plugin.store.team import Member

PLATFORM = "script_tag"
GOOD_FOR = timedelta(minutes=15)
#: Who is invited need not sit at the desk just then.
INVITED_FOR = timedelta(days=7)
_SEAL = "door"
_LONGEST_NAME = 80
AN_HOUR = timedelta(hours=1)
#: From one address of the net, to one mailbox or shop, and from all together, in an hour.
_PER_NET, _PER_BOX, _IN_ALL = 10, 3, 300
_log = structlog.get_logger("front_door")


@dataclass(frozen=True)
class Country:
    """What a shop's country says of its money and its clock."""

    currency: str
    zone: str


COUNTRIES = {
    "de": Country("EUR", "Europe/Berlin"),
    "at": Country("EUR", "Europe/Vienna"),
    "ch": Country("CHF", "Europe/Zurich"),
    "eu": Country("EUR", "Europe/Brussels"),
    "gb": Country("GBP", "Europe/London"),
}


@dataclass(frozen=True)
class Registration:
    """What a merchant wrote into the form."""

    domain: str
    name: str
    email: str
    country: str = "de"


@dataclass(frozen=True)
class Ticket:
    """What a link is for: to complete a `registration`, or to let in a `member` of a `shop`."""

    nonce: str
    until: datetime
    domain: str
    email: str
    registration: Registration | None
    shop: int = 0
    member: int = 0
    epoch: int = 0


def checked(context: Context, wish: Registration) -> Registration:
    """Return a registration with everything in its one form; InvalidFieldError names a fault."""
    email = clean_email(wish.email)
    name = " ".join(wish.name.split())
    if not 0 < len(name) <= _LONGEST_NAME or not name.isprintable():
        raise InvalidFieldError("name_invalid", field="name")
    if wish.country not in COUNTRIES:
        raise InvalidFieldError("country_invalid", field="country")
    return replace(wish, domain=_domain(context, wish.domain), name=name, email=email)


def _domain(context: Context, text: str) -> str:
    try:
        return context.platform(PLATFORM).clean_domain(text)
    except BadInputError:
        raise InvalidFieldError("shop_invalid", field="domain") from None


def register(context: Context, wish: Registration, language: str, net_address: str) -> None:
    """Send the link that completes a registration; says the same whether the domain is known.

    InvalidFieldError names a fault in the form, ForbiddenError("registration_closed"),
    TooManyError, UnavailableError("mail_unavailable").
    """
    if context.config.registration == "closed":
        raise ForbiddenError("registration_closed")
    wish = checked(context, wish)
    limit(context, net_address, normalised(wish.email))
    until = context.now() + GOOD_FOR
    ticket = Ticket(secrets.token_hex(16), until, wish.domain, wish.email, wish)
    # There is no shop yet whose outbox could hold the mail, and the merchant is waiting for it.
    _send_now(context, wish.email, language, values_of(context, ticket))


def shops_named(context: Context, text: str) -> dict[str, str]:
    """Return what each platform would call a shop; InvalidFieldError("shop_invalid") if none."""
    named = {}
    for name, platform in context.platforms.items():
        try:
            named[name] = platform.clean_domain(text)
        except BadInputError:
            continue
    if not named:
        raise InvalidFieldError("shop_invalid", field="domain")
    return named


def read(context: Context, token: str) -> Ticket:
    """Return what a link is for; NotAllowedError ("link_invalid", "link_expired")."""
    if not token.isascii() or len(token) > 2000:
        raise NotAllowedError("link_invalid")
    try:
        values = json.loads(context.keys.unseal(0, _SEAL, token + "=" * (-len(token) % 4)))
    except NotAllowedError:
        raise NotAllowedError("link_invalid") from None
    until = datetime.fromisoformat(values["until"])
    if until <= context.now():
        raise NotAllowedError("link_expired")
    wish = values["registration"]
    return Ticket(
        nonce=values["nonce"],
        until=until,
        domain=values["domain"],
        email=values["email"],
        registration=None if wish is None else Registration(**wish),
        shop=values.get("shop", 0),
        member=values.get("member", 0),
        epoch=values.get("epoch", 0),
    )


def ticket_of(context: Context, shop: Shop, member: Member, good_for: timedelta) -> Ticket:
    """Return a ticket that lets somebody of a shop in, until every session of theirs is ended."""
    until = context.now() + good_for
    nonce = secrets.token_hex(16)
    who = {"shop": shop.id, "member": member.id, "epoch": member.epoch}
    return Ticket(nonce, until, shop.domain, "", None, **who)


def values_of(context: Context, ticket: Ticket) -> dict[str, Any]:
    """Return what the mail with a link says."""
    # Sealed, not only signed: addresses of pages end up in logs, and this one holds a mail address.
    text = json.dumps(asdict(ticket) | {"until": ticket.until.isoformat()})
    token = context.keys.seal(0, _SEAL, text).rstrip("=")
    return {
        "domain": ticket.domain,
        "link": context.url(f"/install/{PLATFORM}/{token}"),
        "new": ticket.registration is not None,
    }


def limit(context: Context, net_address: str, box: str) -> None:
    """Count one request for a mail; TooManyError if it is one too many."""
    with context.db.write() as connection:
        for name, key, limit in (
            ("door_net", net_address, _PER_NET),
            ("door_box", box, _PER_BOX),
            ("door", "", _IN_ALL),
        ):
            limits.hit_door(connection, context, name, key, limit=limit, window=AN_HOUR)


def _send_now(context: Context, email: str, language: str, values: dict[str, Any]) -> None:
    sender = context.config.mail_from
    message_id = f"<{uuid.uuid4().hex}@{sender.rpartition('@')[2]}>"
    try:
        recipient = mailing.deliverable(email)
        message = compose(
            "sign_in",
            _house(context, language),
            language,
            values,
            recipient=recipient,
            sender=sender,
            message_id=message_id,
            at=context.now(),
        )
        context.mail.send(message, sender, recipient)
    except GiveUpError:
        raise InvalidFieldError("email_invalid", field="email") from None
    except BleibError as error:
        _log.warning("door_mail_failed", reason=error.code)
        raise UnavailableError("mail_unavailable", retry_after=60) from error


def _house(context: Context, language: str) -> Shop:
    """Return Bleib itself as the sender of a mail that belongs to no shop yet."""
    return Shop(
        id=0,
        key="",
        platform=PLATFORM,
        domain="",
        name="Bleib",
        email=context.config.mail_from,
        currency="EUR",
        locale="de-DE" if language == "de" else "en-GB",
        zone="Europe/Berlin",
        languages=("de", "en"),
        address="sie",
        state="installed",
        generation=0,
        config_version=0,
        storefront_url=context.config.public_url,
        privacy_url="",
        imprint="",
        stopped_at=None,
        created_at=context.now(),
    )
