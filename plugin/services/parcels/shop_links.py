"""The way to an order's page from the shop's thank-you page, signed by the shop's own server."""

from __future__ import annotations

import hmac

from plugin.errors import NotFoundError
from plugin.model import Shop
from plugin.services.access import signing_secrets
from plugin.services.context import Context
from plugin.services.parcels.links import page_link
from plugin.services.tenants import shop_of_key
from plugin.store import parcels as store

_LONGEST_ID = 80
#: Hex digits: 128 bits, like the link that it leads to.
_PROOF_LENGTH = 32


def open_page(context: Context, key: str, order_id: str, proof: str) -> tuple[Shop, str | None]:
    """Return the shop and the address of an order's page; None while we do not know the order yet.

    The shop's server makes the proof (`proof_of`) under the secret that it signs its webhooks
    with. NotFoundError for a wrong one, as for an unknown shop.
    """
    shop = shop_of_key(context, key)
    if shop is None or shop.state != "installed":
        raise NotFoundError("not_found")
    secrets = signing_secrets(context, shop) if len(order_id) <= _LONGEST_ID else ()
    given = proof.encode()
    if not any(
        hmac.compare_digest(proof_of(one, key, order_id).encode(), given) for one in secrets
    ):
        raise NotFoundError("not_found")
    with context.db.read() as connection:
        known = store.order_by_id(connection, shop.id, order_id)
    return shop, page_link(context, shop, order_id) if known else None


def proof_of(secret: str, key: str, order_id: str) -> str:
    """Return what proves that the shop's own server speaks of one of its orders.

    The first 32 hex digits of an HMAC-SHA256; nothing else is ever signed that begins like this.
    """
    message = f"order-page:{key}:{order_id}".encode()
    return hmac.new(secret.encode(), message, "sha256").hexdigest()[:_PROOF_LENGTH]
