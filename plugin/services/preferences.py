"""What a subscriber may choose without leaving: purposes, language, a pause of 30 days."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.engine import Connection

from plugin.model import Shop
from plugin.services import evidence, suppression
from plugin.services.context import Context
from plugin.services.unsubscribing import find
from plugin.services.wording import Voice, merchant_text
from plugin.store import campaigns, suppressions
from plugin.store import subscribers as store
from plugin.store.subscribers import Subscriber

__all__ = ["Choices", "Wish", "choices", "save"]


@dataclass(frozen=True)
class Choices:
    """What is chosen at present; `shop` and `email` are None where there is nothing to choose.

    `offered` says whether the form that the person filled in asked for personalised content.
    """

    shop: Shop | None
    language: str
    email: str | None = None
    newsletter: str = ""
    personalised: bool = False
    offered: bool = False
    paused_until: datetime | None = None


@dataclass(frozen=True)
class Wish:
    """What a person chose on the page; nothing in it is believed yet."""

    personalised: bool
    language: str
    pause: bool


def choices(context: Context, token: str) -> Choices:
    """Return what the page shows; changes nothing.

    NotAllowedError("link_invalid") for a token that we did not make.
    """
    with context.db.read() as connection:
        shop, person = find(context, connection, token)
        return _describe(connection, context, shop, person)


def save(context: Context, token: str, wish: Wish) -> Choices:
    """Take over what a person chose; the same twice is one change.

    A purpose that is allowed or taken back is written down as proof, in the words of the page.
    """
    with context.db.write() as connection:
        shop, person = find(context, connection, token, lock=True)
        if shop is not None and person is not None and person.state == "confirmed":
            _take(connection, context, shop, person, wish)
            person = store.subscriber_by_id(connection, shop.id, person.id)
        return _describe(connection, context, shop, person)


def _take(
    connection: Connection, context: Context, shop: Shop, person: Subscriber, wish: Wish
) -> None:
    before = _describe(connection, context, shop, person)
    if wish.pause and before.paused_until is None:
        suppression.pause(connection, context, shop.id, person.identity)
    elif not wish.pause and before.paused_until is not None:
        suppression.go_on(connection, shop.id, person.identity)
    language = wish.language if wish.language in shop.languages else person.language
    personalised = wish.personalised and (before.offered or before.personalised)
    kept = [purpose for purpose in person.purposes if purpose != "personalised"]
    purposes = [*kept, "personalised"] if personalised else kept
    store.update_subscriber(connection, shop.id, person.id, language=language, purposes=purposes)
    if personalised != before.personalised:
        key = "allowed" if personalised else "taken_back"
        evidence.record(
            connection,
            context,
            shop,
            identity=person.identity,
            kind="changed",
            email=before.email,
            wording=Voice("pages", shop, person.language).say(f"preferences.{key}"),
        )


def _describe(
    connection: Connection, context: Context, shop: Shop | None, person: Subscriber | None
) -> Choices:
    if shop is None or person is None or person.state != "confirmed":
        return Choices(shop, shop.locale.split("-")[0] if shop else "de")
    campaign = campaigns.version_of(
        connection, shop.id, person.campaign_id, person.campaign_version
    )
    settings = campaign.settings if campaign else {}
    pausing = suppressions.suppressions_of(connection, shop.id, person.identity).get("paused")
    until = pausing.until if pausing is not None else None
    return Choices(
        shop,
        person.language,
        context.keys.unseal(shop.id, "email", person.email_sealed),
        merchant_text(settings.get("newsletter_name"), person.language),
        "personalised" in person.purposes,
        bool(settings.get("personalised")),
        until if until is not None and until > context.now() else None,
    )
