"""Unused codes leave the shop after their end, also where that could not be done at first."""

from __future__ import annotations

from datetime import timedelta

from plugin.contracts.platform import IssuesVouchers
from plugin.errors import PlatformRefusedError
from plugin.model import Shop, VoucherOrder
from plugin.services import steps, syncing
from plugin.services.access import connected, speaking
from plugin.services.context import Context
from plugin.services.steps import Handler, Step
from plugin.store import vouchers as store
from plugin.store.shops import shop_by_id
from plugin.store.vouchers import Voucher

#: Time after its end that a code is still looked for in late orders before it is removed.
LATE_ORDERS = timedelta(days=1)
#: Codes of one shop that one round looks after; the rest has its turn the next day.
_AT_ONCE = 500


def expire(context: Context, step: Step) -> None:
    """Remove an unused voucher from the shop after its end (step `voucher.expire`).

    From a shop that has left nothing can be removed: its codes ended by themselves, and are
    removed if it comes back (step `vouchers.tidy`).
    """
    with context.db.read() as connection:
        shop = shop_by_id(connection, step.shop_id)
        voucher = store.voucher_by_id(connection, step.shop_id, step.payload["voucher"])
    if shop is None or voucher is None or voucher.state not in ("issued", "expired"):
        return
    removed = _remove(context, shop, voucher)
    with context.db.write() as connection:
        present = store.voucher_by_id(connection, shop.id, voucher.id, lock=True)
        if present is not None and present.state in ("issued", "expired"):
            at = context.now() if removed else None
            store.update_voucher(connection, shop.id, voucher.id, state="expired", removed_at=at)


def _remove(context: Context, shop: Shop, voucher: Voucher) -> bool:
    if voucher.platform_id is None:  # of the merchant's own codes: theirs to remove
        return True
    if not connected(context, shop):
        return False
    with speaking(context, shop) as access:
        context.able(shop, IssuesVouchers).withdraw_voucher(access, voucher.platform_id)
    return True


def take_back(context: Context, shop: Shop, order: VoucherOrder) -> None:
    """Remove a code that may have been made by an attempt of which nobody knows the end.

    Issuing is idempotent: asked once more, the platform names the code, made by now at the latest.
    """
    platform = context.maybe(shop, IssuesVouchers)
    if platform is None or not connected(context, shop):
        return
    with speaking(context, shop) as access:
        try:
            platform_id = platform.issue_voucher(access, order)
        except PlatformRefusedError:
            return  # then the attempt made nothing either
        platform.withdraw_voucher(access, platform_id)


def tidy(context: Context, step: Step) -> None:
    """Look for ended codes that nobody used and that are still in the shop (`vouchers.tidy`)."""
    shop = syncing.shop_of_step(context, step)
    if shop is None or not connected(context, shop):
        return
    now = context.now()
    with context.db.write() as connection:
        for voucher_id in store.left_behind(connection, shop.id, now - LATE_ORDERS, _AT_ONCE):
            steps.enqueue(
                connection,
                context,
                shop.id,
                "voucher.expire",
                {"voucher": voucher_id},
                key=f"voucher.expire:{voucher_id}:{now:%Y-%m-%d}",
            )


HANDLERS: dict[str, Handler] = {"voucher.expire": expire, "vouchers.tidy": tidy}
