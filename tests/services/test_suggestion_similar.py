"""A shop without orders suggests what shares something rare with the cart, never another of it."""

from __future__ import annotations

from decimal import Decimal

from plugin.model import Product, Shop
from plugin.services.context import Context
from plugin.services.suggestions.facts import Facts
from plugin.services.suggestions.similar import similar
from plugin.store import catalogue
from tests.fakes.things import a_product
from tests.services.on_sqlite import db_url  # noqa: F401 - a fixture
from tests.services.test_suggestion_answer import items, show
from tests.services.test_suggestion_ranking import facts

CART = {"cup": facts("cup", title="Becher „Nebel“", kind="cup", tags=("Geschenk", "Glasur Nebel"))}


def shared(*others: Facts) -> dict[str, str]:
    found = similar(CART, {one.product_id: one for one in others})
    return {idea.product: idea.shared for idea in found}


def test_what_is_shared_is_the_reason() -> None:
    pot = facts("pot", title="Teekanne", kind="pot", tags=("Glasur Nebel",))
    plate = facts("plate", title="Teller “Nebel”", kind="plate")
    assert shared(pot, plate) == {"pot": "Glasur Nebel", "plate": "Nebel"}


def test_another_one_of_the_same_sort_goes_with_nothing() -> None:
    assert shared(facts("mug", title="Becher „Nebel“, groß", kind="cup")) == {}


def test_what_everything_shares_is_no_reason() -> None:
    gifts = [facts(str(n), title=f"Stück {n}", kind=str(n), tags=("Geschenk",)) for n in range(9)]
    assert shared(*gifts) == {}


def in_series(number: int, kind: str, *tags: str) -> Product:
    return a_product(number, title=f"Stück {number}", kind=kind, tags=tags)


def test_a_new_shop_suggests_by_its_catalogue_and_says_why(context: Context, shop: Shop) -> None:
    with context.db.write() as connection:
        series = [in_series(1, "Becher", "Nebel"), in_series(2, "Kanne", "Nebel")]
        others = [in_series(number, "Kanne", "Ufer") for number in (3, 4)]
        catalogue.put_products(connection, shop.id, [*series, *others])
    show(context, shop)
    (item,) = items(context, shop, "1", total=Decimal(50))
    assert (item["product"], item["mark"]) == ("gid://shopify/Product/2", "s")
    assert item["reason"]["text"] == "Auch „Nebel“, wie Stück 1"
