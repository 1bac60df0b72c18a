"""Articles of an order as they are shown, and the cart that holds the same again."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from plugin.model import Shop
from plugin.services.context import Context
from plugin.services.parcels import pieces
from plugin.store import catalogue
from plugin.store.parcel_pieces import PieceFacts
from tests.fakes.things import a_line, a_product, a_variant
from tests.services.parcels.test_shipments import take


@pytest.fixture(params=["sqlite"])
def db_url(sqlite_template: Path, tmp_path: Path) -> str:
    """One database is enough here: the query is a plain join."""
    path = tmp_path / "bleib.sqlite3"
    path.write_bytes(sqlite_template.read_bytes())
    return f"sqlite:///{path}"


def stocked(context: Context, shop: Shop, **values: Any) -> list[PieceFacts]:
    """Return the lines of an order of a bowl, and of something that is sold no longer."""
    product = a_product(1, image_url="https://cdn.shopify.com/bowl.jpg?v=1&width=900", **values)
    with context.db.write() as connection:
        catalogue.put_products(connection, shop.id, [product])
    order = take(context, shop, lines=(a_line(1007, 1, quantity=2), a_line(1007, 2)))
    with context.db.read() as connection:
        return list(pieces.known_pieces(connection, shop, order.id))


def test_a_piece_is_shown_with_its_choice_and_a_small_picture(context: Context, shop: Shop) -> None:
    variants = (a_variant(1, options=(("Glasur", "Ruß"), ("Größe", "M"))),)
    bowl, gone = pieces.shown(stocked(context, shop, variants=variants)).values()
    assert bowl.picture == "https://cdn.shopify.com/bowl.jpg?v=1&width=144"
    assert bowl.choice == "Glasur Ruß, Größe M"
    assert gone == pieces.Known("", "")


@pytest.mark.parametrize("title", ["Default Title", "", "default"])
def test_what_comes_in_one_form_only_was_not_chosen(
    context: Context, shop: Shop, title: str
) -> None:
    options = (("Title", title),) if title else ()
    variants = (a_variant(1, title=title, options=options),)
    bowl, _ = pieces.shown(stocked(context, shop, variants=variants)).values()
    assert bowl.choice == ""


@pytest.mark.parametrize("address", [None, "", "javascript:alert(1)", "data:text/html,x", "a b"])
def test_what_is_no_address_of_a_picture_is_none(address: str | None) -> None:
    assert pieces.picture(address) == ""


def test_the_same_again_leaves_out_what_cannot_be_bought(context: Context, shop: Shop) -> None:
    found = stocked(context, shop, variants=(a_variant(1),))
    assert pieces.again(context, shop, found) == f"https://{shop.domain}/cart/1:2?storefront=true"


def test_without_anything_to_buy_there_is_no_cart(context: Context, shop: Shop) -> None:
    found = stocked(context, shop, variants=(a_variant(1, available=False),))
    assert pieces.again(context, shop, found) is None
