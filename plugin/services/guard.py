"""The discount guard: decides whether one person may get one voucher, and writes down why."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

from sqlalchemy.engine import Connection

from plugin.model import Money, Shop
from plugin.services import excluding, guard_limits, guard_margin, guard_watch
from plugin.services.context import Context
from plugin.services.guard_rules import (
    SHARE_DAYS,
    Facts,
    Limits,
    Reason,
    Ruling,
    Verdict,
    cents_up,
    judge,
    shrunk,
)
from plugin.services.wording import Offer, offer_of
from plugin.store import campaigns, catalogue, costs, guard_orders, orders, vouchers
from plugin.store import guard as store
from plugin.store.guard import DecisionRow

__all__ = ["Decision", "Reason", "VoucherRequest", "claim_open", "claims", "decide", "release"]

#: What a percentage is reckoned from where a shop has neither orders nor a minimum.
_UNKNOWN_BASKET = Decimal(100)
#: Who had the page with the claim open when a quiet time began is still given what it said.
_STILL_OPEN = timedelta(hours=1)
_SECOND = timedelta(seconds=1)
#: Reasons that hold for whoever asks next: what the storefront claims may have to change.
_OF_THE_SHOP: tuple[Reason, ...] = (
    "quiet_time", "share_reached", "cost_unknown", "below_margin", "budget_spent"
)  # fmt: skip


@dataclass(frozen=True)
class VoucherRequest:
    """Somebody asks for the voucher of a campaign.

    `in_holdout`: drawn to get the same courtesy without a code, and shown no claim. `in_stock`
    False: the merchant brings the codes, and none is left. `in_time` False: the offer was over
    when it was asked for (`asked_at`; None: now). `may_exclude`: the platform can keep products
    out of the code. `may_shrink` False: only exactly this offer can be issued.
    """

    identity: str
    campaign_id: int
    widget: str
    offer: Offer
    in_holdout: bool = False
    in_stock: bool = True
    in_time: bool = True
    asked_at: datetime | None = None
    may_exclude: bool = False
    may_shrink: bool = True


@dataclass(frozen=True)
class Decision:
    """What the guard decided.

    `offer` is the one to issue, maybe smaller than the one asked for; `amount` is what it takes
    from the month's budget; `excluded` are the products that it must not be valid for.
    """

    verdict: Verdict
    reason: Reason
    amount: Money
    offer: Offer
    excluded: tuple[str, ...] = ()

    @property
    def allowed(self) -> bool:
        """Tell whether a voucher may be issued."""
        return self.verdict != "no"


def reserve_for(connection: Connection, shop: Shop, offer: Offer) -> Decimal:
    """Return what an offer may cost, in the shop's currency.

    A fixed amount costs that. A percentage is reckoned from the mean of the shop's newest orders,
    but never from less than twice the minimum basket (people with a minimum order above it, not
    at it), and from 100 where nothing is known.
    """
    if offer.kind == "amount":
        return offer.value
    basket = max(
        guard_orders.mean_order_total(connection, shop.id, shop.currency) or Decimal(0),
        2 * (offer.minimum or Decimal(0)),
    )
    return cents_up((basket or _UNKNOWN_BASKET) * offer.value / 100)


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
    look = _look(connection, context, shop, limits, request, wanted)
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
    value = shrunk(request.offer.value, ruling.fraction)
    amount = Money(cents_up(wanted * value / request.offer.value), shop.currency)
    smaller = replace(request.offer, value=value)
    return Decision("smaller", ruling.reason, amount, smaller, look.excluded)


def _no(shop: Shop, offer: Offer, reason: Reason, wanted: Decimal) -> Decision:
    return Decision("no", reason, Money(wanted, shop.currency), offer)


def _of_person(connection: Connection, shop: Shop, request: VoucherRequest) -> Reason | None:
    """What lies with the person alone, whatever the limits of the shop are."""
    if vouchers.voucher_of(connection, shop.id, request.identity) is not None:
        return "already_had"
    if is_known_customer(connection, shop, request.identity):
        return "known_customer"
    return "holdout" if request.in_holdout else None


@dataclass(frozen=True)
class _Look:
    ruling: Ruling
    excluded: tuple[str, ...] = ()


def _look(
    connection: Connection,
    context: Context,
    shop: Shop,
    limits: Limits,
    request: VoucherRequest,
    wanted: Decimal,
) -> _Look:
    """What the limits of the shop say now."""
    now = context.now()
    coded = guard_orders.coded_between(
        connection, shop.id, now - timedelta(days=SHARE_DAYS), now + _SECOND
    )
    asked = (request.asked_at or now) - (_STILL_OPEN if request.asked_at else timedelta(0))
    facts = Facts(
        at=now,
        asked_on=asked.astimezone(ZoneInfo(shop.zone)).date(),
        wanted=wanted,
        spent=guard_limits.spent_in(connection, shop, now),
        orders=coded.orders,
        coded=coded.coded,
        last_code=(
            guard_orders.last_coded_order(connection, shop.id, request.identity)
            if request.identity
            else None
        ),
        may_shrink=request.may_shrink,
    )
    if not limits.floor_on:
        return _Look(judge(limits, facts))
    left_out = set(excluding.products_of(connection, shop, request.offer.excluded).values())
    sold = costs.costed_variants(connection, shop.id)
    offered = (variant for variant in sold if variant.product_id not in left_out)
    found = guard_margin.bearable(limits, shop, request.offer, offered)
    some = len(found.excluded) < found.products
    if request.may_exclude and some:
        return _Look(judge(limits, facts), found.excluded)
    return _Look(judge(limits, replace(facts, bearable=found.share, margin_reason=found.reason)))


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
            ruling = _look(connection, context, shop, limits, request, wanted).ruling
            found[campaign.id] = ruling.verdict == "allow"
    return found
