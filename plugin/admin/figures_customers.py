"""Customers over time, as the page of figures shows them: whether they come back for their cost."""

from __future__ import annotations

from dataclasses import dataclass

from plugin.model import Shop
from plugin.services.context import Context


@dataclass(frozen=True)
class Sections:
    """What the two parts of the page of figures that speak of customers show."""

    customers: int


def sections(context: Context, shop: Shop) -> Sections:
    """Return what is known of the shop's customers."""
    return Sections(0)
