"""What is known of a product when it is weighed for a cart: forms, prices, kind, rating."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property

from plugin.model import Measure
from plugin.services.suggestions.remembering import Kind
from plugin.store.labels import label_of
from plugin.store.shelf import ShelfRow, carrying, shelf

_WORD = re.compile(r"\w{2,}")
#: Products that are looked at for one tag or category.
_MOST_CARRYING = 400


@dataclass(frozen=True)
class Form:
    """One buyable form of a product (a variant)."""

    variant_id: str
    title: str
    price: Decimal
    available: bool
    options: tuple[tuple[str, str], ...] = ()
    measure: Measure | None = None

    def unit_price(self) -> Decimal | None:
        """Return the price of its measure's unit, None where no measure is known."""
        told = self.measure
        if told is None or told.amount <= 0:
            return None
        return self.price / told.amount * told.per


@dataclass(frozen=True)
class Facts:
    """A product of the catalogue with its forms in the shop's own order; holds no cost."""

    product_id: str
    title: str
    handle: str
    url: str
    image_url: str | None
    kind: str
    published: bool
    forms: tuple[Form, ...]
    categories: tuple[str, ...] = ()
    tags: tuple[str, ...] = ()
    rating: Decimal | None = None

    @cached_property
    def buyable(self) -> tuple[Form, ...]:
        """Return the forms that can be bought now, none of a product that is not published."""
        return tuple(form for form in self.forms if form.available) if self.published else ()

    @cached_property
    def offered(self) -> Form | None:
        """Return the form to offer: the first one that can be bought."""
        return next(iter(self.buyable), None)

    @cached_property
    def labels(self) -> frozenset[str]:
        """Return what sort of thing it is: its nearest category and its kind."""
        said = (*self.categories[:1], self.kind)
        return frozenset(label.casefold() for label in said if label)

    @cached_property
    def carried(self) -> frozenset[tuple[str, str]]:
        """Return its tags and categories, each as its kind and what makes two words the same."""
        said = {"tag": self.tags, "category": self.categories}
        return frozenset((kind, label_of(word)) for kind, words in said.items() for word in words)

    @cached_property
    def words(self) -> frozenset[str]:
        """Return the words of its title."""
        return frozenset(_WORD.findall(self.title.casefold()))


def likeness(one: Facts, other: Facts) -> float:
    """Return how alike two products look to a shopper, from 0 to 1.

    The share of common words of their titles (Jaccard); of the same category or kind at least 0.4.
    """
    every = len(one.words | other.words)
    shared = len(one.words & other.words) / every if every else 0.0
    return max(shared, 0.4) if one.labels & other.labels else shared


def gathered(rows: Sequence[ShelfRow]) -> dict[str, Facts]:
    """Return the products of some forms, each with its forms in the order of the rows."""
    forms: dict[str, list[Form]] = {}
    first: dict[str, ShelfRow] = {}
    for row in rows:
        first.setdefault(row.product_id, row)
        forms.setdefault(row.product_id, []).append(_form(row))
    return {product: _facts(row, tuple(forms[product])) for product, row in first.items()}


def _form(row: ShelfRow) -> Form:
    return Form(
        row.variant_id, row.variant_title, row.price, row.available, row.options, row.measure
    )


def _facts(row: ShelfRow, forms: tuple[Form, ...]) -> Facts:
    return Facts(
        product_id=row.product_id,
        title=row.title,
        handle=row.handle,
        url=row.url,
        image_url=row.image_url,
        kind=row.kind,
        published=row.published,
        forms=forms,
        categories=row.categories,
        tags=row.tags,
        rating=row.rating,
    )


#: Products by their ids; one takes so much with two forms, its words and labels.
FACTS: Kind[str, Facts] = Kind(
    "facts", lambda connection, _, shop, ids: gathered(shelf(connection, shop.id, ids)), size=2_500
)
#: Products that carry a tag or category and can be bought now, by its kind and label.
CARRYING: Kind[tuple[str, str], Sequence[str]] = Kind(
    "carrying",
    lambda connection, _, shop, sides: carrying(connection, shop.id, sides, _MOST_CARRYING),
    size=20_000,
)
