"""What holds for all widgets of a shop: its look, and how often shoppers may be interrupted."""

from __future__ import annotations

import re
from typing import Any, Literal

from pydantic import Field, field_validator

from plugin.contracts.settings import Settings

_COLOUR = r"^(#[0-9a-f]{6})?$"
_FAMILY = r"""("[\w .-]+"|'[\w .-]+'|[\w-]+( [\w-]+)*)"""
# A font stack as a style sheet has it, without anything that could end the declaration.
_FONT = rf"^({_FAMILY}(, ?{_FAMILY})*)?$"


class Look(Settings):
    """What a merchant fixed of the look; what is empty is read from the shop's own page."""

    accent: str = Field("", pattern=_COLOUR)
    on: str = Field("", pattern=_COLOUR)
    surface: str = Field("", pattern=_COLOUR)
    ink: str = Field("", pattern=_COLOUR)
    link: str = Field("", pattern=_COLOUR)
    radius: int | None = Field(None, ge=0, le=24)
    font: str = Field("", max_length=200, pattern=_FONT)
    head_font: str = Field("", max_length=200, pattern=_FONT)
    size: int | None = Field(None, ge=14, le=20)
    button_height: int | None = Field(None, ge=32, le=64)

    @field_validator("accent", "on", "surface", "ink", "link", mode="before")
    @classmethod
    def _six_digits(cls, value: Any) -> Any:  # noqa: ANN401 - whatever was stored
        """One form for #FFF, fff and #ffffff."""
        if not isinstance(value, str):
            return value
        digits = value.strip().lower().removeprefix("#")
        if len(digits) == 3:
            digits = "".join(digit * 2 for digit in digits)
        return f"#{digits}" if digits else ""

    def public(self) -> dict[str, str | int]:
        """Return the tokens that are fixed; none of them: the page alone decides."""
        return {name: value for name, value in self if value not in ("", None)}


class Manners(Settings):
    """How often one shopper may be interrupted, over all widgets together."""

    cooldown_days: int = Field(7, ge=1, le=90)
    most: int = Field(3, ge=1, le=10)
    most_days: int = Field(30, ge=7, le=365)
    #: After a sign-up or a purchase nothing opens by itself for so long.
    quiet_days: int = Field(30, ge=7, le=365)
    #: Also a refusal is remembered only with consent.
    strict: bool = False


class Consent(Settings):
    """Whose customs a shop follows when it asks for consent, and what it keeps as proof."""

    #: auto: as the shop's own locale tells.
    country: Literal["auto", "DE", "AT", "CH", "EU"] = "auto"
    #: Where else the shop sells to: of all of them the strictest periods hold.
    sells_to: tuple[Literal["DE", "AT", "CH", "EU"], ...] = ()
    #: None: as the country has it.
    confirm_days: int | None = Field(None, ge=2, le=14, json_schema_extra={"unit": "days"})
    proof_years: int | None = Field(None, ge=1, le=10)
    net_address: bool = False


class Notices(Settings):
    """At which milestones Bleib writes to shoppers; at none until the merchant said who does."""

    answered: bool = False
    received: bool = False
    on_its_way: bool = False
    delayed: bool = False
    arriving: bool = False
    pick_up: bool = False
    delivered: bool = False


class DeliveryPromise(Settings):
    """Within how many open days an order arrives, by country; nothing promised where none is set.

    `country` and `region` (ISO 3166-2 without the country) are where parcels are sent from;
    orders from `until_hour` on count as the next open day's.
    """

    country: Literal["DE", "AT", "CH"] = "DE"
    region: str | None = Field(None, pattern=r"^[A-Z0-9]{1,2}$")
    until_hour: int = Field(12, ge=0, le=24)
    #: Fewest and most open days by country of delivery, "*" for all others.
    days: dict[str, tuple[int, int]] = Field(default_factory=dict, max_length=60)

    @field_validator("days")
    @classmethod
    def _in_order(cls, days: dict[str, tuple[int, int]]) -> dict[str, tuple[int, int]]:
        for country, (first, last) in days.items():
            if not (re.fullmatch(r"[A-Z]{2}|\*", country) and 0 <= first <= last <= 60):
                raise ValueError("days")
        return days

    def days_to(self, country: str | None) -> tuple[int, int] | None:
        """Return fewest and most open days to a country."""
        return self.days.get(country or self.country) or self.days.get("*")
