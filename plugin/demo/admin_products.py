"""Products as the Admin API shows them."""

from __future__ import annotations

from plugin.demo.amounts import plain
from plugin.demo.database import Row
from plugin.demo.pages import Listing, Node, gid, inner, money, number_of
from plugin.demo.product_facts import facts_node, form_node
from plugin.demo.shop import Shop
from plugin.demo.wording import texts


def product_node(shop: Shop, row: Row) -> Node:
    """Return a product with its picture and variants."""
    picture = f"{shop.settings.shop_url}/pictures/{row['handle']}.svg"

    def variants(_info: object, first: int | None = None, after: str | None = None) -> Node:
        found = shop.db.all(
            "SELECT * FROM variants WHERE product_id = ? ORDER BY position", row["id"]
        )
        return inner([_variant_node(shop, variant) for variant in found], first, after)

    return {
        "id": gid("Product", row["id"]),
        "title": row["title"],
        "handle": row["handle"],
        "status": "ACTIVE",
        "updatedAt": row["updated_at"],
        "onlineStoreUrl": f"{shop.settings.shop_url}/products/{row['handle']}",
        "productType": texts("de")[f"kind.{row['kind']}"],
        "featuredMedia": {"__typename": "MediaImage", "preview": {"image": {"url": picture}}},
        "variants": variants,
        **facts_node(shop, row),
    }


def _variant_node(shop: Shop, row: Row) -> Node:
    cost = row["unit_cost"]
    return {
        "id": gid("ProductVariant", row["id"]),
        "title": row["title"],
        "price": plain(row["price"]),
        "compareAtPrice": plain(row["compare_at"]) if row["compare_at"] is not None else None,
        "availableForSale": bool(row["available"]),
        "position": row["position"],
        "inventoryItem": {"unitCost": money(cost, shop.currency) if cost is not None else None},
        **form_node(shop, row),
    }


PRODUCTS = Listing(
    "products",
    {
        "updated_at": "updated_at",
        "created_at": "created_at",
        "handle": "handle",
        "title": "title",
        "id": "id",
        "product_type": "kind",
    },
    product_node,
)


def product_by_id(shop: Shop, global_id: str) -> Node | None:
    """Return one product by its global id."""
    row = shop.db.one("SELECT * FROM products WHERE id = ?", number_of(global_id, "Product"))
    return product_node(shop, row) if row else None
