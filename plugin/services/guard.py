"""The discount guard: decides whether one person may get one voucher, and writes down why."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

from sqlalchemy.engine import Connection

from plugin.model import Money, Shop
from plugin.services import excluding, guard_limits, guard_watch
from plugin.services.context import Context
from plugin.services.guard_facts import look_at, reserve_for
from plugin.services.guard_request import Decision, VoucherRequest
from plugin.services.guard_rules import Limits, Reason, cents_up, shrunk
from plugin.services.wording import Offer, offer_of
from plugin.store import campaigns, catalogue, orders, vouchers
from plugin.store import guard as store
from plugin.store.guard import DecisionRow

__all__ = [
    "Decision",
    "Reason",
    "VoucherRequest",
    "claim_open",
    "claims",
    "decide",
    "is_known_customer",
    "release",
    "reserve_for",
]

#: Reasons that hold for whoever asks next: what the storefront claims may have to change.
_OF_THE_SHOP: tuple[Reason, ...] = (
    "quiet_time", "share_reached", "cost_unknown", "below_margin", "budget_spent"
)  # fmt: skip


def decide(
    connection: Connection, context: Context, shop: Shop, request: VoucherRequest
) -> Decision:
    """Decide about a voucher for a person, within the caller's transaction.

    One per person, first order only, within the limits of the whole shop, and never beyond the
    month's budget, also when hundreds ask at once: until the caller's transaction ends, nobody
    else decides for this shop. Every decision is written down.
    """
    store.lock_budget(connection, shop.id)
    limits = guard_limits.read(connection, shop.id).limits
    decision = _decided(connection, context, shop, limits, request)
    number = store.add_decision(connection, shop.id, _row(context, shop, request, decision))
    left = limits.budget - guard_limits.spent_in(connection, shop, context.now())
    if decision.reason in _OF_THE_SHOP or left < decision.amount.amount:
        guard_watch.look_soon(connection, context, shop, f"decision:{number}")
    return decision


def _decided(
    connection: Connection, context: Context, shop: Shop, limits: Limits, request: VoucherRequest
) -> Decision:
    wanted = reserve_for(connection, shop, request.offer)
    refusal = _of_person(connection, shop, request)
    if refusal is not None:
        return _no(shop, request.offer, refusal, wanted)
    look = look_at(connection, context, shop, limits, request, wanted)
    ruling = look.ruling
    if not request.in_time and ruling.reason not in ("quiet_time", "cooldown"):
        return _no(shop, request.offer, "offer_ended", wanted)
    if ruling.verdict == "no":
        return _no(shop, request.offer, ruling.reason, wanted)
    if not request.in_stock:
        return _no(shop, request.offer, "pool_empty", wanted)
    if ruling.verdict == "allow":
        amount = Money(wanted, shop.currency)
        return Decision("allow", ruling.reason, amount, request.offer, look.excluded)
    value = shrunk(request.offer.value, ruling.fraction, limits)
    amount = Money(cents_up(wanted * value / request.offer.value), shop.currency)
    smaller = replace(request.offer, value=value)
    return Decision("smaller", ruling.reason, amount, smaller, look.excluded)


def _no(shop: Shop, offer: Offer, reason: Reason, wanted: Decimal) -> Decision:
    return Decision("no", reason, Money(wanted, shop.currency), offer)


def _of_person(connection: Connection, shop: Shop, request: VoucherRequest) -> Reason | None:
    """What lies with the person alone, whatever the limits of the shop are."""
    if request.next_order:
        return None
    if vouchers.voucher_of(connection, shop.id, request.identity) is not None:
        return "already_had"
    if is_known_customer(connection, shop, request.identity):
        return "known_customer"
    return "holdout" if request.in_holdout else None


def _row(context: Context, shop: Shop, request: VoucherRequest, decision: Decision) -> DecisionRow:
    now = context.now()
    return DecisionRow(
        at=now,
        month=guard_limits.month_of(now, shop.zone),
        identity=request.identity,
        campaign_id=request.campaign_id,
        widget=request.widget,
        verdict=decision.verdict,
        reason=decision.reason,
        amount=decision.amount.amount,
        currency=decision.amount.currency,
    )


def release(
    connection: Connection, context: Context, shop: Shop, voucher: vouchers.Voucher, reason: Reason
) -> None:
    """Give back what was set aside for a voucher that is not issued after all.

    It goes back to the month it was taken from: no other month may spend more for it.
    """
    row = DecisionRow(
        at=context.now(),
        month=guard_limits.month_of(voucher.planned_at, shop.zone),
        identity=voucher.identity,
        campaign_id=voucher.campaign_id,
        widget=voucher.widget,
        verdict="release",
        reason=reason,
        amount=voucher.reserved,
        currency=voucher.currency,
    )
    number = store.add_decision(connection, shop.id, row)
    guard_watch.look_soon(connection, context, shop, f"decision:{number}")


def is_known_customer(connection: Connection, shop: Shop, identity: str) -> bool:
    """Tell whether the person has ordered in this shop, as far as we or the platform know."""
    return orders.ordered_by(connection, shop.id, identity) or catalogue.has_orders(
        connection, shop.id, identity
    )


def claim_open(context: Context, shop: Shop) -> bool:
    """Tell whether any campaign of the shop may claim a voucher now."""
    with context.db.read() as connection:
        return any(claims(connection, context, shop).values())


def claims(connection: Connection, context: Context, shop: Shop) -> dict[int, bool]:
    """Tell for each running campaign with a voucher whether it may be claimed now.

    Not in a quiet time, and not when the limits would refuse everybody: what the storefront
    claims must be kept.
    """
    limits = guard_limits.read(connection, shop.id).limits
    found: dict[int, bool] = {}
    for campaign in campaigns.published_campaigns(connection, shop.id):
        offer = offer_of(campaign.settings, shop.currency)
        if offer is not None:
            request = VoucherRequest(
                "",
                campaign.id,
                campaign.widget,
                offer,
                may_exclude=excluding.level(context, shop) != "no",
            )
            wanted = reserve_for(connection, shop, offer)
            ruling = look_at(connection, context, shop, limits, request, wanted).ruling
            found[campaign.id] = ruling.verdict == "allow"
    return found
