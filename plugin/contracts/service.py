"""What a merchant says about service: opening hours, how fast they answer, what follows."""

from __future__ import annotations

from datetime import date, time
from decimal import Decimal
from typing import Literal

from pydantic import Field, model_validator
from pydantic_core import PydanticCustomError

from plugin.contracts.settings import MOST_PERCENT, Settings

#: Most stretches of days on which nobody answers, beside the public holidays.
MOST_PAUSES = 6


class Opening(Settings):
    """When messages are answered on one day of the week, in the shop's zone."""

    start: time
    end: time

    @model_validator(mode="after")
    def _in_order(self) -> Opening:
        if self.end <= self.start:
            raise PydanticCustomError("opening_order", "closes before it opens")
        return self


class Pause(Settings):
    """A stretch of days, both included, on which nobody answers."""

    start: date
    end: date

    @model_validator(mode="after")
    def _in_order(self) -> Pause:
        if self.end < self.start:
            raise PydanticCustomError("pause_order", "ends before it starts")
        return self


class NextVoucher(Settings):
    """A voucher for the next order: the thanks after a delivery, or printed on a flyer."""

    enabled: bool = False
    kind: Literal["amount", "percent"] = "amount"
    value: Decimal = Field(Decimal(5), gt=0, le=10_000, decimal_places=2)
    minimum: Decimal = Field(Decimal(0), ge=0, le=100_000, decimal_places=2)
    days: int = Field(60, ge=7, le=365)

    @model_validator(mode="after")
    def _sane(self) -> NextVoucher:
        if self.kind == "percent" and self.value > MOST_PERCENT:
            raise PydanticCustomError("percent_limit", "too much")
        return self


class Service(Settings):
    """How a shop serves; without opening hours nothing is promised.

    `week` has an entry for each day, Monday first; None: closed. `hours` are those within which
    nine of ten messages are to be answered, counted while it is open. Public holidays are those
    of the place that parcels are sent from (DeliveryPromise).
    """

    week: tuple[Opening | None, ...] = Field((None,) * 7, min_length=7, max_length=7)
    hours: int = Field(2, ge=1, le=40)
    pauses: tuple[Pause, ...] = Field((), max_length=MOST_PAUSES)
    #: Whether shoppers are asked how the delivery was.
    asks: bool = True
    #: Where shoppers may write a review; "": nobody is asked for one.
    review: str = Field("", max_length=500, pattern=r"^(https://[^\s<>\"'\\]+)?$")
    thanks: NextVoucher = NextVoucher()

    @property
    def opens(self) -> bool:
        """Tell whether there is any time at which messages are answered."""
        return any(self.week)
