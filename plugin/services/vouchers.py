"""Vouchers: planned with the confirmation, made in the shop by a step, removed when unused."""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta
from typing import Literal, cast
from zoneinfo import ZoneInfo

from sqlalchemy.engine import Connection

from plugin.contracts.platform import IssuesVouchers, ReadsCustomers
from plugin.errors import PlatformError, PlatformRefusedError
from plugin.model import Access, Shop, VoucherOrder
from plugin.services import (
    excluding,
    guard,
    mail_values,
    mailing,
    outgoing_webhooks,
    steps,
    thanks,
    voucher_pool,
    voucher_removal,
)
from plugin.services.access import speaking
from plugin.services.attribution import Arms, held_back
from plugin.services.context import Context
from plugin.services.guard import Decision, Reason, VoucherRequest
from plugin.services.redeeming import redeem_from_order
from plugin.services.steps import Handler, Step
from plugin.services.voucher_codes import ALPHABET, new_code
from plugin.services.wording import Offer
from plugin.store import subscribers
from plugin.store import vouchers as store
from plugin.store.campaigns import PublishedCampaign
from plugin.store.guard import lock_budget
from plugin.store.shops import shop_by_id
from plugin.store.subscribers import Subscriber
from plugin.store.vouchers import Voucher

__all__ = ["ALPHABET", "HANDLERS", "enqueue_issue", "new_code", "plan", "redeem_from_order"]


def plan(
    connection: Connection,
    context: Context,
    shop: Shop,
    identity: str,
    campaign: PublishedCampaign,
    offer: Offer,
    asked_at: datetime,
    arms: Arms | None = None,
) -> Decision:
    """Ask the guard and, if it allows, write the voucher down with its code and its end.

    `asked_at` is when the person signed up for it. From here on the person's code is fixed:
    whatever crashes later, the same one is issued.
    """
    now = context.now()
    ends_at = _end_of_day(now + timedelta(days=offer.days), shop.zone)
    from_pool = voucher_pool.draws_from(context, shop)
    lock_budget(connection, shop.id)
    code = voucher_pool.find(connection, context, shop, offer, ends_at) if from_pool else None
    request = VoucherRequest(
        identity=identity,
        campaign_id=campaign.id,
        widget=campaign.widget,
        offer=offer,
        in_holdout=held_back(arms, campaign.id),
        in_stock=code is not None or not from_pool,
        in_time=offer.promised_at(asked_at),
        asked_at=asked_at,
        may_exclude=excluding.level(context, shop) in ("yes", "partly"),
        may_shrink=not from_pool,
    )
    decision = guard.decide(connection, context, shop, request)
    if decision.reason == "known_customer":
        thanks.promise(connection, context, shop, identity, campaign.settings)
    if decision.allowed:
        offer = decision.offer
        voucher_id = store.insert_voucher(
            connection,
            shop.id,
            {
                "identity": identity,
                "code": new_code(shop.name) if code is None else code.text,
                "campaign_id": campaign.id,
                "widget": campaign.widget,
                "arms": arms,
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


def enqueue_issue(
    connection: Connection, context: Context, shop_id: int, person: Subscriber
) -> None:
    """Let the person's planned voucher be made in the shop; does nothing without one."""
    voucher = store.voucher_of(connection, shop_id, person.identity)
    if voucher is not None and voucher.state == "planned":
        steps.enqueue(
            connection,
            context,
            shop_id,
            "voucher.issue",
            {"voucher": voucher.id, "subscriber": person.id},
            key=f"voucher:{voucher.id}",
        )


def issue(context: Context, step: Step) -> None:
    """Make a planned voucher in the shop and queue its mail (step `voucher.issue`).

    May run any number of times: the code was stored before, the platform takes it once, and the
    mail has a key of its own.
    """
    with context.db.read() as connection:
        shop = shop_by_id(connection, step.shop_id)
        voucher = store.voucher_by_id(connection, step.shop_id, step.payload["voucher"])
        person = subscribers.subscriber_by_id(connection, step.shop_id, step.payload["subscriber"])
    if shop is None or voucher is None or voucher.state != "planned":
        return
    if person is None:  # erased meanwhile: there is nobody to give it to
        _take_back(context, shop, voucher, step)
        with context.db.write() as connection:
            _refuse(connection, context, shop, voucher, "person_gone")
        return
    email = context.keys.unseal(shop.id, "email", person.email_sealed)
    if _has_ordered(context, shop, voucher):  # an order that came in since the confirmation
        _take_back(context, shop, voucher, step)
        _refuse_known_customer(context, shop, voucher, person, email)
        return
    platform = context.maybe(shop, ReadsCustomers)
    with speaking(context, shop) as access:
        customer = None if platform is None else platform.customer_by_email(access, email)
        if customer is not None and customer.orders_count > 0:
            _take_back(context, shop, voucher, step)
            _refuse_known_customer(context, shop, voucher, person, email)
            return
        customer_id = person.customer_id if customer is None else customer.id
        platform_id = _create(context, shop, access, voucher, customer_id)
    _issued(context, shop, voucher, person, email, platform_id)


def _has_ordered(context: Context, shop: Shop, voucher: Voucher) -> bool:
    with context.db.read() as connection:
        return guard.is_known_customer(connection, shop, voucher.identity)


def _create(
    context: Context, shop: Shop, access: Access, voucher: Voucher, customer_id: str | None
) -> str | None:
    platform = context.maybe(shop, IssuesVouchers)
    if platform is None:  # the code came from the merchant's own shop: it is there already
        return None
    try:
        return platform.issue_voucher(access, _order_for(context, shop, voucher, customer_id))
    except PlatformRefusedError as error:
        if error.code != "voucher_code_taken":
            raise
        # The merchant has a discount of that name: the next attempt uses another code.
        with context.db.write() as connection:
            present = store.voucher_by_id(connection, shop.id, voucher.id, lock=True)
            if present is not None and present.state == "planned":
                store.update_voucher(connection, shop.id, voucher.id, code=new_code(shop.name))
        raise PlatformError("voucher_code_taken") from error


def _order_for(
    context: Context, shop: Shop, voucher: Voucher, customer_id: str | None
) -> VoucherOrder:
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


def _take_back(context: Context, shop: Shop, voucher: Voucher, step: Step) -> None:
    """Rid the shop of a code that an earlier attempt made, if that attempt's answer got lost."""
    if step.attempts > 1:
        voucher_removal.take_back(context, shop, _order_for(context, shop, voucher, None))


def _refuse(
    connection: Connection, context: Context, shop: Shop, voucher: Voucher, reason: Reason
) -> bool:
    present = store.voucher_by_id(connection, shop.id, voucher.id, lock=True)
    if present is None or present.state != "planned":
        return False
    guard.release(connection, context, shop, voucher, reason)
    # Under another code, because a code of the pool may now go to somebody else.
    store.update_voucher(connection, shop.id, voucher.id, state="refused", code=new_code(shop.name))
    voucher_pool.give_back(connection, shop, voucher)
    return True


def _refuse_known_customer(
    context: Context, shop: Shop, voucher: Voucher, person: Subscriber, email: str
) -> None:
    with context.db.write() as connection:
        if not _refuse(connection, context, shop, voucher, "known_customer"):
            return
        settings = mail_values.settings_of(connection, person)
        thanks.promise(connection, context, shop, person.identity, settings)
        thanked = thanks.thanks_of(shop, settings, person.language)
        mailing.queue(
            connection,
            context,
            shop,
            "welcome_back",
            f"welcome_back:{voucher.id}",
            email,
            person.language,
            mail_values.of_person(connection, context, shop, person)
            | (thanked.values() if thanked else {}),
        )


def _issued(
    context: Context,
    shop: Shop,
    voucher: Voucher,
    person: Subscriber,
    email: str,
    platform_id: str | None,
) -> None:
    with context.db.write() as connection:
        present = store.voucher_by_id(connection, shop.id, voucher.id, lock=True)
        if present is None or present.state != "planned":
            return
        store.update_voucher(
            connection,
            shop.id,
            voucher.id,
            state="issued",
            issued_at=context.now(),
            platform_id=platform_id,
        )
        values = mail_values.of_voucher(connection, context, shop, person, voucher)
        key, language = f"voucher:{voucher.id}", person.language
        mailing.queue(connection, context, shop, "voucher", key, email, language, values)
        steps.enqueue(
            connection,
            context,
            shop.id,
            "voucher.expire",
            {"voucher": voucher.id},
            key=f"voucher.expire:{voucher.id}",
            due_at=voucher.ends_at + voucher_removal.LATE_ORDERS,
        )
        outgoing_webhooks.tell_of_voucher(
            connection, context, shop, voucher, "issued", context.now()
        )


def _end_of_day(moment: datetime, zone: str) -> datetime:
    last = datetime.combine(moment.astimezone(ZoneInfo(zone)).date(), time(23, 59, 59))
    return last.replace(tzinfo=ZoneInfo(zone)).astimezone(UTC)


HANDLERS: dict[str, Handler] = {"voucher.issue": issue}
