"""What the storefront may claim: no voucher that the guard would not give."""

from __future__ import annotations

from plugin.services import config_changes, guard, guard_watch
from plugin.services.context import Context
from plugin.services.steps import Handler, Step
from plugin.store import guard as store
from plugin.store.shops import shop_by_id


def look(context: Context, step: Step) -> None:
    """Tell the storefront anew if it claims what the guard would refuse, or could claim again.

    Step `guard.watch`; running it any number of times changes nothing more.
    """
    with context.db.write() as connection:
        shop = shop_by_id(connection, step.shop_id)
        if shop is None or shop.state != "installed":
            return
        now_open = guard.claims(connection, context, shop)
        found = {str(campaign): is_open for campaign, is_open in now_open.items()}
        told = store.told_claims(connection, shop.id)
        # A campaign that was never looked at was built from the facts of that moment.
        if found != told:
            store.put_claims(connection, shop.id, found, context.now())
            if any(told.get(key, True) != is_open for key, is_open in found.items()):
                config_changes.changed(connection, context, shop)


HANDLERS: dict[str, Handler] = {guard_watch.KIND: look}
