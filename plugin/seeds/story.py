"""The seeded shop from its first day to this one, in the order in which it comes about."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from plugin.demo.backoffice import set_embed
from plugin.demo.opening import open_shop
from plugin.demo.settings import SHOP_DOMAIN, Settings
from plugin.model import Shop
from plugin.seeds.arriving import install
from plugin.seeds.asking import ask
from plugin.seeds.counting import count_visits
from plugin.seeds.past import Past
from plugin.seeds.selling import rewrite_orders
from plugin.seeds.setting_up import set_up
from plugin.seeds.signing_up import customers_in, sign_up_all
from plugin.seeds.spending import state_costs
from plugin.services import setup
from plugin.services.context import Context
from plugin.services.steps import Handler
from plugin.services.tenants import shop_of_domain
from plugin.store import sync


def tell(
    context: Context,
    handlers: Mapping[str, Handler],
    settings: Settings,
    days: int,
    progress: Callable[[str], None] = lambda _: None,
) -> Shop:
    """Install Bleib into the demo shop that runs with `settings` and give it a past of some days.

    Shop and app answer already, no worker runs yet. Returns the shop as it stands today.
    """
    past = Past(context, handlers, open_shop(settings), days)
    # Before the install: what that leaves to be done waits until the past is told.
    today = past.now()
    install(settings.shop_url)
    set_embed(past.demo, True)
    shop = _shop(context)
    for kind in ("webhooks.ensure", "sync.products"):
        past.run(shop, kind)
    if customers_in(days):  # then they are known when the first one of them signs up
        past.run(shop, "sync.customers")
    progress("campaigns")
    running = set_up(past, shop, today)
    shop = _shop(context)
    progress("sign-ups")
    joined = sign_up_all(past, shop, running, today)
    ask(past, shop, joined, today)
    progress("orders")
    rewrite_orders(past, shop, running, joined)
    count_visits(past, shop, running)
    past.set(None)
    progress("figures")
    with context.db.write() as connection:
        sync.update_run(connection, shop.id, "customers", state="waiting", cursor=None, done=0)
    for kind in ("sync.customers", "sync.orders", "embed.publish"):
        past.run(shop, kind)
    setup.look_for_embed(past.context, shop, asked=True)
    state_costs(past, shop)
    return _shop(context)


def _shop(context: Context) -> Shop:
    shop = shop_of_domain(context, "shopify", SHOP_DOMAIN)
    if shop is None:
        raise LookupError("the shop was not installed")
    return shop
