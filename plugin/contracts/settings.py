"""What the settings of widgets are made of: strict models, texts by language, the voucher."""

from __future__ import annotations

from decimal import Decimal
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationInfo, field_validator
from pydantic_core import PydanticCustomError

#: A voucher of more than this share (in percent) is a slip of the finger, not an offer.
MOST_PERCENT = 50
#: Nothing but https, or a path of the shop: it becomes a link in a mail.
_PAGE = r"^(https://[^\s<>\"'\\]+|/([^\s/<>\"'\\][^\s<>\"'\\]*)?)?$"


class Settings(BaseModel):
    """Base of all settings: unknown fields and loose types are refused.

    A field says in `json_schema_extra` what the form needs beside type and limits: `section`
    (content, voucher, design, when, who, test), `unit` (days, seconds, percent, currency),
    `optional` (may be left empty), `needs` (the values of another field with which alone it
    matters) and `like` (a group whose fields are called as those of the named one beside it).
    Everything has a default, so that settings of an earlier version still load.
    """

    model_config = ConfigDict(strict=True, extra="forbid", frozen=True)


class ByLanguage(Settings):
    """A text of the merchant in each language of the shop; empty where Bleib's own text stands."""

    de: str = ""
    en: str = ""

    @property
    def empty(self) -> bool:
        """Tell whether the merchant left it to Bleib in every language."""
        return not self.de.strip() and not self.en.strip()

    def public(self) -> dict[str, str] | None:
        """Return what the storefront gets: the written languages, None for Bleib's own text."""
        written = {"de": self.de.strip(), "en": self.en.strip()}
        return {language: text for language, text in written.items() if text} or None


class Headline(ByLanguage):
    """A short text by language: one line on a phone."""

    de: str = Field("", max_length=60)
    en: str = Field("", max_length=60)


class Paragraph(ByLanguage):
    """A text of a few sentences by language."""

    de: str = Field("", max_length=240)
    en: str = Field("", max_length=240)


class Thanks(Settings):
    """What somebody gets who has ordered before, in place of the voucher: never a discount."""

    kind: Literal["plain", "early_access", "gift", "content"] = "plain"
    what: Headline = Field(
        Headline(), json_schema_extra={"needs": {"kind": ["early_access", "gift", "content"]}}
    )
    url: str = Field(
        "",
        max_length=500,
        pattern=_PAGE,
        json_schema_extra={"optional": True, "needs": {"kind": ["early_access", "content"]}},
    )


class Voucher(Settings):
    """The welcome voucher that a confirmed sign-up asks the discount guard for."""

    enabled: bool = True
    kind: Literal["amount", "percent"] = "amount"
    value: Decimal = Field(
        Decimal("5.00"), gt=0, le=1000, decimal_places=2, json_schema_extra={"unit": "kind"}
    )
    minimum: Decimal = Field(
        Decimal("40.00"), ge=0, le=10000, decimal_places=2, json_schema_extra={"unit": "currency"}
    )
    days: int = Field(30, ge=7, le=365, json_schema_extra={"unit": "days"})
    exclusions: Paragraph = Field(Paragraph(), json_schema_extra={"optional": True})
    # As the merchant writes them: an address, a number or an id; services/excluding.py knows.
    excluded_products: tuple[Annotated[str, Field(min_length=1, max_length=300)], ...] = Field(
        (), max_length=50, json_schema_extra={"optional": True}
    )
    thanks: Thanks = Thanks()

    @field_validator("value")
    @classmethod
    def _percent_has_a_ceiling(cls, value: Decimal, info: ValidationInfo) -> Decimal:
        if info.data.get("kind") == "percent" and value > MOST_PERCENT:
            raise PydanticCustomError(
                "less_than_equal", "at most {le} percent", {"le": MOST_PERCENT}
            )
        return value

    @field_validator("value", "minimum")
    @classmethod
    def _two_places(cls, value: Decimal) -> Decimal:
        # One form for 40, 40.0 and 40.00: what is equal must not look like a change.
        return value.quantize(Decimal("0.01"))

    def public(self) -> dict[str, Any]:
        """Return the conditions that stand beside the offer."""
        return {
            "enabled": self.enabled,
            "kind": self.kind,
            "value": format(self.value, "f"),
            "minimum": format(self.minimum, "f"),
            "days": self.days,
            "exclusions": self.exclusions.public(),
        }
