"""Shipment status: where an order is, in four stages, for the person who placed it."""

from __future__ import annotations

from pathlib import Path

from plugin.contracts.widget import Widget
from widgets.shipment_status.settings import ShipmentStatusSettings, public

WIDGET = Widget(
    name="shipment_status",
    stage="deliver",
    folder=Path(__file__).resolve().parent,
    settings=ShipmentStatusSettings,
    public=public,
    has_fields=True,
    counted=("impression", "view"),
)
