"""When, to whom and to how many of them a campaign is shown: settings that campaigns share."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from decimal import Decimal
from typing import Annotated, Any, Literal
from urllib.parse import urlsplit

from pydantic import (
    AfterValidator,
    AwareDatetime,
    BeforeValidator,
    Field,
    StringConstraints,
    field_validator,
    model_validator,
)
from pydantic_core import PydanticCustomError

from plugin.contracts.settings import Settings

#: The most patterns of one list; a page has to try them all.
MOST_PATTERNS = 20
#: Where nothing ever opens, whatever the rules say, is no choice: checkout, thank-you, order.
PageType = Literal["home", "collection", "product", "cart", "search", "account", "other"]
Device = Literal["phone", "tablet", "desktop"]
#: Everybody, only those, all but those.
Whom = Literal["all", "only", "not"]


def _path_of(pattern: Any) -> Any:  # noqa: ANN401 - whatever was stored
    """A merchant copies the whole address; what counts is the path in it."""
    if isinstance(pattern, str) and re.match(r"https?://", pattern.strip()):
        address = urlsplit(pattern.strip())
        return (address.path or "/") + (f"?{address.query}" if address.query else "")
    return pattern


_Written = StringConstraints(
    strip_whitespace=True, min_length=1, max_length=200, pattern=r"^[^\s\x00-\x1f]+$"
)
UrlPattern = Annotated[
    str,
    BeforeValidator(_path_of),
    _Written,
    StringConstraints(pattern=r"^[/*]"),
]
Pattern = Annotated[str, _Written]


def _in_cents(value: Decimal | None) -> Decimal | None:
    # One form for 40, 40.0 and 40.00: what is equal must not look like a change.
    return None if value is None else value.quantize(Decimal("0.01"))


#: An amount in the shop's currency that may be left empty.
OptionalAmount = Annotated[Decimal | None, AfterValidator(_in_cents)]


class Trigger(Settings):
    """What opens a campaign: moments, any of which is enough, and what has to be true with them."""

    desktop: bool = True
    phone: bool = True
    returned: bool = False
    idle_seconds: int | None = Field(None, ge=10, le=600, json_schema_extra={"unit": "seconds"})
    click: str = Field("", max_length=200, json_schema_extra={"optional": True})
    event: str = Field(
        "", max_length=60, pattern=r"^[A-Za-z0-9:_.-]*$", json_schema_extra={"optional": True}
    )
    after_seconds: int | None = Field(None, ge=5, le=600, json_schema_extra={"unit": "seconds"})
    scrolled: int | None = Field(None, ge=5, le=100, json_schema_extra={"unit": "percent"})
    views: int | None = Field(None, ge=2, le=50)
    cart_value: OptionalAmount = Field(
        None, gt=0, le=10000, decimal_places=2, json_schema_extra={"unit": "currency"}
    )
    #: "any": a moment or one of the rest is enough. "all": a moment counts when all the rest holds.
    match: Literal["any", "all"] = "any"
    min_seconds: int = Field(5, ge=3, le=120, json_schema_extra={"unit": "seconds"})

    @field_validator("click", "event")
    @classmethod
    def _trimmed(cls, value: str) -> str:
        return value.strip()


class Who(Settings):
    """One group of an audience: a shopper belongs to it to whom everything that is set applies."""

    urls: tuple[UrlPattern, ...] = Field((), max_length=MOST_PATTERNS)
    not_urls: tuple[UrlPattern, ...] = Field((), max_length=MOST_PATTERNS)
    pages: tuple[PageType, ...] = ()
    devices: tuple[Device, ...] = ()
    languages: tuple[Literal["de", "en"], ...] = ()
    referrers: tuple[Pattern, ...] = Field((), max_length=MOST_PATTERNS)
    utm_source: str = Field("", max_length=100)
    utm_medium: str = Field("", max_length=100)
    utm_campaign: str = Field("", max_length=100)
    visitor: Literal["all", "new", "returning"] = "all"
    subscribers: Whom = "all"
    customers: Whom = "all"
    cart: Literal["all", "filled", "empty"] = "all"
    cart_min: OptionalAmount = Field(
        None, ge=0, le=10000, decimal_places=2, json_schema_extra={"unit": "currency"}
    )
    cart_max: OptionalAmount = Field(
        None, ge=0, le=10000, decimal_places=2, json_schema_extra={"unit": "currency"}
    )
    cart_products: tuple[Pattern, ...] = Field((), max_length=MOST_PATTERNS)

    @field_validator("pages", "devices", "languages")
    @classmethod
    def _each_once(cls, value: tuple[str, ...]) -> tuple[str, ...]:
        return tuple(dict.fromkeys(value))

    @field_validator("utm_source", "utm_medium", "utm_campaign")
    @classmethod
    def _trimmed(cls, value: str) -> str:
        return value.strip()

    @property
    def empty(self) -> bool:
        """Tell whether the group says nothing."""
        return self == Who()


class Audience(Settings):
    """Up to three groups; a shopper of any of them is meant. Nothing set: everybody."""

    first: Who = Who()
    second: Who = Field(Who(), json_schema_extra={"like": "first"})
    third: Who = Field(Who(), json_schema_extra={"like": "first"})

    @property
    def groups(self) -> tuple[Who, ...]:
        """Return the groups that say something."""
        return tuple(group for group in (self.first, self.second, self.third) if not group.empty)


class Schedule(Settings):
    """From when until when, on which weekdays (1 is Monday) and at which hours of the shop."""

    starts: AwareDatetime | None = None
    ends: AwareDatetime | None = None
    weekdays: tuple[Annotated[int, Field(ge=1, le=7)], ...] = ()
    hours_from: str = Field("", pattern=r"^(([01]\d|2[0-3]):[0-5]\d)?$")
    hours_to: str = Field("", pattern=r"^(([01]\d|2[0-3]):[0-5]\d)?$")

    @field_validator("starts", "ends")
    @classmethod
    def _whole_minutes(cls, value: datetime | None) -> datetime | None:
        return None if value is None else value.astimezone(UTC).replace(second=0, microsecond=0)

    @field_validator("weekdays")
    @classmethod
    def _in_order(cls, value: tuple[int, ...]) -> tuple[int, ...]:
        return tuple(sorted(set(value)))

    @model_validator(mode="after")
    def _both_hours_or_none(self) -> Schedule:
        if bool(self.hours_from) != bool(self.hours_to):
            raise PydanticCustomError("hours_incomplete", "both hours or none")
        return self


class Variant(Settings):
    """What version B does differently; a widget adds its own fields. Empty: as in version A."""

    enabled: bool = False
    #: How many of those who are shown anything see version B.
    share: int = Field(50, ge=10, le=90, json_schema_extra={"unit": "percent"})

    def public(self) -> dict[str, Any]:
        """Return the public settings that version B replaces."""
        return {}


class Experiment(Settings):
    """The share of shoppers that deliberately sees nothing: what the effect is measured against."""

    holdout: int = Field(10, ge=1, le=50, json_schema_extra={"unit": "percent"})
    #: Without a control group nobody can tell whether a campaign does anything.
    no_holdout: bool = False
