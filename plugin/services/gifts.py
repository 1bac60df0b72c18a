"""Gifts: what everybody who confirms gets beside or instead of a voucher, and never before."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy.engine import Connection

from plugin.model import Shop
from plugin.services import mail_values, mailing
from plugin.services.context import Context
from plugin.services.sign_up_form import gift_of
from plugin.services.wording import merchant_text
from plugin.store.campaigns import PublishedCampaign
from plugin.store.subscribers import Subscriber


@dataclass(frozen=True)
class Given:
    """A gift in words; `link` leads to it, or to the shop where it is no thing to be fetched."""

    kind: str
    title: str
    text: str
    link: str


def given(shop: Shop, campaign: PublishedCampaign | None, language: str) -> Given | None:
    """Return what somebody who has confirmed gets, None where nothing was promised."""
    gift = gift_of(campaign.settings) if campaign else None
    if gift is None:
        return None
    base = shop.storefront_url.rstrip("/")
    return Given(
        kind=gift.kind,
        title=merchant_text(gift.title.public(), language),
        text=merchant_text(gift.text.public(), language),
        link=gift.url if gift.url.startswith("https://") else base + gift.url,
    )


def deliver(
    connection: Connection,
    context: Context,
    shop: Shop,
    person: Subscriber,
    campaign: PublishedCampaign | None,
) -> None:
    """Queue the mail with the gift, within the transaction that confirms a sign-up."""
    found = given(shop, campaign, person.language)
    if found is None:
        return
    confirmed = replace(person, confirmed_at=context.now())
    values: dict[str, Any] = mail_values.of_person(connection, context, shop, confirmed) | {
        "gift_kind": found.kind,
        "gift_title": found.title,
        "gift_text": found.text,
        "link": found.link,
    }
    key = f"gift:{person.id}:{round(confirmed.requested_at.timestamp() * 1_000_000)}"
    email = context.keys.unseal(shop.id, "email", person.email_sealed)
    mailing.queue(connection, context, shop, "gift", key, email, person.language, values)
