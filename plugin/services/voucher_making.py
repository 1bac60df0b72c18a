"""A voucher from the guard's word to the code in the shop, whatever it is given for."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime, time, timedelta
from typing import Any, Literal, cast
from zoneinfo import ZoneInfo

from sqlalchemy.engine import Connection

from plugin.contracts.platform import IssuesVouchers
from plugin.errors import PlatformError, PlatformRefusedError
from plugin.model import Access, Shop, VoucherOrder
from plugin.services import (
    excluding,
    guard,
    outgoing_webhooks,
    steps,
    voucher_pool,
    voucher_removal,
)
from plugin.services.context import Context
from plugin.services.guard import Decision, VoucherRequest
from plugin.services.voucher_codes import new_code
from plugin.store import vouchers as store
from plugin.store.guard import lock_budget
from plugin.store.vouchers import Voucher


def ask(
    connection: Connection,
    context: Context,
    shop: Shop,
    request: VoucherRequest,
    values: Mapping[str, Any],
) -> Decision:
    """Ask the guard and, if it allows, write the voucher down with its code and its end.

    `values` are further columns of it.
    """
    now, offer = context.now(), request.offer
    ends_at = _end_of_day(now + timedelta(days=offer.days), shop.zone)
    from_pool = voucher_pool.draws_from(context, shop)
    lock_budget(connection, shop.id)
    code = voucher_pool.find(connection, context, shop, offer, ends_at) if from_pool else None
    request = replace(
        request,
        in_stock=code is not None or not from_pool,
        # Left-out products must stand beside a claim; those for a next order have no room for it.
        may_exclude=not request.next_order and excluding.level(context, shop) in ("yes", "partly"),
        may_shrink=not from_pool,
    )
    decision = guard.decide(connection, context, shop, request)
    if decision.allowed:
        offer = decision.offer
        voucher_id = store.insert_voucher(
            connection,
            shop.id,
            {
                **values,
                "identity": request.identity,
                "code": new_code(shop.name) if code is None else code.text,
                "campaign_id": request.campaign_id,
                "widget": request.widget,
                "kind": offer.kind,
                "value": offer.value,
                "currency": offer.currency,
                "minimum": offer.minimum,
                "reserved": decision.amount.amount,
                "state": "planned",
                "planned_at": now,
                "ends_at": ends_at,
                "terms": excluding.terms_of(connection, shop, offer, decision.excluded),
            },
        )
        if code is not None:
            voucher_pool.give(connection, context, shop, code, voucher_id)
    return decision


def create(
    context: Context, shop: Shop, access: Access, voucher: Voucher, customer_id: str | None
) -> str | None:
    """Make a planned voucher's code in the shop, if it makes them; returns the platform's id of it.

    May be called again after a crash. PlatformError("voucher_code_taken") where the merchant has
    a discount of that name: the voucher has another code by then.
    """
    platform = context.maybe(shop, IssuesVouchers)
    if platform is None:  # the code came from the merchant's own shop: it is there already
        return None
    try:
        return platform.issue_voucher(access, order_for(context, shop, voucher, customer_id))
    except PlatformRefusedError as error:
        if error.code != "voucher_code_taken":
            raise
        # The merchant has a discount of that name: the next attempt uses another code.
        with context.db.write() as connection:
            present = store.voucher_by_id(connection, shop.id, voucher.id, lock=True)
            if present is not None and present.state == "planned":
                store.update_voucher(connection, shop.id, voucher.id, code=new_code(shop.name))
        raise PlatformError("voucher_code_taken") from error


def order_for(
    context: Context, shop: Shop, voucher: Voucher, customer_id: str | None
) -> VoucherOrder:
    """Return what the platform is asked for."""
    excluded = tuple((voucher.terms or {}).get("products", ()))
    with context.db.read() as connection:
        variants = excluding.variants_of(connection, shop, excluded)
    return VoucherOrder(
        code=voucher.code,
        title=f"Bleib {voucher.code}",
        kind=cast("Literal['amount', 'percent']", voucher.kind),
        value=voucher.value,
        currency=voucher.currency,
        minimum=voucher.minimum,
        starts_at=voucher.planned_at,
        ends_at=voucher.ends_at,
        customer_id=customer_id,
        excluded=excluded,
        excluded_variants=variants,
    )


def issued(
    connection: Connection,
    context: Context,
    shop: Shop,
    voucher: Voucher,
    platform_id: str | None,
) -> bool:
    """Note that a planned voucher's code is there; False if it is planned no longer."""
    present = store.voucher_by_id(connection, shop.id, voucher.id, lock=True)
    if present is None or present.state != "planned":
        return False
    now = context.now()
    store.update_voucher(
        connection, shop.id, voucher.id, state="issued", issued_at=now, platform_id=platform_id
    )
    steps.enqueue(
        connection,
        context,
        shop.id,
        "voucher.expire",
        {"voucher": voucher.id},
        key=f"voucher.expire:{voucher.id}",
        due_at=voucher.ends_at + voucher_removal.LATE_ORDERS,
    )
    outgoing_webhooks.tell_of_voucher(connection, context, shop, voucher, "issued", now)
    return True


def _end_of_day(moment: datetime, zone: str) -> datetime:
    last = datetime.combine(moment.astimezone(ZoneInfo(zone)).date(), time(23, 59, 59))
    return last.replace(tzinfo=ZoneInfo(zone)).astimezone(UTC)
