"""What goes with an order that has arrived: at most two products, each with a true reason."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Final
from urllib.parse import urljoin

from plugin.model import Shop
from plugin.services import suggestions
from plugin.services.context import Context
from plugin.services.parcels.pieces import picture
from plugin.services.wording import Voice, page_address

_MOST: Final = 2


@dataclass(frozen=True)
class Offer:
    """A product as it is shown: `price` as it costs now, `unit` "" where none is to be told."""

    title: str
    reason: str
    price: str
    unit: str
    picture: str
    url: str


def suggested(
    context: Context, shop: Shop, products: Sequence[str], language: str
) -> tuple[Offer, ...]:
    """Return what goes with these products, as the storefront calls them; often nothing.

    Nothing where the merchant runs no suggestions. Whether anything may be shown to this shopper
    at all is for the caller to know.
    """
    if not products:
        return ()
    lines = tuple((product, 1) for product in products)
    question = suggestions.CartQuestion(lines, place="status", language=language)
    found = suggestions.answer(context, shop, question)["items"]
    offers = (_offer(shop, item, Voice("parcels", shop, language)) for item in found[:_MOST])
    return tuple(offer for offer in offers if offer is not None)


def _offer(shop: Shop, item: dict[str, Any], voice: Voice) -> Offer | None:
    url = page_address(urljoin(shop.storefront_url, item["url"]))
    if url is None:
        return None
    price = item["price"]
    return Offer(
        title=item["title"],
        reason=item["reason"]["text"],
        price=item.get("from") or voice.money(Decimal(price["amount"]), price["currency"]),
        unit=item.get("unit", ""),
        picture=picture(item["image"]),
        url=url,
    )
