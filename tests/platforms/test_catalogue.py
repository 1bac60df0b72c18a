"""Products and customers: pages, what may be missing, what must not."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone
from decimal import Decimal
from typing import Any

import pytest

from plugin.errors import PlatformError
from plugin.model import Measure, PlatformRelation
from plugin.platforms.shopify import ShopifyPlatform
from tests.platforms.admin import ACCESS, FakeAdmin

LAST = {"hasNextPage": False, "endCursor": None}
SINCE = datetime(2026, 11, 21, 13, 30, tzinfo=timezone(timedelta(hours=1)))
TOO_COSTLY = {"message": "cost", "extensions": {"code": "MAX_COST_EXCEEDED"}}


def variant(**changes: Any) -> dict[str, Any]:
    return {
        "id": "gid://shopify/ProductVariant/11",
        "title": "0,8 l",
        "price": "49.00",
        "compareAtPrice": "59.00",
        "availableForSale": True,
        "position": 1,
        "selectedOptions": [{"name": "Inhalt", "value": "0,8 l"}],
        "unitPriceMeasurement": None,
        "inventoryItem": {"unitCost": {"amount": "17.5", "currencyCode": "EUR"}},
        **changes,
    }


def product(**changes: Any) -> dict[str, Any]:
    return {
        "id": "gid://shopify/Product/1",
        "title": "Teekanne „Seeufer“",
        "handle": "teekanne-seeufer",
        "status": "ACTIVE",
        "updatedAt": "2026-11-20T10:00:00Z",
        "onlineStoreUrl": "https://uferhaus.example/products/teekanne-seeufer",
        "productType": "Kanne",
        "tags": [],
        "category": None,
        "collections": {"nodes": []},
        "complementary": None,
        "related": None,
        "rating": None,
        "featuredMedia": {"preview": {"image": {"url": "https://cdn.example/1.jpg"}}},
        "variants": {"nodes": [variant()]},
        **changes,
    }


def customer(**changes: Any) -> dict[str, Any]:
    address = {"emailAddress": "anna@example.com", "marketingState": "SUBSCRIBED"}
    return {
        "id": "gid://shopify/Customer/5",
        "numberOfOrders": "3",
        "updatedAt": "2026-11-20T10:00:00Z",
        "defaultEmailAddress": address,
        **changes,
    }


def test_page_of_products_continues_where_the_last_one_ended(
    admin: FakeAdmin, shopify: ShopifyPlatform
) -> None:
    more = {"hasNextPage": True, "endCursor": "abc"}
    admin.will("Products", {"products": {"nodes": [product()], "pageInfo": more}})
    admin.will("Products", {"products": {"nodes": [], "pageInfo": LAST}})
    page = shopify.products(ACCESS, None, None)
    last = shopify.products(ACCESS, page.after, SINCE)
    assert (page.after, last.after, last.items) == ("abc", None, ())
    first, second = admin.sent("Products")
    assert first == {"first": 50, "after": None, "query": None}
    assert second == {"first": 50, "after": "abc", "query": "updated_at:>='2026-11-21T12:30:00Z'"}


def test_product_is_read_in_full(admin: FakeAdmin, shopify: ShopifyPlatform) -> None:
    admin.will("Product", {"product": product()})
    found = shopify.product(ACCESS, "gid://shopify/Product/1")
    assert found is not None
    assert (found.title, found.kind, found.published) == ("Teekanne „Seeufer“", "Kanne", True)
    assert found.url == "https://uferhaus.example/products/teekanne-seeufer"
    assert found.image_url == "https://cdn.example/1.jpg"
    assert found.updated_at == datetime(2026, 11, 20, 10, tzinfo=UTC)
    only = found.variants[0]
    prices = (only.price, only.compare_at, only.unit_cost)
    assert prices == (Decimal("49.00"), Decimal("59.00"), Decimal("17.5"))


def test_product_without_picture_cost_and_old_price_is_read(
    admin: FakeAdmin, shopify: ShopifyPlatform
) -> None:
    bare = variant(compareAtPrice=None, inventoryItem={"unitCost": None})
    denied = variant(inventoryItem=None)
    entry = product(featuredMedia=None, variants={"nodes": [bare, denied]})
    admin.will("Product", {"product": entry})
    found = shopify.product(ACCESS, "gid://shopify/Product/1")
    assert found is not None
    assert found.image_url is None
    assert [(item.compare_at, item.unit_cost) for item in found.variants] == [
        (None, None),
        (Decimal("59.00"), None),
    ]


def test_what_a_product_belongs_to_goes_with_and_measures_is_read(
    admin: FakeAdmin, shopify: ShopifyPlatform
) -> None:
    measured = {
        "quantityValue": 250.0, "quantityUnit": "ML", "referenceValue": 1, "referenceUnit": "L"
    }  # fmt: skip
    own = "gid://shopify/Product/1"
    entry = product(
        tags=["Wolle"],
        category={"fullName": "Kleidung > Socken"},
        collections={"nodes": [{"title": "Winter"}]},
        complementary={"value": f'["{own}","gid://shopify/Product/2"]'},
        related={"value": '["gid://shopify/Product/3", "gid://shopify/Metaobject/9"]'},
        rating={"value": '{"scale_min":"1.0","scale_max":"5.0","value":"4.5"}'},
        variants={"nodes": [variant(unitPriceMeasurement=measured)]},
    )
    admin.will("Product", {"product": entry})
    found = shopify.product(ACCESS, own)
    assert found is not None
    assert (found.tags, found.categories) == (("Wolle",), ("Kanne", "Socken", "Kleidung", "Winter"))
    assert found.relations == (
        PlatformRelation("accessory", "gid://shopify/Product/2"),
        PlatformRelation("alternative", "gid://shopify/Product/3"),
    )
    assert found.rating == Decimal("4.50")
    assert found.variants[0].options == (("Inhalt", "0,8 l"),)
    assert found.variants[0].measure == Measure(Decimal("0.25"), "l", Decimal(1), "l")


@pytest.mark.parametrize("value", ["", "[]", "4.5", '{"value":"9","scale_max":"0"}'])
def test_metafields_that_nobody_can_read_say_nothing(
    value: str, admin: FakeAdmin, shopify: ShopifyPlatform
) -> None:
    title = [{"name": "Title", "value": "Default Title"}]
    plain = variant(selectedOptions=title)
    field = {"value": value}
    entry = product(complementary=field, rating=field, variants={"nodes": [plain]})
    admin.will("Product", {"product": entry})
    found = shopify.product(ACCESS, "gid://shopify/Product/1")
    assert found is not None
    assert (found.relations, found.rating, found.variants[0].options) == ((), None, ())


@pytest.mark.parametrize(
    "media", [{"preview": None}, {"preview": {"image": None}}, {"preview": {"image": {"url": ""}}}]
)
def test_picture_that_is_still_being_prepared_is_none(
    media: dict[str, Any], admin: FakeAdmin, shopify: ShopifyPlatform
) -> None:
    admin.will("Product", {"product": product(featuredMedia=media)})
    found = shopify.product(ACCESS, "gid://shopify/Product/1")
    assert found is not None
    assert found.image_url is None


@pytest.mark.parametrize(
    ("status", "url"),
    [("DRAFT", "https://x.example/p"), ("ARCHIVED", "https://x.example/p"), ("ACTIVE", None)],
)
def test_product_that_shoppers_cannot_open_is_not_published(
    status: str, url: str | None, admin: FakeAdmin, shopify: ShopifyPlatform
) -> None:
    admin.will("Product", {"product": product(status=status, onlineStoreUrl=url)})
    found = shopify.product(ACCESS, "gid://shopify/Product/1")
    assert found is not None
    assert not found.published
    assert found.url.startswith("http")


@pytest.mark.parametrize(
    "changes",
    [
        {"id": "1"},
        {"id": "gid://shopify/Product/1' OR 1=1"},
        {"title": None},
        {"updatedAt": "yesterday"},
        {"updatedAt": "2026-11-20T10:00:00"},
        {"variants": None},
        {"variants": {"nodes": [variant(price="NaN")]}},
        {"variants": {"nodes": [variant(price=49.0)]}},
        {"variants": {"nodes": [variant(price="1e9")]}},
        {"variants": {"nodes": [variant(availableForSale="yes")]}},
        {"variants": {"nodes": [variant(position=True)]}},
        {"variants": {"nodes": [variant(position=-1)]}},
        {"featuredMedia": {"preview": "x"}},
    ],
)
def test_product_of_another_shape_is_refused(
    changes: dict[str, Any], admin: FakeAdmin, shopify: ShopifyPlatform
) -> None:
    admin.will("Product", {"product": product(**changes)})
    with pytest.raises(PlatformError, match="platform_answer_invalid"):
        shopify.product(ACCESS, "gid://shopify/Product/1")


def test_page_that_is_too_costly_is_asked_for_in_smaller_sizes(
    admin: FakeAdmin, shopify: ShopifyPlatform
) -> None:
    admin.will("Products", None, errors=[TOO_COSTLY])
    admin.will("Products", None, errors=[TOO_COSTLY])
    admin.will("Products", {"products": {"nodes": [product()], "pageInfo": LAST}})
    assert len(shopify.products(ACCESS, None, None).items) == 1
    shopify.products(ACCESS, "more", None)  # begins with the size that was let through
    assert [call["first"] for call in admin.sent("Products")] == [50, 20, 10, 10]


def test_page_that_stays_too_costly_is_refused(admin: FakeAdmin, shopify: ShopifyPlatform) -> None:
    admin.will("Products", None, errors=[TOO_COSTLY])
    with pytest.raises(PlatformError, match="platform_query_too_costly"):
        shopify.products(ACCESS, None, None)


@pytest.mark.parametrize("page", [{"hasNextPage": True, "endCursor": None}, {}, None])
def test_page_that_does_not_say_how_it_continues_is_refused(
    page: object, admin: FakeAdmin, shopify: ShopifyPlatform
) -> None:
    admin.will("Products", {"products": {"nodes": [], "pageInfo": page}})
    with pytest.raises(PlatformError, match="platform_answer_invalid"):
        shopify.products(ACCESS, None, None)


def test_customers_come_with_and_without_an_address(
    admin: FakeAdmin, shopify: ShopifyPlatform
) -> None:
    silent = customer(id="gid://shopify/Customer/6", defaultEmailAddress=None)
    admin.will("Customers", {"customers": {"nodes": [customer(), silent], "pageInfo": LAST}})
    known, unknown = shopify.customers(ACCESS, None, SINCE).items
    assert (known.email, known.subscribed, known.orders_count) == ("anna@example.com", True, 3)
    assert (unknown.email, unknown.subscribed) == (None, False)


def test_customer_is_found_by_address(admin: FakeAdmin, shopify: ShopifyPlatform) -> None:
    admin.will("CustomerByEmail", {"customerByIdentifier": customer()})
    admin.will("CustomerByEmail", {"customerByIdentifier": None})
    found = shopify.customer_by_email(ACCESS, "anna@example.com")
    assert found is not None
    assert found.id == "gid://shopify/Customer/5"
    assert shopify.customer_by_email(ACCESS, "nobody@example.com") is None
    assert admin.sent("CustomerByEmail")[0] == {"email": "anna@example.com"}
