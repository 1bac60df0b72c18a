"""The receipt of a declaration: what was declared, to the second, and what follows from it."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy.engine import Connection

from plugin.errors import NotAllowedError, NotFoundError
from plugin.model import Shop
from plugin.services import tenants
from plugin.services.context import Context
from plugin.services.withdrawals import settings as rules
from plugin.services.wording import Voice, merchant_text
from plugin.store import withdrawals as store
from plugin.store.withdrawals import Withdrawal

SEAL = "withdrawal"
#: Goods go back, and money comes back, within so many days of the declaration (§§ 355, 357 BGB).
_WITHIN = timedelta(days=14)


@dataclass(frozen=True)
class Receipt:
    """Everything that a receipt says; `send_back_by` and `refund_by` only where the law sets them.

    `email` is "" where none was entered: who may see an order need not know its address. `free`
    says that the shop pays the way back; `how` are the merchant's own words about it.
    """

    reference: str
    kind: str
    declared_at: datetime
    name: str
    email: str
    order: str
    items: tuple[tuple[str, int], ...]
    wording: str
    language: str
    send_back_by: date | None
    refund_by: date | None
    free: bool
    how: str
    order_id: str | None


def receipt_token(context: Context, shop: Shop, withdrawal_id: int) -> str:
    """Return the token under which a receipt can be read again."""
    return context.keys.sign("withdrawal", [shop.id, withdrawal_id])


def receipt_link(context: Context, shop: Shop, withdrawal_id: int) -> str:
    """Return the address of a receipt."""
    return context.url(f"/w/receipt/{receipt_token(context, shop, withdrawal_id)}")


def read(context: Context, token: str) -> tuple[Shop, Receipt]:
    """Return shop and receipt of a token.

    NotFoundError("not_found") for one that is altered or over, and once the declaration is
    forgotten. The receipt of a shop that left can still be read.
    """
    try:
        data = context.keys.unsign("withdrawal", token)
    except NotAllowedError:
        raise NotFoundError("not_found") from None
    shop = tenants.shop_of_id(context, data[0])
    if shop is None:
        raise NotFoundError("not_found")
    with context.db.read() as connection:
        row = store.by_id(connection, shop.id, data[1])
        if row is None or row.declaration_sealed is None:
            raise NotFoundError("not_found")
        return shop, receipt_of(connection, context, shop, row)


def declared(context: Context, row: Withdrawal) -> dict[str, Any]:
    """Return what was declared, {} once its time is over."""
    if row.declaration_sealed is None:
        return {}
    opened = context.keys.unseal(row.shop_id, SEAL, row.declaration_sealed)
    return dict(json.loads(opened))


def receipt_of(connection: Connection, context: Context, shop: Shop, row: Withdrawal) -> Receipt:
    """Return the receipt of a declaration that is not forgotten."""
    told, settings = declared(context, row), rules.read(connection, shop.id)
    due = row.declared_at.astimezone(ZoneInfo(shop.zone)).date() + _WITHIN
    by_law = row.kind == "statutory"
    return Receipt(
        reference=row.reference,
        kind=row.kind,
        declared_at=row.declared_at,
        name=told["name"],
        email=told["email"] if told["entered"] else "",
        order=told["order"],
        items=tuple((title, number) for title, number in told["items"]),
        wording=told["wording"],
        language=row.language,
        send_back_by=due if by_law else None,
        refund_by=due if by_law else None,
        free=settings.pays == "shop",
        how=merchant_text(settings.how.public(), row.language),
        order_id=row.order_id,
    )


def mail_values(context: Context, shop: Shop, row: Withdrawal, receipt: Receipt) -> dict[str, Any]:
    """Return what the mail with the receipt is built from (services/mails/withdrawal_letters)."""
    by = receipt.send_back_by
    return {
        "kind": receipt.kind,
        "reference": receipt.reference,
        "at": receipt.declared_at.isoformat(),
        "name": receipt.name,
        "email": declared(context, row)["email"],
        "order": receipt.order,
        "wording": receipt.wording,
        "items": [{"title": title, "quantity": number} for title, number in receipt.items],
        "due": None if by is None else by.isoformat(),
        "free": receipt.free,
        "how": receipt.how,
        "link": receipt_link(context, shop, row.id),
    }


def exact(moment: datetime, zone: str) -> str:
    """Return a time of day to the second, e.g. "19:42:08"."""
    return moment.astimezone(ZoneInfo(zone)).strftime("%H:%M:%S")


def what_follows(voice: Voice, values: Mapping[str, Any]) -> tuple[str, ...]:
    """Return who does what by when, as it stands on the page and in the mail.

    Values: kind, due (date or ISO date or None), free, how.
    """
    due = values["due"]
    lines = []
    if due is not None:
        day = voice.day(date.fromisoformat(due) if isinstance(due, str) else due)
        lines.append(voice.say("follows.send_back", day=day))
        lines.append(voice.say("follows.refund", day=day))
    else:
        lines.append(voice.say("follows.voluntary"))
    lines.append(voice.say("follows.free" if values["free"] else "follows.paid"))
    if values["how"]:
        lines.append(values["how"])
    return tuple(lines)
