"""What the shop's world is made of: frozen dataclasses that every layer may use."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from typing import Literal

from plugin.model.origins import OrderArm as OrderArm
from plugin.model.parcels import Confidence as Confidence
from plugin.model.parcels import Expected as Expected
from plugin.model.parcels import Milestone as Milestone
from plugin.model.parcels import ParcelEvent as ParcelEvent
from plugin.model.parcels import ParcelKind as ParcelKind
from plugin.model.parcels import Shipment as Shipment
from plugin.model.parcels import ShippedLine as ShippedLine
from plugin.model.parcels import Stage as Stage

DeliveryKind = Literal[
    "order",
    "product",
    "customer",
    "activated",
    "uninstalled",
    "data_request",
    "erase_person",
    "erase_shop",
    "other",
]


@dataclass(frozen=True)
class Money:
    """An amount in one currency; never a float."""

    amount: Decimal
    currency: str


@dataclass(frozen=True)
class Shop:
    """One tenant: an installed storefront."""

    id: int
    key: str
    platform: str
    domain: str
    name: str
    email: str
    currency: str
    locale: str
    zone: str
    languages: tuple[str, ...]
    address: Literal["du", "sie"]
    state: Literal["installed", "uninstalled"]
    generation: int
    config_version: int
    storefront_url: str
    privacy_url: str
    imprint: str
    stopped_at: datetime | None
    created_at: datetime
    #: What the person is called who stopped it; None while it runs, or where nobody said.
    stopped_by: str | None = None


@dataclass(frozen=True)
class Access:
    """What an adapter needs to speak with one shop: its domain and a valid token."""

    shop_id: int
    domain: str
    token: str = field(repr=False)


@dataclass(frozen=True)
class Grant:
    """The answer of a platform to an authorisation: tokens with their ends, granted scopes."""

    access_token: str = field(repr=False)
    refresh_token: str | None = field(repr=False)
    expires_at: datetime | None
    refresh_expires_at: datetime | None
    scopes: frozenset[str]


@dataclass(frozen=True)
class ShopFacts:
    """What the platform says of a shop."""

    name: str
    email: str
    currency: str
    zone: str
    storefront_url: str
    scopes: frozenset[str]


@dataclass(frozen=True)
class Counts:
    """How many of each the platform holds; None where it will not say."""

    products: int | None
    customers: int | None
    orders: int | None


@dataclass(frozen=True)
class Measure:
    """What a price per unit is worked out from: price / `amount` × `per` is told "per `per_unit`".

    `amount` is in `per_unit` already (`plugin.measures.measure` sees to it), so a bottle of
    250 ml that is told per litre is Measure(0.25, "l", 1, "l").
    """

    amount: Decimal
    unit: str
    per: Decimal
    per_unit: str


@dataclass(frozen=True)
class PlatformRelation:
    """What the shop's own software says of two products."""

    kind: Literal["accessory", "alternative"]
    product_id: str


@dataclass(frozen=True)
class Variant:
    """One buyable form of a product; `options` are names and values: (("Größe", "42"),)."""

    id: str
    title: str
    price: Decimal
    compare_at: Decimal | None
    unit_cost: Decimal | None
    available: bool
    position: int
    options: tuple[tuple[str, str], ...] = ()
    measure: Measure | None = None


def storefront_id(identifier: str) -> str:
    """Return what a storefront calls a product or variant: of a global id its number alone."""
    return identifier.rsplit("/", 1)[-1] if identifier.startswith("gid://") else identifier


@dataclass(frozen=True)
class Product:
    """A product of the shop's catalogue."""

    id: str
    title: str
    handle: str
    url: str
    image_url: str | None
    kind: str
    published: bool
    updated_at: datetime
    variants: tuple[Variant, ...]
    tags: tuple[str, ...] = ()
    #: The nearest first, with what stands above them: ("Socken", "Kleidung").
    categories: tuple[str, ...] = ()
    relations: tuple[PlatformRelation, ...] = ()
    #: Of 5, where shoppers may rate.
    rating: Decimal | None = None


@dataclass(frozen=True)
class Customer:
    """A person with an account or an order at the platform."""

    id: str
    email: str | None
    orders_count: int
    subscribed: bool
    updated_at: datetime


@dataclass(frozen=True)
class OrderLine:
    """One line of an order; `source` is our mark on lines added from a widget.

    `kept`: how many of its pieces were not returned, None where the platform does not say.
    """

    id: str
    product_id: str | None
    variant_id: str | None
    title: str
    quantity: int
    price: Decimal
    source: str | None = None
    kept: int | None = None


@dataclass(frozen=True)
class Order:
    """An order as the platform tells it; `shipments` is None where it did not say.

    `channel` says where the customer came from in a few words ("google / cpc", "newsletter",
    "direct"), never an address or a click id; None where the platform does not tell.
    """

    id: str
    number: str
    email: str | None
    postcode: str | None
    country: str | None
    customer_id: str | None
    currency: str
    total: Decimal
    discount: Decimal
    codes: tuple[str, ...]
    paid: bool
    created_at: datetime
    updated_at: datetime
    cancelled_at: datetime | None
    lines: tuple[OrderLine, ...]
    shipments: tuple[Shipment, ...] | None = None
    arms: tuple[OrderArm, ...] = ()
    channel: str | None = None


@dataclass(frozen=True)
class VoucherOrder:
    """What the platform is asked to create: one code for one person."""

    code: str
    title: str
    kind: Literal["amount", "percent"]
    value: Decimal
    currency: str
    minimum: Decimal | None
    starts_at: datetime
    ends_at: datetime
    customer_id: str | None
    #: Products that it is not valid for, with all their variants.
    excluded: tuple[str, ...] = ()
    excluded_variants: tuple[str, ...] = ()


@dataclass(frozen=True)
class Delivery:
    """One inbound webhook after its signature was checked.

    `domain` is the shop it speaks of where the platform signs for all shops with one secret,
    None where the secret itself tells the shop. `kind` is what it means to us, `subject` the
    platform's id of the order or product, `person` the customer id and mail address.
    """

    domain: str | None
    kind: DeliveryKind
    topic: str
    key: str
    triggered_at: datetime | None
    subject: str | None = None
    person: tuple[str | None, str | None] = field(default=(None, None), repr=False)
    body: dict[str, object] = field(default_factory=dict, repr=False)


@dataclass(frozen=True)
class EmbedState:
    """Where our script tag was looked for and found."""

    checked: tuple[str, ...]
    found: tuple[str, ...]

    @property
    def active(self) -> bool:
        """Tell whether the script stands on every page that was looked at."""
        return bool(self.checked) and set(self.checked) == set(self.found)
