"""What stands on the page of an order: help always, advertising only where nothing is wrong."""

from __future__ import annotations

from dataclasses import asdict
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from flask.testing import FlaskClient

from plugin.api.parcel_sections import OrderPage, order_page, public
from plugin.model import Milestone, Shop
from plugin.services import campaigns, logo, suggestions
from plugin.services.context import Context
from plugin.services.parcels import status, visits
from plugin.services.parcels.finding import Found
from plugin.store import parcels as store
from tests.conftest import START
from tests.fakes.things import a_line, a_parcel
from tests.services.parcels.test_shipments import take
from tests.services.test_logo import png
from tests.services.test_suggestions import STEP, fill, publish

ARRIVED = {"status": "DELIVERED", "delivered_at": START}
BEFORE = Milestone("1", "in_transit", START - timedelta(days=1))
PAGE = "https://bleib.example/s/TOKEN"


@pytest.fixture(params=["sqlite"])
def db_url(sqlite_template: Path, tmp_path: Path) -> str:
    """One database is enough here: what is tested is what is left out."""
    path = tmp_path / "bleib.sqlite3"
    path.write_bytes(sqlite_template.read_bytes())
    return f"sqlite:///{path}"


@pytest.fixture
def selling(context: Context, shop: Shop) -> Shop:
    """A shop that has learned what goes with what, and runs suggestions."""
    fill(context, shop)
    suggestions.learn_from_orders(context, STEP)
    publish(context, shop, "cross_sell")
    (found,) = [one for one in campaigns.all_of(context, shop) if one.widget == "cross_sell"]
    settings = {**found.draft, "places": ["cart", "status"]}
    campaigns.save_draft(context, shop, found.id, settings, revision=found.revision)
    campaigns.publish(context, shop, found.id)
    return shop


def number_in(arm: str) -> int:
    """Return an order number that is drawn into an arm of the page."""
    numbers = range(5000, 6000)
    return next(n for n in numbers if visits.arm(f"gid://shopify/Order/{n}") == arm)


def drawn(context: Context, shop: Shop, *, arm: str = "a", **values: Any) -> OrderPage:
    number = number_in(arm)
    name = f"gid://shopify/Order/{number}"
    take(context, shop, id=name, number=f"#{number}", lines=(a_line(number, 1),), **values)
    with context.db.read() as connection:
        order = store.order_by_id(connection, shop.id, name)
        assert order is not None
        found = status.read(connection, context, shop, order)
    return order_page(context, Found(shop, order, found, PAGE), language="de")


def test_what_goes_with_an_order_is_told_once_it_has_arrived(
    context: Context, selling: Shop
) -> None:
    assert drawn(context, selling, shipments=(a_parcel(milestones=(BEFORE,)),)).suggested == ()
    page = drawn(context, selling, shipments=(a_parcel(**ARRIVED),), updated_at=START)
    assert 1 <= len(page.suggested) <= 2
    assert all(offer.reason and offer.price for offer in page.suggested)
    assert page.again is not None


@pytest.mark.parametrize(
    "parcel",
    [
        {"status": "DELAYED"},
        {"status": "LOST"},
        {**ARRIVED, "expected_on": (START - timedelta(days=3)).date()},
    ],
)
def test_a_disturbed_order_is_helped_and_never_advertised_to(
    context: Context, selling: Shop, parcel: dict[str, Any]
) -> None:
    page = drawn(context, selling, shipments=(a_parcel(**parcel),))
    assert page.told.disturbed
    assert page.suggested == ()
    assert page.again is None
    assert not any(block.advertises for block in (*page.first, *page.beside))
    assert page.beside


def test_who_is_held_back_sees_the_page_without_anything_to_buy(
    context: Context, selling: Shop
) -> None:
    page = drawn(context, selling, arm="h", shipments=(a_parcel(**ARRIVED),))
    assert (page.suggested, page.again, page.told.title[:10]) == ((), None, "Zugestellt")


def test_what_leaves_for_a_storefront_is_a_list_of_fields(context: Context, shop: Shop) -> None:
    page = drawn(context, shop, shipments=(a_parcel(),))
    assert set(public(page)) == {*asdict(page.told), "first", "beside", "again", "again_label"}


def test_the_logo_has_an_address_of_its_own_that_browsers_keep(
    client: FlaskClient, context: Context, shop: Shop
) -> None:
    address = f"/pages/look/{shop.key}.logo"
    assert client.get(address).status_code == 404
    logo.save(context, shop, png(440, 112))
    answer = client.get(address)
    assert (answer.mimetype, answer.data) == ("image/png", png(440, 112))
    assert "max-age" in answer.headers["Cache-Control"]
