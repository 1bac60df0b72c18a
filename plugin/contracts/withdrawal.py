"""What a merchant sets about withdrawing: the period, the way back, what the law leaves out."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from plugin.contracts.settings import Paragraph, Settings

#: Less than this no shop may give (Art. 9 of Directive 2011/83/EU, § 355 (2) BGB, § 11 FAGG).
LEAST_DAYS = 14


class Withdrawal(Settings):
    """The rules of one shop; without the merchant they are what the law asks for and no more."""

    days: int = Field(LEAST_DAYS, ge=LEAST_DAYS, le=365, json_schema_extra={"unit": "days"})
    #: From receipt on; 0: the shop takes nothing back of its own will.
    voluntary_days: int = Field(0, ge=0, le=365, json_schema_extra={"unit": "days"})
    pays: Literal["shopper", "shop"] = "shopper"
    how: Paragraph = Field(Paragraph(), json_schema_extra={"optional": True})
    # As the merchant writes them: an address, a number or an id; services/excluding.py knows.
    excluded: tuple[Annotated[str, Field(min_length=1, max_length=300)], ...] = Field(
        (), max_length=100, json_schema_extra={"optional": True}
    )
    excluded_why: Paragraph = Field(Paragraph(), json_schema_extra={"optional": True})
