"""What a merchant puts into parcels: a printed greeting, and now and then a small surprise."""

from __future__ import annotations

from decimal import Decimal
from typing import Literal

from pydantic import Field

from plugin.contracts.service import NextVoucher
from plugin.contracts.settings import ByLanguage, Headline, Settings


class Greeting(ByLanguage):
    """What a flyer says, in a few sentences, by language."""

    de: str = Field("", max_length=400)
    en: str = Field("", max_length=400)


class Surprise(Settings):
    """Who finds a small present in the parcel, within what it may cost in a month.

    `one_in`: about one of so many orders, drawn by lot; 0: none. `first`: whoever orders for the
    first time. `trouble`: whoever orders again after a delivery that went wrong.
    """

    gift: str = Field("", max_length=60)
    cost: Decimal = Field(Decimal(2), ge=0, le=1000, decimal_places=2)
    budget: Decimal = Field(Decimal(0), ge=0, le=100_000, decimal_places=2)
    one_in: int = Field(0, ge=0, le=1000)
    first: bool = False
    trouble: bool = False


class Inserts(Settings):
    """The flyer of a shop; empty texts are Bleib's own."""

    size: Literal["A6", "A5"] = "A6"
    heading: Headline = Headline()
    greeting: Greeting = Greeting()
    voucher: NextVoucher = NextVoucher()
    surprise: Surprise = Surprise()
