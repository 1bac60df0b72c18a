"""Settings of the suggestions in the cart."""

from __future__ import annotations

from typing import Any

from pydantic import Field

from plugin.contracts.settings import Headline, Settings


class CrossSellSettings(Settings):
    """What a merchant decides about the suggestions."""

    title: Headline = Field(Headline(), json_schema_extra={"optional": True})
    limit: int = Field(3, ge=1, le=3)


def public(settings: CrossSellSettings) -> dict[str, Any]:
    """Return what a browser may see of the settings."""
    return {"title": settings.title.public(), "limit": settings.limit}
