"""What mails to confirmed people are filled with: the person's own links, their voucher."""

from __future__ import annotations

from typing import Any

from sqlalchemy.engine import Connection

from plugin.contracts.platform import IssuesVouchers
from plugin.model import Shop
from plugin.services import declared, preflight, voucher_pool
from plugin.services.context import Context
from plugin.services.unsubscribing import unsubscribe_link
from plugin.services.wording import merchant_text, offer_of
from plugin.store import campaigns
from plugin.store.subscribers import Subscriber
from plugin.store.vouchers import Voucher


def of_person(
    connection: Connection, context: Context, shop: Shop, person: Subscriber
) -> dict[str, Any]:
    """Return the values of every mail to a confirmed person."""
    name = settings_of(connection, person).get("newsletter_name")
    return {
        "first_name": _first_name(declared.declared_of(context, person).name),
        "newsletter": merchant_text(name, person.language),
        "confirmed_at": (person.confirmed_at or person.requested_at).isoformat(),
        "unsubscribe": unsubscribe_link(context, person),
    }


def of_voucher(
    connection: Connection, context: Context, shop: Shop, person: Subscriber, voucher: Voucher
) -> dict[str, Any]:
    """Return the values of a mail that shows a person's voucher."""
    settings = settings_of(connection, person)
    exclusions = (settings.get("voucher") or {}).get("exclusions")
    promised = offer_of(settings, voucher.currency)
    smaller = promised is not None and voucher.value < promised.value
    return of_person(connection, context, shop, person) | {
        "code": voucher.code,
        "link": voucher_link(context, shop, voucher),
        "typed": voucher_pool.draws_from(context, shop),
        "ends_at": voucher.ends_at.isoformat(),
        "kind": voucher.kind,
        "value": str(voucher.value),
        "promised": str(promised.value) if promised is not None and smaller else None,
        "currency": voucher.currency,
        "minimum": None if voucher.minimum is None else str(voucher.minimum),
        "exclusions": merchant_text(exclusions, person.language),
    }


def voucher_link(context: Context, shop: Shop, voucher: Voucher) -> str:
    """Return where the shopper uses a voucher: in the cart if the platform can, else the shop.

    Its end is for the storefront alone, which then says in the cart what is still missing.
    """
    platform = context.maybe(shop, IssuesVouchers)
    link = shop.storefront_url
    if platform is not None:
        link = platform.voucher_link(shop.storefront_url, voucher.code)
    return link + preflight.link_mark(context, voucher)


def settings_of(connection: Connection, person: Subscriber) -> dict[str, Any]:
    """Return the settings that the person signed up under."""
    campaign = campaigns.version_of(
        connection, person.shop_id, person.campaign_id, person.campaign_version
    )
    return campaign.settings if campaign else {}


def _first_name(name: str) -> str:
    first = name.split(" ", 1)[0]
    return name if first.endswith(".") else first  # "Dr. Ost" is called by the whole of it
