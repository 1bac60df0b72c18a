"""Products that a voucher is not valid for: named by the merchant, held to by the platform."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from sqlalchemy.engine import Connection

from plugin.contracts.capabilities import Level
from plugin.model import Shop
from plugin.services.context import Context
from plugin.services.wording import Offer
from plugin.store import product_names

__all__ = ["level", "products_of", "terms_of", "unknown", "variants_of"]


def level(context: Context, shop: Shop) -> Level:
    """Return how far the shop's platform keeps products out of a code.

    "partly": a fixed amount is refused for the whole cart while such a product lies in it.
    """
    platform = context.platforms.get(shop.platform)
    return "no" if platform is None else platform.support["exclusions"]


def terms_of(
    connection: Connection, shop: Shop, offer: Offer, more: Iterable[str] = ()
) -> dict[str, list[str]]:
    """Return what a voucher is written down with; `more` are products that the guard leaves out."""
    named = products_of(connection, shop, offer.excluded).values()
    return {"products": sorted({*named, *more})}


def variants_of(connection: Connection, shop: Shop, products: Sequence[str]) -> tuple[str, ...]:
    """Return every variant of these products."""
    return product_names.variants_of(connection, shop.id, products) if products else ()


def unknown(connection: Connection, shop: Shop, written: Sequence[str]) -> list[str]:
    """Return the lines of a merchant that name no product of the shop."""
    found = products_of(connection, shop, written)
    return [line for line in written if line not in found]


def products_of(connection: Connection, shop: Shop, written: Sequence[str]) -> dict[str, str]:
    """Return product ids by what the merchant wrote: an address, a number, or the id itself."""
    names = {line: _name(line) for line in written}
    found = product_names.products_named(connection, shop.id, sorted({*names.values(), *written}))
    ids = {line: found.get(line) or found.get(name) for line, name in names.items()}
    return {line: product for line, product in ids.items() if product is not None}


def _name(line: str) -> str:
    """Return the last part of an address, which every platform makes of the product's name."""
    path = line.strip().split("?", 1)[0].split("#", 1)[0].rstrip("/")
    return path.rpartition("/")[2]
