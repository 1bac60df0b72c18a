"""What a shop of its own tells us: strict shapes, the same for the API and for CSV files."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Annotated, Any, Literal

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, field_validator, model_validator
from pydantic_core import PydanticCustomError

from plugin.errors import InvalidFieldError
from plugin.model import Milestone, Order, OrderLine, Shipment, ShippedLine
from plugin.model.origins import MOST_CHANNEL, arms_of_note, channel_of
from plugin.services.identity import clean_email

#: Most things in one call.
MOST = 100
_FIRST, _LAST = datetime(2000, 1, 1, tzinfo=UTC), datetime(2100, 1, 1, tzinfo=UTC)

#: Ids are ours to put into addresses and keys: letters, digits and . _ ~ - after the first sign.
ID_PATTERN = r"^[A-Za-z0-9][A-Za-z0-9._~-]*$"
Id = Annotated[str, Field(min_length=1, max_length=40, pattern=ID_PATTERN, examples=["2026-1007"])]
#: A parcel's key holds the order's id too.
PartId = Annotated[str, Field(min_length=1, max_length=39, pattern=ID_PATTERN, examples=["1"])]
Amount = Annotated[
    Decimal, Field(ge=0, le=9_999_999, max_digits=12, decimal_places=4, examples=["19.90"])
]
Currency = Annotated[str, Field(pattern=r"^[A-Z]{3}$", examples=["EUR"])]
Country = Annotated[str, Field(pattern=r"^[A-Z]{2}$", examples=["DE"])]
Moment = Annotated[AwareDatetime, Field(examples=["2026-11-21T09:00:00Z"])]
Status = Literal[
    "label_printed", "handed_over", "in_transit", "customs", "delayed", "held", "address_problem",
    "out_for_delivery", "attempted_delivery", "failure", "ready_for_pickup", "delivered",
    "picked_up", "returning", "returned", "damaged", "lost", "cancelled",
]  # fmt: skip


class Told(BaseModel):
    """Base of all shapes: unknown fields and loose types are refused, times are believable."""

    model_config = ConfigDict(strict=True, extra="forbid", frozen=True)

    @field_validator("*", mode="after")
    @classmethod
    def _believable(cls, value: Any) -> Any:  # noqa: ANN401 - whatever the field holds
        if isinstance(value, datetime) and not _FIRST <= value <= _LAST:
            raise PydanticCustomError("time_range", "between 2000 and 2100")
        return value


class LineIn(Told):
    """One line of an order."""

    id: Id
    product_id: Id | None = None
    variant_id: Id | None = None
    title: str = Field(max_length=300, examples=["Teeschale Ruß"])
    quantity: int = Field(ge=1, le=100_000, examples=[1])
    price: Amount = Field(description="Price of one piece.")
    source: str | None = Field(
        None,
        max_length=80,
        pattern=r"^[a-z_]+:[0-9]+(:[a-z0-9]{1,8})?$",
        examples=["cross_sell:3:o"],
        description="What a widget handed to `bleib.cart.add` as `_bleib`; null otherwise.",
    )
    kept: int | None = Field(
        None, ge=0, le=100_000, description="Pieces that were not returned; null if unknown."
    )


class MilestoneIn(Told):
    """Something that happened to a parcel."""

    id: PartId
    kind: Status
    happened_at: Moment
    place: str | None = Field(None, max_length=120)


class PackedIn(Told):
    """How many pieces of an order's line lie in a parcel."""

    line_id: Id
    quantity: int = Field(ge=1, le=100_000, examples=[1])


class ShipmentIn(Told):
    """One parcel of an order."""

    id: PartId
    carrier: str | None = Field(None, max_length=80, examples=["DHL"])
    tracking_number: str | None = Field(None, max_length=80)
    status: Status = "in_transit"
    created_at: Moment
    updated_at: Moment
    expected_on: date | None = None
    delivered_at: Moment | None = None
    milestones: tuple[MilestoneIn, ...] = Field((), max_length=50)
    lines: tuple[PackedIn, ...] | None = Field(
        None, max_length=200, description="What lies in it; null if you do not know."
    )

    @field_validator("lines")
    @classmethod
    def _lines_once(cls, value: tuple[PackedIn, ...] | None) -> tuple[PackedIn, ...] | None:
        check_once([line.line_id for line in value or ()])
        return value

    def to_model(self, order_id: str) -> Shipment:
        """Return the parcel under a key that no other order can have."""
        return Shipment(
            id=f"{order_id}/{self.id}",
            carrier=self.carrier,
            tracking_number=self.tracking_number,
            tracking_url=None,
            status=self.status,
            created_at=self.created_at,
            updated_at=self.updated_at,
            expected_on=self.expected_on,
            delivered_at=self.delivered_at,
            milestones=tuple(
                Milestone(mark.id, mark.kind, mark.happened_at, mark.place)
                for mark in self.milestones
            ),
            lines=None
            if self.lines is None
            else tuple(ShippedLine(line.line_id, line.quantity) for line in self.lines),
        )


class OrderIn(Told):
    """One order as it is now."""

    id: Id
    number: str = Field(
        min_length=1, max_length=40, examples=["1007"], description="What the shopper knows it by."
    )
    email: str | None = Field(None, max_length=254, examples=["mara@example.com"])
    postcode: str | None = Field(None, max_length=20, examples=["78462"])
    country: Country | None = None
    customer_id: Id | None = None
    currency: Currency
    total: Amount = Field(description="What is paid, discounts taken off.")
    discount: Amount = Decimal(0)
    codes: tuple[Annotated[str, Field(min_length=1, max_length=80)], ...] = Field(
        (), max_length=10, description="Voucher codes of the order."
    )
    paid: bool = True
    placed_at: Moment
    updated_at: Moment = Field(
        description="Time of the last change: what is older than what we hold is left alone."
    )
    cancelled_at: Moment | None = None
    lines: tuple[LineIn, ...] = Field(max_length=200)
    shipments: tuple[ShipmentIn, ...] | None = Field(
        None, max_length=50, description="All parcels of the order; null leaves them as they are."
    )
    arms: str | None = Field(
        None,
        max_length=1000,
        pattern=r"^[0-9a-z.,-]*$",
        examples=["0.10a,33.4b"],
        description="The note that `bleib.cart.note` was handed or `bleib.note()` returned.",
    )
    channel: str | None = Field(
        None,
        max_length=MOST_CHANNEL,
        examples=["google / cpc"],
        description="What brought the customer, in a few words: no address, no id of a click.",
    )

    @field_validator("email")
    @classmethod
    def _deliverable(cls, value: str | None) -> str | None:
        if value is None:
            return None
        try:
            return clean_email(value)
        except InvalidFieldError:
            raise PydanticCustomError("email_invalid", "no mail address") from None

    @model_validator(mode="after")
    def _ids_once(self) -> OrderIn:
        for items in (self.lines, self.shipments or ()):
            check_once([item.id for item in items])
        return self

    def to_model(self) -> Order:
        """Return the order for the use cases."""
        parcels = self.shipments
        return Order(
            id=self.id,
            number=self.number,
            email=self.email,
            postcode=self.postcode,
            country=self.country,
            customer_id=self.customer_id,
            currency=self.currency,
            total=self.total,
            discount=self.discount,
            codes=self.codes,
            paid=self.paid,
            created_at=self.placed_at,
            updated_at=self.updated_at,
            cancelled_at=self.cancelled_at,
            lines=tuple(OrderLine(**line.model_dump()) for line in self.lines),
            shipments=None if parcels is None else tuple(p.to_model(self.id) for p in parcels),
            arms=arms_of_note(self.arms),
            channel=channel_of(*(self.channel or "").split(" / ", 1)),
        )


class CodesIn(Told):
    """Voucher codes of one worth, with the conditions that your shop holds them to."""

    codes: tuple[Annotated[str, Field(min_length=3, max_length=40, pattern=r"^[!-~]+$")], ...] = (
        Field(min_length=1, max_length=1000, examples=[["WILLKOMMEN-7F3K"]])
    )
    kind: Literal["amount", "percent"]
    value: Annotated[Decimal, Field(gt=0, le=1000, decimal_places=2, examples=["5.00"])]
    minimum: Annotated[Decimal, Field(gt=0, le=10_000, decimal_places=2)] | None = Field(
        None, description="From which order value your shop takes them."
    )
    ends_at: Moment | None = Field(None, description="Until when your shop takes them.")

    @model_validator(mode="after")
    def _sensible(self) -> CodesIn:
        if self.kind == "percent" and self.value > 100:
            raise PydanticCustomError("percent_range", "at most 100 percent")
        return self


def check_once(ids: list[str]) -> None:
    """Refuse a list that names the same id twice."""
    if len(set(ids)) != len(ids):
        raise PydanticCustomError("id_twice", "the same id twice")
