"""Turns a product of the platform's answer into our own words."""

from __future__ import annotations

from decimal import Decimal
from urllib.parse import quote

from plugin.model import Product, Variant
from plugin.platforms.shopware import product_facts
from plugin.platforms.shopware.channels import Channel
from plugin.platforms.shopware.shape import (
    changed,
    identifier,
    name_of,
    number,
    optional_flag,
    optional_identifier,
)
from plugin.shape import Node, nodes, optional_node, optional_text, text, wrong

#: The system's default currency has the same id in every shop; each price list holds it.
_DEFAULT_CURRENCY = "b7d2554b0ce847cd82f3ac9bd1c0dfca"
_FIELDS = ["id", "parentId", "autoIncrement", "productNumber", "name", "translated", "active",
           "available", "price", "purchasePrices", "createdAt", "updatedAt", "options", "children",
           "cover", "seoUrls", "visibilities", *product_facts.FIELDS]  # fmt: skip
#: What to fetch of a product, for `parse_product`.
PRODUCT = {
    "associations": {
        "children": {"associations": {"options": product_facts.OPTION, "unit": {}}},
        "cover": {"associations": {"media": {}}},
        "seoUrls": {},
        "visibilities": {},
        **product_facts.ASSOCIATIONS,
    },
    "includes": {
        "product": _FIELDS,
        **product_facts.INCLUDES,
        "product_media": ["media"],
        "media": ["url"],
        "seo_url": ["salesChannelId", "languageId", "seoPathInfo", "isCanonical", "isDeleted"],
        "product_visibility": ["salesChannelId"],
    },
}


def changed_at_parts(item: Node) -> tuple[Node, ...]:
    """Return the parts of a product at which a change may show."""
    return (item, *nodes(item, "children"))


def parse_product(item: Node, channels: tuple[Channel, ...]) -> Product:
    """Return a product with its variants, as the shop's main storefront shows it."""
    product_id = identifier(item)
    main = channels[0] if channels else None
    shown = {identifier(entry, "salesChannelId") for entry in nodes(item, "visibilities")}
    base = "" if main is None else main.url
    categories = product_facts.categories(item)
    return Product(
        id=product_id,
        title=name_of(item) or "",
        handle=text(item, "productNumber"),
        url=f"{base}/{_path(item, main) or f'detail/{product_id}'}",
        image_url=_image(item),
        kind=categories[0] if categories else "",
        published=bool(optional_flag(item, "active"))
        and bool(shown & {channel.id for channel in channels}),
        updated_at=changed(*changed_at_parts(item)),
        variants=_variants(item, main),
        tags=product_facts.tags(item),
        categories=categories,
        relations=product_facts.relations(item),
        rating=product_facts.rating(item),
    )


def _variants(item: Node, main: Channel | None) -> tuple[Variant, ...]:
    children = nodes(item, "children")
    if not children:
        return (_variant(item, item, 1, main),)
    return tuple(_variant(child, item, place, main) for place, child in enumerate(children, 1))


def _variant(item: Node, product: Node, position: int, main: Channel | None) -> Variant:
    # What is null at a variant is what its product says.
    own = item if item.get("price") is not None else product
    bought = item if item.get("purchasePrices") is not None else product
    gross, before = _price(own, main)
    active = optional_flag(item, "active")
    active = optional_flag(product, "active") if active is None else active
    return Variant(
        id=identifier(item),
        title="" if item is product else _options(item),
        price=gross,
        compare_at=before,
        unit_cost=_cost(bought, main),
        available=bool(active) and bool(optional_flag(item, "available")),
        position=position,
        options=() if item is product else product_facts.options(item),
        measure=product_facts.measured(item, product),
    )


def _options(item: Node) -> str:
    names = (name_of(option) for option in nodes(item, "options"))
    return " / ".join(name for name in names if name)


def _price(item: Node, main: Channel | None) -> tuple[Decimal, Decimal | None]:
    found, factor = _in_currency(item, "price", main)
    if found is None:
        raise wrong()
    before = optional_node(found, "listPrice")
    gross = _money(found, "gross", factor)
    struck = None if before is None else _money(before, "gross", factor)
    return gross, struck if struck is not None and struck > gross else None


def _cost(item: Node, main: Channel | None) -> Decimal | None:
    found, factor = _in_currency(item, "purchasePrices", main)
    cost = None if found is None else _money(found, "net", factor)
    return cost if cost else None  # 0 is what the administration writes where nothing is known


def _in_currency(item: Node, key: str, main: Channel | None) -> tuple[Node | None, Decimal]:
    """Return the price in the storefront's currency, else the system's with its factor."""
    entries = {} if item.get(key) is None else {e.get("currencyId"): e for e in nodes(item, key)}
    if main is None or main.currency_id in entries:
        return entries.get(_DEFAULT_CURRENCY if main is None else main.currency_id), Decimal(1)
    return entries.get(_DEFAULT_CURRENCY), main.factor


def _money(item: Node, key: str, factor: Decimal) -> Decimal:
    value = number(item, key)
    return value if factor == 1 else (value * factor).quantize(Decimal("0.01"))


def _path(item: Node, main: Channel | None) -> str | None:
    if main is None:
        return None
    for entry in nodes(item, "seoUrls"):
        mine = optional_identifier(entry, "salesChannelId") == main.id
        spoken = optional_identifier(entry, "languageId") == main.language_id
        if mine and spoken and entry.get("isCanonical") and not entry.get("isDeleted"):
            return quote(text(entry, "seoPathInfo").lstrip("/"), safe="/-._~%")
    return None


def _image(item: Node) -> str | None:
    cover = optional_node(item, "cover")
    media = None if cover is None else optional_node(cover, "media")
    url = None if media is None else optional_text(media, "url")
    return url if url is not None and url.startswith(("https://", "http://")) else None
