"""Turns a product of the shop's answer into our own words."""

from __future__ import annotations

from decimal import Decimal

from plugin.model import Product, Variant
from plugin.platforms.woocommerce import product_facts, shape
from plugin.platforms.woocommerce.shape import Node

FIELDS = (
    "id,name,slug,permalink,type,status,catalog_visibility,parent_id,date_created_gmt,"
    "date_modified_gmt,price,regular_price,on_sale,purchasable,stock_status,images,categories,"
    f"variations,cost_of_goods_sold,{product_facts.FIELDS}"
)
VARIATION_FIELDS = (
    "id,status,price,regular_price,on_sale,purchasable,stock_status,attributes,menu_order,"
    f"cost_of_goods_sold,{product_facts.VARIATION_FIELDS}"
)
#: Not to be put into a cart by themselves: a link to another shop, a bundle of others.
_NOT_BUYABLE = frozenset({"external", "grouped"})


def parse_product(node: Node, variations: list[Node]) -> Product:
    """Return a product; one without variations is its own only variant, under its own id."""
    buyable = shape.text(node, "type") not in _NOT_BUYABLE
    categories = product_facts.categories(node)
    ordered = sorted(enumerate(variations), key=lambda pair: (_place(pair[1]), pair[0]))
    variants = [_variant(item, node, place) for place, (_, item) in enumerate(ordered, start=1)]
    if not variations:
        variants = [_variant(node, node, 1, buyable=buyable and not node.get("variations"))]
    return Product(
        id=shape.identifier(node),
        title=shape.words(node, "name"),
        handle=shape.text(node, "slug"),
        url=shape.web_address(node.get("permalink")) or "",
        image_url=_image(node),
        kind=categories[0] if categories else "",
        published=_is_shown(node),
        updated_at=shape.moment(node, "date_modified_gmt", "date_created_gmt"),
        variants=tuple(variants),
        tags=product_facts.tags(node),
        categories=categories,
        relations=product_facts.relations(node),
        rating=product_facts.rating(node),
    )


def _is_shown(node: Node) -> bool:
    hidden = node.get("catalog_visibility") == "hidden"
    return shape.text(node, "status") == "publish" and not hidden


def _image(node: Node) -> str | None:
    images = shape.inner_list(node, "images")
    return shape.web_address(images[0].get("src")) if images else None


def _place(node: Node) -> int:
    place = node.get("menu_order")
    return place if isinstance(place, int) else 0


def _variant(node: Node, product: Node, position: int, *, buyable: bool = True) -> Variant:
    price = shape.optional_amount(node, "price")
    regular = shape.optional_amount(node, "regular_price")
    reduced = node.get("on_sale") is True and None not in (price, regular)
    return Variant(
        id=shape.identifier(node),
        title=_title(node),
        price=price or Decimal(0),
        compare_at=regular if reduced and (regular or 0) > (price or 0) else None,
        unit_cost=_cost(node),
        # Without a price WooCommerce sells nothing; its own word on it comes with each product.
        available=buyable and price is not None and _is_sold(node),
        position=position,
        options=() if node is product else product_facts.options(node),
        measure=product_facts.measured(node, product),
    )


def _is_sold(node: Node) -> bool:
    shown = node.get("status") in ("publish", None)
    return shown and node.get("purchasable") is True and node.get("stock_status") != "outofstock"


def _title(node: Node) -> str:
    options = [
        shape.words(item, "option")
        for item in shape.inner_list(node, "attributes")
        if isinstance(item.get("option"), str)
    ]
    return ", ".join(filter(None, options))


def _cost(node: Node) -> Decimal | None:
    # Only there where the merchant switched on "cost of goods sold".
    cost = shape.optional_amount(shape.inner(node, "cost_of_goods_sold"), "total_value")
    return cost or None
