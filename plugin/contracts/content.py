"""What a campaign shows beside its texts: picture, link, the shop's own facts, its service."""

from __future__ import annotations

from decimal import Decimal
from typing import Any, Literal

from pydantic import Field, model_validator
from pydantic_core import PydanticCustomError

from plugin.contracts.settings import ByLanguage, Headline, Paragraph, Settings
from plugin.contracts.targeting import OptionalAmount

#: Nothing but https: what is typed here becomes an address in the shop and in our own preview.
_HTTPS = r"https://[^\s<>\"'\\]+"
_PATH = r"/([^\s/<>\"'\\][^\s<>\"'\\]*)?"


class Name(ByLanguage):
    """A very short text by language: the label of a button, the name of a country."""

    de: str = Field("", max_length=30)
    en: str = Field("", max_length=30)


class Picture(Settings):
    """A picture above the words; its place is kept free by its ratio while it loads."""

    url: str = Field("", max_length=500, pattern=rf"^({_HTTPS})?$")
    alt: Headline = Headline()
    ratio: Literal["16/9", "3/2", "1/1"] = "3/2"

    def public(self) -> dict[str, Any] | None:
        """Return what a browser may see, None without a picture."""
        if not self.url:
            return None
        return {"url": self.url, "alt": self.alt.public(), "ratio": self.ratio}


class Link(Settings):
    """A button that leads to another page of the shop."""

    label: Name = Name()
    url: str = Field("", max_length=500, pattern=rf"^({_HTTPS}|{_PATH})?$")

    def public(self) -> dict[str, Any] | None:
        """Return what a browser may see, None without an address."""
        return {"label": self.label.public(), "url": self.url} if self.url else None


class Shipping(Settings):
    """What sending costs."""

    enabled: bool = False
    country: Name = Name()
    cost: Decimal = Field(
        Decimal("4.90"), ge=0, le=1000, decimal_places=2, json_schema_extra={"unit": "currency"}
    )
    free_from: OptionalAmount = Field(
        None, gt=0, le=10000, decimal_places=2, json_schema_extra={"unit": "currency"}
    )

    def public(self) -> dict[str, Any] | None:
        """Return what a browser may see, None if the shop says nothing about it."""
        if not self.enabled:
            return None
        free = None if self.free_from is None else format(self.free_from, "f")
        return {
            "country": self.country.public(),
            "cost": format(self.cost.quantize(Decimal("0.01")), "f"),
            "free_from": free,
        }


class Delivery(Settings):
    """How long a parcel takes, in working days; ordered before the hour it leaves the same day."""

    enabled: bool = False
    cutoff: str = Field("14:00", pattern=r"^([01]\d|2[0-3]):[0-5]\d$")
    min_days: int = Field(1, ge=0, le=60, json_schema_extra={"unit": "days"})
    max_days: int = Field(3, ge=0, le=60, json_schema_extra={"unit": "days"})

    @model_validator(mode="after")
    def _in_order(self) -> Delivery:
        if self.max_days < self.min_days:
            raise PydanticCustomError("days_reversed", "the longest is shorter than the shortest")
        return self

    def public(self) -> dict[str, Any] | None:
        """Return what a browser may see, None if the shop says nothing about it."""
        if not self.enabled:
            return None
        return {"cutoff": self.cutoff, "min_days": self.min_days, "max_days": self.max_days}


class Returns(Settings):
    """Until when goods may be sent back, and whether that is free of charge."""

    enabled: bool = False
    #: The law gives every consumer 14 days.
    days: int = Field(30, ge=14, le=365, json_schema_extra={"unit": "days"})
    free: bool = False

    def public(self) -> dict[str, Any] | None:
        """Return what a browser may see, None if the shop says nothing about it."""
        return {"days": self.days, "free": self.free} if self.enabled else None


class Facts(Settings):
    """What the shop itself says about itself: the answers to a shopper's question."""

    shipping: Shipping = Shipping()
    delivery: Delivery = Delivery()
    returns: Returns = Returns()
    size: Paragraph = Field(Paragraph(), json_schema_extra={"optional": True})

    @property
    def known(self) -> int:
        """Return how many questions have an answer."""
        public = self.public()
        return sum(public[name] is not None for name in public)

    def public(self) -> dict[str, Any]:
        """Return what a browser may see; None where the shop says nothing."""
        return {
            "shipping": self.shipping.public(),
            "delivery": self.delivery.public(),
            "returns": self.returns.public(),
            "size": self.size.public(),
        }


class Service(Settings):
    """How to reach a person in the shop, and what they promise."""

    phone: str = Field("", max_length=40, pattern=r"^[+0-9 ()/.-]*$")
    email: str = Field("", max_length=254, pattern=r"^([^\s@<>\"']+@[^\s@<>\"']+\.[^\s@<>\"']+)?$")
    hours: Headline = Field(Headline(), json_schema_extra={"optional": True})
    promise: Paragraph = Field(Paragraph(), json_schema_extra={"optional": True})

    def public(self) -> dict[str, Any] | None:
        """Return what a browser may see, None without any way to reach somebody."""
        if not (self.phone.strip() or self.email):
            return None
        return {
            "phone": self.phone.strip() or None,
            "email": self.email or None,
            "hours": self.hours.public(),
            "promise": self.promise.public(),
        }
