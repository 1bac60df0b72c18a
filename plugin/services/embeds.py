"""What the storefront holds of us: given to the platform after each change, and looked after."""

from __future__ import annotations

from plugin.contracts.platform import Embed, Embeds, ManagesWebhooks
from plugin.model import Shop
from plugin.security import digest
from plugin.services import storefront_config, syncing
from plugin.services.access import connected, signing_secrets, speaking
from plugin.services.context import Context
from plugin.services.steps import Handler, Step
from plugin.store import installs as store
from plugin.store.shops import shop_by_id

#: A config that changes while it is published is published again, this often at most in one step.
_ROUNDS = 3


def publish(context: Context, step: Step) -> None:
    """Give the storefront our present config, if it has another one (step `embed.publish`)."""
    shop = syncing.shop_of_step(context, step)
    for _ in range(_ROUNDS):
        if shop is None or not connected(context, shop):
            return
        platform = context.maybe(shop, Embeds)
        if platform is None or not _publish_once(context, platform, shop):
            return
        before = shop.config_version
        with context.db.read() as connection:
            shop = shop_by_id(connection, shop.id)
        if shop is None or shop.config_version == before:
            return


def _publish_once(context: Context, platform: Embeds, shop: Shop) -> bool:
    secrets = signing_secrets(context, shop)
    embed = Embed(
        shop_key=shop.key,
        config=storefront_config.config_now(context, shop).decode(),
        app_url=context.config.public_url,
        secret=secrets[0] if secrets else "",
    )
    mark = digest("\n".join((embed.app_url, embed.secret, embed.config)))
    with context.db.read() as connection:
        install = store.install_of(connection, shop.id)
    if install is None or install.published == mark:
        return False
    with speaking(context, shop) as token:
        taken = platform.publish_embed(token, embed)
    with context.db.write() as connection:
        store.set_published(connection, shop.id, mark if taken else None)
    return taken


def ensure_webhooks(context: Context, step: Step) -> None:
    """See to it that the shop sends us its messages (step `webhooks.ensure`)."""
    shop = syncing.shop_of_step(context, step)
    if shop is None or not connected(context, shop):
        return
    platform = context.maybe(shop, ManagesWebhooks)
    secrets = signing_secrets(context, shop)
    if platform is None or not secrets:
        return
    url = context.url(f"/webhooks/{shop.platform}/{shop.key}")
    with speaking(context, shop) as token:
        platform.ensure_webhooks(token, url, secrets[0])


HANDLERS: dict[str, Handler] = {"embed.publish": publish, "webhooks.ensure": ensure_webhooks}
