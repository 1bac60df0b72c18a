"""A shop with many confirmed people and one mail for each: advertising and vouchers in turns."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from sqlalchemy.engine import Connection

from plugin.model import Shop
from plugin.services import mailing
from plugin.services.context import Context
from plugin.services.identity import identity_of
from plugin.store.shops import shop_by_id, shops
from plugin.store.subscribers import insert_subscriber

_AT_ONCE = 500


def fill(context: Context, mails: int) -> None:
    """Install a shop and queue that many mails, each to a person of its own."""
    shop = _shop(context)
    for start in range(0, mails, _AT_ONCE):
        with context.db.write() as connection:
            for number in range(start, min(start + _AT_ONCE, mails)):
                _person(connection, context, shop, number)


def _shop(context: Context) -> Shop:
    row = {
        "key": "benchmails000000",
        "platform": "script_tag",
        "domain": "laden.example",
        "name": "Laden",
        "email": "hallo@laden.example",
        "currency": "EUR",
        "locale": "de-DE",
        "zone": "Europe/Berlin",
        "languages": "de,en",
        "address": "sie",
        "state": "installed",
        "generation": 1,
        "config_version": 1,
        "storefront_url": "https://laden.example",
        "privacy_url": "https://laden.example/datenschutz",
        "imprint": "Laden GmbH, Seestraße 1, 78464 Konstanz",
        "created_at": context.now(),
    }
    with context.db.write() as connection:
        inserted = connection.execute(shops.insert().values(**row).returning(shops.c.id))
        shop = shop_by_id(connection, inserted.scalar_one())
    if shop is None:
        raise LookupError("the row was written a moment ago")
    return shop


def _person(connection: Connection, context: Context, shop: Shop, number: int) -> None:
    email, now = f"person{number}@post.example", context.now()
    insert_subscriber(
        connection,
        shop.id,
        {
            "identity": identity_of(context.keys, shop.id, email),
            "email_sealed": context.keys.seal(shop.id, "email", email),
            "state": "confirmed",
            "language": "de",
            "purposes": ["newsletter", "personalised"] if number % 4 == 0 else ["newsletter"],
            "campaign_id": 1,
            "campaign_version": 1,
            "widget": "newsletter",
            "requested_at": now - timedelta(days=2),
            "confirmed_at": now - timedelta(days=1),
        },
    )
    kind = "welcome_1" if number % 2 == 0 else "voucher"
    values = _values(context, number)
    mailing.queue(connection, context, shop, kind, f"{kind}:{number}", email, "de", values)


def _values(context: Context, number: int) -> dict[str, Any]:
    now = context.now()
    return {
        "code": f"LADEN-{number:05d}-ABCDE-FGHJK",
        "link": f"https://laden.example/discount/{number}",
        "newsletter": "",
        "confirmed_at": now.isoformat(),
        "ends_at": (now + timedelta(days=30)).isoformat(),
        "unsubscribe": "https://bleib.example/u/t",
        "kind": "amount",
        "value": "5.00",
        "currency": "EUR",
        "minimum": None,
        "exclusions": "",
    }
