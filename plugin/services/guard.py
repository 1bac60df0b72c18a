"""The discount guard: decides whether one person may get one voucher, and writes down why."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from decimal import ROUND_UP, Decimal
from typing import Literal

from sqlalchemy.engine import Connection

from plugin.model import Shop
from plugin.services.context import Context
from plugin.services.guard_limits import CAREFUL_BUDGET, month_start
from plugin.services.wording import Offer
from plugin.store import catalogue, orders
from plugin.store import vouchers as store

Reason = Literal[
    "within_budget",
    "known_customer",
    "already_had",
    "offer_ended",
    "budget_spent",
    "pool_empty",
    "person_gone",
]
#: What a percentage is reckoned from where a shop has neither orders nor a minimum.
_UNKNOWN_BASKET = Decimal(100)
_CENT = Decimal("0.01")


@dataclass(frozen=True)
class Decision:
    """What the guard decided; `amount` is what the voucher takes from the month's budget."""

    allowed: bool
    reason: Reason
    amount: Decimal


def reserve_for(connection: Connection, shop: Shop, offer: Offer) -> Decimal:
    """Return what an offer may cost, in the shop's currency.

    A fixed amount costs that. A percentage is reckoned from the mean of the shop's newest orders,
    but never from less than twice the minimum basket (people with a minimum order above it, not
    at it), and from 100 where nothing is known.
    """
    if offer.kind == "amount":
        return offer.value
    basket = max(
        store.mean_order_total(connection, shop.id) or Decimal(0), 2 * (offer.minimum or Decimal(0))
    )
    share = (basket or _UNKNOWN_BASKET) * offer.value / 100
    return share.quantize(_CENT, rounding=ROUND_UP)


def decide(
    connection: Connection,
    context: Context,
    shop: Shop,
    identity: str,
    amount: Decimal,
    *,
    in_stock: bool = True,
    in_time: bool = True,
) -> Decision:
    """Decide about a welcome voucher worth `amount` for a person, within the caller's transaction.

    First order only, one per person and shop for ever, and never beyond the month's budget, also
    when hundreds ask at once: until the caller's transaction ends, nobody else decides for this
    shop. `in_stock` False: the merchant brings the codes, and none is left. `in_time` False: the
    offer was over when it was asked for. Every decision is written down.
    """
    store.lock_budget(connection, shop.id)
    reason = _reason(connection, context, shop, identity, amount)
    if reason == "within_budget" and not in_stock:
        reason = "pool_empty"
    if reason in ("within_budget", "budget_spent", "pool_empty") and not in_time:
        reason = "offer_ended"
    decision = Decision(reason == "within_budget", reason, amount)
    store.add_decision(
        connection,
        shop.id,
        at=context.now(),
        verdict="allow" if decision.allowed else "no",
        reason=reason,
        amount=amount,
    )
    return decision


def release(
    connection: Connection, context: Context, shop: Shop, amount: Decimal, reason: Reason
) -> None:
    """Give back what was set aside for a voucher that is not issued after all."""
    store.add_decision(
        connection, shop.id, at=context.now(), verdict="release", reason=reason, amount=amount
    )


def is_known_customer(connection: Connection, shop: Shop, identity: str) -> bool:
    """Tell whether the person has ordered in this shop, as far as we or the platform know."""
    return orders.ordered_by(connection, shop.id, identity) or catalogue.has_orders(
        connection, shop.id, identity
    )


def _reason(
    connection: Connection, context: Context, shop: Shop, identity: str, amount: Decimal
) -> Reason:
    if store.voucher_of(connection, shop.id, identity) is not None:
        return "already_had"
    if is_known_customer(connection, shop, identity):
        return "known_customer"
    now = context.now()
    budget = store.monthly_budget(connection, shop.id)
    promised = store.promised_between(
        connection, shop.id, month_start(now, shop.zone), now + timedelta(seconds=1)
    )
    if promised + amount > (CAREFUL_BUDGET if budget is None else budget):
        return "budget_spent"
    return "within_budget"
