"""What the API for shops of their own answers: the whole list of fields that leave the house."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, PlainSerializer

from plugin.services.csv_import import Import as HandedIn


def _two_places(amount: Decimal) -> str:
    # Databases keep a different number of zeros.
    short = amount.quantize(Decimal("0.01"))
    return format(short if short == amount else amount.normalize(), "f")


Amount = Annotated[Decimal, PlainSerializer(_two_places, return_type=str)]


class Answer(BaseModel):
    """Base of all answers: nothing that is not named here gets out."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class Taken(Answer):
    """How many were taken in, and how many were older than what is held."""

    taken: int
    unchanged: int


class Added(Answer):
    """How many codes are new, and how many were known already."""

    added: int
    known: int


class Line(Answer):
    """One line of an order."""

    id: str
    product_id: str | None
    variant_id: str | None
    title: str
    quantity: int
    price: Amount
    source: str | None
    kept: int | None


class Milestone(Answer):
    """Something that happened to a parcel."""

    id: str
    kind: str
    happened_at: datetime
    place: str | None


class Packed(Answer):
    """How many pieces of an order's line lie in a parcel."""

    line_id: str
    quantity: int


class Shipment(Answer):
    """One parcel."""

    id: str
    carrier: str | None
    tracking_number: str | None
    status: str
    created_at: datetime
    updated_at: datetime
    expected_on: date | None
    delivered_at: datetime | None
    milestones: list[Milestone]
    lines: list[Packed] | None


class Shipments(Answer):
    """The parcels of one order."""

    shipments: list[Shipment]


class Order(Answer):
    """An order without the person who placed it."""

    id: str
    number: str
    country: str | None
    currency: str
    total: Amount
    discount: Amount
    codes: list[str]
    paid: bool
    placed_at: datetime
    updated_at: datetime
    cancelled_at: datetime | None
    lines: list[Line]
    shipments: list[Shipment]


class Option(Answer):
    """One thing that a shopper chooses."""

    name: str
    value: str


class Measure(Answer):
    """What the price per unit is worked out from, in the unit that it is told in."""

    amount: Amount
    unit: str
    per: Amount
    per_unit: str


class Variant(Answer):
    """One form of a product."""

    id: str
    title: str
    price: Amount
    compare_at: Amount | None
    unit_cost: Amount | None
    available: bool
    options: list[Option]
    measure: Measure | None


class Product(Answer):
    """A product."""

    id: str
    title: str
    url: str
    image_url: str | None
    kind: str
    published: bool
    updated_at: datetime
    variants: list[Variant]
    tags: list[str]
    categories: list[str]
    accessories: list[str]
    alternatives: list[str]
    rating: Amount | None


class Codes(Answer):
    """The stock of voucher codes; `low`: a fifth of the last filling or less is left."""

    free: int
    low: bool


class Tag(Answer):
    """Whether the script tag was seen."""

    looked_at: datetime | None
    found_on: list[str]


class State(Answer):
    """What Bleib knows of the shop."""

    shop: str
    domain: str
    orders: int
    products: int
    voucher_codes: Codes
    tag: Tag
    old_secret_until: datetime | None


class Subscriber(Answer):
    """Somebody who confirmed; "unsubscribed" means: write no more."""

    id: int
    email: str
    state: Literal["confirmed", "unsubscribed"]
    language: str
    purposes: list[str]
    confirmed_at: datetime
    unsubscribed_at: datetime | None


class Subscribers(Answer):
    """A page of people; hand `after` in again for the next one, null on the last."""

    subscribers: list[Subscriber]
    after: int | None


class Forgotten(Answer):
    """Rows that were erased, and rows that the law wants kept, by table."""

    erased: dict[str, int]
    kept_locked: dict[str, int]


class RowProblem(Answer):
    """A row of a file that does not fit."""

    row: int
    column: str
    code: str


class Import(Answer):
    """A file that was handed in: what is read of it, and what of that is taken in already."""

    id: int
    kind: str
    state: Literal["checked", "running", "done", "dropped"]
    rows: int
    good: int
    taken: int
    problem_count: int
    problems: list[RowProblem]


class Problem(Answer):
    """One field that does not fit, in words."""

    field: str
    code: str
    de: str
    en: str


class Problems(Answer):
    """Why a call was refused; `problems` names the fields, at most twenty."""

    error: str
    de: str
    en: str
    field: str | None = None
    problems: list[Problem] | None = None


def import_values(found: HandedIn) -> dict[str, Any]:
    """Return the public part of a file's state."""
    return {
        "id": found.id,
        "kind": found.kind,
        "state": found.state,
        "rows": found.rows,
        "good": found.good,
        "taken": found.taken,
        "problem_count": found.problem_count,
        "problems": found.problems,
    }
