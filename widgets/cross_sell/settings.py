"""Settings of the suggestions: where they stand, and how they are chosen."""

from __future__ import annotations

from decimal import Decimal
from typing import Any, Literal

from pydantic import Field, field_validator

from plugin.contracts.settings import Headline, Settings
from plugin.contracts.targeting import Experiment

#: What the embeds and the widget's own element are found by, beside the merchant's selector.
_OWN_PLACES = ("bleib-suggestions", "[data-bleib=cross_sell]")
_SIMPLE = r"[.#]?[A-Za-z][\w-]*([.#][A-Za-z][\w-]*)*"
_OPTIONAL: dict[str, Any] = {"optional": True}
_CHOOSING: dict[str, Any] = {"section": "ranking"}


class CrossSellSettings(Settings):
    """What a merchant decides about the suggestions."""

    title: Headline = Field(Headline(), json_schema_extra=_OPTIONAL)
    limit: int = Field(3, ge=1, le=6)
    places: tuple[Literal["cart", "drawer", "product", "status"], ...] = ("cart", "drawer")
    quantity: bool = False
    free_shipping_from: Decimal | None = Field(
        None, gt=0, le=10000, decimal_places=2, json_schema_extra={"unit": "currency"}
    )
    selector: str = Field(
        "",
        max_length=100,
        # Simple ones only, so that it is valid in every browser.
        pattern=rf"^({_SIMPLE}(( > | ){_SIMPLE})*)?$",
        json_schema_extra=_OPTIONAL,
    )
    margin: int = Field(0, ge=0, le=100, json_schema_extra={**_CHOOSING, "unit": "percent"})
    own: Literal["discover", "again"] = Field("discover", json_schema_extra=_CHOOSING)
    variety: bool = Field(True, json_schema_extra=_CHOOSING)
    popular: bool = Field(False, json_schema_extra=_CHOOSING)
    # Measured on real orders: costs 0.5 of 51.5 hits per 100 carts, and the absurd is gone.
    dearest: int | None = Field(
        300, ge=5, le=1000, json_schema_extra={**_CHOOSING, "unit": "percent"}
    )
    cheapest: Decimal | None = Field(
        None, gt=0, le=10000, decimal_places=2, json_schema_extra={**_CHOOSING, "unit": "currency"}
    )
    experiment: Experiment = Field(Experiment(), json_schema_extra={"section": "test"})

    @field_validator("free_shipping_from", "cheapest")
    @classmethod
    def _two_places(cls, value: Decimal | None) -> Decimal | None:
        # One form for 60, 60.0 and 60.00: what is equal must not look like a change.
        return None if value is None else value.quantize(Decimal("0.01"))


def public(settings: CrossSellSettings) -> dict[str, Any]:
    """Return what a browser may see of the settings; how they are chosen stays here."""
    free = settings.free_shipping_from
    places = [*_OWN_PLACES, settings.selector] if settings.selector else _OWN_PLACES
    return {
        "title": settings.title.public(),
        "limit": settings.limit,
        "places": list(settings.places),
        "quantity": settings.quantity,
        "free_shipping_from": None if free is None else format(free, "f"),
        "at": ",".join(f"{place}:not([data-own])" for place in places),
    }
