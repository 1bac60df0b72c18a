"""Tells whatever listens that a person confirmed, left or is to be forgotten."""

from __future__ import annotations

from typing import Literal

from sqlalchemy.engine import Connection

from plugin.contracts.platform import SyncsConsent
from plugin.model import Shop
from plugin.security import random_token
from plugin.services import outgoing_webhooks, steps
from plugin.services.context import Context
from plugin.services.inbound import seal_person
from plugin.store import inbox, mail_connections, subscribers
from plugin.store.subscriber_list import identities_of
from plugin.store.subscribers import Subscriber

Change = Literal["confirmed", "imported", "unsubscribed", "erased"]
#: Under this topic lies whom others are to forget, until they have.
FORGET = "bleib/forget"


def note(
    connection: Connection, context: Context, shop: Shop, identity: str, change: Change
) -> None:
    """Queue what follows from a change, within the transaction that makes it.

    "erased" comes before the rows go, because what they hold is needed to forget elsewhere.
    Somebody without a row here, and a shop that has left, are nobody's concern.
    """
    person = subscribers.subscriber_by_identity(connection, shop.id, identity)
    if person is None or shop.state != "installed":
        return
    left = change == "erased" and person.unsubscribed_at is not None
    if person.confirmed_at is None and not left:
        return  # nobody else was ever told of this one
    if change == "erased":
        _forget(connection, context, shop, person)
        return
    _tell_mail_service(connection, context, person, change)
    if change != "imported":  # nothing happened: a file was read
        outgoing_webhooks.tell_of_person(connection, context, shop, person, change)


def named(
    connection: Connection, shop: Shop, identity: str | None, customer_id: str | None
) -> list[str]:
    """Return the check values of a person who is named by one of them, or as a customer."""
    known = set() if customer_id is None else set(identities_of(connection, shop.id, customer_id))
    return sorted(known | ({identity} if identity else set()))


def _tell_mail_service(
    connection: Connection, context: Context, person: Subscriber, change: Change
) -> None:
    chosen = mail_connections.connection_of(connection, person.shop_id)
    if chosen is None or chosen.state != "connected":
        return
    at = person.unsubscribed_at if change == "unsubscribed" else person.confirmed_at
    occasion = f"{(at or person.requested_at).timestamp():.6f}"
    bring_to_mail_service(connection, context, person, chosen.edition, f"{change}:{occasion}")


def bring_to_mail_service(
    connection: Connection, context: Context, person: Subscriber, edition: int, occasion: str
) -> None:
    """Let the e-mail service learn how a person stands, once per occasion."""
    steps.enqueue(
        connection,
        context,
        person.shop_id,
        "mail_service.person",
        {"subscriber": person.id, "edition": edition},
        key=f"mail_service.person:{edition}:{person.id}:{occasion}",
    )


def _forget(connection: Connection, context: Context, shop: Shop, person: Subscriber) -> None:
    """Keep the address, sealed, until the shop's own record and the e-mail service let go of it."""
    kinds = []
    if person.state == "confirmed" and context.maybe(shop, SyncsConsent) is not None:
        kinds.append("consent.forget")
    if mail_connections.connection_of(connection, shop.id) is not None:
        kinds.append("mail_service.erase")
    email = context.keys.unseal(shop.id, "email", person.email_sealed)
    for kind in kinds:
        inbox_id = inbox.put_inbox(
            connection,
            shop.id,
            topic=FORGET,
            key=random_token(),
            received_at=context.now(),
            body_sealed=seal_person(context, shop.id, None, email),
        )
        steps.enqueue(
            connection, context, shop.id, kind, {"inbox": inbox_id}, key=f"{kind}:{inbox_id}"
        )
