"""The link on a flyer: it names nobody, is counted, and leads into the shop with the voucher."""

from __future__ import annotations

import base64
import re

from plugin.contracts.platform import IssuesVouchers
from plugin.errors import NotFoundError
from plugin.model import Shop
from plugin.security import Keyring, digest
from plugin.services import next_order, tenants
from plugin.services.context import Context
from plugin.store import inserts as store
from plugin.store.vouchers import Voucher

_BYTES = 16
_TOKEN = re.compile(r"[\w-]{22}", re.ASCII)


def flyer_link(context: Context, shop: Shop, order_id: str) -> str:
    """Return the address that is printed on an order's flyer: always the same one."""
    return context.url("/f/" + token_of(context.keys, shop.id, order_id))


def token_of(keys: Keyring, shop_id: int, order_id: str) -> str:
    """Return the token of an order's flyer: 128 bits, made under our key alone."""
    whole = bytes.fromhex(keys.check_value(shop_id, "flyer", order_id))
    return base64.urlsafe_b64encode(whole[:_BYTES]).decode().rstrip("=")


def hash_of(keys: Keyring, shop_id: int, order_id: str) -> str:
    """Return what the database knows the link of an order's flyer by."""
    return digest(token_of(keys, shop_id, order_id))


def follow(context: Context, token: str, *, counts: bool) -> str:
    """Return where the link of a flyer leads: the cart with its voucher, else the shop.

    `counts` False: a machine looked, which is no visit. NotFoundError("not_found") for a link that
    was never printed, and for a shop that left.
    """
    if not _TOKEN.fullmatch(token):
        raise NotFoundError("not_found")
    with context.db.read() as connection:
        flyer = store.flyer_of_link(connection, digest(token))
    shop = None if flyer is None else tenants.shop_of_id(context, flyer.shop_id)
    if flyer is None or shop is None or shop.state != "installed":
        raise NotFoundError("not_found")
    with context.db.read() as connection:
        voucher = next_order.of_order(connection, shop.id, flyer.order_id, "insert")
    if counts:
        with context.db.write() as connection:
            store.count_visit(connection, shop.id, flyer.order_id, context.now())
    return _target(context, shop, voucher)


def _target(context: Context, shop: Shop, voucher: Voucher | None) -> str:
    platform = context.maybe(shop, IssuesVouchers)
    if voucher is None or platform is None:
        return shop.storefront_url
    if voucher.state != "issued" or voucher.ends_at <= context.now():
        return shop.storefront_url
    return platform.voucher_link(shop.storefront_url, voucher.code)
