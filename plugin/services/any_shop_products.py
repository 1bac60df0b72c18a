"""Products as a shop of its own tells them: strict shapes, the same for the API and CSV files."""

from __future__ import annotations

from decimal import Decimal
from typing import Annotated

from pydantic import Field, field_validator, model_validator
from pydantic_core import PydanticCustomError

from plugin.measures import measure
from plugin.model import Measure, PlatformRelation, Product, Variant
from plugin.services.any_shop_models import Amount, Id, Moment, Told, check_once
from plugin.services.wording import page_address

Label = Annotated[str, Field(min_length=1, max_length=120)]
Unit = Annotated[str, Field(min_length=1, max_length=20)]


class OptionIn(Told):
    """One thing that a shopper chooses."""

    name: Label = Field(examples=["Größe"])
    value: Label = Field(examples=["42"])


class MeasureIn(Told):
    """What the price per unit is worked out from: 250 ml, told for 1 l."""

    amount: Annotated[Decimal, Field(gt=0, le=1_000_000, examples=["250"])]
    unit: Unit = Field(examples=["ml"])
    per: Annotated[Decimal, Field(gt=0, le=1_000_000, examples=["1"])] = Decimal(1)
    per_unit: Unit = Field(examples=["l"])

    @model_validator(mode="after")
    def _comparable(self) -> MeasureIn:
        if self.to_model() is None:
            raise PydanticCustomError("units_differ", "the units do not measure the same")
        return self

    def to_model(self) -> Measure | None:
        """Return the measure in the unit that it is told in."""
        return measure(self.amount, self.unit, self.per, self.per_unit)


class VariantIn(Told):
    """One form of a product that can be bought."""

    id: Id
    title: str = Field("", max_length=300)
    price: Amount
    compare_at: Amount | None = None
    unit_cost: Amount | None = Field(None, description="What it costs you. Never leaves Bleib.")
    available: bool = True
    options: tuple[OptionIn, ...] = Field((), max_length=5)
    measure: MeasureIn | None = None

    def to_model(self, position: int) -> Variant:
        """Return the variant for the use cases."""
        told = self.model_dump(exclude={"options", "measure"})
        return Variant(
            **told,
            position=position,
            options=tuple((one.name, one.value) for one in self.options),
            measure=None if self.measure is None else self.measure.to_model(),
        )


class ProductIn(Told):
    """One product as it is now."""

    id: Id
    title: str = Field(min_length=1, max_length=300)
    url: str = Field(max_length=600, examples=["/teeschale-russ"])
    image_url: str | None = Field(None, max_length=800)
    kind: str = Field("", max_length=120, description="Category.")
    published: bool = True
    updated_at: Moment
    variants: tuple[VariantIn, ...] = Field(min_length=1, max_length=100)
    tags: tuple[Label, ...] = Field((), max_length=50)
    categories: tuple[Label, ...] = Field(
        (), max_length=50, description="Further categories, the nearest first."
    )
    accessories: tuple[Id, ...] = Field((), max_length=50, description="Products that go with it.")
    alternatives: tuple[Id, ...] = Field(
        (), max_length=50, description="Products that may take its place."
    )
    rating: Annotated[Decimal, Field(gt=0, le=5, decimal_places=2)] | None = Field(
        None, description="What shoppers gave it, of 5."
    )

    @field_validator("url", "image_url")
    @classmethod
    def _leads_somewhere(cls, value: str | None) -> str | None:
        path = value is not None and value.startswith("/") and not value.startswith("//")
        plain = value is None or (value.isprintable() and " " not in value)
        if value is None or (plain and (path or page_address(value) is not None)):
            return value
        raise PydanticCustomError("address_invalid", "neither a path nor a web address")

    @model_validator(mode="after")
    def _ids_once(self) -> ProductIn:
        check_once([variant.id for variant in self.variants])
        return self

    def to_model(self) -> Product:
        """Return the product for the use cases."""
        return Product(
            id=self.id,
            title=self.title,
            handle=self.url.split("?", 1)[0].rstrip("/").rsplit("/", 1)[-1],
            url=self.url,
            image_url=self.image_url,
            kind=self.kind,
            published=self.published,
            updated_at=self.updated_at,
            variants=tuple(
                variant.to_model(place) for place, variant in enumerate(self.variants, start=1)
            ),
            tags=self.tags,
            categories=tuple(dict.fromkeys(filter(None, (self.kind, *self.categories)))),
            relations=(
                *(PlatformRelation("accessory", other) for other in self.accessories),
                *(PlatformRelation("alternative", other) for other in self.alternatives),
            ),
            rating=self.rating,
        )
