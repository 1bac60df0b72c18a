"""The merchant's own codes: handed out one to a person where the platform makes none for us."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal

from sqlalchemy.engine import Connection

from plugin.contracts.platform import IssuesVouchers
from plugin.model import Shop
from plugin.services import mailing
from plugin.services.any_shop_models import CodesIn
from plugin.services.context import Context
from plugin.services.wording import Offer
from plugin.store import voucher_pool as store
from plugin.store import vouchers
from plugin.store.voucher_pool import Lot
from plugin.store.vouchers import Voucher

__all__ = ["Lot", "Stock", "add", "draws_from", "find", "stock", "stock_of"]

_SEAL = "voucher_code"
_CENT = Decimal("0.01")
#: From this share of the last filling on the merchant is warned: a fifth.
_LOW = 5


@dataclass(frozen=True)
class Stock:
    """What is left in the pool, measured against what there was after it was last filled."""

    filled_at: datetime | None
    free: int
    gone: int
    lots: tuple[Lot, ...] = ()

    @property
    def low(self) -> bool:
        """Tell whether a fifth or less is left; never true for a pool that was never filled."""
        return self.filled_at is not None and self.free * _LOW <= self.free + self.gone


@dataclass(frozen=True)
class Code:
    """One code that is about to be given to somebody."""

    id: int
    text: str


@dataclass(frozen=True)
class Added:
    """What came of an upload: codes the shop did not have here yet, and those it had."""

    fresh: int
    known: int


def draws_from(context: Context, shop: Shop) -> bool:
    """Tell whether this shop's vouchers come from the pool."""
    return context.maybe(shop, IssuesVouchers) is None


def add(context: Context, shop: Shop, told: CodesIn) -> Added:
    """Put codes into the pool; those that are or were in it stay as they are."""
    with context.db.write() as connection:
        return add_within(connection, context, shop, [told])


def add_within(
    connection: Connection, context: Context, shop: Shop, told: Sequence[CodesIn]
) -> Added:
    """Put codes into the pool within the caller's transaction."""
    rows = [_row(context, shop, item, code) for item in told for code in item.codes]
    fresh = store.add_codes(connection, shop.id, rows)
    return Added(fresh, len(rows) - fresh)


def _row(context: Context, shop: Shop, told: CodesIn, code: str) -> dict[str, object]:
    return {
        "code_sealed": context.keys.seal(shop.id, _SEAL, code),
        "code_check": _check(context, shop, code),
        "kind": told.kind,
        "value": told.value.quantize(_CENT),
        "minimum": None if told.minimum is None else told.minimum.quantize(_CENT),
        "ends_at": told.ends_at,
        "added_at": context.now(),
    }


def _check(context: Context, shop: Shop, code: str) -> str:
    # Shops change the case of codes on the way to the order.
    return context.keys.check_value(shop.id, _SEAL, code.strip().casefold())


def find(
    connection: Connection, context: Context, shop: Shop, offer: Offer, until: datetime
) -> Code | None:
    """Return a code that keeps the promise of an offer until then, None if there is none.

    It is locked: until the caller's transaction ends nobody else finds it.
    """
    found = store.find_free(
        connection,
        shop.id,
        kind=offer.kind,
        value=offer.value,
        minimum=offer.minimum,
        until=until,
    )
    if found is None:
        return None
    return Code(found.id, context.keys.unseal(shop.id, _SEAL, found.code_sealed))


def give(connection: Connection, context: Context, shop: Shop, code: Code, voucher_id: int) -> None:
    """Hand a found code to a person's voucher; the merchant is told when the pool runs low."""
    before = stock_of(connection, shop)
    store.give(connection, shop.id, code.id, voucher_id, context.now())
    after = stock_of(connection, shop)
    if after.low and not before.low and after.filled_at is not None:
        mailing.queue(
            connection,
            context,
            shop,
            "pool_low",
            f"pool_low:{after.filled_at.isoformat()}",  # once for each filling
            shop.email,
            shop.locale.split("-")[0],
            {"free": after.free, "link": context.url("/admin/data")},
        )


def give_back(connection: Connection, shop: Shop, voucher: Voucher) -> None:
    """Free the code of a voucher that is not issued after all; nobody has seen it."""
    store.give_back(connection, shop.id, voucher.id)


def voucher_of_code(
    connection: Connection, context: Context, shop: Shop, code: str
) -> Voucher | None:
    """Return the voucher that got this code of the pool.

    A code that nobody got yet came into the order by another way: it is never given out then.
    """
    found = store.code_by_check(connection, shop.id, _check(context, shop, code))
    if found is None:
        return None
    if found.state == "free":
        store.mark_used(connection, shop.id, found.id, context.now())
        return None
    if found.voucher_id is None:
        return None
    return vouchers.voucher_by_id(connection, shop.id, found.voucher_id, lock=True)


def holds(
    context: Context, shop: Shop, kind: str, value: Decimal, minimum: Decimal, days: int
) -> bool:
    """Tell whether a code for such an offer is there now."""
    until = context.now() + timedelta(days=days + 1)
    with context.db.read() as connection:
        found = store.find_free(
            connection, shop.id, kind=kind, value=value, minimum=minimum, until=until
        )
    return found is not None


def stock(context: Context, shop: Shop) -> Stock:
    """Return what is left, with every lot."""
    with context.db.read() as connection:
        filled, free, gone = store.last_filled(connection, shop.id)
        return Stock(filled, free, gone, tuple(store.lots(connection, shop.id)))


def stock_of(connection: Connection, shop: Shop) -> Stock:
    """Return what is left, within the caller's transaction."""
    return Stock(*store.last_filled(connection, shop.id))


def drop_free(context: Context, shop: Shop) -> int:
    """Delete every code that nobody got yet; returns how many."""
    with context.db.write() as connection:
        return store.drop_free(connection, shop.id)
