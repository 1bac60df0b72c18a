"""Settings of the shipment status in the page."""

from __future__ import annotations

from typing import Any

from pydantic import Field

from plugin.contracts.settings import Headline, Settings


class ShipmentStatusSettings(Settings):
    """What a merchant decides about the status page."""

    title: Headline = Field(Headline(), json_schema_extra={"optional": True})


def public(settings: ShipmentStatusSettings) -> dict[str, Any]:
    """Return what a browser may see of the settings."""
    return {"title": settings.title.public()}
