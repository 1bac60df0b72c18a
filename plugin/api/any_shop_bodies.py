"""The bodies of the API for shops of their own: batches of what `any_shop_models` describes."""

from __future__ import annotations

from pydantic import Field

from plugin.services.any_shop_models import MOST, OrderIn, ShipmentIn, Told
from plugin.services.any_shop_products import ProductIn


class Orders(Told):
    """Orders as they are now."""

    orders: tuple[OrderIn, ...] = Field(min_length=1, max_length=MOST)


class Shipments(Told):
    """All parcels of one order as they are now; parcels that are not named are forgotten."""

    shipments: tuple[ShipmentIn, ...] = Field(max_length=50)


class Products(Told):
    """Products as they are now."""

    products: tuple[ProductIn, ...] = Field(min_length=1, max_length=MOST)


class Person(Told):
    """Somebody who is to be forgotten."""

    email: str = Field(min_length=3, max_length=254, examples=["mara@example.com"])
