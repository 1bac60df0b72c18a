"""Unsubscribing: one signed link for each person, which works for ever and any number of times."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy.engine import Connection

from plugin.contracts.platform import SyncsConsent
from plugin.errors import NotAllowedError
from plugin.model import Shop
from plugin.services import evidence, people_changes, steps, suppression
from plugin.services.access import speaking
from plugin.services.context import Context
from plugin.services.steps import Handler, Step
from plugin.services.wording import merchant_text
from plugin.store import campaigns
from plugin.store import subscribers as store
from plugin.store.shops import shop_by_id
from plugin.store.subscribers import Subscriber

#: So much of a person's check value stands in the link: ids of deleted rows may be given anew.
_MARK_LENGTH = 16


@dataclass(frozen=True)
class Subscription:
    """What the unsubscribe page shows; without shop or address where they are gone by now."""

    shop: Shop | None
    language: str
    active: bool
    email: str | None
    newsletter: str


def unsubscribe_token(context: Context, person: Subscriber) -> str:
    """Return the token by which this person can unsubscribe, logged in or not."""
    return context.keys.sign(
        "unsubscribe", [person.shop_id, person.id, person.identity[:_MARK_LENGTH]]
    )


def unsubscribe_link(context: Context, person: Subscriber) -> str:
    """Return the address of the person's unsubscribe page."""
    return context.url(f"/u/{unsubscribe_token(context, person)}")


def preferences_link(context: Context, person: Subscriber) -> str:
    """Return the address of the page where the person chooses what comes, and how often."""
    return f"{unsubscribe_link(context, person)}/preferences"


def subscription(context: Context, token: str) -> Subscription:
    """Return what the page says before the button; changes nothing.

    NotAllowedError("link_invalid") for a token that we did not make.
    """
    with context.db.read() as connection:
        shop, person = find(context, connection, token)
        if shop is None or person is None:
            return Subscription(shop, _language(shop), False, None, "")
        campaign = campaigns.version_of(
            connection, shop.id, person.campaign_id, person.campaign_version
        )
    settings = campaign.settings if campaign else {}
    return Subscription(
        shop,
        person.language,
        person.state != "unsubscribed",
        context.keys.unseal(shop.id, "email", person.email_sealed),
        merchant_text(settings.get("newsletter_name"), person.language),
    )


def unsubscribe(context: Context, token: str) -> Subscription:
    """End a person's subscription; a second time changes nothing and says the same.

    Works for an uninstalled shop too, where the platform can no longer be told. A voucher stays
    valid: it was not given for staying.
    """
    with context.db.write() as connection:
        shop, person = find(context, connection, token, lock=True)
        if shop is not None and person is not None:
            end(connection, context, shop, person)
    return subscription(context, token)


def end(connection: Connection, context: Context, shop: Shop, person: Subscriber) -> None:
    """End a subscription within the caller's transaction; one that has ended stays as it is."""
    if person.state == "unsubscribed":
        return
    now = context.now()
    store.update_subscriber(
        connection,
        shop.id,
        person.id,
        state="unsubscribed",
        unsubscribed_at=now,
        expires_at=None,
        # Nobody greets them by name any more.
        declared_sealed=None,
    )
    evidence.record(
        connection,
        context,
        shop,
        identity=person.identity,
        kind="unsubscribed",
        email=context.keys.unseal(shop.id, "email", person.email_sealed),
        campaign=(person.campaign_id, person.campaign_version),
    )
    suppression.left(connection, context, shop.id, person.identity)
    if shop.state == "installed":
        enqueue_withdrawal(connection, context, person, f"{now.timestamp():.6f}")
        people_changes.note(connection, context, shop, person.identity, "unsubscribed")


def enqueue_withdrawal(
    connection: Connection, context: Context, person: Subscriber, occasion: str
) -> None:
    """Let the shop's own record of a person who left be brought up to date, once per occasion."""
    steps.enqueue(
        connection,
        context,
        person.shop_id,
        "consent.withdraw",
        {"subscriber": person.id},
        key=f"consent.withdraw:{person.id}:{occasion}",
    )


def withdraw_consent(context: Context, step: Step) -> None:
    """Tell the shop's own customer record (step `consent.withdraw`)."""
    with context.db.read() as connection:
        shop = shop_by_id(connection, step.shop_id)
        person = store.subscriber_by_id(connection, step.shop_id, step.payload["subscriber"])
    if shop is None or person is None or shop.state != "installed":
        return
    if person.state == "confirmed" or person.unsubscribed_at is None:
        return  # subscribed again meanwhile; merely asked for again is not enough
    email = context.keys.unseal(shop.id, "email", person.email_sealed)
    platform = context.maybe(shop, SyncsConsent)
    if platform is None:
        return
    with speaking(context, shop) as access:
        platform.withdraw_consent(access, email, person.unsubscribed_at)


def find(
    context: Context,
    connection: Connection,
    token: str,
    *,
    lock: bool = False,
) -> tuple[Shop | None, Subscriber | None]:
    """Return whom a token is for, None where the shop or the person is gone by now.

    NotAllowedError("link_invalid") for a token that we did not make.
    """
    try:
        shop_id, subscriber_id, mark = context.keys.unsign("unsubscribe", token)
    except (ValueError, TypeError):
        raise NotAllowedError("link_invalid") from None
    shop = shop_by_id(connection, shop_id)
    person = store.subscriber_by_id(connection, shop_id, subscriber_id, lock=lock)
    if person is not None and person.identity[:_MARK_LENGTH] != mark:
        person = None
    return shop, person


def _language(shop: Shop | None) -> str:
    return shop.locale.split("-")[0] if shop else "de"


HANDLERS: dict[str, Handler] = {"consent.withdraw": withdraw_consent}
