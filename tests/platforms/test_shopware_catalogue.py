"""Products and customers of Shopware in our words, and pages that lose nothing."""

from __future__ import annotations

from datetime import datetime, timedelta
from decimal import Decimal

import pytest

from plugin.errors import PlatformRefusedError
from plugin.model import Measure, PlatformRelation
from plugin.platforms.shopware.changes import Listing, moment_text, read_page
from plugin.platforms.shopware.shape import changed
from tests.fakes import shopware_goods as goods
from tests.fakes.shopware import CHANNEL, EUR, GERMAN, Node, new_id, stamp
from tests.platforms.shopware import START, Pair


def test_a_product_as_the_storefront_shows_it(pair: Pair) -> None:
    media = {"id": new_id(), "url": "https://uferhaus.de/media/schale.jpg"}
    row = goods.add_product(pair.shop, 7, cover={"id": new_id(), "media": media})
    row["price"][0]["listPrice"] = {"net": 50.0, "gross": 59.5, "currencyId": EUR}
    row["purchasePrices"] = [{"currencyId": EUR, "net": 12.5, "gross": 14.88, "linked": True}]
    product = pair.adapter.product(pair.access, row["id"])
    assert product is not None
    assert (product.id, product.title, product.handle) == (row["id"], "Schale 7", "SW00007")
    assert product.url == f"{pair.shop.url}/Schale-7/SW00007"
    assert product.image_url == media["url"]
    assert product.published
    (variant,) = product.variants
    assert (variant.id, variant.title) == (row["id"], "")
    assert (variant.price, variant.compare_at) == (Decimal("49.00"), Decimal("59.50"))
    assert (variant.unit_cost, variant.available) == (Decimal("12.50"), True)


def test_variants_take_what_they_do_not_say_from_their_product(pair: Pair) -> None:
    parent = goods.add_product(pair.shop, 1)
    red = goods.add_variant(pair.shop, parent, "rot")
    blue = goods.add_variant(pair.shop, parent, "blau", available=False, price=[
        {"currencyId": EUR, "net": 10.0, "gross": 11.9, "linked": True, "listPrice": None}
    ])  # fmt: skip
    grey = goods.add_variant(pair.shop, parent, "grau", active=False)
    product = pair.adapter.product(pair.access, parent["id"])
    assert product is not None
    told = {v.id: (v.title, v.price, v.available) for v in product.variants}
    assert told == {
        red["id"]: ("rot", Decimal("49.00"), True),
        blue["id"]: ("blau", Decimal("11.90"), False),
        grey["id"]: ("grau", Decimal("49.00"), False),
    }
    assert pair.adapter.product(pair.access, red["id"]) == product


def test_what_a_product_belongs_to_goes_with_and_measures_is_read(pair: Pair) -> None:
    care, finer = goods.add_product(pair.shop, 2), goods.add_product(pair.shop, 3)
    parent = goods.add_product(pair.shop, 1, purchaseUnit=250, referenceUnit=1000)
    parent |= {
        "unit": {"id": new_id(), "shortCode": "ml", "name": "Milliliter"},
        "tags": [{"id": new_id(), "name": "Wolle"}],
        "categories": [
            {"id": new_id(), "name": "Socken", "breadcrumb": ["Katalog", "Kleidung", "Socken"]}
        ],
        "crossSellings": [
            _group("Ähnliche Artikel", 2, finer["id"]),
            _group("Zubehör", 1, care["id"], parent["id"]),
            {**_group("Alt", 3, finer["id"]), "active": False},
        ],
        "ratingAverage": 4.5,
    }
    size = {"id": new_id(), "name": "Größe"}
    goods.add_variant(
        pair.shop, parent, "42", options=[{"id": new_id(), "name": "42", "group": size}]
    )
    product = pair.adapter.product(pair.access, parent["id"])
    assert product is not None
    assert (product.tags, product.categories) == (("Wolle",), ("Socken", "Kleidung"))
    assert product.relations == (
        PlatformRelation("accessory", care["id"]),
        PlatformRelation("alternative", finer["id"]),
    )
    assert product.rating == Decimal("4.50")
    assert product.variants[0].options == (("Größe", "42"),)
    assert product.variants[0].measure == Measure(Decimal(250), "ml", Decimal(1000), "ml")


def _group(name: str, position: int, *products: str) -> Node:
    assigned = [
        {"id": new_id(), "productId": product, "position": place}
        for place, product in enumerate(products)
    ]
    shown = {"id": new_id(), "name": name, "active": True, "position": position}
    return {**shown, "assignedProducts": assigned}


@pytest.mark.parametrize(
    "change",
    [{"active": False}, {"visibilities": []}, {"visibilities": [{"salesChannelId": "0" * 32}]}],
)
def test_what_no_storefront_shows_is_not_published(pair: Pair, change: Node) -> None:
    row = goods.add_product(pair.shop, 1)
    row |= change
    product = pair.adapter.product(pair.access, row["id"])
    assert product is not None
    assert not product.published


@pytest.mark.parametrize(
    "change", [{"isCanonical": False}, {"isDeleted": True}, {"languageId": "0" * 32},
               {"salesChannelId": "0" * 32}],
)  # fmt: skip
def test_only_the_address_of_the_main_storefront_counts(pair: Pair, change: Node) -> None:
    row = goods.add_product(pair.shop, 1)
    row["seoUrls"][0] |= change
    product = pair.adapter.product(pair.access, row["id"])
    assert product is not None
    assert product.url == f"{pair.shop.url}/detail/{row['id']}"


def test_a_price_of_zero_cost_is_no_cost(pair: Pair) -> None:
    row = goods.add_product(pair.shop, 1)
    row["purchasePrices"] = [{"currencyId": EUR, "net": 0, "gross": 0, "linked": True}]
    product = pair.adapter.product(pair.access, row["id"])
    assert product is not None
    assert product.variants[0].unit_cost is None


def test_names_come_in_the_language_of_the_storefront(pair: Pair) -> None:
    goods.add_product(pair.shop, 1)
    pair.shop.languages.clear()
    pair.adapter.products(pair.access, None, None)
    assert pair.shop.languages == {"", GERMAN}  # "": the question for the storefronts itself


def test_prices_come_in_the_currency_of_the_storefront(pair: Pair) -> None:
    francs = new_id()
    channel = pair.shop.rows["sales_channel"][CHANNEL]
    channel["currency"] = {"id": francs, "isoCode": "CHF", "factor": 0.95}
    row = goods.add_product(pair.shop, 1)
    product = pair.adapter.product(pair.access, row["id"])
    assert product is not None
    assert product.variants[0].price == Decimal("46.55")
    row["price"].append({**row["price"][0], "currencyId": francs, "gross": 52.9})
    product = pair.adapter.product(pair.access, row["id"])
    assert product is not None
    assert product.variants[0].price == Decimal("52.90")


def test_a_change_of_a_variant_is_a_change_of_its_product(pair: Pair) -> None:
    parent = goods.add_product(pair.shop, 1)
    child = goods.add_variant(pair.shop, parent, "rot")
    child["updatedAt"] = stamp(START)
    page = pair.adapter.products(pair.access, None, START - timedelta(minutes=1))
    assert [product.id for product in page.items] == [parent["id"]]
    assert page.items[0].updated_at == START
    assert pair.adapter.products(pair.access, None, START + timedelta(seconds=1)).items == ()


def test_guests_and_accounts_with_one_address_are_one_person(pair: Pair) -> None:
    goods.add_customer(pair.shop, "anne@example.com", guest=True, orders=1)
    account = goods.add_customer(pair.shop, "Anne@Example.com", orders=2)
    goods.add_customer(pair.shop, "anne@example.com", guest=True, orders=1)
    found = pair.adapter.customer_by_email(pair.access, "anne@example.com")
    assert found is not None
    assert (found.id, found.orders_count, found.subscribed) == (account["id"], 4, False)
    pair.adapter.record_consent(pair.access, "anne@example.com", "de", START)
    again = pair.adapter.customer_by_email(pair.access, "anne@example.com")
    assert again is not None
    assert again.subscribed
    page = pair.adapter.customers(pair.access, None, None)
    assert all(customer.subscribed for customer in page.items)


# Pages of what changed


def listing(size: int = 3) -> Listing:
    return Listing("customer", {}, ("createdAt", "updatedAt"), changed, size)


def put(pair: Pair, moments: list[datetime]) -> list[str]:
    people = []
    for place, moment in enumerate(moments):
        person = goods.add_customer(pair.shop, f"p{place}@example.com")
        person["createdAt"] = stamp(moment)
        people.append(person["id"])
    return people


def walk(pair: Pair, since: datetime, size: int = 3) -> list[Node]:
    after, found, turns = None, [], 0
    while True:
        page, after = read_page(
            pair.adapter._api, pair.access, listing(size), after, since, pair.clock()
        )
        times = [changed(item) for item in page]
        assert times == sorted(times)
        found += page
        turns += 1
        assert turns < 400
        if after is None:
            return found


def test_changes_come_whole_and_the_oldest_first(pair: Pair) -> None:
    moments = [START - timedelta(minutes=7 * n) for n in range(40)]
    people = put(pair, moments)
    found = walk(pair, START - timedelta(days=1))
    times = [changed(item) for item in found]
    assert times == sorted(times)
    assert sorted(item["id"] for item in found) == sorted(people)


def test_a_few_changes_cost_one_request(pair: Pair) -> None:
    put(pair, [START - timedelta(days=n) for n in range(2)])
    page, after = read_page(
        pair.adapter._api, pair.access, listing(), None, START - timedelta(days=9), pair.clock()
    )
    assert (len(page), after) == (2, None)


def test_very_many_changes_of_one_moment_are_turned_page_by_page(pair: Pair) -> None:
    people = put(pair, [START - timedelta(hours=5)] * 20 + [START - timedelta(hours=1)])
    found = walk(pair, START - timedelta(days=1))
    assert sorted(item["id"] for item in found) == sorted(people)


def test_what_the_shops_clock_says_is_ahead_of_ours_is_found_as_well(pair: Pair) -> None:
    people = put(pair, [START + timedelta(minutes=n) for n in range(1, 9)])
    assert {item["id"] for item in walk(pair, START - timedelta(hours=1))} == set(people)


def test_what_changed_twice_comes_with_its_last_change(pair: Pair) -> None:
    people = put(pair, [START - timedelta(hours=n) for n in range(1, 9)])
    pair.shop.rows["customer"][people[-1]]["updatedAt"] = stamp(START - timedelta(minutes=5))
    found = walk(pair, START - timedelta(days=1))
    assert found[-1]["id"] == people[-1]
    assert [item["id"] for item in found].count(people[-1]) == 1


@pytest.mark.parametrize("after", ["", "x", "1~2", "~~", "a~b~c", "2026-11-21~~x", "-1", "9" * 200])
def test_a_foreign_continuation_is_refused(pair: Pair, after: str) -> None:
    for since in (None, START):
        if since is not None or not after.isdigit():
            with pytest.raises(PlatformRefusedError):
                read_page(pair.adapter._api, pair.access, listing(), after, since, START)


def test_times_are_written_as_the_shops_database_writes_them() -> None:
    assert moment_text(datetime.fromisoformat("2026-11-21T10:00:00.123456+01:00")) == (
        "2026-11-21 09:00:00.123"
    )
