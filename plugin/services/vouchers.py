"""Vouchers: planned with the confirmation, made in the shop by a step, removed when unused."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.engine import Connection

from plugin.contracts.platform import ReadsCustomers
from plugin.model import Shop
from plugin.services import (
    guard,
    mail_values,
    mailing,
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
from plugin.services.stopped import hold
from plugin.services.voucher_codes import ALPHABET, new_code
from plugin.services.voucher_making import ask, create, issued, order_for
from plugin.services.wording import Offer
from plugin.store import subscribers
from plugin.store import vouchers as store
from plugin.store.campaigns import PublishedCampaign
from plugin.store.shops import shop_by_id
from plugin.store.subscribers import Subscriber
from plugin.store.vouchers import Voucher

__all__ = [
    "ALPHABET",
    "HANDLERS",
    "enqueue_issue",
    "new_code",
    "plan",
    "redeem_from_order",
]


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
    request = VoucherRequest(
        identity=identity,
        campaign_id=campaign.id,
        widget=campaign.widget,
        offer=offer,
        in_holdout=held_back(arms, campaign.id),
        in_time=offer.promised_at(asked_at),
        asked_at=asked_at,
    )
    decision = ask(connection, context, shop, request, {"arms": arms})
    if decision.reason == "known_customer":
        thanks.promise(connection, context, shop, identity, campaign.settings)
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
    hold(shop)
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
        platform_id = create(context, shop, access, voucher, customer_id)
    _issued(context, shop, voucher, person, email, platform_id)


def _has_ordered(context: Context, shop: Shop, voucher: Voucher) -> bool:
    with context.db.read() as connection:
        return guard.is_known_customer(connection, shop, voucher.identity)


def _take_back(context: Context, shop: Shop, voucher: Voucher, step: Step) -> None:
    """Rid the shop of a code that an earlier attempt made, if that attempt's answer got lost."""
    if step.attempts > 1:
        voucher_removal.take_back(context, shop, order_for(context, shop, voucher, None))


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
        if not issued(connection, context, shop, voucher, platform_id):
            return
        values = mail_values.of_voucher(connection, context, shop, person, voucher)
        key, language = f"voucher:{voucher.id}", person.language
        mailing.queue(connection, context, shop, "voucher", key, email, language, values)


HANDLERS: dict[str, Handler] = {"voucher.issue": issue}
